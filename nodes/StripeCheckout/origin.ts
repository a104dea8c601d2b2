import { z } from 'zod';

import type { PaymentOrigin } from './event';
import { metadata } from './events/fields';
import { readInvoiceSubscription } from './events/invoice';
import type { StripeAnswer, StripeRequest } from './shared/client';
import { readObject } from './shared/readObject';
import { StripeRefusal } from './shared/refusal';

/** One question to Stripe, see `askStripeOnce`. */
export type Ask = (request: StripeRequest) => Promise<StripeAnswer>;

/**
 * Finds what a payment was for (providers/stripe.md §5 "Version traps"): the metadata of the payment itself, or, when
 * it has none, as with a charge of a subscription, that of the subscription behind its invoice. Nothing found is an
 * answer too.
 *
 * @throws StripeRefusal or NoAnswerError when Stripe cannot be asked now
 * @throws RangeError when it answers with something else
 */
export async function findOrigin(ask: Ask, paymentIntentId: string): Promise<PaymentOrigin> {
	const payment = await askIfThere(ask, { method: 'GET', path: `/v1/payment_intents/${paymentIntentId}` });
	const own = payment ? readObject(paymentSchema, payment.body, 'Payment Intent').metadata : {};
	if (Object.keys(own).length > 0) return { metadata: own, subscriptionId: null };

	const query = {
		payment: { type: 'payment_intent', payment_intent: paymentIntentId },
		expand: ['data.invoice'],
	};
	const payments = await askIfThere(ask, { method: 'GET', path: '/v1/invoice_payments', query });
	const [found] = payments ? readObject(invoicePaymentsSchema, payments.body, 'list of Invoice Payments').data : [];
	return found ? readInvoiceSubscription(found.invoice) : { metadata: {}, subscriptionId: null };
}

const paymentSchema = z.object({ metadata });
const invoicePaymentsSchema = z.object({ data: z.array(z.object({ invoice: z.record(z.unknown()) })) });

/** Null for what does not exist: a payment of the other mode, or a list this version of Stripe does not have. */
async function askIfThere(ask: Ask, request: StripeRequest): Promise<StripeAnswer | null> {
	return await ask(request).catch(async (error: unknown) => {
		const isAbsent = error instanceof StripeRefusal && (error.status === 404 || error.status === 400);
		return isAbsent ? null : await Promise.reject(error);
	});
}
