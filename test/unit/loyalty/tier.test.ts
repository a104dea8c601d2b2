import { replay, type RulesInput } from '../../../nodes/LoyaltyCalculator/points';
import { lines, record, statement, T3, tick } from './support';

const day = (date: string, time = '13:00:00') => `${date}T${time}+03:00`;
const VISITS: RulesInput = {
	tierBasis: 'visits',
	tiers: [{ name: 'New', threshold: 0, rateBps: 100 }, { name: 'Regular', threshold: 2, rateBps: 1_000 }],
};

describe('tier (YL8)', () => {
	it.each([[2_999_999, 'Bronze'], [3_000_000, 'Silver'], [9_999_999, 'Silver'], [10_000_000, 'Gold']])(
		'%i kopecks make %s',
		(cost, tier) => {
			expect(replay({ tiers: T3 }, [record('1', { cost, visitAt: day('2026-03-01') })]).tier).toBe(tier);
		},
	);

	it('counts visits: two bookings of one visit once, a booking without a visit by itself', () => {
		const visit = { extra: { visitId: '1' } };
		const { tierMetric } = replay(VISITS, [
			record('2', { cost: 1, visitAt: day('2026-03-01'), ...visit }),
			record('3', { cost: 1, visitAt: day('2026-03-01'), ...visit }),
			record('1', { cost: 1, visitAt: day('2026-03-02') }),
			record('4', { cost: 1, visitAt: day('2026-03-03'), extra: { visitId: null } }),
			record('5', { cost: 1, visitAt: day('2026-03-03'), status: 'no_show' }),
		]);
		expect(tierMetric).toBe(3);
	});

	it('takes a free visit for a visit, a certificate for none', () => {
		const rules = { ...VISITS, excludedServiceIds: ['9001'] };
		const { tierMetric } = replay(rules, [
			record('free', { cost: 0, visitAt: day('2026-03-01') }),
			record('empty', { cost: [], visitAt: day('2026-03-02') }),
			record('certificate', { cost: 0, visitAt: day('2026-03-03'), services: [{ id: '9001', costKopecks: 500_000 }] }),
		]);
		expect(tierMetric).toBe(2);
	});

	it('gives the visit itself the rate reached before it', () => {
		const visits = ['01', '02', '03'].map((date) => record(date, { cost: 100_000, visitAt: day(`2026-03-${date}`) }));
		expect(lines(replay(VISITS, visits))).toEqual(['earn 10', 'earn 10', 'earn 100']);
	});

	it('includes both ends of a rolling window, and nothing after it', () => {
		const rules: RulesInput = { tiers: T3, window: { type: 'rolling_days', days: 10 } };
		const now = tick('2026-03-11T00:00:00Z');
		const at = (visitAt: string) => replay(rules, [record('1', { cost: 5, visitAt }), now]).tierMetric;
		expect([
			at('2026-02-28T23:59:59.999Z'), at('2026-03-01T00:00:00Z'), at('2026-03-11T00:00:00Z'),
		]).toEqual([0, 5, 5]);
		const future = record('1', { cost: 5, visitAt: '2026-03-11T00:00:00.001Z', at: '2026-03-10T00:00:00Z' });
		expect(replay(rules, [future, now]).tierMetric).toBe(0);
	});

	it('falls at once when a booking is taken back', () => {
		const visitAt = day('2026-03-01');
		const result = replay({ tiers: T3 }, [
			record('1', { cost: 3_000_000, visitAt }),
			record('1', { cost: 3_000_000, visitAt, status: 'cancelled', at: day('2026-03-02') }),
		]);
		expect(result).toMatchObject({ tier: 'Bronze', tierMetric: 0 });
	});

	it('captures the rate when the booking first is completed, not when it is booked', () => {
		const visitAt = day('2026-03-10');
		const result = replay({ tiers: T3 }, [
			record('X', { cost: 100_000, visitAt, status: 'pending', at: day('2026-03-01') }),
			record('A', { cost: 3_000_000, visitAt: day('2026-03-05') }),
			record('X', { cost: 100_000, visitAt }),
		]);
		expect(lines(result)).toEqual(['earn 900', 'earn 50']);
	});

	it('keeps the captured rate through 1, 0, 1', () => {
		const visitAt = day('2026-03-01');
		const result = replay({ tiers: T3 }, [
			record('X', { cost: 100_000, visitAt }),
			record('X', { cost: 100_000, visitAt, status: 'pending', at: day('2026-03-02') }),
			record('A', { cost: 10_000_000, visitAt: day('2026-03-03') }),
			record('X', { cost: 100_000, visitAt, at: day('2026-03-04') }),
		]);
		expect(result.ledger.map(({ rateBps }) => rateBps)).toEqual([300, undefined, 300, 300]);
	});

	it('uses the rate the ledger captured, so that new rules do not re-rate history', () => {
		const visit = record('1', { cost: 100_000, visitAt: day('2026-03-01'), extra: { rateBps: 450 } });
		expect(replay({ tiers: T3 }, [visit]).ledger).toEqual([{ type: 'earn', points: 45, source: '1', rateBps: 450 }]);
	});

	it('books a backfill by visit and record, in whatever order it was read', () => {
		const at = day('2026-04-01');
		const visits = [
			record('9', { cost: 3_000_000, visitAt: day('2026-03-01'), at }),
			record('10', { cost: 100_000, visitAt: day('2026-03-01'), at }),
			record('8', { cost: 100_000, visitAt: day('2026-03-02'), at }),
		];
		const expected = ['earn 900', 'earn 50', 'earn 50'];
		expect(lines(replay({ tiers: T3 }, visits))).toEqual(expected);
		expect(lines(replay({ tiers: T3 }, [...visits].reverse()))).toEqual(expected);
		const apart = [...visits.slice(2), tick(at), ...visits.slice(0, 2)];
		expect(lines(replay({ tiers: T3 }, apart))).toEqual(['earn 30', 'earn 900', 'earn 50']);
	});

	it('tells the rate of the next visit', () => {
		const visit = record('1', { cost: 3_000_000, visitAt: day('2026-03-01') });
		expect(statement({ tiers: T3 }, [visit])).toMatchObject({ tier: 'Silver', tierRateBps: 500, tierMetric: 3_000_000 });
	});
});

describe('versions of a booking (YL8)', () => {
	const visitAt = day('2026-03-01');
	const old = record('1', { cost: 100_000, visitAt, at: day('2026-03-02') });
	const edited = record('1', { cost: 200_000, visitAt, at: day('2026-03-03') });

	it('ignores an older version that arrives late', () => {
		const late = { ...old, at: day('2026-03-04') };
		const result = replay({}, [edited, late]);
		expect(lines(result)).toEqual(['earn 60']);
		expect(result.ignored).toEqual([{ reason: 'stale', id: '1' }]);
		expect(replay({}, [old, edited]).available).toBe(60);
	});

	it('compares instants, not texts', () => {
		const version = (cost: number, changedAt: string) => record('1', { cost, visitAt, changedAt, at: day('2026-03-05') });
		const earlier = version(100_000, '2026-03-03T12:00:00+0300');
		const later = version(200_000, '2026-03-03T10:00:00.000Z');
		for (const order of [[earlier, later], [later, earlier]]) expect(replay({}, order).available).toBe(60);
		const same = version(100_000, '2026-03-03T09:00:00Z');
		expect(replay({}, [earlier, same]).ignored).toEqual([{ reason: 'duplicate', id: '1' }]);
	});

	it('applies a different version of the same instant', () => {
		const corrected = record('1', { cost: 300_000, visitAt, at: day('2026-03-04'), changedAt: day('2026-03-02') });
		expect(lines(replay({}, [old, corrected]))).toEqual(['earn 30', 'earn 60']);
	});

	it('lets a deletion win over a version of the same instant, in either order', () => {
		const deleted = record('1', { cost: 100_000, visitAt, status: 'cancelled', at: day('2026-03-02') });
		expect(replay({}, [old, deleted]).available).toBe(0);
		expect(replay({}, [deleted, old])).toMatchObject({ available: 0, ignored: [{ reason: 'stale', id: '1' }] });
	});

	it('gives the points back when a deletion is undone', () => {
		const deleted = record('1', { cost: 100_000, visitAt, status: 'cancelled', at: day('2026-03-03') });
		const restored = record('1', { cost: 100_000, visitAt, at: day('2026-03-04') });
		expect(lines(replay({}, [old, deleted, restored]))).toEqual(['earn 30', 'reverse -30', 'earn 30']);
	});

	it('takes 1 and "1" for the same booking', () => {
		const numbered = { ...old, record: { ...old.record, id: 1, services: [{ id: 100, costKopecks: '100000' }] } };
		expect(replay({}, [old, numbered]).ignored).toEqual([{ reason: 'duplicate', id: '1' }]);
	});
});
