import type { AwardReason } from './booking';
import { divide } from './rounding';
import type { Rules } from './rules';

export interface Award {
	/** Points the booking should hold. */
	points: number;
	reason: AwardReason;
}

/** What a completed booking is worth. */
export interface Earning {
	baseKopecks: number;
	rateBps: number;
	/** Points that the customer's other bookings of the same local day hold; matters only with a cap per day. */
	otherPointsOfDay: number;
}

/**
 * Points of a completed booking, in this order: minimum, rate, rounding (once per booking, never per line), cap per
 * booking, cap per day (domain/loyalty.md §3.2).
 */
export function award({ baseKopecks, rateBps, otherPointsOfDay }: Earning, rules: Rules): Award {
	if (baseKopecks === 0) return { points: 0, reason: 'nothing_eligible' };
	if (baseKopecks < rules.minBaseKopecks) return { points: 0, reason: 'below_minimum' };

	const divisor = 10_000n * BigInt(rules.kopecksPerPoint);
	const earned = divide(BigInt(baseKopecks) * BigInt(rateBps), divisor, rules.rounding);
	if (earned === 0) return { points: 0, reason: 'rounds_to_zero' };

	const ofRecord = Math.min(earned, rules.maxPointsPerRecord ?? earned);
	const ofDay = rules.maxPointsPerDay === null ? ofRecord : Math.max(0, rules.maxPointsPerDay - otherPointsOfDay);
	if (ofDay < ofRecord) return { points: ofDay, reason: 'day_cap' };
	return { points: ofRecord, reason: ofRecord < earned ? 'record_cap' : 'given' };
}
