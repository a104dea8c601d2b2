import { randomUUID } from 'node:crypto';
import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { requestIdField, subscriptionIdField } from '../../shared/fields';
import { readRequiredText, readText } from '../../shared/parameters';
import { demand } from '../../shared/transport';

const showOnlyForCancel = { resource: ['subscription'], operation: ['cancel'] };

export const description: INodeProperties[] = [
	subscriptionIdField(showOnlyForCancel),
	requestIdField(showOnlyForCancel, 'a new one each time, because a subscription can be made active again'),
];

/** `{canceled: true, subscriptionId, requestId}`. Gives no money back. */
export async function execute(this: IExecuteFunctions, itemIndex: number): Promise<IDataObject> {
	const subscriptionId = readRequiredText.call(this, itemIndex, 'subscriptionId', 'Subscription ID');
	const requestId = readText.call(this, itemIndex, 'requestId') || randomUUID();
	await demand.call(this, itemIndex, { path: 'subscriptions/cancel', requestId, fields: { Id: subscriptionId } });
	return { canceled: true, subscriptionId, requestId };
}
