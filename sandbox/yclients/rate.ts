const SECOND_MS = 1000;
const MINUTE_MS = 60_000;
/** Calls over the limits within a minute after which the address is blocked. */
export const ABUSE_LIMIT = 15;
const BLOCK_MS = 5 * MINUTE_MS;

export interface Limits {
	readonly perSecond: number;
	readonly perMinute: number;
}

/** What the limits have to say to a call. */
export type RateVerdict = 'within' | 'over' | 'blocked';

/**
 * Counts the calls of each IP address in rolling windows, the refused ones too: hammering does not help. Repeated abuse
 * blocks the address for a while (providers/yclients.md §1).
 */
export class RateMeter {
	private readonly callers = new Map<string, Caller>();
	private overCount = 0;
	private highest: Limits = { perSecond: 0, perMinute: 0 };
	limits: Limits;

	/** @param blockScale factor on the five minutes of a block */
	constructor(
		private readonly usual: Limits,
		private readonly blockScale: number,
	) {
		this.limits = usual;
	}

	/** Calls that came over the limits since the last {@link resetCounters}; an honest client makes none. */
	get overRate(): number {
		return this.overCount;
	}

	/** Most calls of one address within any second and any minute since the last {@link resetCounters}. */
	get peak(): Limits {
		return this.highest;
	}

	/** Takes note of a call from `address` at `now`, in milliseconds. */
	arrive(address: string, now: number): RateVerdict {
		const caller = this.callers.get(address) ?? { calls: [], refusals: [], blockedUntil: 0 };
		this.callers.set(address, caller);
		dropBefore(caller.calls, now - MINUTE_MS);
		caller.calls.push(now);
		const perMinute = caller.calls.length;
		const perSecond = countAfter(caller.calls, now - SECOND_MS);
		this.highest = {
			perSecond: Math.max(this.highest.perSecond, perSecond),
			perMinute: Math.max(this.highest.perMinute, perMinute),
		};
		const isOver = perSecond > this.limits.perSecond || perMinute > this.limits.perMinute;
		if (isOver) this.refuse(caller, now);
		if (now < caller.blockedUntil) return 'blocked';
		return isOver ? 'over' : 'within';
	}

	/** Lifts all blocks and begins with empty windows, at the usual limits. */
	reset(): void {
		this.callers.clear();
		this.limits = this.usual;
		this.resetCounters();
	}

	resetCounters(): void {
		this.overCount = 0;
		this.highest = { perSecond: 0, perMinute: 0 };
	}

	private refuse(caller: Caller, now: number): void {
		this.overCount += 1;
		dropBefore(caller.refusals, now - MINUTE_MS);
		caller.refusals.push(now);
		if (caller.refusals.length >= ABUSE_LIMIT) caller.blockedUntil = now + BLOCK_MS * this.blockScale;
	}
}

interface Caller {
	/** Within the last minute, ascending. */
	readonly calls: number[];
	readonly refusals: number[];
	blockedUntil: number;
}

/** Drops the moments up to and including `moment` from an ascending list. */
function dropBefore(moments: number[], moment: number): void {
	while (moments[0] !== undefined && moments[0] <= moment) moments.shift();
}

/** How many of an ascending list are later. */
function countAfter(moments: readonly number[], moment: number): number {
	const first = moments.findIndex((one) => one > moment);
	return first < 0 ? 0 : moments.length - first;
}
