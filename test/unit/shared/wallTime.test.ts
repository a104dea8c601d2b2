import fc from 'fast-check';

import { instantAt, isTimeZone, offsetAt, wallTime } from '../../../nodes/shared/wallTime';

const HOUR_MS = 3_600_000;
const at = (text: string) => Date.parse(`${text}Z`);
const written = (milliseconds: number) => new Date(milliseconds).toISOString().slice(0, 19);

describe('wallTime', () => {
	it.each([
		['2026-03-10T09:00:00', 'UTC', '2026-03-10T09:00:00'],
		['2026-03-10T09:00:00', 'Europe/Moscow', '2026-03-10T12:00:00'],
		['2026-03-10T09:00:00', 'Asia/Kolkata', '2026-03-10T14:30:00'],
		['2026-03-10T09:00:00', 'Asia/Kathmandu', '2026-03-10T14:45:00'],
		['2026-03-10T09:00:00', 'America/St_Johns', '2026-03-10T06:30:00'],
		['2026-12-31T20:59:59', 'Europe/Moscow', '2026-12-31T23:59:59'],
		['2026-12-31T21:00:00', 'Europe/Moscow', '2027-01-01T00:00:00'],
		['2027-01-01T04:59:59', 'America/New_York', '2026-12-31T23:59:59'],
		['2028-02-28T21:30:00', 'Europe/Moscow', '2028-02-29T00:30:00'],
		['2028-03-01T03:00:00', 'America/New_York', '2028-02-29T22:00:00'],
		['1969-12-31T23:59:59', 'Europe/Moscow', '1970-01-01T02:59:59'],
		['0100-01-01T00:00:00', 'UTC', '0100-01-01T00:00:00'],
	])('at %s in %s is %s', (instant, zone, wall) => {
		expect(written(wallTime(at(instant), zone))).toBe(wall);
	});

	it.each([
		['2026-03-10T09:00:00.999', '2026-03-10T12:00:00'],
		['1969-12-31T23:59:59.001', '1970-01-01T02:59:59'],
	])('at %s has whole seconds', (instant, wall) => {
		expect(wallTime(at(instant), 'Europe/Moscow')).toBe(at(wall));
	});

	it('keeps the clocks of a zone', () => {
		const made = jest.spyOn(Intl, 'DateTimeFormat');
		try {
			for (const instant of [0, 1, 2]) wallTime(instant, 'Indian/Chagos');
			expect(made).toHaveBeenCalledTimes(1);
		} finally {
			made.mockRestore();
		}
	});
});

describe('offsetAt', () => {
	it.each([
		['2026-07-01T00:00:00', 'UTC', 0],
		['2026-03-29T00:59:59.999', 'Europe/Berlin', 1],
		['2026-03-29T01:00:00', 'Europe/Berlin', 2],
		['2026-03-08T06:59:59.999', 'America/New_York', -5],
		['2026-03-08T07:00:00', 'America/New_York', -4],
		['2026-03-10T09:00:00.500', 'America/St_Johns', -2.5],
		['1969-12-31T23:59:59.500', 'Asia/Kolkata', 5.5],
	])('at %s in %s is %d hours', (instant, zone, hours) => {
		expect(offsetAt(at(instant), zone)).toBe(hours * HOUR_MS);
	});
});

describe('instantAt', () => {
	it.each([
		['a half-hour zone', '2026-03-10T14:30:00', 'Asia/Kolkata', '2026-03-10T09:00:00'],
		['a half-hour zone behind UTC', '2026-03-10T06:30:00', 'America/St_Johns', '2026-03-10T09:00:00'],
		['the first second of a year', '2027-01-01T00:00:00', 'Europe/Moscow', '2026-12-31T21:00:00'],
		['the last second of a year', '2026-12-31T23:59:59', 'America/New_York', '2027-01-01T04:59:59'],
		['a leap day', '2028-02-29T00:30:00', 'Europe/Moscow', '2028-02-28T21:30:00'],
		['a leap day behind UTC', '2028-02-29T22:00:00', 'America/New_York', '2028-03-01T03:00:00'],
		['the last second before a gap', '2026-03-29T01:59:59', 'Europe/Berlin', '2026-03-29T00:59:59'],
		['the first second after a gap', '2026-03-29T03:00:00', 'Europe/Berlin', '2026-03-29T01:00:00'],
		['an hour soon after a gap', '2026-03-08T03:30:00', 'America/New_York', '2026-03-08T07:30:00'],
		['the hour before what comes twice', '2026-10-25T01:59:59', 'Europe/Berlin', '2026-10-24T23:59:59'],
		['the hour after what comes twice', '2026-10-25T03:00:00', 'Europe/Berlin', '2026-10-25T02:00:00'],
		['an hour soon after what comes twice', '2026-11-01T02:30:00', 'America/New_York', '2026-11-01T07:30:00'],
	])('%s', (_name, wall, zone, instant) => {
		expect(written(instantAt(at(wall), zone))).toBe(instant);
	});

	it.each([
		['ahead of UTC', 'Europe/Berlin', '2026-03-29T02:30:00', '2026-03-29T03:30:00'],
		['at UTC in winter', 'Europe/London', '2026-03-29T01:30:00', '2026-03-29T02:30:00'],
		['by half an hour', 'Australia/Lord_Howe', '2026-10-04T02:15:00', '2026-10-04T02:45:00'],
		['behind UTC', 'America/New_York', '2026-03-08T02:30:00', '2026-03-08T01:30:00'],
		['at UTC in summer', 'Atlantic/Azores', '2026-03-29T00:30:00', '2026-03-28T23:30:00'],
	])('moves a time that is skipped, %s', (_name, zone, skipped, shown) => {
		expect(written(wallTime(instantAt(at(skipped), zone), zone))).toBe(shown);
	});

	it.each([
		['the second one ahead of UTC', 'Europe/Berlin', '2026-10-25T02:30:00', '2026-10-25T01:30:00'],
		['the second one at UTC in winter', 'Europe/London', '2026-10-25T01:30:00', '2026-10-25T01:30:00'],
		['the second one by half an hour', 'Australia/Lord_Howe', '2026-04-05T01:45:00', '2026-04-04T15:15:00'],
		['the first one behind UTC', 'America/New_York', '2026-11-01T01:30:00', '2026-11-01T05:30:00'],
		['the first one at UTC in summer', 'Atlantic/Azores', '2026-10-25T00:30:00', '2026-10-25T00:30:00'],
	])('takes of a time that comes twice %s', (_name, zone, twice, instant) => {
		expect(written(instantAt(at(twice), zone))).toBe(instant);
	});

	it('gives an instant that shows the time, wherever a clock ever shows it', () => {
		const zones = ['UTC', 'Europe/Moscow', 'America/Havana', 'Asia/Kathmandu', 'Pacific/Apia', 'Australia/Lord_Howe'];
		const seconds = fc.integer({ min: Date.UTC(1950, 0, 1) / 1000, max: Date.UTC(2040, 0, 1) / 1000 });
		fc.assert(
			fc.property(seconds, fc.constantFrom(...zones), (second, zone) => {
				const wall = wallTime(second * 1000, zone);
				expect(wallTime(instantAt(wall, zone), zone)).toBe(wall);
			}),
			{ numRuns: 500 },
		);
	});
});

describe('zones and instants there are not', () => {
	it('knows zones by name', () => {
		expect(['Europe/Moscow', 'UTC', 'Mars/Base', '', ' UTC'].map(isTimeZone)).toEqual([true, true, false, false, false]);
	});

	it.each([
		['wallTime', wallTime],
		['offsetAt', offsetAt],
		['instantAt', instantAt],
	])('%s refuses them', (_name, reckon) => {
		// Asked twice: a zone that failed must not be remembered.
		for (const zone of ['Mars/Base', 'Mars/Base', '']) {
			expect(() => reckon(0, zone)).toThrow(new RangeError(`Invalid time zone specified: ${zone}`));
		}
		for (const time of [Number.NaN, Infinity, 8.64e15 + 1]) {
			expect(() => reckon(time, 'UTC')).toThrow(new RangeError('Invalid time value'));
		}
	});
});
