import { describeLedger, type Row } from './ledger';
import { Billing, DAY_MS, HOUR_MS, LITE, PRICE, PRO, type Renewal, TOKEN, USER } from './plans';

const OTHER = 'u-78';
const OTHER_CARD = { raw: { AccountId: OTHER, Token: `${TOKEN}_other` } };

describeLedger('CP3, CP12: what a user sees', (ledger) => {
	const billing = new Billing(ledger);
	beforeAll(() => billing.prepare());
	beforeEach(() => billing.plans());

	it('my_plan: plan, days and counters left', async () => {
		expect(await billing.myPlan()).toMatchObject({ outcome: 'no_plan', plan: null, status: null });
		const { starts_at, ends_at } = await billing.buy();
		await ledger.row('use_counter', { user_id: USER, counter: 'mails', by: 3, key: 'k' });
		expect(await billing.myPlan()).toEqual({
			outcome: 'found',
			plan: 'pro',
			name: 'Pro',
			status: 'active',
			days_left: 30,
			starts_at,
			ends_at,
			auto_renew: true,
			renew_by: 'token',
			card_last_four: '4242',
			amount_minor: String(PRICE),
			currency: 'RUB',
			counters: { mails: 97, calls: 3 },
			limits: PRO.counters,
		});
		await billing.pass(29 * 24);
		expect(await billing.myPlan()).toMatchObject({ days_left: 1 });
	});

	it('my_payments: all of this user, newest first, with what went back', async () => {
		const first = await billing.buy({ renew_by: 'provider' });
		await billing.buy({ user_id: OTHER }, OTHER_CARD);
		await billing.pass(24);
		await billing.work(billing.charge({ providerPaymentId: '7001' }));
		await billing.refund({ transaction_id: '7001', amount_minor: PRICE, key: 'k' });
		await ledger.row('confirm_refund', { key: 'k', outcome: 'accepted' });
		await billing.pass(24 * 60);
		const open = await billing.open({ plan: 'lite' });
		const payments = await ledger.rows('my_payments', { user_id: USER });
		expect(payments).toMatchObject([
			{ order_ref: open.order_ref, status: 'pending', plan: 'lite', paid_at: null, period: null },
			{
				order_ref: null,
				transaction_id: '7001',
				status: 'refunded',
				refunded_minor: String(PRICE),
				is_renewal: true,
				period: 2,
			},
			{ order_ref: first.order_ref, status: 'paid', plan: 'pro', is_renewal: false, period: 1, refunded_minor: '0' },
		]);
		expect(await ledger.rows('my_payments', { user_id: USER, limit: 1 })).toHaveLength(1);
	});

	it('CP6, my_payment: by order or transaction; that of somebody else is not found', async () => {
		const { order_ref, ends_at } = await billing.buy();
		const [{ transaction_id } = {}] = await billing.periods();
		const found = await ledger.row('my_payment', { user_id: USER, order_ref });
		expect(found).toMatchObject({
			outcome: 'found',
			order_ref,
			transaction_id,
			status: 'paid',
			amount_minor: String(PRICE),
			ends_at,
		});
		expect(await ledger.row('my_payment', { user_id: USER, transaction_id })).toEqual(found);
		const nothing = await ledger.row('my_payment', { user_id: OTHER, order_ref });
		expect(nothing).toMatchObject({ outcome: 'not_found', order_ref: null, amount_minor: null });
		expect(await ledger.row('my_payment', { user_id: OTHER, transaction_id })).toEqual(nothing);
		expect(await ledger.row('my_payment', { user_id: USER, order_ref: 'x' })).toEqual(nothing);
		expect(await ledger.row('my_payment', { user_id: USER, order_ref: await ledger.order() })).toEqual(nothing);
	});

	it.each<[fn: string, message: string, p: Row]>([
		['my_plan', 'user_id: is required', {}],
		['my_payments', 'user_id: is required', { user_id: '' }],
		['my_payments', 'limit: must be a whole number', { user_id: USER, limit: 0 }],
		['my_payment', 'user_id: is required', { order_ref: 'x' }],
		['my_payment', 'order_ref: or transaction_id is required', { user_id: USER }],
		['list_plans', 'all: must be true or false', { all: 'yes' }],
	])('%s refuses and says "%s"', async (fn, message, p) => {
		await expect(ledger.rows(fn, p)).rejects.toMatchObject({
			code: '22023',
			message: expect.stringContaining(message),
		});
	});
});

describeLedger('CP12: billing_statistics', (ledger) => {
	const billing = new Billing(ledger);
	beforeAll(() => billing.prepare());
	beforeEach(() => billing.plans());
	const statistics = (p: Row = {}) => ledger.row('billing_statistics', p);

	it('is all zero at the beginning', async () => {
		expect(await statistics()).toEqual({
			payments: '0',
			sums: {},
			failures: '0',
			success_rate: null,
			refunds: '0',
			refunded: {},
			renewals: '0',
			active_plans: '0',
			charges_without_event: '0',
			popular_plans: [],
		});
	});

	it('counts payments, sums by currency, refusals, refunds and plans, in the time asked for', async () => {
		await ledger.rows('save_plans', { plans: [{ ...LITE, code: 'kz', currency: 'KZT', amount_minor: 700 }] });
		const first = await billing.buy({ renew_by: 'provider' });
		await billing.work(billing.fact((await billing.open({ user_id: OTHER })).order_ref, 'failed'));
		await billing.work(billing.fact(first.order_ref, 'failed', { isTest: true }));
		await billing.buy({ user_id: OTHER, plan: 'kz' }, { ...OTHER_CARD, amountMinor: 700, currency: 'KZT' });
		await billing.pass(24 * 40);
		await billing.work(billing.charge({ providerPaymentId: '7001' }));
		await billing.refund({ transaction_id: '7001', amount_minor: 500, key: 'k' });
		await ledger.row('confirm_refund', { key: 'k', outcome: 'accepted' });
		await ledger.order();
		expect(await statistics()).toEqual({
			payments: '3',
			sums: { RUB: 2 * PRICE, KZT: 700 },
			failures: '1',
			success_rate: '0.7500',
			refunds: '1',
			refunded: { RUB: 500 },
			renewals: '1',
			active_plans: '1',
			charges_without_event: '0',
			popular_plans: [
				{ plan: 'pro', name: 'Pro', payments: 2 },
				{ plan: 'kz', name: 'Lite', payments: 1 },
			],
		});
		const recent = new Date(Date.now() - 10 * DAY_MS).toISOString();
		expect(await statistics({ from: recent })).toMatchObject({
			payments: '1',
			failures: '0',
			success_rate: '1.0000',
			sums: { RUB: PRICE },
		});
		expect(await statistics({ to: recent })).toMatchObject({
			payments: '2',
			failures: '1',
			refunds: '0',
			renewals: '0',
		});
	});

	it.each([
		['from: must be a UTC time', { from: 'yesterday' }],
		['to: is no real date', { to: '2025-02-30T00:00:00Z' }],
	])('refuses and says "%s"', async (message, p) => {
		await expect(statistics(p)).rejects.toThrow(message);
	});
});

describeLedger('CP11: notices', (ledger) => {
	const billing = new Billing(ledger);
	beforeAll(() => billing.prepare());
	beforeEach(() => billing.plans());
	const finish = (notice: Row | undefined, outcome: string) =>
		ledger.row('finish_notice', { notice_id: notice?.notice_id, outcome });

	it('hands out all a message needs', async () => {
		const { ends_at } = await billing.buy({
			customer: { name: 'Test Buyer', email: 'buyer@example.com', telegram_id: '77' },
		});
		expect(await billing.notices()).toEqual([
			{
				notice_id: expect.any(String),
				kind: 'paid',
				user_id: USER,
				name: 'Test Buyer',
				email: 'buyer@example.com',
				telegram_id: '77',
				plan: 'Pro',
				amount_minor: String(PRICE),
				currency: 'RUB',
				ends_at,
				days_left: 30,
				data: {},
			},
		]);
	});

	it('40 notices and 10 runs at once: each is handed out once, and again when its run was cut off', async () => {
		for (let index = 0; index < 40; index++) {
			await billing.buy({ user_id: `u-${index}` }, { raw: { AccountId: `u-${index}` } });
		}
		const taken = (await Promise.all(Array.from({ length: 10 }, () => billing.notices({ limit: 5 })))).flat();
		for (let rest = await billing.notices(); rest.length > 0; rest = await billing.notices()) taken.push(...rest);
		expect(new Set(taken.map(({ notice_id }) => notice_id)).size).toBe(40);
		expect(taken).toHaveLength(40);
		for (const notice of taken.slice(0, 30)) await finish(notice, 'sent');
		await billing.pass(1);
		expect(await billing.notices()).toHaveLength(10);
	});

	it('sent, no_address and repeated answers', async () => {
		await billing.buy();
		const [notice] = await billing.notices();
		expect(await finish(notice, 'sent')).toEqual({ outcome: 'sent', next_attempt_at: null });
		expect(await finish(notice, 'failed')).toMatchObject({ outcome: 'sent' });
		await billing.pass(24);
		expect(await billing.notices()).toEqual([]);
		await billing.buy({ user_id: OTHER }, OTHER_CARD);
		const [other] = await billing.notices();
		expect(await finish(other, 'no_address')).toMatchObject({ outcome: 'no_address' });
		expect(await finish({ notice_id: 999999 }, 'sent')).toMatchObject({ outcome: 'unknown' });
	});

	it('failed: again later and later, and after ten times an alert', async () => {
		await billing.buy();
		const waits: number[] = [];
		for (let time = 1; time <= 10; time++) {
			const [notice] = await billing.notices();
			const { outcome, next_attempt_at } = await finish(notice, 'failed');
			expect(outcome).toBe(time < 10 ? 'retry' : 'dead');
			if (next_attempt_at) waits.push(Math.round((Number(next_attempt_at) - Date.now()) / 60_000));
			expect(await billing.notices()).toEqual([]);
			await billing.pass(6);
		}
		expect(waits).toEqual([5, 10, 20, 40, 80, 160, 320, 360, 360]);
		expect(await billing.notices()).toEqual([]);
		expect(await ledger.alerts()).toMatchObject([{ kind: 'notice_dead', message: expect.stringContaining(USER) }]);
	});

	it('expiring_soon: once for each end, within the days before it', async () => {
		await billing.buy({ auto_renew: false });
		await billing.notices();
		await billing.pass(27 * 24 - 2);
		const kinds = async () => (await billing.notices()).map(({ kind }) => kind);
		expect(await kinds()).not.toContain('expiring_soon');
		await billing.pass(3);
		expect(await billing.notices()).toMatchObject([
			{ kind: 'paid' },
			{ kind: 'expiring_soon', days_left: 3, plan: 'Pro' },
		]);
		await billing.notices();
		expect(await billing.told()).toEqual(['paid', 'expiring_soon']);
		await billing.buy({ auto_renew: false });
		await billing.pass(30 * 24);
		await billing.notices();
		expect(await billing.told()).toEqual(['paid', 'expiring_soon', 'paid', 'expiring_soon']);
	});

	it('expiring_soon is not told to who is renewed, whose renewal stopped, or whose plan is over', async () => {
		await billing.buy();
		await billing.buy({ user_id: OTHER, auto_renew: false }, OTHER_CARD);
		await billing.pass(28 * 24);
		const [renewal] = (await billing.renewals()) as [Renewal];
		await billing.notices();
		expect(await billing.told()).toEqual(['paid']);
		await billing.record(renewal, 'threeDSecure');
		await billing.notices();
		expect(await billing.told()).toEqual(['paid', 'renewal_stopped']);
		expect(await billing.told(OTHER)).toEqual(['paid', 'expiring_soon']);
		await ledger.sql('DELETE FROM fulfillment.plan_notices');
		await ledger.sql('UPDATE fulfillment.memberships SET expiry_told = false');
		await billing.pass(3 * 24);
		expect(await billing.notices()).toEqual([]);
	});

	it.each<[fn: string, message: string, p: Row]>([
		['take_notices', 'limit: must be a whole number', { limit: 'all' }],
		['take_notices', 'lease_seconds: must be a whole number', { lease_seconds: 0 }],
		['take_notices', 'days_before: must be a whole number', { days_before: 61 }],
		['finish_notice', 'notice_id: is required', { outcome: 'sent' }],
		['finish_notice', 'outcome: must be sent, failed or no_address', { notice_id: 1, outcome: 'done' }],
		['end_plans', 'limit: must be a whole number', { limit: 0 }],
	])('%s refuses and says "%s"', async (fn, message, p) => {
		await expect(ledger.rows(fn, p)).rejects.toMatchObject({
			code: '22023',
			message: expect.stringContaining(message),
		});
	});
});

describeLedger('CP14: unknown_events', (ledger) => {
	const billing = new Billing(ledger);
	beforeAll(() => billing.prepare());
	beforeEach(() => billing.plans());
	const unknown = async (events: unknown, provider = 'cloudpayments') =>
		(await ledger.rows('unknown_events', { provider, events })).map(({ event }) => event);

	it('gives what the ledger does not hold, oldest first, each once', async () => {
		const { order_ref } = await billing.open();
		const known = billing.fact(order_ref, 'paid');
		await billing.receive(known);
		const [newer, older] = [1, 5].map((hours) =>
			billing.fact(order_ref, 'failed', { occurredAt: new Date(Date.now() - hours * HOUR_MS).toISOString() }),
		);
		expect(await unknown([newer, null, known, older, newer])).toEqual([older, newer]);
		expect(await unknown([known], 'stripe')).toEqual([known]);
		expect(await unknown([])).toEqual([]);
	});

	it.each<[message: string, events: unknown]>([
		['events: must be a list', { eventKey: 'x' }],
		['events.1: must be an object', [null, 'paid']],
		['events.0.eventKey: is required', [{ occurredAt: '2025-01-01T00:00:00Z' }]],
		['events.0.occurredAt: is required', [{ eventKey: 'x' }]],
		['events.0.occurredAt: must be a UTC time', [{ eventKey: 'x', occurredAt: 'now' }]],
	])('refuses and says "%s"', async (message, events) => {
		await expect(unknown(events)).rejects.toMatchObject({ code: '22023', message: expect.stringContaining(message) });
	});

	it('refuses a call without a provider', async () => {
		await expect(unknown([], '')).rejects.toThrow('provider: is required');
	});
});

describeLedger('CP6: hostile input and secrets', (ledger) => {
	const billing = new Billing(ledger);
	beforeAll(() => billing.prepare());
	beforeEach(() => billing.plans());

	const functions = async (): Promise<string[]> => {
		const rows = await ledger.sql(`SELECT DISTINCT p.proname AS name
			FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
			WHERE n.nspname = 'fulfillment' AND p.proretset AND pg_get_function_identity_arguments(p.oid) = 'p jsonb'`);
		return rows.map(({ name }) => String(name));
	};

	it('only what charges the card is given the token', async () => {
		await billing.buy();
		const bought = await billing.buy({ user_id: OTHER, renew_by: 'provider' }, OTHER_CARD);
		await billing.pass(28 * 24);
		const [renewal] = (await billing.renewals()) as [Renewal];
		await billing.pass(1);
		const event_id = (await ledger.sql('SELECT id FROM fulfillment.events ORDER BY id LIMIT 1'))[0]?.id;
		const p = {
			...PRO,
			plans: [PRO],
			user_id: USER,
			plan: 'pro',
			order_ref: renewal.order_ref,
			attempt: 1,
			outcome: 'stopped',
			event_id,
			membership_id: renewal.membership_id,
			subscription_id: 'sc_1',
			amount_minor: 1,
			key: 'k',
			counter: 'mails',
			notice_id: 1,
			provider: 'cloudpayments',
			events: [],
			from: null,
		};
		const mayTell = new Set(['take_renewals', 'receive_event', 'claim_event', 'take_up_event']);
		const told: string[] = [];
		for (const name of await functions()) {
			const rows = await ledger.rows(name, p).catch(() => ledger.rows(name, { ...p, outcome: 'paid' }).catch(() => []));
			if (JSON.stringify(rows).includes(TOKEN)) told.push(name);
		}
		expect(told.filter((name) => !mayTell.has(name))).toEqual([]);
		expect(bought.create_subscription).toBe(true);
		expect(bought.token).toBe(`${TOKEN}_other`);
		const secrets = await ledger.sql(`SELECT column_name FROM information_schema.columns
			WHERE table_schema = 'fulfillment' AND column_name LIKE '%token%' AND table_name IN ('plan_payments', 'plan_notices', 'plan_refunds')`);
		expect(secrets).toEqual([]);
	});

	it.each(['null', '[]', '"text"', '42', '{}'])(
		'every function that needs a field refuses %s and names it',
		async (p) => {
			const free = [
				'list_plans',
				'check_order',
				'take_renewals',
				'take_cancellations',
				'end_plans',
				'billing_statistics',
				'take_notices',
			];
			const needy = [
				'save_plans',
				'open_plan_order',
				'activate_plan',
				'settle_plan_event',
				'store_subscription',
				'use_counter',
				'start_attempt',
				'record_charge',
				'cancel_plan',
				'finish_cancellation',
				'partial_refund',
				'confirm_refund',
				'my_plan',
				'my_payments',
				'my_payment',
				'finish_notice',
				'unknown_events',
			];
			expect(await functions()).toEqual(expect.arrayContaining([...free, ...needy]));
			for (const fn of needy) {
				await expect(ledger.sql(`SELECT * FROM fulfillment.${fn}($1::jsonb)`, [p])).rejects.toMatchObject({
					code: '22023',
					message: expect.stringMatching(/^[a-z_]+: /),
				});
			}
			for (const fn of free) await ledger.sql(`SELECT * FROM fulfillment.${fn}($1::jsonb)`, [p]);
		},
	);

	it.each([
		"'; DROP SCHEMA fulfillment CASCADE; --",
		'"quoted" \\ back\\slash $1 $fn$ {{ $json.x }} %s %I',
		'Покупатель 🧘‍♀️',
		'__proto__',
	])('%j comes back as it went in', async (text) => {
		await ledger.rows('save_plans', { plans: [{ ...PRO, name: text }] });
		const user = { user_id: text, customer: { name: text, email: text } };
		const { membership_id } = await billing.buy(user, { raw: { AccountId: text, Token: text, CardLastFour: text } });
		expect(await billing.myPlan(text)).toMatchObject({ outcome: 'found', name: text, card_last_four: null });
		expect(await ledger.row('use_counter', { user_id: text, counter: 'mails', key: text })).toMatchObject({
			outcome: 'used',
		});
		expect(await ledger.row('use_counter', { user_id: text, counter: text, key: 'k' })).toMatchObject({
			outcome: 'unknown_counter',
		});
		expect(await billing.refund({ order_ref: text, user_id: text, amount_minor: 1, key: text })).toMatchObject({
			outcome: 'unknown',
		});
		expect(await billing.notices()).toMatchObject([{ user_id: text, name: text, email: text, plan: text }]);
		await billing.pass(28 * 24);
		expect(await billing.renewals()).toMatchObject([
			{ user_id: text, token: text, email: text, description: text, membership_id },
		]);
	});
});
