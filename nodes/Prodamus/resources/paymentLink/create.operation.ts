import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { buildPayUrl, buildShortLinkUrl, linkTotal, type LinkItem, type PaymentLink } from '../../link';
import type { ProdamusCredentials } from '../../shared/credentials';
import { fetchShortLink, getProdamusCredentials } from '../../shared/transport';

const showOnlyForCreate = { resource: ['paymentLink'], operation: ['create'] };

export const description: INodeProperties[] = [
	{
		displayName: 'Link',
		name: 'mode',
		type: 'options',
		options: [
			{
				name: 'Direct Payment Link (Signed)',
				value: 'pay',
				description: 'Takes the buyer straight to payment. Made here, without asking Prodamus.',
			},
			{
				name: 'Short Link',
				value: 'link',
				description: 'Asks Prodamus for a short address, good for messages and printed matter',
			},
		],
		default: 'pay',
		displayOptions: { show: showOnlyForCreate },
	},
	{
		displayName: 'Sign Request',
		name: 'signRequest',
		type: 'boolean',
		default: false,
		description:
			'Whether to sign the request for a short link. Prodamus does not ask for it. Direct links are always signed.',
		displayOptions: { show: { ...showOnlyForCreate, mode: ['link'] } },
	},
	{
		displayName: 'Order Number',
		name: 'orderId',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. 5f0c1c0e4b3a4d6f9a7e2b1c8d9e0f11',
		description: 'Your own number of the order. Comes back with the payment. Use one that nobody can guess.',
		displayOptions: { show: showOnlyForCreate },
	},
	{
		displayName: 'Sell',
		name: 'sell',
		type: 'options',
		options: [
			{ name: 'Items', value: 'items', description: 'Goods or services at the prices given here' },
			{ name: 'Subscription', value: 'subscription', description: 'A subscription set up on the payment page' },
		],
		default: 'items',
		displayOptions: { show: showOnlyForCreate },
	},
	{
		displayName: 'Items',
		name: 'items',
		type: 'fixedCollection',
		typeOptions: { multipleValues: true, multipleValueButtonText: 'Add Item' },
		placeholder: 'Add Item',
		default: {},
		displayOptions: { show: { ...showOnlyForCreate, sell: ['items'] } },
		options: [
			{
				displayName: 'Item',
				name: 'item',
				values: [
					{
						displayName: 'Name',
						name: 'name',
						type: 'string',
						default: '',
						required: true,
						description: 'What the buyer sees and what stands on the receipt',
					},
					{
						displayName: 'Price',
						name: 'price',
						type: 'string',
						default: '',
						required: true,
						placeholder: 'e.g. 1000.00',
						description: 'Price of one piece, with at most two decimals',
					},
					{
						displayName: 'Quantity',
						name: 'quantity',
						type: 'number',
						typeOptions: { minValue: 1, numberPrecision: 0 },
						default: 1,
					},
					{
						displayName: 'Receipt Payment Method',
						name: 'paymentMethod',
						type: 'string',
						default: '',
						placeholder: 'e.g. 4',
						description: 'Prodamus code 1 to 7, 4 for full payment. Empty for the setting of the page.',
					},
					{
						displayName: 'Receipt Payment Object',
						name: 'paymentObject',
						type: 'string',
						default: '',
						placeholder: 'e.g. 4',
						description: 'Prodamus code 1 to 13, 1 for goods, 4 for a service. Empty for the setting of the page.',
					},
					{
						displayName: 'Receipt Tax Type',
						name: 'taxType',
						type: 'string',
						default: '',
						placeholder: 'e.g. 0',
						description: 'Prodamus code of the VAT rate. Empty for the setting of the page.',
					},
					{
						displayName: 'SKU',
						name: 'sku',
						type: 'string',
						default: '',
					},
					{
						displayName: 'Type',
						name: 'type',
						type: 'options',
						options: [
							{ name: 'Course', value: 'course' },
							{ name: 'Goods', value: 'goods' },
							{ name: 'Not Given', value: '' },
							{ name: 'Service', value: 'service' },
						],
						default: '',
					},
				],
			},
		],
	},
	{
		displayName: 'Subscription ID',
		name: 'planId',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. 593600',
		description: 'Number of the subscription product on the payment page',
		displayOptions: { show: { ...showOnlyForCreate, sell: ['subscription'] } },
	},
	{
		displayName: 'Currency',
		name: 'currency',
		type: 'options',
		options: [
			{ name: 'EUR', value: 'eur' },
			{ name: 'KZT', value: 'kzt' },
			{ name: 'RUB', value: 'rub' },
			{ name: 'USD', value: 'usd' },
		],
		default: 'rub',
		displayOptions: { show: showOnlyForCreate },
	},
	{
		displayName: 'Customer Phone',
		name: 'customerPhone',
		type: 'string',
		default: '',
		placeholder: 'e.g. +79990000001',
		hint: 'Only a phone number skips the page that asks for contacts; an email alone does not',
		displayOptions: { show: showOnlyForCreate },
	},
	{
		displayName: 'Customer Email',
		name: 'customerEmail',
		type: 'string',
		default: '',
		placeholder: 'e.g. name@example.com',
		displayOptions: { show: showOnlyForCreate },
	},
	{
		displayName: 'Payments Limit',
		name: 'paymentsLimit',
		type: 'number',
		typeOptions: { minValue: 0, numberPrecision: 0 },
		default: 1,
		description: 'How many times the link can be paid. 0 for no limit.',
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
			{
				displayName: 'Available Payment Methods',
				name: 'availablePaymentMethods',
				type: 'string',
				default: '',
				placeholder: 'e.g. AC, SBP',
				description: 'Prodamus codes, separated by commas. When none of them fits, Prodamus shows all methods.',
			},
			{
				displayName: 'Custom Parameters',
				name: 'params',
				type: 'fixedCollection',
				typeOptions: { multipleValues: true },
				placeholder: 'Add Parameter',
				default: {},
				description: 'Come back with the payment as _param_ and the name',
				options: [
					{
						displayName: 'Parameter',
						name: 'pair',
						values: [
							{
								displayName: 'Name',
								name: 'name',
								type: 'string',
								default: '',
								description: 'Letters, digits, "_" and "-"; without _param_',
							},
							{ displayName: 'Value', name: 'value', type: 'string', default: '' },
						],
					},
				],
			},
			{
				displayName: 'Customer Note',
				name: 'customerExtra',
				type: 'string',
				default: '',
				description: 'Free text shown on the form and sent back with the payment',
			},
			{
				displayName: 'Demo Payment',
				name: 'demoMode',
				type: 'boolean',
				default: false,
				description: 'Whether this is a test payment. The trigger marks it as such, and nothing is fulfilled.',
			},
			{
				displayName: 'Discount',
				name: 'discount',
				type: 'string',
				default: '',
				placeholder: 'e.g. 100.00',
				description: 'Taken off the sum of the items',
			},
			{
				displayName: 'Expires After (Minutes)',
				name: 'expiresAfterMinutes',
				type: 'number',
				typeOptions: { minValue: 1, numberPrecision: 0 },
				default: 1440,
				description: 'How long the link can be paid, counted from now',
			},
			{
				displayName: 'Hide Instalments',
				name: 'installmentsDisabled',
				type: 'boolean',
				default: false,
				description: 'Whether to offer no payment by instalments',
			},
			{
				displayName: 'JSON Notifications',
				name: 'jsonNotifications',
				type: 'boolean',
				default: false,
				description: 'Whether the notification of this payment comes as JSON. The trigger reads both.',
			},
			{
				displayName: 'Max Renewals',
				name: 'maxRenewals',
				type: 'number',
				typeOptions: { minValue: 1, numberPrecision: 0 },
				default: 1,
				description: 'For a subscription: how many charges follow the first one',
			},
			{
				displayName: 'Notification URL',
				name: 'urlNotification',
				type: 'string',
				default: '',
				description: 'Address for the notifications of this link only. Needs an integration code in the credential.',
			},
			{
				displayName: 'Payment Method',
				name: 'paymentMethod',
				type: 'string',
				default: '',
				placeholder: 'e.g. SBP',
				description: 'Prodamus code of the method to open at once',
			},
			{
				displayName: 'Return URL',
				name: 'urlReturn',
				type: 'string',
				default: '',
				description: 'Where the buyer goes back without paying',
			},
			{
				displayName: 'Subscription Starts At',
				name: 'startsAt',
				type: 'string',
				default: '',
				placeholder: 'e.g. 2026-05-01 12:00',
				description: 'For a subscription: Moscow time, or a time with its zone',
			},
			{
				displayName: 'Success Text',
				name: 'paidContent',
				type: 'string',
				default: '',
				description: 'Shown to the buyer after payment',
			},
			{
				displayName: 'Success URL',
				name: 'urlSuccess',
				type: 'string',
				default: '',
				description: 'Where the buyer goes after paying. Reaching it proves nothing: only the notification does.',
			},
			{
				displayName: 'Trial Days',
				name: 'trialDays',
				type: 'number',
				typeOptions: { minValue: 1, numberPrecision: 0 },
				default: 1,
				description: 'For a subscription: days before the first regular charge',
			},
			{
				displayName: 'UTM Tags',
				name: 'utm',
				type: 'fixedCollection',
				typeOptions: { multipleValues: true },
				placeholder: 'Add Tag',
				default: {},
				description: 'Come back with the payment as utm_ and the name',
				options: [
					{
						displayName: 'Tag',
						name: 'pair',
						values: [
							{ displayName: 'Name', name: 'name', type: 'string', default: '', description: 'For example "source"' },
							{ displayName: 'Value', name: 'value', type: 'string', default: '' },
						],
					},
				],
			},
		],
	},
];

interface Pairs {
	pair?: Array<{ name: string; value: string }>;
}

type PlainFields = Pick<
	PaymentLink,
	| 'customerExtra'
	| 'discount'
	| 'paymentMethod'
	| 'installmentsDisabled'
	| 'urlReturn'
	| 'urlSuccess'
	| 'urlNotification'
	| 'jsonNotifications'
	| 'demoMode'
	| 'paidContent'
>;

interface AdditionalFields extends PlainFields {
	availablePaymentMethods?: string;
	expiresAfterMinutes?: number;
	maxRenewals?: number;
	params?: Pairs;
	startsAt?: string;
	trialDays?: number;
	utm?: Pairs;
}

/** `{paymentUrl, orderRef, amountMinor, currency, instantPayment}`; the amount of a subscription is null (PC1–PC3). */
export async function execute(this: IExecuteFunctions, itemIndex: number): Promise<IDataObject> {
	const credentials = await getProdamusCredentials.call(this, itemIndex);
	const link: PaymentLink = { ...readLink.call(this, itemIndex), sys: credentials.sys };
	return {
		paymentUrl: await paymentUrl.call(this, itemIndex, link, credentials),
		orderRef: link.orderId,
		amountMinor: linkTotal(link),
		currency: link.currency.toUpperCase(),
		// Without a phone number Prodamus shows a form for it first.
		instantPayment: Boolean(link.customerPhone),
	};
}

async function paymentUrl(
	this: IExecuteFunctions,
	itemIndex: number,
	link: PaymentLink,
	{ pageUrl, secretKey }: ProdamusCredentials,
): Promise<string> {
	if (this.getNodeParameter('mode', itemIndex) === 'pay') return buildPayUrl(pageUrl, link, secretKey);
	const isSigned = this.getNodeParameter('signRequest', itemIndex, false) as boolean;
	const request = buildShortLinkUrl(pageUrl, link, isSigned ? secretKey : undefined);
	return await fetchShortLink.call(this, itemIndex, request);
}

function readLink(this: IExecuteFunctions, itemIndex: number): PaymentLink {
	const text = (name: string) => String(this.getNodeParameter(name, itemIndex, '') ?? '').trim();
	const { startsAt, trialDays, maxRenewals, expiresAfterMinutes, availablePaymentMethods, params, utm, ...plainFields } =
		this.getNodeParameter('additionalFields', itemIndex, {}) as AdditionalFields;
	const paymentsLimit = this.getNodeParameter('paymentsLimit', itemIndex, 1) as number;
	const isSubscription = this.getNodeParameter('sell', itemIndex) === 'subscription';
	return {
		...plainFields,
		orderId: text('orderId'),
		currency: text('currency'),
		items: isSubscription ? [] : readItems.call(this, itemIndex),
		subscription: isSubscription ? { planId: text('planId'), startsAt, trialDays, maxRenewals } : undefined,
		customerPhone: text('customerPhone'),
		customerEmail: text('customerEmail'),
		paymentsLimit: paymentsLimit === 0 ? undefined : paymentsLimit,
		expiresAt: expiresAfterMinutes === undefined ? undefined : new Date(Date.now() + expiresAfterMinutes * 60_000),
		availablePaymentMethods: availablePaymentMethods?.split(',').map((code) => code.trim()),
		params: toRecord(params),
		utm: toRecord(utm),
	};
}

function readItems(this: IExecuteFunctions, itemIndex: number): LinkItem[] {
	const { item = [] } = this.getNodeParameter('items', itemIndex, {}) as { item?: LinkItem[] };
	return item;
}

function toRecord({ pair = [] }: Pairs = {}): Record<string, string> {
	return Object.fromEntries(pair.map(({ name, value }) => [name, value]));
}
