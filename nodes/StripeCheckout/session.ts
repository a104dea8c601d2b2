import { z } from 'zod';

import type { FormTree } from '../shared/formTree';
import { contact, metadata, optionalSeconds, optionalText, reference, toIso } from './events/fields';
import { hashedKey } from './idempotency';
import type { Metadata } from './metadata';
import { readObject } from './shared/readObject';

export type SessionMode = 'payment' | 'subscription';

/** What is sold: a price kept in Stripe, or one made for this session. */
export type LineItem = { quantity: number } & (
	| { priceId: string }
	| { name: string; amountMinor: number; currency: string; interval?: string }
);

/** What a Checkout Session can say (providers/stripe.md §2). */
export interface SessionRequest {
	mode: SessionMode;
	items: readonly LineItem[];
	/** Our order number; the session's `client_reference_id`. */
	orderRef?: string;
	/** Put on the session and on what survives it, with the order number in it. */
	metadata: Metadata;
	/** May hold the literal `{CHECKOUT_SESSION_ID}`. */
	successUrl: string;
	cancelUrl?: string;
	customerId?: string;
	customerEmail?: string;
	locale?: string;
	/** Unix seconds, 30 minutes to 24 hours ahead. */
	expiresAt?: number;
	allowPromotionCodes?: boolean;
	automaticTax?: boolean;
	collectPhone?: boolean;
	/** Days before the first charge of a subscription. */
	trialDays?: number;
}

/** The fields of `POST /v1/checkout/sessions`. What is absent is left out: an empty field would unset a value. */
export function sessionForm(request: SessionRequest): FormTree {
	const { mode, metadata: sessionMetadata, trialDays } = request;
	const mirrored: FormTree = { metadata: { ...sessionMetadata } };
	const fields = {
		mode,
		line_items: request.items.map(lineItem),
		success_url: request.successUrl,
		cancel_url: request.cancelUrl,
		client_reference_id: request.orderRef,
		metadata: { ...sessionMetadata },
		// Session metadata reaches neither the payment nor the subscription, and refunds tell of those only.
		...(mode === 'payment'
			? { payment_intent_data: mirrored }
			: { subscription_data: { ...mirrored, ...(trialDays ? { trial_period_days: trialDays } : {}) } }),
		customer: request.customerId,
		customer_email: request.customerEmail,
		locale: request.locale,
		expires_at: request.expiresAt,
		allow_promotion_codes: request.allowPromotionCodes || undefined,
		automatic_tax: request.automaticTax ? { enabled: true } : undefined,
		phone_number_collection: request.collectPhone ? { enabled: true } : undefined,
	};
	const given = Object.entries(fields).filter(([, value]) => value !== undefined && value !== '');
	return Object.fromEntries(given) as FormTree;
}

/**
 * The key under which an order gets one session, however often the buyer asks for it (ST8): it changes with the order,
 * with everything that makes the price, and with the attempt.
 *
 * @param attempt raised to get a new session while Stripe still remembers the old one (24 hours)
 */
export function orderKey(orderRef: string, attempt: number, request: SessionRequest): string {
	const { mode, items, trialDays = 0, allowPromotionCodes = false, automaticTax = false } = request;
	const priced = items.map(lineItem);
	return hashedKey('checkout', [orderRef, attempt, mode, priced, trialDays, allowPromotionCodes, automaticTax]);
}

/** A session as the operations put it out. Money in minor units. */
export interface SessionOutput {
	sessionId: string;
	/** Null as soon as the session is over. */
	url: string | null;
	status: string | null;
	paymentStatus: string | null;
	amountMinor: number | null;
	/** Upper case. */
	currency: string | null;
	orderRef: string | null;
	telegramId: string | null;
	/** UTC, ISO 8601. */
	expiresAt: string | null;
	paymentIntentId: string | null;
	subscriptionId: string | null;
	customerId: string | null;
	customer: { name: string | null; email: string | null; phone: string | null };
	metadata: Record<string, string>;
	livemode: boolean;
	/** Only where they were asked for. */
	lineItems?: SoldItem[];
}

export interface SoldItem {
	name: string | null;
	quantity: number | null;
	/** Of all pieces together. */
	amountMinor: number | null;
	priceId: string | null;
}

/**
 * Reads a session that Stripe has answered with. One that should be open but whose time is over is `expired`: Stripe
 * may have stored the answer hours ago (idempotency).
 *
 * @param now UTC, ms since 1970
 * @throws RangeError when the answer is no session
 */
export function readSession(answer: unknown, now: number): SessionOutput {
	const session = readObject(sessionSchema, answer, 'Checkout Session');
	const isOver = session.status === 'open' && session.expires_at !== null && session.expires_at * 1000 <= now;
	const { client_reference_id, metadata: kept } = session;
	return {
		sessionId: session.id,
		url: isOver ? null : session.url,
		status: isOver ? 'expired' : session.status,
		paymentStatus: session.payment_status,
		amountMinor: session.amount_total,
		currency: session.currency?.toUpperCase() ?? null,
		orderRef: kept.order_ref ?? client_reference_id,
		telegramId: kept.tg_id ?? null,
		expiresAt: toIso(session.expires_at),
		paymentIntentId: session.payment_intent,
		subscriptionId: session.subscription,
		customerId: session.customer,
		customer: { ...session.customer_details, email: session.customer_details.email ?? session.customer_email },
		metadata: kept,
		livemode: session.livemode,
		...(session.line_items ? { lineItems: session.line_items.data } : {}),
	};
}

function lineItem(item: LineItem): FormTree {
	if ('priceId' in item) return { price: item.priceId, quantity: item.quantity };
	const { name, amountMinor, currency, interval, quantity } = item;
	return {
		price_data: {
			currency,
			unit_amount: amountMinor,
			product_data: { name },
			...(interval ? { recurring: { interval } } : {}),
		},
		quantity,
	};
}

const optionalAmount = z.number().int().nullable().catch(null);

const lineItemSchema = z
	.object({ description: optionalText, quantity: optionalAmount, amount_total: optionalAmount, price: reference })
	.transform(({ description, quantity, amount_total, price }) => ({
		name: description,
		quantity,
		amountMinor: amount_total,
		priceId: price,
	}));

const sessionSchema = z.object({
	id: z.string().startsWith('cs_'),
	url: optionalText,
	status: optionalText,
	payment_status: optionalText,
	amount_total: optionalAmount,
	currency: optionalText,
	client_reference_id: optionalText,
	expires_at: optionalSeconds,
	payment_intent: reference,
	subscription: reference,
	customer: reference,
	customer_details: contact,
	customer_email: optionalText,
	metadata,
	livemode: z.boolean(),
	line_items: z.object({ data: z.array(lineItemSchema) }).optional().catch(undefined),
});
