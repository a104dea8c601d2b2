import { replay, type RulesInput } from '../../../nodes/LoyaltyCalculator/points';
import { adjust, burn, cancel, FIVE_PERCENT, lines, net, record, statement, sum, tick } from './support';

const day = (date: string, time = '13:00:00') => `2026-${date}T${time}+03:00`;
/** A visit that gives 100 points. */
const visit = (id: string, date: string, extra: object = {}) =>
	record(id, { cost: 200_000, visitAt: day(date), ...extra });
const gone = (id: string, date: string, at: string) => visit(id, date, { status: 'cancelled', at: day(at) });
const EXPIRING: RulesInput = { ...FIVE_PERCENT, expiryDays: 30 };

describe('burn (YL8)', () => {
	it('takes all there is and not one more', () => {
		expect(replay(FIVE_PERCENT, [visit('1', '03-01'), burn('b', day('03-02'), 100)]).available).toBe(0);
		const result = replay(FIVE_PERCENT, [visit('1', '03-01'), burn('b', day('03-02'), 101)]);
		expect(result).toMatchObject({ available: 100, ignored: [{ reason: 'burn_rejected', id: 'b' }] });
	});

	it('happens once per key; a refused one may be tried again', () => {
		const early = burn('b', day('03-01', '12:00:00'), 60);
		const later = [burn('b', day('03-02'), 60), burn('b', day('03-03'), 60)];
		const result = replay(FIVE_PERCENT, [early, visit('1', '03-01'), ...later]);
		expect(lines(result)).toEqual(['earn 100', 'burn -60']);
		expect(result.ignored).toEqual([{ reason: 'burn_rejected', id: 'b' }, { reason: 'duplicate_burn', id: 'b' }]);
		expect(result.ledger[1]).toEqual({ type: 'burn', points: -60, key: 'b' });
	});

	it('takes the soonest expiry first, then the oldest, and lots without expiry last', () => {
		const events = [
			adjust('forever', day('02-01'), 10),
			adjust('later', day('02-02'), 10, day('12-01')),
			record('younger', { cost: 20_000, visitAt: day('03-02'), at: day('03-02') }),
			record('older', { cost: 20_000, visitAt: day('03-02', '09:00:00'), at: day('03-03') }),
		];
		const left = (points: number) => {
			const { expiringSoon } = statement(EXPIRING, [...events, burn('b', day('03-04'), points)], 1_000);
			return expiringSoon.lots.map(({ source, key, points: rest }) => `${source ?? key} ${rest}`);
		};
		expect(left(5)).toEqual(['younger 10', 'older 5', 'later 10']);
		expect(left(15)).toEqual(['younger 5', 'later 10']);
		expect(left(25)).toEqual(['later 5']);
		expect(left(35)).toEqual([]);
	});

	it('stays within the share of the bill', () => {
		const rules = { ...FIVE_PERCENT, burnMaxPercentBps: 3_000 };
		const tried = (points: number, bill?: number) =>
			replay(rules, [visit('1', '03-01'), burn('b', day('03-02'), points, bill)]).available;
		// 30% of 333.33 is 99.99 points' worth.
		expect([tried(99, 33_333), tried(100, 33_333), tried(1)]).toEqual([1, 100, 100]);
		for (const refused of [burn('b', day('03-02'), 1), burn('b', day('03-02'), 1, 99)]) {
			expect(replay(rules, [visit('1', '03-01'), refused]).ignored).toEqual([{ reason: 'burn_rejected', id: 'b' }]);
		}
	});

	it('counts the share of the bill in points of their own worth', () => {
		const rules = { ...FIVE_PERCENT, burnMaxPercentBps: 3_000, kopecksPerPoint: 1 };
		const tried = (points: number) =>
			replay(rules, [visit('1', '03-01'), burn('b', day('03-02'), points, 10_000)]).ignored.length;
		expect([tried(3_000), tried(3_001)]).toEqual([0, 1]);
	});

	it('finds nothing left at the very midnight a lot dies', () => {
		const at = (time: string) => replay(EXPIRING, [visit('1', '03-01'), burn('b', time, 100)]).ignored.length;
		expect([at(day('03-31', '23:59:59.999')), at(day('04-01', '00:00:00'))]).toEqual([0, 1]);
	});

	it('is given back into the same lots, once', () => {
		const events = [
			visit('1', '03-01'), visit('2', '03-10'), burn('b', day('03-15'), 150), cancel('b', day('03-16')),
			cancel('b', day('03-17')),
		];
		const result = replay(EXPIRING, [...events, tick(day('04-01'))]);
		expect(lines(result)).toEqual(['earn 100', 'earn 100', 'burn -150', 'burn_cancel 150', 'expire -100']);
		expect(result).toMatchObject({ available: 100, ignored: [{ reason: 'duplicate', id: 'b' }] });
	});

	it('is given back dead when the lot has passed its date', () => {
		const result = replay(EXPIRING, [
			visit('1', '03-01'), visit('2', '03-10'), burn('b', day('03-15'), 150), cancel('b', day('04-02')),
		]);
		expect(lines(result)).toEqual(['earn 100', 'earn 100', 'burn -150', 'burn_cancel 150', 'expire -100']);
		expect(result.available).toBe(100);
	});

	it('cannot be given back before it happened', () => {
		expect(replay({}, [cancel('b', day('03-01'))])).toMatchObject({
			ledger: [], ignored: [{ reason: 'unknown_burn', id: 'b' }],
		});
	});
});

describe('reversal (YL8)', () => {
	it('takes the own unspent points first, pending ones too', () => {
		const rules = { ...FIVE_PERCENT, pendingDays: 5 };
		const result = replay(rules, [visit('1', '03-01'), visit('2', '03-04'), gone('2', '03-04', '03-07')]);
		expect(result).toMatchObject({ available: 100, pending: 0 });
	});

	it('takes spent points from other lots, soonest expiry first', () => {
		const rules = { ...EXPIRING };
		const { expiringSoon, available } = statement(rules, [
			visit('1', '03-01'), burn('b', day('03-02'), 100),
			visit('3', '03-20'), visit('2', '03-10', { at: day('03-21') }),
			gone('1', '03-01', '03-22'),
		], 100);
		expect(available).toBe(100);
		expect(expiringSoon.lots.map(({ source }) => source)).toEqual(['3']);
	});

	it('leaves pending lots of other bookings alone until they become active', () => {
		const rules = { ...FIVE_PERCENT, pendingDays: 5 };
		const events = [
			visit('1', '03-01'), burn('b', day('03-06'), 80), visit('2', '03-07'), gone('1', '03-01', '03-08'),
		];
		expect(replay(rules, events)).toMatchObject({ available: -80, pending: 100 });
		expect(replay(rules, [...events, tick(day('03-12', '12:59:59'))])).toMatchObject({ available: -80, pending: 100 });
		expect(replay(rules, [...events, tick(day('03-12'))])).toMatchObject({ available: 20, pending: 0 });
	});

	it('repays debt when a lot becomes active, even if it has died before anybody asks', () => {
		const rules = { ...FIVE_PERCENT, pendingDays: 5, expiryDays: 30 };
		const result = replay(rules, [
			visit('1', '03-01'), burn('b', day('03-06'), 80), visit('2', '03-07'), gone('1', '03-01', '03-08'),
			tick(day('12-01')),
		]);
		expect(lines(result)).toEqual(['earn 100', 'burn -80', 'earn 100', 'reverse -100', 'expire -20']);
		expect(result.available).toBe(0);
	});

	it('does not take expired points twice', () => {
		const result = replay(EXPIRING, [visit('1', '03-01'), gone('1', '03-01', '05-01')]);
		expect(result.ledger.slice(1)).toEqual([
			{ type: 'expire', points: -100, source: '1' },
			{ type: 'reverse', points: 0, source: '1', alreadyExpired: 100 },
		]);
		expect(result.available).toBe(0);
		expect(net(result, '1')).toBe(0);
	});

	it('takes what was spent before what has expired', () => {
		const result = replay(EXPIRING, [
			visit('1', '03-01'), burn('b', day('03-02'), 30),
			visit('1', '03-01', { cost: 100_000, at: day('05-01') }),
			gone('1', '03-01', '05-02'),
		]);
		expect(result.ledger.slice(2)).toEqual([
			{ type: 'expire', points: -70, source: '1' },
			{ type: 'reverse', points: -30, source: '1', alreadyExpired: 20 },
			{ type: 'reverse', points: 0, source: '1', alreadyExpired: 50 },
		]);
		expect(result.available).toBe(-30);
	});

	it('takes what was spent and given back for unspent', () => {
		const result = replay(EXPIRING, [
			visit('1', '03-01'), burn('b', day('03-02'), 80), cancel('b', day('03-03')), gone('1', '03-01', '05-01'),
		]);
		expect(result.ledger.at(-1)).toEqual({ type: 'reverse', points: 0, source: '1', alreadyExpired: 100 });
		expect(result.available).toBe(0);
	});

	it('keeps count when a burn is given back after its award was taken', () => {
		const result = replay(EXPIRING, [
			visit('1', '03-01'), burn('b', day('03-02'), 80), visit('2', '03-20'), gone('1', '03-01', '03-21'),
			cancel('b', day('03-22')), visit('1', '03-01', { at: day('05-02') }), gone('1', '03-01', '05-03'),
		]);
		expect(lines(result).slice(5)).toEqual(['expire -80', 'expire -20', 'earn 100', 'expire -100', 'reverse 0']);
		expect(result.ledger.at(-1)).toMatchObject({ alreadyExpired: 100 });
		expect(result.available).toBe(0);
	});

	it('takes the own lot that expires first', () => {
		const { expiringSoon } = statement(EXPIRING, [
			visit('1', '03-20', { at: day('03-20') }),
			visit('1', '03-01', { cost: 300_000, at: day('03-21') }),
			visit('1', '03-01', { at: day('03-22') }),
		], 100);
		expect(expiringSoon.lots).toEqual([{ source: '1', points: 100, expiresAt: '2026-04-19T21:00:00.000Z' }]);
	});

	it('does not earn again what has expired', () => {
		const result = replay(EXPIRING, [
			visit('1', '03-01'), visit('1', '03-01', { at: day('05-01'), extra: { comment: 'called' } }),
		]);
		expect(lines(result)).toEqual(['earn 100', 'expire -100']);
	});

	it('stops at zero and writes the rest off under clamp', () => {
		const rules: RulesInput = { ...FIVE_PERCENT, negativeBalance: 'clamp' };
		const result = replay(rules, [
			visit('1', '03-01'), burn('b', day('03-02'), 80), visit('2', '03-03', { cost: 60_000 }),
			gone('1', '03-01', '03-04'), visit('3', '03-05'),
		]);
		expect(result.ledger[3]).toEqual({ type: 'reverse', points: -50, source: '1', writtenOff: 50 });
		expect(result.available).toBe(100);
		expect(net(result, '1')).toBe(0);
	});

	it('takes the rest of all lots of one booking', () => {
		const result = replay(FIVE_PERCENT, [
			visit('1', '03-01'), visit('1', '03-01', { cost: 300_000, at: day('03-02') }), burn('b', day('03-03'), 120),
			visit('1', '03-01', { cost: 40_000, at: day('03-04') }),
		]);
		expect(lines(result)).toEqual(['earn 100', 'earn 50', 'burn -120', 'reverse -130']);
		expect(result.available).toBe(-100);
	});

	it('leaves nothing over when the burn is given back afterwards', () => {
		const result = replay(FIVE_PERCENT, [
			visit('1', '03-01'), burn('b', day('03-02'), 80), gone('1', '03-01', '03-03'), cancel('b', day('03-04')),
		]);
		expect(result.available).toBe(0);
		const both = replay(FIVE_PERCENT, [
			visit('1', '03-01'), burn('b', day('03-02'), 80), visit('2', '03-03'), gone('1', '03-01', '03-04'),
			cancel('b', day('03-05')), gone('2', '03-03', '03-06'),
		]);
		expect(both.available).toBe(0);
		expect(sum(both)).toBe(0);
	});
});

describe('adjustment (YL8)', () => {
	it('is there at once, whatever the pending days, and for ever unless told', () => {
		const rules = { ...EXPIRING, pendingDays: 10 };
		const events = [adjust('a', day('03-01'), 40), adjust('b', day('03-01'), 2, day('03-02', '00:00:00'))];
		expect(replay(rules, events).available).toBe(42);
		const result = replay(rules, [...events, tick(day('03-02', '00:00:00'))]);
		expect(result.ledger[2]).toEqual({ type: 'expire', points: -2, key: 'b' });
		expect(replay(rules, [...events, tick('2099-01-01T00:00:00Z')]).available).toBe(40);
	});

	it('happens once per key', () => {
		const result = replay({}, [adjust('a', day('03-01'), 40), adjust('a', day('03-02'), 40)]);
		expect(result).toMatchObject({ available: 40, ignored: [{ reason: 'duplicate_adjust', id: 'a' }] });
	});

	it('takes points away, into debt or down to zero', () => {
		const events = [adjust('a', day('03-01'), 40), adjust('b', day('03-02'), -50), adjust('c', day('03-03'), 30)];
		expect(replay({}, events).available).toBe(20);
		const clamped = replay({ negativeBalance: 'clamp' }, events);
		expect(clamped.available).toBe(30);
		expect(clamped.ledger[1]).toEqual({ type: 'adjust', points: -40, key: 'b', writtenOff: 10 });
	});

	it('dies on arrival when its expiry has passed', () => {
		expect(lines(replay({}, [adjust('a', day('03-02'), 40, day('03-01'))]))).toEqual(['adjust 40', 'expire -40']);
	});
});

describe('time', () => {
	it('does not run backwards when an event is dated before the one that came first', () => {
		const result = replay(EXPIRING, [visit('1', '03-01'), tick(day('06-01')), burn('b', day('03-02'), 50)]);
		expect(lines(result)).toEqual(['earn 100', 'expire -100']);
		expect(result.ignored).toEqual([{ reason: 'burn_rejected', id: 'b' }]);
	});

	it('keeps points of a visit that is marked early pending until the visit', () => {
		const early = visit('1', '03-01', { at: day('03-01', '12:00:00') });
		expect(replay(FIVE_PERCENT, [early])).toMatchObject({ available: 0, pending: 100 });
		expect(replay(FIVE_PERCENT, [early, tick(day('03-01'))])).toMatchObject({ available: 100, pending: 0 });
	});

	it('lets points die that never became active', () => {
		const result = replay({ ...EXPIRING, pendingDays: 40 }, [visit('1', '03-01'), tick(day('05-01'))]);
		expect(lines(result)).toEqual(['earn 100', 'expire -100']);
		expect(result).toMatchObject({ available: 0, pending: 0 });
	});
});

describe('statement', () => {
	it('tells targets, entries, balance and what expires soon', () => {
		const events = [
			visit('1', '03-01'), visit('2', '03-10', { cost: 100_000 }), burn('b', day('03-15'), 30), tick(day('03-20')),
		];
		expect(statement(EXPIRING, events, 12)).toEqual({
			asOf: '2026-03-20T10:00:00.000Z',
			balance: 120,
			available: 120,
			pending: 0,
			tier: 'All',
			tierMetric: 300_000,
			tierRateBps: 500,
			bookings: [
				{
					source: '1', target: 100, rateBps: 500, baseKopecks: 200_000, visitAt: '2026-03-01T10:00:00.000Z',
					changedAt: '2026-03-01T10:00:00.000Z',
				},
				{
					source: '2', target: 50, rateBps: 500, baseKopecks: 100_000, visitAt: '2026-03-10T10:00:00.000Z',
					changedAt: '2026-03-10T10:00:00.000Z',
				},
			],
			entries: [
				{
					type: 'earn', source: '1', seq: 1, points: 100, rateBps: 500, baseKopecks: 200_000,
					at: '2026-03-01T10:00:00.000Z',
				},
				{
					type: 'earn', source: '2', seq: 1, points: 50, rateBps: 500, baseKopecks: 100_000,
					at: '2026-03-10T10:00:00.000Z',
				},
				{ type: 'burn', key: 'b', points: -30, at: '2026-03-15T10:00:00.000Z' },
			],
			expiringSoon: { points: 70, lots: [{ source: '1', points: 70, expiresAt: '2026-03-31T21:00:00.000Z' }] },
			explanations: [
				{ id: '1', code: 'given', message: '100 points: 5% of 2000.00' },
				{ id: '2', code: 'given', message: '50 points: 5% of 1000.00' },
			],
		});
		expect(statement(EXPIRING, events, 11).expiringSoon).toEqual({ points: 0, lots: [] });
		expect(statement(EXPIRING, events, 30).expiringSoon.lots.map(({ source }) => source)).toEqual(['1', '2']);
	});

	it('dates what expired between two events at its own midnight', () => {
		const { entries } = statement(EXPIRING, [visit('1', '03-01'), tick(day('12-01'))]);
		expect(entries[1]).toEqual({ type: 'expire', source: '1', points: -100, at: '2026-03-31T21:00:00.000Z', seq: 2 });
	});

	it('offers nothing for posting while the programme is off (YL7)', () => {
		expect(statement({ enabled: false }, [visit('1', '03-01')])).toMatchObject({
			bookings: [], entries: [], balance: 0, explanations: [{ id: '1', code: 'programme_off' }],
		});
	});

	it('has no rate for a booking that never was completed', () => {
		const { bookings } = statement({}, [visit('1', '03-01', { status: 'pending' })]);
		expect(bookings).toMatchObject([{ target: 0, rateBps: null }]);
	});
});
