const MINUTE_MS = 60_000;
/** No zone changes its offset within a quarter of an hour. */
const QUARTER_MS = 15 * MINUTE_MS;
const MOMENT = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(:\d{2})?(?:\.\d+)?(Z|[+-]\d{2}:?\d{2})?)?$/;

/**
 * How a moment without an offset is read, and whether an offset counts. Nobody knows what the real service does
 * (providers/yclients.md §2).
 */
export type MomentReading =
	/** Wall clock of the branch; an offset is honoured. */
	| 'branch'
	/** UTC; an offset is honoured. */
	| 'utc'
	/** Wall clock of the branch, even when an offset is given. */
	| 'offsetIgnored';

/** Moments as the branch writes them: its own wall clock, in two spellings with an offset and one without. */
export class BranchTime {
	private readonly formatter: Intl.DateTimeFormat;
	private readonly offsets = new Map<number, number>();

	/** @param zone IANA name */
	constructor(readonly zone: string) {
		this.formatter = new Intl.DateTimeFormat('en-US', {
			timeZone: zone, hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit',
			minute: '2-digit',
		});
	}

	/** Minutes east of UTC. */
	offsetMinutes(ms: number): number {
		const quarter = Math.floor(ms / QUARTER_MS);
		const known = this.offsets.get(quarter);
		if (known !== undefined) return known;
		const start = quarter * QUARTER_MS;
		const parts = new Map(this.formatter.formatToParts(start).map(({ type, value }) => [type, Number(value)]));
		const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
		const wall = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'));
		const offset = Math.round((wall - start) / MINUTE_MS);
		this.offsets.set(quarter, offset);
		return offset;
	}

	/** `2026-03-10 12:00:00` */
	wall(ms: number): string {
		return new Date(ms + this.offsetMinutes(ms) * MINUTE_MS).toISOString().slice(0, 19).replace('T', ' ');
	}

	/** `2026-03-10T12:00:00+03:00` */
	iso(ms: number): string {
		return `${this.wall(ms).replace(' ', 'T')}${offsetText(this.offsetMinutes(ms))}`;
	}

	/** `2026-03-10T12:00:00+0300` */
	stamp(ms: number): string {
		return this.iso(ms).replace(/:(\d{2})$/, '$1');
	}

	/** `2026-03-10` */
	day(ms: number): string {
		return this.wall(ms).slice(0, 10);
	}

	/** Midnight that begins the day; null for what is no day. */
	startOfDay(day: string, daysLater = 0): number | null {
		const midnight = /^\d{4}-\d{2}-\d{2}$/.test(day) ? readUtc(`${day}T00:00:00`) : null;
		if (midnight === null) return null;
		const later = new Date(midnight);
		later.setUTCDate(later.getUTCDate() + daysLater);
		return this.fromWall(later.getTime());
	}

	/** Reads `2026-03-10T12:00:00`, with a space instead of the `T`, with an offset, or only a day; null for others. */
	parse(text: string, reading: MomentReading = 'branch'): number | null {
		const [, day, time = '00:00', seconds = ':00', offset] = MOMENT.exec(text) ?? [];
		const wall = readUtc(`${day}T${time}${seconds}`);
		if (wall === null) return null;
		if (offset !== undefined && reading !== 'offsetIgnored') return Date.parse(`${day}T${time}${seconds}${offset}`);
		return reading === 'utc' ? wall : this.fromWall(wall);
	}

	/** @param wall the wall clock, as if it were UTC */
	private fromWall(wall: number): number {
		const guess = wall - this.offsetMinutes(wall) * MINUTE_MS;
		return wall - this.offsetMinutes(guess) * MINUTE_MS;
	}
}

/** Null for a moment that no calendar has, such as 31 February. */
function readUtc(text: string): number | null {
	const moment = new Date(`${text}Z`);
	return !Number.isNaN(moment.getTime()) && moment.toISOString().startsWith(text) ? moment.getTime() : null;
}

function offsetText(minutes: number): string {
	const two = (value: number) => String(value).padStart(2, '0');
	const size = Math.abs(minutes);
	return `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}
