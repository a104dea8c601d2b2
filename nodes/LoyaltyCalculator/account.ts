import { exactSum } from './exact';

export type EntryType = 'earn' | 'reverse' | 'burn' | 'burn_cancel' | 'expire' | 'adjust';

/** What points came from: a booking (`source`), or a burn or adjustment (`key`). */
export type Origin = { source: string; key?: undefined } | { key: string; source?: undefined };

/** A line of the ledger: never changed, never deleted. The balance is the sum of `points`. */
export type Entry = Origin & {
	type: EntryType;
	points: number;
	/** Milliseconds of the epoch. */
	at: number;
	/** Counts the postings of a source, from 1. */
	seq?: number;
	/** With `earn`: the rate that was captured, and what it was applied to. */
	rateBps?: number;
	baseKopecks?: number;
	/** With `reverse`: points that had expired before, so they are not taken a second time. */
	alreadyExpired?: number;
	/** With `reverse` and `adjust` under `negativeBalance: clamp`: points the customer does not have to give back. */
	writtenOff?: number;
};

/** Points that came in together, and what became of them. What the award still stands for is the sum of all three. */
export interface Lot {
	origin: Origin;
	remaining: number;
	spent: number;
	expired: number;
	/** Pending before this instant. */
	availableAt: number;
	/** The first instant at which the points are gone; null when they never expire. */
	diesAt: number | null;
}

/** The points of one customer at one moment. */
export interface Account {
	now: number;
	/** In order of opening. */
	lots: Lot[];
	/** Points that were spent and then taken back. Never above zero while a lot is active. */
	debt: number;
	entries: Entry[];
	/** Postings by source. */
	postings: Map<string, number>;
}

export function emptyAccount(): Account {
	return { now: 0, lots: [], debt: 0, entries: [], postings: new Map() };
}

/** Adds a line to the ledger, dated now. */
export function post(account: Account, entry: Omit<Entry, 'at' | 'seq'> & Origin): void {
	const { source } = entry;
	if (source === undefined) {
		account.entries.push({ ...entry, at: account.now });
		return;
	}
	const seq = (account.postings.get(source) ?? 0) + 1;
	account.postings.set(source, seq);
	account.entries.push({ ...entry, at: account.now, seq });
}

/** Opens a lot whose points are all there. */
export function openLot(
	account: Account,
	lot: Pick<Lot, 'origin' | 'availableAt' | 'diesAt'>,
	points: number,
): Lot {
	const opened = { ...lot, remaining: points, spent: 0, expired: 0 };
	account.lots.push(opened);
	return opened;
}

function isActive({ availableAt }: Lot, { now }: Account): boolean {
	return availableAt <= now;
}

export function activeLots(account: Account): Lot[] {
	return account.lots.filter((lot) => lot.remaining > 0 && isActive(lot, account));
}

/** Points that can be spent now; negative when points are owed. */
export function available(account: Account): number {
	return exactSum([...activeLots(account).map(({ remaining }) => remaining), -account.debt]);
}

/** Points that were earned and cannot be spent yet. */
export function pending(account: Account): number {
	return exactSum(account.lots.filter((lot) => !isActive(lot, account)).map(({ remaining }) => remaining));
}
