import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { subscriptionIdField } from '../../shared/fields';
import { readRequiredText } from '../../shared/parameters';
import { demand, unreadable } from '../../shared/transport';
import { readSubscription, type Subscription } from '../../subscription';

export const description: INodeProperties[] = [subscriptionIdField({ resource: ['subscription'], operation: ['get'] })];

/** A `Subscription`. */
export async function execute(this: IExecuteFunctions, itemIndex: number): Promise<IDataObject> {
	const id = readRequiredText.call(this, itemIndex, 'subscriptionId', 'Subscription ID');
	return { ...(await getSubscription.call(this, itemIndex, id)) };
}

/** @throws NodeApiError when there is none */
export async function getSubscription(this: IExecuteFunctions, itemIndex: number, id: string): Promise<Subscription> {
	const model = await demand.call(this, itemIndex, { path: 'subscriptions/get', fields: { Id: id } });
	const subscription = readSubscription(model);
	if (!subscription) throw unreadable.call(this, itemIndex, 'a subscription');
	return subscription;
}
