import { z } from 'zod';

import type { PaymentEventKind } from '../../shared/paymentEvent';
import { OBJECT, amount, contact, metadata, optionalText, reference, subscriptionKnownBy, type Facts } from './fields';
import { readAs } from './unreadable';

const sessionSchema = z.object({
	amount_total: amount,
	currency: optionalText,
	payment_status: optionalText,
	client_reference_id: optionalText,
	customer_details: contact,
	customer_email: optionalText,
	payment_intent: reference,
	invoice: reference,
	subscription: reference,
	metadata,
});

const AWAITING_BANK = 'unpaid: waiting for the bank';

/** A Checkout Session event (providers/stripe.md §5). A completed session is only paid when Stripe says so. */
export function readSession(object: unknown, type: string): Facts {
	const session = readAs(sessionSchema, object, OBJECT);
	const kind = sessionKind(type, session.payment_status);
	const isCharged = kind === 'paid' && session.payment_status === 'paid';
	return {
		kind,
		providerPaymentId: session.payment_intent ?? session.invoice ?? session.subscription,
		amountMinor: session.amount_total,
		currency: session.currency,
		reason: sessionReason(type, session.payment_status),
		metadata: session.metadata,
		clientReferenceId: session.client_reference_id,
		customer: { ...session.customer_details, email: session.customer_details.email ?? session.customer_email },
		// A trial starts without a charge.
		subscription:
			session.subscription === null
				? null
				: { ...subscriptionKnownBy(session.subscription), paymentNumber: isCharged ? 1 : null },
	};
}

function sessionKind(type: string, paymentStatus: string | null): PaymentEventKind {
	switch (type) {
		case 'checkout.session.completed':
			return paymentStatus === 'paid' || paymentStatus === 'no_payment_required' ? 'paid' : 'other';
		case 'checkout.session.async_payment_succeeded':
			return 'paid';
		case 'checkout.session.async_payment_failed':
			return 'failed';
		case 'checkout.session.expired':
			return 'expired';
		default:
			return 'other';
	}
}

function sessionReason(type: string, paymentStatus: string | null): string | null {
	if (type === 'checkout.session.completed') return paymentStatus === 'unpaid' ? AWAITING_BANK : paymentStatus;
	return type.replace('checkout.session.', '');
}
