import { emptyAccount, openLot, post, type Account } from './account';
import { compareVersions, eligibleBase, obstacleTo, type Booking } from './booking';
import { burn, cancelBurn, type BurnRefusal, type Burns, type CancelRefusal } from './burn';
import { DAY_MS, isSameDay, localDay } from './calendar';
import { award, type Award } from './earn';
import type { KnownEvent, RecordVersion } from './events';
import { exactSum } from './exact';
import { expiryOf, passTime, settle } from './expiry';
import { owe, reverse } from './reversal';
import type { Rules } from './rules';
import { tierAt, tierMetric } from './tier';

/** Why an event changed nothing. */
export type IgnoreReason = 'stale' | 'duplicate_adjust' | 'programme_off' | BurnRefusal | CancelRefusal;

/** Everything that follows from a history. */
export interface History {
	account: Account;
	/** By record id. */
	bookings: Map<string, Booking>;
	/** Events without effect, in order; `id` is that of the record, or the key. */
	ignored: Array<{ reason: IgnoreReason; id: string }>;
}

type RecordEvent = Extract<KnownEvent, { type: 'record' }>;
type AdjustEvent = Extract<KnownEvent, { type: 'adjust' }>;

/** Books the events of one customer, in the order in which they became known. Pure: the same input, the same result. */
export function book(rules: Rules, events: KnownEvent[]): History {
	const history: History = { account: emptyAccount(), bookings: new Map(), ignored: [] };
	const { account, ignored } = history;
	const burns: Burns = new Map();
	const adjusts = new Set<string>();

	const ignore = (reason: IgnoreReason | null, id: string) => {
		if (reason !== null) ignored.push({ reason, id });
	};
	for (const event of byVisit(events)) {
		passTime(account, event.at);
		switch (event.type) {
			case 'record':
				ignore(bookRecord(history, event.record, rules), event.record.id);
				break;
			case 'burn':
				ignore(burn(account, burns, event, rules), event.key);
				break;
			case 'burn_cancel':
				ignore(cancelBurn(account, burns, event.key), event.key);
				break;
			case 'adjust':
				ignore(adjust(account, adjusts, event, rules), event.key);
				break;
		}
		settle(account);
	}
	return history;
}

/**
 * Records that become known at one instant, as in a backfill, are taken in order of visit and record, so that the
 * tiers they reach do not depend on the order in which they were read.
 */
function byVisit(events: KnownEvent[]): KnownEvent[] {
	const ordered: KnownEvent[] = [];
	let batch: RecordEvent[] = [];
	for (const event of events) {
		if (event.type !== 'record' || event.at !== batch[0]?.at) {
			ordered.push(...batch.sort(compareVisits));
			batch = [];
		}
		if (event.type === 'record') batch.push(event);
		else ordered.push(event);
	}
	return [...ordered, ...batch.sort(compareVisits)];
}

function compareVisits({ record: a }: RecordEvent, { record: b }: RecordEvent): number {
	// Shorter ids first: so numbers in texts come in the order of numbers.
	return a.visitAt - b.visitAt || a.id.length - b.id.length || (a.id < b.id ? -1 : Number(a.id > b.id));
}

function bookRecord(history: History, version: RecordVersion, rules: Rules): IgnoreReason | null {
	const { account, bookings } = history;
	const known = bookings.get(version.id);
	const order = known ? compareVersions(known.version, version) : 'newer';
	if (order !== 'newer') return order;

	const booking: Booking = {
		...(known ?? { rateBps: null, net: 0, lots: [] }),
		version,
		visitDay: localDay(version.visitAt, rules.tz),
		baseKopecks: eligibleBase(version, rules),
		reason: 'not_completed',
	};
	const { points, reason } = targetOf(booking, bookings, rules);
	booking.reason = reason;
	bookings.set(version.id, booking);
	postTarget(account, booking, points, rules);
	return null;
}

/** Points the booking should hold now. Captures its rate when it is completed for the first time. */
function targetOf(booking: Booking, bookings: Map<string, Booking>, rules: Rules): Award {
	const { version, visitDay, baseKopecks } = booking;
	const obstacle = obstacleTo(version, rules);
	if (obstacle) return { points: 0, reason: obstacle };

	booking.rateBps ??= version.rateBps ?? rateAt(version.visitAt, bookings, rules);
	const sameDay = [...bookings.values()].filter((other) => isSameDay(other.visitDay, visitDay));
	const others = sameDay.filter((other) => other.version.id !== version.id);
	const otherPointsOfDay = exactSum(others.map(({ net }) => net));
	return award({ baseKopecks, rateBps: booking.rateBps, otherPointsOfDay }, rules);
}

/** The rate the customer had reached by other visits: none of this booking's versions has counted so far. */
function rateAt(visitAt: number, bookings: Map<string, Booking>, rules: Rules): number {
	return tierAt(tierMetric(bookings.values(), visitAt, rules), rules).rateBps;
}

/** Posts the difference between what the booking should hold and what it holds; nothing when there is none. */
function postTarget(account: Account, booking: Booking, target: number, rules: Rules): void {
	const { version, visitDay, baseKopecks, rateBps } = booking;
	const delta = target - booking.net;
	if (delta > 0) {
		const origin = { source: version.id };
		post(account, { type: 'earn', ...origin, points: delta, rateBps: rateBps ?? 0, baseKopecks });
		const availableAt = version.visitAt + rules.pendingDays * DAY_MS;
		booking.lots.push(openLot(account, { origin, availableAt, diesAt: expiryOf(visitDay, rules) }, delta));
	}
	if (delta < 0) reverse(account, version.id, booking.lots, -delta, rules);
	booking.net = target;
}

/** A correction by a person: points given are there at once, points taken may become debt. */
function adjust(account: Account, adjusts: Set<string>, event: AdjustEvent, rules: Rules): IgnoreReason | null {
	const { key, points, expiresAt } = event;
	if (!rules.enabled) return 'programme_off';
	if (adjusts.has(key)) return 'duplicate_adjust';
	adjusts.add(key);
	if (points > 0) {
		post(account, { type: 'adjust', key, points });
		openLot(account, { origin: { key }, availableAt: account.now, diesAt: expiresAt ?? null }, points);
		return null;
	}
	const writtenOff = owe(account, -points, rules);
	post(account, { type: 'adjust', key, points: points + writtenOff, ...(writtenOff > 0 && { writtenOff }) });
	return null;
}
