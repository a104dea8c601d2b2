import { z } from 'zod';
import type { Account } from './account';
import { noSuch, StateError } from './apiError';
import type { Events } from './events';
import { newId } from './ids';
import type { Invoices } from './invoices';
import type {
	Customer, CustomerDetails, Invoice, LineItem, Metadata, PaymentIntent, Subscription, SubscriptionItem,
} from './objects';
import { boolean, mergeMetadata, metadata, text } from './parameters';
import type { PaymentMethod, Payments } from './payments';
import { addPeriod } from './period';

const DAY_SECONDS = 86_400;
/** When a failed renewal is tried again. */
const DUNNING_SECONDS = 3 * DAY_SECONDS;

export const subscriptionChange = z.object({
	cancel_at_period_end: boolean.optional(),
	metadata: metadata.optional(),
}).strict();

export const subscriptionEnd = z.object({
	invoice_now: boolean.optional(),
	prorate: boolean.optional(),
	cancellation_details: z.object({ comment: text().optional(), feedback: text().optional() }).strict().optional(),
}).strict();

export interface NewSubscription {
	readonly customer: Customer;
	readonly lineItems: readonly LineItem[];
	readonly metadata: Metadata;
	readonly description: string | null;
	readonly trialDays: number;
}

/** The subscriptions with their invoices. */
export class Subscriptions {
	constructor(
		private readonly account: Account,
		private readonly events: Events,
		private readonly payments: Payments,
		private readonly invoices: Invoices,
	) {}

	/**
	 * Starts one with its first invoice, which stays open while a delayed payment runs: the subscription is active then,
	 * although nothing is paid.
	 *
	 * @param intent the payment of the first invoice, made before; null when nothing is due
	 */
	start(given: NewSubscription, intent: PaymentIntent | null): { subscription: Subscription; invoice: Invoice } {
		const base = this.account.newObject('sub', 'subscription');
		const now = base.created;
		const trialEnd = given.trialDays > 0 ? now + given.trialDays * DAY_SECONDS : null;
		const recurring = given.lineItems.filter(({ price }) => price.recurring);
		const items = recurring.map(({ price, quantity }): SubscriptionItem => ({
			id: newId('si', 14),
			object: 'subscription_item',
			subscription: base.id,
			price,
			quantity,
			current_period_start: now,
			current_period_end: trialEnd ?? periodAfter(now, price),
		}));
		const subscription = this.account.subscriptions.add({
			...base,
			cancel_at: null,
			cancel_at_period_end: false,
			canceled_at: null,
			currency: recurring[0]?.currency ?? '',
			customer: given.customer.id,
			description: given.description,
			ended_at: null,
			items: { object: 'list', url: `/v1/subscription_items?subscription=${base.id}`, has_more: false, data: items },
			latest_invoice: null,
			metadata: given.metadata,
			status: trialEnd === null ? 'active' : 'trialing',
			trial_start: trialEnd === null ? null : now,
			trial_end: trialEnd,
		});
		const invoice = this.invoices.create(subscription, {
			reason: 'subscription_create',
			lineItems: given.lineItems,
			period: { start: now, end: now },
			intent,
		});
		this.events.emit('customer.subscription.created', subscription);
		if (intent === null || intent.status === 'succeeded') this.invoices.pay(invoice);
		return { subscription, invoice };
	}

	/** A delayed first payment is decided. */
	settleFirst(subscription: Subscription, succeeded: boolean): void {
		const invoice = this.account.invoices.get(subscription.latest_invoice ?? '');
		if (succeeded) this.invoices.pay(invoice);
		else this.fail(subscription, invoice);
	}

	/**
	 * The next period is charged; when the last charge failed, its open invoice is tried again.
	 *
	 * @throws StateError when the subscription does not go on
	 */
	renew(id: string, fails: boolean): Invoice {
		const subscription = this.account.subscriptions.get(id);
		if (subscription.status === 'canceled') throw new StateError(`${id} is canceled`);
		if (subscription.cancel_at_period_end) throw new StateError(`${id} ends with its period and is not renewed`);
		const customer = this.account.customers.get(subscription.customer);
		const open = this.openInvoice(subscription);
		const intent = open ? this.invoices.intentOf(open) : null;
		if (intent?.status === 'processing') throw new StateError(`${id} still waits for the bank`);
		const { invoice, payment } = open && intent ? { invoice: open, payment: intent } : this.nextInvoice(subscription);
		const method: PaymentMethod = fails ? 'declined' : 'card';
		const buyer: CustomerDetails = { email: customer.email, name: customer.name, phone: customer.phone };
		if (fails) {
			this.payments.fail(payment, buyer);
			this.fail(subscription, invoice);
			return invoice;
		}
		this.payments.succeed(payment, method, buyer);
		this.invoices.pay(invoice);
		if (subscription.status !== 'active') {
			this.events.update('customer.subscription.updated', subscription, (changed) => {
				changed.status = 'active';
			});
		}
		return invoice;
	}

	/** @throws ApiError when it is canceled already */
	update(id: string, change: z.output<typeof subscriptionChange>): Subscription {
		const subscription = this.account.subscriptions.get(id);
		if (subscription.status === 'canceled' && change.cancel_at_period_end !== undefined) {
			throw new StateError('A canceled subscription can only update its cancellation_details and metadata.');
		}
		this.events.update('customer.subscription.updated', subscription, (changed) => {
			changed.metadata = mergeMetadata(changed.metadata, change.metadata);
			if (change.cancel_at_period_end === undefined) return;
			changed.cancel_at_period_end = change.cancel_at_period_end;
			changed.cancel_at = change.cancel_at_period_end ? periodEnd(changed) : null;
			changed.canceled_at = change.cancel_at_period_end ? this.account.now() : null;
		});
		return subscription;
	}

	/** Ends it now. A canceled one is no longer found, as with the real one. */
	end(id: string): Subscription {
		const subscription = this.account.subscriptions.get(id);
		if (subscription.status === 'canceled') throw noSuch('subscription', id);
		const now = this.account.now();
		subscription.status = 'canceled';
		subscription.ended_at = now;
		subscription.canceled_at ??= now;
		this.events.emit('customer.subscription.deleted', subscription);
		return subscription;
	}

	private nextInvoice(subscription: Subscription): { invoice: Invoice; payment: PaymentIntent } {
		const items = subscription.items.data;
		const passed = { start: items[0]?.current_period_start ?? 0, end: periodEnd(subscription) };
		const lineItems = this.invoices.lineItemsOf(subscription);
		const { currency } = subscription;
		const payment = this.payments.create({
			amount: lineItems.reduce((sum, { amount_total }) => sum + amount_total, 0),
			currency,
			customer: subscription.customer,
			description: 'Subscription update',
			metadata: {},
			receipt_email: null,
		});
		const before = structuredClone(subscription);
		for (const item of items) {
			item.current_period_start = item.current_period_end;
			item.current_period_end = periodAfter(item.current_period_end, item.price);
		}
		if (subscription.status === 'trialing') subscription.status = 'active';
		const order = { reason: 'subscription_cycle', lineItems, period: passed, intent: payment } as const;
		const invoice = this.invoices.create(subscription, order);
		this.events.emit('customer.subscription.updated', subscription, before);
		return { invoice, payment };
	}

	private openInvoice(subscription: Subscription): Invoice | undefined {
		const latest = this.account.invoices.find(subscription.latest_invoice ?? '');
		return latest?.status === 'open' ? latest : undefined;
	}

	private fail(subscription: Subscription, invoice: Invoice): void {
		this.invoices.fail(invoice, this.account.now() + DUNNING_SECONDS);
		if (subscription.status === 'past_due') return;
		this.events.update('customer.subscription.updated', subscription, (changed) => {
			changed.status = 'past_due';
		});
	}
}

function periodAfter(start: number, { recurring }: SubscriptionItem['price']): number {
	return addPeriod(start, recurring?.interval ?? 'month', recurring?.interval_count ?? 1);
}

function periodEnd(subscription: Subscription): number {
	return Math.min(...subscription.items.data.map((item) => item.current_period_end));
}
