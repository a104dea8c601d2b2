import type { Account } from './account';
import type { Endpoints } from './endpoints';
import { randomText } from './ids';
import { keepNewest } from '../shared/keepNewest';
import type { StripeEvent, WebhookEndpoint } from './objects';
import { signatureHeader, signPayload } from './signature';
import { sendWebhook } from './webhookRequest';

/**
 * Minutes before each retry. The real intervals are not published, only that they grow and end after three days
 * (providers/stripe.md §4); a sandbox account gets three tries over a few hours.
 */
export const RETRY_MINUTES = {
	live: [5, 30, 120, 300, 600, 720, 720, 720, 720],
	test: [60, 120],
} as const;

const MINUTE_MS = 60_000;
const POLL_MS = 10;

/** One attempt to deliver an event. */
export interface Delivery {
	readonly at: string;
	readonly eventId: string;
	readonly type: string;
	readonly endpointId: string;
	readonly url: string;
	/** 1 for the first; 0 when it was sent by hand. */
	readonly attempt: number;
	/** The `Stripe-Signature` header. */
	readonly signature: string;
	/** HTTP status of the answer; null when none came. */
	readonly status: number | null;
	readonly body: string;
	readonly error: string | null;
	readonly durationMs: number;
}

/** How a delivery by hand differs from a true one. */
export interface HandDelivery {
	/** Identical requests sent at once. */
	readonly copies: number;
	/** Signs with another secret. */
	readonly signedWith?: string;
	/** Added to `t`; negative is the past. */
	readonly timestampOffsetSeconds?: number;
	/** Puts a wrong `v1` next to the right one. */
	readonly extraV1?: 'before' | 'after';
}

export type ReleaseOrder = 'given' | 'reversed' | readonly string[];

/** An event on its way to one endpoint. */
interface Job {
	readonly event: StripeEvent;
	readonly endpoint: WebhookEndpoint;
	attempts: number;
	/** `waiting`: an attempt runs or is due; `held`: kept back by hand. */
	state: 'waiting' | 'held';
}

export interface DeliveryOptions {
	/** Factor on the pauses between retries: 1 is three days, 0.00001 makes an hour 36 ms. */
	readonly timeScale: number;
	readonly timeoutMs: number;
	readonly log: (line: string) => void;
}

/** Delivers events until each endpoint answered 2xx or three days are over. Order is nobody's promise. */
export class Deliveries {
	private readonly jobs = new Set<Job>();
	private readonly timers = new Set<NodeJS.Timeout>();
	private readonly entries: Delivery[] = [];
	private isHolding = false;

	constructor(
		private readonly account: Account,
		private readonly endpoints: Endpoints,
		private readonly options: DeliveryOptions,
	) {}

	/** All attempts, oldest first. */
	get journal(): readonly Delivery[] {
		return this.entries;
	}

	/** Sends a new event to every endpoint that asked for its type. */
	accept(event: StripeEvent): void {
		const endpoints = this.endpoints.listeningTo(event.type);
		event.pending_webhooks = endpoints.length;
		for (const endpoint of endpoints) {
			const job: Job = { event, endpoint, attempts: 0, state: 'waiting' };
			this.jobs.add(job);
			void this.attemptOrHold(job);
		}
	}

	/** Keeps back everything that becomes due from now on. */
	hold(): void {
		this.isHolding = true;
	}

	/**
	 * Stops holding and sends what was held, one after another.
	 *
	 * @param order event ids to send first, in this order; the others follow as they came
	 */
	async release(order: ReleaseOrder): Promise<void> {
		this.isHolding = false;
		const held = [...this.jobs].filter(({ state }) => state === 'held');
		const named = typeof order === 'string' ? [] : order;
		const rank = ({ event }: Job) => (named.includes(event.id) ? named.indexOf(event.id) : named.length);
		const sorted = order === 'reversed' ? held.reverse() : held.sort((left, right) => rank(left) - rank(right));
		for (const job of sorted) job.state = 'waiting';
		for (const job of sorted) await this.attempt(job);
	}

	/**
	 * Sends an event once more, whatever became of it, to the endpoints that get its type. Retries go on regardless.
	 *
	 * @returns the statuses, null where no answer came
	 */
	async deliver(event: StripeEvent, how: HandDelivery): Promise<ReadonlyArray<number | null>> {
		return await Promise.all(
			this.endpoints.listeningTo(event.type).flatMap((endpoint) => {
				const payload = this.payload(event, endpoint);
				const signature = this.sign(payload, endpoint, how);
				return Array.from({ length: how.copies }, async () => {
					return (await this.send(event, endpoint, 0, payload, signature)).status;
				});
			}),
		);
	}

	/**
	 * Waits until no delivery runs and no retry is due; what is held back does not count.
	 *
	 * @throws Error naming what is still on its way
	 */
	async settled(timeoutMs: number): Promise<void> {
		const deadline = performance.now() + timeoutMs;
		for (;;) {
			const waiting = [...this.jobs].filter(({ state }) => state === 'waiting');
			if (waiting.length === 0) return;
			if (performance.now() > deadline) {
				const list = waiting.map(({ event, attempts }) => `${event.type} ${event.id} (${attempts} attempts)`);
				throw new Error(`Not delivered within ${timeoutMs} ms: ${list.join('; ')}`);
			}
			await new Promise((resolve) => setTimeout(resolve, POLL_MS));
		}
	}

	/** Forgets what is on its way, and the journal. */
	reset(): void {
		for (const timer of this.timers) clearTimeout(timer);
		this.timers.clear();
		this.jobs.clear();
		this.entries.length = 0;
		this.isHolding = false;
	}

	private async attemptOrHold(job: Job): Promise<void> {
		if (this.isHolding) job.state = 'held';
		else await this.attempt(job);
	}

	private async attempt(job: Job): Promise<void> {
		const { event, endpoint } = job;
		if (this.account.endpoints.find(endpoint.id)?.status !== 'enabled') {
			this.jobs.delete(job);
			return;
		}
		job.attempts += 1;
		const payload = this.payload(event, endpoint);
		const { status } = await this.send(event, endpoint, job.attempts, payload, this.sign(payload, endpoint));
		if (!this.jobs.has(job)) return;
		if (status === null || status < 200 || status >= 300) return this.scheduleRetry(job);
		this.jobs.delete(job);
		event.pending_webhooks -= 1;
	}

	private scheduleRetry(job: Job): void {
		const pauses: readonly number[] = RETRY_MINUTES[this.account.livemode ? 'live' : 'test'];
		const minutes = pauses[job.attempts - 1];
		if (minutes === undefined) {
			this.jobs.delete(job);
			this.options.log(`Stripe: gave up on ${job.event.type} ${job.event.id} after ${job.attempts} attempts`);
			return;
		}
		const timer = setTimeout(() => {
			this.timers.delete(timer);
			void this.attemptOrHold(job);
		}, minutes * MINUTE_MS * this.options.timeScale);
		this.timers.add(timer);
	}

	/** Pretty-printed, as the real one: only the bytes as received can be verified. */
	private payload(event: StripeEvent, endpoint: WebhookEndpoint): string {
		return JSON.stringify({ ...event, api_version: endpoint.api_version ?? event.api_version }, null, 2);
	}

	/** Signed at the time of sending: `t` is renewed on every attempt. */
	private sign(payload: string, endpoint: WebhookEndpoint, how: Partial<HandDelivery> = {}): string {
		const timestamp = this.account.now() + (how.timestampOffsetSeconds ?? 0);
		const secrets = how.signedWith === undefined ? this.endpoints.secretsOf(endpoint.id) : [how.signedWith];
		const right = secrets.map((secret) => signPayload(payload, secret, timestamp));
		const wrong = signPayload(payload, `whsec_${randomText(32)}`, timestamp);
		const before = how.extraV1 === 'before' ? [wrong] : [];
		const after = how.extraV1 === 'after' ? [wrong] : [];
		const header = signatureHeader(timestamp, [...before, ...right, ...after]);
		return this.account.livemode ? header : `${header},v0=${wrong}`;
	}

	private async send(
		event: StripeEvent,
		{ id: endpointId, url }: WebhookEndpoint,
		attempt: number,
		payload: string,
		signature: string,
	): Promise<Delivery> {
		const at = new Date().toISOString();
		const answer = await sendWebhook(url, payload, signature, this.options.timeoutMs);
		const { id: eventId, type } = event;
		const delivery: Delivery = { at, eventId, type, endpointId, url, attempt, signature, ...answer };
		keepNewest(this.entries, delivery);
		const result = `${answer.status ?? answer.error} in ${answer.durationMs} ms`;
		this.options.log(`Stripe: ${type} ${eventId}, attempt ${attempt || 'by hand'}: ${result}`);
		return delivery;
	}
}
