import type { Lot } from './account';
import type { Day } from './calendar';
import type { RecordVersion } from './events';
import { exactSum } from './exact';
import type { Rules } from './rules';

/** Why a booking holds the points it holds. */
export type AwardReason =
	| 'given'
	| 'record_cap'
	| 'day_cap'
	| 'rounds_to_zero'
	| 'below_minimum'
	| 'nothing_eligible'
	| Obstacle;

export type Obstacle = 'programme_off' | 'no_user' | 'not_completed' | 'not_paid';

/** What is known of a booking. */
export interface Booking {
	version: RecordVersion;
	/** Day of the visit in the zone of the branch. */
	visitDay: Day;
	baseKopecks: number;
	/** Captured when the booking first was completed, and kept for all corrections; null before. */
	rateBps: number | null;
	/** Points it holds: all it earned less all that was taken back. Expiry and burning do not change it. */
	net: number;
	reason: AwardReason;
	lots: Lot[];
}

/** Orders versions of one record: `stale` and `duplicate` are to be ignored. */
export function compareVersions(known: RecordVersion, next: RecordVersion): 'newer' | 'stale' | 'duplicate' {
	if (next.changedAt !== known.changedAt) return next.changedAt > known.changedAt ? 'newer' : 'stale';
	if (JSON.stringify(next) === JSON.stringify(known)) return 'duplicate';
	// Two versions of one instant: a deletion wins, else the one read last.
	return known.status === 'cancelled' && next.status !== 'cancelled' ? 'stale' : 'newer';
}

/** Kopecks of the lines that earn (domain/loyalty.md §3.2). */
export function eligibleBase({ services, goods }: RecordVersion, rules: Rules): number {
	const lines = services.filter(({ id }) => !rules.excludedServiceIds.has(id));
	return exactSum([...lines, ...(rules.goodsEarn ? goods : [])].map(({ costKopecks }) => costKopecks));
}

/** What keeps a booking from holding points, whatever it cost. */
export function obstacleTo(version: RecordVersion, rules: Rules): Obstacle | null {
	if (!rules.enabled) return 'programme_off';
	if (version.userId === null) return 'no_user';
	if (version.status !== 'completed') return 'not_completed';
	return isUnpaid(version, rules) ? 'not_paid' : null;
}

/** Whether the booking counts for the customer's tier. */
export function qualifies(version: RecordVersion, rules: Rules): boolean {
	return version.status === 'completed' && version.userId !== null && !isUnpaid(version, rules);
}

function isUnpaid({ paid }: RecordVersion, { completion }: Rules): boolean {
	return completion === 'attended_and_paid' && paid === false;
}
