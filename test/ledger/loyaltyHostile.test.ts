import { describeLedger, type Row } from './ledger';
import { codeOf, COMPANY, inDays, Loyalty, record, statement, type WorkRow } from './loyaltySupport';

const HOSTILE_TEXTS = [
	"'; DROP SCHEMA fulfillment CASCADE; --",
	'"quoted" \\ back\\slash \'\' $1 $fn$ {{ $json.x }} %s %I',
	'line\nbreak\ttab\u2028\u202e\ufeff',
	'Покупатель 🧘‍♀️ é́',
	'__proto__',
	'null',
];
const FUNCTIONS = [
	'issue_codes',
	'bookings_to_match',
	'save_bookings',
	'sync_state',
	'missing_bookings',
	'post_points',
	'record_act',
	'read_act',
	'list_bookings',
	'loyalty_account',
	'resolve_review',
];

describeLedger('YL4, YL5: hostile input of the loyalty functions', (ledger) => {
	const loyalty = new Loyalty(ledger);
	const refuses = (fn: string, p: Row, message: string) => expect(ledger.row(fn, p)).rejects.toThrow(message);

	it.each(HOSTILE_TEXTS)('%j comes back as it went in', async (text) => {
		await ledger.rows('issue_codes', { users: [{ external_id: text, name: text, email: text }], codes: ['ABC00001'] });
		const client = { name: text, email: text };
		const entry = record(1, { code: 'ABC00001', client, more: { staff: { id: 1, name: text } } });
		entry.booking.services = [{ id: text, title: text, costKopecks: 200000 }];
		expect(await loyalty.take([entry])).toMatchObject({ saved: 1, linked: 1 });
		await loyalty.act({ external_id: text, type: 'adjust', key: 'k', points: 5, note: text });
		const [work] = await loyalty.work();
		const posted = await loyalty.postWork(work as WorkRow, statement(work as WorkRow));
		expect(posted).toMatchObject({ external_id: text, points: '105' });
		// A name of nothing but spaces is none.
		const staff_name = text.trim();
		expect(await ledger.rows('list_bookings', { external_id: text })).toMatchObject([
			{ staff_name, services: [{ id: text, title: text }] },
		]);
		expect((await loyalty.account(text)).entries).toMatchObject([{ note: text }, {}]);
	});

	it.each(['null', '[]', '"text"', '42', '{}'])('the parameter %s is refused', async (p) => {
		for (const fn of FUNCTIONS) {
			const call = ledger.sql(`SELECT * FROM fulfillment.${fn}($1::jsonb)`, [p]);
			await expect(call).rejects.toMatchObject({ code: '22023' });
		}
	});

	it('issue_codes names what is wrong', async () => {
		const users = (...list: unknown[]) => ({ users: list, codes: [] });
		await refuses('issue_codes', { users: {}, codes: [] }, 'users: must be a list');
		await refuses('issue_codes', users({ external_id: 'a' }, {}), 'users.1.external_id: is required');
		await refuses('issue_codes', users('a'), 'users.0.external_id: is required');
		await refuses('issue_codes', users({ external_id: 'a', phone: '8 999' }), 'users.0.phone: must be a number in E.164');
		await refuses('issue_codes', users({ external_id: ['a'] }), 'users.0.external_id: must be a text');
		await refuses('issue_codes', users({ external_id: 'a', telegram_id: '@a' }), 'users.0.telegram_id: must be digits');
		await refuses('issue_codes', { users: [], codes: ['ABC00001', 'abc'] }, 'codes.1: must be a code');
		const many = Array<Row>(10_001).fill({ external_id: 'a' });
		await refuses('issue_codes', users(...many), 'users: must have at most 10000');
		expect(await ledger.sql('SELECT FROM fulfillment.loyalty_users')).toEqual([]);
	});

	it.each<[string, Row, string]>([
		['no list', { records: 'x' }, 'records: must be a list'],
		['a text', { records: ['x'] }, 'records.0.recordId: is required'],
		['a number', { records: [7] }, 'records.0.recordId: is required'],
		['no booking', { records: [{ recordId: '1' }] }, 'records.0.booking: is required'],
		['a booking that is a list', { records: [{ recordId: '1', booking: [] }] }, 'records.0.booking: must be an object'],
		['a branch that is none', { company_id: 'x', records: [] }, 'company_id: must be the number of a branch'],
		['a cursor of no time', { records: [], cursor: { name: 'a', since: 'soon' } }, 'cursor.since: must be a UTC time'],
		['a run of no mode', { records: [], run: { mode: 'other' } }, 'run.mode: must be webhook'],
	])('save_bookings refuses %s', async (_what, p, message) => {
		await refuses('save_bookings', { company_id: COMPANY, ...p }, message);
	});

	it.each<[Row, string]>([
		[{ status: 'done' }, 'status: must be pending'],
		[{ status: null }, 'status: is required'],
		[{ companyId: '1' }, 'companyId: is another branch'],
		[{ id: '2' }, 'id: is another record'],
		[{ changedAt: '10.03.2026' }, 'changedAt: must be a UTC time'],
		[{ visitAt: '2026-13-01T00:00:00Z' }, 'visitAt: is no real date'],
		[{ baseKopecks: -1 }, 'baseKopecks: must be a whole number'],
		[{ services: {} }, 'services: must be a list'],
		[{ services: [{ id: '1' }] }, 'services.0.costKopecks: is required'],
		[{ services: [{ id: '1', costKopecks: 1.5 }] }, 'services.0.costKopecks: must be a whole number'],
		[{ services: [{ costKopecks: 1 }] }, 'services.0.id: is required'],
		[{ goods: [{ id: '1', costKopecks: 9_007_199_254_740_992 }] }, 'goods.0.costKopecks: must be a whole number'],
		[{ paid: 1 }, 'paid: must be true or false'],
		[{ client: 'Анна' }, 'client: must be an object'],
		[{ clientCodes: 'ABC00001' }, 'clientCodes: must be a list'],
		[{ clientCodes: [{}] }, 'clientCodes.0: must be a text'],
	])('save_bookings names the field of a booking with %j', async (wrong, message) => {
		const entry = record(1, { code: codeOf('u1') });
		const p = { company_id: COMPANY, records: [record(2), { ...entry, booking: { ...entry.booking, ...wrong } }] };
		await refuses('save_bookings', p, `records.1.booking.${message}`);
		expect(await ledger.sql('SELECT FROM fulfillment.bookings')).toEqual([]);
	});

	it.each<[unknown, string]>([
		[{ userId: '999', matchedBy: 'code' }, 'records.0.match.userId: is not known'],
		[{ userId: 'x', matchedBy: 'code' }, 'records.0.match.userId: must be a whole number'],
		[{ userId: '1', matchedBy: 'guess' }, 'records.0.match.matchedBy: must be code, email or phone'],
		[{ review: 'yes' }, 'records.0.match.review: must be true or false'],
		[{ review: true, warnings: 'two_codes' }, 'records.0.match.warnings: must be a list'],
		['u1', 'records.0.match: must be an object'],
	])('save_bookings names what is wrong in the match %j, also of a known record', async (match, message) => {
		await refuses('save_bookings', { company_id: COMPANY, records: [{ ...record(1), match }] }, message);
		await loyalty.people({ external_id: 'u1' });
		await loyalty.take([record(1, { code: codeOf('u1') })]);
		const known = { ...record(1, { code: codeOf('u1') }), match };
		await refuses('save_bookings', { company_id: COMPANY, records: [known] }, message);
	});

	it('a match without names for its doubts opens a review all the same', async () => {
		await loyalty.save([{ ...record(1), match: { userId: null, matchedBy: null, review: true, warnings: [] } }]);
		expect(await ledger.rows('list_reviews', {})).toMatchObject([{ reason: 'unclear' }]);
	});

	it('texts that are too long for an index are kept, and match nobody', async () => {
		const long = `${'a'.repeat(100_000)}@example.com`;
		const entry = record(1, { client: { email: long, phone: '7'.repeat(5000) } });
		expect(await loyalty.take([entry])).toMatchObject({ saved: 1, unlinked: 1 });
		expect(await loyalty.take([entry])).toMatchObject({ duplicate: 1 });
	});

	it('post_points names what is wrong in the result', async () => {
		await loyalty.people({ external_id: 'u1' });
		await loyalty.take([record(1, { code: codeOf('u1') })]);
		const [work] = (await loyalty.work()) as [WorkRow];
		const result = statement(work) as unknown as Row & { bookings: Row[]; entries: Row[] };
		const post = (changes: Row, p: Row = {}) =>
			ledger.row('post_points', { ...work, result: { ...result, ...changes }, ...p });
		const wrong: Array<[Row, string]> = [
			[{ available: undefined }, 'result.available: is required'],
			[{ pending: -1 }, 'result.pending: must be a whole number'],
			[{ tier: null }, 'result.tier: is required'],
			[{ bookings: {} }, 'result.bookings: must be a list'],
			[{ bookings: [{ ...result.bookings[0], target: -5 }] }, 'result.bookings.0.target: must be a whole number'],
			[{ bookings: [{ ...result.bookings[0], rateBps: 10_001 }] }, 'result.bookings.0.rateBps: must be a whole number'],
			[{ entries: [{ ...result.entries[0], points: 1.5 }] }, 'result.entries.0.points: must be a whole number'],
			[{ entries: [{ ...result.entries[0], source: 'other' }] }, 'result.entries.0: is nothing of this user'],
			[{ entries: [{ type: 'adjust', key: 'other', points: 9 }] }, 'result.entries.0: is nothing of this user'],
			[{ expiringSoon: { lots: [{ expiresAt: 'soon' }] } }, 'result.expiringSoon.lots.0.expiresAt: must be a UTC time'],
		];
		for (const [changes, message] of wrong) await expect(post(changes)).rejects.toThrow(message);
		await expect(post({}, { result: { error: 'x' } })).rejects.toThrow('result.available: is required');
		await expect(post({}, { user_id: 999 })).rejects.toThrow('user_id: is not known');
		await expect(post({}, { as_of: 'now' })).rejects.toThrow('as_of: must be a UTC time');
		expect(await loyalty.entries()).toEqual([]);
		expect(await post({})).toMatchObject({ outcome: 'posted', points: '100' });
	});

	it('an act the calculator says nothing about stays', async () => {
		await loyalty.people({ external_id: 'u1' });
		await loyalty.act({ external_id: 'u1', type: 'burn', key: 'k', points: 5 });
		const [work] = (await loyalty.work()) as [WorkRow];
		const silent = { ...statement(work), explanations: [] };
		await expect(loyalty.postWork(work, silent)).rejects.toThrow('result.entries or explanations of key k: is required');
		expect(await ledger.row('read_act', { key: 'k' })).toMatchObject({ status: 'pending' });
	});

	it('record_act names what does not belong to its type', async () => {
		const act = (p: Row) => ({ external_id: 'u1', key: 'k', ...p });
		const wrong: Array<[Row, string]> = [
			[{ type: 'gift', points: 1 }, 'type: must be burn, burn_cancel or adjust'],
			[{ type: 'burn' }, 'points: is required'],
			[{ type: 'burn', points: 0 }, 'points: must be above 0'],
			[{ type: 'adjust', points: 0 }, 'points: must not be 0'],
			[{ type: 'burn_cancel', points: 5 }, 'points: must be left out'],
			[{ type: 'adjust', points: 5, bill_kopecks: 1 }, 'bill_kopecks: is only for type burn'],
			[{ type: 'burn', points: 5, expires_at: inDays(1) }, 'expires_at: is only for type adjust'],
			[{ type: 'burn', points: '1e3' }, 'points: must be a whole number'],
			[{ type: 'burn', points: 5, key: ' k' }, 'key: must be 1 to 200'],
			[{ type: 'burn', points: 5, key: null }, 'key: is required'],
		];
		for (const [p, message] of wrong) await refuses('record_act', act(p), message);
	});

	it('the other functions name what is wrong', async () => {
		await expect(loyalty.work({ user_ids: ['x'] })).rejects.toThrow('user_ids.0: must be a whole number');
		await expect(loyalty.work({ user_ids: [null] })).rejects.toThrow('user_ids.0: is required');
		await expect(loyalty.work({ limit: 0 })).rejects.toThrow('limit: must be a whole number');
		await refuses('sync_state', { company_id: COMPANY, name: 'a', first_days: -1 }, 'first_days: must be a whole number');
		await refuses('list_bookings', { external_id: 'u1', upcoming_only: 'true' }, 'upcoming_only: must be true or false');
		await refuses('list_reviews', { company_id: 'x' }, 'company_id: must be the number of a branch');
		const records = [{ recordId: '1', booking: { clientCodes: 'x' } }];
		await refuses('bookings_to_match', { company_id: COMPANY, records }, 'records.0.booking.clientCodes: must be a list');
	});
});
