// Stripe's objects as its API writes them: shapes of `2025-03-31.basil` and later, only the fields that matter here.

/** Version of the account: of answers without `Stripe-Version`, and of endpoints without one of their own. */
export const DEFAULT_API_VERSION = '2026-07-29.dahlia';

export type Metadata = Record<string, string>;

export interface StripeObject {
	readonly id: string;
	readonly object: string;
	/** Unix seconds. */
	readonly created: number;
	readonly livemode: boolean;
}

export interface List<Item> {
	readonly object: 'list';
	readonly url: string;
	readonly has_more: boolean;
	readonly data: Item[];
}

export interface Customer extends StripeObject {
	readonly object: 'customer';
	email: string | null;
	name: string | null;
	phone: string | null;
	metadata: Metadata;
}

export interface Product extends StripeObject {
	readonly object: 'product';
	readonly name: string;
	readonly active: boolean;
	readonly metadata: Metadata;
}

export type Interval = 'day' | 'week' | 'month' | 'year';

export interface Price extends StripeObject {
	readonly object: 'price';
	readonly active: boolean;
	readonly currency: string;
	/** Product id. */
	readonly product: string;
	readonly type: 'one_time' | 'recurring';
	readonly recurring: { readonly interval: Interval; readonly interval_count: number } | null;
	/** Minor units; null when only the decimal is exact. */
	readonly unit_amount: number | null;
	/** Minor units as text, up to 12 decimal places. */
	readonly unit_amount_decimal: string;
	readonly metadata: Metadata;
}

export interface LineItem {
	readonly id: string;
	readonly object: 'item';
	readonly amount_discount: number;
	readonly amount_subtotal: number;
	readonly amount_tax: number;
	readonly amount_total: number;
	readonly currency: string;
	/** Name of the product. */
	readonly description: string;
	readonly price: Price;
	readonly quantity: number;
}

export interface CustomerDetails {
	readonly email: string | null;
	readonly name: string | null;
	readonly phone: string | null;
}

export interface CheckoutSession extends StripeObject {
	readonly object: 'checkout.session';
	readonly mode: 'payment' | 'subscription' | 'setup';
	status: 'open' | 'complete' | 'expired';
	payment_status: 'paid' | 'unpaid' | 'no_payment_required';
	/** Null when the session is over. */
	url: string | null;
	readonly amount_subtotal: number | null;
	readonly amount_total: number | null;
	readonly currency: string | null;
	readonly client_reference_id: string | null;
	customer: string | null;
	readonly customer_creation: 'always' | 'if_required' | null;
	readonly customer_email: string | null;
	customer_details: CustomerDetails | null;
	readonly metadata: Metadata;
	/** Null until the buyer tries to pay, always null in subscription mode. */
	payment_intent: string | null;
	/** Null until completion: the subscription is made after the payment. */
	subscription: string | null;
	invoice: string | null;
	readonly payment_method_types: readonly string[];
	readonly success_url: string | null;
	readonly cancel_url: string | null;
	readonly expires_at: number;
	readonly locale: string | null;
	readonly ui_mode: string;
	readonly payment_link: null;
}

export interface PaymentIntent extends StripeObject {
	readonly object: 'payment_intent';
	readonly amount: number;
	amount_received: number;
	readonly currency: string;
	customer: string | null;
	readonly client_secret: string;
	readonly description: string | null;
	latest_charge: string | null;
	last_payment_error: { readonly type: string; readonly code: string; readonly message: string } | null;
	readonly metadata: Metadata;
	readonly payment_method_types: readonly string[];
	readonly receipt_email: string | null;
	status: 'requires_payment_method' | 'processing' | 'succeeded';
}

export interface Charge extends StripeObject {
	readonly object: 'charge';
	readonly amount: number;
	amount_captured: number;
	amount_refunded: number;
	readonly billing_details: CustomerDetails;
	captured: boolean;
	readonly currency: string;
	readonly customer: string | null;
	readonly description: string | null;
	disputed: boolean;
	failure_code: string | null;
	failure_message: string | null;
	/** Copied from the payment intent, never from the checkout session. */
	readonly metadata: Metadata;
	paid: boolean;
	readonly payment_intent: string;
	readonly payment_method_details: { readonly type: string };
	readonly receipt_email: string | null;
	/** Whether everything was given back. */
	refunded: boolean;
	status: 'succeeded' | 'pending' | 'failed';
}

export type RefundReason = 'duplicate' | 'fraudulent' | 'requested_by_customer';

export interface Refund extends StripeObject {
	readonly object: 'refund';
	readonly amount: number;
	readonly charge: string;
	readonly currency: string;
	/** Its own; the order's metadata is on the charge. */
	readonly metadata: Metadata;
	readonly payment_intent: string;
	readonly reason: RefundReason | null;
	readonly status: 'succeeded';
}

export interface Dispute extends StripeObject {
	readonly object: 'dispute';
	readonly amount: number;
	readonly charge: string;
	readonly currency: string;
	/** Its own: nothing of the order. */
	readonly metadata: Metadata;
	readonly payment_intent: string;
	readonly reason: string;
	status: 'needs_response' | 'won' | 'lost';
}

export interface SubscriptionItem {
	readonly id: string;
	readonly object: 'subscription_item';
	readonly subscription: string;
	readonly price: Price;
	readonly quantity: number;
	current_period_start: number;
	current_period_end: number;
}

export interface Subscription extends StripeObject {
	readonly object: 'subscription';
	cancel_at: number | null;
	cancel_at_period_end: boolean;
	canceled_at: number | null;
	readonly currency: string;
	readonly customer: string;
	readonly description: string | null;
	ended_at: number | null;
	/** The periods are here, not on the subscription. */
	readonly items: List<SubscriptionItem>;
	latest_invoice: string | null;
	metadata: Metadata;
	status: 'active' | 'trialing' | 'past_due' | 'canceled';
	readonly trial_start: number | null;
	readonly trial_end: number | null;
}

export interface InvoiceLine {
	readonly id: string;
	readonly object: 'line_item';
	readonly amount: number;
	readonly currency: string;
	readonly description: string;
	readonly metadata: Metadata;
	readonly parent: {
		readonly type: 'subscription_item_details';
		readonly subscription_item_details: { readonly subscription: string; readonly subscription_item: string };
	} | null;
	/** The time that is paid for. */
	readonly period: { readonly start: number; readonly end: number };
	readonly pricing: {
		readonly type: 'price_details';
		readonly price_details: { readonly price: string; readonly product: string };
		readonly unit_amount_decimal: string;
	};
	readonly quantity: number;
}

export interface Invoice extends StripeObject {
	readonly object: 'invoice';
	readonly amount_due: number;
	amount_paid: number;
	amount_remaining: number;
	attempt_count: number;
	attempted: boolean;
	readonly billing_reason: 'subscription_create' | 'subscription_cycle';
	readonly currency: string;
	readonly customer: string;
	readonly customer_email: string | null;
	readonly customer_name: string | null;
	readonly lines: List<InvoiceLine>;
	/** Its own: nothing of the order. */
	readonly metadata: Metadata;
	next_payment_attempt: number | null;
	readonly number: string;
	readonly parent: {
		readonly type: 'subscription_details';
		/** The metadata is a snapshot of the subscription's. */
		readonly subscription_details: { readonly metadata: Metadata; readonly subscription: string };
	};
	/** The period before: what is paid for is the period of the lines. */
	readonly period_start: number;
	readonly period_end: number;
	status: 'open' | 'paid';
	status_transitions: { readonly finalized_at: number; readonly paid_at: number | null };
	readonly total: number;
}

export interface InvoicePayment extends StripeObject {
	readonly object: 'invoice_payment';
	amount_paid: number | null;
	readonly amount_requested: number;
	readonly currency: string;
	readonly invoice: string;
	readonly is_default: boolean;
	readonly payment: { readonly type: 'payment_intent'; readonly payment_intent: string };
	status: 'open' | 'paid';
}

export interface PortalSession extends StripeObject {
	readonly object: 'billing_portal.session';
	readonly customer: string;
	readonly return_url: string | null;
	readonly url: string;
}

export interface WebhookEndpoint extends StripeObject {
	readonly object: 'webhook_endpoint';
	readonly api_version: string | null;
	description: string | null;
	enabled_events: readonly string[];
	metadata: Metadata;
	status: 'enabled' | 'disabled';
	url: string;
}

export interface StripeEvent extends StripeObject {
	readonly object: 'event';
	readonly api_version: string;
	readonly data: { readonly object: StripeObject; readonly previous_attributes?: Readonly<Record<string, unknown>> };
	/** Endpoints that have not answered 2xx yet. */
	pending_webhooks: number;
	readonly request: { readonly id: string | null; readonly idempotency_key: string | null };
	readonly type: string;
}
