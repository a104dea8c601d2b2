import type { PoolClient } from 'pg';

import { addDoneEvents } from '../bench/ledgerGrowth';
import { openPostgres } from '../support/postgres';
import { delivery, Ledger, orderInput, paymentEvent, renewalEvent, type Row } from './ledger';

const OLD_EVENTS = 1_000_000;
const FILL_TIMEOUT_MS = 240_000;
/** More than a prepared statement is planned anew for, so that the generic plan is watched too. */
const CALLS = 8;
/** What a call may read; a few open events are looked at, never the done ones. */
const MOST_ROWS = 40;

/** What PostgreSQL read of the two growing tables. */
interface Reads {
	full_scans: number;
	rows_read: number;
}

describe(`claims with ${OLD_EVENTS.toLocaleString('en')} done events on PostgreSQL`, () => {
	const ledger = new Ledger(openPostgres);
	let client: PoolClient;
	beforeAll(async () => {
		await ledger.open();
		await addDoneEvents(ledger, OLD_EVENTS);
		client = await ledger.pool.connect();
	}, FILL_TIMEOUT_MS);
	afterAll(async () => {
		client?.release();
		await ledger.close();
	}, FILL_TIMEOUT_MS);

	async function readsSoFar(): Promise<Reads> {
		const { rows } = await client.query<Reads>(`SELECT sum(seq_scan)::int AS full_scans,
			sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0))::int AS rows_read
			FROM pg_stat_xact_user_tables WHERE schemaname = 'fulfillment' AND relname IN ('events', 'orders')`);
		return rows[0] as Reads;
	}

	/** Calls a function in a transaction of its own and asks the server what the call read. */
	async function readsOf(fn: string, p: Row): Promise<{ row: Row; reads: Reads }> {
		await client.query('BEGIN');
		try {
			// The counters may still hold what earlier transactions of this connection have not handed in.
			const before = await readsSoFar();
			const { rows } = await client.query(`SELECT * FROM fulfillment.${fn}($1::jsonb)`, [JSON.stringify(p)]);
			const after = await readsSoFar();
			const reads = {
				full_scans: after.full_scans - before.full_scans,
				rows_read: after.rows_read - before.rows_read,
			};
			return { row: rows[0] as Row, reads };
		} finally {
			await client.query('COMMIT');
		}
	}

	async function expectLookups(fn: string, inputs: Row[]): Promise<Row[]> {
		const found: Row[] = [];
		for (const p of inputs) {
			const { row, reads } = await readsOf(fn, p);
			expect({ fn, ...reads }).toEqual({ fn, full_scans: 0, rows_read: expect.any(Number) });
			if (reads.rows_read > MOST_ROWS) throw new Error(`${fn} read ${reads.rows_read} rows`);
			found.push(row);
		}
		return found;
	}

	it('every function reads by index, and few rows', async () => {
		const times = Array.from({ length: CALLS }, (_, index) => index);
		const renewals = (key: string, p: Row = {}) =>
			times.map((index) =>
				delivery(renewalEvent({ eventKey: key + index }), {
					kinds: ['renewed'],
					serial_key: key + index,
					...p,
				}),
			);

		const carts = times.map((index) => orderInput({ idempotency_key: `cart-${index}` }));
		const orders = await expectLookups('create_order', carts);
		const payments = orders.map(({ order_ref }, index) =>
			delivery(paymentEvent({ orderRef: String(order_ref), eventKey: `p${index}` }), {
				serial_key: `p${index}`,
			}),
		);
		const paid = await expectLookups('receive_event', payments);
		expect(paid.map(({ outcome }) => outcome)).toEqual(times.map(() => 'claimed'));
		await expectLookups('receive_event', payments);
		await expectLookups(
			'take_up_event',
			paid.map((claim) => ({ ...claim, execution_id: 'exec-1' })),
		);
		await expectLookups('finish_event', paid);
		await expectLookups(
			'read_order',
			orders.map(({ order_ref }) => ({ order_ref, pipeline: 'prodamus-chakra' })),
		);

		const failing = await expectLookups('receive_event', renewals('f'));
		await expectLookups(
			'fail_event',
			failing.map((claim) => ({ ...claim, error: 'x' })),
		);
		const crashing = await expectLookups('receive_event', renewals('c', { execution_id: 'exec-crash' }));
		const crash = { execution_id: 'exec-crash', workflow_id: 'wf-chakra', error: 'x' };
		await expectLookups(
			'fail_execution',
			crashing.map(() => crash),
		);
		await ledger.sql("UPDATE fulfillment.events SET next_attempt_at = now() WHERE status = 'failed'");
		await expectLookups(
			'take_due_events',
			times.map(() => ({ limit: 2 })),
		);
		await expectLookups(
			'replay_event',
			paid.map(({ event_id }) => ({ event_id, force: true })),
		);
	}, 60_000);

	it('notices a full scan', async () => {
		await ledger.sql(`CREATE FUNCTION fulfillment.count_noted(p jsonb) RETURNS bigint LANGUAGE sql
			AS $$ SELECT count(*) FROM fulfillment.events WHERE note = p ->> 'note' $$`);
		expect((await readsOf('count_noted', { note: 'x' })).reads.full_scans).toBeGreaterThan(0);
	}, 60_000);
});
