import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { toDecimal, toMinor } from '../../../shared/money';
import { callSubscriptionMethod } from '../../shared/transport';
import { readSubscriber, subscriberFields, subscriberForm } from './fields';

const showOnlyForSetDiscount = { resource: ['subscription'], operation: ['setDiscount'] };

export const description: INodeProperties[] = [
	...subscriberFields('setDiscount', ['customer_phone', 'profile', 'vk_user_id']),
	{
		displayName: 'Discount',
		name: 'discount',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. 100.00',
		description: 'In rubles, more than zero and at most the price of the subscription',
		displayOptions: { show: showOnlyForSetDiscount },
	},
	{
		displayName: 'Number of Payments',
		name: 'payments',
		type: 'number',
		typeOptions: { minValue: 0, numberPrecision: 0 },
		default: 1,
		description: 'How many of the next payments get the discount. 0 for all.',
		displayOptions: { show: showOnlyForSetDiscount },
	},
];

/** Makes the next charges cheaper. */
export async function execute(this: IExecuteFunctions, itemIndex: number): Promise<IDataObject> {
	const subscriber = readSubscriber.call(this, itemIndex);
	const discountMinor = toMinor(this.getNodeParameter('discount', itemIndex) as string | number, 'RUB');
	if (!discountMinor) throw new RangeError('The discount must be more than zero, such as 100 or 100.50');
	const payments = this.getNodeParameter('payments', itemIndex) as number;
	if (!Number.isSafeInteger(payments) || payments < 0) {
		throw new RangeError('The number of payments must be a whole number from 0 up');
	}
	await callSubscriptionMethod.call(this, itemIndex, 'setSubscriptionDiscount', {
		...subscriberForm(subscriber, { withAuthType: true }),
		discount_value: toDecimal(discountMinor, 'RUB'),
		num: String(payments),
	});
	return { success: true, ...subscriber, discountMinor, payments };
}
