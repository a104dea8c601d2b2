const MOSCOW_OFFSET_MINUTES = 180;

/**
 * Reads a time as Prodamus writes it: ISO 8601 with an offset (`2026-03-14T09:26:53+03:00`), or without a zone
 * (`2026-03-14 09:26`), which is taken as Moscow time, UTC+3 all year (providers/prodamus.md §5).
 *
 * @returns null when the text is no such time or names a day or hour that does not exist
 */
export function parseTime(text: string): Date | null {
	const match = /^(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?(Z|[+-]\d\d:?\d\d)?$/.exec(text.trim());
	if (!match) return null;
	const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
		.slice(1, 7)
		.map((part) => Number(part ?? 0));
	const wallClock = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
	// Date.UTC rolls 31 February over to March instead of refusing it.
	const isReal =
		wallClock.getUTCMonth() === month - 1 && wallClock.getUTCDate() === day && hour < 24 && minute < 60 && second < 60;
	const offset = offsetMinutes(match[7]);
	return isReal && offset !== null ? new Date(wallClock.getTime() - offset * 60_000) : null;
}

/** A moment as links and REST calls want it: Moscow wall clock, `yyyy-mm-dd hh:mm` (providers/prodamus.md §2, §5). */
export function formatMoscow(moment: Date): string {
	const wallClock = new Date(moment.getTime() + MOSCOW_OFFSET_MINUTES * 60_000);
	return wallClock.toISOString().slice(0, 16).replace('T', ' ');
}

/**
 * A time parameter as people and expressions write it, in the form Prodamus wants.
 *
 * @throws RangeError when it is no time
 */
export function moscowTime(text: string): string {
	const moment = parseTime(text);
	if (!moment) throw new RangeError('A time must look like 2026-05-01 12:00 (Moscow) or 2026-05-01T12:00:00+03:00');
	return formatMoscow(moment);
}

function offsetMinutes(zone: string | undefined): number | null {
	if (zone === undefined) return MOSCOW_OFFSET_MINUTES;
	if (zone === 'Z') return 0;
	const [hours, minutes] = [Number(zone.slice(1, 3)), Number(zone.slice(-2))];
	if (hours > 14 || minutes > 59) return null;
	return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes);
}
