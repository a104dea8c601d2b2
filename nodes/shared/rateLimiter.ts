import { sleep } from 'n8n-workflow';

/** Receivers count their seconds a little differently; the margin keeps a full window on the safe side of theirs. */
const MARGIN_MS = 60;

export interface RateLimits {
	/** Calls that may begin within any one second. */
	perSecond: number;
	/** Calls that may begin within any one minute. */
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

/**
 * Lets calls begin in the order they were asked for, never faster than the limits. All calls share a pause (429) and a
 * circuit (a block that repeating would prolong).
 */
export class RateLimiter {
	private readonly windows: readonly Window[];
	/** When the latest calls began, oldest first; as many as the largest window holds. */
	private readonly begun: number[] = [];
	private queue: Promise<void> = Promise.resolve();
	private running = 0;
	private readonly waitingForSlot: Array<() => void> = [];
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
		this.queue = turn.catch(() => undefined);
		await turn;
		try {
			return await call();
		} finally {
			this.running -= 1;
			this.waitingForSlot.shift()?.();
		}
	}

	/** No call begins for so long; of several pauses the one that ends last counts. */
	pause(milliseconds: number): void {
		this.pausedUntil = Math.max(this.pausedUntil, Date.now() + milliseconds);
	}

	/** Refuses all calls for so long. */
	openCircuit(reason: string, milliseconds: number): void {
		this.open = new CircuitOpenError(reason, Date.now() + milliseconds);
	}

	private async begin(): Promise<void> {
		if (this.running >= (this.limits.concurrent ?? Number.POSITIVE_INFINITY)) {
			await new Promise<void>((resolve) => this.waitingForSlot.push(resolve));
		}
		for (let wait = this.waitMs(); wait > 0; wait = this.waitMs()) await sleep(wait);
		this.running += 1;
		this.begun.push(Date.now());
		const kept = Math.max(...this.windows.map(({ calls }) => calls));
		this.begun.splice(0, this.begun.length - kept);
	}

	private waitMs(): number {
		const now = Date.now();
		if (this.open && now < this.open.until) throw this.open;
		const free = this.windows.map(({ lengthMs, calls }) => (this.begun.at(-calls) ?? -lengthMs) + lengthMs);
		return Math.max(this.pausedUntil, ...free) - now;
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
