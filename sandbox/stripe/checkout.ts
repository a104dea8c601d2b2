import type { Account, SessionOrder } from './account';
import { StateError } from './apiError';
import type { Events } from './events';
import type { CheckoutSession, Customer, CustomerDetails, PaymentIntent } from './objects';
import type { PaymentMethod, Payments } from './payments';
import type { Sessions } from './sessions';
import type { Subscriptions } from './subscriptions';

/** What a buyer types and presses. */
export interface Buyer {
	/** @default card */
	readonly method?: PaymentMethod;
	/** @default the one the session knows, else buyer@example.com */
	readonly email?: string;
	readonly name?: string;
	readonly phone?: string;
}

/** The buyer's side of a session: pays, or tries to. */
export class Checkout {
	constructor(
		private readonly account: Account,
		private readonly events: Events,
		private readonly sessions: Sessions,
		private readonly payments: Payments,
		private readonly subscriptions: Subscriptions,
	) {}

	/**
	 * Pays. A declined card leaves the session open; a delayed payment completes it unpaid, to be settled later.
	 *
	 * @throws StateError when the session is over
	 */
	pay(sessionId: string, buyer: Buyer = {}): CheckoutSession {
		const session = this.sessions.requireOpen(sessionId);
		const order = this.account.orderOf(sessionId);
		const method = buyer.method ?? 'card';
		const details = {
			email: buyer.email ?? session.customer_details?.email ?? 'buyer@example.com',
			name: buyer.name ?? session.customer_details?.name ?? null,
			phone: buyer.phone ?? session.customer_details?.phone ?? null,
		};
		const intent = session.payment_status === 'unpaid' ? this.intentOf(session, order) : null;
		if (intent && session.mode === 'payment') session.payment_intent = intent.id;
		if (method === 'declined') {
			if (intent) this.payments.fail(intent, details);
			return session;
		}
		const customer = this.customerOf(session, details);
		if (intent) {
			intent.customer = customer?.id ?? null;
			if (method === 'card') this.payments.succeed(intent, method, details);
			else this.payments.process(intent, method, details);
		}
		if (customer && session.mode === 'subscription') this.subscribe(session, order, customer, intent);
		session.customer = customer?.id ?? null;
		session.customer_details = details;
		if (intent?.status === 'succeeded') session.payment_status = 'paid';
		this.sessions.close(session, 'complete');
		this.events.emit('checkout.session.completed', session);
		return session;
	}

	/**
	 * The bank has decided on a delayed payment.
	 *
	 * @throws StateError when none is waiting
	 */
	settle(sessionId: string, succeeded: boolean): CheckoutSession {
		const session = this.account.sessions.get(sessionId);
		const invoicePayment = this.account.invoicePayments.all.find(({ invoice }) => invoice === session.invoice);
		const intentId = session.payment_intent ?? invoicePayment?.payment.payment_intent;
		const intent = this.account.paymentIntents.find(intentId ?? '');
		if (session.status !== 'complete' || intent?.status !== 'processing') {
			throw new StateError(`${sessionId} does not wait for a bank: ${session.status}, ${session.payment_status}`);
		}
		this.payments.settle(intent, succeeded);
		if (session.subscription !== null) {
			this.subscriptions.settleFirst(this.account.subscriptions.get(session.subscription), succeeded);
		}
		if (succeeded) session.payment_status = 'paid';
		this.events.emit(`checkout.session.async_payment_${succeeded ? 'succeeded' : 'failed'}`, session);
		return session;
	}

	private subscribe(
		session: CheckoutSession,
		{ lineItems, subscriptionData }: SessionOrder,
		customer: Customer,
		intent: PaymentIntent | null,
	): void {
		const { subscription, invoice } = this.subscriptions.start({ customer, lineItems, ...subscriptionData }, intent);
		session.subscription = subscription.id;
		session.invoice = invoice.id;
	}

	/** In payment mode the intent of an earlier attempt is used again. */
	private intentOf(session: CheckoutSession, { paymentData }: SessionOrder): PaymentIntent {
		const earlier = this.account.paymentIntents.find(session.payment_intent ?? '');
		if (earlier) return earlier;
		const isSubscription = session.mode === 'subscription';
		return this.payments.create({
			amount: session.amount_total ?? 0,
			currency: session.currency ?? '',
			customer: session.customer,
			description: isSubscription ? 'Subscription creation' : paymentData.description,
			metadata: paymentData.metadata,
			receipt_email: paymentData.receiptEmail,
		});
	}

	/** Guests stay without a customer object, except where one is needed. */
	private customerOf(session: CheckoutSession, { email, name, phone }: CustomerDetails): Customer | null {
		if (session.customer !== null) return this.account.customers.get(session.customer);
		if (session.mode !== 'subscription' && session.customer_creation !== 'always') return null;
		const base = this.account.newObject('cus', 'customer');
		const customer = this.account.customers.add({ ...base, email, name, phone, metadata: {} });
		this.events.emit('customer.created', customer);
		return customer;
	}
}

/** Where the buyer is sent after paying. Only braces that arrived as braces are replaced (providers/stripe.md §2). */
export function successUrl({ success_url: url, id }: CheckoutSession): string {
	return (url ?? '').replaceAll('{CHECKOUT_SESSION_ID}', id);
}
