import { z } from 'zod';

import { OBJECT, amount, contact, metadata, optionalText, reference, type Facts } from './fields';
import { readAs } from './unreadable';

const chargeSchema = z.object({
	id: optionalText,
	amount_refunded: amount,
	currency: optionalText,
	payment_intent: reference,
	billing_details: contact,
	receipt_email: optionalText,
	// Not sent by default since 2022-11-15.
	refunds: z.object({ data: z.array(z.object({ reason: optionalText })) }).catch({ data: [] }),
	metadata,
});

/** A refunded charge; the amount is all that went back so far (providers/stripe.md §5). */
export function readCharge(object: unknown, type: string): Facts {
	const charge = readAs(chargeSchema, object, OBJECT);
	return {
		kind: type === 'charge.refunded' ? 'refunded' : 'other',
		providerPaymentId: charge.payment_intent ?? charge.id,
		amountMinor: charge.amount_refunded,
		currency: charge.currency,
		reason: charge.refunds.data[0]?.reason ?? null,
		metadata: charge.metadata,
		customer: { ...charge.billing_details, email: charge.billing_details.email ?? charge.receipt_email },
		subscription: null,
	};
}

const refundSchema = z.object({
	amount,
	charge: reference,
	currency: optionalText,
	failure_reason: optionalText,
	payment_intent: reference,
	status: optionalText,
	metadata,
});

/** A single refund. What a charge has lost in all comes with `charge.refunded`, so this never moves money. */
export function readRefund(object: unknown): Facts {
	const refund = readAs(refundSchema, object, OBJECT);
	return {
		kind: 'other',
		providerPaymentId: refund.payment_intent ?? refund.charge,
		amountMinor: refund.amount,
		currency: refund.currency,
		reason: refund.failure_reason ?? refund.status,
		metadata: refund.metadata,
		subscription: null,
	};
}
