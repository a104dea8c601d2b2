import { replay } from '../../../nodes/LoyaltyCalculator/points';
import { adjust, burn, FIVE_PERCENT, lines, net, record, T3, tick } from './support';

const day = (date: string, time = '13:00:00') => `${date}T${time}+03:00`;
const rate = (rateBps: number) => ({ tiers: [{ name: 'All', threshold: 0, rateBps }] });

describe('worked examples of domain/loyalty.md §4 (YL5, YL8)', () => {
	it('1: Bronze, one service of 2 500.00 roubles', () => {
		const result = replay({ tiers: T3 }, [record('1', { cost: 250_000, visitAt: day('2026-03-01') })]);
		expect(result).toEqual({
			ledger: [{ type: 'earn', points: 75, source: '1', rateBps: 300 }],
			available: 75,
			pending: 0,
			tier: 'Bronze',
			tierMetric: 250_000,
			ignored: [],
		});
	});

	it.each([['floor', 99], ['half_up', 100]] as const)('2: rate 500 on 199 999, %s', (rounding, points) => {
		const result = replay({ ...FIVE_PERCENT, rounding }, [record('1', { cost: 199_999, visitAt: day('2026-03-01') })]);
		expect(lines(result)).toEqual([`earn ${points}`]);
	});

	it('3: rate 500, lines 33 333 + 33 333 + 33 334 are rounded once', () => {
		const result = replay(FIVE_PERCENT, [record('1', { cost: [33_333, 33_333, 33_334], visitAt: day('2026-03-01') })]);
		expect(lines(result)).toEqual(['earn 50']);
	});

	it('4: the seed formula, 150 000 kopecks at 5%', () => {
		const result = replay(rate(500), [record('1', { cost: 150_000, visitAt: day('2026-03-01') })]);
		expect(lines(result)).toEqual(['earn 75']);
	});

	it('5: T3, the rate does not count the visit itself', () => {
		const result = replay({ tiers: T3 }, [
			record('A', { cost: 2_999_999, visitAt: day('2026-03-01') }),
			record('B', { cost: 100_000, visitAt: day('2026-03-02') }),
			record('C', { cost: 100_000, visitAt: day('2026-03-03') }),
		]);
		expect(lines(result)).toEqual(['earn 899', 'earn 30', 'earn 50']);
		expect(result).toMatchObject({ available: 979, tier: 'Silver', tierMetric: 3_199_999 });
	});

	it('6: rate 500, attendance 1, 0, 1', () => {
		const visitAt = day('2026-03-01');
		const result = replay(FIVE_PERCENT, [
			record('1', { cost: 200_000, visitAt }),
			record('1', { cost: 200_000, visitAt, status: 'pending', at: day('2026-03-02') }),
			record('1', { cost: 200_000, visitAt, at: day('2026-03-03') }),
		]);
		expect(lines(result)).toEqual(['earn 100', 'reverse -100', 'earn 100']);
		expect(result.available).toBe(100);
	});

	it('7: T3, an edited booking keeps the rate it was given', () => {
		const visitOfX = day('2026-03-02');
		const result = replay({ tiers: T3 }, [
			record('A', { cost: 4_000_000, visitAt: day('2026-03-01') }),
			record('X', { cost: 200_000, visitAt: visitOfX }),
			record('C', { cost: 7_000_000, visitAt: day('2026-03-03') }),
			record('X', { cost: 150_000, visitAt: visitOfX, at: day('2026-03-04') }),
		]);
		expect(lines(result)).toEqual(['earn 1200', 'earn 100', 'earn 3500', 'reverse -25']);
		expect(result).toMatchObject({ available: 4775, tier: 'Gold' });
	});

	it('8: points that were spent are owed, and the next award repays them', () => {
		const visitAt = day('2026-03-01');
		const events = [
			record('1', { cost: 200_000, visitAt }),
			burn('b', day('2026-03-02'), 80),
			record('1', { cost: 200_000, visitAt, status: 'cancelled', at: day('2026-03-03') }),
		];
		expect(replay(FIVE_PERCENT, events).available).toBe(-80);
		const result = replay(FIVE_PERCENT, [...events, record('2', { cost: 240_000, visitAt: day('2026-03-04') })]);
		expect(lines(result)).toEqual(['earn 100', 'burn -80', 'reverse -100', 'earn 120']);
		expect(result.available).toBe(40);
	});

	it('9: pending points cannot be spent before the exact moment they become active', () => {
		const rules = { ...FIVE_PERCENT, pendingDays: 3 };
		const events = [
			record('1', { cost: 200_000, visitAt: day('2026-03-02') }),
			burn('first', day('2026-03-03'), 50),
		];
		expect(replay(rules, events)).toMatchObject({
			available: 0, pending: 100, ignored: [{ reason: 'burn_rejected', id: 'first' }],
		});
		expect(replay(rules, [...events, burn('early', day('2026-03-05', '12:59:59.999'), 50)]).ignored).toHaveLength(2);
		const result = replay(rules, [...events, burn('second', day('2026-03-05'), 50)]);
		expect(lines(result)).toEqual(['earn 100', 'burn -50']);
		expect(result).toMatchObject({ available: 50, pending: 0 });
	});

	it('10: burning takes the lot that expires first; its rest dies at the local midnight after its last day', () => {
		const events = [
			record('1', { cost: 200_000, visitAt: day('2026-03-01') }),
			record('2', { cost: 100_000, visitAt: day('2026-03-20') }),
			burn('b', day('2026-03-25'), 30),
		];
		const rules = { ...FIVE_PERCENT, expiryDays: 30 };
		expect(replay(rules, [...events, tick(day('2026-03-31', '23:59:59'))]).available).toBe(120);
		const result = replay(rules, [...events, tick(day('2026-04-01', '00:00:00'))]);
		expect(lines(result)).toEqual(['earn 100', 'earn 50', 'burn -30', 'expire -70']);
		expect(result.ledger[3]).toEqual({ type: 'expire', points: -70, source: '1' });
		expect(result.available).toBe(50);
	});

	it('11: minimum, cap per booking and an excluded service', () => {
		const result = replay(
			{ ...FIVE_PERCENT, minBaseKopecks: 50_000, maxPointsPerRecord: 300, excludedServiceIds: ['9001'] },
			[
				record('R1', {
					cost: 0,
					visitAt: day('2026-03-01'),
					services: [{ id: '1', costKopecks: 49_999 }, { id: 9001, costKopecks: 500_000 }],
				}),
				record('R2', { cost: 1_000_000, visitAt: day('2026-03-02') }),
			],
		);
		expect(lines(result)).toEqual(['earn 300']);
		expect(net(result, 'R1')).toBe(0);
		expect(result).toMatchObject({ available: 300, tierMetric: 1_049_999 });
	});

	it('12: T3 over 365 rolling days', () => {
		const result = replay({ tiers: T3, window: { type: 'rolling_days', days: 365 } }, [
			record('1', { cost: 3_500_000, visitAt: day('2025-02-01') }),
			record('2', { cost: 200_000, visitAt: day('2025-06-01') }),
			record('3', { cost: 200_000, visitAt: day('2026-03-02') }),
		]);
		expect(lines(result)).toEqual(['earn 1050', 'earn 100', 'earn 60']);
		expect(result).toMatchObject({ available: 1210, tier: 'Bronze', tierMetric: 400_000 });
	});
});

test('the seed itself: without any rule, 3% of a completed booking, once', () => {
	const booking = record('1', { cost: 100_000, visitAt: day('2026-03-01') });
	const again = record('1', { cost: 100_000, visitAt: day('2026-03-01') });
	expect(lines(replay({}, [booking, again, tick(day('2036-01-01'))]))).toEqual(['earn 30']);
	expect(replay({}, [])).toEqual({ ledger: [], available: 0, pending: 0, tier: 'Standard', tierMetric: 0, ignored: [] });
	expect(replay({}, [adjust('a', day('2026-03-01'), 5)]).available).toBe(5);
});
