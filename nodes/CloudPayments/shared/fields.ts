import type { IDisplayOptions, INodeProperties } from 'n8n-workflow';

type Show = NonNullable<IDisplayOptions['show']>;

/** The number of a transaction in the cabinet and in notifications. */
export function transactionIdField(show: Show): INodeProperties {
	return {
		displayName: 'Transaction ID',
		name: 'transactionId',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. 2347811905',
		description: 'In a payment event "providerPaymentId"',
		displayOptions: { show },
	};
}

export function amountField(show: Show, description: string): INodeProperties {
	return {
		displayName: 'Amount',
		name: 'amount',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. 990.00',
		description,
		displayOptions: { show },
	};
}

export function currencyField(show: Show): INodeProperties {
	return {
		displayName: 'Currency',
		name: 'currency',
		type: 'options',
		options: [
			{ name: 'EUR', value: 'EUR' },
			{ name: 'KZT', value: 'KZT' },
			{ name: 'RUB', value: 'RUB' },
			{ name: 'USD', value: 'USD' },
		],
		default: 'RUB',
		displayOptions: { show },
	};
}

export function subscriptionIdField(show: Show): INodeProperties {
	return {
		displayName: 'Subscription ID',
		name: 'subscriptionId',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. sc_8cf8a9338fb8ebf7202b08d09c938',
		description: 'In a payment event "subscription.subscriptionId"',
		displayOptions: { show },
	};
}

/** @param unique what makes a repeated call the same step, as the end of a sentence */
export function requestIdField(show: Show, unique: string): INodeProperties {
	return {
		displayName: 'Request ID',
		name: 'requestId',
		type: 'string',
		default: '',
		placeholder: 'e.g. order-1042-refund-1',
		description: `Header X-Request-ID. CloudPayments answers a repeated one with its first answer for an hour, and does nothing twice. When empty: ${unique}.`,
		displayOptions: { show },
	};
}

export const dataField: INodeProperties = {
	displayName: 'Data',
	name: 'data',
	type: 'json',
	default: '',
	placeholder: 'e.g. { "plan": "pro" }',
	description: 'JSON object of your own. Comes back with the notifications as "raw.Data".',
};

/** A receipt under 54-FZ; without items none is asked for. */
export function receiptFields(show: Show, { isRequired }: { isRequired: boolean }): INodeProperties[] {
	return [
		{
			displayName: 'Receipt Items',
			name: 'receiptItems',
			type: 'fixedCollection',
			typeOptions: { multipleValues: true, multipleValueButtonText: 'Add Item' },
			placeholder: 'Add Item',
			default: {},
			required: isRequired,
			description: isRequired
				? 'What stands on the receipt'
				: 'What stands on the receipt under 54-FZ. The total must be the amount. Without items there is no receipt.',
			displayOptions: { show },
			options: [{ displayName: 'Item', name: 'item', values: receiptItemFields }],
		},
		{
			displayName: 'Receipt Details',
			name: 'receiptDetails',
			type: 'collection',
			placeholder: 'Add Detail',
			default: {},
			displayOptions: { show },
			options: receiptDetailFields,
		},
	];
}

const receiptItemFields: INodeProperties[] = [
	{ displayName: 'Name', name: 'label', type: 'string', default: '', required: true },
	{
		displayName: 'Price',
		name: 'price',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. 990.00',
		description: 'Price of one piece',
	},
	{
		displayName: 'Quantity',
		name: 'quantity',
		type: 'number',
		typeOptions: { minValue: 1, numberPrecision: 0 },
		default: 1,
	},
	{
		displayName: 'Payment Method',
		name: 'method',
		type: 'options',
		options: [
			{ name: 'Advance', value: 3 },
			{ name: 'Credit', value: 6 },
			{ name: 'Credit Payment', value: 7 },
			{ name: 'Full Payment', value: 4 },
			{ name: 'Full Prepayment', value: 1 },
			{ name: 'Part Payment and Credit', value: 5 },
			{ name: 'Part Prepayment', value: 2 },
		],
		default: 4,
	},
	{
		displayName: 'Payment Object',
		name: 'object',
		type: 'options',
		options: [
			{ name: 'Goods', value: 1 },
			{ name: 'Payment', value: 10 },
			{ name: 'Service', value: 4 },
			{ name: 'Work', value: 3 },
		],
		default: 4,
	},
	{
		displayName: 'VAT',
		name: 'vat',
		type: 'options',
		options: [
			{ name: '0 %', value: '0' },
			{ name: '10 %', value: '10' },
			{ name: '10/110', value: '110' },
			{ name: '20 %', value: '20' },
			{ name: '20/120', value: '120' },
			{ name: '22 %', value: '22' },
			{ name: '22/122', value: '122' },
			{ name: '5 %', value: '5' },
			{ name: '5/105', value: '105' },
			{ name: '7 %', value: '7' },
			{ name: '7/107', value: '107' },
			{ name: 'No VAT', value: 'none' },
		],
		default: 'none',
	},
];

const receiptDetailFields: INodeProperties[] = [
	{
		displayName: 'Email',
		name: 'email',
		type: 'string',
		placeholder: 'name@email.com',
		default: '',
		description: 'Where the receipt goes. The email of the payment without it.',
	},
	{
		displayName: 'Phone',
		name: 'phone',
		type: 'string',
		default: '',
		placeholder: 'e.g. +79990000001',
		description: 'Where the receipt goes as a text message',
	},
	{
		displayName: 'Taxation System',
		name: 'taxationSystem',
		type: 'options',
		options: [
			{ name: 'Agricultural', value: 4 },
			{ name: 'General', value: 0 },
			{ name: 'Imputed Income', value: 3 },
			{ name: 'Patent', value: 5 },
			{ name: 'Simplified, Income', value: 1 },
			{ name: 'Simplified, Income Less Expenses', value: 2 },
		],
		default: 1,
		description: 'The one of the cash register without it',
	},
];
