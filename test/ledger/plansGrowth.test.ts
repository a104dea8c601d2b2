import type { PoolClient } from 'pg';

import { openPostgres } from '../support/postgres';
import { Ledger, type Row } from './ledger';
import { Billing, type Cancellation, PRICE, TOKEN, USER } from './plans';

const MEMBERS = 50_000;
const FILL_TIMEOUT_MS = 240_000;
/** More than a prepared statement is planned anew for, so that the generic plan is watched too. */
const CALLS = 8;
/** What a call may read; a few rows of one user and what is due, never all. */
const MOST_ROWS = 150;
/** Those that grow with users and payments. */
const GROWING = [
	'events',
	'orders',
	'plan_users',
	'memberships',
	'membership_periods',
	'renewal_attempts',
	'plan_notices',
	'plan_usage',
];

describe(`CP9: plans with ${MEMBERS.toLocaleString('en')} members on PostgreSQL`, () => {
	const ledger = new Ledger(openPostgres);
	const billing = new Billing(ledger);
	let client: PoolClient;
	beforeAll(async () => {
		await ledger.open();
		await billing.plans();
		await billing.prepare();
		await addMembers();
		client = await ledger.pool.connect();
	}, FILL_TIMEOUT_MS);
	afterAll(async () => {
		client?.release();
		await ledger.close();
	}, FILL_TIMEOUT_MS);

	/** Members in the middle of their third period, each paid for, renewed and told; nothing is due. */
	async function addMembers(): Promise<void> {
		await ledger.sql(
			`INSERT INTO fulfillment.plan_users (user_id) SELECT 'm-' || n FROM generate_series(1, ${MEMBERS}) n`,
		);
		await ledger.sql(`INSERT INTO fulfillment.memberships (user_id, plan_code, plan_name, amount_minor, currency, period_days, counters,
				counters_left, status, starts_at, ends_at, auto_renew, renew_by, card_token)
			SELECT user_id, 'pro', 'Pro', ${PRICE}, 'RUB', 30, '{"mails": 100}', '{"mails": 100}', 'active', now() - interval '75 days',
				now() + interval '15 days' + random() * interval '5 days', random() < 0.5, 'token', 'tk' FROM fulfillment.plan_users`);
		await ledger.sql(`INSERT INTO fulfillment.orders (order_ref, pipeline, provider, status, amount_minor, currency, buyer_key, details, paid_at,
				provider_payment_id, idempotency_key)
			SELECT encode(sha256((m.id || '-' || n)::bytea), 'hex')::char(40), 'cloudpayments-billing', 'cloudpayments', 'paid', ${PRICE}, 'RUB',
				m.user_id, '{"purpose": "purchase", "plan": "pro"}', now(), 't' || m.id || '-' || n, 'old-' || m.id || '-' || n
			FROM fulfillment.memberships m, generate_series(1, 3) n`);
		await ledger.sql(`INSERT INTO fulfillment.membership_periods (membership_id, number, order_ref, transaction_id, plan_code, is_renewal,
				amount_minor, currency, period_days, paid_at, starts_at, ends_at)
			SELECT m.id, split_part(o.provider_payment_id, '-', 2)::int, o.order_ref, o.provider_payment_id, 'pro', true, ${PRICE}, 'RUB', 30,
				m.starts_at, m.starts_at, m.ends_at
			FROM fulfillment.memberships m JOIN fulfillment.orders o ON o.buyer_key = m.user_id`);
		await ledger.sql(`INSERT INTO fulfillment.renewal_attempts (order_ref, number, membership_id, period, request_id, state, is_last, decided_at)
			SELECT b.order_ref, 1, b.membership_id, b.number, b.order_ref || '-1', 'paid', false, now() FROM fulfillment.membership_periods b`);
		await ledger.sql(`INSERT INTO fulfillment.plan_notices (user_id, kind, subject, status, due_at, sent_at)
			SELECT o.buyer_key, 'paid', o.order_ref, 'sent', NULL, now() FROM fulfillment.orders o`);
		await ledger.sql(
			"INSERT INTO fulfillment.plan_usage (user_id, key, counter, used) SELECT user_id, 'k', 'mails', 1 FROM fulfillment.plan_users",
		);
		await ledger.sql(`INSERT INTO fulfillment.events (provider, event_key, kind, pipeline, workflow_id, order_ref, provider_payment_id, amount_minor,
				currency, occurred_at, is_test, payload, serial_key, status, max_attempts, lease_seconds, finished_at)
			SELECT 'cloudpayments', o.provider_payment_id, 'paid', o.pipeline, 'wf', o.order_ref, o.provider_payment_id, o.amount_minor, o.currency,
				now(), false, '{}', o.buyer_key, 'done', 8, 300, now() FROM fulfillment.orders o`);
		await ledger.sql('VACUUM ANALYZE');
	}

	async function readsSoFar(): Promise<{ full_scans: number; rows_read: number }> {
		const { rows } = await client.query(
			`SELECT sum(seq_scan)::int AS full_scans, sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0))::int AS rows_read
				FROM pg_stat_xact_user_tables WHERE schemaname = 'fulfillment' AND relname = ANY ($1)`,
			[GROWING],
		);
		return rows[0] as { full_scans: number; rows_read: number };
	}

	/** Calls a function in a transaction of its own and asks the server what the call read. */
	async function readsOf(fn: string, p: Row): Promise<{ row: Row; full_scans: number; rows_read: number }> {
		await client.query('BEGIN');
		try {
			const before = await readsSoFar();
			const { rows } = await client.query(`SELECT * FROM fulfillment.${fn}($1::jsonb)`, [JSON.stringify(p)]);
			const after = await readsSoFar();
			return {
				row: rows[0] as Row,
				full_scans: after.full_scans - before.full_scans,
				rows_read: after.rows_read - before.rows_read,
			};
		} finally {
			await client.query('COMMIT');
		}
	}

	async function expectLookups(fn: string, inputs: Row[]): Promise<Row[]> {
		const found: Row[] = [];
		for (const p of inputs) {
			const { row, full_scans, rows_read } = await readsOf(fn, p);
			expect({ fn, full_scans, isMuch: rows_read > MOST_ROWS }).toEqual({ fn, full_scans: 0, isMuch: false });
			found.push(row);
		}
		return found;
	}

	it('every function reads by index, and few rows', async () => {
		const times = Array.from({ length: CALLS }, (_, index) => index);
		const users = times.map((index) => ({ user_id: `${USER}-${index}` }));
		const opened = await expectLookups(
			'open_plan_order',
			users.map((user) => ({ ...user, plan: 'pro', auto_renew: true })),
		);
		await expectLookups('check_order', opened);
		const payments = opened.map(({ order_ref, user_id }) =>
			billing.fact(String(order_ref), 'paid', { raw: { AccountId: user_id, Token: TOKEN } }),
		);
		const receipts: Row[] = [];
		for (const payment of payments) receipts.push({ ...(await billing.receive(payment)) });
		await expectLookups('activate_plan', receipts);
		await expectLookups('activate_plan', receipts);
		for (const fn of ['my_plan', 'my_payments']) await expectLookups(fn, users);
		await expectLookups('my_payment', opened);
		await expectLookups(
			'my_payment',
			payments.map(({ providerPaymentId }, index) => ({ ...users[index], transaction_id: providerPaymentId })),
		);
		await expectLookups(
			'use_counter',
			users.map((user, index) => ({ ...user, counter: 'mails', key: `k${index}` })),
		);

		// Only the new ones come due, one after the other.
		await ledger.sql(`UPDATE fulfillment.memberships SET ends_at = now() + interval '2 days', starts_at = now() - interval '28 days'
			WHERE user_id LIKE '${USER}%'`);
		const renewals = await expectLookups(
			'take_renewals',
			times.map(() => ({ limit: 1 })),
		);
		await expectLookups('start_attempt', renewals);
		await expectLookups(
			'record_charge',
			renewals.slice(0, 4).map((renewal) => ({ ...renewal, outcome: 'declined', decline: { class: 'temporary' } })),
		);
		await expectLookups(
			'record_charge',
			renewals.slice(4).map((renewal) => ({ ...renewal, outcome: 'unknown' })),
		);
		await ledger.sql("UPDATE fulfillment.renewal_attempts SET next_at = now() WHERE state = 'unknown'");
		await expectLookups(
			'take_renewals',
			times.map(() => ({ limit: 1 })),
		);

		await expectLookups(
			'partial_refund',
			opened.map(({ order_ref }, index) => ({ order_ref, amount_minor: 1, key: `k${index}` })),
		);
		await expectLookups(
			'confirm_refund',
			times.map((index) => ({ key: `k${index}`, outcome: 'accepted', refund_transaction_id: `r${index}` })),
		);
		const steps = (await expectLookups('cancel_plan', users)) as Cancellation[];
		expect(steps.map(({ action }) => action)).toEqual(times.map(() => 'refund'));
		await ledger.sql(
			'UPDATE fulfillment.memberships SET cancel_lease_until = now() WHERE cancel_lease_until IS NOT NULL',
		);
		await expectLookups(
			'take_cancellations',
			times.map(() => ({ limit: 1 })),
		);
		await expectLookups(
			'finish_cancellation',
			steps.map(({ membership_id }) => ({ membership_id, outcome: 'refunded' })),
		);
		const refunds = payments.map(({ orderRef, providerPaymentId }, index) =>
			billing.fact(orderRef, 'refunded', { providerPaymentId, refundId: `late-${index}`, amountMinor: 1 }),
		);
		const told: Row[] = [];
		for (const refund of refunds) told.push({ ...(await billing.receive(refund)) });
		await expectLookups('settle_plan_event', told);
		const notices = await expectLookups(
			'take_notices',
			times.map(() => ({ limit: 1 })),
		);
		await expectLookups(
			'finish_notice',
			notices.map(({ notice_id }) => ({ notice_id, outcome: 'sent' })),
		);
		await ledger.sql(
			`UPDATE fulfillment.memberships SET status = 'active', ends_at = now() WHERE user_id LIKE '${USER}%'`,
		);
		await expectLookups(
			'end_plans',
			times.map(() => ({ limit: 1 })),
		);
		await expectLookups(
			'unknown_events',
			times.map(() => ({ provider: 'cloudpayments', events: payments })),
		);
	}, 60_000);

	it('notices a full scan', async () => {
		expect((await readsOf('billing_statistics', {})).full_scans).toBeGreaterThan(0);
	}, 60_000);
});
