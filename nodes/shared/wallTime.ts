/**
 * What clocks on the wall show in a time zone, and when they show it. Zones are IANA names such as `Europe/Moscow`,
 * checked with {@link isTimeZone}. Instants are milliseconds of the Unix epoch. A wall time is the same number for
 * what a clock shows, read as if it were UTC: 12:00 on the wall is `Date.UTC(…, 12)` in every zone. Years count from
 * 100 on: `Date.UTC` takes earlier ones for those of the 20th century.
 */

/** Making one takes far longer than using it. */
const clocks = new Map<string, Intl.DateTimeFormat>();

function clockOf(zone: string): Intl.DateTimeFormat {
	let clock = clocks.get(zone);
	if (!clock) {
		clock = new Intl.DateTimeFormat('en-US', {
			timeZone: zone,
			calendar: 'gregory',
			numberingSystem: 'latn',
			hourCycle: 'h23',
			year: 'numeric',
			month: 'numeric',
			day: 'numeric',
			hour: 'numeric',
			minute: 'numeric',
			second: 'numeric',
		});
		clocks.set(zone, clock);
	}
	return clock;
}

/** Whether the platform knows a time zone by this name. */
export function isTimeZone(zone: string): boolean {
	try {
		clockOf(zone);
		return true;
	} catch {
		return false;
	}
}

/**
 * The wall time at an instant, in whole seconds. Where clocks are set back, two instants have the same one.
 *
 * @throws RangeError when there is no such zone, or the instant is none that a `Date` can hold
 */
export function wallTime(instant: number, zone: string): number {
	// The text of a format costs half of what its parts cost.
	const [month = 0, day = 0, year = 0, hour = 0, minute = 0, second = 0] = clockOf(zone)
		.format(instant)
		.split(/\D+/)
		.map(Number);
	return Date.UTC(year, month - 1, day, hour, minute, second);
}

/**
 * How far the clocks of a zone are ahead of UTC at an instant, in milliseconds; negative where they are behind.
 *
 * @throws RangeError as {@link wallTime}
 */
export function offsetAt(instant: number, zone: string): number {
	return wallTime(instant, zone) - Math.floor(instant / 1000) * 1000;
}

/**
 * The instant at which the clocks of a zone show a wall time.
 *
 * A time that a change of clocks skips is moved by the length of the gap: on in zones ahead of UTC (02:30 in Berlin
 * becomes 03:30), back in zones behind it (02:30 in New York becomes 01:30). A time that comes twice is the second
 * one in zones ahead of UTC, the first one in zones behind it. Zones that are at UTC for a part of the year belong to
 * the side they are on in the other part.
 *
 * @throws RangeError as {@link wallTime}
 */
export function instantAt(wall: number, zone: string): number {
	const guess = wall - offsetAt(wall, zone);
	// Near a change of clocks the first guess may have used the other side's offset.
	return wall - offsetAt(guess, zone);
}
