import type { Interval } from './objects';

/** Unix seconds one period later; a month that has no such day ends on its last one. */
export function addPeriod(seconds: number, interval: Interval, count: number): number {
	const moment = new Date(seconds * 1000);
	if (interval === 'day' || interval === 'week') {
		return seconds + count * (interval === 'day' ? 1 : 7) * 86_400;
	}
	const months = moment.getUTCMonth() + count * (interval === 'month' ? 1 : 12);
	const day = moment.getUTCDate();
	const lastDay = new Date(Date.UTC(moment.getUTCFullYear(), months + 1, 0)).getUTCDate();
	return Math.floor(new Date(moment).setUTCFullYear(moment.getUTCFullYear(), months, Math.min(day, lastDay)) / 1000);
}
