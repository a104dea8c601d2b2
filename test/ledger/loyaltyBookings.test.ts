import { describeLedger, type Row } from './ledger';
import {
	codeOf,
	COMPANY,
	type Entry,
	FIVE_PERCENT,
	inDays,
	Loyalty,
	record,
	type RecordFacts,
	versionAt,
} from './loyaltySupport';

const SOURCE = `yclients:${COMPANY}:record:`;
const ANNA = { external_id: 'u1', name: 'Анна', email: 'anna@example.com', phone: '+79990000001' };
const BORIS = { external_id: 'u2', name: 'Борис', email: 'boris@example.com', phone: '+79990000002' };

const of = (externalId: string, facts: RecordFacts = {}): RecordFacts => ({ code: codeOf(externalId), ...facts });
const client = (contact: Row) => ({ client: { id: 501001, ...contact } });

describeLedger('bookings', (ledger) => {
	const loyalty = new Loyalty(ledger);
	let ids: Record<string, string>;
	beforeEach(async () => {
		ids = await loyalty.people(ANNA, BORIS);
	});

	const stored = async (recordId = '1') =>
		(await ledger.sql('SELECT * FROM fulfillment.bookings WHERE record_id = $1', [recordId]))[0] as Row;
	const reviews = (p: Row = {}) => ledger.rows('list_reviews', p);
	const resolve = async (externalId: string | null, reviewId?: unknown) =>
		ledger.row('resolve_review', {
			review_id: reviewId ?? (await reviews({ open_only: false }))[0]?.review_id,
			external_id: externalId,
			by: 'ops',
		});

	describe('YL4: whose they are', () => {
		it.each<[string, RecordFacts]>([
			['code', of('u1', client({ email: 'boris@example.com' }))],
			['email', client({ email: 'Anna@Example.com', phone: '+79990000009' })],
			['phone', client({ phone: '8 (999) 000-00-01' })],
		])('by %s', async (matchedBy, facts) => {
			const saved = { saved: 1, linked: 1, unlinked: 0, user_ids: [ids.u1] };
			expect(await loyalty.take([record(1, facts)])).toMatchObject(saved);
			expect(await stored()).toMatchObject({ user_id: ids.u1, matched_by: matchedBy, status: 'completed' });
		});

		it('asks for all that may be meant, and says whose a record was', async () => {
			const records = [record(1, of('u1', client({ phone: '+79990000002' }))), record(2)];
			const ask = (given: Entry[]) => ledger.row('bookings_to_match', { company_id: COMPANY, records: given });
			expect(await ask(records)).toEqual({
				records: records.map((entry) => ({ ...entry, linkedUserId: null, pointsPosted: false })),
				users: [
					{ id: ids.u1, code: codeOf('u1'), email: ANNA.email, phone: ANNA.phone },
					{ id: ids.u2, code: codeOf('u2'), email: BORIS.email, phone: BORIS.phone },
				],
			});
			await loyalty.take([record(1, of('u1'))]);
			const linked = { linkedUserId: ids.u1, pointsPosted: false };
			expect(await ask([record(1)])).toMatchObject({ records: [linked], users: [{ id: ids.u1 }] });
			await loyalty.post();
			expect(await ask([record(1)])).toMatchObject({ records: [{ ...linked, pointsPosted: true }] });
		});

		it('nobody: kept, and found when somebody with the phone, the e-mail or the code appears', async () => {
			const walkIns = [
				record(1, client({ phone: '+79990000003' })),
				record(2, client({ email: 'vera@example.com' })),
				record(3, of('u3')),
				record(4, client({ phone: '+79990000004' })),
			];
			expect(await loyalty.take(walkIns)).toMatchObject({ saved: 4, linked: 0, unlinked: 4, user_ids: [] });
			expect(await loyalty.match([])).toEqual([]);
			await loyalty.people({ external_id: 'u3', email: 'vera@example.com', phone: '+79990000003' });
			expect(await loyalty.match([], { look_for_unlinked: false })).toEqual([]);
			expect(await loyalty.take([])).toMatchObject({ saved: 0, duplicate: 3, linked: 3 });
			expect(await loyalty.post()).toMatchObject([{ external_id: 'u3', points: '300' }]);
			expect(await loyalty.match([])).toEqual([]);
		});

		it('a record that is given is not matched a second time from what is stored', async () => {
			await loyalty.take([record(1, client({ phone: '+79990000003' }))]);
			await loyalty.people({ external_id: 'u3', phone: '+79990000003' });
			expect(await loyalty.match([record(1, { ...client({ phone: '+79990000003' }), version: 1 })])).toHaveLength(1);
		});

		it('people are no longer looked for once all that may be theirs was matched after they were known', async () => {
			await loyalty.take([record(1, client({ phone: '+79990000003' }))]);
			await loyalty.people({ external_id: 'u3', phone: '+39990000003' });
			const due = async () =>
				(await ledger.sql('SELECT FROM fulfillment.loyalty_users WHERE is_rematch_due')).length;
			await ledger.sql("UPDATE fulfillment.loyalty_users SET contacts_at = contacts_at - interval '11 minutes'");
			await ledger.sql("UPDATE fulfillment.bookings SET matched_at = matched_at - interval '12 minutes'");
			// Another country: a person decides, and the booking stays nobody's.
			expect(await loyalty.take([])).toMatchObject({ duplicate: 1, linked: 0, unlinked: 1, reviews_open: 1 });
			expect(await due()).toBe(1);
			expect(await loyalty.match([])).toEqual([]);
			expect(await due()).toBe(0);
		});

		it('a link once made stays when the comment or the contacts change', async () => {
			await loyalty.take([record(1, of('u1'))]);
			await loyalty.take([record(1, { ...client({ email: 'boris@example.com' }), version: 1 })]);
			expect(await stored()).toMatchObject({ user_id: ids.u1, matched_by: 'code' });
			// A match that did not see the link.
			const unseen = { userId: null, matchedBy: null, review: false, warnings: [] };
			await loyalty.save([{ ...record(1, { version: 2 }), match: unseen }]);
			await loyalty.save([{ ...record(1, { version: 2 }), match: { ...unseen, userId: ids.u2, matchedBy: 'email' } }]);
			expect(await stored()).toMatchObject({ user_id: ids.u1 });
		});

		it('keeps no more of a person than matching needs', async () => {
			await loyalty.take([record(1, of('u9', client({ name: 'Глеб', phone: '+79990000009' })))]);
			const { booking } = await stored();
			expect(booking).toMatchObject({ comment: 'Код клиента: ABC00009', client: { id: '501001', phone: '79990000009' } });
			expect(JSON.stringify(booking)).not.toMatch(/Глеб|Тихо/);
		});
	});

	describe('YL2, YL8: versions', () => {
		const version = async () => (await stored()).version_at as Date;

		it('older ones are ignored, copies known, newer ones kept; a deletion can be undone', async () => {
			const steps: Array<[RecordFacts, string, string]> = [
				[{ version: 5 }, 'saved', 'completed'],
				[{ version: 5 }, 'duplicate', 'completed'],
				[{ version: 4, attendance: 2 }, 'stale', 'completed'],
				[{ version: 5, attendance: -1 }, 'saved', 'no_show'],
				[{ version: 5, deleted: true }, 'saved', 'cancelled'],
				[{ version: 5 }, 'stale', 'cancelled'],
				[{ version: 6 }, 'saved', 'completed'],
				[{ version: 7, deleted: true }, 'saved', 'cancelled'],
				[{ version: 8, attendance: 2 }, 'saved', 'confirmed'],
			];
			for (const [facts, outcome, status] of steps) {
				expect(await loyalty.take([record(1, of('u1', facts))])).toMatchObject({ [outcome]: 1 });
				expect(await stored()).toMatchObject({ status });
			}
			expect((await version()).toISOString()).toBe(versionAt(8));
		});

		it('one list may have several versions of a record', async () => {
			const versions = [3, 1, 4, 2, 4].map((number) => record(1, of('u1', { version: number, cost: number * 1000 })));
			expect(await loyalty.take(versions)).toMatchObject({ saved: 2, stale: 2, duplicate: 1 });
			await loyalty.post();
			expect(await loyalty.balances()).toMatchObject({ u1: 200 });
		});

		it('without a time of its own, a version is older than any that has one', async () => {
			const entry = record(1, of('u1', { cost: 4000 }));
			await loyalty.take([{ ...entry, booking: { ...entry.booking, changedAt: null } }]);
			expect(await loyalty.take([record(1, of('u1'))])).toMatchObject({ saved: 1 });
			await loyalty.post();
			expect(await loyalty.balances()).toMatchObject({ u1: 100 });
		});

		it('a known record with a new link counts, though it is a copy', async () => {
			await loyalty.take([record(1)]);
			const match = { userId: ids.u1, matchedBy: 'phone', review: false, warnings: [] };
			const saved = { saved: 0, duplicate: 1, linked: 1, user_ids: [ids.u1] };
			expect(await loyalty.save([{ ...record(1), match }])).toMatchObject(saved);
			// What is older says nothing about the link either.
			const older = { ...record(1, { version: -1 }), match: { ...match, userId: ids.u2, matchedBy: 'code' } };
			expect(await loyalty.save([older])).toMatchObject({ stale: 1, linked: 0 });
		});

		it('the booking made by hand of a record that is gone takes its points back', async () => {
			const others = [record(3, of('u1', { deleted: true })), record(4, of('u1', { visitAt: inDays(3) }))];
			await loyalty.take([record(1, of('u1')), record(2, of('u1')), ...others]);
			await loyalty.post();
			const window = { company_id: COMPANY, from: inDays(-7), to: inDays(0), record_ids: ['2'] };
			const missing = await ledger.rows('missing_bookings', { ...window, started_at: inDays(1) });
			expect(missing).toMatchObject([{ record_id: '1', booking: { status: 'cancelled' } }]);
			expect(await ledger.rows('missing_bookings', { ...window, started_at: inDays(-1) })).toEqual([]);
			await loyalty.save(missing.map(({ record_id, booking }) => ({ recordId: record_id, booking })));
			expect(await stored()).toMatchObject({ status: 'cancelled', user_id: ids.u1 });
			await loyalty.post();
			expect(await loyalty.balances()).toMatchObject({ u1: 200 });
			expect(await ledger.rows('missing_bookings', { ...window, started_at: inDays(1) })).toEqual([]);
		});
	});

	describe('YL8, YL10: another user', () => {
		it('before points were posted: the first one never gets any', async () => {
			await loyalty.take([record(1, of('u1'))]);
			const relinked = { linked: 1, user_ids: [ids.u1, ids.u2] };
			expect(await loyalty.take([record(1, of('u2', { version: 1 }))])).toMatchObject(relinked);
			expect(await loyalty.post()).toMatchObject([
				{ external_id: 'u1', outcome: 'nothing' },
				{ external_id: 'u2', points: '100' },
			]);
			expect(await loyalty.entries()).toEqual(['earn 100']);
		});

		it('after points were posted: a person decides, and both histories follow', async () => {
			await loyalty.take([record(1, of('u1'))]);
			await loyalty.post();
			expect(await loyalty.take([record(1, of('u2', { version: 1 }))])).toMatchObject({ linked: 0, reviews_open: 1 });
			expect(await stored()).toMatchObject({ user_id: ids.u1, in_review: true });
			expect(await reviews()).toMatchObject([
				{
					reason: 'relink_after_award',
					linked_to: { external_id: 'u1' },
					candidates: [{ external_id: 'u2', name: 'Борис' }],
				},
			]);
			expect(await resolve('u2')).toEqual({ outcome: 'resolved', user_ids: [ids.u1, ids.u2] });
			await loyalty.post();
			expect(await loyalty.entries()).toEqual(['earn 100', 'reverse -100', 'earn 100']);
			expect(await loyalty.balances()).toEqual({ u1: 0, u2: 100 });
			const entries = await ledger.sql('SELECT source, seq FROM fulfillment.loyalty_entries ORDER BY id');
			expect(entries).toEqual([1, 2, 3].map((seq) => ({ source: `${SOURCE}1`, seq })));
			// And back again, then nobody's, then corrected once more.
			for (const [who, balances] of [
				['u1', [100, 0]],
				[null, [0, 0]],
				['u2', [0, 100]],
			] as const) {
				await resolve(who);
				await loyalty.post();
				expect(Object.values(await loyalty.balances())).toEqual(balances);
			}
			expect(await loyalty.take([record(1, of('u2', { version: 2, cost: 3000 }))])).toMatchObject({ reviews_open: 0 });
			await loyalty.post();
			expect(await loyalty.balances()).toEqual({ u1: 0, u2: 150 });
		});

		it('points that were posted while the match was asked for: a person decides', async () => {
			await loyalty.take([record(1, of('u1'))]);
			const matched = await loyalty.match([record(1, of('u2', { version: 1 }))]);
			expect(matched).toMatchObject([{ match: { userId: ids.u2, review: false } }]);
			await loyalty.post();
			expect(await loyalty.save(matched)).toMatchObject({ saved: 1, linked: 0, reviews_open: 1 });
			expect(await reviews()).toMatchObject([{ reason: 'relink_after_award' }]);
			await loyalty.post();
			expect(await loyalty.balances()).toEqual({ u1: 100, u2: 0 });
		});

		it('the rate of a booking is that of its user', async () => {
			const levels = {
				tiers: [
					{ name: 'A', threshold: 0, rateBps: 500 },
					{ name: 'B', threshold: 1_000_000, rateBps: 1000 },
				],
			};
			await loyalty.take([record(7, of('u2', { cost: 10000, visitAt: inDays(-9) })), record(1, of('u1'))]);
			await loyalty.post(levels);
			await loyalty.take([record(1, of('u2', { version: 1 }))]);
			await resolve('u2');
			await loyalty.post(levels);
			expect(await loyalty.balances()).toEqual({ u1: 0, u2: 700 });
			await resolve('u1');
			await loyalty.post({ tiers: [{ name: 'C', threshold: 0, rateBps: 2000 }] });
			expect(await loyalty.balances()).toEqual({ u1: 100, u2: 500 });
		});
	});

	describe('YL10: doubts', () => {
		const twoCodes = (facts: RecordFacts = {}) =>
			record(1, { more: { comment: 'Код клиента: ABC00001, Код клиента: ABC00002' }, ...facts });

		it('open one review per reason, which goes by itself when the doubt does', async () => {
			expect(await loyalty.take([twoCodes()])).toMatchObject({ saved: 1, unlinked: 1, reviews_open: 1, user_ids: [] });
			expect(await loyalty.take([twoCodes()])).toMatchObject({ reviews_open: 0 });
			expect(await reviews({ company_id: COMPANY })).toMatchObject([
				{
					company_id: COMPANY,
					record_id: '1',
					reason: 'two_codes',
					status: 'open',
					linked_to: null,
					candidates: [{ external_id: 'u1', name: 'Анна', code: codeOf('u1') }, { external_id: 'u2' }],
					booking: { clientCodes: ['ABC00001', 'ABC00002'] },
				},
			]);
			expect(await reviews({ company_id: '1' })).toEqual([]);
			await loyalty.take([record(1, of('u2', { version: 1 }))]);
			expect(await reviews()).toEqual([]);
			expect(await reviews({ open_only: false })).toMatchObject([{ status: 'closed', closed_by: 'match' }]);
			await loyalty.post();
			expect(await loyalty.balances()).toEqual({ u1: 0, u2: 100 });
		});

		it('a change of reason closes one review and opens another', async () => {
			await loyalty.people({ external_id: 'u3', email: 'anna@example.com' });
			await loyalty.take([twoCodes()]);
			await loyalty.take([record(1, { ...client({ email: 'anna@example.com' }), version: 1 })]);
			expect((await reviews({ open_only: false })).map(({ reason, status }) => [reason, status])).toEqual([
				['ambiguous_email', 'open'],
				['two_codes', 'closed'],
			]);
		});

		it('what a person said stays while the booking says the same', async () => {
			await loyalty.take([twoCodes()]);
			expect(await resolve('u2')).toEqual({ outcome: 'resolved', user_ids: [ids.u2] });
			expect(await loyalty.take([twoCodes({ version: 1, cost: 4000 })])).toMatchObject({ reviews_open: 0 });
			await loyalty.post();
			expect(await stored()).toMatchObject({ user_id: ids.u2, matched_by: 'person' });
			expect(await loyalty.balances()).toEqual({ u1: 0, u2: 200 });
			// Also when it is nobody's, and somebody could be found by now.
			expect(await resolve(null)).toEqual({ outcome: 'resolved', user_ids: [ids.u2] });
			await loyalty.people({ external_id: 'u3', email: 'new@example.com' });
			expect(await loyalty.take([twoCodes({ version: 2, cost: 5000 })])).toMatchObject({ reviews_open: 0 });
			await loyalty.post();
			expect(await stored()).toMatchObject({ user_id: null, matched_by: 'person' });
			expect(await loyalty.balances()).toEqual({ u1: 0, u2: 0, u3: 0 });
			// Another code is another matter.
			await loyalty.take([record(1, of('u1', { version: 3 }))]);
			expect(await stored()).toMatchObject({ user_id: ids.u1, matched_by: 'code' });
		});

		it('also against the code in the comment', async () => {
			const { u3 } = await loyalty.people({ external_id: 'u3' });
			await loyalty.take([twoCodes({ attendance: 2 })]);
			await loyalty.take([record(1, of('u1', { attendance: 2, version: 1 }))]);
			await resolve('u3');
			await loyalty.take([record(1, of('u1', { version: 2 }))]);
			expect(await stored()).toMatchObject({ user_id: u3, matched_by: 'person', in_review: false });
		});

		it('a doubt that goes away without a new version closes its review too', async () => {
			await loyalty.people({ external_id: 'u3', email: 'anna@example.com' });
			const twoOfThem = record(1, client({ email: 'anna@example.com' }));
			await loyalty.take([record(1, of('u2', { attendance: 2, version: -1 }))]);
			await loyalty.save([{ ...twoOfThem, match: { userId: ids.u2, review: true, warnings: ['ambiguous_email'] } }]);
			expect(await reviews()).toHaveLength(1);
			await loyalty.take([twoOfThem]);
			expect(await reviews()).toEqual([]);
			expect(await stored()).toMatchObject({ user_id: ids.u2, in_review: false });
		});

		it('says what it does not know', async () => {
			expect(await resolve('u1', 999)).toEqual({ outcome: 'unknown', user_ids: [] });
			await loyalty.take([twoCodes()]);
			expect(await resolve('stranger')).toEqual({ outcome: 'unknown_user', user_ids: [] });
			expect(await reviews()).toHaveLength(1);
			const review_id = (await reviews())[0]?.review_id;
			await expect(ledger.row('resolve_review', { review_id, by: 'ops' })).rejects.toThrow('external_id: is required');
			await expect(resolve('', review_id)).rejects.toThrow('external_id: is required');
			await expect(ledger.row('resolve_review', { review_id, external_id: 'u1' })).rejects.toThrow('by: is required');
		});
	});

	describe('YL3, YL9: runs', () => {
		const state = (p: Row = {}) => ledger.row('sync_state', { company_id: COMPANY, name: 'changes', ...p });

		it('the first begins some days back, the next where the last one that was saved says', async () => {
			const { since, last_changes_at, last_full_at } = await state({ first_days: 10 });
			expect(Math.abs(Date.parse(String(since)) - Date.parse(inDays(-10)))).toBeLessThan(600_000);
			expect([last_changes_at, last_full_at]).toEqual([null, null]);
			const run = { mode: 'changes', started_at: '2026-03-11T09:00:00.000Z', calls: 2, unreadable: 1 };
			await loyalty.take([record(1, of('u1')), record(2)]);
			const cursor = { name: 'changes', since: '2026-03-11T09:00:00.000Z' };
			await loyalty.take([record(1, of('u1')), record(2)], { run, cursor });
			const next = await state();
			expect(next).toMatchObject({ since: '2026-03-11T09:00:00.000Z', last_full_at: null });
			expect(next.last_changes_at).toBeInstanceOf(Date);
			expect(await ledger.sql('SELECT * FROM fulfillment.sync_runs')).toMatchObject([
				{ mode: 'changes', calls: 2, unreadable: 1, saved: 0, duplicate: 2, linked: 0, unlinked: 1 },
			]);
			// A slower run that began earlier.
			await loyalty.save([], { cursor: { name: 'changes', since: '2026-03-11T08:00:00Z' } });
			expect(await state()).toMatchObject({ since: '2026-03-11T09:00:00.000Z' });
			expect((await state({ name: 'other' })).since).not.toBe('2026-03-11T09:00:00.000Z');
		});

		it('a cursor moves only with its records', async () => {
			const broken = { ...record(2), booking: { ...record(2).booking, status: 'done' } };
			const cursor = { name: 'changes', since: '2026-03-11T09:00:00Z' };
			const save = (records: Entry[], p: Row) => expect(loyalty.save(records, p)).rejects;
			await save([record(1), broken as Entry], { cursor, run: { mode: 'full' } }).toThrow('records.1.booking.status');
			await save([record(1)], { cursor: { name: 'changes' } }).toThrow('cursor.since: is required');
			for (const table of ['bookings', 'sync_cursors', 'sync_runs']) {
				expect(await ledger.sql(`SELECT FROM fulfillment.${table}`)).toEqual([]);
			}
		});
	});

	describe('YL6: the bookings of a person', () => {
		const list = (p: Row = {}) => ledger.rows('list_bookings', { external_id: 'u1', ...p });
		const numbers = async (p: Row = {}) => (await list(p)).map(({ record_id }) => record_id);

		it('upcoming: pending or confirmed, from now on, nearest first; else newest first', async () => {
			const at = (id: number, days: number, attendance: 0 | 1 | 2 | -1, more: RecordFacts = {}) =>
				record(id, of('u1', { visitAt: inDays(days), attendance, ...more }));
			const all: Entry[] = [
				at(1, -3, 1),
				at(2, 5, 0),
				at(3, 2, 2),
				at(4, 3, 0, { deleted: true }),
				at(5, -1, 0),
				at(6, 1, 1),
				record(7, of('u2', { visitAt: inDays(1), attendance: 0 })),
			];
			await loyalty.take(all);
			await loyalty.post();
			expect(await numbers({ upcoming_only: true })).toEqual(['3', '2']);
			expect(await numbers({ upcoming_only: true, statuses: ['pending'] })).toEqual(['2']);
			expect(await numbers()).toEqual(['2', '4', '3', '6', '5', '1']);
			expect(await numbers({ statuses: ['completed', 'cancelled'], limit: 2 })).toEqual(['4', '6']);
			expect((await list({ statuses: ['completed'] }))[1]).toMatchObject({
				company_id: COMPANY,
				record_id: '1',
				status: 'completed',
				duration_seconds: 5400,
				services: [{ id: '3068094', title: 'Маникюр', costKopecks: 200000 }],
				staff_name: 'Мария',
				base_kopecks: '200000',
				points: '100',
			});
			expect(await list({ external_id: 'stranger' })).toEqual([]);
			await expect(list({ statuses: ['done'] })).rejects.toThrow('statuses.0: must be pending, confirmed');
		});

		it('points are those the booking holds', async () => {
			await loyalty.take([record(1, of('u1')), record(2, of('u1'))]);
			await loyalty.post(FIVE_PERCENT);
			await loyalty.take([record(2, of('u1', { version: 1, deleted: true }))]);
			await loyalty.post(FIVE_PERCENT);
			expect((await list()).map(({ points }) => points)).toEqual(['100', '0']);
		});
	});
});
