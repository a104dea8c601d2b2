import { type Findings, describe } from './issues';

/** A calendar date without a clock or time zone. */
export interface BirthDate {
	day: number;
	month: number;
	year: number;
	/** `YYYY-MM-DD`. */
	iso: string;
}

const FIRST_YEAR = 1900;
const DAY_FIRST = /^(?<day>\d{1,2})\.(?<month>\d{1,2})\.(?<year>\d{4})$/;
const ISO = /^(?<year>\d{4})-(?<month>\d{2})-(?<day>\d{2})(?<time>[T ].*)?$/;
const TIME = /^[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)? ?(?:Z|[+-]\d{2}(?::?\d{2})?)?$/;

/**
 * Reads a birth date as text. Going through `new Date()` would move it by a day across time zones, so the date part of
 * a date-time counts as written (warning `DATE_HAS_TIME`). Slashes and two-digit years are refused as ambiguous
 * (domain/chakras.md §4).
 *
 * @param today the last acceptable day, `YYYY-MM-DD`
 * @returns null when an issue was recorded
 */
export function readBirthDate(raw: unknown, today: string, path: string, findings: Findings): BirthDate | null {
	const text = typeof raw === 'string' ? raw.trim() : '';
	const groups = (DAY_FIRST.exec(text) ?? ISO.exec(text))?.groups;
	if (!groups || (groups.time !== undefined && !TIME.test(groups.time))) {
		findings.issue('BAD_DATE_FORMAT', path, `${describe(raw)} is not a date like 15.05.1990 or 1990-05-15`);
		return null;
	}
	const date = toDate(Number(groups.year), Number(groups.month), Number(groups.day));
	if (!exists(date)) {
		findings.issue('NO_SUCH_DATE', path, `There is no day ${date.day}.${date.month}.${date.year} in the calendar`);
		return null;
	}
	if (date.year < FIRST_YEAR) {
		findings.issue('DATE_TOO_OLD', path, `The year must be ${FIRST_YEAR} or later, not ${date.year}`);
		return null;
	}
	if (date.iso > today) {
		findings.issue('DATE_IN_FUTURE', path, `${date.iso} is later than today, ${today}`);
		return null;
	}
	if (groups.time) findings.warn('DATE_HAS_TIME', path, `The time was ignored, the date is ${date.iso}`);
	return date;
}

/**
 * The day a moment belongs to in UTC, or a given `YYYY-MM-DD` itself; null when it is neither.
 */
export function readToday(today: unknown): string | null {
	if (today instanceof Date) return Number.isNaN(today.getTime()) ? null : today.toISOString().slice(0, 10);
	return typeof today === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(today) ? today : null;
}

function toDate(year: number, month: number, day: number): BirthDate {
	const iso = [String(year).padStart(4, '0'), String(month).padStart(2, '0'), String(day).padStart(2, '0')].join('-');
	return { day, month, year, iso };
}

function exists({ day, month, year }: BirthDate): boolean {
	const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
	const lengths = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
	return day >= 1 && day <= (lengths[month - 1] ?? 0);
}
