import { z } from 'zod';

import type { PaymentEvent, PaymentEventKind } from '../../shared/paymentEvent';
import {
	OBJECT,
	amount,
	metadata,
	optionalSeconds,
	optionalText,
	reference,
	subscriptionKnownBy,
	toIso,
	type Facts,
} from './fields';
import { readAs } from './unreadable';

const detailsSchema = z
	.object({ subscription: reference, metadata })
	.catch({ subscription: null, metadata: {} });

const lineSchema = z.object({
	period: z.object({ end: optionalSeconds }).catch({ end: null }),
	price: reference,
	pricing: z
		.object({ price_details: z.object({ price: reference }) })
		.transform(({ price_details: { price } }) => price)
		.catch(null),
});

const invoiceSchema = z.object({
	id: optionalText,
	amount_paid: amount,
	amount_due: amount,
	currency: optionalText,
	billing_reason: optionalText,
	customer_name: optionalText,
	customer_email: optionalText,
	customer_phone: optionalText,
	payment_intent: reference,
	metadata,
	lines: z.object({ data: z.array(lineSchema) }).catch({ data: [] }),
	// Since 2025-03-31 the subscription is below `parent`; before, it was on the invoice itself.
	parent: z.object({ subscription_details: detailsSchema }).nullable().catch(null),
	subscription: reference,
	subscription_details: detailsSchema,
});

type Invoice = z.infer<typeof invoiceSchema>;

/** A subscription invoice (providers/stripe.md §5). The first one is left to the session, which sells the order. */
export function readInvoice(object: unknown, type: string): Facts {
	const invoice = readAs(invoiceSchema, object, OBJECT);
	const { subscriptionId, metadata: subscriptionMetadata } = invoiceSubscription(invoice);
	const isPaid = type === 'invoice.paid';
	return {
		kind: invoiceKind(type, subscriptionId, invoice.billing_reason),
		providerPaymentId: invoice.payment_intent ?? invoice.id ?? subscriptionId,
		amountMinor: isPaid ? invoice.amount_paid : invoice.amount_due,
		currency: invoice.currency,
		reason: invoice.billing_reason,
		metadata: { ...subscriptionMetadata, ...invoice.metadata },
		customer: { name: invoice.customer_name, email: invoice.customer_email, phone: invoice.customer_phone },
		subscription: subscriptionId === null ? null : paidUntil(invoice, subscriptionId, isPaid),
	};
}

/** What subscription an invoice belongs to, read from the new place and the old one (providers/stripe.md §5). */
export function readInvoiceSubscription(object: unknown): InvoiceSubscription {
	return invoiceSubscription(readAs(invoiceSchema, object, OBJECT));
}

export interface InvoiceSubscription {
	subscriptionId: string | null;
	/** Of the subscription, as it was when the invoice was made. */
	metadata: Record<string, string>;
}

function invoiceSubscription(invoice: Invoice): InvoiceSubscription {
	const details = invoice.parent?.subscription_details;
	return {
		subscriptionId: details?.subscription ?? invoice.subscription ?? invoice.subscription_details.subscription,
		metadata: { ...invoice.subscription_details.metadata, ...details?.metadata },
	};
}

function invoiceKind(type: string, subscriptionId: string | null, billingReason: string | null): PaymentEventKind {
	if (type === 'invoice.payment_failed') return 'failed';
	return type === 'invoice.paid' && subscriptionId !== null && billingReason !== 'subscription_create'
		? 'renewed'
		: 'other';
}

function paidUntil(invoice: Invoice, subscriptionId: string, isPaid: boolean): PaymentEvent['subscription'] {
	const ends = invoice.lines.data.map(({ period }) => period.end ?? 0);
	const last = invoice.lines.data[ends.indexOf(Math.max(...ends))];
	return {
		...subscriptionKnownBy(subscriptionId),
		planId: last?.pricing ?? last?.price ?? null,
		nextPaymentAt: isPaid ? toIso(last?.period.end ?? null) : null,
	};
}
