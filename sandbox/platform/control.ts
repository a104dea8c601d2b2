import type { OrderOverrides, PlatformOrder } from './order';
import { inventedUser, refunded, sampleOrder } from './order';
import type { Answer, Delivery, WebhookSender } from './sender';
import { sign } from './sender';

/** How a forged webhook differs from a true one. */
export interface Forgery {
	/** The order it claims; a sample when absent. */
	readonly order?: PlatformOrder;
	/** Signs with another key. */
	readonly secret?: string;
	/** The header as it is; null leaves it out. */
	readonly signature?: string | null;
	/** The body that goes out instead of the signed one. */
	readonly bodyAfterSigning?: string;
}

/** One payment of a burst. */
export interface BurstPayment {
	readonly order: PlatformOrder;
	readonly answer: Answer;
}

/** Something asked of the stand-in that is not there. */
export class PlatformError extends Error {}

/** Drives the platform: what a test, the pages or the control API may do to it. */
export class PlatformControl {
	private readonly orders = new Map<string, PlatformOrder>();

	constructor(
		private readonly sender: WebhookSender,
		private readonly secret: string,
	) {}

	/** A paid order with invented data, see {@link sampleOrder}. */
	sampleOrder(overrides: OrderOverrides = {}): PlatformOrder {
		return sampleOrder(overrides);
	}

	/** Sends the order's webhook, again after a 5xx or no answer; answers with the last answer. */
	async pay(order: PlatformOrder): Promise<Answer> {
		return await this.start(order).final;
	}

	/** As {@link pay}, but answers with the first answer while the retries go on. */
	async payOnce(order: PlatformOrder): Promise<Answer> {
		return await this.start(order).first;
	}

	/** Sends what was last sent for the order, byte for byte, in `copies` at once. @throws PlatformError when unknown */
	async resend(orderId: string, copies = 1): Promise<readonly Answer[]> {
		const message = this.sender.signed(orderId, encode(this.order(orderId)));
		return await Promise.all(Array.from({ length: copies }, async () => await this.sender.sendOnce(message)));
	}

	/** The order's money goes back: the same order with status `refunded`. @throws PlatformError when unknown */
	async refund(orderId: string): Promise<Answer> {
		return await this.pay(refunded(this.order(orderId)));
	}

	/** A webhook that is not the platform's; sent once. */
	async sendForged(forgery: Forgery = {}): Promise<Answer> {
		const { order = sampleOrder(), secret = `not-${this.secret}`, signature, bodyAfterSigning } = forgery;
		const signed = encode(order);
		const header = signature === undefined ? sign(signed, secret) : signature;
		return await this.sender.sendOnce({
			orderId: order.course_order.payment_id,
			bytes: bodyAfterSigning === undefined ? signed : Buffer.from(bodyAfterSigning),
			headers: header === null ? {} : { 'X-Signature': header },
		});
	}

	/** A webhook as older platforms send it: the secret itself in `X-Webhook-Secret`, no signature; sent once. */
	async sendLegacy(secret: string, order: PlatformOrder = sampleOrder()): Promise<Answer> {
		this.remember(order);
		const orderId = order.course_order.payment_id;
		return await this.sender.sendOnce({ orderId, bytes: encode(order), headers: { 'X-Webhook-Secret': secret } });
	}

	/** Any bytes with the true signature, e.g. what is no JSON; sent once. */
	async sendSigned(body: string): Promise<Answer> {
		return await this.sender.sendOnce(this.sender.signed('', Buffer.from(body)));
	}

	/**
	 * Pays `count` orders of `customers` people in turn, `concurrency` at a time.
	 *
	 * @param change what the order of this number, from 0, has other than usual
	 * @returns in the order of the numbers
	 */
	async burst(
		count: number,
		customers: number,
		concurrency: number,
		change: (number: number) => OrderOverrides = () => ({}),
	): Promise<readonly BurstPayment[]> {
		const orders = Array.from({ length: count }, (_, number) =>
			sampleOrder({ user: inventedUser(1 + (number % customers)), ...change(number) }),
		);
		const payments: BurstPayment[] = [];
		const queue = orders.entries();
		const worker = async () => {
			for (const [number, order] of queue) payments[number] = { order, answer: await this.pay(order) };
		};
		await Promise.all(Array.from({ length: concurrency }, worker));
		return payments;
	}

	/** Orders known here, oldest first, as they were last sent. */
	allOrders(): readonly PlatformOrder[] {
		return [...this.orders.values()];
	}

	/** An order by its `payment_id`. @throws PlatformError when unknown */
	order(orderId: string): PlatformOrder {
		const order = this.orders.get(orderId);
		if (!order) throw new PlatformError(`There is no order ${orderId}`);
		return order;
	}

	/** Every attempt to deliver a webhook, oldest first. */
	deliveries(): readonly Delivery[] {
		return [...this.sender.deliveries];
	}

	/** Forgets orders and deliveries. */
	reset(): void {
		this.orders.clear();
		this.sender.clear();
	}

	private start(order: PlatformOrder): { readonly first: Promise<Answer>; readonly final: Promise<Answer> } {
		this.remember(order);
		return this.sender.sendWithRetries(this.sender.signed(order.course_order.payment_id, encode(order)));
	}

	private remember(order: PlatformOrder): void {
		this.orders.set(order.course_order.payment_id, order);
	}
}

/** JSON with the escapes PHP writes: a receiver that serialises the body again gets other bytes. */
function encode(order: PlatformOrder): Buffer {
	const text = JSON.stringify(order).replaceAll('/', '\\/');
	return Buffer.from(text.replace(/[\u0080-\uffff]/g, escapeCharacter));
}

function escapeCharacter(character: string): string {
	return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
