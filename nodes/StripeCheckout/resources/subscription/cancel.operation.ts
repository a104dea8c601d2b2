import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import { z } from 'zod';

import { metadata, optionalSeconds, reference, toIso } from '../../events/fields';
import { readObjectId } from '../../objectId';
import type { StripeRequest } from '../../shared/client';
import { executionKey } from '../../shared/executionKey';
import { readObject } from '../../shared/readObject';
import { StripeRefusal } from '../../shared/refusal';
import { stripeRequest } from '../../shared/transport';

const showOnlyForCancel = { resource: ['subscription'], operation: ['cancel'] };

export const description: INodeProperties[] = [
	{
		displayName: 'Subscription ID',
		name: 'subscriptionId',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. sub_1AbCdEfGh',
		description: 'In a payment event it is "subscription.subscriptionId"',
		displayOptions: { show: showOnlyForCancel },
	},
	{
		displayName: 'When',
		name: 'when',
		type: 'options',
		options: [
			{
				name: 'At the End of the Paid Period',
				value: 'periodEnd',
				description: 'Access stays until then. Can be taken back in Stripe.',
			},
			{ name: 'Now', value: 'now', description: 'For good. What has been paid is not sent back by itself.' },
		],
		default: 'periodEnd',
		displayOptions: { show: showOnlyForCancel },
	},
];

const subscriptionSchema = z.object({
	id: z.string(),
	status: z.string(),
	cancel_at_period_end: z.boolean().catch(false),
	cancel_at: optionalSeconds,
	ended_at: optionalSeconds,
	customer: reference,
	metadata,
	livemode: z.boolean(),
});

/** Stops the charges. A subscription that is over already is a success. */
export async function execute(this: IExecuteFunctions, itemIndex: number): Promise<IDataObject> {
	const subscriptionId = readObjectId(
		this.getNodeParameter('subscriptionId', itemIndex, ''),
		['sub'],
		'The subscription ID',
	);
	const path = `/v1/subscriptions/${subscriptionId}`;
	const atPeriodEnd = this.getNodeParameter('when', itemIndex) !== 'now';
	const request: StripeRequest = atPeriodEnd
		? {
				method: 'POST',
				path,
				form: { cancel_at_period_end: true },
				idempotencyKey: executionKey.call(this, itemIndex, 'cancel', [path]),
			}
		: { method: 'DELETE', path };
	const { body } = await stripeRequest
		.call(this, request, itemIndex)
		.catch(async (error: unknown) => (await findEnded.call(this, itemIndex, path, error)) ?? Promise.reject(error));
	return output(body);
}

/** Stripe refuses to end a subscription twice, also when the first answer was lost on the way. */
async function findEnded(this: IExecuteFunctions, itemIndex: number, path: string, error: unknown) {
	if (!(error instanceof StripeRefusal) || (error.status !== 404 && error.status !== 400)) return null;
	const current = await stripeRequest.call(this, { method: 'GET', path }, itemIndex);
	return current.body.status === 'canceled' ? current : null;
}

function output(body: unknown): IDataObject {
	const subscription = readObject(subscriptionSchema, body, 'Subscription');
	return {
		subscriptionId: subscription.id,
		status: subscription.status,
		cancelAtPeriodEnd: subscription.cancel_at_period_end,
		endsAt: toIso(subscription.ended_at ?? subscription.cancel_at),
		customerId: subscription.customer,
		metadata: subscription.metadata,
		livemode: subscription.livemode,
	};
}
