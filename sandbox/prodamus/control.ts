import type { Clock } from './clock';
import type { Faults } from './faults';
import type { Delivery, Journal, Received } from './journal';
import type { PaymentMethod } from './link';
import { LinkError } from './link';
import type { Forgery, Notification, NotificationSender } from './notificationSender';
import type { Link, Payform, Payment } from './payform';
import type { PhpTree } from './phpForm';
import { parseUrlencoded } from './phpForm';
import type { Plan } from './plans';
import type { PageMode, PageSettings } from './settings';
import type { Subscriptions } from './subscriptions';
import type { WebhookAnswer, WebhookFormat } from './webhookRequest';

/** What {@link ProdamusControl.pay} and its like act on: a pay link, its parameters, or an order number seen before. */
export type PayTarget = string | PhpTree;

export interface Buyer {
	/** Code of the payment method; the first one offered when absent. */
	readonly method?: PaymentMethod['code'];
	/** Typed on the extra page when the link has none. */
	readonly phone?: string;
}

/** A payment as the journal and the control API show it. */
export interface PaymentView {
	readonly id: string;
	readonly orderNum: string;
	readonly status: Payment['status'];
	readonly sumMinor: number;
	readonly currency: string;
	readonly notifications: ReadonlyArray<Pick<Notification, 'id' | 'url' | 'attempt' | 'state'>>;
}

const POLL_MS = 10;

/** Drives the stand-in: what a test or the control API may do to it. */
export class ProdamusControl {
	constructor(
		private readonly payform: Payform,
		private readonly sender: NotificationSender,
		private readonly faults: Faults,
		private readonly settings: PageSettings,
		private readonly plans: Map<string, Plan>,
		private readonly clock: Clock,
		private readonly records: Journal,
		/** The page's subscriptions, with their events. */
		readonly subscriptions: Subscriptions,
	) {}

	/** The merchant's next `count` requests (`do=link`, REST) are answered `status`; with `apply` after taking effect. */
	failNext(count: number, status: number, options: { readonly apply?: boolean } = {}): void {
		this.faults.add({ kind: 'fail', status, apply: options.apply ?? false }, count);
	}

	/** The merchant's next `count` requests are served after `ms`. */
	delayNext(ms: number, count = 1): void {
		this.faults.add({ kind: 'delay', ms }, count);
	}

	/** The merchant's next `count` requests get no answer; with `apply` after taking effect. */
	dropNext(count = 1, options: { readonly apply?: boolean } = {}): void {
		this.faults.add({ kind: 'drop', apply: options.apply ?? false }, count);
	}

	/** The next webhook goes out as `copies` identical requests at once. */
	duplicateNext(copies: number): void {
		this.sender.duplicateNext(copies);
	}

	/** The next `count` webhooks are sent but their answers are not waited for: they count as failed and come again. */
	hangUpNext(count = 1): void {
		this.sender.hangUpNext(count);
	}

	/** Keeps webhooks back until {@link release}. */
	hold(): void {
		this.sender.hold();
	}

	/** Sends held webhooks one after another, those named in `order` (notification ids) first. */
	async release(order: readonly number[] = []): Promise<void> {
		await this.sender.release(order);
	}

	setWebhookFormat(format: WebhookFormat): void {
		this.settings.webhookFormat = format;
	}

	setPageMode(mode: PageMode): void {
		this.settings.mode = mode;
	}

	/** Adds or replaces a subscription product. */
	setPlan(plan: Plan): void {
		this.plans.set(plan.id, plan);
	}

	/** Lets time pass, with all renewals and ends that fall due. */
	advanceTime(ms: number): void {
		this.subscriptions.advanceTo(new Date(this.clock.now().getTime() + ms));
	}

	/** Opens the link and pays it, as a buyer would. */
	pay(target: PayTarget, buyer: Buyer = {}): PaymentView {
		const link = this.openAs(target, buyer);
		return this.view(this.payform.pay(link, buyer.method ?? link.order.methods[0]?.code ?? ''));
	}

	/** The buyer gives up. */
	cancel(target: PayTarget): PaymentView {
		return this.view(this.payform.cancel(this.openAs(target, {})));
	}

	/** The bank refuses the instalments. */
	deny(target: PayTarget): PaymentView {
		return this.view(this.payform.deny(this.openAs(target, {})));
	}

	/** Sends the newest webhook of a payment (by Prodamus or order number) once more, to each address. */
	async resend(reference: string): Promise<readonly WebhookAnswer[]> {
		return await Promise.all(this.newest(reference).map(async (one) => await this.sender.resend(one)));
	}

	/** Sends a forged copy of the payment's newest webhook to its first address. */
	async forge(reference: string, forgery: Forgery): Promise<WebhookAnswer> {
		const [notification] = this.newest(reference);
		if (!notification) throw new LinkError(`Payment ${reference} has no webhook yet`);
		return await this.sender.forge(notification, forgery);
	}

	/** All payments, oldest first. */
	payments(): readonly PaymentView[] {
		return this.payform.payments.map((payment) => this.view(payment));
	}

	/** What came in and which deliveries went out, oldest first. */
	journal(): { readonly received: readonly Received[]; readonly deliveries: readonly Delivery[] } {
		return { received: [...this.records.received], deliveries: [...this.records.deliveries] };
	}

	/**
	 * Waits for a delivery.
	 *
	 * @throws Error when none matches in time; it lists what was delivered
	 */
	async waitForDelivery(matches: (delivery: Delivery) => boolean, timeoutMs = 15_000): Promise<Delivery> {
		const deadline = Date.now() + timeoutMs;
		for (;;) {
			const found = this.records.deliveries.find(matches);
			if (found) return found;
			if (Date.now() > deadline) {
				const seen = this.records.deliveries.map(({ url, status, error }) => `${url}: ${status ?? error}`).join('; ');
				throw new Error(`No such delivery within ${timeoutMs} ms. Delivered: ${seen || 'nothing'}`);
			}
			await new Promise((resolve) => setTimeout(resolve, POLL_MS));
		}
	}

	/** Forgets payments, subscriptions, webhooks, faults and the journal; the settings are as at the start. */
	reset(): void {
		this.sender.reset();
		this.payform.reset();
		this.subscriptions.reset();
		this.faults.clear();
		this.settings.reset();
		this.records.clear();
	}

	private openAs(target: PayTarget, buyer: Buyer): Link {
		const link = this.find(target);
		if (buyer.phone !== undefined && !this.payform.setContact(link, buyer.phone, link.contact.email)) {
			throw new LinkError(`Not a phone number: ${buyer.phone}`);
		}
		return link;
	}

	private find(target: PayTarget): Link {
		if (typeof target !== 'string') return this.payform.open(target);
		if (!URL.canParse(target)) {
			const link = this.payform.linkByOrder(target);
			if (!link) throw new LinkError(`Nobody has opened a link of order ${target} yet`);
			return link;
		}
		const { pathname, search } = new URL(target);
		const code = pathname.replaceAll('/', '');
		return code === '' ? this.payform.open(parseUrlencoded(search)) : this.payform.linkByCode(code);
	}

	private newest(reference: string): readonly Notification[] {
		const payment = this.payform.paymentBy(reference);
		if (!payment) throw new LinkError(`There is no payment ${reference}`);
		const byUrl = new Map(this.payform.notificationsOf(payment).map((one) => [one.url, one]));
		return [...byUrl.values()];
	}

	private view(payment: Payment): PaymentView {
		const { order } = payment.link;
		const notifications = this.payform.notificationsOf(payment);
		return {
			id: payment.id,
			orderNum: order.orderNum,
			status: payment.status,
			sumMinor: order.totalMinor,
			currency: order.currency,
			notifications: notifications.map(({ id, url, attempt, state }) => ({ id, url, attempt, state })),
		};
	}
}
