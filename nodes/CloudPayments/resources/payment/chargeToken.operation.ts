import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { stableRequestId } from '../../requestId';
import { jsonData, readReceipt } from '../../shared/extras';
import { amountField, currencyField, dataField, receiptFields, requestIdField } from '../../shared/fields';
import { readRequiredText, readText, toAmount, toObject } from '../../shared/parameters';
import { transactionOf } from '../../shared/transactions';
import { callCloudPayments } from '../../shared/transport';

const showOnlyForChargeToken = { resource: ['payment'], operation: ['chargeToken'] };

export const description: INodeProperties[] = [
	{
		displayName: 'Order Number',
		name: 'invoiceId',
		type: 'string',
		default: '',
		required: true,
		description: 'Your own number of this charge, for example of the buyer and the period. Comes back with the payment.',
		displayOptions: { show: showOnlyForChargeToken },
	},
	{
		displayName: 'Account ID',
		name: 'accountId',
		type: 'string',
		default: '',
		required: true,
		description: 'The one the card was saved with',
		displayOptions: { show: showOnlyForChargeToken },
	},
	{
		displayName: 'Card Token',
		name: 'token',
		type: 'string',
		typeOptions: { password: true },
		default: '',
		required: true,
		placeholder: 'e.g. tk_…',
		description: 'From an earlier payment of the same site: "raw.Token" of its event',
		displayOptions: { show: showOnlyForChargeToken },
	},
	amountField(showOnlyForChargeToken, 'What is charged, with at most two decimals'),
	currencyField(showOnlyForChargeToken),
	{
		displayName: 'Initiator',
		name: 'initiator',
		type: 'options',
		options: [
			{ name: 'Buyer', value: 'buyer', description: 'The buyer pays with a saved card' },
			{ name: 'Shop, Not Scheduled', value: 'shop', description: 'For example a further amount for an order' },
			{ name: 'Shop, Scheduled', value: 'schedule', description: 'The renewal of a plan' },
		],
		default: 'schedule',
		displayOptions: { show: showOnlyForChargeToken },
	},
	{
		displayName: 'Additional Fields',
		name: 'additionalFields',
		type: 'collection',
		placeholder: 'Add Field',
		default: {},
		displayOptions: { show: showOnlyForChargeToken },
		options: [
			dataField,
			{ displayName: 'Description', name: 'description', type: 'string', default: '' },
			{ displayName: 'Email', name: 'email', type: 'string', placeholder: 'name@email.com', default: '' },
			{
				displayName: 'Two Stages',
				name: 'requireConfirmation',
				type: 'boolean',
				default: false,
				description: 'Whether the money is only held until Payment: Confirm',
			},
		],
	},
	...receiptFields(showOnlyForChargeToken, { isRequired: false }),
	requestIdField(
		showOnlyForChargeToken,
		'the same for one order number, account, amount and currency, so fill it in for another try after a refusal within an hour',
	),
];

/** `TrInitiatorCode` and `PaymentScheduled` (providers/cloudpayments.md §3). */
const INITIATORS: Readonly<Record<string, object>> = {
	buyer: { TrInitiatorCode: 1 },
	shop: { TrInitiatorCode: 0, PaymentScheduled: 0 },
	schedule: { TrInitiatorCode: 0, PaymentScheduled: 1 },
};

interface AdditionalFields {
	data?: unknown;
	description?: string;
	email?: string;
	requireConfirmation?: boolean;
}

/**
 * A `Transaction` with the `requestId` (CP2, CP9). A refusal by the bank is a result, not an error: `outcome` is
 * `declined`, and `decline` says what to tell the buyer and whether another try makes sense.
 */
export async function execute(this: IExecuteFunctions, itemIndex: number): Promise<IDataObject> {
	const required = (name: string, label: string) => readRequiredText.call(this, itemIndex, name, label);
	const more = this.getNodeParameter('additionalFields', itemIndex, {}) as AdditionalFields;
	const orderRef = required('invoiceId', 'Order Number');
	const accountId = required('accountId', 'Account ID');
	const token = required('token', 'Card Token');
	const currency = readText.call(this, itemIndex, 'currency');
	const amount = toAmount(this.getNodeParameter('amount', itemIndex), currency);
	const email = more.email?.trim() ?? '';
	const requestId =
		readText.call(this, itemIndex, 'requestId') ||
		stableRequestId('charge', orderRef, accountId, amount.minor, currency);
	const envelope = await callCloudPayments.call(this, itemIndex, {
		path: more.requireConfirmation === true ? 'payments/tokens/auth' : 'payments/tokens/charge',
		requestId,
		fields: {
			Amount: amount.decimal,
			Currency: currency,
			AccountId: accountId,
			Token: token,
			InvoiceId: orderRef,
			...INITIATORS[this.getNodeParameter('initiator', itemIndex) as string],
			Description: more.description?.trim() || undefined,
			Email: email || undefined,
			JsonData: jsonData(toObject(more.data, 'Data'), readReceipt.call(this, itemIndex, email), amount, currency),
		},
	});
	return { ...transactionOf.call(this, itemIndex, envelope), requestId };
}
