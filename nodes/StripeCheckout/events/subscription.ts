import { z } from 'zod';

import type { PaymentEvent, PaymentEventKind } from '../../shared/paymentEvent';
import { OBJECT, metadata, optionalSeconds, optionalText, reference, toIso, type Facts } from './fields';
import { readAs } from './unreadable';

const itemSchema = z.object({
	current_period_end: optionalSeconds,
	price: z.object({ id: reference, nickname: optionalText }).nullable().catch(null),
});

const subscriptionSchema = z.object({
	id: z.string().min(1),
	status: optionalText,
	cancel_at_period_end: z.boolean().catch(false),
	cancel_at: optionalSeconds,
	// Since 2025-03-31 the period is on the items; before, it was on the subscription itself.
	current_period_end: optionalSeconds,
	items: z.object({ data: z.array(itemSchema) }).catch({ data: [] }),
	cancellation_details: z.object({ reason: optionalText }).catch({ reason: null }),
	metadata,
});

type Subscription = z.infer<typeof subscriptionSchema>;

/**
 * A change or the end of a subscription (providers/stripe.md §5). The renewal is off when an end is set: the buyer's
 * portal may set a date (`cancel_at`) where the API sets `cancel_at_period_end`.
 */
export function readSubscription(
	object: unknown,
	type: string,
	previous: Readonly<Record<string, unknown>>,
): Facts {
	const subscription = readAs(subscriptionSchema, object, OBJECT);
	const before = readAs(subscriptionSchema, { ...(object as object), ...previous }, OBJECT);
	const kind = subscriptionKind(type, endsByItself(before), endsByItself(subscription));
	return {
		kind,
		providerPaymentId: subscription.id,
		amountMinor: null,
		currency: null,
		reason: subscription.cancellation_details.reason ?? subscription.status,
		metadata: subscription.metadata,
		subscription: state(subscription, kind),
	};
}

function endsByItself({ cancel_at_period_end, cancel_at }: Subscription): boolean {
	return cancel_at_period_end || cancel_at !== null;
}

function subscriptionKind(type: string, wasEnding: boolean, isEnding: boolean): PaymentEventKind {
	if (type === 'customer.subscription.deleted') return 'subscription_ended';
	if (type !== 'customer.subscription.updated' || wasEnding === isEnding) return 'other';
	return isEnding ? 'canceled' : 'subscription_resumed';
}

function state(subscription: Subscription, kind: PaymentEventKind): PaymentEvent['subscription'] {
	const [item] = subscription.items.data;
	const periodEnd = item?.current_period_end ?? subscription.current_period_end;
	const isOver = kind === 'subscription_ended';
	return {
		planId: item?.price?.id ?? null,
		subscriptionId: subscription.id,
		name: item?.price?.nickname ?? null,
		paymentNumber: null,
		nextPaymentAt: isOver ? null : toIso(subscription.cancel_at ?? periodEnd),
		renews: !isOver && !endsByItself(subscription),
		errorCode: null,
	};
}
