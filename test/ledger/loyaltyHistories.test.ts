import type { RulesInput } from '../../nodes/LoyaltyCalculator/points';
import { describeLedger, type Row } from './ledger';
import { codeOf, type Entry, inDays, Loyalty, record, statement, type WorkRow } from './loyaltySupport';

/** On each of the two engines, and not the same ones. */
const HISTORIES = 5_000;
/** Each customer stays with one of them. */
const PROGRAMMES: RulesInput[] = [
	{ tiers: [{ name: 'Standard', threshold: 0, rateBps: 500 }] },
	{
		tiers: [
			{ name: 'Bronze', threshold: 0, rateBps: 300 },
			{ name: 'Gold', threshold: 400_000, rateBps: 700 },
		],
		expiryDays: 30,
		pendingDays: 2,
		maxPointsPerDay: 250,
	},
	{
		tiers: [{ name: 'Standard', threshold: 0, rateBps: 1000 }],
		negativeBalance: 'clamp',
		expiryMonths: 1,
		rounding: 'half_up',
	},
];
/** When is posted, in days from now: some points become active and expire in between. */
const ROUNDS = [0, 12, 45];
const LAST_DAY = 45;

let nextSeed = 20_260_310;

/** Whole numbers below a bound, always the same ones. */
function randomNumbers(seed: number): (below: number) => number {
	let state = seed;
	return (below) => {
		state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
		return Math.floor((state / 2 ** 32) * below);
	};
}

describeLedger('YL5, YL8: random histories', (ledger) => {
	const loyalty = new Loyalty(ledger);
	const random = randomNumbers(nextSeed++);
	const customers = Array.from({ length: HISTORIES }, (_, index) => `u${index}`);
	const rulesOf = (externalId: string) => PROGRAMMES[Number(externalId.slice(1)) % PROGRAMMES.length] as RulesInput;

	/** One call for each row, in one statement. */
	const each = <T extends Row>(fn: string, rows: Row[]): Promise<T[]> =>
		ledger.sql<T>(
			`SELECT f.* FROM jsonb_array_elements($1::jsonb) WITH ORDINALITY e (p, n)
			CROSS JOIN LATERAL fulfillment.${fn}(e.p) f ORDER BY e.n`,
			[JSON.stringify(rows)],
		);

	/** Some version of one of two bookings of a customer. */
	function randomRecord(customer: string, round: number): Entry {
		const number = random(2);
		return record(`${number + 1}${customer.slice(1).padStart(5, '0')}`, {
			code: codeOf(customer),
			cost: random(500_000) / 100,
			attendance: random(3) === 0 ? 0 : 1,
			deleted: random(8) === 0,
			// In any order, but never two of one instant: of those, the one that comes last would count.
			version: random(100) * ROUNDS.length + ROUNDS.indexOf(round),
			visitAt: inDays(round - 3 - 9 * number),
		});
	}

	function randomAct(customer: string, index: number): Row {
		const type = ['burn', 'burn', 'adjust', 'burn_cancel'][random(4)] as string;
		// Few keys, so that burns meet their cancellations.
		const key = `${type === 'adjust' ? `adjust-${index}` : `burn-${random(2)}`}-${customer}`;
		const points = type === 'burn' ? 1 + random(80) : random(100) - 30 || 1;
		return { external_id: customer, type, key, ...(type !== 'burn_cancel' && { points }) };
	}

	const save = (records: Entry[], userIds: Record<string, string>) =>
		loyalty.save(
			records.map((entry) => {
				const userId = userIds[`u${Number(entry.recordId.slice(1))}`];
				return { ...entry, match: { userId, matchedBy: 'code', review: false, warnings: [] } };
			}),
		);

	/** Posts for these, or for all there is to post; the moment is so many days from now. */
	async function post(days: number, p: Row = {}): Promise<void> {
		const asOf = inDays(days);
		const works = await loyalty.work({ limit: HISTORIES, ...p });
		const posts = await each(
			'post_points',
			works.map((work) => {
				const { user_id, revision } = work;
				const as_of = work.as_of > asOf ? work.as_of : asOf;
				return { user_id, revision, as_of, result: statement(work, rulesOf(work.external_id), as_of) };
			}),
		);
		expect(posts.filter(({ outcome }) => outcome === 'stale')).toEqual([]);
	}

	/** Compares the ledger with what the calculator makes of the whole history, without the rates that were captured. */
	async function expectSums(userIds: Record<string, string>): Promise<void> {
		const works = await loyalty.work({ user_ids: Object.values(userIds), always: true, limit: HISTORIES });
		const forgetRate = ({ record: told, ...event }: Row & { record?: Row }) =>
			told ? { ...event, record: { ...told, rateBps: undefined } } : event;
		const expected = works.map((work: WorkRow) => {
			const events = work.events.map(forgetRate) as WorkRow['events'];
			const { balance, available, pending } = statement({ ...work, events }, rulesOf(work.external_id));
			return { user_id: work.user_id, balance, available, pending };
		});
		const sums = await ledger.sql(`SELECT u.id AS user_id, coalesce(sum(e.points), 0)::integer AS balance,
				u.available::integer, u.pending::integer
			FROM fulfillment.loyalty_users u LEFT JOIN fulfillment.loyalty_entries e ON e.user_id = u.id
			GROUP BY u.id ORDER BY u.id`);
		expect(sums).toEqual(expected);
	}

	it(`the balance is the sum of the entries for ${HISTORIES} of them, also after all came twice`, async () => {
		const userIds = await loyalty.people(...customers.map((external_id) => ({ external_id })));
		const records: Entry[] = [];
		const acts: Row[] = [];
		for (const [index, days] of ROUNDS.entries()) {
			const visited = customers.filter(() => random(5) < 3).map((customer) => randomRecord(customer, days));
			const acted = customers.filter(() => random(5) < 2).map((customer) => randomAct(customer, index));
			await save(visited, userIds);
			await each('record_act', acted);
			records.push(...visited);
			acts.push(...acted);
			await post(days);
		}
		const replay = { user_ids: Object.values(userIds), always: true };
		await post(LAST_DAY, replay);
		await expectSums(userIds);
		const written = () =>
			ledger.sql(`SELECT type, count(*)::integer, sum(points) FROM fulfillment.loyalty_entries
				GROUP BY type ORDER BY type`);
		const before = await written();
		expect(before.map(({ type }) => type)).toEqual(['adjust', 'burn', 'burn_cancel', 'earn', 'expire', 'reverse']);

		for (const again of [records, [...records].reverse()]) {
			expect(await save(again, userIds)).toMatchObject({ saved: 0, user_ids: [] });
			const outcomes = new Set((await each('record_act', acts)).map(({ outcome }) => outcome));
			expect([...outcomes].filter((outcome) => outcome !== 'known' && outcome !== 'conflict')).toEqual([]);
			await post(LAST_DAY, replay);
		}
		expect(await written()).toEqual(before);
		await expectSums(userIds);
		const held = await ledger.sql(`SELECT count(*)::integer AS wrong FROM fulfillment.loyalty_awards a
			JOIN fulfillment.bookings b ON b.source = a.source WHERE b.status <> 'completed' AND a.points <> 0`);
		expect(held).toEqual([{ wrong: 0 }]);
	}, 600_000);
});
