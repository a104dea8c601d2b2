import fc from 'fast-check';

import { addMonths, localDay, startOfDay } from '../../../nodes/LoyaltyCalculator/calendar';
import { replay, type RulesInput } from '../../../nodes/LoyaltyCalculator/points';
import { adjust, FIVE_PERCENT, record, statement } from './support';

/** When the points of one visit die. */
function death(rules: RulesInput, visitAt: string): string | undefined {
	const visit = record('1', { cost: 200_000, visitAt });
	return statement({ ...FIVE_PERCENT, ...rules }, [visit], 36_500).expiringSoon.lots[0]?.expiresAt;
}

describe('expiry (YL8)', () => {
	it.each<[string, RulesInput, string, string]>([
		['day + 0 is the end of the day itself', { expiryDays: 0 }, '2026-03-01T13:00:00+03:00', '2026-03-01T21:00:00.000Z'],
		['28 February is the last day in 2027', { expiryDays: 1, tz: 'UTC' }, '2027-02-27T12:00:00Z',
			'2027-03-01T00:00:00.000Z'],
		['29 February is the last day in 2028', { expiryDays: 1, tz: 'UTC' }, '2028-02-28T12:00:00Z',
			'2028-03-01T00:00:00.000Z'],
		['31 January + 1 month in 2027', { expiryMonths: 1, tz: 'UTC' }, '2027-01-31T12:00:00Z', '2027-03-01T00:00:00.000Z'],
		['31 January + 1 month in 2028', { expiryMonths: 1, tz: 'UTC' }, '2028-01-31T12:00:00Z', '2028-03-01T00:00:00.000Z'],
		['29 February + 12 months', { expiryMonths: 12, tz: 'UTC' }, '2028-02-29T12:00:00Z', '2029-03-01T00:00:00.000Z'],
		['28 February + 12 months', { expiryMonths: 12, tz: 'UTC' }, '2027-02-28T12:00:00Z', '2028-02-29T00:00:00.000Z'],
		['30 November + 3 months', { expiryMonths: 3, tz: 'UTC' }, '2026-11-30T12:00:00Z', '2027-03-01T00:00:00.000Z'],
		['months + 0', { expiryMonths: 0, tz: 'UTC' }, '2026-11-30T12:00:00Z', '2026-12-01T00:00:00.000Z'],
		['Vladivostok, 23:30 local', { expiryDays: 1, tz: 'Asia/Vladivostok' }, '2026-02-27T13:30:00Z',
			'2026-02-28T14:00:00.000Z'],
		['Vladivostok, 00:30 local', { expiryDays: 1, tz: 'Asia/Vladivostok' }, '2026-02-27T14:30:00Z',
			'2026-03-01T14:00:00.000Z'],
		['Vladivostok, leap day', { expiryDays: 1, tz: 'Asia/Vladivostok' }, '2028-02-28T13:30:00Z',
			'2028-02-29T14:00:00.000Z'],
		['New York, into summer time', { expiryDays: 1, tz: 'America/New_York' }, '2026-03-07T17:00:00Z',
			'2026-03-09T04:00:00.000Z'],
		['New York, the day before', { expiryDays: 0, tz: 'America/New_York' }, '2026-03-07T17:00:00Z',
			'2026-03-08T05:00:00.000Z'],
		['New York, out of summer time', { expiryDays: 1, tz: 'America/New_York' }, '2026-10-31T16:00:00Z',
			'2026-11-02T05:00:00.000Z'],
		['Beirut, where midnight is skipped', { expiryDays: 0, tz: 'Asia/Beirut' }, '2024-03-30T12:00:00Z',
			'2024-03-30T22:00:00.000Z'],
		['Havana, where midnight comes twice', { expiryDays: 0, tz: 'America/Havana' }, '2024-11-02T12:00:00Z',
			'2024-11-03T04:00:00.000Z'],
		['Kathmandu, a quarter of an hour off', { expiryDays: 0, tz: 'Asia/Kathmandu' }, '2026-03-01T18:14:59Z',
			'2026-03-01T18:15:00.000Z'],
		['Kathmandu, a second later', { expiryDays: 0, tz: 'Asia/Kathmandu' }, '2026-03-01T18:15:00Z',
			'2026-03-02T18:15:00.000Z'],
	])('%s', (_name, rules, visitAt, expected) => {
		expect(death(rules, visitAt)).toBe(expected);
	});

	it('never happens unless told', () => {
		expect(death({}, '2026-03-01T13:00:00+03:00')).toBeUndefined();
	});

	it.each([['23:59:59.999', 100], ['24:00', 0]])('at %s of the last day %s points are left', (time, left) => {
		const moment = time === '24:00' ? '2026-03-02T00:00:00+03:00' : `2026-03-01T${time}+03:00`;
		const visit = record('1', { cost: 200_000, visitAt: '2026-03-01T00:00:00+03:00' });
		const events = [visit, { type: 'tick' as const, at: moment }];
		expect(replay({ ...FIVE_PERCENT, expiryDays: 0 }, events).available).toBe(left);
	});

	it('counts from the visit, not from when it became known', () => {
		const late = record('1', { cost: 200_000, visitAt: '2026-03-01T13:00:00+03:00', at: '2026-03-20T13:00:00+03:00' });
		const [lot] = statement({ ...FIVE_PERCENT, expiryDays: 30 }, [late]).expiringSoon.lots;
		expect(lot?.expiresAt).toBe('2026-03-31T21:00:00.000Z');
	});

	it('lists lots by expiry', () => {
		const { lots } = statement({}, [
			adjust('b', '2026-03-01T00:00:00Z', 2, '2026-03-03T00:00:00Z'),
			adjust('a', '2026-03-01T00:00:00Z', 1, '2026-03-02T00:00:00Z'),
		]).expiringSoon;
		expect(lots.map(({ key }) => key)).toEqual(['a', 'b']);
	});
});

describe('local days', () => {
	const zones = [
		'UTC', 'Europe/Moscow', 'America/New_York', 'America/Havana', 'Asia/Beirut', 'Pacific/Apia', 'Asia/Vladivostok',
	];
	const moment = fc.integer({ min: Date.UTC(2000, 0, 1), max: Date.UTC(2035, 0, 1) });

	it('begin with a moment of that day, and the moment before belongs to another', () => {
		fc.assert(
			fc.property(moment, fc.constantFrom(...zones), (instant, zone) => {
				const day = localDay(instant, zone);
				const start = startOfDay(day, zone);
				expect(start).toBeLessThanOrEqual(instant);
				expect(localDay(start, zone)).toEqual(day);
				expect(localDay(start - 1, zone)).not.toEqual(day);
			}),
			{ numRuns: 500 },
		);
	});

	it('stay in the month that was meant', () => {
		fc.assert(
			fc.property(moment, fc.integer({ min: 0, max: 60 }), (instant, months) => {
				const from = localDay(instant, 'UTC');
				const to = addMonths(from, months);
				const wanted = from.year * 12 + from.month + months;
				expect(to.year * 12 + to.month).toBe(wanted);
				expect(to.day).toBe(Math.min(from.day, new Date(Date.UTC(from.year, from.month + months, 0)).getUTCDate()));
			}),
			{ numRuns: 300 },
		);
	});
});
