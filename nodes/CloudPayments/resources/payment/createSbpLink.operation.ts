import { z } from 'zod';
import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { optionalText } from '../../lenient';
import { stableRequestId } from '../../requestId';
import { jsonData, readReceipt } from '../../shared/extras';
import { amountField, dataField, receiptFields, requestIdField } from '../../shared/fields';
import { readRequiredText, readText, toAmount, toObject } from '../../shared/parameters';
import { demand, getCloudPaymentsCredentials, unreadable } from '../../shared/transport';

const showOnlyForSbp = { resource: ['payment'], operation: ['createSbpLink'] };

export const description: INodeProperties[] = [
	{
		displayName: 'Order Number',
		name: 'invoiceId',
		type: 'string',
		default: '',
		required: true,
		description: 'Your own number of the order. Comes back with the payment. Use one that nobody can guess.',
		displayOptions: { show: showOnlyForSbp },
	},
	amountField(showOnlyForSbp, 'In rubles, with at most two decimals'),
	{
		displayName: 'Description',
		name: 'description',
		type: 'string',
		default: '',
		placeholder: 'e.g. Plan Pro, 30 days',
		description: 'What the buyer sees in the app of the bank',
		displayOptions: { show: showOnlyForSbp },
	},
	{
		displayName: 'Additional Fields',
		name: 'additionalFields',
		type: 'collection',
		placeholder: 'Add Field',
		default: {},
		displayOptions: { show: showOnlyForSbp },
		options: [
			{ displayName: 'Account ID', name: 'accountId', type: 'string', default: '' },
			dataField,
			{ displayName: 'Email', name: 'email', type: 'string', placeholder: 'name@email.com', default: '' },
			{
				displayName: 'Success URL',
				name: 'successRedirectUrl',
				type: 'string',
				default: '',
				description: 'Where the buyer goes after paying. Reaching it proves nothing: only the notification does.',
			},
			{
				displayName: 'Test Payment',
				name: 'isTest',
				type: 'boolean',
				default: false,
				description: 'Whether this is a test',
			},
			{
				displayName: 'Valid for Minutes',
				name: 'ttlMinutes',
				type: 'number',
				typeOptions: { minValue: 1, maxValue: 129600, numberPrecision: 0 },
				default: 4320,
			},
		],
	},
	...receiptFields(showOnlyForSbp, { isRequired: false }),
	requestIdField(showOnlyForSbp, 'the same for one order number and amount'),
];

interface AdditionalFields {
	accountId?: string;
	data?: unknown;
	email?: string;
	isTest?: boolean;
	successRedirectUrl?: string;
	ttlMinutes?: number;
}

const linkSchema = z.object({ QrUrl: z.string().url(), TransactionId: optionalText });

/** `{paymentUrl, transactionId, orderRef, amountMinor, currency, requestId}` (CP13). */
export async function execute(this: IExecuteFunctions, itemIndex: number): Promise<IDataObject> {
	const { publicId } = await getCloudPaymentsCredentials.call(this, itemIndex);
	const more = this.getNodeParameter('additionalFields', itemIndex, {}) as AdditionalFields;
	const orderRef = readRequiredText.call(this, itemIndex, 'invoiceId', 'Order Number');
	const amount = toAmount(this.getNodeParameter('amount', itemIndex), 'RUB');
	const email = more.email?.trim() ?? '';
	const requestId = readText.call(this, itemIndex, 'requestId') || stableRequestId('sbp', orderRef, amount.minor);
	const answer = await demand.call(this, itemIndex, {
		path: 'payments/qr/sbp/link',
		requestId,
		fields: {
			PublicId: publicId,
			Amount: amount.decimal,
			Currency: 'RUB',
			Scheme: 'charge',
			InvoiceId: orderRef,
			Description: readText.call(this, itemIndex, 'description') || undefined,
			AccountId: more.accountId?.trim() || undefined,
			Email: email || undefined,
			TtlMinutes: more.ttlMinutes,
			SuccessRedirectUrl: more.successRedirectUrl || undefined,
			IsTest: more.isTest,
			JsonData: jsonData(toObject(more.data, 'Data'), readReceipt.call(this, itemIndex, email), amount, 'RUB'),
		},
	});
	const { data: link } = linkSchema.safeParse(answer);
	if (!link) throw unreadable.call(this, itemIndex, 'a payment link');
	return {
		paymentUrl: link.QrUrl,
		transactionId: link.TransactionId,
		orderRef,
		amountMinor: amount.minor,
		currency: 'RUB',
		requestId,
	};
}
