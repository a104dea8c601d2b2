import { available, pending, type Entry, type EntryType } from './account';
import { parseEvents, type LoyaltyEvent } from './events';
import { book, type IgnoreReason } from './replay';
import { parseRules, type RulesInput } from './rules';
import { tierAt, tierMetric } from './tier';

export { LoyaltyInputError } from './inputError';
export type { LoyaltyEvent } from './events';
export type { RulesInput } from './rules';

/** A line of the ledger. `source` is the id of a booking; burns and adjustments have a `key`. */
export interface LedgerEntry {
	type: EntryType;
	source?: string;
	key?: string;
	/** Signed; the balance is the sum. */
	points: number;
	/** With `earn`: basis points, 500 is 5%. */
	rateBps?: number;
	/** With `reverse`: points not taken again because they had expired. */
	alreadyExpired?: number;
	/** With `reverse` and `adjust`: points not taken because the balance may not fall below zero. */
	writtenOff?: number;
}

/** An event without effect; `id` is that of the record, or the key. A duplicate counts as done. */
export interface IgnoredEvent {
	reason: ReplayIgnoreReason;
	id: string;
}

export type ReplayIgnoreReason =
	| 'stale'
	| 'duplicate'
	| 'duplicate_burn'
	| 'duplicate_adjust'
	| 'burn_rejected'
	| 'unknown_burn'
	| 'programme_off';

export interface Replay {
	/** In order of posting. */
	ledger: LedgerEntry[];
	/** Points that can be spent at the last event; negative when points are owed. */
	available: number;
	/** Points earned that cannot be spent yet. */
	pending: number;
	/** Name of the tier at the last event. */
	tier: string;
	/** Kopecks or visits the tier is decided by. */
	tierMetric: number;
	/** Events without effect. */
	ignored: IgnoredEvent[];
}

/**
 * Books the history of one customer (domain/loyalty.md §3.8). Pure; whole numbers only: points, kopecks, basis points.
 *
 * @param events in the order in which they became known. Older versions of a record, repeated keys and burns above the
 * balance change nothing and are listed in `ignored`.
 * @throws LoyaltyInputError when the rules or the events do not fit their form
 * @throws RangeError when the amounts are too large to be counted exactly
 */
export function replay(rules: RulesInput, events: LoyaltyEvent[]): Replay {
	const known = parseRules(rules);
	const { account, bookings, ignored } = book(known, parseEvents(events));
	const metric = tierMetric(bookings.values(), account.now, known);
	return {
		ledger: account.entries.map(toLedgerEntry),
		available: available(account),
		pending: pending(account),
		tier: tierAt(metric, known).name,
		tierMetric: metric,
		ignored: ignored.map(({ reason, id }) => ({ reason: toReplayReason(reason), id })),
	};
}

function toLedgerEntry(entry: Entry): LedgerEntry {
	const { type, points, source, key, rateBps, alreadyExpired, writtenOff } = entry;
	return {
		type,
		points,
		...(source === undefined ? { key } : { source }),
		...(rateBps !== undefined && { rateBps }),
		...(alreadyExpired !== undefined && { alreadyExpired }),
		...(writtenOff !== undefined && { writtenOff }),
	};
}

function toReplayReason(reason: IgnoreReason): ReplayIgnoreReason {
	switch (reason) {
		case 'balance_too_low':
		case 'bill_unknown':
		case 'above_share_of_bill':
			return 'burn_rejected';
		default:
			return reason;
	}
}
