import { noSuch } from './apiError';
import { newId } from './ids';
import type {
	Charge, CheckoutSession, Customer, Dispute, Invoice, InvoicePayment, LineItem, Metadata, PaymentIntent,
	PortalSession, Price, Product, Refund, StripeEvent, StripeObject, Subscription, WebhookEndpoint,
} from './objects';

/** The objects of one kind, oldest first. */
export class Collection<Item extends StripeObject> {
	private readonly byId = new Map<string, Item>();

	/** @param kind as an error names it, e.g. `checkout.session` */
	constructor(readonly kind: string) {}

	get all(): readonly Item[] {
		return [...this.byId.values()];
	}

	add(item: Item): Item {
		this.byId.set(item.id, item);
		return item;
	}

	find(id: string): Item | undefined {
		return this.byId.get(id);
	}

	/**
	 * @param param the parameter that names the object, for the error
	 * @throws ApiError `resource_missing`
	 */
	get(id: string, param?: string): Item {
		const item = this.byId.get(id);
		if (!item) throw noSuch(this.kind, id, param);
		return item;
	}

	delete(id: string): void {
		this.byId.delete(id);
	}

	clear(): void {
		this.byId.clear();
	}
}

/** What belongs to a checkout session without being shown by it. */
export interface SessionOrder {
	readonly lineItems: readonly LineItem[];
	readonly paymentData: {
		readonly metadata: Metadata;
		readonly description: string | null;
		readonly receiptEmail: string | null;
	};
	readonly subscriptionData: {
		readonly metadata: Metadata;
		readonly description: string | null;
		readonly trialDays: number;
	};
	readonly asksForPhone: boolean;
}

/** Everything the merchant's account holds. */
export class Account {
	readonly customers = new Collection<Customer>('customer');
	readonly products = new Collection<Product>('product');
	readonly prices = new Collection<Price>('price');
	readonly sessions = new Collection<CheckoutSession>('checkout.session');
	readonly paymentIntents = new Collection<PaymentIntent>('payment_intent');
	readonly charges = new Collection<Charge>('charge');
	readonly refunds = new Collection<Refund>('refund');
	readonly disputes = new Collection<Dispute>('dispute');
	readonly subscriptions = new Collection<Subscription>('subscription');
	readonly invoices = new Collection<Invoice>('invoice');
	readonly invoicePayments = new Collection<InvoicePayment>('invoice_payment');
	readonly portalSessions = new Collection<PortalSession>('billing_portal.session');
	readonly endpoints = new Collection<WebhookEndpoint>('webhook_endpoint');
	readonly events = new Collection<StripeEvent>('event');
	private readonly orders = new Map<string, SessionOrder>();
	/** Origin of the pages, set when it is known. */
	url = '';

	constructor(readonly livemode: boolean) {}

	/** Unix seconds. */
	now(): number {
		return Math.floor(Date.now() / 1000);
	}

	/** The first fields of a new object. */
	newObject<Kind extends string>(prefix: string, object: Kind) {
		return { id: newId(prefix), object, created: this.now(), livemode: this.livemode };
	}

	setOrder(sessionId: string, order: SessionOrder): void {
		this.orders.set(sessionId, order);
	}

	/** @throws ApiError when there is no such session */
	orderOf(sessionId: string): SessionOrder {
		const order = this.orders.get(sessionId);
		if (!order) throw noSuch('checkout.session', sessionId);
		return order;
	}

	/** The object with this id, of any kind a field may refer to. */
	findAny(id: string): StripeObject | undefined {
		const kinds: ReadonlyArray<Collection<StripeObject>> = [
			this.customers, this.products, this.paymentIntents, this.charges, this.subscriptions, this.invoices,
		];
		return kinds.map((collection) => collection.find(id)).find((found) => found !== undefined);
	}

	/** Forgets all that buyers did; products, prices and webhook endpoints stay. */
	forgetBuyers(): void {
		const forgotten: ReadonlyArray<{ clear(): void }> = [
			this.customers, this.sessions, this.paymentIntents, this.charges, this.refunds, this.disputes,
			this.subscriptions, this.invoices, this.invoicePayments, this.portalSessions, this.events, this.orders,
		];
		for (const collection of forgotten) collection.clear();
	}
}
