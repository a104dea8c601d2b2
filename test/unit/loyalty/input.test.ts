import { LoyaltyInputError, replay } from '../../../nodes/LoyaltyCalculator/points';
import { rulesFromFields, type RuleFields } from '../../../nodes/LoyaltyCalculator/parameters';
import { parseRules } from '../../../nodes/LoyaltyCalculator/rules';
import { issuesOf, record, T3, tick } from './support';

const tier = { name: 'A', threshold: 0, rateBps: 500 };

describe('rules that cannot be used', () => {
	it.each<[string, unknown, string]>([
		['no object', 5, 'rules: Expected object, received number'],
		['a key nobody knows', { tierbasis: 'visits' }, "rules: Unrecognized key(s) in object: 'tierbasis'"],
		['a key of a tier nobody knows', { tiers: [{ ...tier, rate: 5 }] },
			"rules.tiers[0]: Unrecognized key(s) in object: 'rate'"],
		['no tier', { tiers: [] }, 'rules.tiers: needs at least one tier'],
		['a first tier above 0', { tiers: [{ ...tier, threshold: 1 }] },
			'rules.tiers[0].threshold: must be 0 for the first tier'],
		['tiers out of order', { tiers: [...T3].reverse() },
			'rules.tiers[0].threshold: must be 0 for the first tier'],
		['equal thresholds', { tiers: [tier, { ...tier, name: 'B' }] },
			'rules.tiers[1].threshold: must be above that of the tier before it (0)'],
		['one name twice', { tiers: [tier, { ...tier, threshold: 5 }] }, 'rules.tiers[1].name: "A" is there twice'],
		['a nameless tier', { tiers: [{ ...tier, name: ' ' }] }, 'rules.tiers[0].name: must not be empty'],
		['a rate with decimals', { tiers: [{ ...tier, rateBps: 2.5 }] },
			'rules.tiers[0].rateBps: must be whole basis points from 0 to 10000 (100%); 5% is 500'],
		['a rate above 100%', { tiers: [{ ...tier, rateBps: 10_001 }] },
			'rules.tiers[0].rateBps: must be whole basis points from 0 to 10000 (100%); 5% is 500'],
		['a negative rate', { tiers: [{ ...tier, rateBps: -1 }] },
			'rules.tiers[0].rateBps: must be whole basis points from 0 to 10000 (100%); 5% is 500'],
		['points worth nothing', { kopecksPerPoint: 0 }, 'rules.kopecksPerPoint: must be a whole number above 0'],
		['a negative minimum', { minBaseKopecks: -1 }, 'rules.minBaseKopecks: must be a whole number from 0 up'],
		['a cap that is no number', { maxPointsPerDay: 'many' }, 'rules.maxPointsPerDay: must be a whole number from 0 up'],
		['not a number', { pendingDays: Number.NaN }, 'rules.pendingDays: must be a whole number from 0 to 36500'],
		['days without end', { expiryDays: 36_501 }, 'rules.expiryDays: must be a whole number from 0 to 36500'],
		['both expiries', { expiryDays: 30, expiryMonths: 1 },
			'rules.expiryMonths: cannot be combined with expiryDays: give one of them'],
		['no time zone', { tz: 'Mars/Olympus' }, 'rules.tz: must be a time zone name, such as Europe/Moscow'],
		['an empty time zone', { tz: '' }, 'rules.tz: must be a time zone name, such as Europe/Moscow'],
		['a rounding nobody knows', { rounding: 'up' },
			"rules.rounding: Invalid enum value. Expected 'floor' | 'half_up' | 'half_even' | 'ceil', received 'up'"],
		['a window without days', { window: { type: 'rolling_days' } },
			'rules.window.days: must be a whole number from 0 to 36500'],
		['a service that is no id', { excludedServiceIds: [null] },
			'rules.excludedServiceIds[0]: must be a text or a whole number'],
		['a switch that is no switch', { enabled: 'yes' }, 'rules.enabled: Expected boolean, received string'],
	])('%s', (_name, rules, issue) => {
		expect(issuesOf(rules, [])).toContain(issue);
	});

	it('are all named at once, ten at most', () => {
		const wrong = { tiers: Array.from({ length: 12 }, () => ({ ...tier, threshold: -1 })), tz: 'x', rounding: 'x' };
		expect(issuesOf(wrong, []).length).toBeGreaterThanOrEqual(14);
		expect(() => replay(wrong as never, [])).toThrow(/^rules\..*; and \d+ more$/);
		expect(() => replay({ tz: 'x' }, [])).toThrow(LoyaltyInputError);
		expect(() => replay({ tz: 'x' }, [])).toThrow('rules.tz: must be a time zone name, such as Europe/Moscow');
	});

	it('are complete when nothing is said: the seed (YL5)', () => {
		expect(parseRules({})).toEqual({
			enabled: true, completion: 'attended', kopecksPerPoint: 100, rounding: 'floor',
			tiers: [{ name: 'Standard', threshold: 0, rateBps: 300 }], tierBasis: 'lifetime_spend',
			window: { type: 'lifetime' }, minBaseKopecks: 0, maxPointsPerRecord: null, maxPointsPerDay: null,
			excludedServiceIds: new Set(), goodsEarn: false, pendingDays: 0, expiryDays: null, expiryMonths: null,
			negativeBalance: 'allow', burnMaxPercentBps: null, tz: 'Europe/Moscow',
		});
	});
});

describe('events that cannot be used', () => {
	const at = '2026-03-01T13:00:00+03:00';
	const good = record('1', { cost: 100_000, visitAt: at });
	const withRecord = (change: object) => ({ ...good, record: { ...good.record, ...change } });
	const TIME = 'must be a time with its offset, such as 2026-03-10T12:00:00+03:00, from 1970 on';

	it.each<[string, unknown, string]>([
		['nothing', undefined, 'events: must be a list of events'],
		['no list', { type: 'tick', at }, 'events: must be a list of events'],
		['no event', [null], 'events[0]: Expected object, received null'],
		['a type nobody knows', [{ type: 'gift', at }],
			"events[0].type: Invalid discriminator value. Expected 'record' | 'burn' | 'burn_cancel' | 'adjust' | 'tick'"],
		['no time', [{ type: 'tick' }], `events[0].at: ${TIME}`],
		['a time without its offset', [tick('2026-03-01T13:00:00')], `events[0].at: ${TIME}`],
		['a day', [tick('2026-03-01')], `events[0].at: ${TIME}`],
		['a day no calendar knows', [tick('2026-02-30T13:00:00Z')], `events[0].at: ${TIME}`],
		['a time before computers', [tick('0001-01-01T00:00:00Z')], `events[0].at: ${TIME}`],
		['a number for a time', [{ type: 'tick', at: 1_772_359_200_000 }], `events[0].at: ${TIME}`],
		['a broken date', [{ type: 'tick', at: new Date(Number.NaN) }], `events[0].at: ${TIME}`],
		['a record without a version', [good, withRecord({ changedAt: undefined })], `events[1].record.changedAt: ${TIME}`],
		['a record without services', [withRecord({ services: undefined })], 'events[0].record.services: Required'],
		['a negative cost', [withRecord({ services: [{ id: 1, costKopecks: -1 }] })],
			'events[0].record.services[0].costKopecks: must be a whole number from 0 up'],
		['roubles with decimals', [withRecord({ services: [{ id: 1, costKopecks: '19.99' }] })],
			'events[0].record.services[0].costKopecks: must be a whole number from 0 up'],
		['an empty cost', [withRecord({ services: [{ id: 1, costKopecks: '' }] })],
			'events[0].record.services[0].costKopecks: must be a whole number from 0 up'],
		['an empty id', [withRecord({ id: ' ' })], 'events[0].record.id: must be a text or a whole number'],
		['an id too large for a number', [withRecord({ id: 2 ** 53 })],
			'events[0].record.id: must be a text or a whole number'],
		['an empty status', [withRecord({ status: '' })], 'events[0].record.status: must not be empty'],
		['a rate above 100%', [withRecord({ rateBps: 50_000 })],
			'events[0].record.rateBps: must be whole basis points from 0 to 10000 (100%); 5% is 500'],
		['a burn of nothing', [{ type: 'burn', at, key: 'b', points: 0 }],
			'events[0].points: must be a whole number above 0'],
		['a burn of less than nothing', [{ type: 'burn', at, key: 'b', points: -5 }],
			'events[0].points: must be a whole number above 0'],
		['a burn without a key', [{ type: 'burn', at, points: 5 }], 'events[0].key: must be a text or a whole number'],
		['an adjustment of nothing', [{ type: 'adjust', at, key: 'a', points: 0 }],
			'events[0].points: must be a whole number, not 0'],
		['an expiry that is none', [{ type: 'adjust', at, key: 'a', points: 1, expiresAt: 'soon' }],
			`events[0].expiresAt: ${TIME}`],
		['two customers', [withRecord({ userId: 'u1' }), withRecord({ userId: null }), withRecord({ userId: 2 })],
			'events[2].record.userId: "2" is another customer than "u1": calculate each customer alone'],
	])('%s', (_name, events, issue) => {
		expect(issuesOf({}, events)).toEqual([issue]);
	});

	it.each([
		['2026-03-01T13:00:00+0300'], ['2026-03-01T10:00:00Z'], ['2026-03-01T10:00Z'],
		['2026-03-01T10:00:00.000000+00:00'],
	])('%s is a time', (text) => {
		expect(replay({}, [record('1', { cost: 100_000, visitAt: text })]).available).toBe(30);
	});

	it('takes dates and numbers as databases give them', () => {
		const row = {
			...withRecord({ id: 7, visitAt: new Date(at), changedAt: new Date(at) }),
			at: new Date(at),
			booking_id: 7,
		};
		row.record.services = [{ id: 1, costKopecks: '100000' }];
		expect(replay({}, [row]).ledger).toEqual([{ type: 'earn', points: 30, source: '7', rateBps: 300 }]);
	});

	it('keeps prototype keys out of the result', () => {
		const hostile = JSON.stringify([good]).replace('"id":"1"', '"id":"__proto__","__proto__":{"status":"x"}');
		const { ledger } = replay({}, JSON.parse(hostile) as never);
		expect(ledger).toEqual([{ type: 'earn', points: 30, source: '__proto__', rateBps: 300 }]);
	});
});

describe('the fields of the editor', () => {
	const fields: RuleFields = {
		enabled: true, tierBasis: 'lifetime_spend', window: 'lifetime', windowDays: 365, timezone: 'Europe/Moscow',
		levels: [
			{ name: 'Bronze', percent: 3, spentFrom: 0, visitsFrom: 0 },
			{ name: 'Silver', percent: '2.55', spentFrom: 30_000.1, visitsFrom: 7 },
		],
		moreRules: {},
	};
	const issues = (change: Partial<RuleFields>) => {
		try {
			parseRules(rulesFromFields({ ...fields, ...change }));
		} catch (error) {
			return (error as Error).message;
		}
		throw new Error('The fields were accepted');
	};

	it('become kopecks and basis points exactly', () => {
		expect(parseRules(rulesFromFields(fields))).toEqual(parseRules({
			tiers: [{ name: 'Bronze', threshold: 0, rateBps: 300 }, { name: 'Silver', threshold: 3_000_010, rateBps: 255 }],
		}));
	});

	it('take visits for thresholds when levels go by visits', () => {
		expect(rulesFromFields({ ...fields, tierBasis: 'visits', window: 'rolling_days' })).toMatchObject({
			tierBasis: 'visits', tiers: [{ threshold: 0 }, { threshold: 7 }], window: { type: 'rolling_days', days: 365 },
		});
	});

	it('pass every further rule on', () => {
		const moreRules: RuleFields['moreRules'] = {
			burnLimitPercent: 30, completion: 'attended_and_paid', excludedServiceIds: ' 9001, 9002 ,', expiryMonths: 6,
			goodsEarn: true, maxPointsPerDay: 500, maxPointsPerRecord: 300, minimumAmount: 499.99, negativeBalance: 'clamp',
			pendingDays: 14, pointValue: 0.5, rounding: 'half_even',
		};
		expect(parseRules(rulesFromFields({ ...fields, enabled: false, timezone: 'UTC', moreRules }))).toMatchObject({
			enabled: false, burnMaxPercentBps: 3_000, completion: 'attended_and_paid',
			excludedServiceIds: new Set(['9001', '9002']), expiryMonths: 6, goodsEarn: true, maxPointsPerDay: 500,
			maxPointsPerRecord: 300, minBaseKopecks: 49_999, negativeBalance: 'clamp', pendingDays: 14, kopecksPerPoint: 50,
			rounding: 'half_even', tz: 'UTC',
		});
	});

	it.each<[string, Partial<RuleFields>, string]>([
		['a percentage', { levels: [{ name: 'A', percent: 2.555 }] },
			'rules.tiers[0].rateBps: must be a percentage with at most two decimals, such as 5 or 2.5'],
		['more than 100%', { levels: [{ name: 'A', percent: 101 }] }, 'rules.tiers[0].rateBps: must be whole basis points'],
		['an amount', { levels: [{ name: 'A', percent: 5, spentFrom: '1 000' }] },
			'rules.tiers[0].threshold: must be an amount in roubles'],
		['the value of a point', { moreRules: { pointValue: 0 } }, 'rules.kopecksPerPoint: must be a whole number above 0'],
		['the minimum', { moreRules: { minimumAmount: -5 } }, 'rules.minBaseKopecks: must be an amount in roubles'],
		['the share of a bill', { moreRules: { burnLimitPercent: 'a third' } },
			'rules.burnMaxPercentBps: must be a percentage'],
		['the levels', { levels: [] }, 'rules.tiers: needs at least one tier'],
	])('name %s when it is wrong', (_name, change, message) => {
		expect(issues(change)).toContain(message);
	});
});
