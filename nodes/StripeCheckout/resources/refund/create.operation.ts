import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import { z } from 'zod';

import type { FormTree } from '../../../shared/formTree';
import { metadata, optionalText, reference } from '../../events/fields';
import { readOwnKey } from '../../idempotency';
import { readMetadata } from '../../metadata';
import { readObjectId } from '../../objectId';
import { executionKey } from '../../shared/executionKey';
import { readObject } from '../../shared/readObject';
import { stripeRequest } from '../../shared/transport';
import { metadataOption, ownKeyOption, readPairs, type Pairs } from '../fields';

const showOnlyForCreate = { resource: ['refund'], operation: ['create'] };

export const description: INodeProperties[] = [
	{
		displayName: 'Payment ID',
		name: 'paymentId',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. pi_1AbCdEfGh',
		description: 'Payment intent (pi_…) or charge (ch_…, py_…). In a payment event it is "providerPaymentId".',
		displayOptions: { show: showOnlyForCreate },
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
				displayName: 'Amount in Minor Units',
				name: 'amountMinor',
				type: 'number',
				typeOptions: { minValue: 1, numberPrecision: 0 },
				default: 1,
				description: 'What goes back: 4900 for 49.00 euros. Without it, all that is left of the payment.',
			},
			ownKeyOption,
			metadataOption,
			{
				displayName: 'Reason',
				name: 'reason',
				type: 'options',
				options: [
					{ name: 'Duplicate', value: 'duplicate' },
					{
						name: 'Fraudulent',
						value: 'fraudulent',
						description: 'Stripe puts the card and the email on its block list',
					},
					{ name: 'Requested by Customer', value: 'requested_by_customer' },
				],
				default: 'requested_by_customer',
			},
		],
	},
];

const refundSchema = z
	.object({
		id: z.string(),
		status: optionalText,
		amount: z.number().int(),
		currency: z.string(),
		payment_intent: reference,
		charge: reference,
		reason: optionalText,
		failure_reason: optionalText,
		metadata,
	})
	.transform((refund) => ({
		refundId: refund.id,
		status: refund.status,
		amountMinor: refund.amount,
		currency: refund.currency.toUpperCase(),
		paymentIntentId: refund.payment_intent,
		chargeId: refund.charge,
		reason: refund.reason,
		failureReason: refund.failure_reason,
		metadata: refund.metadata,
	}));

interface Options {
	amountMinor?: unknown;
	idempotencyKey?: string;
	metadata?: Pairs;
	reason?: string;
}

/** Sends money back. `status` may be `pending` for days; the trigger tells when it is done. */
export async function execute(this: IExecuteFunctions, itemIndex: number): Promise<IDataObject> {
	const options = this.getNodeParameter('options', itemIndex, {}) as Options;
	const paymentId = readObjectId(
		this.getNodeParameter('paymentId', itemIndex, ''),
		['pi', 'ch', 'py'],
		'The payment ID',
	);
	const form: FormTree = {
		[paymentId.startsWith('pi_') ? 'payment_intent' : 'charge']: paymentId,
		...(options.amountMinor === undefined ? {} : { amount: readRefundAmount(options.amountMinor) }),
		...(options.reason ? { reason: options.reason } : {}),
		metadata: { ...readMetadata(readPairs(options.metadata ?? {})) },
	};
	const idempotencyKey =
		readOwnKey(options.idempotencyKey) ?? executionKey.call(this, itemIndex, 'refund', [form]);
	const { body } = await stripeRequest.call(
		this,
		{ method: 'POST', path: '/v1/refunds', form, idempotencyKey },
		itemIndex,
	);
	return readObject(refundSchema, body, 'Refund');
}

function readRefundAmount(value: unknown): number {
	const amount = /^\d{1,15}$/.test(String(value)) ? Number(value) : 0;
	if (amount === 0) {
		throw new RangeError(`The amount to refund must be a whole number of minor units from 1 up, not "${String(value)}"`);
	}
	return amount;
}
