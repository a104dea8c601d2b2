import { z } from 'zod';
import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { CHECK_CODES, judgeCheck, type CheckedPayment, type CheckVerdict, type ExpectedOrder } from '../../checkCode';
import { toObject } from '../../shared/parameters';

const showOnlyForAnswer = { resource: ['check'], operation: ['answer'] };
const showForComparison = { ...showOnlyForAnswer, decision: ['byOrder'] };

export const description: INodeProperties[] = [
	{
		displayName: 'Decision',
		name: 'decision',
		type: 'options',
		options: [
			{ name: 'Accept', value: 'accepted', description: 'Code 0' },
			{ name: 'By the Order', value: 'byOrder', description: 'Compare the payment with the order' },
			{ name: 'Decline: Cannot Be Accepted', value: 'notAcceptable', description: 'Code 13' },
			{ name: 'Decline: Order Expired', value: 'orderExpired', description: 'Code 20. The buyer is told so.' },
			{ name: 'Decline: Wrong Account', value: 'wrongAccount', description: 'Code 11' },
			{ name: 'Decline: Wrong Amount', value: 'wrongAmount', description: 'Code 12' },
			{ name: 'Decline: Wrong Order Number', value: 'wrongOrder', description: 'Code 10' },
		],
		default: 'byOrder',
		displayOptions: { show: showOnlyForAnswer },
	},
	{
		displayName: 'Payment Event',
		name: 'event',
		type: 'json',
		default: '={{ $json.event }}',
		required: true,
		description: 'The event of the trigger',
		displayOptions: { show: showForComparison },
	},
	{
		displayName: 'Order',
		name: 'order',
		type: 'json',
		default: '={{ $json.order }}',
		description:
			'The order with amount_minor, currency and status, as the ledger has it. Empty when there is none with that number.',
		displayOptions: { show: showForComparison },
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add Option',
		default: {},
		displayOptions: { show: showForComparison },
		options: [
			{
				displayName: 'Account ID',
				name: 'accountId',
				type: 'string',
				default: '',
				description: 'Whose order it is. Any account may pay without it.',
			},
			{
				displayName: 'Allow Test Payments',
				name: 'allowTest',
				type: 'boolean',
				default: false,
				description: 'Whether a payment on a test site may go on',
			},
			{
				displayName: 'Valid for Minutes',
				name: 'validMinutes',
				type: 'number',
				typeOptions: { minValue: 1, numberPrecision: 0 },
				default: 1440,
				description: 'How long an order can be paid, counted from its created_at. For ever without it.',
			},
		],
	},
];

const eventSchema = z.object({
	kind: z.literal('check'),
	amountMinor: z.number().nullable(),
	currency: z.string().nullable(),
	isTest: z.boolean(),
	raw: z.object({ AccountId: z.union([z.string(), z.number().transform(String)]).nullish() }).optional(),
});

const orderSchema = z.object({
	// PostgreSQL gives large whole numbers as text.
	amount_minor: z.union([z.number().int(), z.string().regex(/^\d{1,15}$/).transform(Number)]),
	currency: z.string(),
	status: z.string(),
	created_at: z.coerce.date(),
});

/** Sends the answer to the waiting provider: `{check: {code, verdict}, accepted}` on top of the item (CP13). */
export async function execute(this: IExecuteFunctions, itemIndex: number): Promise<IDataObject> {
	const decision = this.getNodeParameter('decision', itemIndex) as CheckVerdict | 'byOrder';
	const verdict = decision === 'byOrder' ? judge.call(this, itemIndex) : decision;
	const code = CHECK_CODES[verdict];
	this.sendResponse({
		statusCode: 200,
		headers: { 'content-type': 'application/json' },
		body: Buffer.from(JSON.stringify({ code }), 'utf8'),
	});
	return { ...this.getInputData()[itemIndex]?.json, check: { code, verdict }, accepted: code === 0 };
}

interface Options {
	accountId?: string;
	allowTest?: boolean;
	validMinutes?: number;
}

function judge(this: IExecuteFunctions, itemIndex: number): CheckVerdict {
	const options = this.getNodeParameter('options', itemIndex, {}) as Options;
	const { data: event } = eventSchema.safeParse(toObject(this.getNodeParameter('event', itemIndex), 'Payment Event'));
	if (!event) throw new RangeError('Payment Event must be the event of a Check, as the CloudPayments Trigger gives it');
	const payment: CheckedPayment = { ...event, accountId: event.raw?.AccountId?.trim() || null };
	const order = toObject(this.getNodeParameter('order', itemIndex, ''), 'Order');
	return judgeCheck(payment, order ? readOrder(order, options) : null, {
		now: new Date(),
		allowTest: options.allowTest === true,
	});
}

function readOrder(order: IDataObject, { accountId, validMinutes }: Options): ExpectedOrder {
	const { data: row } = orderSchema.safeParse(order);
	if (!row) throw new RangeError('Order must have amount_minor, currency, status and created_at');
	return {
		amountMinor: row.amount_minor,
		currency: row.currency,
		status: row.status,
		accountId: accountId?.trim() || null,
		expiresAt: validMinutes === undefined ? null : new Date(row.created_at.getTime() + validMinutes * 60_000),
	};
}
