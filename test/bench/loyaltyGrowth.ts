import type { PoolClient } from 'pg';

import { Ledger } from '../ledger/ledger';
import { openPostgres } from '../support/postgres';
import { postCustomers, saveRecords } from './loyaltySteps';
import { COMPANY, FIRST_PHONE, POINTS_OF_VISIT, repriced, visitOf, VISITS_OF_CUSTOMER } from './loyaltyVisit';
import { median } from './rounds';

/** Bookings that are there before. */
const SIZES = [1_000, 10_000, 100_000, 1_000_000] as const;
const ROUNDS = 9;
/** The first rounds warm caches and plans and do not count. */
const WARM_UP_ROUNDS = 2;
const CHANGED = 60;
/** The last booking of each ten is nobody's. */
const LINKED_VISITS = VISITS_OF_CUSTOMER - 1;
const NEW_PRICE_KOPECKS = 300_000;
const EXTRA_POINTS = 30;

/** Milliseconds of one save of 60 changed bookings of 60 customers. */
export interface SaveCost {
	/** `bookings_to_match`, match, `save_bookings`. */
	save: number;
	/** `loyalty_work`, calculator, `post_points`. */
	post: number;
}

export interface GrowthRow {
	/** In the ledger before. */
	bookings: number;
	/** Medians of the rounds. */
	cost: SaveCost;
	/** Median over the rounds of the whole cost / that with the fewest bookings. */
	ratio: number;
	rounds: SaveCost[];
}

/**
 * What an incremental save costs as the ledger grows: the same in four databases side by side, which one goes first
 * alternating. Each customer has nine visits everywhere; there are more customers. Needs the PostgreSQL server of the
 * tests, as a superuser.
 *
 * @throws Error when a save does not give every customer the points of the new price
 */
export async function measureLoyaltyGrowth(log: (line: string) => void): Promise<GrowthRow[]> {
	const ledgers = SIZES.map((bookings) => ({ bookings, ledger: new Ledger(openPostgres), rounds: [] as SaveCost[] }));
	try {
		for (const { bookings, ledger } of ledgers) {
			log(`  filling a ledger with ${bookings.toLocaleString('en')} bookings`);
			await ledger.open();
			await fill(ledger, bookings / VISITS_OF_CUSTOMER);
		}
		for (let round = 0; round < WARM_UP_ROUNDS + ROUNDS; round++) {
			for (const { bookings, ledger, rounds } of round % 2 === 0 ? ledgers : [...ledgers].reverse()) {
				rounds.push(await saveOnce(ledger, bookings / VISITS_OF_CUSTOMER, round));
			}
		}
		const measured = ledgers.map(({ bookings, rounds }) => ({ bookings, rounds: rounds.slice(WARM_UP_ROUNDS) }));
		const whole = ({ save, post }: SaveCost) => save + post;
		return measured.map(({ bookings, rounds }) => ({
			bookings,
			cost: { save: median(rounds.map(({ save }) => save)), post: median(rounds.map(({ post }) => post)) },
			ratio: median(rounds.map((cost, round) => whole(cost) / whole(measured[0]!.rounds[round]!))),
			rounds,
		}));
	} finally {
		for (const { ledger } of ledgers) await ledger.close();
	}
}

/**
 * Other customers in each round. It is rolled back, so that all rounds meet the ledger as it was filled; what the
 * commits cost, the same in a small and a large ledger, is not in it.
 */
async function saveOnce({ pool }: Ledger, customers: number, round: number): Promise<SaveCost> {
	const records = Array.from({ length: CHANGED }, (_none, index) => {
		const customer = ((index * Math.floor(customers / CHANGED) + round) % customers) + 1;
		return repriced(visitOf(customer, round % LINKED_VISITS), NEW_PRICE_KOPECKS);
	});
	return await inRolledBack(pool, async (client) => {
		const startedAt = performance.now();
		const { saved } = await saveRecords(client, records);
		const savedAt = performance.now();
		const posted = await postCustomers(client);
		const postedAt = performance.now();
		if (saved !== CHANGED || posted.customers !== CHANGED || posted.points !== CHANGED * EXTRA_POINTS) {
			throw new Error(`${saved} bookings were saved, ${posted.customers} customers posted, with ${posted.points} points`);
		}
		return { save: savedAt - startedAt, post: postedAt - savedAt };
	});
}

async function inRolledBack<T>(pool: Ledger['pool'], act: (client: PoolClient) => Promise<T>): Promise<T> {
	const client = await pool.connect();
	try {
		await client.query('BEGIN');
		return await act(client);
	} finally {
		await client.query('ROLLBACK');
		client.release();
	}
}

/** Customers whose visits are stored, matched and posted, and as many bookings of nobody as there are customers. */
async function fill(ledger: Ledger, customers: number): Promise<void> {
	const visits = Array.from({ length: VISITS_OF_CUSTOMER }, (_none, number) => visitOf(1, number).booking);
	const client = await ledger.pool.connect();
	try {
		// Everything fits together by the way it is made; to have each row looked up again would take minutes.
		await client.query('SET session_replication_role = replica');
		await client.query(
			`INSERT INTO fulfillment.loyalty_users (external_id, code, phone, contacts_at, is_rematch_due, revision,
				posted_revision, history_at, tier, tier_metric, available, points_at, next_check_at)
			SELECT 'c-' || n, 'QA' || chr(65 + n / 100000) || to_char(n % 100000, 'FM00000'), '+7' || $4::bigint + n,
				now() - interval '1 day', false, $2::int, $2, now() - interval '1 day', 'Standard', 200000 * $2, $3::int * $2,
				now() - interval '1 day', now() + n % 30 * interval '1 day' + interval '1 hour'
			FROM generate_series(1, $1::int) n ORDER BY n`,
			[customers, LINKED_VISITS, POINTS_OF_VISIT, FIRST_PHONE.customer],
		);
		await client.query(
			`INSERT INTO fulfillment.bookings (company_id, record_id, version_at, booking, status, visit_at, base_kopecks,
				client_codes, user_id, matched_by, matched_at)
			SELECT $2, r.id, r.at, r.booking || jsonb_build_object('id', r.id, 'visitId', r.id, 'client',
					jsonb_build_object('id', n::text, 'email', null, 'phone',
						'7' || n + CASE WHEN v.is_linked THEN $5::bigint ELSE $6 END)),
				'completed', r.at, 200000, '{}', CASE WHEN v.is_linked THEN n END,
				CASE WHEN v.is_linked THEN 'phone' END, now()
			FROM generate_series(1, $1::int) n
			CROSS JOIN (
				SELECT t.number - 1 AS number, t.number <= $4 AS is_linked, t.booking
				FROM jsonb_array_elements($3::jsonb) WITH ORDINALITY t (booking, number)) v
			CROSS JOIN LATERAL (
				SELECT (n * 10 + v.number)::text AS id, (v.booking ->> 'visitAt')::timestamptz AS at, v.booking) r`,
			[customers, COMPANY, JSON.stringify(visits), LINKED_VISITS, FIRST_PHONE.customer, FIRST_PHONE.stranger],
		);
		await client.query(`INSERT INTO fulfillment.loyalty_awards
				(user_id, source, counted, version, posted_version, rate_bps, points)
			SELECT b.user_id, b.source, fulfillment.counted_record(b), 1, 1, 300, 60
			FROM fulfillment.bookings b WHERE b.user_id IS NOT NULL`);
		await client.query(`INSERT INTO fulfillment.loyalty_history (user_id, revision, at, source, event)
			SELECT a.user_id, b.record_id::bigint % 10 + 1, b.visit_at + interval '1 hour', a.source,
				jsonb_build_object('type', 'record', 'record',
					a.counted || jsonb_build_object('changedAt', fulfillment.iso(b.version_at)))
			FROM fulfillment.loyalty_awards a JOIN fulfillment.bookings b ON b.source = a.source`);
		await client.query(`INSERT INTO fulfillment.loyalty_entries
				(user_id, type, points, source, seq, rate_bps, base_kopecks, record_version)
			SELECT b.user_id, 'earn', 60, b.source, 1, 300, b.base_kopecks, b.version_at
			FROM fulfillment.bookings b WHERE b.user_id IS NOT NULL ORDER BY b.visit_at, b.record_id`);
		await client.query('SET session_replication_role = origin');
		await client.query('VACUUM ANALYZE');
		// What the filling left in memory would otherwise be written while the rounds run.
		await client.query('CHECKPOINT');
	} finally {
		client.release();
	}
}
