import { sleep } from 'n8n-workflow';

/** Receivers count their seconds a little differently; the margin keeps a full window on the safe side of theirs. */
const MARGIN_MS = 60;

export interface RateLimits {
	/** Calls that may reach the provider within any one second. */
	perSecond: number;
	/** Calls that may reach the provider within any one minute. */
	perMinute?: number;
	/** Calls under way at once. */
	concurrent?: number;
}

/** A provider has shut its door; nothing is sent before `until` (UTC, ms since 1970). */
export class CircuitOpenError extends Error {
	override readonly name = 'CircuitOpenError';

	constructor(
		readonly reason: string,
		readonly until: number,
	) {
		super(`${reason}. Nothing is sent before ${new Date(until).toISOString()}`);
	}
}

interface Window {
	lengthMs: number;
	calls: number;
}

interface Call {
	/** Null while it is under way. */
	endedAt: number | null;
}

/**
 * Lets calls begin in the order they were asked for, never faster than the limits. All calls share a pause (429) and a
 * circuit (a block that repeating would prolong).
 *
 * A call counts from its begin until a window after its end, because all that is known of its arrival at the provider is that
 * it lies between the two: a busy process may send what it has begun much later, and then all at once.
 */
export class RateLimiter {
	private readonly windows: readonly Window[];
	/** Those that still count, oldest first. */
	private calls: Call[] = [];
	private queue: Promise<void> = Promise.resolve();
	private wakeUp: Array<() => void> = [];
	private pausedUntil = 0;
	private open: CircuitOpenError | null = null;

	constructor(private readonly limits: RateLimits) {
		this.windows = [
			{ lengthMs: 1000 + MARGIN_MS, calls: limits.perSecond },
			...(limits.perMinute ? [{ lengthMs: 60_000 + MARGIN_MS, calls: limits.perMinute }] : []),
		];
	}

	/**
	 * Runs a call when its turn has come.
	 *
	 * @throws CircuitOpenError while the circuit is open, also for calls that were waiting; otherwise what the call throws
	 */
	async run<T>(call: () => Promise<T>): Promise<T> {
		const turn = this.queue.then(async () => await this.begin());
		// A refused turn must not refuse those behind it.
		this.queue = turn.then(
			() => undefined,
			() => undefined,
		);
		const begun = await turn;
		try {
			return await call();
		} finally {
			begun.endedAt = Date.now();
			this.wake();
		}
	}

	/** No call begins for so long; of several pauses the one that ends last counts. */
	pause(milliseconds: number): void {
		this.pausedUntil = Math.max(this.pausedUntil, Date.now() + milliseconds);
	}

	/** Refuses all calls for so long. */
	openCircuit(reason: string, milliseconds: number): void {
		this.open = new CircuitOpenError(reason, Date.now() + milliseconds);
		this.wake();
	}

	private async begin(): Promise<Call> {
		for (let wait = this.waitMs(); wait > 0; wait = this.waitMs()) {
			await (Number.isFinite(wait) ? sleep(wait) : new Promise<void>((resolve) => this.wakeUp.push(resolve)));
		}
		const call: Call = { endedAt: null };
		this.calls.push(call);
		return call;
	}

	/** Endless while only the end of a call can make room. */
	private waitMs(): number {
		const now = Date.now();
		if (this.open && now < this.open.until) throw this.open;
		const longest = Math.max(...this.windows.map(({ lengthMs }) => lengthMs));
		this.calls = this.calls.filter(({ endedAt }) => endedAt === null || endedAt + longest > now);
		const running = this.calls.filter(({ endedAt }) => endedAt === null).length;
		if (running >= (this.limits.concurrent ?? Number.POSITIVE_INFINITY)) return Number.POSITIVE_INFINITY;
		return Math.max(this.pausedUntil, ...this.windows.map((window) => this.roomAt(window, now))) - now;
	}

	/** When one more call fits into the window. */
	private roomAt({ lengthMs, calls }: Window, now: number): number {
		const freeAt = this.calls
			.map(({ endedAt }) => (endedAt === null ? Number.POSITIVE_INFINITY : endedAt + lengthMs))
			.filter((time) => time > now)
			.sort((a, b) => a - b);
		return freeAt[freeAt.length - calls] ?? now;
	}

	private wake(): void {
		for (const resolve of this.wakeUp.splice(0)) resolve();
	}
}

const limiters = new Map<string, RateLimiter>();

/**
 * The one limiter of this process for a key: a provider's host and the account it counts by, without secrets in plain text.
 * The limits of the first call for a key stay. Several n8n workers count separately, so set the limits with that in mind.
 */
export function limiterFor(key: string, limits: RateLimits): RateLimiter {
	let limiter = limiters.get(key);
	if (!limiter) limiters.set(key, (limiter = new RateLimiter(limits)));
	return limiter;
}
