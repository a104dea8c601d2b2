export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

/** `2026-08-14T09:31:05`, UTC without saying so: the form of the `…Iso` fields (providers/cloudpayments.md §2). */
export function isoText(iso: string): string {
	return iso.slice(0, 19);
}

/** `/Date(1786699865000)/` */
export function slashDate(iso: string): string {
	return `/Date(${Date.parse(iso)})/`;
}

/** `2026-08-14 09:31:05`, the form of dates in notifications. */
export function formText(iso: string): string {
	return isoText(iso).replace('T', ' ');
}

export type Interval = 'Day' | 'Week' | 'Month';

/** `count` periods later; a month that has no such day ends on its last one. */
export function addPeriods(iso: string, interval: Interval, count: number): string {
	const start = new Date(iso);
	if (interval !== 'Month') {
		return new Date(start.getTime() + count * (interval === 'Day' ? 1 : 7) * DAY_MS).toISOString();
	}
	const month = start.getUTCMonth() + count;
	const lastDay = new Date(Date.UTC(start.getUTCFullYear(), month + 1, 0)).getUTCDate();
	const moved = new Date(start).setUTCFullYear(start.getUTCFullYear(), month, Math.min(start.getUTCDate(), lastDay));
	return new Date(moved).toISOString();
}
