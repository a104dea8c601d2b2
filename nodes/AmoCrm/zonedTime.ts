import { instantAt, wallTime } from '../shared/wallTime';

const HAS_ZONE = /(?:z|[+-]\d{2}:?\d{2})$/i;
const LOCAL = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?)?$/;
const DAY_FIRST = /^(\d{2})\.(\d{2})\.(\d{4})(?: (\d{2}):(\d{2})(?::(\d{2}))?)?$/;

/**
 * Unix seconds for a date field. A time without a zone is a time of the account; Unix seconds stay what they are.
 *
 * @param precision `day` for fields without a time of day: midnight of that day in the account's zone
 * @param zone IANA name; how times are read that clocks skip or show twice is told at {@link instantAt}
 * @returns null when the text is no time
 * @throws RangeError when the zone is needed and there is none by that name
 */
export function toUnixSeconds(text: string, precision: 'day' | 'second', zone: string): number | null {
	const typed = text.trim();
	const wall = readWallTime(typed);
	if (wall !== null) return (precision === 'day' ? startOfDay(wall, zone) : instantAt(wall, zone)) / 1000;
	const seconds = /^\d{9,11}$/.test(typed) ? Number(typed) : readInstant(typed);
	if (seconds === null || precision === 'second') return seconds;
	return startOfDay(wallTime(seconds * 1000, zone), zone) / 1000;
}

function readInstant(typed: string): number | null {
	if (!HAS_ZONE.test(typed) || !/^\d{4}-\d{2}-\d{2}[T ]/.test(typed)) return null;
	const instant = Date.parse(typed.replace(' ', 'T'));
	return Number.isNaN(instant) ? null : Math.floor(instant / 1000);
}

function readWallTime(typed: string): number | null {
	const dayFirst = DAY_FIRST.exec(typed);
	const parts = dayFirst ? [dayFirst[3], dayFirst[2], dayFirst[1], ...dayFirst.slice(4)] : LOCAL.exec(typed)?.slice(1);
	if (!parts) return null;
	const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.map((part) => Number(part ?? 0));
	const wall = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
	const isDay = wall.getUTCMonth() === month - 1 && wall.getUTCDate() === day;
	return isDay && hour < 24 && minute < 60 && second < 60 ? wall.getTime() : null;
}

/** Clocks that skip midnight, as in Chile, begin the day after the gap; an earlier instant would be another day. */
function startOfDay(wall: number, zone: string): number {
	const midnight = new Date(wall).setUTCHours(0, 0, 0, 0);
	const instant = instantAt(midnight, zone);
	return instant + Math.max(0, midnight - wallTime(instant, zone));
}
