const SECOND_MS = 1000;
const MINUTE_MS = 60_000;
/** Calls over the rate within a minute after which everything is answered 403. */
export const ABUSE_LIMIT = 15;

/** What the rate has to say to a call. */
export type RateVerdict = 'within' | 'over' | 'blocked';

/**
 * Counts calls per rolling second, the refused ones too: hammering does not help. Repeated abuse blocks every call
 * until {@link unblock} (providers/amocrm.md §8.2).
 */
export class RateMeter {
	private readonly recent: number[] = [];
	private readonly refusals: number[] = [];
	private isBlocked = false;
	private overCount = 0;
	private peak = 0;

	constructor(private readonly perSecond: number) {}

	/** Calls that came over the rate since the last {@link resetCounters}; an honest client makes none. */
	get overRate(): number {
		return this.overCount;
	}

	/** Most calls within any second since the last {@link resetCounters}. */
	get peakPerSecond(): number {
		return this.peak;
	}

	/** Takes note of a call that arrives at `now`, milliseconds of a monotonic clock. */
	arrive(now = performance.now()): RateVerdict {
		dropBefore(this.recent, now - SECOND_MS);
		this.recent.push(now);
		this.peak = Math.max(this.peak, this.recent.length);
		const isOver = this.recent.length > this.perSecond;
		if (isOver) this.refuse(now);
		if (this.isBlocked) return 'blocked';
		return isOver ? 'over' : 'within';
	}

	unblock(): void {
		this.isBlocked = false;
		this.refusals.length = 0;
	}

	resetCounters(): void {
		this.overCount = 0;
		this.peak = 0;
	}

	private refuse(now: number): void {
		this.overCount += 1;
		dropBefore(this.refusals, now - MINUTE_MS);
		this.refusals.push(now);
		if (this.refusals.length >= ABUSE_LIMIT) this.isBlocked = true;
	}
}

/** Drops the moments up to and including `moment` from an ascending list. */
function dropBefore(moments: number[], moment: number): void {
	while (moments[0] !== undefined && moments[0] <= moment) moments.shift();
}
