import type { PaymentEventKind } from '../shared/paymentEvent';

/** The version events and answers are read in (providers/stripe.md §5 "Version traps"). */
export const STRIPE_VERSION = '2026-07-29.dahlia';

/** Which of Stripe's events may become which kind (providers/stripe.md §5). */
const TYPES_OF_KIND: Readonly<Partial<Record<PaymentEventKind, readonly string[]>>> = {
	canceled: ['customer.subscription.updated'],
	dispute_won: ['charge.dispute.closed'],
	disputed: ['charge.dispute.created', 'charge.dispute.updated'],
	expired: ['checkout.session.expired'],
	failed: ['checkout.session.async_payment_failed', 'invoice.payment_failed'],
	paid: ['checkout.session.completed', 'checkout.session.async_payment_succeeded'],
	refunded: ['charge.refunded', 'charge.dispute.closed'],
	renewed: ['invoice.paid'],
	subscription_ended: ['customer.subscription.deleted'],
	subscription_resumed: ['customer.subscription.updated'],
};

/** The event types an endpoint needs for these kinds, sorted. `other` needs them all, and failed refunds besides. */
export function eventTypesFor(kinds: readonly PaymentEventKind[]): string[] {
	const types = kinds.includes('other')
		? ['refund.failed', ...Object.values(TYPES_OF_KIND).flat()]
		: kinds.flatMap((kind) => TYPES_OF_KIND[kind] ?? []);
	return [...new Set(types)].sort();
}
