import type { PoolClient } from 'pg';

import { openPostgres } from '../support/postgres';
import { Ledger, type Row } from './ledger';
import { codeOf, COMPANY, inDays, record, statement, type WorkRow } from './loyaltySupport';

const BOOKINGS = 1_000_000;
const USERS = 50_000;
/** Bookings that have a history, an award and an entry. */
const AWARDED = 250_000;
const FILL_TIMEOUT_MS = 600_000;
/** More than a prepared statement is planned anew for, so that the generic plan is watched too. */
const times = [0, 1, 2, 3, 4, 5, 6, 7];
/** What a call about one or two users with some bookings may read. */
const MOST_ROWS = 250;
const LARGE = ['bookings', 'loyalty_users', 'loyalty_awards', 'loyalty_history', 'loyalty_entries', 'loyalty_acts'];

/** A branch in its second decade: a fifth of its bookings is nobody's, the rest goes round the users. */
async function fill(ledger: Ledger): Promise<void> {
	await ledger.sql(
		`INSERT INTO fulfillment.loyalty_users (external_id, code, email, phone, is_rematch_due, revision,
			posted_revision, next_check_at)
		SELECT 'u' || n, 'OLD' || to_char(n, 'FM00000'), 'u' || n || '@example.com', '+7999' || to_char(n, 'FM0000000'),
			false, 100, 100, now() + interval '9 days'
		FROM generate_series(1, $1::int) n`,
		[USERS],
	);
	await ledger.sql(
		`INSERT INTO fulfillment.bookings (company_id, record_id, version_at, booking, status, visit_at, base_kopecks,
			client_codes, user_id, matched_by, matched_at)
		SELECT '${COMPANY}', n::text, '2026-01-01Z', jsonb_build_object('status', 'completed', 'services', '[]'::jsonb,
				'clientCodes', jsonb_build_array('FAR' || n), 'client', jsonb_build_object('email', 'guest' || n || '@example.com',
				'phone', '8' || to_char(n, 'FM0000000000'))),
			'completed', now() - n * interval '5 minutes', 200000, ARRAY['FAR' || n],
			CASE WHEN n % 5 > 0 THEN n % $2::int + 1 END, CASE WHEN n % 5 > 0 THEN 'code' END, now()
		FROM generate_series(1, $1::int) n`,
		[BOOKINGS, USERS],
	);
	const source = `'yclients:${COMPANY}:record:' || n`;
	const awarded = 'FROM generate_series(1, $1::int) n WHERE n % 5 > 0';
	await ledger.sql(
		`INSERT INTO fulfillment.loyalty_awards (user_id, source, counted, version, posted_version, rate_bps, points)
		SELECT n % ${USERS} + 1, ${source}, '{}', 1, 1, 500, 100 ${awarded}`,
		[AWARDED],
	);
	await ledger.sql(
		`INSERT INTO fulfillment.loyalty_history (user_id, revision, at, source, event)
		SELECT n % ${USERS} + 1, n / ${USERS} + 1, now(), ${source}, jsonb_build_object('type', 'record', 'record',
			jsonb_build_object('id', ${source}, 'status', 'completed', 'visitAt', '2026-01-01T00:00:00Z',
			'changedAt', '2026-01-01T00:00:00Z',
			'services', jsonb_build_array(jsonb_build_object('id', '1', 'costKopecks', 200000))))
		${awarded}`,
		[AWARDED],
	);
	await ledger.sql(
		`INSERT INTO fulfillment.loyalty_entries (user_id, type, points, source, seq)
		SELECT n % ${USERS} + 1, 'earn', 100, ${source}, 1 ${awarded}`,
		[AWARDED],
	);
	await ledger.sql(
		`INSERT INTO fulfillment.loyalty_acts (user_id, type, key, points, status, finished_at)
		SELECT n % ${USERS} + 1, 'burn', 'old-' || n, 1, 'done', now() FROM generate_series(1, 100000) n`,
	);
	for (const table of LARGE) await ledger.sql(`VACUUM ANALYZE fulfillment.${table}`);
}

describe(`YL3, YL9: loyalty with ${BOOKINGS.toLocaleString('en')} bookings on PostgreSQL`, () => {
	const ledger = new Ledger(openPostgres);
	let client: PoolClient;
	beforeAll(async () => {
		await ledger.open();
		await fill(ledger);
		client = await ledger.pool.connect();
	}, FILL_TIMEOUT_MS);
	afterAll(async () => {
		client?.release();
		await ledger.close();
	}, FILL_TIMEOUT_MS);

	interface Reads {
		full_scans: number;
		rows_read: number;
	}

	/** What PostgreSQL read of the growing tables. */
	async function readsSoFar(): Promise<Reads> {
		const { rows } = await client.query<Reads>(
			`SELECT sum(seq_scan)::int AS full_scans,
				sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0))::int AS rows_read
			FROM pg_stat_xact_user_tables WHERE schemaname = 'fulfillment' AND relname = ANY ($1)`,
			[LARGE],
		);
		return rows[0] as Reads;
	}

	async function readsOf<T extends Row>(fn: string, p: Row): Promise<{ rows: T[]; reads: Reads }> {
		await client.query('BEGIN');
		try {
			const before = await readsSoFar();
			const { rows } = await client.query<T>(`SELECT * FROM fulfillment.${fn}($1::jsonb)`, [JSON.stringify(p)]);
			const after = await readsSoFar();
			const reads = {
				full_scans: after.full_scans - before.full_scans,
				rows_read: after.rows_read - before.rows_read,
			};
			return { rows, reads };
		} finally {
			await client.query('COMMIT');
		}
	}

	/** The rows of all calls. */
	async function lookups<T extends Row = Row>(fn: string, input: (index: number) => Row): Promise<T[]> {
		const found: T[] = [];
		for (const index of times) {
			const { rows, reads } = await readsOf<T>(fn, input(index));
			expect({ fn, ...reads }).toEqual({ fn, full_scans: 0, rows_read: expect.any(Number) });
			if (reads.rows_read > MOST_ROWS) throw new Error(`${fn} read ${reads.rows_read} rows`);
			found.push(...rows);
		}
		return found;
	}

	it('every function reads by index, and few rows', async () => {
		const company_id = COMPANY;
		const people = await lookups('issue_codes', (index) => ({
			users: [{ external_id: `new${index}`, phone: `+7${String(index * 5 + 5).padStart(10, '0')}` }],
			codes: [`OLD0000${index + 1}`, codeOf(`u${index}`)],
		}));
		expect(people.every(({ outcome }) => outcome === 'created')).toBe(true);
		// Each finds the booking that was nobody's until now.
		const found = await lookups('bookings_to_match', () => ({ company_id, records: [] }));
		expect((found[0]?.records as Row[]).map(({ recordId }) => recordId).sort()).toEqual(
			times.map((index) => String(index * 5 + 5)).sort(),
		);

		const known = (index: number) => record(9_000_000 + index, { code: codeOf(`u${index}`), version: index });
		await lookups('bookings_to_match', (index) => ({ company_id, records: [known(index), record(index + 1)] }));
		const matched = (index: number, userId: unknown) => ({
			company_id,
			records: [{ ...known(index), match: { userId, matchedBy: 'code', review: false, warnings: [] } }],
			run: { mode: 'changes' },
			cursor: { name: 'changes', since: '2026-03-11T09:00:00Z' },
		});
		const saved = () => lookups('save_bookings', (index) => matched(index, people[index]?.user_id));
		expect((await saved()).map((row) => row.saved)).toEqual(times.map(() => 1));
		expect((await saved()).map((row) => row.duplicate)).toEqual(times.map(() => 1));
		const doubt = { review: true, warnings: ['two_codes'] };
		const changed = await lookups('save_bookings', (index) => ({
			company_id,
			records: [{ ...record(index + 1, { version: index }), match: { userId: String(index + 2), ...doubt } }],
		}));
		expect(changed.map(({ saved, reviews_open }) => [saved, reviews_open])).toEqual(times.map(() => [1, 1]));

		await lookups('record_act', (index) => ({
			external_id: `u${index + 2}`,
			type: 'burn',
			key: `new-${index}`,
			points: 10,
		}));
		await lookups('read_act', (index) => ({ key: `new-${index}` }));
		await lookups('loyalty_work', (index) => ({ user_ids: [people[index]?.user_id] }));
		await lookups('loyalty_work', () => ({ limit: 2 }));
		const works = await lookups<WorkRow & Row>('loyalty_work', (index) => ({ user_ids: [index + 2], always: true }));
		expect(works).toHaveLength(times.length);
		const posts = await lookups('post_points', (index) => {
			const work = works[index] as WorkRow;
			return { user_id: work.user_id, revision: work.revision, as_of: work.as_of, result: statement(work) };
		});
		// Every fifth has no bookings, and so nothing to spend.
		expect(posts.filter(({ outcome }) => outcome === 'posted')).toHaveLength(7);

		await lookups('list_bookings', (index) => ({ external_id: `u${index + 2}`, upcoming_only: index % 2 === 0 }));
		await lookups('loyalty_account', (index) => ({ external_id: `u${index + 2}` }));
		await lookups('sync_state', () => ({ company_id, name: 'changes' }));
		const reviews = await lookups('list_reviews', () => ({ company_id }));
		await lookups('resolve_review', (index) => ({
			review_id: reviews[index]?.review_id,
			external_id: `u${index + 9}`,
			by: 'ops',
		}));
		const window = { company_id, from: inDays(-2), to: inDays(-1.7), started_at: inDays(1), record_ids: ['1'] };
		expect(await lookups('missing_bookings', () => window)).not.toEqual([]);
	}, 120_000);

	it('notices a full scan', async () => {
		await ledger.sql(`CREATE FUNCTION fulfillment.count_by_api_id(p jsonb) RETURNS bigint LANGUAGE sql
			AS $$ SELECT count(*) FROM fulfillment.bookings WHERE api_id = p ->> 'api_id' $$`);
		expect((await readsOf('count_by_api_id', { api_id: 'x' })).reads.full_scans).toBeGreaterThan(0);
	}, 60_000);
});
