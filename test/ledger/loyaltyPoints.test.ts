import type { RulesInput } from '../../nodes/LoyaltyCalculator/points';
import { describeLedger, type Row } from './ledger';
import {
	codeOf,
	COMPANY,
	type Entry,
	FIVE_PERCENT,
	inDays,
	Loyalty,
	type PostRow,
	record,
	type RecordFacts,
	statement,
	type WorkRow,
} from './loyaltySupport';

const SOURCE = `yclients:${COMPANY}:record:`;
const EXPIRING: RulesInput = { ...FIVE_PERCENT, expiryDays: 30 };
const TEN_PERCENT: RulesInput = { tiers: [{ name: 'Gold', threshold: 0, rateBps: 1000 }] };

/** A visit of u1 worth 100 points at 5 %. */
const visit = (id: number, facts: RecordFacts = {}) => record(id, { code: codeOf('u1'), ...facts });

describeLedger('posting points', (ledger) => {
	const loyalty = new Loyalty(ledger);
	let u1: string;
	beforeEach(async () => {
		u1 = String((await loyalty.people({ external_id: 'u1', telegram_id: '42' })).u1);
	});

	/** A sync of these records, and the post that follows. */
	async function sync(records: Entry[], rules = FIVE_PERCENT): Promise<PostRow | undefined> {
		await loyalty.take(records);
		return (await loyalty.post(rules))[0];
	}
	/** The post that follows when anybody asks for u1. */
	const ask = async (rules = FIVE_PERCENT, asOf?: string) =>
		(await loyalty.post(rules, { user_ids: [u1], always: true }, asOf))[0] as PostRow;
	const burn = (key: string, points: number) => loyalty.act({ external_id: 'u1', type: 'burn', key, points });
	const adjust = (key: string, points: number, more: Row = {}) =>
		loyalty.act({ external_id: 'u1', type: 'adjust', key, points, ...more });
	const workOfU1 = async () => (await loyalty.work({ user_ids: [u1], always: true }))[0] as WorkRow;

	describe('YL5, YL8: bookings', () => {
		it('a completed booking gives its points, once', async () => {
			const posted = await sync([visit(1)]);
			const told = { outcome: 'posted', external_id: 'u1', telegram_id: '42', points: '100', balance: '100' };
			expect(posted).toMatchObject(told);
			expect(posted?.written).toEqual([
				expect.objectContaining({
					type: 'earn',
					points: 100,
					source: `${SOURCE}1`,
					key: null,
					seq: 1,
					rate_bps: 500,
					base_kopecks: 200000,
				}),
			]);
			expect(await sync([visit(1)])).toBeUndefined();
			expect(await ask()).toMatchObject({ outcome: 'nothing', points: '0', balance: '100', written: [] });
			expect(await loyalty.entries()).toEqual(['earn 100']);
		});

		it('came, did not come, came: taken back and given again; the fourth change is told to a person, once', async () => {
			for (const [version, attendance] of ([1, 0, 1] as const).entries()) await sync([visit(1, { version, attendance })]);
			expect(await loyalty.entries()).toEqual(['earn 100', 'reverse -100', 'earn 100']);
			const seqs = await ledger.sql('SELECT seq FROM fulfillment.loyalty_entries ORDER BY id');
			expect(seqs).toEqual([{ seq: 1 }, { seq: 2 }, { seq: 3 }]);
			expect(await ledger.alerts()).toEqual([]);
			for (const version of [10, 11]) {
				await sync([visit(1, { version, cost: 300 * version })]);
				expect(await ledger.alerts()).toMatchObject([
					{ kind: 'points_changed_often', details: { source: `${SOURCE}1` } },
				]);
			}
		});

		it('price edits, deletion and its undoing move the booking to what it is worth', async () => {
			const steps: Array<[RecordFacts, number]> = [
				[{ cost: 3000 }, 150],
				[{ cost: 2999.99 }, 149],
				[{ deleted: true }, 0],
				[{ cost: 1000 }, 50],
				[{ cost: 0 }, 0],
			];
			for (const [version, [facts, balance]] of steps.entries()) {
				await sync([visit(1, { version, ...facts })]);
				expect(await loyalty.balances()).toEqual({ u1: balance });
			}
			expect(await loyalty.entries()).toEqual(['earn 150', 'reverse -1', 'reverse -149', 'earn 50', 'reverse -50']);
		});

		it('what does not matter for points is no event, and leaves nothing to post', async () => {
			expect((await loyalty.take([visit(1, { attendance: 2 })])).user_ids).toEqual([]);
			expect((await loyalty.take([visit(1, { attendance: 0, version: 1, cost: 9000 })])).user_ids).toEqual([]);
			expect((await loyalty.take([visit(1, { version: 2 })])).user_ids).toEqual([u1]);
			const other = { online: true, seance_length: 60, staff: { id: 9002, name: 'Ольга' } };
			await loyalty.post();
			expect((await loyalty.take([visit(1, { version: 3, more: other })])).user_ids).toEqual([]);
			expect((await workOfU1()).events).toHaveLength(1);
		});

		it('a booking whose time was never read waits for one; a time once read stays', async () => {
			expect((await loyalty.take([visit(1, { visitAt: null })])).user_ids).toEqual([]);
			await sync([visit(1, { version: 1 })]);
			const dearer = visit(1, { version: 2, visitAt: null, cost: 3000 });
			expect(await sync([dearer])).toMatchObject({ points: '50', balance: '150' });
		});

		it('versions in any order come to the same', async () => {
			const versions: RecordFacts[] = [
				{ cost: 1000 },
				{ attendance: -1 },
				{ cost: 5000 },
				{ deleted: true },
				{ cost: 7000, attendance: 2 },
				{ cost: 4200 },
			];
			const orders = ['012345', '543210', '501234', '250314', '435021', '153503'].map((order) => [...order].map(Number));
			await loyalty.people(...orders.map((_order, index) => ({ external_id: `u${index + 10}` })));
			for (const [index, order] of orders.entries()) {
				for (const version of order) {
					await sync([record(index + 10, { code: codeOf(`u${index + 10}`), version, ...versions[version] })]);
				}
			}
			const balances = await loyalty.balances();
			expect(Object.values(balances)).toEqual([0, ...orders.map(() => 210)]);
		});

		it('the level counts earlier visits only, and the rate once given stays through corrections', async () => {
			const tiers: RulesInput = {
				tiers: [
					{ name: 'Bronze', threshold: 0, rateBps: 300 },
					{ name: 'Silver', threshold: 3_000_000, rateBps: 500 },
					{ name: 'Gold', threshold: 10_000_000, rateBps: 700 },
				],
			};
			await sync([visit(1, { cost: 40000, visitAt: inDays(-9) })], tiers);
			await sync([visit(2, { visitAt: inDays(-8) })], tiers);
			await sync([visit(3, { cost: 70000, visitAt: inDays(-7) })], tiers);
			await sync([visit(2, { visitAt: inDays(-8), version: 1, cost: 1500 })], tiers);
			expect(await loyalty.entries()).toEqual(['earn 1200', 'earn 100', 'earn 3500', 'reverse -25']);
			expect(await loyalty.account('u1')).toMatchObject({ tier: 'Gold', tier_metric: '11150000', balance: '4775' });
		});

		it('the programme off: nothing is posted, and all is when it is on again', async () => {
			await adjust('gift', 10);
			const off = { ...FIVE_PERCENT, enabled: false };
			expect(await sync([visit(1)], off)).toMatchObject({ outcome: 'nothing', balance: '0' });
			expect(await ledger.row('read_act', { key: 'gift' })).toMatchObject({ status: 'pending' });
			expect(await loyalty.post()).toMatchObject([{ outcome: 'posted', points: '110' }]);
		});
	});

	describe('YL8: nothing unseen in between', () => {
		it('a crash between saving and posting: the next sync takes the user up, and so does a copy', async () => {
			await loyalty.take([visit(1)]);
			expect((await loyalty.take([visit(1)])).user_ids).toEqual([u1]);
			await loyalty.take([]);
			expect(await loyalty.post()).toMatchObject([{ outcome: 'posted', points: '100' }]);
			expect(await loyalty.work()).toEqual([]);
		});

		it('what was worked out of an older history is refused', async () => {
			await loyalty.take([visit(1)]);
			const work = await workOfU1();
			await loyalty.take([visit(1, { version: 1, deleted: true })]);
			const nothing = { outcome: 'stale', points: '0', balance: '0', written: [] };
			expect(await loyalty.postWork(work, statement(work))).toMatchObject(nothing);
			await burn('b', 1);
			const later = await workOfU1();
			await adjust('a', 5);
			expect(await loyalty.postWork(later, statement(later))).toMatchObject({ outcome: 'stale' });
			expect(await ledger.row('read_act', { key: 'b' })).toMatchObject({ status: 'pending', reason: null });
			expect(await loyalty.entries()).toEqual([]);
		});

		it('an older moment does not take the place of a later one', async () => {
			await loyalty.take([visit(1, { visitAt: inDays(-20) })]);
			const early = await workOfU1();
			await ask(EXPIRING, inDays(20));
			expect(await loyalty.balances()).toEqual({ u1: 0 });
			expect(await loyalty.postWork(early, statement(early, EXPIRING))).toMatchObject({ outcome: 'stale' });
			expect(await loyalty.entries()).toEqual(['earn 100', 'expire -100']);
		});

		it('what was saved together is of one moment; all else comes after what was known and posted before', async () => {
			await loyalty.take([visit(1), visit(2)]);
			await ask(FIVE_PERCENT, inDays(2));
			await adjust('a', 1);
			await adjust('b', 1);
			await loyalty.take([visit(3)]);
			const ats = (await workOfU1()).events.map(({ at }) => Date.parse(at));
			expect(ats[0]).toBe(ats[1]);
			expect(ats.slice(1)).toEqual([...new Set(ats)].sort((a, b) => a - b));
			expect(ats[2]).toBeGreaterThan(Date.parse(inDays(2)));
		});

		it('20 posts of one answer at once write it once', async () => {
			await loyalty.take([visit(1)]);
			await adjust('gift', 7);
			const work = await workOfU1();
			const result = statement(work);
			const posts = await Promise.all(Array.from({ length: 20 }, () => loyalty.postWork(work, result)));
			expect(posts.filter(({ outcome }) => outcome === 'posted')).toHaveLength(1);
			expect(await loyalty.entries()).toEqual(['earn 100', 'adjust 7']);
		});

		it('refuses a result of somebody else, and one that leaves a booking out', async () => {
			await loyalty.people({ external_id: 'u2' });
			await loyalty.take([visit(1), record(2, { code: codeOf('u2') })]);
			const [first, second] = (await loyalty.work()) as [WorkRow, WorkRow];
			const wrong = loyalty.postWork(first, statement(second));
			await expect(wrong).rejects.toThrow('result.bookings.0: is nothing of this user');
			const result = statement(first);
			for (const bookings of [[], [...result.bookings, ...result.bookings]]) {
				await expect(loyalty.postWork(first, { ...result, bookings })).rejects.toThrow(
					`result.bookings: must have ${SOURCE}1 once`,
				);
			}
			expect(await loyalty.entries()).toEqual([]);
		});

		it('entries and histories are never changed', async () => {
			await sync([visit(1)]);
			for (const table of ['loyalty_entries', 'loyalty_history']) {
				for (const change of [`DELETE FROM fulfillment.${table}`, `UPDATE fulfillment.${table} SET user_id = user_id`]) {
					await expect(ledger.sql(change)).rejects.toThrow(`Rows of ${table} are never changed`);
				}
			}
		});
	});

	describe('YL8: burning, corrections, expiry', () => {
		it('a burn spends what there is, and is given back by its cancellation', async () => {
			await sync([visit(1)]);
			const recorded = { outcome: 'recorded', user_id: u1, status: 'pending', reason: null };
			expect(await burn('till-1', 80)).toEqual(recorded);
			expect(await loyalty.post()).toMatchObject([{ points: '-80', balance: '20' }]);
			expect(await ledger.row('read_act', { key: 'till-1' })).toEqual({
				outcome: 'found',
				type: 'burn',
				status: 'done',
				reason: null,
				points: '80',
			});
			expect(await loyalty.act({ external_id: 'u1', type: 'burn_cancel', key: 'till-1' })).toEqual(recorded);
			expect(await loyalty.post()).toMatchObject([{ points: '80', balance: '100' }]);
			expect(await ledger.row('read_act', { key: 'till-1', type: 'burn_cancel' })).toMatchObject({ status: 'done' });
			expect(await loyalty.entries()).toEqual(['earn 100', 'burn -80', 'burn_cancel 80']);
		});

		it('a burn above the balance is turned down for good, also when points come later', async () => {
			await burn('till-1', 80);
			expect(await loyalty.post()).toMatchObject([{ outcome: 'nothing', balance: '0' }]);
			const rejected = { status: 'rejected', reason: 'balance_too_low' };
			expect(await burn('till-1', 80)).toMatchObject({ outcome: 'known', ...rejected });
			expect(await sync([visit(1)])).toMatchObject({ points: '100', balance: '100' });
			expect(await ask()).toMatchObject({ outcome: 'nothing', balance: '100' });
		});

		it('acts of one key are one; another content is a conflict, and tells nothing', async () => {
			await loyalty.people({ external_id: 'u2' });
			await adjust('gift', 50, { note: 'birthday' });
			expect(await adjust('gift', 50)).toMatchObject({ outcome: 'known', user_id: u1, status: 'pending' });
			expect(await adjust('gift', 51)).toMatchObject({ outcome: 'conflict', status: null });
			expect(await burn('gift', 50)).toMatchObject({ outcome: 'conflict' });
			const other = { external_id: 'u2', type: 'adjust', key: 'gift', points: 50 };
			expect(await loyalty.act(other)).toMatchObject({ outcome: 'conflict', status: null, reason: null });
			const unknown = { outcome: 'unknown_user', user_id: null };
			expect(await loyalty.act({ ...other, external_id: 'u3' })).toMatchObject(unknown);
			expect(await ledger.row('read_act', { key: 'nothing' })).toMatchObject({ outcome: 'unknown', status: null });
			const written = [{ type: 'adjust', points: 50, key: 'gift', note: 'birthday' }];
			expect((await loyalty.post())[0]?.written).toMatchObject(written);
			expect(await loyalty.entries()).toEqual(['adjust 50']);
		});

		it('20 copies of a burn at once, of two people: spent once', async () => {
			await loyalty.people({ external_id: 'u2' });
			await adjust('gift', 100);
			await loyalty.act({ external_id: 'u2', type: 'adjust', key: 'gift-2', points: 100 });
			const copies = await Promise.all(
				Array.from({ length: 20 }, (_, index) =>
					loyalty.act({ external_id: `u${(index % 2) + 1}`, type: 'burn', key: 'till', points: 60 }),
				),
			);
			expect(copies.map(({ outcome }) => outcome).sort()).toEqual([
				...Array<string>(10).fill('conflict'),
				...Array<string>(9).fill('known'),
				'recorded',
			]);
			await loyalty.post();
			expect(Object.values(await loyalty.balances()).sort()).toEqual([100, 40]);
		});

		it('the cancellation of a burn that never was is turned down', async () => {
			await loyalty.act({ external_id: 'u1', type: 'burn_cancel', key: 'till-1' });
			await loyalty.post();
			expect(await ledger.row('read_act', { key: 'till-1', type: 'burn_cancel' })).toMatchObject({
				status: 'rejected',
				reason: 'unknown_burn',
			});
		});

		it('part of a bill: the limit asks for the bill', async () => {
			const rules = { ...FIVE_PERCENT, burnMaxPercentBps: 5000 };
			await sync([visit(1)], rules);
			await burn('no-bill', 10);
			await loyalty.act({ external_id: 'u1', type: 'burn', key: 'small-bill', points: 10, bill_kopecks: 1900 });
			await loyalty.act({ external_id: 'u1', type: 'burn', key: 'bill', points: 10, bill_kopecks: 2000 });
			await loyalty.post(rules);
			const acts = await ledger.sql('SELECT key, status, reason FROM fulfillment.loyalty_acts ORDER BY id');
			expect(acts).toEqual([
				{ key: 'no-bill', status: 'rejected', reason: 'bill_unknown' },
				{ key: 'small-bill', status: 'rejected', reason: 'above_share_of_bill' },
				{ key: 'bill', status: 'done', reason: null },
			]);
			expect(await loyalty.balances()).toEqual({ u1: 90 });
		});

		it('points expire once, what was spent of them does not, and what comes back too late is gone at once', async () => {
			await sync([visit(1, { visitAt: inDays(-20) }), visit(2)], EXPIRING);
			const { next_check_at } = (await ledger.sql('SELECT next_check_at FROM fulfillment.loyalty_users'))[0] as Row;
			const expiring = { points: 200, lots: [{ source: `${SOURCE}1` }, {}] };
			expect(await loyalty.account('u1')).toMatchObject({ expiring });
			expect((next_check_at as Date).getTime()).toBeGreaterThan(Date.parse(inDays(9)));
			expect((next_check_at as Date).getTime()).toBeLessThan(Date.parse(inDays(12)));
			await burn('till', 30);
			await loyalty.post(EXPIRING);
			expect(await ask(EXPIRING, inDays(12))).toMatchObject({ points: '-70', balance: '100' });
			expect(await ask(EXPIRING, inDays(13))).toMatchObject({ outcome: 'nothing' });
			await loyalty.act({ external_id: 'u1', type: 'burn_cancel', key: 'till' });
			expect(await ask(EXPIRING, inDays(14))).toMatchObject({ outcome: 'posted', points: '0', balance: '100' });
			const entries = ['earn 100', 'earn 100', 'burn -30', 'expire -70', 'expire -30', 'burn_cancel 30'];
			expect(await loyalty.entries()).toEqual(entries);
			// Taken back after they expired: not a second time.
			await loyalty.take([visit(1, { visitAt: inDays(-20), version: 1, deleted: true })]);
			expect(await ask(EXPIRING, inDays(15))).toMatchObject({ outcome: 'nothing', balance: '100' });
			await loyalty.take([visit(2, { version: 1, deleted: true })]);
			expect(await ask(EXPIRING, inDays(16))).toMatchObject({ points: '-100', balance: '0' });
		});

		it('corrections expire when they say so, and may leave a debt', async () => {
			await adjust('gift', 50, { expires_at: inDays(2) });
			await loyalty.post();
			expect(await ask(FIVE_PERCENT, inDays(3))).toMatchObject({ points: '-50', balance: '0' });
			await adjust('damage', -20);
			expect(await ask(FIVE_PERCENT, inDays(4))).toMatchObject({ points: '-20', balance: '-20' });
			expect(await loyalty.account('u1')).toMatchObject({ available: '-20', pending: '0', balance: '-20' });
		});

		it('written off: the balance stops at zero, and what was forgiven is not taken later', async () => {
			const clamp: RulesInput = { ...FIVE_PERCENT, negativeBalance: 'clamp' };
			await sync([visit(1)], clamp);
			await burn('till', 80);
			await loyalty.post(clamp);
			expect((await sync([visit(1, { version: 1, deleted: true })], clamp))?.written).toMatchObject([
				{ type: 'reverse', points: -20, note: expect.stringContaining('of 100 points') },
			]);
			await adjust('damage', -5);
			expect(await loyalty.post(clamp)).toMatchObject([{ outcome: 'nothing' }]);
			expect(await ledger.row('read_act', { key: 'damage' })).toMatchObject({ status: 'done' });
			expect(await sync([visit(1, { version: 2 })], clamp)).toMatchObject({ points: '100', balance: '100' });
		});

		it('pending points are asked about again, and time alone makes work', async () => {
			const pending = { ...FIVE_PERCENT, pendingDays: 14 };
			await sync([visit(1)], pending);
			expect(await loyalty.account('u1')).toMatchObject({ balance: '100', available: '0', pending: '100' });
			expect(await loyalty.work()).toEqual([]);
			await ledger.sql("UPDATE fulfillment.loyalty_users SET next_check_at = now() - interval '1 second'");
			expect(await loyalty.work({ limit: 1 })).toHaveLength(1);
			expect(await loyalty.work({ user_ids: [u1] })).toHaveLength(1);
			await ask(pending, inDays(12));
			expect(await loyalty.account('u1')).toMatchObject({ balance: '100', available: '100', pending: '0' });
			expect(await loyalty.work({ user_ids: [u1] })).toEqual([]);
		});
	});

	describe('YL8: rules that are changed later', () => {
		it('re-rate nothing that did not change', async () => {
			await sync([visit(1), visit(2)]);
			expect(await ask(TEN_PERCENT)).toMatchObject({ outcome: 'nothing', balance: '200' });
			const later = [visit(2, { version: 1, cost: 3000 }), visit(3)];
			expect(await sync(later, TEN_PERCENT)).toMatchObject({ points: '250' });
			expect(await loyalty.entries()).toEqual(['earn 100', 'earn 100', 'earn 50', 'earn 200']);
		});

		it('do not let anybody spend what was never given', async () => {
			await sync([visit(1)]);
			const kopecks = { ...FIVE_PERCENT, kopecksPerPoint: 1 };
			await burn('too-much', 5000);
			await burn('right', 60);
			expect(await loyalty.post(kopecks)).toMatchObject([{ points: '-60', balance: '40' }]);
			const rejected = { status: 'rejected', reason: 'balance_too_low' };
			expect(await ledger.row('read_act', { key: 'too-much' })).toMatchObject(rejected);
			expect(await loyalty.account('u1')).toMatchObject({ available: '40', balance: '40' });
		});

		it('do not let expire what was spent before', async () => {
			await sync([visit(1, { visitAt: inDays(-60) })]);
			await burn('till', 90);
			await loyalty.post();
			await ask(EXPIRING);
			await ask(EXPIRING, inDays(1));
			expect(await loyalty.balances()).toEqual({ u1: 0 });
			expect(await loyalty.entries()).toEqual(['earn 100', 'burn -90', 'expire -10']);
		});

		it('leave what was turned down or done as it was', async () => {
			const limited = { ...FIVE_PERCENT, burnMaxPercentBps: 100 };
			await sync([visit(1)], limited);
			await burn('refused', 10);
			await loyalty.post(limited);
			await ask(FIVE_PERCENT);
			await burn('done', 95);
			await loyalty.post(FIVE_PERCENT);
			await ask(limited);
			expect(await loyalty.entries()).toEqual(['earn 100', 'burn -95']);
			expect(await loyalty.account('u1')).toMatchObject({ balance: '5', available: '5' });
		});
	});

	describe('YL7: what a person has', () => {
		it('is told with its newest entries', async () => {
			await loyalty.take(Array.from({ length: 105 }, (_, index) => visit(index + 1, { cost: 100 * (index + 1) })));
			await loyalty.post();
			const account = await loyalty.account('u1');
			const told = { outcome: 'found', user_id: u1, code: codeOf('u1'), tier: 'Standard', pending: '0' };
			expect(account).toMatchObject(told);
			expect(account.balance).toBe(String((5 * 105 * 106) / 2));
			const entries = account.entries as Array<{ id: number }>;
			expect(entries).toHaveLength(100);
			expect(entries.map(({ id }) => id)).toEqual(entries.map(({ id }) => id).sort((a, b) => b - a));
		});

		it('nothing is told of strangers, and nothing stands there before the first posting', async () => {
			expect(await loyalty.account('stranger')).toMatchObject({ outcome: 'unknown', user_id: null, entries: [] });
			expect(await loyalty.account('u1')).toMatchObject({ outcome: 'found', balance: '0', tier: null, points_at: null });
		});
	});
});
