import { describeLedger, type Row } from './ledger';
import { Billing, DAY_MS, HOUR_MS, PRICE, PRO, type Renewal, TOKEN, USER } from './plans';

const at = (time: unknown) => Number(time as Date);
const TEMPORARY = { decline: { code: '5051', class: 'temporary' } };

describeLedger('CP9: renewals by the saved card', (ledger) => {
	const billing = new Billing(ledger);
	beforeAll(() => billing.prepare());
	beforeEach(() => billing.plans());

	/** A plan that is in its renewal window. */
	async function due(users = [USER]): Promise<void> {
		for (const user of users) {
			await billing.buy(
				{ user_id: user },
				{ raw: { AccountId: user, Token: `${TOKEN}_${user}`, CardLastFour: '4242' } },
			);
		}
		await billing.pass(27 * 24);
	}
	const one = async (p: Row = {}): Promise<Renewal> => {
		const rows = await billing.renewals(p);
		expect(rows).toHaveLength(1);
		return rows[0] as Renewal;
	};
	/** Takes the renewal that is due and sends it. */
	async function sent(p: Row = {}): Promise<Renewal> {
		const renewal = await one(p);
		expect(await billing.start(renewal)).toEqual({ outcome: 'sent', request_id: renewal.request_id });
		return renewal;
	}
	const pay = (renewal: Renewal, transaction = billing.transaction()) =>
		billing.work(billing.fact(renewal.order_ref, 'paid', { providerPaymentId: transaction, raw: { AccountId: USER } }));
	const attempts = () =>
		ledger.sql(
			'SELECT number, period, state, transaction_id FROM fulfillment.renewal_attempts ORDER BY planned_at, number',
		);
	const hoursUntil = (time: unknown) => Math.round((at(time) - Date.now()) / HOUR_MS);

	it('nothing is due before the window, and what is due is all a charge needs', async () => {
		await billing.buy();
		await billing.pass(27 * 24 - 1);
		expect(await billing.renewals()).toEqual([]);
		expect(await billing.renewals({ days_before: 4, limit: 1 })).toHaveLength(1);
		await ledger.empty();
		await billing.plans();
		await due();
		const renewal = await one();
		expect(renewal).toEqual({
			membership_id: (await billing.membership()).id,
			user_id: USER,
			order_ref: expect.stringMatching(/^[0-9a-f]{40}$/),
			attempt: 1,
			request_id: `${renewal.order_ref}-1`,
			look_first: false,
			token: `${TOKEN}_${USER}`,
			amount_minor: String(PRICE),
			currency: 'RUB',
			email: 'buyer@example.com',
			description: 'Pro',
		});
		expect(await ledger.row('check_order', { order_ref: renewal.order_ref })).toMatchObject({
			order: { account_id: USER, details: { purpose: 'renewal', period: 2, plan: 'pro', user_id: USER } },
		});
	});

	it('paid: prolongs from the old end, once, whoever brings the event, and is not due again', async () => {
		await due();
		const { ends_at } = await billing.membership();
		const renewal = await sent();
		const transaction = billing.transaction();
		expect(await billing.record(renewal, 'paid', { transaction_id: transaction })).toEqual({
			next: 'done',
			next_attempt_at: null,
		});
		expect(await billing.membership()).toMatchObject({ ends_at });
		expect(await ledger.row('billing_statistics', {})).toMatchObject({ charges_without_event: '1' });
		await billing.pass(2);
		expect(await billing.renewals()).toEqual([]);

		expect(await pay(renewal, transaction)).toMatchObject({ outcome: 'prolonged', period: 2 });
		expect((await pay(renewal, transaction)).outcome).toBe('done');
		const [first, second] = await billing.periods();
		expect(second?.starts_at).toEqual(first?.ends_at);
		expect(at(second?.ends_at) - at(first?.ends_at)).toBe(30 * DAY_MS);
		expect(await billing.told()).toEqual(['paid', 'auto_renewed']);
		expect(await ledger.row('billing_statistics', {})).toMatchObject({ charges_without_event: '0', renewals: '1' });
		await billing.pass(2);
		expect(await billing.renewals()).toEqual([]);
		await billing.pass(30 * 24);
		expect(await one()).toMatchObject({ attempt: 1, order_ref: expect.not.stringMatching(renewal.order_ref) });
	});

	it('the event may come before the answer is recorded', async () => {
		await due();
		const renewal = await sent();
		expect(await pay(renewal, '5001')).toMatchObject({ outcome: 'prolonged' });
		await billing.pass(1);
		expect(await one()).toMatchObject({ look_first: true, attempt: 1 });
		expect(await billing.record(renewal, 'paid', { transaction_id: '5001' })).toMatchObject({ next: 'done' });
		expect(await attempts()).toMatchObject([{ state: 'paid', transaction_id: '5001' }]);
		expect(await billing.periods()).toHaveLength(2);
	});

	it('paid after the end: the new period begins with the payment', async () => {
		await due();
		await billing.pass(4 * 24);
		await ledger.rows('end_plans', {});
		expect(await billing.myPlan()).toMatchObject({ status: 'ended' });
		expect(await pay(await sent())).toMatchObject({ outcome: 'activated', period: 2 });
		const { ends_at, status } = await billing.membership();
		expect(status).toBe('active');
		expect(hoursUntil(ends_at)).toBe(30 * 24);
	});

	it('60 users and 20 runs at once: each is handed out once, with one order and one attempt', async () => {
		await due(Array.from({ length: 60 }, (_, index) => `u-${index}`));
		const runs = await Promise.all(Array.from({ length: 20 }, () => billing.renewals({ limit: 7 })));
		const taken = runs.flat();
		for (let rest = await billing.renewals(); rest.length > 0; rest = await billing.renewals()) taken.push(...rest);
		expect(taken).toHaveLength(60);
		expect(new Set(taken.map(({ user_id }) => user_id)).size).toBe(60);
		for (const { user_id, token } of taken) expect(token).toBe(`${TOKEN}_${user_id}`);
		expect(await attempts()).toHaveLength(60);
		expect(runs.every((rows) => rows.length <= 7)).toBe(true);
	});

	it('a refusal that may pass: after an hour, then a day and an hour after each pair, to the last attempt', async () => {
		await due();
		const waits: unknown[] = [];
		for (let number = 1; number <= 4; number++) {
			const renewal = await sent({ max_attempts: 4 });
			expect(renewal).toMatchObject({
				attempt: number,
				request_id: `${renewal.order_ref}-${number}`,
				look_first: false,
			});
			const answer = await billing.record(renewal, 'declined', { ...TEMPORARY, transaction_id: `60${number}` });
			expect(await billing.record(renewal, 'declined', TEMPORARY)).toEqual(answer);
			waits.push(answer.next, answer.next_attempt_at && hoursUntil(answer.next_attempt_at));
			expect(await billing.renewals()).toEqual([]);
			if (number < 4) {
				const hours = number % 2 ? 1 : 25;
				await billing.pass(hours - 0.5 > 1 ? hours - 1 : 0);
				expect(await billing.renewals()).toEqual([]);
				await billing.pass(hours > 1 ? 1 : hours);
			}
		}
		expect(waits).toEqual(['retry', 1, 'retry', 25, 'retry', 1, 'stopped', null]);
		expect(new Set((await attempts()).map(({ state }) => state))).toEqual(new Set(['declined']));
		expect(await ledger.sql('SELECT FROM fulfillment.orders')).toHaveLength(2);
		expect(await billing.told()).toEqual(['paid', 'renewal_stopped']);
		expect(await billing.myPlan()).toMatchObject({ status: 'active', auto_renew: false });
	});

	it('no attempt later than three days after the end', async () => {
		await due();
		await billing.pass(5 * 24);
		await billing.record(await sent(), 'declined', TEMPORARY);
		await billing.pass(1);
		expect(await billing.record(await sent(), 'declined', TEMPORARY)).toEqual({
			next: 'stopped',
			next_attempt_at: null,
		});
		expect(await billing.told()).toEqual(['paid', 'renewal_stopped']);
	});

	it.each<[what: string, outcome: string, extra: Row, burnt: boolean]>([
		['a hard refusal', 'declined', { decline: { code: '5005', class: 'hard' } }, true],
		['a refusal of no class', 'declined', { decline: { code: '5041', class: null } }, true],
		['a refusal nobody explains', 'declined', {}, true],
		['3-D Secure', 'threeDSecure', {}, true],
		['a hold that was released', 'canceled', {}, false],
	])('%s stops the renewal and tells the user', async (_what, outcome, extra, burnt) => {
		await due();
		const renewal = await sent();
		expect(await billing.record(renewal, outcome, extra)).toEqual({ next: 'stopped', next_attempt_at: null });
		expect(await billing.record(renewal, outcome, extra)).toMatchObject({ next: 'stopped' });
		await billing.pass(48);
		expect(await billing.renewals()).toEqual([]);
		expect(await billing.membership()).toMatchObject({
			auto_renew: false,
			card_token: burnt ? null : `${TOKEN}_${USER}`,
		});
		expect(await billing.notices()).toMatchObject([
			{ kind: 'paid' },
			{ kind: 'renewal_stopped', plan: 'Pro', data: { reason: outcome }, ends_at: expect.any(Date), days_left: 1 },
		]);
	});

	it('a new first payment brings the renewal back', async () => {
		await due();
		await billing.record(await sent(), 'declined', { decline: { code: '5005', class: 'hard' } });
		await billing.buy();
		expect(await billing.membership()).toMatchObject({ auto_renew: true, card_token: TOKEN, renewal_stopped_at: null });
		await billing.pass(31 * 24);
		expect(await one()).toMatchObject({ attempt: 1, token: TOKEN });
	});

	it.each([
		['unknown', 1],
		['pending', 1],
		['authorized', 1],
	])('%s: is looked up later, not charged again', async (outcome, hours) => {
		await due();
		const renewal = await sent();
		const answer = await billing.record(renewal, outcome, { transaction_id: '7001' });
		expect(answer).toMatchObject({ next: 'wait', next_attempt_at: expect.any(Date) });
		expect(await billing.renewals()).toEqual([]);
		expect(await billing.start(renewal)).toMatchObject({ outcome: 'look_first' });
		await billing.pass(hours);
		expect(await one()).toMatchObject({ look_first: true, attempt: 1, request_id: renewal.request_id });
		expect(await billing.record(renewal, 'paid', { transaction_id: '7001' })).toMatchObject({ next: 'done' });
		expect(await attempts()).toMatchObject([{ number: 1, state: 'paid', transaction_id: '7001' }]);
	});

	describe('a run that is cut off', () => {
		it('after taking: the same attempt again once its lease is over', async () => {
			await due();
			const renewal = await one({ lease_seconds: 3600 });
			expect(await billing.renewals()).toEqual([]);
			await billing.pass(1);
			expect(await one()).toEqual(renewal);
			expect(await attempts()).toHaveLength(1);
		});

		it('before the answer: looked up first; not found: the same attempt with the same request id', async () => {
			await due();
			const renewal = await sent();
			await billing.pass(1);
			const again = await one();
			expect(again).toEqual({ ...renewal, look_first: true });
			expect(await billing.start(again)).toMatchObject({ outcome: 'look_first' });
			expect(await billing.record(again, 'not_found')).toMatchObject({ next: 'retry' });
			expect(await billing.renewals()).toEqual([]);
			expect(await billing.start(again)).toEqual({ outcome: 'sent', request_id: renewal.request_id });
			expect(await billing.record(again, 'paid')).toMatchObject({ next: 'done' });
			expect(await attempts()).toHaveLength(1);
		});

		it('after not_found: still looked up first, because an attempt that was sent once may turn up', async () => {
			await due();
			const renewal = await sent();
			await billing.pass(1);
			await billing.record(await one(), 'not_found');
			await billing.pass(1);
			expect(await one()).toEqual({ ...renewal, look_first: true });
		});

		it('before the answer, and the provider refused: counts as refused', async () => {
			await due();
			await sent();
			await billing.pass(1);
			expect(await billing.record(await one(), 'declined', { ...TEMPORARY, transaction_id: '8001' })).toMatchObject({
				next: 'retry',
			});
			await billing.pass(1);
			expect(await one()).toMatchObject({ attempt: 2, look_first: false });
		});

		it('what is found is the attempt before it: nothing was found', async () => {
			await due();
			await billing.record(await sent(), 'declined', { ...TEMPORARY, transaction_id: '8001' });
			await billing.pass(1);
			await sent();
			await billing.pass(1);
			const again = await one();
			expect(again).toMatchObject({ attempt: 2, look_first: true });
			expect(await billing.record(again, 'declined', { ...TEMPORARY, transaction_id: '8001' })).toMatchObject({
				next: 'retry',
			});
			expect(await billing.start(again)).toMatchObject({ outcome: 'sent' });
		});

		it('after paid: not charged again while the event is missing, nor while it is worked off', async () => {
			await due();
			const renewal = await sent();
			await billing.record(renewal, 'paid', { transaction_id: '9001' });
			for (let day = 0; day < 5; day++) {
				await billing.pass(24);
				expect(await billing.renewals()).toEqual([]);
			}
			const receipt = await billing.receive(billing.fact(renewal.order_ref, 'paid', { providerPaymentId: '9001' }));
			await billing.pass(2);
			expect(await billing.renewals()).toEqual([]);
			expect(await billing.activate(receipt.event_id)).toMatchObject({ period: 2 });
		});

		it('the event is there, the answer is not, the plan is not prolonged yet: not charged again', async () => {
			await due();
			const renewal = await one();
			const receipt = await billing.receive(billing.fact(renewal.order_ref, 'paid'));
			expect(await billing.start(renewal)).toMatchObject({ outcome: 'stale' });
			await billing.pass(2);
			expect(await billing.renewals()).toEqual([]);
			await billing.activate(receipt.event_id);
			await billing.pass(2);
			expect(await billing.renewals()).toEqual([]);
		});

		it('for so long that the renewal was given up: looked up all the same, and paid it counts', async () => {
			await due();
			const renewal = await sent();
			await billing.pass(7 * 24);
			await ledger.rows('end_plans', {});
			expect(await billing.myPlan()).toMatchObject({ status: 'ended', auto_renew: false });
			expect(await one()).toMatchObject({ look_first: true, token: null, order_ref: renewal.order_ref });
			expect(await billing.record(renewal, 'not_found')).toEqual({ next: 'stopped', next_attempt_at: null });
			expect(await billing.start(renewal)).toMatchObject({ outcome: 'stale' });
			expect(await pay(renewal)).toMatchObject({ outcome: 'activated' });
			expect(await billing.myPlan()).toMatchObject({ status: 'active', auto_renew: true });
		});
	});

	it('bought by hand while an attempt waits: no attempt is sent any more', async () => {
		await due();
		const planned = await one();
		await billing.buy();
		expect(await billing.start(planned)).toMatchObject({ outcome: 'stale' });
		await billing.pass(48);
		expect(await billing.renewals()).toEqual([]);
		await billing.pass(29 * 24);
		expect(await one()).toMatchObject({ attempt: 1 });
		expect((await attempts()).map(({ period }) => period)).toEqual([2, 3]);
	});

	it('bought by hand while a charge was on its way, and both are paid: both count, and a person is told', async () => {
		await due();
		const renewal = await sent();
		await billing.buy();
		expect(await ledger.alerts()).toEqual([]);
		expect(await pay(renewal)).toMatchObject({ outcome: 'prolonged', period: 3 });
		expect(await ledger.alerts()).toMatchObject([{ kind: 'double_payment', order_ref: renewal.order_ref }]);
		const { starts_at, ends_at } = await billing.membership();
		expect(at(ends_at) - at(starts_at)).toBe(90 * DAY_MS);
	});

	it('renews with the price and the terms of the day; the member keeps his until then', async () => {
		await billing.buy();
		await ledger.rows('save_plans', {
			plans: [{ ...PRO, amount_minor: 120000, period_days: 31, counters: { mails: 1 } }],
			force: true,
		});
		await billing.pass(27 * 24);
		expect(await billing.membership()).toMatchObject({ amount_minor: String(PRICE), counters: PRO.counters });
		const renewal = await sent();
		expect(renewal.amount_minor).toBe('120000');
		await ledger.rows('save_plans', { plans: [PRO], force: true });
		await billing.pass(1);
		expect((await one()).amount_minor).toBe('120000');
		await billing.work(billing.fact(renewal.order_ref, 'paid', { amountMinor: 120000 }));
		expect(await billing.membership()).toMatchObject({
			amount_minor: '120000',
			counters_left: { mails: 1 },
			period_days: 31,
		});
		const [first, second] = await billing.periods();
		expect(at(second?.ends_at) - at(first?.ends_at)).toBe(31 * DAY_MS);
	});

	it('a plan that is not sold any more is still renewed', async () => {
		await due();
		await ledger.rows('save_plans', { plans: [{ ...PRO, is_active: false }] });
		expect(await one()).toMatchObject({ amount_minor: String(PRICE) });
	});

	it('a renewal order that was canceled stops the renewal', async () => {
		await due();
		const renewal = await one();
		await ledger.sql("UPDATE fulfillment.orders SET status = 'canceled' WHERE order_ref = $1", [renewal.order_ref]);
		await billing.pass(1);
		expect(await billing.renewals()).toEqual([]);
		expect(await billing.told()).toEqual(['paid', 'renewal_stopped']);
	});

	it('who did not ask for renewal, or has no plan any more, is not charged', async () => {
		await billing.buy({ auto_renew: false });
		await billing.buy({ user_id: 'u-78', renew_by: 'provider' }, { raw: { AccountId: 'u-78', Token: 'tk_2' } });
		await billing.pass(28 * 24);
		expect(await billing.renewals()).toEqual([]);
	});

	it.each<[fn: string, message: string, p: Row]>([
		['take_renewals', 'limit: must be a whole number from 1 to 1000', { limit: 0 }],
		['take_renewals', 'days_before: must be a whole number', { days_before: 'soon' }],
		['take_renewals', 'max_attempts: must be a whole number', { max_attempts: 0 }],
		['take_renewals', 'lease_seconds: must be a whole number', { lease_seconds: -1 }],
		['start_attempt', 'order_ref: is required', { attempt: 1 }],
		['start_attempt', 'attempt: is required', { order_ref: 'x' }],
		['start_attempt', 'attempt: is not known', { order_ref: 'x', attempt: 1 }],
		['record_charge', 'outcome: is required', { order_ref: 'x', attempt: 1 }],
		['record_charge', 'outcome: must be paid, authorized', { order_ref: 'x', attempt: 1, outcome: 'great' }],
		[
			'record_charge',
			'decline.class: must be hard, soft',
			{ order_ref: 'x', attempt: 1, outcome: 'declined', decline: { class: 'x' } },
		],
		['record_charge', 'attempt: is not known', { order_ref: 'x', attempt: 1, outcome: 'paid' }],
	])('%s refuses and says "%s"', async (fn, message, p) => {
		await expect(ledger.row(fn, p)).rejects.toMatchObject({ code: '22023', message: expect.stringContaining(message) });
	});
});

describeLedger('CP10: cancellation', (ledger) => {
	const billing = new Billing(ledger);
	beforeAll(() => billing.prepare());
	beforeEach(() => billing.plans());

	const take = (p: Row = {}) => ledger.rows('take_cancellations', p);
	const provider = async () => {
		const bought = await billing.buy({ renew_by: 'provider' });
		await ledger.row('store_subscription', { membership_id: bought.membership_id, subscription_id: 'sc_1' });
		return bought;
	};

	it('within 14 days: all goes back, the plan ends, the user is told once', async () => {
		const { order_ref, membership_id } = await provider();
		const [{ transaction_id } = {}] = await billing.periods();
		await billing.pass(14 * 24 - 1);
		const step = await billing.cancel();
		expect(step).toEqual({
			action: 'refund',
			order_ref,
			transaction_id,
			amount_minor: String(PRICE),
			currency: 'RUB',
			subscription_id: 'sc_1',
			request_id: expect.any(String),
			membership_id,
			user_id: USER,
			look_first: false,
		});
		expect(await billing.myPlan()).toMatchObject({ status: 'active', auto_renew: false });
		const done = { membership_id, outcome: 'refunded', refund_transaction_id: '9001' };
		expect(await billing.finishCancellation(done)).toMatchObject({
			outcome: 'finished',
			user_id: USER,
			status: 'refunded',
		});
		expect(await billing.finishCancellation(done)).toMatchObject({ outcome: 'nothing', status: 'refunded' });
		expect(await billing.cancel()).toMatchObject({ action: 'none' });
		expect(await billing.notices()).toMatchObject([
			{ kind: 'paid' },
			{ kind: 'canceled', amount_minor: String(PRICE) },
		]);

		// The provider tells it too, later.
		const refund = { providerPaymentId: String(transaction_id), refundId: '9001' };
		expect(await billing.work(billing.fact(order_ref, 'refunded', refund))).toMatchObject({ outcome: 'ended' });
		expect(await billing.periods()).toMatchObject([{ refunded_minor: String(PRICE) }]);
	});

	it('later: nothing goes back, the plan runs to its end', async () => {
		const { membership_id } = await billing.buy();
		await billing.pass(14 * 24);
		expect(await billing.cancel()).toMatchObject({
			action: 'stop',
			subscription_id: null,
			transaction_id: null,
			membership_id,
		});
		const { ends_at } = await billing.membership();
		expect(await billing.finishCancellation({ membership_id, outcome: 'stopped' })).toEqual({
			outcome: 'finished',
			user_id: USER,
			status: 'active',
			ends_at,
		});
		expect(await billing.cancel()).toMatchObject({ action: 'none' });
		await billing.pass(13 * 24);
		expect(await billing.renewals()).toEqual([]);
		await billing.pass(4 * 24);
		expect(await ledger.rows('end_plans', {})).toMatchObject([{ status: 'canceled' }]);
		expect(await billing.told()).toEqual(['paid', 'canceled']);
	});

	it('refund_days can be another number; a plan that is not renewed can be called off once', async () => {
		const { membership_id } = await billing.buy({ auto_renew: false });
		expect(await billing.cancel({ refund_days: 0 })).toMatchObject({ action: 'stop' });
		await billing.finishCancellation({ membership_id, outcome: 'stopped' });
		expect(await billing.cancel({ refund_days: 0 })).toMatchObject({ action: 'none' });
	});

	it('without a plan, and after its end, there is nothing to call off', async () => {
		expect(await billing.cancel()).toMatchObject({ action: 'none', membership_id: null });
		await billing.buy();
		await billing.pass(31 * 24);
		expect(await billing.cancel()).toMatchObject({ action: 'none' });
	});

	it('20 clicks at once are one cancellation with one request id', async () => {
		await billing.buy();
		const steps = await Promise.all(Array.from({ length: 20 }, () => billing.cancel()));
		expect(new Set(steps.map(({ action }) => action))).toEqual(new Set(['refund']));
		expect(new Set(steps.map(({ request_id }) => request_id)).size).toBe(1);
		expect(await ledger.sql('SELECT FROM fulfillment.plan_refunds')).toHaveLength(1);
	});

	it('one that was cut off is found again by one of 10 runs, with the same request id, to be looked up first', async () => {
		await billing.buy();
		const step = await billing.cancel();
		expect(await take()).toEqual([]);
		await billing.pass(1);
		const runs = await Promise.all(Array.from({ length: 10 }, () => take()));
		expect(runs.flat()).toEqual([{ ...step, look_first: true }]);
		expect(await take()).toEqual([]);
	});

	it('an answer that was lost is known by the refund’s event; the subscription is still to be canceled', async () => {
		const { order_ref, membership_id } = await provider();
		const { transaction_id } = await billing.cancel();
		await billing.work(
			billing.fact(order_ref, 'refunded', { providerPaymentId: String(transaction_id), refundId: '9001' }),
		);
		expect(await billing.myPlan()).toMatchObject({ status: 'refunded' });
		await billing.pass(1);
		expect(await take()).toMatchObject([{ action: 'stop', subscription_id: 'sc_1', transaction_id: null }]);
		expect(await billing.finishCancellation({ membership_id, outcome: 'stopped' })).toMatchObject({
			outcome: 'finished',
			status: 'refunded',
		});
		expect(await billing.periods()).toMatchObject([{ refunded_minor: String(PRICE) }]);
		expect(await billing.notices()).toMatchObject([
			{},
			{ kind: 'refunded' },
			{ kind: 'canceled', amount_minor: String(PRICE) },
		]);
	});

	it('never more than what is left of the payment', async () => {
		const { order_ref } = await billing.buy();
		await billing.refund({ order_ref, amount_minor: 30000, key: 'part' });
		await ledger.row('confirm_refund', { key: 'part', outcome: 'accepted', refund_transaction_id: '9001' });
		await billing.refund({ order_ref, amount_minor: 20000, key: 'open' });
		const step = await billing.cancel();
		expect(step).toMatchObject({ action: 'refund', amount_minor: String(PRICE - 50000) });
		expect(await billing.refund({ order_ref, amount_minor: 1, key: 'more' })).toMatchObject({
			outcome: 'too_much',
			remaining: '0',
		});
		await ledger.row('confirm_refund', { key: 'open', outcome: 'accepted', refund_transaction_id: '9002' });
		await billing.finishCancellation({
			membership_id: step.membership_id,
			outcome: 'refunded',
			refund_transaction_id: '9003',
		});
		expect(await billing.periods()).toMatchObject([{ refunded_minor: String(PRICE) }]);
		expect(await billing.myPlan()).toMatchObject({ status: 'refunded' });
	});

	it('a refund the provider refuses leaves the plan to its end, and what was planned is free again', async () => {
		const { order_ref, membership_id } = await billing.buy();
		await billing.cancel();
		expect(await billing.finishCancellation({ membership_id, outcome: 'stopped' })).toMatchObject({
			outcome: 'finished',
			status: 'active',
		});
		expect(await billing.notices()).toMatchObject([{}, { kind: 'canceled', amount_minor: '0' }]);
		expect(await billing.refund({ order_ref, amount_minor: PRICE, key: 'k' })).toMatchObject({ outcome: 'planned' });
	});

	it('while a renewal is running: what is not sent is not sent, what was paid goes back', async () => {
		const { membership_id } = await billing.buy();
		await billing.pass(28 * 24);
		const [planned] = await billing.renewals();
		await billing.cancel();
		await billing.finishCancellation({ membership_id, outcome: 'stopped' });
		expect(await billing.start(planned as Renewal)).toMatchObject({ outcome: 'stale' });
		expect(await billing.record(planned as Renewal, 'declined', TEMPORARY)).toEqual({
			next: 'stopped',
			next_attempt_at: null,
		});
		expect(await billing.told()).toEqual(['paid', 'canceled']);
	});

	it('a charge that was on its way when the plan was called off goes back by itself', async () => {
		const { membership_id } = await billing.buy();
		await billing.pass(28 * 24);
		const [renewal] = (await billing.renewals()) as [Renewal];
		expect(await billing.start(renewal)).toMatchObject({ outcome: 'sent' });
		expect(await billing.cancel()).toMatchObject({ action: 'stop' });
		const paid = billing.fact(renewal.order_ref, 'paid', { providerPaymentId: '7001' });
		expect(await billing.work(paid)).toMatchObject({ outcome: 'prolonged', period: 2 });
		// The run of the first step ends only now: that answer is not about the refund.
		expect(await billing.finishCancellation({ membership_id, outcome: 'stopped' })).toMatchObject({
			outcome: 'nothing',
		});
		expect(await take()).toMatchObject([
			{
				action: 'refund',
				transaction_id: '7001',
				amount_minor: String(PRICE),
				order_ref: renewal.order_ref,
				look_first: false,
			},
		]);
		await billing.finishCancellation({ membership_id, outcome: 'refunded', refund_transaction_id: '9001' });
		expect(await billing.periods()).toMatchObject([{ refunded_minor: '0' }, { refunded_minor: String(PRICE) }]);
		expect(await billing.myPlan()).toMatchObject({ status: 'active', auto_renew: false, days_left: 2 });
		expect(await billing.told()).toEqual(['paid', 'canceled']);
		expect(await take()).toEqual([]);
	});

	it('a renewal that is paid while the refund of the period before it is open goes back after it', async () => {
		await ledger.rows('save_plans', { plans: [{ ...PRO, code: 'week', period_days: 7 }] });
		const { membership_id } = await billing.buy({ plan: 'week' });
		await billing.pass(5 * 24);
		const [renewal] = (await billing.renewals()) as [Renewal];
		await billing.start(renewal);
		const first = await billing.cancel();
		expect(first.action).toBe('refund');
		await billing.work(billing.fact(renewal.order_ref, 'paid', { providerPaymentId: '7001' }));
		await billing.finishCancellation({ membership_id, outcome: 'refunded', refund_transaction_id: '9001' });
		expect(await take()).toMatchObject([{ action: 'refund', transaction_id: '7001' }]);
		await billing.finishCancellation({ membership_id, outcome: 'refunded', refund_transaction_id: '9002' });
		expect(await billing.myPlan()).toMatchObject({ status: 'refunded' });
		expect(await take()).toEqual([]);
	});

	it('who buys again after calling off is not called off any more', async () => {
		const { membership_id } = await billing.buy();
		await billing.pass(28 * 24);
		await billing.cancel();
		await billing.finishCancellation({ membership_id, outcome: 'stopped' });
		await billing.buy();
		expect(await billing.membership()).toMatchObject({ auto_renew: true, canceled_at: null });
		await billing.pass(30 * 24);
		expect(await billing.renewals()).toHaveLength(1);
	});

	it('CP13: a held payment is released, with and without a plan', async () => {
		const { order_ref } = await billing.open();
		await billing.receive(billing.fact(order_ref, 'authorized', { providerPaymentId: '7001' }));
		expect(await billing.cancel()).toEqual({
			action: 'void',
			order_ref,
			transaction_id: '7001',
			amount_minor: String(PRICE),
			currency: 'RUB',
			subscription_id: null,
			request_id: `void-${order_ref}`,
			membership_id: null,
			user_id: USER,
			look_first: false,
		});
		expect(await billing.finishCancellation({ membership_id: null, outcome: 'stopped' })).toMatchObject({
			outcome: 'nothing',
		});
		await billing.work(billing.fact(order_ref, 'canceled', { providerPaymentId: '7001' }));
		expect(await billing.cancel()).toMatchObject({ action: 'none' });

		const { membership_id } = await billing.buy();
		await billing.pass(28 * 24);
		const [renewal] = (await billing.renewals()) as [Renewal];
		await billing.receive(billing.fact(renewal.order_ref, 'authorized', { providerPaymentId: '7002' }));
		expect(await billing.cancel()).toMatchObject({ action: 'void', transaction_id: '7002', membership_id });
		expect(await billing.finishCancellation({ membership_id, outcome: 'stopped' })).toMatchObject({
			outcome: 'finished',
		});
		expect(await billing.told()).toEqual(['paid', 'canceled']);
	});

	it('CP13: a held renewal of a period that goes back is released after it', async () => {
		await ledger.rows('save_plans', { plans: [{ ...PRO, code: 'week', period_days: 7 }] });
		const { membership_id } = await billing.buy({ plan: 'week' });
		await billing.pass(5 * 24);
		const [renewal] = (await billing.renewals()) as [Renewal];
		await billing.receive(billing.fact(renewal.order_ref, 'authorized', { providerPaymentId: '7002' }));
		expect(await billing.cancel()).toMatchObject({ action: 'refund' });
		await billing.finishCancellation({ membership_id, outcome: 'refunded' });
		expect(await take()).toMatchObject([{ action: 'void', transaction_id: '7002' }]);
		await billing.finishCancellation({ membership_id, outcome: 'stopped' });
		expect(await take()).toEqual([]);
	});

	it.each<[fn: string, message: string, p: Row]>([
		['cancel_plan', 'user_id: is required', {}],
		['cancel_plan', 'refund_days: must be a whole number', { user_id: USER, refund_days: 1.5 }],
		['take_cancellations', 'limit: must be a whole number', { limit: 0 }],
		['finish_cancellation', 'outcome: is required', { membership_id: 1 }],
		['finish_cancellation', 'outcome: must be refunded or stopped', { membership_id: 1, outcome: 'done' }],
		['finish_cancellation', 'membership_id: is not known', { membership_id: 999, outcome: 'stopped' }],
		['finish_cancellation', 'membership_id: must be a whole number', { membership_id: 'x', outcome: 'stopped' }],
	])('%s refuses and says "%s"', async (fn, message, p) => {
		await expect(ledger.row(fn, p)).rejects.toMatchObject({ code: '22023', message: expect.stringContaining(message) });
	});
});

describeLedger('CP2: partial_refund and confirm_refund', (ledger) => {
	const billing = new Billing(ledger);
	beforeAll(() => billing.prepare());
	beforeEach(() => billing.plans());
	const confirm = (key: string, outcome: string, refund_transaction_id?: string) =>
		ledger.row('confirm_refund', { key, outcome, refund_transaction_id });

	it('plans a refund by order or transaction, and says what is left', async () => {
		const { order_ref } = await billing.buy();
		const [{ transaction_id } = {}] = await billing.periods();
		const planned = await billing.refund({ order_ref, user_id: USER, amount_minor: 40000, key: 'a' });
		expect(planned).toEqual({
			outcome: 'planned',
			state: 'planned',
			transaction_id,
			amount_minor: '40000',
			currency: 'RUB',
			request_id: expect.any(String),
			remaining: String(PRICE - 40000),
			user_id: USER,
		});
		expect(await billing.refund({ transaction_id, amount_minor: 40000, key: 'a' })).toEqual({
			...planned,
			outcome: 'known',
		});
		expect(await billing.refund({ transaction_id, amount_minor: PRICE, key: 'b' })).toMatchObject({
			outcome: 'too_much',
			request_id: null,
			remaining: String(PRICE - 40000),
		});
		await expect(billing.refund({ order_ref, amount_minor: 1, key: 'a' })).rejects.toThrow(
			'key: was used for a refund',
		);
	});

	it('30 refunds of a third at once: three are planned', async () => {
		const { order_ref } = await billing.buy();
		const rows = await Promise.all(
			Array.from({ length: 30 }, (_, index) =>
				billing.refund({ order_ref, amount_minor: PRICE / 3, key: `k${index}` }),
			),
		);
		expect(rows.filter(({ outcome }) => outcome === 'planned')).toHaveLength(3);
		expect(rows.filter(({ outcome }) => outcome === 'too_much')).toHaveLength(27);
		expect(new Set(rows.filter(({ request_id }) => request_id).map(({ request_id }) => request_id)).size).toBe(3);
	});

	it('10 calls with one key at once are one refund', async () => {
		const { order_ref } = await billing.buy();
		const rows = await Promise.all(
			Array.from({ length: 10 }, () => billing.refund({ order_ref, amount_minor: 100, key: 'one' })),
		);
		expect(rows.filter(({ outcome }) => outcome === 'planned')).toHaveLength(1);
		expect(new Set(rows.map(({ request_id }) => request_id)).size).toBe(1);
	});

	it('unknown and unpaid payments, and those of somebody else', async () => {
		const { order_ref } = await billing.open();
		expect(await billing.refund({ order_ref, amount_minor: 1, key: 'a' })).toMatchObject({
			outcome: 'unknown',
			transaction_id: null,
		});
		expect(await billing.refund({ order_ref: 'x', amount_minor: 1, key: 'a' })).toMatchObject({ outcome: 'unknown' });
		expect(await billing.refund({ transaction_id: 'x', amount_minor: 1, key: 'a' })).toMatchObject({
			outcome: 'unknown',
		});
		const paid = await billing.buy();
		expect(await billing.refund({ order_ref: paid.order_ref, user_id: 'u-78', amount_minor: 1, key: 'a' })).toEqual({
			outcome: 'foreign',
			state: null,
			transaction_id: null,
			amount_minor: null,
			currency: null,
			request_id: null,
			remaining: null,
			user_id: null,
		});
	});

	it('accepted counts once, with and without its event; all of it ends the plan', async () => {
		const { order_ref } = await billing.buy();
		const { transaction_id } = await billing.refund({ order_ref, amount_minor: 40000, key: 'a' });
		expect(await confirm('a', 'accepted', '9001')).toEqual({ outcome: 'accepted', user_id: USER });
		expect(await confirm('a', 'refused')).toMatchObject({ outcome: 'accepted' });
		const event = (refundId: string, amountMinor: number) =>
			billing.work(
				billing.fact(order_ref, 'refunded', { providerPaymentId: String(transaction_id), refundId, amountMinor }),
			);
		expect(await event('9001', 40000)).toMatchObject({ outcome: 'kept' });
		expect(await billing.periods()).toMatchObject([{ refunded_minor: '40000' }]);
		await billing.refund({ order_ref, amount_minor: PRICE - 40000, key: 'b' });
		await confirm('b', 'accepted');
		expect(await billing.myPlan()).toMatchObject({ status: 'refunded' });
		// The number of the second one was not told: its event is known by the amount.
		expect(await event('9002', PRICE - 40000)).toMatchObject({ outcome: 'ended' });
		expect(await billing.periods()).toMatchObject([{ refunded_minor: String(PRICE) }]);
	});

	it('refused frees what was planned; an answer that was lost is known by the event', async () => {
		const { order_ref } = await billing.buy();
		const { transaction_id } = await billing.refund({ order_ref, amount_minor: PRICE, key: 'a' });
		expect(await confirm('a', 'refused')).toMatchObject({ outcome: 'refused' });
		expect(await billing.refund({ order_ref, amount_minor: PRICE, key: 'a' })).toMatchObject({
			outcome: 'known',
			state: 'refused',
		});
		expect(await billing.refund({ order_ref, amount_minor: 500, key: 'b' })).toMatchObject({ outcome: 'planned' });
		await billing.work(
			billing.fact(order_ref, 'refunded', {
				providerPaymentId: String(transaction_id),
				refundId: '9001',
				amountMinor: 500,
			}),
		);
		expect(await billing.refund({ order_ref, amount_minor: 500, key: 'b' })).toMatchObject({
			outcome: 'known',
			state: 'accepted',
			remaining: String(PRICE - 500),
		});
		expect(await confirm('b', 'accepted', '9001')).toMatchObject({ outcome: 'accepted' });
		expect(await billing.periods()).toMatchObject([{ refunded_minor: '500' }]);
	});

	it('a refund made in the cabinet counts too', async () => {
		const { order_ref } = await billing.buy();
		const [{ transaction_id } = {}] = await billing.periods();
		await billing.work(
			billing.fact(order_ref, 'refunded', {
				providerPaymentId: String(transaction_id),
				refundId: '9001',
				amountMinor: PRICE - 10,
			}),
		);
		expect(await billing.refund({ order_ref, amount_minor: 11, key: 'a' })).toMatchObject({
			outcome: 'too_much',
			remaining: '10',
		});
	});

	it('of a subscription’s charge, by its transaction', async () => {
		await billing.buy({ renew_by: 'provider' });
		await billing.work(billing.charge({ providerPaymentId: '7001' }));
		expect(await billing.refund({ transaction_id: '7001', user_id: USER, amount_minor: 5, key: 'a' })).toMatchObject({
			outcome: 'planned',
		});
	});

	it('confirm_refund says unknown for a key nobody planned, and a cancellation’s is none of them', async () => {
		const { membership_id } = await billing.buy();
		await billing.cancel();
		expect(await confirm(`cancel-${membership_id}-1`, 'accepted')).toEqual({ outcome: 'unknown', user_id: null });
	});

	it.each<[fn: string, message: string, p: Row]>([
		['partial_refund', 'order_ref: or transaction_id is required', { amount_minor: 1, key: 'k' }],
		['partial_refund', 'amount_minor: is required', { order_ref: 'x', key: 'k' }],
		['partial_refund', 'amount_minor: must be a whole number from 1', { order_ref: 'x', amount_minor: -1, key: 'k' }],
		['partial_refund', 'key: is required', { order_ref: 'x', amount_minor: 1 }],
		['confirm_refund', 'key: is required', { outcome: 'accepted' }],
		['confirm_refund', 'outcome: must be accepted or refused', { key: 'k', outcome: 'paid' }],
	])('%s refuses and says "%s"', async (fn, message, p) => {
		await expect(ledger.row(fn, p)).rejects.toMatchObject({ code: '22023', message: expect.stringContaining(message) });
	});
});
