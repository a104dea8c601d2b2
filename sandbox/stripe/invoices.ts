import type { Account } from './account';
import type { Events } from './events';
import { newId } from './ids';
import { lineAmount } from './money';
import type { Invoice, InvoiceLine, InvoicePayment, LineItem, PaymentIntent, Subscription } from './objects';

export interface InvoiceOrder {
	readonly reason: Invoice['billing_reason'];
	readonly lineItems: readonly LineItem[];
	/** The period that is over. */
	readonly period: { readonly start: number; readonly end: number };
	/** Null when nothing is due. */
	readonly intent: PaymentIntent | null;
}

/** Invoices of subscriptions. What paid them is known to their invoice payments only. */
export class Invoices {
	constructor(
		private readonly account: Account,
		private readonly events: Events,
		private readonly nameOf: (price: LineItem['price']) => string,
	) {}

	create(subscription: Subscription, { reason, lineItems, period, intent }: InvoiceOrder): Invoice {
		const base = this.account.newObject('in', 'invoice');
		const customer = this.account.customers.get(subscription.customer);
		const total = intent?.amount ?? 0;
		const invoice = this.account.invoices.add({
			...base,
			amount_due: total,
			amount_paid: 0,
			amount_remaining: total,
			attempt_count: 0,
			attempted: false,
			billing_reason: reason,
			currency: subscription.currency,
			customer: customer.id,
			customer_email: customer.email,
			customer_name: customer.name,
			lines: {
				object: 'list',
				url: `/v1/invoices/${base.id}/lines`,
				has_more: false,
				data: lineItems.map((item) => line(item, subscription, base.created)),
			},
			metadata: {},
			next_payment_attempt: null,
			number: `SANDBOX-${String(this.account.invoices.all.length + 1).padStart(4, '0')}`,
			parent: {
				type: 'subscription_details',
				subscription_details: { metadata: { ...subscription.metadata }, subscription: subscription.id },
			},
			period_start: period.start,
			period_end: period.end,
			status: 'open',
			status_transitions: { finalized_at: base.created, paid_at: null },
			total,
		});
		subscription.latest_invoice = invoice.id;
		if (intent) this.addPayment(invoice, intent);
		this.events.emit('invoice.created', invoice);
		this.events.emit('invoice.finalized', invoice);
		return invoice;
	}

	pay(invoice: Invoice): void {
		const now = this.account.now();
		Object.assign(invoice, {
			amount_paid: invoice.amount_due,
			amount_remaining: 0,
			attempt_count: invoice.attempt_count + 1,
			attempted: true,
			next_payment_attempt: null,
			status: 'paid',
			status_transitions: { ...invoice.status_transitions, paid_at: now },
		});
		const payment = this.paymentOf(invoice);
		if (payment) Object.assign(payment, { amount_paid: invoice.amount_due, status: 'paid' });
		this.events.emit('invoice.paid', invoice);
		this.events.emit('invoice.payment_succeeded', invoice);
		if (payment) this.events.emit('invoice_payment.paid', payment);
	}

	/** @param nextAttempt unix seconds */
	fail(invoice: Invoice, nextAttempt: number): void {
		invoice.attempt_count += 1;
		invoice.attempted = true;
		invoice.next_payment_attempt = nextAttempt;
		this.events.emit('invoice.payment_failed', invoice);
	}

	/** The payment of an invoice; null when nothing is due. */
	intentOf(invoice: Invoice): PaymentIntent | null {
		const payment = this.paymentOf(invoice);
		return payment ? this.account.paymentIntents.get(payment.payment.payment_intent) : null;
	}

	/** What each further period of a subscription costs. */
	lineItemsOf(subscription: Subscription): readonly LineItem[] {
		return subscription.items.data.map(({ price, quantity }) => newLineItem(price, quantity, this.nameOf(price)));
	}

	private addPayment(invoice: Invoice, intent: PaymentIntent): void {
		this.account.invoicePayments.add({
			...this.account.newObject('inpay', 'invoice_payment'),
			amount_paid: null,
			amount_requested: intent.amount,
			currency: intent.currency,
			invoice: invoice.id,
			is_default: true,
			payment: { type: 'payment_intent', payment_intent: intent.id },
			status: 'open',
		});
	}

	private paymentOf(invoice: Invoice): InvoicePayment | undefined {
		return this.account.invoicePayments.all.find((payment) => payment.invoice === invoice.id);
	}
}

/** @param description name of the product */
export function newLineItem(price: LineItem['price'], quantity: number, description: string): LineItem {
	const amount = lineAmount(price.unit_amount_decimal, quantity);
	return {
		id: newId('li'),
		object: 'item',
		amount_discount: 0,
		amount_subtotal: amount,
		amount_tax: 0,
		amount_total: amount,
		currency: price.currency,
		description,
		price,
		quantity,
	};
}

function line(item: LineItem, subscription: Subscription, now: number): InvoiceLine {
	const { price, quantity, currency, description } = item;
	const bought = subscription.items.data.find((one) => one.price.id === price.id);
	const isTrial = subscription.status === 'trialing' && bought !== undefined;
	return {
		id: newId('il'),
		object: 'line_item',
		amount: isTrial ? 0 : item.amount_total,
		currency,
		description: isTrial ? `Trial period for ${description}` : `${quantity} × ${description}`,
		metadata: bought ? { ...subscription.metadata } : {},
		parent: bought
			? {
				type: 'subscription_item_details',
				subscription_item_details: { subscription: subscription.id, subscription_item: bought.id },
			}
			: null,
		period: bought
			? { start: bought.current_period_start, end: bought.current_period_end }
			: { start: now, end: now },
		pricing: {
			type: 'price_details',
			price_details: { price: price.id, product: price.product },
			unit_amount_decimal: price.unit_amount_decimal,
		},
		quantity,
	};
}
