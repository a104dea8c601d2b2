import type { Journal } from './journal';
import type { PhpTree } from './phpForm';
import { signTree } from './signature';
import type { WebhookAnswer, WebhookFormat } from './webhookRequest';
import { sendWebhook } from './webhookRequest';

/** Minutes before each of the 23 retries (providers/prodamus.md §4). */
export const RETRY_MINUTES: readonly number[] = [
	...[1, 1, 1, 5, 5, 5, 10, 10, 10, 30, 30, 30],
	...[60, 60, 60, 180, 180, 180, 360, 360, 360, 720, 1440],
];

const MINUTE_MS = 60_000;

/** What is to be told to one webhook address. */
export interface Message {
	readonly url: string;
	/** Everything but `attempt`. */
	readonly fields: PhpTree;
	readonly format: WebhookFormat;
	readonly secret: string;
	/** Prodamus number of the payment, `0` when the message is about none. */
	readonly paymentId: string;
}

/** A message on its way. */
export interface Notification extends Message {
	readonly id: number;
	/** Deliveries tried so far: the `attempt` of the last body. */
	attempt: number;
	/** `waiting`: a delivery or retry is due; `held`: kept back by hand; `exhausted`: all retries failed. */
	state: 'waiting' | 'held' | 'delivered' | 'exhausted';
}

/** How a forged delivery differs from a true one. */
export interface Forgery {
	/** Signs with another key. */
	readonly secret?: string;
	/** Fields replaced before signing. */
	readonly changeBeforeSigning?: Readonly<Record<string, string>>;
	/** Fields replaced after signing. */
	readonly changeAfterSigning?: Readonly<Record<string, string>>;
	/** The header as it is; null leaves it out. */
	readonly sign?: string | null;
}

export interface SenderOptions {
	/** Factor on the minutes between retries: 1 is the real ladder, 0.001 makes a minute 60 ms. */
	readonly timeScale: number;
	readonly timeoutMs: number;
	readonly journal: Journal;
	readonly now: () => Date;
	readonly log: (line: string) => void;
}

/** Delivers webhooks until they are answered 200: growing pauses after failures, in the end it gives up. */
export class NotificationSender {
	private readonly known = new Map<number, Notification>();
	private readonly timers = new Map<number, NodeJS.Timeout>();
	private readonly failures = new Map<number, number>();
	private lastId = 0;
	private isHolding = false;
	private nextCopies = 1;
	private hangUps = 0;
	private isClosed = false;

	constructor(private readonly options: SenderOptions) {}

	/** Everything accepted since the start or the last {@link reset}, oldest first. */
	get notifications(): readonly Notification[] {
		return [...this.known.values()];
	}

	/** Accepts a message and tries it at once, unless deliveries are held. */
	accept(message: Message): Notification {
		this.lastId += 1;
		const notification: Notification = { ...message, id: this.lastId, attempt: 0, state: 'waiting' };
		this.known.set(notification.id, notification);
		void this.deliverOrHold(notification);
		return notification;
	}

	/** One more delivery outside the ladder, as a manager does from the payment list. */
	async resend(notification: Notification): Promise<WebhookAnswer> {
		const answer = await this.deliver(notification);
		if (answer.status === 200) this.settle(notification, 'delivered');
		return answer;
	}

	/** Sends a forged copy once. Neither the ladder nor the attempt counter of the true one moves. */
	async forge(notification: Notification, forgery: Forgery): Promise<WebhookAnswer> {
		const attempt = String(Math.max(1, notification.attempt));
		const signed = { ...notification.fields, attempt, ...forgery.changeBeforeSigning };
		const sign = forgery.sign === undefined ? signTree(signed, forgery.secret ?? notification.secret) : forgery.sign;
		const fields = { ...signed, ...forgery.changeAfterSigning };
		return await this.send(notification, fields, sign, false);
	}

	/** The next new delivery goes out as `copies` identical requests at once. */
	duplicateNext(copies: number): void {
		this.nextCopies = copies;
	}

	/** Hangs up on the next `count` deliveries after the request is sent, so that the answer is lost. */
	hangUpNext(count: number): void {
		this.hangUps += count;
	}

	/** Keeps back everything that becomes due from now on. */
	hold(): void {
		this.isHolding = true;
	}

	/**
	 * Sends what was held, one after another, and stops holding.
	 *
	 * @param order ids of held notifications in the order to send; those not named follow in the order they were held
	 */
	async release(order: readonly number[] = []): Promise<void> {
		this.isHolding = false;
		const held = this.notifications.filter((notification) => notification.state === 'held');
		const rank = (notification: Notification) => {
			const index = order.indexOf(notification.id);
			return index < 0 ? order.length : index;
		};
		for (const notification of held.sort((left, right) => rank(left) - rank(right))) {
			notification.state = 'waiting';
			await this.deliverWithRetries(notification);
		}
	}

	/** Forgets all messages and pending retries. */
	reset(): void {
		for (const timer of this.timers.values()) clearTimeout(timer);
		this.timers.clear();
		this.failures.clear();
		this.known.clear();
		this.isHolding = false;
		this.nextCopies = 1;
		this.hangUps = 0;
	}

	/** Stops for good. */
	close(): void {
		this.isClosed = true;
		this.reset();
	}

	private async deliverOrHold(notification: Notification): Promise<void> {
		if (this.isHolding) notification.state = 'held';
		else await this.deliverWithRetries(notification);
	}

	private async deliverWithRetries(notification: Notification): Promise<void> {
		const copies = this.nextCopies;
		this.nextCopies = 1;
		const answer = await this.deliver(notification, copies);
		if (!this.isPending(notification)) return;
		if (answer.status === 200) this.settle(notification, 'delivered');
		else this.scheduleRetry(notification);
	}

	private scheduleRetry(notification: Notification): void {
		const failed = this.failures.get(notification.id) ?? 0;
		const minutes = RETRY_MINUTES[failed];
		if (minutes === undefined) {
			this.settle(notification, 'exhausted');
			this.options.log(`Prodamus: gave up on webhook ${notification.id} after ${notification.attempt} attempts`);
			return;
		}
		this.failures.set(notification.id, failed + 1);
		const timer = setTimeout(
			() => {
				this.timers.delete(notification.id);
				void this.deliverOrHold(notification);
			},
			minutes * MINUTE_MS * this.options.timeScale,
		);
		this.timers.set(notification.id, timer);
	}

	private settle(notification: Notification, state: 'delivered' | 'exhausted'): void {
		clearTimeout(this.timers.get(notification.id));
		this.timers.delete(notification.id);
		notification.state = state;
	}

	private isPending(notification: Notification): boolean {
		return !this.isClosed && this.known.get(notification.id) === notification && notification.state === 'waiting';
	}

	/** Sends the next attempt in `copies` copies; the answer is the best of theirs. */
	private async deliver(notification: Notification, copies = 1): Promise<WebhookAnswer> {
		notification.attempt += 1;
		const fields = { ...notification.fields, attempt: String(notification.attempt) };
		const sign = signTree(fields, notification.secret);
		const hangUp = this.hangUps > 0;
		if (hangUp) this.hangUps -= 1;
		const [first, ...others] = await Promise.all([
			this.send(notification, fields, sign, hangUp),
			...Array.from({ length: copies - 1 }, async () => await this.send(notification, fields, sign, hangUp)),
		]);
		return others.find((answer) => answer.status === 200) ?? first;
	}

	private async send(
		notification: Notification,
		fields: PhpTree,
		sign: string | null,
		hangUp: boolean,
	): Promise<WebhookAnswer> {
		const { url, format, id, paymentId } = notification;
		const at = this.options.now().toISOString();
		const answer = await sendWebhook({ url, fields, sign, format, hangUp, timeoutMs: this.options.timeoutMs });
		const attempt = Number(fields.attempt);
		this.options.journal.recordDelivery({ at, notificationId: id, paymentId, url, attempt, sign, ...answer });
		this.options.log(
			`Prodamus: webhook ${id} for payment ${paymentId}, attempt ${attempt}: ` +
				`${answer.status ?? answer.error} in ${answer.durationMs} ms`,
		);
		return answer;
	}
}
