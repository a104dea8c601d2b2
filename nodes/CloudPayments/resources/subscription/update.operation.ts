import { randomUUID } from 'node:crypto';
import { NodeOperationError, type IDataObject, type IExecuteFunctions, type INodeProperties } from 'n8n-workflow';

import { requestIdField, subscriptionIdField } from '../../shared/fields';
import { readRequiredText, readText, toAmount, toMoment } from '../../shared/parameters';
import { demand, unreadable } from '../../shared/transport';
import { readSubscription } from '../../subscription';
import { intervalField, periodField } from './fields';
import { getSubscription } from './get.operation';

const showOnlyForUpdate = { resource: ['subscription'], operation: ['update'] };

export const description: INodeProperties[] = [
	subscriptionIdField(showOnlyForUpdate),
	{
		displayName: 'Update Fields',
		name: 'updateFields',
		type: 'collection',
		placeholder: 'Add Field',
		default: {},
		displayOptions: { show: showOnlyForUpdate },
		options: [
			{
				displayName: 'Amount',
				name: 'amount',
				type: 'string',
				default: '',
				placeholder: 'e.g. 990.00',
				description: 'What is charged every time, in the currency of the subscription',
			},
			{ displayName: 'Description', name: 'description', type: 'string', default: '' },
			periodField,
			intervalField,
			{
				displayName: 'Next Charge At',
				name: 'startAt',
				type: 'dateTime',
				default: '',
				description: 'In the future. Without a zone: UTC.',
			},
			{
				displayName: 'Number of Charges',
				name: 'maxPeriods',
				type: 'number',
				typeOptions: { minValue: 1, numberPrecision: 0 },
				default: 12,
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
	{
		displayName: 'Allow Reactivation',
		name: 'allowReactivation',
		type: 'boolean',
		default: false,
		description:
			'Whether a subscription that is cancelled or over may be changed. Any change makes CloudPayments charge the buyer again.',
		displayOptions: { show: showOnlyForUpdate },
	},
	requestIdField(showOnlyForUpdate, 'a new one each time, because a change can be made again'),
];

interface UpdateFields {
	amount?: string | number;
	description?: string;
	interval?: string;
	maxPeriods?: number;
	period?: number;
	requireConfirmation?: boolean;
	startAt?: string;
}

/** The changed `Subscription` with the `requestId`. */
export async function execute(this: IExecuteFunctions, itemIndex: number): Promise<IDataObject> {
	const id = readRequiredText.call(this, itemIndex, 'subscriptionId', 'Subscription ID');
	const changes = this.getNodeParameter('updateFields', itemIndex, {}) as UpdateFields;
	if (Object.keys(changes).length === 0) throw new RangeError('Nothing to change: add a field');
	const current = await getSubscription.call(this, itemIndex, id);
	if (!current.renews && this.getNodeParameter('allowReactivation', itemIndex, false) !== true) {
		throw new NodeOperationError(this.getNode(), `The subscription is ${current.status ?? 'over'}`, {
			itemIndex,
			description: 'Any change would make CloudPayments charge the buyer again. Switch on Allow Reactivation if that is meant.',
		});
	}
	const requestId = readText.call(this, itemIndex, 'requestId') || randomUUID();
	const currency = current.currency ?? 'RUB';
	const model = await demand.call(this, itemIndex, {
		path: 'subscriptions/update',
		requestId,
		fields: {
			Id: id,
			...(changes.amount === undefined ? {} : { Amount: toAmount(changes.amount, currency).decimal, Currency: currency }),
			Description: changes.description?.trim() || undefined,
			Interval: changes.interval,
			Period: changes.period,
			MaxPeriods: changes.maxPeriods,
			RequireConfirmation: changes.requireConfirmation,
			StartDate: changes.startAt === undefined ? undefined : toMoment(changes.startAt, 'Next Charge At').toISOString(),
		},
	});
	const subscription = readSubscription(model);
	if (!subscription) throw unreadable.call(this, itemIndex, 'a subscription');
	return { ...subscription, requestId };
}
