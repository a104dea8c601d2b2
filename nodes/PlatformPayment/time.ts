/** Date, time to the minute or finer, and a zone if there is one. */
const MOMENT = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2})(:\d{2})?(?:[.,](\d{1,9}))?\s?(Z|[+-]\d{2}:?\d{2})?$/i;

/**
 * A time as platforms write it: ISO 8601 with `T` or a blank, or seconds or milliseconds since 1970. Without a zone it
 * is taken for UTC.
 *
 * @returns UTC, ISO 8601 with milliseconds; null for what is no time
 */
export function readTime(value: unknown): string | null {
	if (typeof value !== 'string' && typeof value !== 'number') return null;
	const written = String(value).trim();
	if (/^\d{10}$/.test(written)) return new Date(Number(written) * 1000).toISOString();
	if (/^\d{13}$/.test(written)) return new Date(Number(written)).toISOString();
	const [, date = '', minutes, seconds = ':00', fraction = '', zone = 'Z'] = MOMENT.exec(written) ?? [];
	const offset = zone.replace(/^([+-]\d{2})(\d{2})$/, '$1:$2').toUpperCase();
	const moment = new Date(`${date}T${minutes}${seconds}.${fraction.slice(0, 3).padEnd(3, '0')}${offset}`);
	return Number.isNaN(moment.getTime()) || !isCalendarDay(date) ? null : moment.toISOString();
}

/** JavaScript turns February 30 into March 2. */
function isCalendarDay(date: string): boolean {
	return new Date(`${date}T00:00:00Z`).toISOString().startsWith(date);
}
