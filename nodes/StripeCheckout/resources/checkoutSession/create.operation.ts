import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { readAmount, readCurrency } from '../../amount';
import { readOwnKey } from '../../idempotency';
import { readMetadata, type Metadata } from '../../metadata';
import { readObjectId } from '../../objectId';
import {
	orderKey,
	readSession,
	sessionForm,
	type LineItem,
	type SessionMode,
	type SessionRequest,
} from '../../session';
import { executionKey } from '../../shared/executionKey';
import { stripeRequest } from '../../shared/transport';
import { readPairs, type Pairs } from '../fields';

const showOnlyForCreate = { resource: ['checkoutSession'], operation: ['create'] };

export const description: INodeProperties[] = [
	{
		displayName: 'Mode',
		name: 'mode',
		type: 'options',
		options: [
			{ name: 'One-Time Payment', value: 'payment' },
			{ name: 'Subscription', value: 'subscription', description: 'At least one item must be charged regularly' },
		],
		default: 'payment',
		displayOptions: { show: showOnlyForCreate },
	},
	{
		displayName: 'Order Number',
		name: 'orderRef',
		type: 'string',
		default: '',
		placeholder: 'e.g. 3f7a1c0e5b2d4f6890a1b2c3d4e5f60718293a4b',
		description:
			'Your own number of the order: letters, digits, "-" and "_". Comes back with the payment, and asking twice for one order gives the same session.',
		displayOptions: { show: showOnlyForCreate },
	},
	{
		displayName: 'Line Items',
		name: 'lineItems',
		type: 'fixedCollection',
		typeOptions: { multipleValues: true, multipleValueButtonText: 'Add Item' },
		placeholder: 'Add Item',
		default: {},
		displayOptions: { show: showOnlyForCreate },
		options: [
			{
				displayName: 'Item',
				name: 'item',
				values: [
					{
						displayName: 'Amount in Minor Units',
						name: 'amountMinor',
						type: 'number',
						typeOptions: { minValue: 0, numberPrecision: 0 },
						default: 0,
						description: 'Price of one piece, such as 4900 for 49.00 euros. Only without a price ID.',
					},
					{
						displayName: 'Charged Every',
						name: 'interval',
						type: 'options',
						options: [
							{ name: 'Day', value: 'day' },
							{ name: 'Month', value: 'month' },
							{ name: 'Once', value: '' },
							{ name: 'Week', value: 'week' },
							{ name: 'Year', value: 'year' },
						],
						default: '',
						description: 'How often it is charged in a subscription. Only without a price ID.',
					},
					{
						displayName: 'Name',
						name: 'name',
						type: 'string',
						default: '',
						placeholder: 'e.g. Course',
						description: 'What the buyer sees. Only without a price ID.',
					},
					{
						displayName: 'Price ID',
						name: 'priceId',
						type: 'string',
						default: '',
						placeholder: 'e.g. price_1AbCdEfGh',
						description: 'A price kept in Stripe, which has name, amount and interval of its own',
					},
					{
						displayName: 'Quantity',
						name: 'quantity',
						type: 'number',
						typeOptions: { minValue: 1, numberPrecision: 0 },
						default: 1,
					},
				],
			},
		],
	},
	{
		displayName: 'Currency',
		name: 'currency',
		type: 'string',
		default: 'EUR',
		placeholder: 'e.g. EUR',
		description: 'ISO code of the currency of items without a price ID',
		displayOptions: { show: showOnlyForCreate },
	},
	{
		displayName: 'Success URL',
		name: 'successUrl',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. https://example.com/thanks?session={CHECKOUT_SESSION_ID}',
		description:
			'Where the buyer goes after paying. Stripe puts the session ID in place of {CHECKOUT_SESSION_ID}. Reaching it proves nothing: only the trigger does.',
		displayOptions: { show: showOnlyForCreate },
	},
	{
		displayName: 'Cancel URL',
		name: 'cancelUrl',
		type: 'string',
		default: '',
		placeholder: 'e.g. https://example.com/course',
		description: 'Where the buyer goes back without paying',
		displayOptions: { show: showOnlyForCreate },
	},
	{
		displayName: 'Telegram ID',
		name: 'telegramId',
		type: 'string',
		default: '',
		placeholder: 'e.g. 123456789',
		description: 'Number of the buyer in Telegram. Comes back with the payment, its refunds and its renewals.',
		displayOptions: { show: showOnlyForCreate },
	},
	{
		displayName: 'Metadata',
		name: 'metadata',
		type: 'fixedCollection',
		typeOptions: { multipleValues: true, multipleValueButtonText: 'Add Entry' },
		placeholder: 'Add Entry',
		default: {},
		description:
			'Comes back with the payment, its refunds and its renewals. Order number and Telegram ID are there already, as order_ref and tg_id.',
		displayOptions: { show: showOnlyForCreate },
		options: [
			{
				displayName: 'Entry',
				name: 'pair',
				values: [
					{ displayName: 'Key', name: 'key', type: 'string', default: '', description: 'At most 40 characters' },
					{ displayName: 'Value', name: 'value', type: 'string', default: '', description: 'At most 500 characters' },
				],
			},
		],
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add Option',
		default: {},
		displayOptions: { show: showOnlyForCreate },
		options: [
			{
				displayName: 'Allow Promotion Codes',
				name: 'allowPromotionCodes',
				type: 'boolean',
				default: false,
				description: 'Whether the buyer may enter a code. The amount paid is then less than the order\'s.',
			},
			{
				displayName: 'Attempt',
				name: 'attempt',
				type: 'number',
				typeOptions: { minValue: 1, numberPrecision: 0 },
				default: 1,
				description: 'Raise it to get a new session for an order whose old session is over',
			},
			{
				displayName: 'Automatic Tax',
				name: 'automaticTax',
				type: 'boolean',
				default: false,
				description: 'Whether Stripe Tax computes the tax. It may be added to the order\'s amount.',
			},
			{
				displayName: 'Collect Phone',
				name: 'collectPhone',
				type: 'boolean',
				default: false,
				description: 'Whether the buyer is asked for a phone number',
			},
			{
				displayName: 'Customer Email',
				name: 'customerEmail',
				type: 'string',
				default: '',
				placeholder: 'e.g. name@example.com',
				description: 'Filled in for the buyer, who cannot change it then',
			},
			{
				displayName: 'Customer ID',
				name: 'customerId',
				type: 'string',
				default: '',
				placeholder: 'e.g. cus_AbCdEfGh',
				description: 'A customer kept in Stripe. Instead of an email.',
			},
			{
				displayName: 'Expires At',
				name: 'expiresAt',
				type: 'string',
				default: '',
				placeholder: 'e.g. 2026-05-01T12:00:00Z',
				description:
					'Time with its zone, 30 minutes to 24 hours ahead; 24 hours without it. Count it from the time of the order, not from now: asking again must say the same.',
			},
			{
				displayName: 'Idempotency Key',
				name: 'idempotencyKey',
				type: 'string',
				default: '',
				description:
					'Same key within 24 hours, same session. Without it, a key is made of the order number, the attempt and all that makes the price.',
			},
			{
				displayName: 'Language',
				name: 'locale',
				type: 'string',
				default: '',
				placeholder: 'e.g. uk',
				description: 'Of the payment page. Without it, that of the buyer\'s browser.',
			},
			{
				displayName: 'Trial Days',
				name: 'trialDays',
				type: 'number',
				typeOptions: { minValue: 1, numberPrecision: 0 },
				default: 7,
				description: 'For a subscription: days before the first charge',
			},
		],
	},
];

interface Options
	extends Pick<SessionRequest, 'allowPromotionCodes' | 'automaticTax' | 'collectPhone' | 'customerEmail' | 'locale'> {
	attempt?: number;
	customerId?: string;
	expiresAt?: unknown;
	idempotencyKey?: string;
	trialDays?: number;
}

/** Makes a session, or finds the one the order has already (ST2, ST8). */
export async function execute(this: IExecuteFunctions, itemIndex: number): Promise<IDataObject> {
	const options = this.getNodeParameter('options', itemIndex, {}) as Options;
	const session = readRequest.call(this, itemIndex, options);
	const form = sessionForm(session);
	const attempt = readCount(options.attempt ?? 1, 'The attempt');
	const idempotencyKey =
		readOwnKey(options.idempotencyKey) ??
		(session.orderRef
			? orderKey(session.orderRef, attempt, session)
			: executionKey.call(this, itemIndex, 'checkout', [attempt, form]));
	const path = '/v1/checkout/sessions';
	const created = await stripeRequest.call(this, { method: 'POST', path, form, idempotencyKey }, itemIndex);
	const output = readSession(created.body, Date.now());
	if (!created.isReplay) return { ...output };
	// The stored answer shows the session as it was when it was made.
	const current = await stripeRequest.call(this, { method: 'GET', path: `${path}/${output.sessionId}` }, itemIndex);
	return { ...readSession(current.body, Date.now()) };
}

function readRequest(this: IExecuteFunctions, itemIndex: number, options: Options): SessionRequest {
	const text = (name: string) => String(this.getNodeParameter(name, itemIndex, '') ?? '').trim();
	const { customerId, expiresAt, trialDays } = options;
	const mode = text('mode') as SessionMode;
	const orderRef = text('orderRef');
	// What leaves this alphabet may silently arrive as null (providers/stripe.md §2).
	if (!/^[\w-]{0,200}$/.test(orderRef)) {
		throw new RangeError('The order number must be up to 200 letters, digits, "-" and "_"');
	}
	return {
		mode,
		items: readItems.call(this, itemIndex, mode),
		orderRef,
		metadata: readAllMetadata.call(this, itemIndex, orderRef, text('telegramId')),
		successUrl: readUrl(text('successUrl'), 'The success URL'),
		cancelUrl: text('cancelUrl') && readUrl(text('cancelUrl'), 'The cancel URL'),
		customerId: customerId && readObjectId(customerId, ['cus'], 'The customer ID'),
		customerEmail: options.customerEmail?.trim(),
		locale: options.locale?.trim(),
		expiresAt: readTime(expiresAt),
		allowPromotionCodes: options.allowPromotionCodes,
		automaticTax: options.automaticTax,
		collectPhone: options.collectPhone,
		trialDays: trialDays === undefined ? undefined : readTrial(trialDays, mode),
	};
}

interface ItemFields {
	priceId?: string;
	name?: string;
	amountMinor?: unknown;
	interval?: string;
	quantity?: unknown;
}

function readItems(this: IExecuteFunctions, itemIndex: number, mode: SessionMode): LineItem[] {
	const { item = [] } = this.getNodeParameter('lineItems', itemIndex, {}) as { item?: ItemFields[] };
	if (item.length === 0) throw new RangeError('There is nothing to sell: add a line item');
	return item.map((fields, index) => {
		const name = fields.name?.trim() ?? '';
		const label = name === '' ? `item ${index + 1}` : `"${name}"`;
		const quantity = readCount(fields.quantity ?? 1, `The quantity of ${label}`);
		const priceId = fields.priceId?.trim();
		if (priceId) return { priceId: readObjectId(priceId, ['price'], `The price ID of ${label}`), quantity };
		if (name === '') throw new RangeError(`Line item ${index + 1} needs a price ID, or a name and an amount`);
		if (fields.interval && mode === 'payment') {
			throw new RangeError(`${label} is charged every ${fields.interval}: choose the mode Subscription`);
		}
		const currency = readCurrency(this.getNodeParameter('currency', itemIndex, '') as string);
		const amountMinor = readAmount(fields.amountMinor, currency, `The amount of ${label}`);
		return { name, amountMinor, currency, interval: fields.interval, quantity };
	});
}

function readAllMetadata(this: IExecuteFunctions, itemIndex: number, orderRef: string, telegramId: string): Metadata {
	if (!/^\d{0,20}$/.test(telegramId)) throw new RangeError('The Telegram ID must be digits');
	const further = readPairs(this.getNodeParameter('metadata', itemIndex, {}) as Pairs);
	return readMetadata([...further, ['order_ref', orderRef], ['tg_id', telegramId]]);
}

/** Braces must arrive as braces, whatever the address was put together with (providers/stripe.md §2). */
function readUrl(text: string, what: string): string {
	const url = text.replace(/%7BCHECKOUT_SESSION_ID%7D/gi, '{CHECKOUT_SESSION_ID}');
	if (!/^https?:\/\/\S+$/i.test(url)) {
		throw new RangeError(`${what} must be an address such as https://example.com/thanks`);
	}
	return url;
}

function readTime(value: unknown): number | undefined {
	const text = String(value ?? '').trim();
	if (text === '') return undefined;
	const time = /(?:Z|[+-]\d\d:?\d\d)$/i.test(text) ? Date.parse(text) : Number.NaN;
	if (Number.isNaN(time)) {
		throw new RangeError('"Expires At" must be a time with its zone, such as 2026-05-01T12:00:00Z');
	}
	return Math.floor(time / 1000);
}

function readTrial(value: unknown, mode: SessionMode): number {
	if (mode === 'payment') throw new RangeError('Only a subscription can have trial days');
	return readCount(value, 'The number of trial days');
}

function readCount(value: unknown, what: string): number {
	const count = Number(value);
	if (!Number.isSafeInteger(count) || count < 1) throw new RangeError(`${what} must be a whole number from 1 up`);
	return count;
}
