import fc from 'fast-check';

import { award } from '../../../nodes/LoyaltyCalculator/earn';
import { replay, type RulesInput } from '../../../nodes/LoyaltyCalculator/points';
import { divide } from '../../../nodes/LoyaltyCalculator/rounding';
import { parseRules, ROUNDINGS } from '../../../nodes/LoyaltyCalculator/rules';
import { FIVE_PERCENT, issuesOf, lines, net, record, statement } from './support';

const day = (date: string, time = '13:00:00') => `${date}T${time}+03:00`;
const visitAt = day('2026-03-01');

/** Points of one booking. */
function earned(rules: RulesInput, cost: number | number[]): number {
	return replay(rules, [record('1', { cost, visitAt })]).available;
}

describe('points of a booking (YL5)', () => {
	it.each([
		['floor', [0, 0, 0, 1, 1, 1, 2]],
		['half_up', [0, 1, 1, 1, 2, 2, 2]],
		['half_even', [0, 0, 1, 1, 2, 2, 2]],
		['ceil', [1, 1, 1, 1, 2, 2, 2]],
	] as const)('rounds %s, exactly at the half too', (rounding, expected) => {
		// 5% of these is 0.00005, 0.5, 0.50005, 1, 1.5, 1.50005 and 2 points.
		const costs = [1, 1_000, 1_001, 2_000, 3_000, 3_001, 4_000];
		expect(costs.map((cost) => earned({ ...FIVE_PERCENT, rounding }, cost))).toEqual(expected);
	});

	it('is exact where floats are not', () => {
		const huge = 9_007_199_254_740_991;
		expect(earned({ tiers: [{ name: 'All', threshold: 0, rateBps: 9_999 }], kopecksPerPoint: 1 }, huge)).toBe(
			Number((BigInt(huge) * 9_999n) / 10_000n),
		);
		// 10,000,000,500.5 points less a hair: as a float the product already is one too many.
		const tiers = [{ name: 'All', threshold: 0, rateBps: 10_000 }];
		expect(earned({ tiers, rounding: 'half_up' }, 1_000_000_050_049)).toBe(10_000_000_500);
	});

	it('refuses amounts that cannot be counted exactly', () => {
		const visits = [1, 2].map((id) => record(String(id), { cost: Number.MAX_SAFE_INTEGER, visitAt }));
		expect(() => replay({}, visits)).toThrow(RangeError);
		expect(issuesOf({}, [record('1', { cost: Number.MAX_SAFE_INTEGER + 1, visitAt })])).toEqual([
			'events[0].record.services[0].costKopecks: must be a whole number from 0 up',
		]);
		expect(issuesOf({}, [record('1', { cost: 10.5, visitAt })])).toHaveLength(1);
	});

	it('divides as rational numbers do', () => {
		const operands = fc.tuple(fc.bigInt(0n, 10n ** 15n), fc.bigInt(1n, 10n ** 6n), fc.constantFrom(...ROUNDINGS));
		fc.assert(
			fc.property(operands, ([dividend, divisor, rounding]) => {
				const result = BigInt(divide(dividend, divisor, rounding));
				// Twice the error in units of the divisor: |error| below one unit, or at most half of one.
				const error = 2n * (result * divisor - dividend);
				if (rounding === 'floor') expect(error <= 0n && error > -2n * divisor).toBe(true);
				if (rounding === 'ceil') expect(error >= 0n && error < 2n * divisor).toBe(true);
				if (rounding === 'half_up') expect(error > -divisor && error <= divisor).toBe(true);
				if (rounding === 'half_even') {
					expect(error >= -divisor && error <= divisor).toBe(true);
					if (error === divisor || error === -divisor) expect(result % 2n).toBe(0n);
				}
			}),
		);
	});

	it('counts points in kopecks or in any other worth', () => {
		expect(earned({ ...FIVE_PERCENT, kopecksPerPoint: 1 }, 199_999)).toBe(9_999);
		expect(earned({ ...FIVE_PERCENT, kopecksPerPoint: 1_000 }, 199_999)).toBe(9);
	});

	it('gives from the minimum on, not below', () => {
		const rules = { ...FIVE_PERCENT, minBaseKopecks: 50_000 };
		expect([49_999, 50_000].map((cost) => earned(rules, cost))).toEqual([0, 25]);
	});

	it('counts goods only when told to, and never an excluded service', () => {
		const goods = [{ id: '7', costKopecks: 100_000 }];
		const services = [{ id: '7', costKopecks: 40_000 }, { id: '8', costKopecks: 20_000 }];
		const visit = record('1', { cost: 0, visitAt, services, extra: { goods } });
		const results = [{}, { goodsEarn: true }, { goodsEarn: true, excludedServiceIds: [7] }].map((rules) =>
			replay({ ...FIVE_PERCENT, ...rules }, [visit]));
		expect(results.map(({ available, tierMetric }) => [available, tierMetric])).toEqual([
			[30, 60_000], [80, 160_000], [60, 120_000],
		]);
	});

	it('takes a level of 0% for what it is', () => {
		expect(earned({ tiers: [{ name: 'None', threshold: 0, rateBps: 0 }] }, 100_000)).toBe(0);
	});

	it('leaves a booking worth nothing open for a later price', () => {
		const result = replay(FIVE_PERCENT, [
			record('1', { cost: 0, visitAt }),
			record('1', { cost: 200_000, visitAt, at: day('2026-03-02') }),
		]);
		expect(lines(result)).toEqual(['earn 100']);
	});

	it.each(['pending', 'confirmed', 'no_show', 'cancelled', 'unheard_of'])('gives nothing for status %s', (status) => {
		expect(replay({}, [record('1', { cost: 100_000, visitAt, status })])).toMatchObject({ ledger: [], tierMetric: 0 });
	});

	it('reads COMPLETED as completed', () => {
		expect(replay({}, [record('1', { cost: 100_000, visitAt, status: 'COMPLETED' })]).available).toBe(30);
	});

	it('posts nothing while the programme is off, but knows the level (YL7)', () => {
		const events = [
			record('1', { cost: 100_000, visitAt }),
			{ type: 'adjust' as const, key: 'gift', at: day('2026-03-02'), points: 10 },
			{ type: 'burn' as const, key: 'b', at: day('2026-03-02'), points: 10 },
		];
		expect(replay({ enabled: false }, events)).toEqual({
			ledger: [], available: 0, pending: 0, tier: 'Standard', tierMetric: 100_000,
			ignored: [{ reason: 'programme_off', id: 'gift' }, { reason: 'burn_rejected', id: 'b' }],
		});
	});

	it.each([
		['attended', false, 30], ['attended_and_paid', false, 0], ['attended_and_paid', true, 30],
		['attended_and_paid', undefined, 30],
	] as const)('with %s and paid %s gives %s points', (completion, paid, points) => {
		const result = replay({ completion }, [record('1', { cost: 100_000, visitAt, extra: { paid } })]);
		expect([result.available, result.tierMetric]).toEqual([points, points === 0 ? 0 : 100_000]);
	});

	it('gives nothing while no user is linked, and everything once one is', () => {
		const unlinked = record('1', { cost: 100_000, visitAt, extra: { userId: null } });
		const linked = record('1', {
			cost: 100_000, visitAt, at: day('2026-03-05'), changedAt: visitAt, extra: { userId: 'u' },
		});
		expect(replay({}, [unlinked])).toMatchObject({ ledger: [], tierMetric: 0 });
		expect(lines(replay({}, [unlinked, linked]))).toEqual(['earn 30']);
		expect(lines(replay({}, [linked, { ...unlinked, at: day('2026-03-06') }]))).toEqual(['earn 30', 'reverse -30']);
	});
});

describe('caps', () => {
	const visits = (first: number, second: number, third: string) => [
		record('1', { cost: first, visitAt: day('2026-03-01', '10:00:00') }),
		record('2', { cost: second, visitAt: day('2026-03-01', '23:30:00') }),
		record('3', { cost: 200_000, visitAt: third }),
	];

	it('caps a booking after the rounding', () => {
		expect(earned({ ...FIVE_PERCENT, rounding: 'ceil', maxPointsPerRecord: 100 }, 200_001)).toBe(100);
		expect(earned({ ...FIVE_PERCENT, maxPointsPerRecord: 0 }, 200_000)).toBe(0);
	});

	it('caps a local day: 23:30 and 00:30 in Moscow are two days, though one in UTC', () => {
		const rules = { ...FIVE_PERCENT, maxPointsPerDay: 120, tz: 'Europe/Moscow' };
		const result = replay(rules, visits(200_000, 200_000, day('2026-03-02', '00:30:00')));
		expect(lines(result)).toEqual(['earn 100', 'earn 20', 'earn 100']);
		expect(lines(replay({ ...rules, tz: 'UTC' }, visits(200_000, 200_000, day('2026-03-02', '00:30:00'))))).toEqual([
			'earn 100', 'earn 20',
		]);
	});

	it('follows the branch: 23:30 in Vladivostok is 13:30 UTC', () => {
		const rules = { ...FIVE_PERCENT, maxPointsPerDay: 120, tz: 'Asia/Vladivostok' };
		const late = [
			record('1', { cost: 200_000, visitAt: '2026-03-01T13:30:00Z' }),
			record('2', { cost: 200_000, visitAt: '2026-03-01T14:30:00Z' }),
		];
		expect(replay(rules, late).available).toBe(200);
		expect(replay({ ...rules, tz: 'Europe/Moscow' }, late).available).toBe(120);
	});

	it('does not spread a cap anew when another booking changes; the next change of this one does', () => {
		const rules = { ...FIVE_PERCENT, maxPointsPerDay: 120 };
		const first = visits(200_000, 200_000, day('2026-03-05'));
		const cancelled = record('1', {
			cost: 200_000, visitAt: day('2026-03-01', '10:00:00'), status: 'cancelled', at: day('2026-03-06'),
		});
		const touched = record('2', {
			cost: 200_000, visitAt: day('2026-03-01', '23:30:00'), at: day('2026-03-07'), extra: { comment: 'called' },
		});
		expect(net(replay(rules, [...first, cancelled]), '2')).toBe(20);
		expect(net(replay(rules, [...first, cancelled, touched]), '2')).toBe(100);
	});

	it('does not count a booking against itself', () => {
		const touched = record('1', {
			cost: 200_000, visitAt: day('2026-03-01', '10:00:00'), at: day('2026-03-06'), extra: { comment: 'called' },
		});
		const result = replay({ ...FIVE_PERCENT, maxPointsPerDay: 120 }, [...visits(200_000, 0, day('2026-03-05')), touched]);
		expect(net(result, '1')).toBe(100);
	});

	it('never goes below zero when the others of the day hold more than the cap', () => {
		const rules = { ...FIVE_PERCENT, maxPointsPerDay: 50 };
		const moved = record('3', { cost: 200_000, visitAt: day('2026-03-01', '12:00:00'), at: day('2026-03-08') });
		const result = replay(rules, [...visits(200_000, 0, day('2026-03-05')), moved]);
		expect(lines(result)).toEqual(['earn 50', 'earn 50', 'reverse -50']);
		const full = award({ baseKopecks: 200_000, rateBps: 500, otherPointsOfDay: 70 }, parseRules(rules));
		expect(full).toEqual({ points: 0, reason: 'day_cap' });
	});
});

describe('explanations (YL7)', () => {
	const because = (rules: RulesInput, version: Partial<Parameters<typeof record>[1]>) =>
		statement(rules, [record('1', { cost: 250_000, visitAt, ...version })]).explanations;

	it.each<[string, RulesInput, Partial<Parameters<typeof record>[1]>, string]>([
		['given', {}, {}, '75 points: 3% of 2500.00'],
		['given', { tiers: [{ name: 'A', threshold: 0, rateBps: 255 }] }, {}, '63 points: 2.55% of 2500.00'],
		['given', { tiers: [{ name: 'A', threshold: 0, rateBps: 1_050 }] }, {}, '262 points: 10.5% of 2500.00'],
		['record_cap', { maxPointsPerRecord: 50 }, {},
			'50 points: 3% of 2500.00 would be more, but a booking gives at most 50'],
		['day_cap', { maxPointsPerDay: 40, maxPointsPerRecord: 50 }, {},
			'40 points: 3% of 2500.00 would be more, but all bookings of a day give at most 40'],
		['rounds_to_zero', {}, { cost: 3_333 }, 'No points: 3% of 33.33 is less than one point'],
		['below_minimum', { minBaseKopecks: 300_000 }, {}, 'No points: 2500.00 is below the minimum of 3000.00'],
		['nothing_eligible', { excludedServiceIds: ['100'] }, {},
			'No points: nothing in the booking earns points, or it cost nothing'],
		['not_completed', {}, { status: 'no_show' }, 'No points: the booking is "no_show", not "completed"'],
		['not_paid', { completion: 'attended_and_paid' }, { extra: { paid: false } },
			'No points: the visit is not paid in full'],
		['no_user', {}, { extra: { userId: null } }, 'No points: no customer is linked to the booking'],
		['programme_off', { enabled: false }, {}, 'Nothing posted: the programme is off'],
	])('%s', (code, rules, version, message) => {
		expect(because(rules, version)).toEqual([{ id: '1', code, message }]);
	});

	it('names every ignored event and why', () => {
		const at = day('2026-03-02');
		const { explanations } = statement({ burnMaxPercentBps: 3_000 }, [
			record('1', { cost: 1_000_000, visitAt }),
			record('1', { cost: 1_000_000, visitAt }),
			record('1', { cost: 9, visitAt, changedAt: day('2026-02-01') }),
			{ type: 'burn', key: 'no bill', at, points: 10 },
			{ type: 'burn', key: 'small bill', at, points: 31, billKopecks: 10_300 },
			{ type: 'burn', key: 'too much', at, points: 301, billKopecks: 10_000_000 },
			{ type: 'burn', key: 'fits', at, points: 30, billKopecks: 10_300 },
			{ type: 'burn', key: 'fits', at, points: 30, billKopecks: 10_300 },
			{ type: 'burn_cancel', key: 'unheard of', at },
			{ type: 'burn_cancel', key: 'fits', at },
			{ type: 'burn_cancel', key: 'fits', at },
			{ type: 'adjust', key: 'gift', at, points: 1 },
			{ type: 'adjust', key: 'gift', at, points: 1 },
		]);
		expect(explanations.map(({ id, code }) => `${id}: ${code}`)).toEqual([
			'1: given', '1: duplicate', '1: stale', 'no bill: bill_unknown', 'small bill: above_share_of_bill',
			'too much: balance_too_low', 'fits: duplicate_burn', 'unheard of: unknown_burn', 'fits: duplicate',
			'gift: duplicate_adjust',
		]);
		for (const { message } of explanations.slice(1)) expect(message).toMatch(/^(Ignored|Refused): \w/);
	});
});
