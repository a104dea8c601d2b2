import axios, { type AxiosResponse } from 'axios';

import type { Person } from '../../../sandbox/telegram/person';
import { Editor } from './editor';
import { eventsOf, settledEvents, type OrderEvent } from './orderEvents';

export const CHAT = '-1001000000001';
export const PAYMENT_WORKFLOW = 'PfCoursePayment1';
export const ACCESS_WORKFLOW = 'PfCourseAccess01';
export const BOT_WORKFLOW = 'PfCourseBot00001';

export const JOIN_BUTTON = 'Open the channel';
const PAY_BUTTON = 'Buy the course';

export interface CourseOrder extends Record<string, unknown> {
	order_ref: string;
	status: string;
	provider_payment_id: string | null;
	customer_telegram_id: string | null;
}

/** A session a buyer was sent to. */
export interface Checkout {
	sessionId: string;
	orderRef: string;
	url: string;
}

/** A school with its bot, its channel, its Stripe account and its ledger, as a test sees them. */
export class CourseSchool extends Editor {
	get stripe() {
		return this.stack.sandbox.stripe;
	}

	get telegram() {
		return this.stack.sandbox.telegram;
	}

	/** Somebody who has opened the bot. */
	async newcomer(id?: string): Promise<Person> {
		const person = this.telegram.user(id ? { id } : {});
		person.start();
		await person.waitForMessage('buy the course');
		return person;
	}

	async get(path: string, params: Record<string, unknown> = {}): Promise<AxiosResponse> {
		return await axios.get(`${this.stack.n8n.url}/webhook/${path}`, {
			params,
			maxRedirects: 0,
			validateStatus: () => true,
			timeout: 30_000,
		});
	}

	/** Sends /pay and follows the button to Stripe. */
	async askToPay(person: Person): Promise<Checkout> {
		person.send('/pay');
		await person.waitForMessage('Pay for');
		return await this.checkout(String(person.press(PAY_BUTTON)));
	}

	/** Follows a pay link to Stripe. */
	async checkout(payUrl: string): Promise<Checkout> {
		const answer = await axios.get(payUrl, { maxRedirects: 0, validateStatus: () => true });
		const url = String(answer.headers.location);
		const sessionId = /\/c\/pay\/(cs_\w+)/.exec(url)?.[1];
		if (answer.status !== 303 || !sessionId) throw new Error(`The pay link answered ${answer.status} to ${url}: ${JSON.stringify(answer.data)}`);
		const { data } = await axios.get<{ client_reference_id: string }>(`${this.stack.sandbox.urls.stripe}/v1/checkout/sessions/${sessionId}`, {
			headers: { authorization: 'Bearer sandbox-key-of-an-account-that-does-not-exist' },
		});
		return { sessionId, url, orderRef: data.client_reference_id };
	}

	/** Asks the bot, pays by card, and returns when the message with the link is there. */
	async buy(person: Person): Promise<Checkout & { paymentIntent: string; link: string }> {
		const checkout = await this.askToPay(person);
		const { payment_intent: paymentIntent } = this.stripe.pay(checkout.sessionId);
		const link = await this.nextLink(person);
		return { ...checkout, paymentIntent: String(paymentIntent), link };
	}

	/** Waits for a message with a link to the channel. */
	async nextLink(person: Person, timeoutMs?: number): Promise<string> {
		const message = await person.waitForMessage(({ buttons }) => buttons.some(({ text }) => text === JOIN_BUTTON), timeoutMs);
		return String(message.buttons.find(({ text }) => text === JOIN_BUTTON)?.url);
	}

	/** How often a person was sent a link to the channel. */
	linksSent(person: Person): number {
		return person.messages().filter(({ buttons }) => buttons.some(({ text }) => text === JOIN_BUTTON)).length;
	}

	async order(orderRef: string): Promise<CourseOrder> {
		const [row] = await this.stack.ledger.query<CourseOrder>('SELECT * FROM fulfillment.orders WHERE order_ref = $1', [orderRef]);
		if (!row) throw new Error(`There is no order ${orderRef}`);
		return row;
	}

	async events(orderRef: string): Promise<OrderEvent[]> {
		return await eventsOf(this.stack, orderRef);
	}

	/** Waits until everything known of an order is settled and returns its events. */
	async settled(orderRef: string, count: number, timeoutMs = 20_000): Promise<OrderEvent[]> {
		return await settledEvents(this.stack, orderRef, count, timeoutMs);
	}

	async alerts(orderRef: string): Promise<string[]> {
		const rows = await this.stack.ledger.query<{ kind: string }>('SELECT kind FROM fulfillment.alerts WHERE order_ref = $1 ORDER BY id', [orderRef]);
		return rows.map(({ kind }) => kind);
	}
}
