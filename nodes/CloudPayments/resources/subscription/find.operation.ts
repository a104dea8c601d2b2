import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { readRequiredText } from '../../shared/parameters';
import { demand, unreadable } from '../../shared/transport';
import { readSubscription } from '../../subscription';

export const description: INodeProperties[] = [
	{
		displayName: 'Account ID',
		name: 'accountId',
		type: 'string',
		default: '',
		required: true,
		description: 'Your own number of the buyer',
		displayOptions: { show: { resource: ['subscription'], operation: ['find'] } },
	},
];

/** One `Subscription` per subscription of the account, cancelled ones included. */
export async function execute(this: IExecuteFunctions, itemIndex: number): Promise<IDataObject[]> {
	const accountId = readRequiredText.call(this, itemIndex, 'accountId', 'Account ID');
	const models = await demand.call(this, itemIndex, { path: 'subscriptions/find', fields: { accountId } });
	if (!Array.isArray(models)) throw unreadable.call(this, itemIndex, 'a list of subscriptions');
	return models.map((model) => {
		const subscription = readSubscription(model);
		if (!subscription) throw unreadable.call(this, itemIndex, 'a subscription');
		return { ...subscription };
	});
}
