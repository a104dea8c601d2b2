import type { IDisplayOptions, IExecuteFunctions, INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import type { FormTree } from '../../../shared/formTree';

const IDENTITIES: Readonly<Record<string, INodePropertyOptions>> = {
	customer_email: { name: 'Email', value: 'customer_email' },
	customer_phone: { name: 'Phone', value: 'customer_phone' },
	profile: { name: 'Subscriber ID', value: 'profile', description: 'The profile_id of a notification' },
	tg_user_id: { name: 'Telegram User ID', value: 'tg_user_id' },
	vk_user_id: { name: 'VK User ID', value: 'vk_user_id' },
};

/** Which subscription of whom; each method of Prodamus knows subscribers by other names (providers/prodamus.md §5). */
export function subscriberFields(operation: string, identities: readonly string[]): INodeProperties[] {
	const displayOptions: IDisplayOptions = { show: { resource: ['subscription'], operation: [operation] } };
	return [
		{
			displayName: 'Subscription ID',
			name: 'subscriptionId',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. 593600',
			description: 'Number of the subscription product on the payment page, the same for all its subscribers',
			displayOptions,
		},
		{
			displayName: 'Find Subscriber By',
			name: 'identifyBy',
			type: 'options',
			options: identities.flatMap((identity) => IDENTITIES[identity] ?? []),
			default: 'profile',
			displayOptions,
		},
		{
			displayName: 'Subscriber',
			name: 'subscriber',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. 1209736',
			description: 'The ID, phone number or email chosen above',
			displayOptions,
		},
	];
}

export interface Subscriber {
	subscriptionId: string;
	/** Name of the field Prodamus finds the subscriber by. */
	identifyBy: string;
	subscriber: string;
}

/** @throws RangeError when the subscription or the subscriber is missing */
export function readSubscriber(this: IExecuteFunctions, itemIndex: number): Subscriber {
	const text = (name: string) => String(this.getNodeParameter(name, itemIndex, '') ?? '').trim();
	const subscriptionId = text('subscriptionId');
	const subscriber = text('subscriber');
	if (!/^\d+$/.test(subscriptionId)) throw new RangeError('The subscription ID must be a number from the payment page');
	if (subscriber === '') throw new RangeError('The subscriber is missing');
	return { subscriptionId, identifyBy: text('identifyBy'), subscriber };
}

/** The fields that name subscription and subscriber; the date and discount methods want the kind of name as well. */
export function subscriberForm(
	{ subscriptionId, identifyBy, subscriber }: Subscriber,
	{ withAuthType }: { withAuthType: boolean },
): FormTree {
	return {
		subscription: subscriptionId,
		...(withAuthType ? { auth_type: identifyBy } : {}),
		[identifyBy]: subscriber,
	};
}
