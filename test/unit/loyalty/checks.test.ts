import fc from 'fast-check';

import type { LoyaltyEvent } from '../../../nodes/LoyaltyCalculator/events';
import { replay, type RulesInput } from '../../../nodes/LoyaltyCalculator/points';
import { ROUNDINGS } from '../../../nodes/LoyaltyCalculator/rules';
import { net, statement, sum, tick } from './support';

// The checks of domain/loyalty.md §5, on histories nobody thought of.

const HOUR = 3_600_000;
const START = Date.UTC(2026, 1, 20);
const iso = (hours: number) => new Date(START + hours * HOUR).toISOString();

const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null });

const expiry = fc.oneof(
	fc.constant({}),
	fc.record({ expiryDays: fc.integer({ min: 0, max: 20 }) }),
	fc.record({ expiryMonths: fc.integer({ min: 0, max: 2 }) }),
);

const tiers = fc.oneof<Array<fc.Arbitrary<NonNullable<RulesInput['tiers']>>>>(
	fc.constant([{ name: 'All', threshold: 0, rateBps: 500 }]),
	fc.constant([
		{ name: 'Low', threshold: 0, rateBps: 300 },
		{ name: 'Middle', threshold: 2, rateBps: 700 },
		{ name: 'High', threshold: 200_000, rateBps: 1100 },
	]),
);

const rulesOf = fc
	.record({
		tiers,
		rounding: fc.constantFrom(...ROUNDINGS),
		kopecksPerPoint: fc.constantFrom(1, 100, 333),
		tierBasis: fc.constantFrom('lifetime_spend' as const, 'visits' as const),
		window: fc.oneof(
			fc.constant({ type: 'lifetime' as const }),
			fc.record({ type: fc.constant('rolling_days' as const), days: fc.integer({ min: 0, max: 20 }) }),
		),
		minBaseKopecks: fc.constantFrom(0, 10_000),
		maxPointsPerRecord: maybe(fc.integer({ min: 0, max: 200 })),
		maxPointsPerDay: maybe(fc.integer({ min: 0, max: 200 })),
		pendingDays: fc.constantFrom(0, 0, 2, 10),
		negativeBalance: fc.constantFrom('allow' as const, 'clamp' as const),
		tz: fc.constantFrom('Europe/Moscow', 'America/New_York', 'Asia/Vladivostok', 'UTC'),
	})
	.chain((rules) => expiry.map((lifetime): RulesInput => ({ ...rules, ...lifetime })));

const statuses = fc.constantFrom('completed', 'completed', 'completed', 'pending', 'cancelled');
const cost = fc.oneof(fc.integer({ min: 0, max: 400_000 }), fc.constantFrom(9_999, 10_000, 199_999, 200_000));
const id = fc.constantFrom('1', '2', '3', '4', '5');

/** A record of which each visit has its hour, changed at some hour. */
const version = fc
	.record({
		id,
		status: statuses,
		cost,
		moved: fc.integer({ min: 0, max: 30 }),
		changed: fc.integer({ min: 0, max: 700 }),
		linked: fc.constantFrom(true, true, true, true, false),
	})
	.map(({ id: recordId, status, cost: costKopecks, moved, changed, linked }) => ({
		type: 'record' as const,
		record: {
			id: recordId,
			status,
			visitAt: iso(100 * Number(recordId) - 90 + moved),
			changedAt: iso(changed),
			visitId: recordId === '5' ? '4' : recordId,
			services: [{ id: 's', costKopecks }],
			userId: linked ? 'u' : null,
		},
	}));

const key = fc.constantFrom('a', 'b', 'c');
const spent = fc.integer({ min: 1, max: 300 });
const event = fc.oneof(
	{ weight: 6, arbitrary: version },
	{ weight: 3, arbitrary: fc.record({ type: fc.constant('burn' as const), key, points: spent }) },
	{ weight: 1, arbitrary: fc.record({ type: fc.constant('burn_cancel' as const), key }) },
	{
		weight: 1,
		arbitrary: fc.record({
			type: fc.constant('adjust' as const),
			key,
			points: fc.integer({ min: -200, max: 200 }).filter((points) => points !== 0),
			expiresAt: maybe(fc.integer({ min: 0, max: 900 }).map(iso)),
		}),
	},
	{ weight: 1, arbitrary: fc.constant({ type: 'tick' as const }) },
);

/** Events as they become known, up to 90 hours apart. */
const history = fc
	.array(fc.tuple(event, fc.integer({ min: 0, max: 90 })), { maxLength: 14 })
	.map((steps): LoyaltyEvent[] => {
		let hours = 0;
		return steps.map(([what, pause]) => ({ ...what, at: iso((hours += pause)) }));
	});

/** Without the second of two versions of one instant: these replace each other for as long as both are sent. */
function oneOfEachVersion<Event extends { type: string; record?: unknown }>(events: Event[]): Event[] {
	const seen = new Set<string>();
	return events.filter(({ record }) => {
		if (!record) return true;
		const { id: recordId, changedAt } = record as { id: string; changedAt: string };
		const name = `${recordId} ${changedAt}`;
		return !seen.has(name) && seen.add(name);
	});
}

const versionsOnly = fc.array(version, { maxLength: 12 });
const known = (versions: Array<{ type: 'record'; record: object }>, at = iso(2_000)) =>
	versions.map((what, index) => ({ ...what, at: new Date(Date.parse(at) + index).toISOString() }) as LoyaltyEvent);

describe('checks of domain/loyalty.md §5 (YL8)', () => {
	it('balance = sum of entries for 10,000 random histories, also when everything is replayed twice', () => {
		const seen: Record<string, number> = {
			reverse: 0, expire: 0, burn: 0, burn_cancel: 0, owed: 0, pending: 0, alreadyExpired: 0, writtenOff: 0,
		};
		const saw = (what: string) => (seen[what] = (seen[what] ?? 0) + 1);
		fc.assert(
			fc.property(rulesOf, history, (rules, events) => {
				for (const all of [events, [...events, ...events]]) {
					const result = replay(rules, all);
					expect(sum(result)).toBe(result.available + result.pending);
					if (rules.negativeBalance === 'clamp') expect(result.available).toBeGreaterThanOrEqual(0);
					expect(result.pending).toBeGreaterThanOrEqual(0);
					for (const { type, alreadyExpired, writtenOff } of result.ledger) {
						saw(type);
						if (alreadyExpired) saw('alreadyExpired');
						if (writtenOff) saw('writtenOff');
					}
					if (result.available < 0) saw('owed');
					if (result.pending > 0) saw('pending');
				}
			}),
			{ numRuns: 10_000 },
		);
		// A generator that never gets there would prove nothing.
		for (const times of Object.values(seen)) expect(times).toBeGreaterThan(50);
	});

	it('net of a source = its target, for every source', () => {
		fc.assert(
			fc.property(rulesOf, history, (rules, events) => {
				const result = replay(rules, events);
				const { bookings } = statement(rules, events);
				for (const { source, target } of bookings) expect(net(result, source)).toBe(target);
			}),
			{ numRuns: 400 },
		);
	});

	it('the newest version alone decides what a booking holds, whatever the order of arrival', () => {
		const oneRate: RulesInput = { tiers: [{ name: 'All', threshold: 0, rateBps: 700 }], minBaseKopecks: 10_000 };
		const distinct = versionsOnly.map(oneOfEachVersion);
		const shuffled = distinct.chain((all) =>
			fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })));
		fc.assert(
			fc.property(shuffled, ([first, second]) => {
				const results = [first, second].map((versions) => replay(oneRate, known(versions)));
				for (const recordId of ['1', '2', '3', '4', '5']) {
					const newest = first
						.filter(({ record }) => record.id === recordId)
						.sort((a, b) => Date.parse(a.record.changedAt) - Date.parse(b.record.changedAt))
						.at(-1)?.record;
					const base = newest?.services[0]?.costKopecks ?? 0;
					const holds = newest?.status === 'completed' && newest.userId !== null && base >= 10_000;
					const expected = holds ? Number((BigInt(base) * 700n) / 1_000_000n) : 0;
					for (const result of results) expect(net(result, recordId)).toBe(expected);
				}
			}),
			{ numRuns: 400 },
		);
	});

	it('with captured rates the order of arrival does not matter under any levels', () => {
		fc.assert(
			fc.property(rulesOf, versionsOnly, fc.infiniteStream(fc.nat()), (rules, versions, random) => {
				const captured = oneOfEachVersion(versions).map(({ record }) => ({
					type: 'record' as const,
					record: { ...record, rateBps: 100 * Number(record.id) },
				}));
				const other = captured
					.map((what) => ({ what, rank: random.next().value as number }))
					.sort((a, b) => a.rank - b.rank)
					.map(({ what }) => what);
				const uncapped = { ...rules, maxPointsPerDay: null };
				const [a, b] = [replay(uncapped, known(captured)), replay(uncapped, known(other))];
				for (const recordId of ['1', '2', '3', '4', '5']) expect(net(a, recordId)).toBe(net(b, recordId));
				expect([a.tier, a.tierMetric]).toEqual([b.tier, b.tierMetric]);
			}),
			{ numRuns: 400 },
		);
	});

	it('running a sync twice posts nothing', () => {
		fc.assert(
			fc.property(rulesOf, versionsOnly, (rules, versions) => {
				const distinct = oneOfEachVersion(versions);
				const [once, again] = [known(distinct), known(distinct, iso(2_001))];
				expect(replay(rules, [...once, ...again]).ledger).toEqual(replay(rules, [...once, tick(iso(2_001))]).ledger);
			}),
			{ numRuns: 400 },
		);
	});

	it('replaying everything posts nothing but burns that were refused before', () => {
		fc.assert(
			fc.property(rulesOf, history, (rules, events) => {
				const distinct = oneOfEachVersion(events);
				const once = replay(rules, distinct);
				const refused = once.ignored.filter(({ reason }) => reason === 'burn_rejected');
				fc.pre(refused.length === 0 && once.ignored.every(({ reason }) => reason !== 'unknown_burn'));
				expect(replay(rules, [...distinct, ...distinct]).ledger).toEqual(once.ledger);
			}),
			{ numRuns: 300 },
		);
	});

	it('no booking without a user holds points', () => {
		fc.assert(
			fc.property(rulesOf, history, (rules, events) => {
				const unlinked = events.map((what): LoyaltyEvent =>
					what.type === 'record' ? { ...what, record: { ...what.record, userId: null } } : what);
				const result = replay(rules, unlinked);
				expect(result.ledger.filter(({ type }) => type === 'earn')).toEqual([]);
				expect(result.tierMetric).toBe(0);
			}),
			{ numRuns: 300 },
		);
	});

	it('no two entries have one source and number; numbers have no gap', () => {
		fc.assert(
			fc.property(rulesOf, history, (rules, events) => {
				const { entries } = statement(rules, events);
				const bySource = new Map<string, number[]>();
				for (const { source, seq } of entries) {
					if (source !== undefined) bySource.set(source, [...(bySource.get(source) ?? []), seq ?? 0]);
				}
				for (const numbers of bySource.values()) expect(numbers).toEqual(numbers.map((_, index) => index + 1));
			}),
			{ numRuns: 300 },
		);
	});

	it('asking in between changes nothing: expiry and activation do not depend on when a job runs', () => {
		const moments = fc.array(fc.integer({ min: 0, max: 1_200 }), { maxLength: 8 });
		fc.assert(
			fc.property(rulesOf, history, moments, (rules, events, hours) => {
				const asked = hours.map((hour): LoyaltyEvent => ({ type: 'tick', at: iso(hour) }));
				const last: LoyaltyEvent = { type: 'tick', at: iso(3_000) };
				const withTicks = [...events, ...asked].sort((a, b) => Date.parse(String(a.at)) - Date.parse(String(b.at)));
				expect(replay(rules, [...withTicks, last])).toEqual(replay(rules, [...events, last]));
			}),
			{ numRuns: 400 },
		);
	});

	it('the same input gives the same result and is left alone', () => {
		fc.assert(
			fc.property(rulesOf, history, (rules, events) => {
				const before = JSON.stringify([rules, events]);
				const first = replay(rules, events);
				expect(replay(rules, events)).toEqual(first);
				expect(JSON.stringify([rules, events])).toBe(before);
			}),
			{ numRuns: 300 },
		);
	});

	it('all points and metrics are whole numbers, and never minus zero', () => {
		fc.assert(
			fc.property(rulesOf, history, (rules, events) => {
				const { ledger, available, pending, tierMetric } = replay(rules, events);
				for (const number of [available, pending, tierMetric, ...ledger.map(({ points }) => points)]) {
					expect(Number.isSafeInteger(number) && !Object.is(number, -0)).toBe(true);
				}
			}),
			{ numRuns: 300 },
		);
	});
});
