import { keepNewest } from '../shared/keepNewest';
import type { Addresses, NotificationType } from './addresses';
import type { Clock } from './clock';
import { MINUTE_MS } from './moments';
import type { NoticeAnswer } from './noticeRequest';
import { sendNotice } from './noticeRequest';
import { recurrentFields, transactionFields } from './noticeFields';
import type { Subscription, Transaction } from './objects';
import { reasonOfCheck } from './reasons';
import { Refusal } from './refusal';
import type { FormFields } from './wire';
import { encodeForm, plainForm, signatureHeaders } from './wire';

/** Minutes before each retry; the last one repeats (providers/cloudpayments.md §4). */
export const RETRY_MINUTES = [1, 2, 5, 10, 30] as const;
export const MAX_ATTEMPTS = 100;

const POLL_MS = 10;

/** One request to the shop. */
export interface Attempt {
	readonly at: string;
	/** 1 for the first; 0 when it was sent by hand. */
	readonly number: number;
	readonly url: string;
	/** Null when no answer came. */
	readonly status: number | null;
	readonly body: string;
	readonly error: string | null;
	readonly durationMs: number;
}

/** A message to the shop with its attempts. */
export interface Notification {
	readonly id: string;
	readonly type: NotificationType;
	/** The transaction, or the subscription of Recurrent; empty for a forged one. */
	readonly about: string;
	readonly fields: Readonly<Record<string, string>>;
	readonly at: string;
	/**
	 * `off`: the type had no address; `dropped`: lost on purpose; `sending`, `waiting`: an attempt runs or is due;
	 * `held`: kept back; `delivered`: answered code 0; `exhausted`: given up; `single`: sent once, by hand or as a Check.
	 */
	readonly state: 'off' | 'dropped' | 'sending' | 'waiting' | 'held' | 'delivered' | 'exhausted' | 'single';
	readonly attempts: readonly Attempt[];
}

/** What the shop answered to Check, and what that makes of the payment (0 is go on). */
export interface CheckVerdict {
	readonly code: number | null;
	readonly reasonCode: number;
}

/** How a forged notification differs from a true one. */
export interface Forgery {
	/** Signs with another secret. */
	readonly secret?: string;
	/** Stands in place of the right `Content-HMAC`; null leaves it out. */
	readonly contentHmac?: string | null;
	/** Added to the headers; null takes one away. */
	readonly headers?: Readonly<Record<string, string | null>>;
	/** Sent, and signed, in place of the form. */
	readonly rawBody?: string;
}

/** Names of types or ids of notifications to send first, in this order; the others follow as they came. */
export type ReleaseOrder = 'given' | 'reversed' | readonly string[];

type Job = { -readonly [Key in keyof Notification]: Notification[Key] } & {
	readonly attempts: Attempt[];
};

export interface NotificationOptions {
	readonly apiSecret: string;
	/** Factor on the pauses between retries: 1 is two days, 0.0001 makes a minute 6 ms. */
	readonly timeScale: number;
	readonly timeoutMs: number;
	readonly log: (line: string) => void;
}

/** Tells the shop what happens, again and again until it answers code 0 (§4). Order is nobody's promise. */
export class Notifications {
	private readonly jobs: Job[] = [];
	private readonly timers = new Set<NodeJS.Timeout>();
	private readonly running = new Set<Promise<unknown>>();
	private readonly losses = new Map<NotificationType, number>();
	private count = 0;
	private isHolding = false;
	private isStopped = false;

	constructor(
		private readonly addresses: Addresses,
		private readonly clock: Clock,
		private readonly options: NotificationOptions,
	) {}

	/** All that was to be told, oldest first. */
	get journal(): readonly Notification[] {
		return this.jobs;
	}

	/** May the payment go on? Without an address it may; nothing but code 0 lets it. */
	async check(transaction: Transaction): Promise<CheckVerdict> {
		if (!this.addresses.get('check').isEnabled) return { code: null, reasonCode: 0 };
		const form = transactionFields('check', transaction, this.clock.iso());
		const job = this.newJob('check', form, String(transaction.transactionId));
		if (this.isLost('check')) {
			job.state = 'dropped';
			return { code: null, reasonCode: 3006 };
		}
		job.state = 'single';
		const answer = await this.track(this.send(job, 1));
		if (answer.isTimeout) return { code: null, reasonCode: 3007 };
		if (answer.status !== 200) return { code: null, reasonCode: 3006 };
		const code = codeOf(answer);
		return { code, reasonCode: (code === null ? null : reasonOfCheck(code)) ?? 3005 };
	}

	/** Sends what happened to a payment or a refund. */
	tell(type: Exclude<NotificationType, 'check' | 'recurrent'>, transaction: Transaction): void {
		this.accept(type, transactionFields(type, transaction, this.clock.iso()), String(transaction.transactionId));
	}

	/** Sends the state of a subscription. */
	tellSubscription(subscription: Subscription): void {
		this.accept('recurrent', recurrentFields(subscription), subscription.id);
	}

	/** The next `count` notifications of the type are never sent. */
	drop(type: NotificationType, count: number): void {
		this.losses.set(type, count);
	}

	/** Keeps back everything but Check that becomes due from now on, or no more. */
	hold(on: boolean): void {
		this.isHolding = on;
	}

	/** Stops holding and sends what was held, one after another. */
	async release(order: ReleaseOrder): Promise<void> {
		this.isHolding = false;
		const held = this.jobs.filter(({ state }) => state === 'held');
		const named = typeof order === 'string' ? [] : order;
		const rank = ({ id, type }: Job) => {
			const place = named.findIndex((name) => name === id || name === type);
			return place < 0 ? named.length : place;
		};
		const sorted = order === 'reversed' ? held.reverse() : held.sort((left, right) => rank(left) - rank(right));
		for (const job of sorted) job.state = 'waiting';
		for (const job of sorted) await this.attempt(job);
	}

	/** Sends the newest notification of this type about this once more. Retries go on regardless. @throws Refusal */
	async resend(about: string, type: NotificationType): Promise<Attempt> {
		const job = this.jobs.filter((one) => one.about === about && one.type === type).at(-1);
		if (!job) throw new Refusal(`There is no ${type} notification about ${about}`);
		if (!this.addresses.get(type).isEnabled) throw new Refusal(`No address is set for ${type}`);
		return (await this.track(this.send(job, 0))).attempt;
	}

	/** Sends something the service never would. @throws Refusal when the type has no address */
	async forge(type: NotificationType, fields: Readonly<Record<string, string>>, how: Forgery): Promise<Attempt> {
		if (!this.addresses.get(type).isEnabled) throw new Refusal(`No address is set for ${type}`);
		const job = this.newJob(type, Object.entries(fields), '');
		job.state = 'single';
		return (await this.track(this.send(job, 0, how))).attempt;
	}

	/** Resolves when no first attempt runs any more, and no other. */
	async sent(): Promise<void> {
		while (this.running.size > 0) await Promise.all(this.running);
	}

	/**
	 * Waits until nothing is on its way, retries included; what is held back does not count.
	 *
	 * @throws Error naming what is still on its way
	 */
	async settled(timeoutMs: number): Promise<void> {
		const deadline = performance.now() + timeoutMs;
		for (;;) {
			const open = this.jobs.filter(({ state }) => state === 'waiting' || state === 'sending');
			if (open.length === 0 && this.running.size === 0) return;
			if (performance.now() > deadline) {
				const list = open.map(({ type, about, attempts }) => `${type} ${about} (${attempts.length} attempts)`);
				throw new Error(`Not delivered within ${timeoutMs} ms: ${list.join('; ')}`);
			}
			await new Promise((resolve) => setTimeout(resolve, POLL_MS));
		}
	}

	/** Forgets what is on its way, and the journal. */
	reset(): void {
		for (const timer of this.timers) clearTimeout(timer);
		this.timers.clear();
		this.jobs.length = 0;
		this.losses.clear();
		this.isHolding = false;
	}

	/** Sends nothing any more, whatever still happens. */
	stop(): void {
		this.isStopped = true;
		this.reset();
	}

	private accept(type: NotificationType, form: FormFields, about: string): void {
		if (this.isStopped) return;
		const job = this.newJob(type, form, about);
		if (!this.addresses.get(type).isEnabled) job.state = 'off';
		else if (this.isLost(type)) job.state = 'dropped';
		else void this.attempt(job);
	}

	private newJob(type: NotificationType, form: FormFields, about: string): Job {
		this.count += 1;
		const job: Job = {
			id: `n${this.count}`,
			type,
			about,
			fields: Object.fromEntries(form),
			at: this.clock.iso(),
			state: 'waiting',
			attempts: [],
		};
		keepNewest(this.jobs, job);
		return job;
	}

	private isLost(type: NotificationType): boolean {
		const left = this.losses.get(type) ?? 0;
		if (left > 0) this.losses.set(type, left - 1);
		return left > 0;
	}

	private async attempt(job: Job): Promise<void> {
		if (this.isHolding) return void (job.state = 'held');
		// The shop may have switched the type off since.
		if (!this.addresses.get(job.type).isEnabled) return void (job.state = 'off');
		job.state = 'sending';
		const answer = await this.track(this.send(job, job.attempts.filter(({ number }) => number > 0).length + 1));
		if (!this.jobs.includes(job)) return;
		if (answer.status === 200 && codeOf(answer) === 0) job.state = 'delivered';
		else this.scheduleRetry(job, answer.attempt.number);
	}

	private scheduleRetry(job: Job, attempts: number): void {
		if (attempts >= MAX_ATTEMPTS) {
			job.state = 'exhausted';
			this.options.log(`CloudPayments: gave up on ${job.type} ${job.about} after ${attempts} attempts`);
			return;
		}
		job.state = 'waiting';
		const minutes = RETRY_MINUTES[Math.min(attempts, RETRY_MINUTES.length) - 1] ?? 0;
		const timer = setTimeout(() => {
			this.timers.delete(timer);
			void this.attempt(job);
		}, minutes * MINUTE_MS * this.options.timeScale);
		this.timers.add(timer);
	}

	private async send(job: Job, number: number, how: Forgery = {}): Promise<NoticeAnswer & { attempt: Attempt }> {
		const { address, httpMethod: method } = this.addresses.get(job.type);
		const url = address ?? '';
		const form = Object.entries(job.fields);
		const body = how.rawBody ?? encodeForm(form);
		const plain = how.rawBody ?? plainForm(form);
		const headers = withChanges(
			{
				'User-Agent': 'CloudPayments',
				...(method === 'POST' && { 'Content-Type': 'application/x-www-form-urlencoded' }),
				...signatureHeaders(body, plain, how.secret ?? this.options.apiSecret),
			},
			{ ...(how.contentHmac !== undefined && { 'Content-HMAC': how.contentHmac }), ...how.headers },
		);
		const at = this.clock.iso();
		const answer = await sendNotice({ url, method, body, headers }, this.options.timeoutMs);
		const { status, error, durationMs } = answer;
		const attempt: Attempt = { at, number, url, status, body: answer.body, error, durationMs };
		job.attempts.push(attempt);
		const result = `${status ?? error} in ${durationMs} ms`;
		this.options.log(`CloudPayments: ${job.type} ${job.about}, attempt ${number || 'by hand'}: ${result}`);
		return { ...answer, attempt };
	}

	private async track<Result>(work: Promise<Result>): Promise<Result> {
		this.running.add(work);
		try {
			return await work;
		} finally {
			this.running.delete(work);
		}
	}
}

/** The code of an answer `{"code":N}`; null for any other answer. */
function codeOf({ body }: NoticeAnswer): number | null {
	try {
		const answer: unknown = JSON.parse(body);
		const isCode = typeof answer === 'object' && answer !== null && 'code' in answer && typeof answer.code === 'number';
		return isCode ? (answer.code as number) : null;
	} catch {
		return null;
	}
}

/** Headers under their changed values, whatever letter case the change is written in. */
function withChanges(
	headers: Readonly<Record<string, string>>,
	changes: Readonly<Record<string, string | null>>,
): Record<string, string> {
	const changed = new Set(Object.keys(changes).map((name) => name.toLowerCase()));
	const kept = Object.entries(headers).filter(([name]) => !changed.has(name.toLowerCase()));
	const added = Object.entries(changes).filter((entry): entry is [string, string] => entry[1] !== null);
	return Object.fromEntries([...kept, ...added]);
}
