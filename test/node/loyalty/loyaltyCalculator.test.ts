import { NodeOperationError, type INodeExecutionData, type INodeParameters } from 'n8n-workflow';

import { LoyaltyCalculator } from '../../../nodes/LoyaltyCalculator/LoyaltyCalculator.node';
import { runNode } from '../../support/nodeContext';

const NOW = '2026-03-20T12:00:00+03:00';

function visit(id: string, day: string, costKopecks = 200_000) {
	const at = `2026-03-${day}T13:00:00+03:00`;
	const services = [{ id: 1, costKopecks }];
	return { type: 'record', at, record: { id, status: 'completed', visitAt: at, changedAt: at, services } };
}

async function run(parameters: object | object[], continueOnFail = false): Promise<INodeExecutionData[]> {
	const all = [parameters].flat().map((given) => ({ asOf: NOW, ...given })) as INodeParameters[];
	const items = all.map(() => ({ json: { secret: 'not passed on' } }));
	const [output = []] = await runNode({ node: new LoyaltyCalculator(), parameters: all, items, continueOnFail });
	return output;
}

async function runOne(parameters: object) {
	const [item] = await run(parameters);
	return item?.json;
}

describe('Loyalty Calculator', () => {
	it('gives one item per customer (YL5, YL8)', async () => {
		const output = await run([
			{ customerId: 'u1', events: [visit('1', '01'), visit('2', '02', 100_000)] },
			{ customerId: 'u2', events: [] },
		]);
		expect(output.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 1 }]);
		expect(output[0]?.json).toMatchObject({
			customerId: 'u1', asOf: '2026-03-20T09:00:00.000Z', balance: 90, available: 90, pending: 0, tier: 'Standard',
			tierMetric: 300_000, tierRateBps: 300, bookings: [{ source: '1', target: 60 }, { source: '2', target: 30 }],
			entries: [{ type: 'earn', points: 60, seq: 1 }, { type: 'earn', points: 30 }],
			explanations: [{ id: '1', code: 'given' }, { id: '2', code: 'given' }],
		});
		expect(output[1]?.json).toEqual({
			customerId: 'u2', asOf: '2026-03-20T09:00:00.000Z', balance: 0, available: 0, pending: 0, tier: 'Standard',
			tierMetric: 0, tierRateBps: 300, bookings: [], entries: [], expiringSoon: { points: 0, lots: [] }, explanations: [],
		});
		expect(JSON.parse(JSON.stringify(output))).toEqual(output);
	});

	it('reads events as text, in any order', async () => {
		const levels = { level: [{ name: 'A', percent: 1 }, { name: 'B', percent: 10, spentFrom: 2000 }] };
		const burn = { type: 'burn', key: 'b', at: '2026-03-03T13:00:00Z', points: 200 };
		const events = [visit('1', '01'), visit('2', '02'), burn];
		const results = await Promise.all(
			[events, [...events].reverse(), JSON.stringify(events)].map((given) => runOne({ events: given, levels })),
		);
		expect(results[0]).toMatchObject({ balance: 20, tier: 'B', entries: [{}, {}, { points: -200 }] });
		expect(results[2]).toEqual(results[0]);
		expect(results[1]).toEqual(results[0]);
	});

	it('takes the rules from the fields', async () => {
		const item = await runOne({
			events: [visit('1', '01'), visit('2', '18'), visit('3', '19')],
			tierBasis: 'visits',
			levels: { level: [{ name: 'New', percent: 5 }, { name: 'Regular', percent: 7.5, visitsFrom: 2 }] },
			window: 'rolling_days',
			windowDays: 10,
			timezone: 'Asia/Vladivostok',
			moreRules: { expiryDays: 30, pendingDays: 1, minimumAmount: 500, maxPointsPerRecord: 99 },
			expiringWithinDays: 12,
		});
		expect(item).toMatchObject({
			available: 198, pending: 99, tier: 'Regular', tierMetric: 2,
			bookings: [{ rateBps: 500 }, { rateBps: 500 }, { rateBps: 500 }],
			expiringSoon: { points: 99, lots: [{ source: '1', points: 99, expiresAt: '2026-03-31T14:00:00.000Z' }] },
			explanations: [{ code: 'record_cap' }, { code: 'record_cap' }, { code: 'record_cap' }],
		});
	});

	it('takes the rules as JSON, text or data', async () => {
		const rules = { tiers: [{ name: 'All', threshold: 0, rateBps: 1_000 }] };
		for (const rulesJson of [rules, JSON.stringify(rules)]) {
			expect(await runOne({ rulesFrom: 'json', rulesJson, events: [visit('1', '01')] })).toMatchObject({ balance: 200 });
		}
	});

	it('counts what expired or became active until the moment asked for', async () => {
		const moreRules = { expiryDays: 30, pendingDays: 3 };
		const at = (asOf: string) => runOne({ asOf, events: [visit('1', '01')], moreRules });
		expect(await at('2026-03-01T13:00:00+03:00')).toMatchObject({ balance: 60, available: 0, pending: 60 });
		expect(await at('2026-03-04T13:00:00+03:00')).toMatchObject({ available: 60, pending: 0 });
		const late = await at('2026-04-01T00:00:00+03:00');
		expect(late).toMatchObject({ balance: 0, entries: [{}, { type: 'expire', points: -60 }] });
		expect(await at('2020-01-01T00:00:00Z')).toMatchObject({ asOf: '2026-03-01T10:00:00.000Z', pending: 60 });
	});

	it('outputs no booking for posting while the programme is off (YL7)', async () => {
		expect(await runOne({ enabled: false, events: [visit('1', '01')] })).toMatchObject({
			bookings: [], entries: [], explanations: [{ id: '1', code: 'programme_off', message: expect.any(String) }],
		});
	});

	it.each<[string, object, string]>([
		['a broken history', { events: [visit('1', '01'), { ...visit('2', '02'), at: 'soon' }] },
			'events[1].at: must be a time'],
		['text that is no JSON', { events: '[{' }, 'events: is not valid JSON'],
		['no history', { events: 'null' }, 'events: must be a list of events'],
		['rules that are no JSON', { events: [], rulesFrom: 'json', rulesJson: 'tiers' }, 'rules: is not valid JSON'],
		['rules out of order', { events: [], levels: { level: [{ name: 'A', percent: 1, spentFrom: 1 }] } },
			'rules.tiers[0].threshold: must be 0 for the first tier'],
		['no levels', { events: [], levels: {} }, 'rules.tiers: needs at least one tier'],
		['a moment without its offset', { events: [], asOf: '2026-03-20' }, 'asOf: must be a time'],
		['no number of days', { events: [], expiringWithinDays: 1.5 }, 'expiringWithinDays: must be a whole number'],
	])('stops at %s and names the field and the item', async (_name, parameters, message) => {
		const error = await run([{ events: [] }, parameters]).catch((reason: unknown) => reason);
		expect(error).toBeInstanceOf(NodeOperationError);
		expect(error).toMatchObject({
			message: "The rules or the customer's history cannot be used",
			description: expect.stringContaining(message),
			context: { itemIndex: 1 },
		});
	});

	it('goes on with the other customers on Continue', async () => {
		const output = await run([{ customerId: 'u1', events: [{ type: 'gift' }] }, { customerId: 'u2', events: [] }], true);
		expect(output).toMatchObject([
			{
				json: {
					customerId: 'u1',
					error: expect.stringContaining('events[0].type'),
					issues: [{ field: 'events[0].type', message: expect.any(String) }],
				},
				pairedItem: { item: 0 },
			},
			{ json: { customerId: 'u2', balance: 0 }, pairedItem: { item: 1 } },
		]);
	});

	it('tells of amounts that are too large', async () => {
		const events = [visit('1', '01', Number.MAX_SAFE_INTEGER), visit('2', '02', Number.MAX_SAFE_INTEGER)];
		const reason = 'The amounts add up to more than can be counted exactly';
		await expect(run({ events })).rejects.toMatchObject({ message: reason, context: { itemIndex: 0 } });
		expect((await run({ events }, true))[0]?.json).toEqual({ customerId: '', error: reason });
	});
});
