import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { callSubscriptionMethod } from '../../shared/transport';
import { readSubscriber, subscriberFields, subscriberForm } from './fields';

const showOnlyForSetActivity = { resource: ['subscription'], operation: ['setActivity'] };

export const description: INodeProperties[] = [
	...subscriberFields('setActivity', ['customer_email', 'customer_phone', 'profile', 'tg_user_id', 'vk_user_id']),
	{
		displayName: 'Acting For',
		name: 'actor',
		type: 'options',
		options: [
			{
				name: 'Manager',
				value: 'active_manager',
				description: 'A pause by the shop, which can be taken back',
			},
			{
				name: 'Subscriber',
				value: 'active_user',
				description: 'An unsubscription by the buyer, which is final: only a new purchase starts it again',
			},
		],
		default: 'active_manager',
		displayOptions: { show: showOnlyForSetActivity },
	},
	{
		displayName: 'Active',
		name: 'active',
		type: 'boolean',
		default: false,
		description: 'Whether the subscription goes on being charged',
		displayOptions: { show: showOnlyForSetActivity },
	},
];

/** Switches the renewal on or off. */
export async function execute(this: IExecuteFunctions, itemIndex: number): Promise<IDataObject> {
	const subscriber = readSubscriber.call(this, itemIndex);
	const active = this.getNodeParameter('active', itemIndex) === true;
	await callSubscriptionMethod.call(this, itemIndex, 'setActivity', {
		...subscriberForm(subscriber, { withAuthType: false }),
		[this.getNodeParameter('actor', itemIndex) as string]: active ? '1' : '0',
	});
	return { success: true, ...subscriber, active };
}
