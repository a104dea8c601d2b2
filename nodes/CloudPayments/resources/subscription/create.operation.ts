import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { stableRequestId } from '../../requestId';
import { readReceipt, receiptOver } from '../../shared/extras';
import { amountField, currencyField, receiptFields, requestIdField } from '../../shared/fields';
import { readRequiredText, readText, toAmount, toMoment } from '../../shared/parameters';
import { demand, unreadable } from '../../shared/transport';
import { readSubscription } from '../../subscription';
import { intervalField, periodField } from './fields';

const showOnlyForCreate = { resource: ['subscription'], operation: ['create'] };

export const description: INodeProperties[] = [
	{
		displayName: 'Account ID',
		name: 'accountId',
		type: 'string',
		default: '',
		required: true,
		description: 'The one the card was saved with',
		displayOptions: { show: showOnlyForCreate },
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
		displayOptions: { show: showOnlyForCreate },
	},
	{
		displayName: 'Description',
		name: 'description',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. Plan Pro, 30 days',
		displayOptions: { show: showOnlyForCreate },
	},
	amountField(showOnlyForCreate, 'What is charged every time, with at most two decimals'),
	currencyField(showOnlyForCreate),
	{
		displayName: 'First Charge At',
		name: 'startAt',
		type: 'dateTime',
		default: '',
		required: true,
		description: 'In the future. Without a zone: UTC.',
		displayOptions: { show: showOnlyForCreate },
	},
	{ ...intervalField, displayOptions: { show: showOnlyForCreate } },
	{ ...periodField, displayOptions: { show: showOnlyForCreate } },
	{
		displayName: 'Additional Fields',
		name: 'additionalFields',
		type: 'collection',
		placeholder: 'Add Field',
		default: {},
		displayOptions: { show: showOnlyForCreate },
		options: [
			{ displayName: 'Email', name: 'email', type: 'string', placeholder: 'name@email.com', default: '' },
			{
				displayName: 'Number of Charges',
				name: 'maxPeriods',
				type: 'number',
				typeOptions: { minValue: 1, numberPrecision: 0 },
				default: 12,
				description: 'The subscription ends after them',
			},
			{
				displayName: 'Two Stages',
				name: 'requireConfirmation',
				type: 'boolean',
				default: false,
				description: 'Whether the money of every charge is only held until Payment: Confirm',
			},
		],
	},
	...receiptFields(showOnlyForCreate, { isRequired: false }),
	requestIdField(showOnlyForCreate, 'the same for one account, amount, currency, first charge and interval'),
];

interface AdditionalFields {
	email?: string;
	maxPeriods?: number;
	requireConfirmation?: boolean;
}

/** A `Subscription` with the `requestId` (CP9). */
export async function execute(this: IExecuteFunctions, itemIndex: number): Promise<IDataObject> {
	const required = (name: string, label: string) => readRequiredText.call(this, itemIndex, name, label);
	const more = this.getNodeParameter('additionalFields', itemIndex, {}) as AdditionalFields;
	const accountId = required('accountId', 'Account ID');
	const currency = readText.call(this, itemIndex, 'currency');
	const amount = toAmount(this.getNodeParameter('amount', itemIndex), currency);
	const startAt = toMoment(this.getNodeParameter('startAt', itemIndex), 'First Charge At').toISOString();
	const interval = readText.call(this, itemIndex, 'interval');
	const period = this.getNodeParameter('period', itemIndex) as number;
	const email = more.email?.trim() ?? '';
	const receipt = readReceipt.call(this, itemIndex, email);
	const requestId =
		readText.call(this, itemIndex, 'requestId') ||
		stableRequestId('subscription', accountId, amount.minor, currency, startAt, interval, period);
	const model = await demand.call(this, itemIndex, {
		path: 'subscriptions/create',
		requestId,
		fields: {
			Token: required('token', 'Card Token'),
			AccountId: accountId,
			Description: required('description', 'Description'),
			Email: email || undefined,
			Amount: amount.decimal,
			Currency: currency,
			RequireConfirmation: more.requireConfirmation === true,
			StartDate: startAt,
			Interval: interval,
			Period: period,
			MaxPeriods: more.maxPeriods,
			CustomerReceipt: receipt ? receiptOver(receipt, amount, currency) : undefined,
		},
	});
	const subscription = readSubscription(model);
	if (!subscription) throw unreadable.call(this, itemIndex, 'a subscription');
	return { ...subscription, requestId };
}
