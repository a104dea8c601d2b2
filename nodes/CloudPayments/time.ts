/**
 * A time as the provider writes it, always UTC (providers/cloudpayments.md §2, §4): `yyyy-MM-dd HH:mm:ss`, the `…Iso`
 * fields without a zone, or `/Date(ms)/`.
 *
 * @returns ISO 8601 with milliseconds; null for what is no such time
 */
export function readUtc(text: string): string | null {
	const milliseconds = /^\/Date\((\d{1,15})\)\/$/.exec(text)?.[1];
	if (milliseconds !== undefined) return new Date(Number(milliseconds)).toISOString();
	const [, date, time] = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:\.\d+)?Z?$/.exec(text) ?? [];
	const moment = new Date(`${date}T${time}Z`);
	if (Number.isNaN(moment.getTime())) return null;
	// JavaScript turns February 30 into March 2.
	return date !== undefined && moment.toISOString().startsWith(date) ? moment.toISOString() : null;
}
