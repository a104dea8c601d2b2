import axios, { type AxiosResponse } from 'axios';

import { SANDBOX_SECRETS } from '../../../runtime/credentials';
import type { Buyer, OrderBuyer, PaymentResult } from '../../../sandbox/cloudpayments/control';
import { type CustomerClaims, signCustomerToken } from '../../../sandbox/shared/customerToken';
import { passTime } from '../../../sandbox/shared/passTime';
import { Editor } from './editor';
import { eventsOf, settledEvents, type OrderEvent } from './orderEvents';

export const EVENT_WORKFLOW = 'PfBillingEvent01';

/** Cards of the stand-in that ask for no 3-D Secure. */
export const GOOD_CARD = '4000 0000 0000 3055';
/** Pays once; later charges by its token find no money. */
export const FIRST_TIME_ONLY_CARD = '4111 1111 1111 1111';
export const EMPTY_CARD = '4000 0566 5566 5556';

export interface Sale {
	orderRef: string;
	orderId: string;
	amount: string;
}

export interface Plan {
	outcome: string;
	plan: string;
	status: string;
	days_left: number;
	ends_at: string;
	starts_at: string;
	auto_renew: boolean;
	counters: Record<string, number>;
}

/** A shop that sells plans through CloudPayments, as a test sees it. */
export class BillingShop extends Editor {
	private users = 0;

	get cloudPayments() {
		return this.stack.sandbox.cloudpayments;
	}

	user(overrides: Partial<CustomerClaims> = {}): CustomerClaims & { sub: string } {
		this.users += 1;
		return { sub: `u-${Date.now()}-${this.users}`, name: 'Анна', email: `u${this.users}@example.com`, ...overrides };
	}

	async as(user: CustomerClaims, method: 'get' | 'post', path: string, data?: object): Promise<AxiosResponse> {
		return await this.call(method, path, data, { Authorization: `Bearer ${signCustomerToken(SANDBOX_SECRETS.customerTokens, user)}` });
	}

	async desk(method: 'get' | 'post', path: string, data?: object): Promise<AxiosResponse> {
		return await this.call(method, path, data, { 'X-Back-Office-Key': SANDBOX_SECRETS.backOffice });
	}

	async call(method: 'get' | 'post', path: string, data?: object, headers: Record<string, string> = {}): Promise<AxiosResponse> {
		return await axios.request({
			method,
			url: `${this.stack.n8n.url}/webhook/billing/${path}`,
			data,
			headers,
			validateStatus: () => true,
			// A run of the schedule answers at its end: hundreds of plans take minutes.
			timeout: 600_000,
		});
	}

	/** The plans of the tests: pro for 1490, basic for 490, both for 30 days. */
	async savePlans(): Promise<void> {
		const { status, data } = await this.desk('post', 'plans', {
			plans: [
				{ code: 'pro', name: 'Про', amount_minor: 149000, currency: 'RUB', counters: { mails: 100 } },
				{ code: 'basic', name: 'Базовый', amount_minor: 49000, currency: 'RUB' },
			],
		});
		if (status !== 200) throw new Error(`Plans were not saved: ${status} ${JSON.stringify(data)}`);
	}

	/** Asks for a payment link. */
	async order(user: CustomerClaims, wishes: object = {}): Promise<Sale> {
		const { status, data } = await this.as(user, 'post', 'payments', { plan: 'pro', ...wishes });
		if (status !== 201) throw new Error(`No order: ${status} ${JSON.stringify(data)}`);
		const { order_id: orderRef, payment_url: url, amount } = data as { order_id: string; payment_url: string; amount: string };
		return { orderRef, orderId: /\/d\/([^/?]+)/.exec(url)?.[1] ?? '', amount };
	}

	/** Buys a plan by link and waits until it is active. */
	async buy(user: CustomerClaims, wishes: object = {}, buyer: OrderBuyer = {}): Promise<Sale & PaymentResult> {
		const sale = await this.order(user, wishes);
		const result = await this.cloudPayments.payOrder(sale.orderId, { card: GOOD_CARD, ...buyer });
		if (result.result === 'paid') await this.settled(sale.orderRef, 1);
		return { ...sale, ...result };
	}

	/** Pays in the widget with what a browser may have changed. */
	async payInWidget(user: CustomerClaims, orderRef: string, changes: object = {}, buyer: Buyer = {}): Promise<PaymentResult> {
		return await this.cloudPayments.payWidget(
			{
				publicId: SANDBOX_SECRETS.cloudPaymentsPublicId,
				amount: 1490,
				currency: 'RUB',
				invoiceId: orderRef,
				accountId: user.sub,
				description: 'Про',
				schema: 'Single',
				...changes,
			} as Parameters<BillingShop['cloudPayments']['payWidget']>[0],
			{ card: GOOD_CARD, ...buyer },
		);
	}

	async plan(user: CustomerClaims): Promise<Plan> {
		const { status, data } = await this.as(user, 'get', 'plan');
		if (status !== 200) throw new Error(`No plan: ${status} ${JSON.stringify(data)}`);
		return data as Plan;
	}

	async events(orderRef: string): Promise<OrderEvent[]> {
		return await eventsOf(this.stack, orderRef);
	}

	/** Waits until as many events of an order are known and all of them are settled. */
	async settled(orderRef: string, count: number, timeoutMs = 60_000): Promise<OrderEvent[]> {
		return await settledEvents(this.stack, orderRef, count, timeoutMs);
	}

	/** Lets the ledger's time pass. */
	async pass({ days = 0, hours = 0 }: { days?: number; hours?: number }): Promise<void> {
		await passTime(async (sql, values) => await this.stack.ledger.query(sql, values), days * 24 + hours);
	}

	/** As if all customers so far had switched renewal off. */
	async stopOtherRenewals(): Promise<void> {
		await this.stack.ledger.query('UPDATE fulfillment.memberships SET auto_renew = false');
	}

	/** Runs the schedule of renewals by hand. */
	async renew(): Promise<void> {
		const { status, data } = await this.desk('post', 'renewals');
		if (status !== 200) throw new Error(`Renewals were answered ${status}: ${JSON.stringify(data)}`);
	}

	/** The charges and refunds of a user that went through, at the stand-in. */
	transactions(user: CustomerClaims) {
		return this.cloudPayments.transactions().filter(({ accountId, status }) => accountId === user.sub && status === 'Completed');
	}

	async notices(user: CustomerClaims): Promise<string[]> {
		const rows = await this.stack.ledger.query<{ kind: string }>(
			'SELECT kind FROM fulfillment.plan_notices WHERE user_id = $1 ORDER BY id',
			[user.sub],
		);
		return rows.map(({ kind }) => kind);
	}
}
