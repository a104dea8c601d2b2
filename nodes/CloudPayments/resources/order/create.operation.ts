import { z } from 'zod';
import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { optionalText } from '../../lenient';
import { stableRequestId } from '../../requestId';
import { jsonData, readReceipt } from '../../shared/extras';
import { amountField, currencyField, dataField, receiptFields, requestIdField } from '../../shared/fields';
import { readRequiredText, readText, toAmount, toObject } from '../../shared/parameters';
import { demand, unreadable } from '../../shared/transport';

const showOnlyForCreate = { resource: ['order'], operation: ['create'] };

export const description: INodeProperties[] = [
	{
		displayName: 'Order Number',
		name: 'invoiceId',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. 5f0c1c0e4b3a4d6f9a7e2b1c8d9e0f11',
		description: 'Your own number of the order. Comes back with the payment. Use one that nobody can guess.',
		displayOptions: { show: showOnlyForCreate },
	},
	amountField(showOnlyForCreate, 'What the buyer pays, with at most two decimals'),
	currencyField(showOnlyForCreate),
	{
		displayName: 'Description',
		name: 'description',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. Plan Pro, 30 days',
		description: 'What the buyer sees on the page',
		displayOptions: { show: showOnlyForCreate },
	},
	{
		displayName: 'Account ID',
		name: 'accountId',
		type: 'string',
		default: '',
		description: 'Your own number of the buyer. Without it there is no card token, so no charge without the buyer later.',
		displayOptions: { show: showOnlyForCreate },
	},
	{
		displayName: 'Email',
		name: 'email',
		type: 'string',
		placeholder: 'name@email.com',
		default: '',
		description: 'Of the buyer',
		displayOptions: { show: showOnlyForCreate },
	},
	{
		displayName: 'Additional Fields',
		name: 'additionalFields',
		type: 'collection',
		placeholder: 'Add Field',
		default: {},
		displayOptions: { show: showOnlyForCreate },
		options: [
			dataField,
			{
				displayName: 'Failure URL',
				name: 'failRedirectUrl',
				type: 'string',
				default: '',
				description: 'Where the buyer goes after a refusal',
			},
			{
				displayName: 'Language',
				name: 'cultureName',
				type: 'options',
				options: [
					{ name: 'English', value: 'en-US' },
					{ name: 'Kazakh', value: 'kk-KZ' },
					{ name: 'Russian', value: 'ru-RU' },
				],
				default: 'ru-RU',
			},
			{
				displayName: 'Offer URL',
				name: 'offerUri',
				type: 'string',
				default: '',
				description: 'Address of the terms shown beside the button',
			},
			{
				displayName: 'Phone',
				name: 'phone',
				type: 'string',
				default: '',
				placeholder: 'e.g. +79990000001',
				description: 'Where the link goes when it is sent by message',
			},
			{
				displayName: 'Send Link By',
				name: 'sendBy',
				type: 'options',
				options: [
					{ name: 'Email', value: 'email' },
					{ name: 'SMS', value: 'sms' },
					{ name: 'Viber', value: 'viber' },
				],
				default: 'email',
				description: 'Have CloudPayments send the link to the buyer',
			},
			{
				displayName: 'Subscription',
				name: 'subscriptionBehavior',
				type: 'options',
				options: [
					{ name: 'Monthly', value: 'CreateMonthly', description: 'Every calendar month' },
					{ name: 'Weekly', value: 'CreateWeekly' },
				],
				default: 'CreateMonthly',
				description: 'Start a subscription with this payment. For any other interval use Subscription: Create.',
			},
			{
				displayName: 'Success URL',
				name: 'successRedirectUrl',
				type: 'string',
				default: '',
				description: 'Where the buyer goes after paying. Reaching it proves nothing: only the notification does.',
			},
			{
				displayName: 'Two Stages',
				name: 'requireConfirmation',
				type: 'boolean',
				default: false,
				description: 'Whether the money is only held until Payment: Confirm, for seven days at most',
			},
		],
	},
	...receiptFields(showOnlyForCreate, { isRequired: false }),
	requestIdField(showOnlyForCreate, 'the same for one order number, amount and currency'),
];

interface AdditionalFields {
	cultureName?: string;
	data?: unknown;
	failRedirectUrl?: string;
	offerUri?: string;
	phone?: string;
	requireConfirmation?: boolean;
	sendBy?: 'email' | 'sms' | 'viber';
	subscriptionBehavior?: string;
	successRedirectUrl?: string;
}

const orderSchema = z.object({
	Id: z.string().min(1),
	Number: optionalText,
	Url: z.string().url(),
	Status: optionalText,
});

/** `{orderId, number, paymentUrl, orderRef, amountMinor, currency, status, requestId}` (CP5). */
export async function execute(this: IExecuteFunctions, itemIndex: number): Promise<IDataObject> {
	const text = (name: string) => readText.call(this, itemIndex, name);
	const more = this.getNodeParameter('additionalFields', itemIndex, {}) as AdditionalFields;
	const orderRef = readRequiredText.call(this, itemIndex, 'invoiceId', 'Order Number');
	const currency = text('currency');
	const amount = toAmount(this.getNodeParameter('amount', itemIndex), currency);
	const email = text('email');
	const requestId = text('requestId') || stableRequestId('order', orderRef, amount.minor, currency);
	const answer = await demand.call(this, itemIndex, {
		path: 'orders/create',
		requestId,
		fields: {
			Amount: amount.decimal,
			Currency: currency,
			Description: readRequiredText.call(this, itemIndex, 'description', 'Description'),
			InvoiceId: orderRef,
			AccountId: text('accountId') || undefined,
			Email: email || undefined,
			Phone: more.phone?.trim() || undefined,
			RequireConfirmation: more.requireConfirmation === true,
			SendEmail: more.sendBy === 'email',
			SendSms: more.sendBy === 'sms',
			SendViber: more.sendBy === 'viber',
			CultureName: more.cultureName,
			OfferUri: more.offerUri || undefined,
			SubscriptionBehavior: more.subscriptionBehavior,
			SuccessRedirectUrl: more.successRedirectUrl || undefined,
			FailRedirectUrl: more.failRedirectUrl || undefined,
			JsonData: jsonData(toObject(more.data, 'Data'), readReceipt.call(this, itemIndex, email), amount, currency),
		},
	});
	const { data: order } = orderSchema.safeParse(answer);
	if (!order) throw unreadable.call(this, itemIndex, 'a payment link');
	return {
		orderId: order.Id,
		number: order.Number,
		paymentUrl: order.Url,
		orderRef,
		amountMinor: amount.minor,
		currency,
		status: order.Status,
		requestId,
	};
}
