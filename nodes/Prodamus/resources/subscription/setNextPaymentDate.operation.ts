import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { moscowTime } from '../../moscowTime';
import { callSubscriptionMethod } from '../../shared/transport';
import { readSubscriber, subscriberFields, subscriberForm } from './fields';

export const description: INodeProperties[] = [
	...subscriberFields('setNextPaymentDate', ['customer_phone', 'profile', 'vk_user_id']),
	{
		displayName: 'Next Payment At',
		name: 'nextPaymentAt',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. 2026-05-01 12:00',
		description: 'Moscow time, or a time with its zone. Only later than the current next payment.',
		displayOptions: { show: { resource: ['subscription'], operation: ['setNextPaymentDate'] } },
	},
];

/** Puts the next charge off. */
export async function execute(this: IExecuteFunctions, itemIndex: number): Promise<IDataObject> {
	const subscriber = readSubscriber.call(this, itemIndex);
	const date = moscowTime(String(this.getNodeParameter('nextPaymentAt', itemIndex)));
	await callSubscriptionMethod.call(this, itemIndex, 'setSubscriptionPaymentDate', {
		...subscriberForm(subscriber, { withAuthType: true }),
		date,
	});
	return { success: true, ...subscriber, nextPaymentAtMoscow: date };
}
