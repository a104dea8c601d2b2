import { available, pending, type Entry, type Lot, type Origin } from './account';
import { DAY_MS } from './calendar';
import type { Booking } from './booking';
import type { KnownEvent } from './events';
import { exactSum } from './exact';
import { expiringBy } from './expiry';
import { explainBooking, explainIgnored } from './explain';
import { book } from './replay';
import type { Rules } from './rules';
import { tierAt, tierMetric } from './tier';

/** What a customer has, and why. Times are UTC ISO; amounts kopecks; rates basis points. */
export interface Statement {
	/** The moment it speaks of: that of the last event. */
	asOf: string;
	/** `available + pending`, the sum of all entries. */
	balance: number;
	/** Points that can be spent; negative when points are owed. */
	available: number;
	/** Points that cannot be spent yet. */
	pending: number;
	tier: string;
	/** Kopecks or visits. */
	tierMetric: number;
	/** The rate the next visit would be given. */
	tierRateBps: number;
	/** What each booking should hold; empty when the programme is off, so that nothing is posted from it. */
	bookings: BookingPoints[];
	entries: StatementEntry[];
	expiringSoon: { points: number; lots: ExpiringLot[] };
	/** Why every booking holds what it holds, and why events were ignored. `id` is that of the record, or the key. */
	explanations: Array<{ id: string; code: string; message: string }>;
}

export interface BookingPoints {
	source: string;
	/** Points the ledger should hold for this booking. */
	target: number;
	/** Captured rate; null while the booking never was completed. */
	rateBps: number | null;
	baseKopecks: number;
	visitAt: string;
	/** Version the target belongs to. */
	changedAt: string;
}

export type StatementEntry = Omit<Entry, 'at'> & { at: string };

export type ExpiringLot = Origin & { points: number; expiresAt: string };

/**
 * Books the history of one customer and tells where it leads.
 *
 * @param expiringWithinDays how far ahead to look for points that expire
 * @throws RangeError when the amounts are too large to be counted exactly
 */
export function statementOf(rules: Rules, events: KnownEvent[], expiringWithinDays: number): Statement {
	const { account, bookings, ignored } = book(rules, events);
	const all = [...bookings.values()];
	const metric = tierMetric(all, account.now, rules);
	const tier = tierAt(metric, rules);
	const expiring = expiringBy(account, account.now + expiringWithinDays * DAY_MS);
	const [active, waiting] = [available(account), pending(account)];
	return {
		asOf: iso(account.now),
		balance: exactSum([active, waiting]),
		available: active,
		pending: waiting,
		tier: tier.name,
		tierMetric: metric,
		tierRateBps: tier.rateBps,
		bookings: rules.enabled ? all.map(toBookingPoints) : [],
		entries: account.entries.map((entry) => ({ ...entry, at: iso(entry.at) })),
		expiringSoon: {
			points: exactSum(expiring.map(({ remaining }) => remaining)),
			lots: expiring.map(toExpiringLot),
		},
		explanations: [
			...all.map((booking) => ({
				id: booking.version.id,
				code: booking.reason,
				message: explainBooking(booking, rules),
			})),
			...ignored.map(({ id, reason }) => ({ id, code: reason, message: explainIgnored(reason) })),
		],
	};
}

function toBookingPoints({ version, net, rateBps, baseKopecks }: Booking): BookingPoints {
	const { id: source, visitAt, changedAt } = version;
	return { source, target: net, rateBps, baseKopecks, visitAt: iso(visitAt), changedAt: iso(changedAt) };
}

function toExpiringLot({ origin, remaining, diesAt }: Lot & { diesAt: number }): ExpiringLot {
	return { ...origin, points: remaining, expiresAt: iso(diesAt) };
}

function iso(instant: number): string {
	return new Date(instant).toISOString();
}
