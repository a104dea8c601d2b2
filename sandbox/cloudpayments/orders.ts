import type { Order, PaymentTerms } from './objects';
import { Refusal } from './refusal';
import type { Site } from './site';
import { newId } from './site';

/** Where the stand-in's payers sit: a documentation address. */
export const PAYER_IP = '203.0.113.24';

/** What the payer tells on the page. */
export interface Payer {
	readonly email: string | null;
	/** As on the card. */
	readonly name: string | null;
	readonly saveCard: boolean | null;
}

/** The payment links of the shop. */
export class Orders {
	constructor(private readonly site: Site) {}

	create(given: Omit<Order, 'id' | 'number' | 'createdAt' | 'status'>): Order {
		const order: Order = {
			...given, id: newId('', 8), number: this.site.numbers.next(), createdAt: this.site.clock.iso(), status: 'Created',
		};
		this.site.orders.set(order.id, order);
		return order;
	}

	/** @throws Refusal when it is paid */
	cancel(id: string): void {
		const order = this.site.order(id);
		if (order.status === 'Paid') throw new Refusal('Order is already paid');
		order.status = 'Cancelled';
	}

	/** What a payer of the link pays. @throws Refusal when it cannot be paid any more */
	termsFor(id: string, payer: Payer): PaymentTerms {
		const order = this.site.order(id);
		if (order.status === 'Paid') throw new Refusal('Order is already paid');
		if (order.status === 'Cancelled') throw new Refusal('Order is cancelled');
		const { amountMinor, currency, scheme, invoiceId, accountId, description, jsonData, recurrent } = order;
		return {
			amountMinor, currency, scheme, invoiceId, accountId, description, jsonData, recurrent,
			...payer,
			email: payer.email ?? order.email,
			ipAddress: PAYER_IP,
			subscriptionId: null,
			orderId: id,
			isTest: this.site.testMode,
		};
	}
}
