import { offsetAt, wallTime } from '../shared/wallTime';

/** A day of the calendar; `month` counts from 1. */
export interface Day {
	year: number;
	month: number;
	day: number;
}

export const DAY_MS = 86_400_000;

/** The local day of an instant. */
export function localDay(instant: number, zone: string): Day {
	return dayOf(wallTime(instant, zone));
}

/** The same day, in a form that can be compared. */
export function isSameDay(a: Day, b: Day): boolean {
	return a.year === b.year && a.month === b.month && a.day === b.day;
}

export function addDays({ year, month, day }: Day, days: number): Day {
	return dayOf(Date.UTC(year, month - 1, day + days));
}

/** Adds months; a day the month does not have becomes its last one: 31 January + 1 is 28 or 29 February. */
export function addMonths({ year, month, day }: Day, months: number): Day {
	const lastOfMonth = dayOf(Date.UTC(year, month + months, 0));
	return { ...lastOfMonth, day: Math.min(day, lastOfMonth.day) };
}

/**
 * The instant at which a local day begins. Where the clock skips midnight the day begins with the first moment after
 * the gap; where midnight comes twice, with the first one.
 */
export function startOfDay({ year, month, day }: Day, zone: string): number {
	const midnight = Date.UTC(year, month - 1, day);
	const before = midnight - offsetAt(midnight - DAY_MS, zone);
	const after = midnight - offsetAt(midnight + DAY_MS, zone);
	if (before === after) return before;
	const exists = [before, after].filter((instant) => wallTime(instant, zone) === midnight);
	return exists.length > 0 ? Math.min(...exists) : before;
}

function dayOf(utc: number): Day {
	const date = new Date(utc);
	return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
}
