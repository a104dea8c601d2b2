import { describeLedger, type Row, subscription } from './ledger';
import { type Activation, Billing, DAY_MS, HOUR_MS, LITE, PRICE, PRO, TOKEN, USER } from './plans';

const at = (time: unknown) => Number(time as Date);
const PERIOD_MS = 30 * DAY_MS;

describeLedger('CP8: save_plans and list_plans', (ledger) => {
	const save = (plans: Row[], p: Row = {}) => ledger.rows('save_plans', { plans, ...p });
	const list = (p: Row = {}) => ledger.rows('list_plans', p);

	it('creates, and a second run changes nothing', async () => {
		expect(await save([PRO, LITE])).toEqual([
			{ code: 'pro', outcome: 'created' },
			{ code: 'lite', outcome: 'created' },
		]);
		expect(await save([LITE, PRO])).toEqual([
			{ code: 'lite', outcome: 'unchanged' },
			{ code: 'pro', outcome: 'unchanged' },
		]);
		expect(await list()).toEqual([
			{
				code: 'lite',
				name: 'Lite',
				amount_minor: '49000',
				currency: 'RUB',
				period_days: 10,
				counters: {},
				is_active: true,
			},
			{
				code: 'pro',
				name: 'Pro',
				amount_minor: '99000',
				currency: 'RUB',
				period_days: 30,
				counters: { mails: 100, calls: 3 },
				is_active: true,
			},
		]);
	});

	it.each([
		['price', { amount_minor: 1 }],
		['currency', { currency: 'KZT' }],
		['period', { period_days: 31 }],
	])('another %s is kept without force, and written with it', async (_what, change) => {
		await save([PRO]);
		const before = await list();
		const changed = { ...PRO, name: 'New', ...change };
		expect(await save([changed])).toEqual([{ code: 'pro', outcome: 'kept' }]);
		expect(await list()).toEqual(before);
		expect(await save([changed], { force: true })).toEqual([{ code: 'pro', outcome: 'updated' }]);
		const [stored] = await list();
		expect({ ...stored, amount_minor: Number(stored?.amount_minor) }).toMatchObject(changed);
	});

	it('name, counters and whether it is sold are updated without force', async () => {
		await save([PRO]);
		expect(await save([{ ...PRO, name: 'Pro 2', counters: { mails: 5 }, is_active: false }])).toMatchObject([
			{ outcome: 'updated' },
		]);
		expect(await list()).toEqual([]);
		expect(await list({ all: true })).toMatchObject([{ name: 'Pro 2', counters: { mails: 5 }, is_active: false }]);
	});

	it('20 lists in two orders at once end without a deadlock', async () => {
		const runs = Array.from({ length: 20 }, (_, index) => save(index % 2 ? [PRO, LITE] : [LITE, PRO]));
		const outcomes = (await Promise.all(runs)).flat().map(({ outcome }) => outcome);
		expect(outcomes.filter((outcome) => outcome === 'created')).toHaveLength(2);
		expect(outcomes.filter((outcome) => outcome === 'unchanged')).toHaveLength(38);
	});

	it.each<[message: string, plans: unknown]>([
		['plans: must be a list', { code: 'pro' }],
		['plans: must be a list', undefined],
		['plans.0.code: is required', [{ ...PRO, code: '' }]],
		['plans.1.code: must be at most 50 letters', [LITE, { ...PRO, code: 'pro plan' }]],
		['plans.1.code: "pro" is in the list twice', [PRO, PRO]],
		['plans.0.name: is required', [{ ...PRO, name: null }]],
		['plans.0.amount_minor: must be a whole number from 1', [{ ...PRO, amount_minor: 0 }]],
		['plans.0.amount_minor: must be a whole number from 1', [{ ...PRO, amount_minor: 990.5 }]],
		['plans.0.currency: must be three', [{ ...PRO, currency: 'rub' }]],
		['plans.0.period_days: must be a whole number from 1 to 366', [{ ...PRO, period_days: 0 }]],
		['plans.0.counters: must be an object', [{ ...PRO, counters: [1] }]],
		['plans.0.counters.mails: must be a whole number from 0', [{ ...PRO, counters: { mails: -1 } }]],
		['plans.0.counters: must have names of', [{ ...PRO, counters: { 'a.b': 1 } }]],
		['plans.0.is_active: must be true or false', [{ ...PRO, is_active: 'yes' }]],
	])('refuses and says "%s", and writes nothing of the list', async (message, plans) => {
		await expect(ledger.rows('save_plans', { plans })).rejects.toMatchObject({
			code: '22023',
			message: expect.stringContaining(message),
		});
		expect(await list({ all: true })).toEqual([]);
	});
});

describeLedger('CP1, CP3: open_plan_order', (ledger) => {
	const billing = new Billing(ledger);
	beforeAll(() => billing.prepare());
	beforeEach(() => billing.plans());

	it('creates an order that names the user and no person', async () => {
		const customer = { name: 'Test Buyer', email: 'buyer@example.com', telegram_id: '77' };
		const opened = await billing.open({ customer });
		expect(opened).toEqual({
			outcome: 'created',
			order_ref: expect.stringMatching(/^[0-9a-f]{40}$/),
			amount_minor: String(PRICE),
			currency: 'RUB',
			description: 'Pro',
			user_id: USER,
			ends_at: null,
		});
		const orders = await ledger.sql('SELECT * FROM fulfillment.orders');
		for (const personal of Object.values(customer)) expect(JSON.stringify(orders)).not.toContain(`"${personal}"`);
		expect(orders).toMatchObject([
			{
				pipeline: 'cloudpayments-billing',
				provider: 'cloudpayments',
				buyer_key: USER,
				details: { user_id: USER, plan: 'pro', purpose: 'purchase', period_days: 30, auto_renew: true },
			},
		]);
		expect(await ledger.sql('SELECT name, email, telegram_id FROM fulfillment.plan_users')).toEqual([customer]);
	});

	it('pressing the button 20 times at once gives one order; absent fields of the customer stay', async () => {
		await billing.open({ customer: { name: 'Test Buyer' } });
		const answers = await Promise.all(Array.from({ length: 20 }, () => billing.open()));
		expect(new Set(answers.map(({ order_ref }) => order_ref)).size).toBe(1);
		expect(new Set(answers.map(({ outcome }) => outcome))).toEqual(new Set(['open']));
		expect(await ledger.sql('SELECT name, email FROM fulfillment.plan_users')).toEqual([
			{ name: 'Test Buyer', email: 'buyer@example.com' },
		]);
	});

	it('a new one for another plan, another user, another wish, another price, and after open_minutes', async () => {
		const first = await billing.open();
		const others = [
			await billing.open({ plan: 'lite' }),
			await billing.open({ user_id: 'u-78' }),
			await billing.open({ auto_renew: false }),
			await billing.open({ renew_by: 'provider' }),
		];
		await ledger.rows('save_plans', { plans: [{ ...PRO, amount_minor: 1 }], force: true });
		others.push(await billing.open());
		await ledger.rows('save_plans', { plans: [PRO], force: true });
		expect(await billing.open()).toMatchObject({ outcome: 'open', order_ref: first.order_ref });
		await billing.pass(23);
		others.push(await billing.open());
		expect(others.map(({ outcome }) => outcome)).toEqual(Array(6).fill('created'));
	});

	it('a refused payment leaves the order open: its link can still be paid', async () => {
		const { order_ref } = await billing.open();
		await billing.work(billing.fact(order_ref, 'failed'));
		expect(await billing.open()).toMatchObject({ outcome: 'open', order_ref });
	});

	it('says unknown_plan for none and for one that is not sold any more, and keeps no person for it', async () => {
		await ledger.rows('save_plans', { plans: [{ ...PRO, is_active: false }] });
		expect(await billing.open()).toMatchObject({ outcome: 'unknown_plan', order_ref: null });
		expect(await billing.open({ plan: 'gold' })).toMatchObject({ outcome: 'unknown_plan' });
		expect(await ledger.sql('SELECT FROM fulfillment.plan_users')).toHaveLength(0);
	});

	it('says has_plan until the renewal window begins, whatever plan is asked for', async () => {
		const { ends_at } = await billing.buy();
		expect(await billing.open({ plan: 'lite' })).toMatchObject({ outcome: 'has_plan', order_ref: null, ends_at });
		await billing.pass(27 * 24 - 1);
		expect(await billing.open()).toMatchObject({ outcome: 'has_plan' });
		expect(await billing.open({ days_before: 4 })).toMatchObject({ outcome: 'created' });
		await billing.pass(1);
		expect(await billing.open()).toMatchObject({ outcome: 'open' });
	});

	it.each([
		['user_id: is required', { user_id: '' }],
		['user_id: must have at most 200', { user_id: 'u'.repeat(201) }],
		['plan: is required', { plan: null }],
		['customer: must be an object', { customer: 'buyer@example.com' }],
		['customer.telegram_id: must be digits', { customer: { telegram_id: '@buyer' } }],
		['auto_renew: must be true or false', { auto_renew: 'yes' }],
		['renew_by: must be token or provider', { renew_by: 'card' }],
		['open_minutes: must be a whole number', { open_minutes: 0 }],
		['days_before: must be a whole number', { days_before: -1 }],
	])('refuses and says "%s"', async (message, change) => {
		await expect(billing.open(change)).rejects.toMatchObject({
			code: '22023',
			message: expect.stringContaining(message),
		});
		expect(await ledger.sql('SELECT FROM fulfillment.orders')).toHaveLength(0);
	});
});

describeLedger('CP13: check_order', (ledger) => {
	const billing = new Billing(ledger);
	beforeAll(() => billing.prepare());
	beforeEach(() => billing.plans());
	const check = (order_ref: unknown, p: Row = {}) => ledger.row('check_order', { order_ref, ...p });

	it('gives the order with its account', async () => {
		const { order_ref } = await billing.open();
		expect(await check(order_ref)).toMatchObject({
			outcome: 'found',
			order: { order_ref, status: 'pending', amount_minor: PRICE, currency: 'RUB', account_id: USER, expired: false },
		});
		await billing.work(billing.fact(order_ref, 'paid'));
		expect(await check(order_ref)).toMatchObject({ order: { status: 'paid', expired: false } });
	});

	it('a purchase nobody paid for a day is expired, a renewal and a paid one never', async () => {
		const { order_ref } = await billing.open();
		expect(await check(order_ref, { valid_minutes: 60 })).toMatchObject({ order: { expired: false } });
		await billing.pass(1);
		expect(await check(order_ref, { valid_minutes: 60 })).toMatchObject({
			order: { expired: true, status: 'expired' },
		});
		await billing.pass(22);
		expect(await check(order_ref)).toMatchObject({ order: { expired: false, status: 'pending' } });
		await billing.pass(1);
		expect(await check(order_ref)).toMatchObject({ order: { expired: true, status: 'expired' } });
		const paid = await billing.buy();
		await billing.pass(28 * 24);
		const [renewal] = await billing.renewals();
		await billing.pass(30);
		expect(await check(paid.order_ref)).toMatchObject({ order: { expired: false, status: 'paid' } });
		expect(await check(renewal?.order_ref)).toMatchObject({ order: { expired: false, status: 'pending' } });
	});

	it.each([null, '', 'f'.repeat(40), "'; DROP SCHEMA fulfillment; --"])('%j is not found', async (order_ref) => {
		await ledger.order();
		expect(await check(order_ref)).toEqual({ outcome: 'not_found', order: null });
	});

	it('an order of another pipeline is not found', async () => {
		expect(await check(await ledger.order())).toMatchObject({ outcome: 'not_found' });
	});
});

describeLedger('CP7, CP9: activate_plan', (ledger) => {
	const billing = new Billing(ledger);
	beforeAll(() => billing.prepare());
	beforeEach(() => billing.plans());

	it('begins a plan of 30 days with full counters, from the payment', async () => {
		const occurredAt = new Date(Date.now() - 5 * HOUR_MS).toISOString();
		const row = await billing.buy({}, { occurredAt });
		expect(row).toMatchObject({
			outcome: 'activated',
			user_id: USER,
			plan: 'pro',
			period: 1,
			create_subscription: false,
		});
		expect(row.starts_at).toEqual(new Date(occurredAt));
		expect(at(row.ends_at) - at(row.starts_at)).toBe(PERIOD_MS);
		expect(await billing.membership()).toMatchObject({
			status: 'active',
			plan_name: 'Pro',
			counters_left: { mails: 100, calls: 3 },
			auto_renew: true,
			card_token: TOKEN,
			card_last_four: '4242',
		});
		expect(await billing.told()).toEqual(['paid']);
	});

	it.each([
		['the end of January', '2025-01-31T21:30:00Z', '2025-03-02T21:30:00Z'],
		['the leap day', '2024-02-29T00:00:00Z', '2024-03-30T00:00:00Z'],
		['before the leap day', '2024-01-30T23:59:59Z', '2024-02-29T23:59:59Z'],
		['the end of a year', '2024-12-31T23:00:00Z', '2025-01-30T23:00:00Z'],
		['a change to summer time', '2025-03-29T23:30:00Z', '2025-04-28T23:30:00Z'],
	])('30 days of 24 hours over %s, whatever the time zone of the session', async (_what, occurredAt, ends_at) => {
		const { order_ref } = await billing.open();
		const { event_id } = await billing.receive(billing.fact(order_ref, 'paid', { occurredAt }));
		const client = await ledger.pool.connect();
		try {
			await client.query("SET TIME ZONE 'Europe/Berlin'");
			await client.query('SELECT * FROM fulfillment.activate_plan($1::jsonb)', [JSON.stringify({ event_id })]);
		} finally {
			await client.query('RESET TIME ZONE');
			client.release();
		}
		expect(await billing.periods()).toMatchObject([{ starts_at: new Date(occurredAt), ends_at: new Date(ends_at) }]);
	});

	it('a payment from the future counts from now', async () => {
		const row = await billing.buy({}, { occurredAt: '2099-01-01T00:00:00Z' });
		expect(Math.abs(at(row.starts_at) - Date.now())).toBeLessThan(HOUR_MS);
	});

	it('30 runs of one payment at once write one period, and each gets the same row', async () => {
		const { order_ref } = await billing.open();
		const { event_id } = await billing.receive(billing.fact(order_ref, 'paid'));
		const rows = await Promise.all(Array.from({ length: 30 }, () => billing.activate(event_id)));
		expect(new Set(rows.map((row) => JSON.stringify(row))).size).toBe(1);
		expect(rows[0]).toMatchObject({ outcome: 'activated', period: 1 });
		expect(await billing.periods()).toHaveLength(1);
		expect(await billing.told()).toEqual(['paid']);
	});

	it('a second purchase in the renewal window prolongs from the old end, with the plan that was bought', async () => {
		const first = await billing.buy();
		await ledger.row('use_counter', { user_id: USER, counter: 'mails', by: 60, key: 'k' });
		await billing.pass(28 * 24);
		const second = await billing.buy({ plan: 'lite' }, { amountMinor: 49000 });
		expect(second).toMatchObject({ outcome: 'prolonged', period: 2, plan: 'lite', membership_id: first.membership_id });
		expect(at(second.ends_at) - at(second.starts_at)).toBe(10 * DAY_MS);
		expect(at(second.starts_at) - at(first.ends_at)).toBe(-28 * DAY_MS);
		expect(await billing.membership()).toMatchObject({ plan_code: 'lite', counters_left: {}, status: 'active' });
		expect(await ledger.alerts()).toEqual([]);
		expect(await billing.told()).toEqual(['paid', 'paid']);
	});

	it('counters are full again with each payment', async () => {
		await billing.buy();
		await ledger.row('use_counter', { user_id: USER, counter: 'mails', by: 60, key: 'k' });
		await billing.pass(28 * 24);
		await billing.buy();
		expect(await billing.myPlan()).toMatchObject({ counters: { mails: 100, calls: 3 } });
	});

	it('a purchase after a pause begins anew from the payment', async () => {
		await billing.buy();
		await billing.pass(50 * 24);
		expect(await ledger.rows('end_plans', {})).toMatchObject([{ user_id: USER, plan: 'pro', status: 'ended' }]);
		const again = await billing.buy();
		expect(again).toMatchObject({ outcome: 'activated', period: 2 });
		expect(await billing.membership()).toMatchObject({ status: 'active', starts_at: again.starts_at });
		expect(at(again.ends_at) - Date.now()).toBeGreaterThan(29 * DAY_MS);
	});

	it('two purchases at once both count, one after the other, and a person is told', async () => {
		const orders = [await billing.open(), await billing.open({ plan: 'lite' })];
		const payments = [
			billing.fact(String(orders[0]?.order_ref), 'paid'),
			billing.fact(String(orders[1]?.order_ref), 'paid', { amountMinor: 49000 }),
		];
		// The same user: the second one waits for the first, as it does for a retry.
		const receipts = await Promise.all(payments.map((event) => billing.receive(event)));
		await ledger.sql("UPDATE fulfillment.events SET status = 'done', lease_until = NULL, finished_at = now()");
		await Promise.all(receipts.map(({ event_id }) => billing.activate(event_id)));
		const periods = await billing.periods();
		expect(periods.map(({ number }) => number)).toEqual([1, 2]);
		const { starts_at, ends_at } = await billing.membership();
		expect(at(ends_at) - at(starts_at)).toBe(40 * DAY_MS);
		expect(await ledger.alerts()).toMatchObject([{ kind: 'double_payment', message: expect.stringContaining(USER) }]);
	});

	it('payments that become known in any order lead to the same dates and the same plan', async () => {
		const ends: unknown[] = [];
		for (const order of [
			[0, 1, 2],
			[2, 1, 0],
			[0, 2, 1],
			[1, 0, 2],
		]) {
			await ledger.empty();
			await billing.plans();
			const hours = [700, 690, 10];
			const payments = [];
			for (const index of order) {
				// Opened long before: an order may be paid late.
				const { order_ref } = await billing.open({ plan: index === 1 ? 'lite' : 'pro', days_before: 60 });
				const occurredAt = new Date(Date.UTC(2025, 5, 1) - Number(hours[index]) * HOUR_MS).toISOString();
				payments.push(billing.fact(order_ref, 'paid', { occurredAt, ...(index === 1 && { amountMinor: 49000 }) }));
				await billing.work(payments[payments.length - 1] as never);
			}
			const { starts_at, ends_at, plan_code, counters } = await billing.membership();
			ends.push({ starts_at, ends_at, plan_code, counters });
		}
		expect(new Set(ends.map((row) => JSON.stringify(row))).size).toBe(1);
		expect(ends[0]).toMatchObject({
			plan_code: 'pro',
			ends_at: new Date(Date.UTC(2025, 5, 1) - 700 * HOUR_MS + 70 * DAY_MS),
		});
	});

	it('the buyer gets the terms of the day he ordered', async () => {
		const { order_ref } = await billing.open();
		await ledger.rows('save_plans', {
			plans: [{ ...PRO, amount_minor: 1, period_days: 5, counters: {} }],
			force: true,
		});
		const row = await billing.work(billing.fact(order_ref, 'paid'));
		expect(at(row.ends_at) - at(row.starts_at)).toBe(PERIOD_MS);
		expect(await billing.membership()).toMatchObject({ amount_minor: String(PRICE), counters_left: PRO.counters });
	});

	it('an order whose money went back before it was taken up gives nothing, a part of it is noted', async () => {
		const { order_ref } = await billing.open();
		const payment = billing.fact(order_ref, 'paid');
		const { event_id } = await billing.receive(payment);
		const refund = { providerPaymentId: payment.providerPaymentId, refundId: '9001', amountMinor: PRICE - 1 };
		await billing.receive(billing.fact(order_ref, 'refunded', refund));
		expect(await billing.activate(event_id)).toMatchObject({ outcome: 'activated' });
		expect(await billing.periods()).toMatchObject([{ refunded_minor: String(PRICE - 1), refunded_at: null }]);

		const other = await billing.open({ user_id: 'u-78' });
		const otherPayment = billing.fact(other.order_ref, 'paid', { raw: { AccountId: 'u-78' } });
		const receipt = await billing.receive(otherPayment);
		await billing.receive(
			billing.fact(other.order_ref, 'refunded', {
				providerPaymentId: otherPayment.providerPaymentId,
				refundId: '9002',
			}),
		);
		expect(await billing.activate(receipt.event_id)).toMatchObject({ outcome: 'nothing' });
		expect(await billing.myPlan('u-78')).toMatchObject({ outcome: 'no_plan' });
	});

	it.each([
		['a test payment', { isTest: true }],
		['a wrong amount', { amountMinor: 1 }],
		['a wrong currency', { currency: 'USD' }],
	])('CP6: %s gives nothing', async (_what, change) => {
		const { order_ref } = await billing.open();
		const { event_id } = await billing.receive(billing.fact(order_ref, 'paid', change));
		expect(await billing.activate(event_id)).toMatchObject({ outcome: 'nothing' });
		expect(await billing.membership()).toBeUndefined();
	});

	it('CP6: a payment from another account gives nothing and is reported', async () => {
		const row = await billing.buy({}, { raw: { AccountId: 'u-evil', Token: 'tk_evil' } });
		expect(row.outcome).toBe('nothing');
		expect(await billing.membership()).toBeUndefined();
		expect(await ledger.alerts()).toMatchObject([
			{ kind: 'mismatch', order_ref: row.order_ref, message: expect.stringContaining('another account') },
		]);
	});

	it('a payment without an account is taken, and its token, which works for nobody, is not kept', async () => {
		expect(await billing.buy({}, { raw: { Token: TOKEN } })).toMatchObject({ outcome: 'activated' });
		expect(await billing.membership()).toMatchObject({ card_token: null, auto_renew: false });
	});

	it('without a saved card there is no renewal, although the buyer wished it', async () => {
		await billing.buy({}, { raw: { AccountId: USER, Token: '' } });
		expect(await billing.myPlan()).toMatchObject({ auto_renew: false });
	});

	it('a payment for no order and no subscription is reported', async () => {
		await billing.buy();
		const { event_id } = await billing.receive(billing.fact(null, 'paid', { subscription: null }));
		await ledger.sql(
			"UPDATE fulfillment.events SET status = 'done', lease_until = NULL, finished_at = now(), next_attempt_at = NULL",
		);
		expect(await billing.activate(event_id)).toMatchObject({ outcome: 'nothing' });
		expect(await ledger.alerts()).toMatchObject([{ kind: 'mismatch', message: expect.stringContaining('no order') }]);
		expect(await billing.periods()).toHaveLength(1);
	});

	it.each([{}, { event_id: null }, { event_id: '1.5' }, { event_id: 999999 }])('refuses %j', async (p) => {
		await expect(ledger.row('activate_plan', p)).rejects.toThrow(/^event_id: /);
		await expect(ledger.row('settle_plan_event', p)).rejects.toThrow(/^event_id: /);
	});

	it('refuses an event of another pipeline', async () => {
		const other = await ledger.receive(billing.fact(null, 'paid'));
		await expect(billing.activate(other.event_id)).rejects.toThrow('event_id: is not known');
	});

	describe('a provider’s subscription', () => {
		const buyProvider = (payment = {}) => billing.buy({ renew_by: 'provider' }, payment);
		const store = (membership_id: unknown, subscription_id = 'sc_1') =>
			ledger.row('store_subscription', { membership_id, subscription_id });

		it('is to be created after the purchase, with the card, three days before the end', async () => {
			const row = await buyProvider();
			expect(row).toMatchObject({
				outcome: 'activated',
				create_subscription: true,
				look_first: false,
				token: TOKEN,
				amount_minor: String(PRICE),
				currency: 'RUB',
				period_days: 30,
				description: 'Pro',
				email: 'buyer@example.com',
				request_id: `subscription-${row.membership_id}-1`,
			});
			expect(at(row.ends_at) - at(row.first_charge_at)).toBe(3 * DAY_MS);
		});

		it('a run that was cut off asks again, with the same request id, and looks first', async () => {
			const { order_ref } = await billing.open({ renew_by: 'provider' });
			const { event_id } = await billing.receive(billing.fact(order_ref, 'paid'));
			const first = await billing.activate(event_id);
			expect(await billing.activate(event_id)).toEqual({ ...first, look_first: true });
			expect(await store(first.membership_id)).toMatchObject({ outcome: 'stored' });
			expect(await store(first.membership_id)).toMatchObject({ outcome: 'stored' });
			expect(await billing.activate(event_id)).toMatchObject({ create_subscription: false, token: null });
		});

		it('a second subscription, and one for a plan that was called off, is to be canceled', async () => {
			const { membership_id } = await buyProvider();
			await store(membership_id);
			expect(await store(membership_id, 'sc_2')).toMatchObject({ outcome: 'cancel', subscription_id: 'sc_2' });
			const other = await billing.buy(
				{ user_id: 'u-78', renew_by: 'provider' },
				{ raw: { AccountId: 'u-78', Token: 'tk_2' } },
			);
			await billing.cancel({ user_id: 'u-78' });
			expect(await store(other.membership_id, 'sc_3')).toMatchObject({ outcome: 'cancel' });
		});

		it('its charges prolong, found by subscription and else by account', async () => {
			const { membership_id } = await buyProvider();
			const byAccount = await billing.work(billing.charge());
			expect(byAccount).toMatchObject({ outcome: 'prolonged', period: 2, membership_id });
			const bySubscription = await billing.work(billing.charge({ raw: {} }));
			expect(bySubscription).toMatchObject({ outcome: 'prolonged', period: 3, create_subscription: false });
			expect(await billing.periods()).toMatchObject([{}, { order_ref: null, is_renewal: true }, { is_renewal: true }]);
			expect(await billing.told()).toEqual(['paid', 'auto_renewed', 'auto_renewed']);
		});

		it('a charge of nobody, or of another amount, gives nothing and is reported', async () => {
			expect(await billing.work(billing.charge())).toMatchObject({ outcome: 'nothing' });
			await buyProvider();
			expect(await billing.work(billing.charge({ amountMinor: 1 }))).toMatchObject({ outcome: 'nothing' });
			expect((await ledger.alerts()).map(({ kind }) => kind)).toEqual(['mismatch', 'mismatch']);
			expect(await billing.periods()).toHaveLength(1);
		});

		it('bought with the widget: the first charge pays the order, the next ones may bear its number too', async () => {
			const { order_ref } = await billing.open({ renew_by: 'provider' });
			const charge = () => billing.charge({ orderRef: order_ref, raw: { AccountId: USER } });
			expect(await billing.work(charge())).toMatchObject({ outcome: 'activated', create_subscription: false });
			expect(await ledger.sql('SELECT status FROM fulfillment.orders')).toEqual([{ status: 'paid' }]);
			expect(await billing.membership()).toMatchObject({
				renew_by: 'provider',
				subscription_id: 'sc_1',
				auto_renew: true,
			});
			expect(await billing.work(charge())).toMatchObject({ outcome: 'prolonged', period: 2 });
			expect(await billing.periods()).toMatchObject([
				{ order_ref, is_renewal: false },
				{ order_ref: null, is_renewal: true },
			]);
		});

		it('one that was canceled before its first charge became known does not renew', async () => {
			const { order_ref } = await billing.open({ renew_by: 'provider' });
			const paidAt = new Date(Date.now() - HOUR_MS).toISOString();
			await billing.work(billing.recurrent('canceled'));
			await billing.work(billing.charge({ orderRef: order_ref, occurredAt: paidAt }));
			expect(await billing.membership()).toMatchObject({ status: 'active', auto_renew: false });
		});

		it('never both: a purchase while a subscription runs leaves the renewal to it', async () => {
			const { membership_id } = await buyProvider();
			await store(membership_id);
			await billing.pass(28 * 24);
			await billing.buy({ renew_by: 'token' });
			expect(await billing.membership()).toMatchObject({
				renew_by: 'provider',
				subscription_id: 'sc_1',
				auto_renew: true,
			});
			await billing.pass(30 * 24);
			expect(await billing.renewals()).toEqual([]);
		});

		it.each([
			['membership_id: is required', { subscription_id: 'sc_1' }],
			['membership_id: is not known', { membership_id: 999, subscription_id: 'sc_1' }],
			['subscription_id: is required', { membership_id: 999 }],
		])('store_subscription refuses and says "%s"', async (message, p) => {
			await expect(ledger.row('store_subscription', p)).rejects.toThrow(message);
		});
	});
});

describeLedger('CP10, CP11: settle_plan_event', (ledger) => {
	const billing = new Billing(ledger);
	beforeAll(() => billing.prepare());
	beforeEach(() => billing.plans());

	const refundOf = (
		bought: Activation & { order_ref: string },
		transaction: unknown,
		refundId: string,
		amountMinor = PRICE,
	) =>
		billing.fact(bought.order_ref, 'refunded', {
			providerPaymentId: String(transaction),
			refundId,
			amountMinor,
			currency: null,
		});
	const lastTransaction = async () => (await billing.periods()).at(-1)?.transaction_id;

	it('a refused payment is told once, with what to tell, and changes nothing', async () => {
		const { order_ref } = await billing.open();
		const decline = {
			code: '5051',
			class: 'temporary',
			buyerText: { ru: 'На карте не хватает денег', en: 'Not enough money' },
		};
		const failed = () => billing.fact(order_ref, 'failed', { decline });
		expect(await billing.work(failed())).toMatchObject({ outcome: 'told', user_id: USER });
		await billing.work(failed());
		expect(await billing.membership()).toBeUndefined();
		expect(await billing.notices()).toMatchObject([
			{
				kind: 'payment_error',
				user_id: USER,
				email: 'buyer@example.com',
				plan: 'Pro',
				amount_minor: String(PRICE),
				data: decline,
			},
		]);
	});

	it('a refusal that becomes known after the payment is not told', async () => {
		const { order_ref } = await billing.buy();
		expect(await billing.work(billing.fact(order_ref, 'failed'))).toMatchObject({ outcome: 'nothing' });
		expect(await billing.told()).toEqual(['paid']);
	});

	it('a refused charge of a subscription is told once per period', async () => {
		await billing.buy({ renew_by: 'provider' });
		for (let day = 0; day < 3; day++) {
			expect(await billing.work(billing.charge({ kind: 'failed' }))).toMatchObject({ outcome: 'told' });
		}
		expect(await billing.told()).toEqual(['paid', 'payment_error']);
	});

	it('all of it back: the plan ends at once, and is not renewed', async () => {
		const bought = await billing.buy();
		await billing.pass(48);
		expect(await billing.work(refundOf(bought, await lastTransaction(), '9001'))).toMatchObject({
			outcome: 'ended',
			user_id: USER,
		});
		const { ends_at, ...membership } = await billing.membership();
		expect(membership).toMatchObject({ status: 'refunded', auto_renew: false });
		expect(Math.abs(at(ends_at) - Date.now())).toBeLessThan(HOUR_MS);
		expect(await billing.told()).toEqual(['paid', 'refunded']);
		expect(await billing.renewals()).toEqual([]);
	});

	it('a part of it back is only noted; parts add up until the plan ends', async () => {
		const bought = await billing.buy();
		const transaction = await lastTransaction();
		const first = refundOf(bought, transaction, '9001', 40000);
		expect(await billing.work(first)).toMatchObject({ outcome: 'kept' });
		expect(await billing.work({ ...first, eventKey: 'transaction:9001:again' })).toMatchObject({ outcome: 'kept' });
		expect(await billing.membership()).toMatchObject({ status: 'active', auto_renew: true });
		expect(await billing.periods()).toMatchObject([{ refunded_minor: '40000', refunded_at: null }]);
		expect(await billing.work(refundOf(bought, transaction, '9002', PRICE - 40000))).toMatchObject({
			outcome: 'ended',
		});
		expect(await billing.membership()).toMatchObject({ status: 'refunded' });
	});

	it('of two paid periods, the refund of the newer one leaves the older one to its end', async () => {
		await billing.buy();
		await billing.pass(28 * 24);
		const second = await billing.buy();
		expect(await billing.work(refundOf(second, await lastTransaction(), '9001'))).toMatchObject({ outcome: 'ended' });
		const { status, ends_at } = await billing.membership();
		expect(status).toBe('active');
		expect(ends_at).toEqual(second.starts_at);
	});

	it('the refund of the older one lets the newer one begin; of one long over it changes nothing', async () => {
		const first = await billing.buy();
		await billing.pass(28 * 24);
		const second = await billing.buy();
		const [older] = await billing.periods();
		await billing.work(refundOf(first, older?.transaction_id, '9001'));
		const { ends_at, auto_renew } = await billing.membership();
		expect(auto_renew).toBe(true);
		expect(Math.abs(at(ends_at) - Date.now() - PERIOD_MS)).toBeLessThan(HOUR_MS);

		await billing.pass(28 * 24);
		const third = await billing.buy();
		await billing.pass(10 * 24);
		const before = await billing.membership();
		const middle = (await billing.periods())[1];
		await billing.work(refundOf(second, middle?.transaction_id, '9002'));
		expect(await billing.membership()).toEqual(before);
		expect(third.outcome).toBe('prolonged');
	});

	it('the refund of a subscription’s charge is found by its transaction, and the subscription is left to be canceled', async () => {
		const { membership_id } = await billing.buy({ renew_by: 'provider' });
		await ledger.row('store_subscription', { membership_id, subscription_id: 'sc_1' });
		await billing.pass(27 * 24);
		await billing.work(billing.charge());
		await billing.pass(5 * 24);
		const refund = billing.fact(null, 'refunded', {
			providerPaymentId: String(await lastTransaction()),
			refundId: '9001',
			raw: {},
		});
		expect(await billing.work(refund)).toMatchObject({ outcome: 'ended' });
		expect(await ledger.rows('take_cancellations', {})).toMatchObject([
			{ action: 'stop', subscription_id: 'sc_1', membership_id, transaction_id: null },
		]);
	});

	it('a canceled subscription runs to its end and is told; status canceled after it', async () => {
		const { membership_id, ends_at } = await billing.buy({ renew_by: 'provider' });
		await ledger.row('store_subscription', { membership_id, subscription_id: 'sc_1' });
		expect(await billing.work(billing.recurrent('canceled'))).toMatchObject({ outcome: 'stopped', user_id: USER });
		expect(await billing.myPlan()).toMatchObject({ status: 'active', auto_renew: false, ends_at });
		await billing.pass(31 * 24);
		expect(await billing.myPlan()).toMatchObject({ status: 'canceled' });
		expect(await billing.told()).toEqual(['paid', 'canceled']);
	});

	it('a subscription with three refusals is told as a renewal that stopped', async () => {
		const { membership_id } = await billing.buy({ renew_by: 'provider' });
		await ledger.row('store_subscription', { membership_id, subscription_id: 'sc_1' });
		expect(await billing.work(billing.recurrent('subscription_ended'))).toMatchObject({ outcome: 'stopped' });
		expect(await billing.told()).toEqual(['paid', 'renewal_stopped']);
		expect(await billing.myPlan()).toMatchObject({ status: 'active', auto_renew: false });
	});

	it('news of another subscription, or of one that was resumed since, change nothing', async () => {
		const { membership_id } = await billing.buy({ renew_by: 'provider' });
		await ledger.row('store_subscription', { membership_id, subscription_id: 'sc_1' });
		const other = subscription({ subscriptionId: 'sc_0', planId: null, renews: false });
		expect(await billing.work(billing.recurrent('canceled', { subscription: other }))).toMatchObject({
			outcome: 'nothing',
		});
		const late = billing.recurrent('canceled', { occurredAt: new Date(Date.now() - 5 * HOUR_MS).toISOString() });
		await billing.work(billing.charge());
		expect(await billing.work(late)).toMatchObject({ outcome: 'nothing' });
		expect(await billing.myPlan()).toMatchObject({ auto_renew: true });
	});

	it('an event that was ignored, a payment, and one of nobody mean nothing', async () => {
		const { order_ref } = await billing.open();
		const test = await billing.receive(billing.fact(order_ref, 'failed', { isTest: true }));
		expect(await billing.settle(test.event_id)).toEqual({ outcome: 'nothing', user_id: null });
		const paid = await billing.receive(billing.fact(order_ref, 'paid'));
		expect(await billing.settle(paid.event_id)).toMatchObject({ outcome: 'nothing' });
		const nobody = await billing.receive(billing.fact(null, 'refunded', { raw: {} }));
		expect(await billing.settle(nobody.event_id)).toMatchObject({ outcome: 'nothing', user_id: null });
	});
});

describeLedger('end_plans', (ledger) => {
	const billing = new Billing(ledger);
	beforeAll(() => billing.prepare());
	beforeEach(() => billing.plans());

	it('ends what is over, at once and once', async () => {
		await billing.buy({ auto_renew: false });
		await billing.pass(30 * 24 - 1);
		expect(await ledger.rows('end_plans', {})).toEqual([]);
		await billing.pass(1);
		expect(await billing.myPlan()).toMatchObject({ status: 'ended', days_left: 0 });
		expect(await ledger.rows('end_plans', {})).toEqual([
			{ membership_id: expect.any(String), user_id: USER, plan: 'pro', status: 'ended', ends_at: expect.any(Date) },
		]);
		expect(await ledger.rows('end_plans', {})).toEqual([]);
	});

	it('40 plans and 20 runs at once: each is ended once', async () => {
		for (let index = 0; index < 40; index++) {
			await billing.buy({ user_id: `u-${index}` }, { raw: { AccountId: `u-${index}` } });
		}
		await billing.pass(31 * 24);
		const runs = await Promise.all(Array.from({ length: 20 }, () => ledger.rows('end_plans', { limit: 15 })));
		const ended = runs.flat();
		for (let rest = await ledger.rows('end_plans', {}); rest.length > 0; rest = await ledger.rows('end_plans', {}))
			ended.push(...rest);
		expect(ended).toHaveLength(40);
		expect(new Set(ended.map(({ user_id }) => user_id)).size).toBe(40);
	});

	it('CP9: gives a renewal up that was not paid three days after the end, and says so once', async () => {
		await billing.buy();
		await billing.pass(33 * 24 - 1);
		await ledger.rows('end_plans', {});
		expect(await billing.told()).toEqual(['paid']);
		await billing.pass(1);
		await ledger.rows('end_plans', {});
		await ledger.rows('end_plans', {});
		expect(await billing.told()).toEqual(['paid', 'renewal_stopped']);
		expect(await billing.renewals()).toEqual([]);
	});
});

describeLedger('CP8: use_counter', (ledger) => {
	const billing = new Billing(ledger);
	beforeAll(() => billing.prepare());
	beforeEach(() => billing.plans());
	let key = 0;
	const use = (p: Row = {}) => ledger.row('use_counter', { user_id: USER, counter: 'calls', key: `k${++key}`, ...p });

	it('counts down to nothing, each key once', async () => {
		await billing.buy();
		expect(await use({ key: 'a' })).toEqual({ outcome: 'used', left: 2 });
		expect(await use({ key: 'a' })).toEqual({ outcome: 'known', left: 2 });
		expect(await use({ by: 3 })).toEqual({ outcome: 'exhausted', left: 2 });
		expect(await use({ by: 2 })).toEqual({ outcome: 'used', left: 0 });
		expect(await use({ key: 'late' })).toEqual({ outcome: 'exhausted', left: 0 });
		expect(await use({ by: -1 })).toEqual({ outcome: 'used', left: 1 });
		expect(await use({ key: 'late' })).toEqual({ outcome: 'used', left: 0 });
		expect(await use({ by: -100 })).toEqual({ outcome: 'used', left: 3 });
		expect(await use({ counter: 'mails' })).toEqual({ outcome: 'used', left: 99 });
	});

	it('40 uses at once of a counter of 3: three are counted', async () => {
		await billing.buy();
		const rows = await Promise.all(Array.from({ length: 40 }, () => use()));
		expect(
			rows
				.filter(({ outcome }) => outcome === 'used')
				.map(({ left }) => left)
				.sort(),
		).toEqual([0, 1, 2]);
		expect(rows.filter(({ outcome }) => outcome === 'exhausted')).toHaveLength(37);
	});

	it('20 calls with one key at once are counted once', async () => {
		await billing.buy();
		const rows = await Promise.all(Array.from({ length: 20 }, () => use({ key: 'one' })));
		expect(rows.filter(({ outcome }) => outcome === 'used')).toHaveLength(1);
		expect(rows.every(({ left }) => left === 2)).toBe(true);
	});

	it('says no_plan without one and after its end, and unknown_counter', async () => {
		expect(await use()).toEqual({ outcome: 'no_plan', left: null });
		await billing.buy();
		expect(await use({ counter: 'sms' })).toEqual({ outcome: 'unknown_counter', left: null });
		await billing.pass(30 * 24);
		expect(await use()).toEqual({ outcome: 'no_plan', left: null });
	});

	it.each([
		['user_id: is required', { user_id: null }],
		['counter: is required', { counter: '' }],
		['by: must be a whole number', { by: 0.5 }],
		['key: is required', { key: null }],
		['key: must have at most 200', { key: 'k'.repeat(201) }],
	])('refuses and says "%s"', async (message, change) => {
		await expect(use(change)).rejects.toThrow(message);
	});
});
