import type { NotificationType } from './addresses';
import { DEFAULT_CARD, farExpiry } from './cards';
import type { Checkout, WidgetParameters } from './checkout';
import type { Faults, When } from './faults';
import type { ApiRequest, Journal } from './journal';
import type { Load } from './load';
import { DAY_MS, HOUR_MS, MINUTE_MS } from './moments';
import type { Attempt, Forgery, Notification, ReleaseOrder } from './notifications';
import type { Order, Receipt, Subscription, Token, Transaction } from './objects';
import type { Payer } from './orders';
import type { RequestIds } from './requestIds';
import type { Schedule } from './schedule';
import type { Service } from './service';
import type { TokenOutcome } from './tokens';

/** A person who pays. */
export interface Buyer {
	/** Number of a test card. @default 4242 4242 4242 4242 */
	readonly card?: string;
	readonly email?: string;
	/** What happens on the bank's page, if there is one. @default ok */
	readonly threeDSecure?: 'ok' | 'fail' | 'abandon';
	/** Whether the card is saved, where the shop leaves it to the payer. @default yes */
	readonly saveCard?: boolean;
}

/** A person who pays an order link. */
export interface OrderBuyer extends Buyer {
	/** @default card */
	readonly method?: 'card' | 'sbp';
}

/** What became of a payment. */
export interface PaymentResult {
	/** Also `declined` when the payer left the bank's page; the transaction is open then and has no reason. */
	readonly result: 'paid' | 'authorized' | 'declined';
	readonly transactionId: number;
	readonly reasonCode: number | null;
	/** What the shop answered to Check; null when it was not asked or gave no code. */
	readonly checkCode: number | null;
	/** For further charges; null when the card was not saved. */
	readonly token: string | null;
}

/** A stretch of time. */
export interface Stretch {
	readonly days?: number;
	readonly hours?: number;
	readonly minutes?: number;
}

interface ControlParts {
	readonly service: Service;
	readonly checkout: Checkout;
	readonly schedule: Schedule;
	readonly faults: Faults;
	readonly journal: Journal;
	readonly load: Load;
	readonly requestIds: RequestIds;
}

const PATIENCE_MS = 30_000;

/**
 * Drives the stand-in: what a test, the control API or the cabinet may do to it. Answers are copies. What the service
 * would refuse throws a Refusal.
 */
export class CloudPaymentsControl {
	constructor(private readonly parts: ControlParts) {}

	/** Sets where a type of notification goes, null for nowhere; as in the cabinet, where Check can be set, too. */
	setNotification(type: NotificationType, url: string | null): void {
		this.service.addresses.set(type, { isEnabled: url !== null, address: url, httpMethod: 'POST' });
	}

	/** The setting of the cabinet: whether cards are saved at all. */
	setSaveCards(on: boolean): void {
		this.service.site.savesCards = on;
	}

	/** Every notification with its attempts, oldest first. */
	notifications(type?: NotificationType): readonly Notification[] {
		const { journal } = this.service.notifications;
		return structuredClone(journal.filter((one) => type === undefined || one.type === type));
	}

	/** Calls of the API, oldest first. @param path only those to this one, e.g. `payments/refund` */
	requests(path?: string): readonly ApiRequest[] {
		return structuredClone(this.parts.journal.entries.filter((one) => path === undefined || one.path === path));
	}

	/** Forgets the calls so far and how many there were at once. */
	resetCounters(): void {
		this.parts.journal.clear();
		this.parts.load.resetPeak();
	}

	/** Most calls at once, those turned away included. */
	peakConcurrent(): number {
		return this.parts.load.peak;
	}

	/** Payments and refunds, oldest first. */
	transactions(): readonly Transaction[] {
		return structuredClone([...this.service.site.transactions.values()]);
	}

	transaction(id: number | string): Transaction {
		return structuredClone(this.service.site.transaction(id));
	}

	/** Payment links, oldest first. */
	orders(): readonly Order[] {
		return structuredClone([...this.service.site.orders.values()]);
	}

	/** Oldest first. */
	subscriptions(): readonly Subscription[] {
		return structuredClone([...this.service.site.subscriptions.values()]);
	}

	/** Saved cards, oldest first. */
	tokens(): readonly Token[] {
		return structuredClone(this.service.tokens.all);
	}

	/** Receipts asked for by themselves, oldest first. */
	receipts(): readonly Receipt[] {
		return structuredClone([...this.service.site.receipts.values()]);
	}

	/** A buyer opens a payment link and pays. Resolves when the payment is over, or left. */
	async payOrder(orderId: string, buyer: OrderBuyer = {}): Promise<PaymentResult> {
		const { checkout } = this.parts;
		if (buyer.method === 'sbp') {
			const payment = await checkout.payOrderBySbp(orderId, payerOf(buyer));
			return resultOf(await this.service.payments.settleSbp(payment, true));
		}
		return this.pass3ds(await checkout.payOrder(orderId, payerOf(buyer), this.cardOf(buyer)), buyer);
	}

	/** A buyer pays in the widget, with whatever parameters their browser gives it. */
	async payWidget(parameters: WidgetParameters, buyer: Buyer = {}): Promise<PaymentResult> {
		return this.pass3ds(await this.parts.checkout.payWidget(parameters, payerOf(buyer), this.cardOf(buyer)), buyer);
	}

	/** The bank decides on a payment or a refund through SBP. */
	async settleSbp(transactionId: number | string, outcome: 'ok' | 'fail'): Promise<Transaction> {
		const { payments, site } = this.service;
		return structuredClone(await payments.settleSbp(site.transaction(transactionId), outcome === 'ok'));
	}

	/** Takes held money, all of it without an amount, as a button of the cabinet does. */
	confirm(transactionId: number | string, amountMinor?: number): Transaction {
		const { payments, site } = this.service;
		const payment = site.transaction(transactionId);
		return structuredClone(payments.confirm(payment, amountMinor ?? payment.amountMinor));
	}

	/** Lets held money go, as a button of the cabinet does. */
	void(transactionId: number | string): Transaction {
		const { payments, site } = this.service;
		return structuredClone(payments.void(site.transaction(transactionId)));
	}

	/** Gives money back, all that is left without an amount, as a button of the cabinet does. @returns the refund */
	refund(transactionId: number | string, amountMinor?: number): Transaction {
		const { payments, site } = this.service;
		const payment = site.transaction(transactionId);
		const sum = amountMinor ?? payment.amountMinor - payment.refundedMinor;
		return structuredClone(payments.refund(payment, sum, null));
	}

	/** Ends a subscription, as the payer or a button of the cabinet does. */
	cancelSubscription(subscriptionId: string): Subscription {
		this.service.subscriptions.cancel(subscriptionId);
		return structuredClone(this.service.site.subscription(subscriptionId));
	}

	/** What the bank says to charges of a token; of a list one after another, then what is usual for its card. */
	tokenOutcome(token: string, outcome: TokenOutcome): void {
		this.service.tokens.decide(token, outcome);
	}

	/** Sends a notification once more; for `recurrent` the id is that of the subscription. */
	async resend(id: number | string, type: NotificationType): Promise<Attempt> {
		return await this.service.notifications.resend(String(id), type);
	}

	/** The next `count` notifications of the type are never sent; 0 ends that. A Check that is lost declines. */
	dropNotifications(type: NotificationType, count: number | 'all'): void {
		this.service.notifications.drop(type, count === 'all' ? Infinity : count);
	}

	/** Keeps back everything but Check; switched off, what was kept stays so until {@link releaseNotifications}. */
	holdNotifications(on: boolean): void {
		this.service.notifications.hold(on);
	}

	/** Stops holding and sends what was kept, one after another; types or ids that are named go first, in this order. */
	async releaseNotifications(order: ReleaseOrder = 'given'): Promise<void> {
		await this.service.notifications.release(order);
	}

	/** Resolves when nothing is on its way, retries included; what is kept back does not count. */
	async waitForNotifications(timeoutMs = PATIENCE_MS): Promise<void> {
		await this.service.notifications.settled(timeoutMs);
	}

	/** Sends something of one's own to the address of a type, rightly signed unless told otherwise. */
	async deliver(type: NotificationType, fields: Readonly<Record<string, string>>, how: Forgery = {}): Promise<Attempt> {
		return await this.service.notifications.forge(type, fields, how);
	}

	/**
	 * The next `count` calls of paths that begin with `path` are answered `status`: `before` they have an effect, or
	 * `after`; the same request id gets the true answer later.
	 */
	failNext(
		path: string,
		count: number,
		{ status, when, body }: { readonly status: number; readonly when: When; readonly body?: unknown },
	): void {
		this.parts.faults.add(path, { kind: 'fail', when, status, body }, count);
	}

	/** The next call of such a path is served after `ms`. */
	delayNext(path: string, ms: number): void {
		this.parts.faults.add(path, { kind: 'delay', ms }, 1);
	}

	/** The next `count` calls of such paths get no answer; with `after` they take effect all the same. */
	dropNext(path: string, count: number, { when }: { readonly when: When }): void {
		this.parts.faults.add(path, { kind: 'drop', when }, count);
	}

	/**
	 * Lets time pass at once, with all that is due meanwhile: charges of subscriptions, the end of held money. Resolves
	 * when the shop has been told of that for the first time; pauses between retries go by real time.
	 */
	async advance({ days = 0, hours = 0, minutes = 0 }: Stretch): Promise<void> {
		await this.parts.schedule.advance(days * DAY_MS + hours * HOUR_MS + minutes * MINUTE_MS);
	}

	/** UTC ISO moment of the stand-in's clock. */
	now(): string {
		return this.service.site.clock.iso();
	}

	/** Forgets payments, notifications, faults and journals, and sets the clock right. Addresses stay, numbers go on. */
	clear(): void {
		const { site, payments, tokens, notifications } = this.service;
		site.forget();
		payments.reset();
		tokens.clear();
		notifications.reset();
		this.parts.faults.clear();
		this.parts.requestIds.clear();
		this.resetCounters();
	}

	private get service(): Service {
		return this.parts.service;
	}

	private cardOf({ card = DEFAULT_CARD }: Buyer) {
		return { number: card, expDate: farExpiry(this.service.site.clock.now()) };
	}

	private pass3ds(payment: Transaction, { threeDSecure = 'ok' }: Buyer): PaymentResult {
		if (payment.status === 'AwaitingAuthentication' && threeDSecure !== 'abandon') {
			this.service.payments.authenticate(payment, threeDSecure === 'ok');
		}
		return resultOf(payment);
	}
}

function payerOf({ email, saveCard }: Buyer): Payer {
	return { email: email ?? null, name: 'IVAN PETROV', saveCard: saveCard ?? null };
}

function resultOf({ status, transactionId, reasonCode, checkCode, token }: Transaction): PaymentResult {
	const result = status === 'Completed' ? 'paid' : status === 'Authorized' ? 'authorized' : 'declined';
	return { result, transactionId, reasonCode, checkCode, token };
}
