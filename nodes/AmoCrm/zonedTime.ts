const HAS_ZONE = /(?:z|[+-]\d{2}:?\d{2})$/i;
const LOCAL = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?)?$/;
const DAY_FIRST = /^(\d{2})\.(\d{2})\.(\d{4})(?: (\d{2}):(\d{2})(?::(\d{2}))?)?$/;

/**
 * Unix seconds for a date field. A time without a zone is a time of the account; Unix seconds stay what they are.
 *
 * @param precision `day` for fields without a time of day: midnight of that day in the account's zone
 * @returns null when the text is no time
 */
export function toUnixSeconds(text: string, precision: 'day' | 'second', zone: string): number | null {
	const typed = text.trim();
	const seconds = /^\d{9,11}$/.test(typed) ? Number(typed) : parse(typed, zone);
	if (seconds === null || precision === 'second') return seconds;
	const { year, month, day } = wallClock(seconds, zone);
	return instantOf(Date.UTC(year, month - 1, day) / 1000, zone);
}

function parse(typed: string, zone: string): number | null {
	if (HAS_ZONE.test(typed) && /^\d{4}-\d{2}-\d{2}[T ]/.test(typed)) {
		const instant = Date.parse(typed.replace(' ', 'T'));
		return Number.isNaN(instant) ? null : Math.floor(instant / 1000);
	}
	const dayFirst = DAY_FIRST.exec(typed);
	const parts = dayFirst ? [dayFirst[3], dayFirst[2], dayFirst[1], ...dayFirst.slice(4)] : LOCAL.exec(typed)?.slice(1);
	if (!parts) return null;
	const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.map((part) => Number(part ?? 0));
	const wall = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
	const isDay = wall.getUTCMonth() === month - 1 && wall.getUTCDate() === day;
	return isDay && hour < 24 && minute < 60 && second < 60 ? instantOf(wall.getTime() / 1000, zone) : null;
}

/** The instant at which the zone's clocks show this wall time, given as if it were UTC. */
function instantOf(wallSeconds: number, zone: string): number {
	const guess = wallSeconds - offsetSeconds(wallSeconds, zone);
	// Near a change of clocks the first guess may have used the other side's offset.
	return wallSeconds - offsetSeconds(guess, zone);
}

function offsetSeconds(instant: number, zone: string): number {
	const { year, month, day, hour, minute, second } = wallClock(instant, zone);
	return Date.UTC(year, month - 1, day, hour, minute, second) / 1000 - instant;
}

type Clock = Record<'year' | 'month' | 'day' | 'hour' | 'minute' | 'second', number>;

function wallClock(instant: number, zone: string): Clock {
	const clock: Clock = { year: 0, month: 0, day: 0, hour: 0, minute: 0, second: 0 };
	for (const { type, value } of formatFor(zone).formatToParts(instant * 1000)) {
		if (type in clock) clock[type as keyof Clock] = Number(value);
	}
	return clock;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatFor(zone: string): Intl.DateTimeFormat {
	let format = formats.get(zone);
	if (!format) {
		format = new Intl.DateTimeFormat('en-GB', {
			timeZone: zone,
			hourCycle: 'h23',
			year: 'numeric',
			month: 'numeric',
			day: 'numeric',
			hour: 'numeric',
			minute: 'numeric',
			second: 'numeric',
		});
		formats.set(zone, format);
	}
	return format;
}
