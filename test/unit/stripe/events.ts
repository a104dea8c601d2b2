/** Invented objects in the shapes of providers/stripe.md §2, §5; `created` is 2026-09-21T14:13:20Z. */
export const CREATED = 1_790_000_000;

type Fields = Record<string, unknown>;

export function stripeEvent(type: string, object: Fields, envelope: Fields = {}, previous?: Fields): Fields {
	return {
		id: 'evt_1',
		object: 'event',
		api_version: '2026-07-29.dahlia',
		created: CREATED,
		livemode: true,
		type,
		data: { object, ...(previous ? { previous_attributes: previous } : {}) },
		...envelope,
	};
}

export const SESSION: Fields = {
	id: 'cs_live_1',
	object: 'checkout.session',
	amount_total: 4900,
	currency: 'eur',
	client_reference_id: 'order-1',
	customer_details: { email: 'buyer@example.com', name: 'Olena', phone: '+380 44 000 00 01' },
	invoice: null,
	metadata: { order_ref: 'order-1', tg_id: '4503599627370495', utm_source: 'mail', utm_medium: ' ' },
	mode: 'payment',
	payment_intent: 'pi_1',
	payment_status: 'paid',
	status: 'complete',
	subscription: null,
};

/** An invoice since 2025-03-31; {@link OLD_INVOICE} is one before it. */
export const INVOICE: Fields = {
	id: 'in_1',
	object: 'invoice',
	amount_due: 4900,
	amount_paid: 4900,
	billing_reason: 'subscription_cycle',
	currency: 'eur',
	customer_email: 'buyer@example.com',
	customer_name: 'Olena',
	customer_phone: null,
	metadata: {},
	lines: {
		data: [
			{ period: { end: CREATED + 100 }, pricing: { price_details: { price: 'price_old' } } },
			{ period: { end: CREATED + 2_592_000 }, pricing: { price_details: { price: 'price_1' } } },
		],
	},
	parent: { subscription_details: { subscription: 'sub_1', metadata: { order_ref: 'order-1', tg_id: '42' } } },
};

export const OLD_INVOICE: Fields = {
	...INVOICE,
	parent: undefined,
	payment_intent: 'pi_9',
	subscription: 'sub_1',
	subscription_details: { metadata: { order_ref: 'order-1', tg_id: '42' } },
	lines: { data: [{ period: { end: CREATED + 2_592_000 }, price: { id: 'price_1' } }] },
};

export const SUBSCRIPTION: Fields = {
	id: 'sub_1',
	object: 'subscription',
	status: 'active',
	cancel_at_period_end: false,
	cancel_at: null,
	cancellation_details: { reason: null },
	items: { data: [{ current_period_end: CREATED + 1000, price: { id: 'price_1', nickname: 'Club' } }] },
	metadata: { order_ref: 'order-1', tg_id: '42' },
};

export const CHARGE: Fields = {
	id: 'ch_1',
	object: 'charge',
	amount: 4900,
	amount_refunded: 1500,
	refunded: false,
	billing_details: { email: null, name: 'Olena', phone: null },
	receipt_email: 'buyer@example.com',
	currency: 'eur',
	metadata: { order_ref: 'order-1', tg_id: '42' },
	payment_intent: 'pi_1',
};

export const DISPUTE: Fields = {
	id: 'dp_1',
	object: 'dispute',
	amount: 4900,
	charge: 'ch_1',
	currency: 'eur',
	metadata: {},
	payment_intent: 'pi_1',
	reason: 'fraudulent',
	status: 'needs_response',
};
