import { instantAt, offsetAt } from '../shared/wallTime';

const WITH_OFFSET = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)(Z|[+-]\d\d:?\d\d)$/i;
const WALL_CLOCK = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d)?)$/;

/**
 * The instant of a time with an offset, as UTC in ISO; YCLIENTS writes some offsets without a colon.
 *
 * @returns null when the text is no such time
 */
export function instantOf(text: string | null): string | null {
	const [, date, time, offset] = WITH_OFFSET.exec(text ?? '') ?? [];
	if (date === undefined || time === undefined || offset === undefined) return null;
	const zone = offset.toUpperCase() === 'Z' ? 'Z' : `${offset.slice(0, 3)}:${offset.slice(-2)}`;
	return toIso(Date.parse(`${date}T${time}${zone}`));
}

/**
 * The instant at which the clocks of a zone show a time such as `2026-03-10 12:00:00`, as UTC in ISO.
 *
 * @param zone IANA name
 * @returns null when the text is no such time
 */
export function wallClockInstant(text: string | null, zone: string): string | null {
	const [, date, time] = WALL_CLOCK.exec(text ?? '') ?? [];
	if (date === undefined || time === undefined) return null;
	const wall = Date.parse(`${date}T${time}Z`);
	if (Number.isNaN(wall)) return null;
	return toIso(instantAt(wall, zone));
}

/** An instant as the clocks of a zone show it, with the offset behind it: `2026-03-10T12:00:00+03:00`. */
export function inZone(instant: number, zone: string): string {
	const offset = offsetAt(instant, zone);
	const minutes = Math.abs(Math.round(offset / 60_000));
	const twoDigits = (value: number) => String(value).padStart(2, '0');
	const wall = new Date(instant + offset).toISOString().slice(0, 19);
	return `${wall}${offset < 0 ? '-' : '+'}${twoDigits(Math.floor(minutes / 60))}:${twoDigits(minutes % 60)}`;
}

function toIso(instant: number): string | null {
	return Number.isNaN(instant) ? null : new Date(instant).toISOString();
}
