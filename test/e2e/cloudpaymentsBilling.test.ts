import { createHmac } from 'node:crypto';

import axios from 'axios';

import { SANDBOX_SECRETS } from '../../runtime/credentials';
import { waitUntil } from '../../runtime/processes';
import { BillingShop, EMPTY_CARD, EVENT_WORKFLOW, FIRST_TIME_ONLY_CARD, GOOD_CARD } from './support/billingShop';
import { recoverOften } from './support/recoverOften';
import { BOOT_TIMEOUT_MS, startTestStack, type TestStack } from './support/testStack';

const DAY_MS = 86_400_000;

let testStack: TestStack;
let shop: BillingShop;

beforeAll(async () => {
	testStack = await startTestStack({ editWorkflows: (workflows) => workflows.map(recoverOften) });
	shop = new BillingShop(testStack);
	await shop.savePlans();
}, BOOT_TIMEOUT_MS);

afterAll(async () => await testStack?.stop(), 60_000);

describe('plans', () => {
	test('CP8: plans come from one list; the same list changes nothing, another price only with force', async () => {
		const save = async (body: object) => (await shop.desk('post', 'plans', body)).data as { plans: { code: string; outcome: string }[] };
		const plan = { code: 'once', name: 'Once', amount_minor: 10000, currency: 'RUB', counters: { mails: 5 } };
		expect((await save({ plans: [plan] })).plans).toEqual([expect.objectContaining({ code: 'once', outcome: 'created' })]);
		expect((await save({ plans: [plan] })).plans).toEqual([expect.objectContaining({ outcome: 'unchanged' })]);
		const dearer = { ...plan, amount_minor: 20000 };
		expect((await save({ plans: [dearer] })).plans).toEqual([expect.objectContaining({ outcome: 'kept' })]);
		expect((await save({ plans: [dearer], force: true })).plans).toEqual([expect.objectContaining({ outcome: 'updated' })]);
		const { data } = await shop.call('get', 'plans');
		expect((data as { plans: object[] }).plans).toContainEqual(expect.objectContaining({ code: 'once', amount_minor: '20000' }));
		await save({ plans: [{ ...dearer, is_active: false }] });
		expect(JSON.stringify((await shop.call('get', 'plans')).data)).not.toContain('once');
	});

	test.each([
		['no list', {}],
		['a price that is none', { plans: [{ code: 'x', name: 'X', amount_minor: 'much', currency: 'RUB' }] }],
		['a plan without a code', { plans: [{ name: 'X', amount_minor: 1, currency: 'RUB' }] }],
	])('CP8: %s is answered 400 with the field', async (_case, body) => {
		const { status, data } = await shop.desk('post', 'plans', body);
		expect([status, data]).toEqual([400, { error: 'validation', message: expect.stringMatching(/^plans/) }]);
	});
});

describe('buying', () => {
	test('CP2, CP3, CP5, CP7: a link, Check, Pay: the plan is active for 30 days', async () => {
		const anna = shop.user();
		const { orderRef, orderId, amount } = await shop.order(anna);
		expect([orderRef, amount]).toEqual([expect.stringMatching(/^[0-9a-f]{40}$/), '1490.00']);
		const paid = await shop.cloudPayments.payOrder(orderId, { card: GOOD_CARD });
		expect(paid).toMatchObject({ result: 'paid', checkCode: 0 });
		expect(await shop.settled(orderRef, 1)).toEqual([expect.objectContaining({ kind: 'paid', status: 'done', attempts: 1 })]);
		const plan = await shop.plan(anna);
		expect(plan).toMatchObject({ plan: 'pro', status: 'active', days_left: 30, auto_renew: true, counters: { mails: 100 } });
		expect(Date.parse(plan.ends_at) - Date.parse(plan.starts_at)).toBe(30 * DAY_MS);
		const { data } = await shop.as(anna, 'get', `payments?order_id=${orderRef}`);
		expect(data).toMatchObject({ order_ref: orderRef, transaction_id: String(paid.transactionId), status: 'paid', amount_minor: '149000', currency: 'RUB' });
		expect(JSON.stringify([plan, data])).not.toContain(String(paid.token));
	});

	test('CP5: the widget page shows the order, and no longer once it is paid', async () => {
		const anna = shop.user();
		const { data } = await shop.as(anna, 'post', 'payments', { plan: 'pro', method: 'widget' });
		const { order_id: orderRef, payment_url: url } = data as { order_id: string; payment_url: string };
		expect(url).toBe(`${shop.stack.sandbox.urls.shop}/pay?order_id=${orderRef}`);
		const page = await axios.get<string>(url);
		const orderUrl = `${shop.stack.n8n.url}/webhook/billing/pay`;
		expect(page.data).toContain(`'${orderUrl}'`);
		const ask = async (order: string) =>
			await axios.get<unknown>(`${orderUrl}?order_id=${order}`, {
				headers: { Origin: shop.stack.sandbox.urls.shop },
				validateStatus: () => true,
			});
		const open = await ask(orderRef);
		expect(open).toMatchObject({
			status: 200,
			data: {
				params: {
					publicTerminalId: SANDBOX_SECRETS.cloudPaymentsPublicId, externalId: orderRef, amount: 1490, currency: 'RUB',
					userInfo: { accountId: anna.sub }, tokenize: true, paymentSchema: 'Single',
				},
			},
		});
		// Without this header a browser does not show the answer to a page of another site.
		expect(['*', shop.stack.sandbox.urls.shop]).toContain(open.headers['access-control-allow-origin']);
		expect(JSON.stringify(open.data)).not.toContain(SANDBOX_SECRETS.cloudPaymentsSecret);
		expect(await shop.payInWidget(anna, orderRef)).toMatchObject({ result: 'paid', checkCode: 0 });
		await shop.settled(orderRef, 1);
		for (const gone of [orderRef, 'f'.repeat(40), '']) expect(await ask(gone)).toMatchObject({ status: 410, data: { error: 'closed' } });
	});

	test('CP3: asking twice gives the same order; a running plan is not sold again; unknown plans are named', async () => {
		const anna = shop.user();
		const first = await shop.order(anna);
		expect(await shop.order(anna)).toEqual(first);
		await shop.cloudPayments.payOrder(first.orderId, { card: GOOD_CARD });
		await shop.settled(first.orderRef, 1);
		const again = await shop.as(anna, 'post', 'payments', { plan: 'pro' });
		expect([again.status, again.data]).toEqual([409, expect.objectContaining({ error: 'has_plan' })]);
		expect((await shop.as(shop.user(), 'post', 'payments', { plan: 'gold' })).status).toBe(404);
		const incomplete = await shop.as(shop.user(), 'post', 'payments', {});
		expect([incomplete.status, JSON.stringify(incomplete.data)]).toEqual([400, expect.stringContaining('plan')]);
	});

	test.each([
		['get', 'payments'], ['post', 'payments'], ['get', 'plan'], ['post', 'cancel'], ['post', 'plans'], ['post', 'refunds'],
		['post', 'usage'], ['get', 'statistics'], ['post', 'renewals'], ['post', 'reconciliation'],
	] as const)('CP6: %s %s without a token, or with a forged one, is refused', async (method, path) => {
		for (const headers of [{} as Record<string, string>, { Authorization: 'Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJ1In0.', 'X-Back-Office-Key': 'guess' }]) {
			expect([401, 403]).toContain((await shop.call(method, path, {}, headers)).status);
		}
	});

	test('CP6: nobody sees the payment of somebody else', async () => {
		const [anna, boris] = [shop.user(), shop.user()];
		const sale = await shop.buy(anna);
		for (const query of [`order_id=${sale.orderRef}`, `transaction_id=${sale.transactionId}`]) {
			expect((await shop.as(boris, 'get', `payments?${query}`)).status).toBe(404);
			expect((await shop.as(anna, 'get', `payments?${query}`)).status).toBe(200);
		}
		expect((await shop.as(boris, 'get', 'payments')).data).toEqual({ payments: [] });
		expect((await shop.as(anna, 'get', 'payments')).data).toEqual({ payments: [expect.objectContaining({ order_ref: sale.orderRef })] });
		expect(await shop.plan(boris)).toMatchObject({ outcome: 'no_plan' });
	});
});

describe('CP13: Check is answered truthfully', () => {
	test.each([
		['an unknown order', 10, { invoiceId: 'f'.repeat(40) }],
		['no order', 10, { invoiceId: '' }],
		["another customer's account", 11, { accountId: 'somebody-else' }],
		['a wrong amount', 12, { amount: 1 }],
		['a wrong currency', 12, { currency: 'USD' }],
	])('%s: %i, and the payment is declined', async (_case, code, changes) => {
		const anna = shop.user();
		const { orderRef } = await shop.order(anna);
		expect(await shop.payInWidget(anna, orderRef, changes)).toMatchObject({ result: 'declined', checkCode: code });
		expect(await shop.plan(anna)).toMatchObject({ outcome: 'no_plan' });
	});

	test('a paid order: 13; an old one: 20', async () => {
		const anna = shop.user();
		const sale = await shop.buy(anna);
		expect(await shop.payInWidget(anna, sale.orderRef)).toMatchObject({ result: 'declined', checkCode: 13 });
		const boris = shop.user();
		const { orderRef } = await shop.order(boris);
		await shop.stack.ledger.query(`UPDATE fulfillment.orders SET created_at = created_at - interval '2 days' WHERE order_ref = $1`, [orderRef]);
		expect(await shop.payInWidget(boris, orderRef)).toMatchObject({ result: 'declined', checkCode: 20 });
	});
});

describe('notifications', () => {
	test('CP6: forged ones, without a signature or of rebuilt bytes, are refused without an execution', async () => {
		const anna = shop.user();
		const { orderRef } = await shop.order(anna);
		const before = await shop.executionCount(EVENT_WORKFLOW);
		const fields = {
			TransactionId: '990001', Amount: '1490.00', Currency: 'RUB', PaymentAmount: '1490.00', PaymentCurrency: 'RUB',
			DateTime: '2026-08-14 09:31:05', TestMode: '0', Status: 'Completed', OperationType: 'Payment', InvoiceId: orderRef,
			AccountId: anna.sub, Description: 'Про: тариф',
		};
		const { cloudPayments } = shop;
		const genuine = await cloudPayments.deliver('refund', { TransactionId: '990002', PaymentTransactionId: '990003', Amount: '1.00', DateTime: '2026-08-14 09:31:05', OperationType: 'Refund' });
		expect(genuine.status).toBe(200);
		const afterGenuine = await shop.executionCount(EVENT_WORKFLOW);
		expect(afterGenuine).toBe(before + 1);
		const signature = createHmac('sha256', SANDBOX_SECRETS.cloudPaymentsSecret).update(new URLSearchParams(fields).toString()).digest('base64');
		const forged = [
			{ secret: 'guess' },
			{ contentHmac: null, headers: { 'X-Content-HMAC': null } },
			{ contentHmac: '' },
			{ contentHmac: signature, rawBody: new URLSearchParams(fields).toString().replaceAll('%D0', '%d0') },
			{ contentHmac: signature, rawBody: new URLSearchParams({ ...fields, Amount: '1.00' }).toString() },
		];
		for (const how of forged) expect(await cloudPayments.deliver('pay', fields, how)).toMatchObject({ status: 401 });
		expect(await shop.executionCount(EVENT_WORKFLOW)).toBe(afterGenuine);
		expect(await shop.events(orderRef)).toEqual([]);
	});

	test('CP1, CP6: a wrong amount or a foreign account that Check did not stop gives no plan and an alert', async () => {
		const anna = shop.user();
		const { orderRef } = await shop.order(anna);
		const pay = { Currency: 'RUB', DateTime: '2026-08-14 09:31:05', TestMode: '0', Status: 'Completed', OperationType: 'Payment', InvoiceId: orderRef };
		expect(await shop.cloudPayments.deliver('pay', { ...pay, TransactionId: '990101', Amount: '1.00', AccountId: anna.sub })).toMatchObject({ status: 200 });
		expect(await shop.cloudPayments.deliver('pay', { ...pay, TransactionId: '990102', Amount: '1490.00', AccountId: 'somebody-else' })).toMatchObject({ status: 200 });
		await shop.settled(orderRef, 2);
		expect(await shop.plan(anna)).toMatchObject({ outcome: 'no_plan' });
		const alerts = await shop.stack.ledger.query('SELECT DISTINCT kind FROM fulfillment.alerts WHERE order_ref = $1', [orderRef]);
		expect(alerts).toEqual([{ kind: 'mismatch' }]);
	});

	test('CP7: duplicates of every type change nothing', async () => {
		const anna = shop.user();
		const sale = await shop.buy(anna);
		const first = await shop.plan(anna);
		for (let copy = 0; copy < 5; copy++) expect(await shop.cloudPayments.resend(sale.transactionId, 'pay')).toMatchObject({ status: 200 });
		const refund = shop.cloudPayments.refund(sale.transactionId, 10000);
		await shop.settled(sale.orderRef, 2);
		for (let copy = 0; copy < 3; copy++) await shop.cloudPayments.resend(refund.transactionId, 'refund');
		expect(await shop.events(sale.orderRef)).toEqual([
			expect.objectContaining({ kind: 'paid', status: 'done' }),
			expect.objectContaining({ kind: 'refunded', status: 'done' }),
		]);
		expect(await shop.plan(anna)).toEqual(first);
		expect((await shop.notices(anna)).filter((kind) => kind === 'paid')).toHaveLength(1);
	});

	test('CP13: a payment in two stages waits for its confirmation', async () => {
		const anna = shop.user();
		const { orderRef } = await shop.order(anna);
		const held = await shop.payInWidget(anna, orderRef, { schema: 'Dual' });
		expect(held.result).toBe('authorized');
		await shop.settled(orderRef, 1);
		expect(await shop.plan(anna)).toMatchObject({ outcome: 'no_plan' });
		shop.cloudPayments.confirm(held.transactionId);
		await waitUntil(async () => (await shop.plan(anna)).status === 'active', { timeoutMs: 30_000, otherwise: () => 'Not active after Confirm' });
		const [plan, known] = [await shop.plan(anna), await shop.settled(orderRef, 2)];
		for (const type of ['pay', 'confirm'] as const) expect(await shop.cloudPayments.resend(held.transactionId, type)).toMatchObject({ status: 200 });
		expect([await shop.plan(anna), await shop.events(orderRef)]).toEqual([plan, known]);
	});

	test.each(['given', 'reversed'] as const)('CP10, CP13: held money that is released gives no plan, told in the order %s', async (order) => {
		const anna = shop.user();
		const { orderRef } = await shop.order(anna);
		shop.cloudPayments.holdNotifications(true);
		const held = await shop.payInWidget(anna, orderRef, { schema: 'Dual' });
		shop.cloudPayments.void(held.transactionId);
		await shop.cloudPayments.releaseNotifications(order);
		await shop.settled(orderRef, 2);
		await shop.cloudPayments.resend(held.transactionId, 'cancel');
		const events = (await shop.events(orderRef)).map(({ kind, status }) => [kind, status]);
		const told = [['authorized', 'ignored'], ['canceled', 'done']];
		expect(events).toEqual(order === 'given' ? told : told.reverse());
		expect(await shop.plan(anna)).toMatchObject({ outcome: 'no_plan' });
	});

	test('CP11, CP13: a refused card is told, and the next card still pays', async () => {
		const anna = shop.user({ telegram_id: '77001' });
		const person = shop.stack.sandbox.telegram.user({ id: '77001' });
		person.start();
		const { orderRef, orderId } = await shop.order(anna);
		const refused = await shop.cloudPayments.payOrder(orderId, { card: EMPTY_CARD });
		expect(refused).toMatchObject({ result: 'declined', reasonCode: 5051 });
		await shop.settled(orderRef, 1);
		await shop.cloudPayments.resend(refused.transactionId, 'fail');
		await person.waitForMessage('не прошла');
		await shop.cloudPayments.payOrder(orderId, { card: GOOD_CARD });
		await shop.settled(orderRef, 2);
		expect(await shop.plan(anna)).toMatchObject({ status: 'active' });
		expect((await person.waitForMessage('получена')).text).toContain('1490.00 RUB');
	});

	test('CP13: SBP, whose result comes later', async () => {
		const anna = shop.user();
		const sale = await shop.buy(anna, {}, { method: 'sbp' });
		expect(sale.result).toBe('paid');
		expect(await shop.plan(anna)).toMatchObject({ status: 'active' });
	});
});

describe('CP9: renewals', () => {
	// Time passes for everybody: only the customer of the test is renewed.
	beforeEach(async () => await shop.stopOtherRenewals());

	test('CP9: 27 days later the saved card is charged once, and the plan is prolonged by 30 days', async () => {
		const anna = shop.user();
		await shop.buy(anna);
		await shop.pass({ days: 26 });
		await shop.renew();
		expect(shop.transactions(anna)).toHaveLength(1);
		await shop.pass({ days: 1, hours: 1 });
		const before = await shop.plan(anna);
		await Promise.all([shop.renew(), shop.renew()]);
		await waitUntil(async () => (await shop.plan(anna)).ends_at !== before.ends_at, { timeoutMs: 30_000, otherwise: () => 'Not prolonged' });
		const after = await shop.plan(anna);
		expect(Date.parse(after.ends_at) - Date.parse(before.ends_at)).toBe(30 * DAY_MS);
		expect(after.counters).toEqual({ mails: 100 });
		await shop.renew();
		expect(shop.transactions(anna)).toHaveLength(2);
		expect(await shop.notices(anna)).toContain('auto_renewed');
	});

	test('CP9: no money at first: tried again after an hour, then it works', async () => {
		const anna = shop.user();
		const sale = await shop.buy(anna);
		shop.cloudPayments.tokenOutcome(String(sale.token), [5051, 'ok']);
		await shop.pass({ days: 27, hours: 1 });
		await shop.renew();
		await shop.renew();
		expect(shop.transactions(anna)).toHaveLength(1);
		await shop.pass({ hours: 2 });
		await shop.renew();
		await waitUntil(async () => (await shop.plan(anna)).days_left > 30, { timeoutMs: 30_000, otherwise: () => 'Not prolonged' });
		expect(shop.transactions(anna)).toHaveLength(2);
	});

	test('CP9, CP11: a card refused for good is not tried again, and the customer is told', async () => {
		const anna = shop.user();
		const sale = await shop.buy(anna);
		shop.cloudPayments.tokenOutcome(String(sale.token), 5005);
		await shop.pass({ days: 27, hours: 1 });
		const charges = () => shop.cloudPayments.transactions().filter(({ accountId }) => accountId === anna.sub).length;
		await shop.renew();
		expect(charges()).toBe(2);
		await shop.pass({ days: 2 });
		await shop.renew();
		expect(charges()).toBe(2);
		expect(await shop.notices(anna)).toContain('renewal_stopped');
		await shop.pass({ days: 2 });
		await shop.renew();
		expect(await shop.plan(anna)).toMatchObject({ status: 'ended' });
	});

	test('CP9: never enough money: six tries in pairs, and no more', async () => {
		const anna = shop.user();
		await shop.buy(anna, {}, { card: FIRST_TIME_ONLY_CARD });
		await shop.pass({ days: 27, hours: 1 });
		for (let day = 0; day < 8; day++) {
			for (const hours of [0, 2, 24]) {
				await shop.pass({ hours });
				await shop.renew();
			}
		}
		const charges = shop.cloudPayments.transactions().filter(({ accountId }) => accountId === anna.sub);
		expect(charges.length - 1).toBeGreaterThanOrEqual(4);
		expect(charges.length - 1).toBeLessThanOrEqual(6);
		expect(await shop.notices(anna)).toContain('renewal_stopped');
	}, 240_000);

	test('CP9: a charge whose answer was lost is looked up, and not made twice', async () => {
		const anna = shop.user();
		await shop.buy(anna);
		await shop.pass({ days: 27, hours: 1 });
		shop.cloudPayments.dropNotifications('pay', 1);
		shop.cloudPayments.dropNext('payments/tokens/charge', 1, { when: 'after' });
		await shop.renew();
		expect(shop.transactions(anna)).toHaveLength(2);
		expect((await shop.plan(anna)).days_left).toBeLessThan(5);
		await shop.pass({ hours: 1 });
		await shop.renew();
		await waitUntil(async () => (await shop.plan(anna)).days_left > 30, { timeoutMs: 30_000, otherwise: () => 'Not prolonged' });
		expect(shop.transactions(anna)).toHaveLength(2);
	});
});

describe('CP10: cancelling and refunds', () => {
	test('CP10: within 14 days all the money goes back, once, and the plan ends', async () => {
		const anna = shop.user();
		const sale = await shop.buy(anna);
		await shop.pass({ days: 13 });
		const [first, second] = await Promise.all([shop.as(anna, 'post', 'cancel'), shop.as(anna, 'post', 'cancel')]);
		expect([first!.status, second!.status].sort()).toEqual(expect.arrayContaining([200]));
		await shop.settled(sale.orderRef, 2);
		const refunds = shop.transactions(anna).filter(({ type }) => type === 'refund');
		expect(refunds.map(({ amountMinor }) => amountMinor)).toEqual([149000]);
		expect((await shop.plan(anna)).status).toMatch(/^(canceled|refunded)$/);
		expect((await shop.as(anna, 'get', `payments?order_id=${sale.orderRef}`)).data).toMatchObject({ status: 'refunded', refunded_minor: '149000' });
		expect(await shop.notices(anna)).toContain('canceled');
		await shop.pass({ days: 15 });
		await shop.renew();
		expect(shop.transactions(anna)).toHaveLength(2);
	});

	test('CP10, CP11: after 14 days nothing goes back; the plan runs to its end, which is told, and is not renewed', async () => {
		const anna = shop.user();
		await shop.buy(anna);
		await shop.pass({ days: 15 });
		const { status, data } = await shop.as(anna, 'post', 'cancel');
		expect([status, data]).toEqual([200, expect.objectContaining({ outcome: 'stopped', refunded: null })]);
		expect(await shop.plan(anna)).toMatchObject({ status: 'active', auto_renew: false, days_left: 15 });
		await shop.pass({ days: 13 });
		await shop.renew();
		expect(await shop.notices(anna)).toContain('expiring_soon');
		await shop.pass({ days: 3 });
		await shop.renew();
		expect(shop.transactions(anna)).toHaveLength(1);
		expect((await shop.plan(anna)).status).toMatch(/^(ended|canceled)$/);
		expect((await shop.as(anna, 'post', 'cancel')).status).toBe(404);
	});

	test('CP10: an answer lost at the refund: finished later, the money goes back once', async () => {
		const anna = shop.user();
		const sale = await shop.buy(anna);
		shop.cloudPayments.dropNotifications('refund', 1);
		shop.cloudPayments.dropNext('payments/refund', 1, { when: 'after' });
		expect((await shop.as(anna, 'post', 'cancel')).status).toBe(202);
		await shop.pass({ hours: 1 });
		await shop.renew();
		await waitUntil(async () => /^(canceled|refunded)$/.test((await shop.plan(anna)).status), { timeoutMs: 30_000, otherwise: () => 'Not finished' });
		expect(shop.transactions(anna).filter(({ type }) => type === 'refund')).toHaveLength(1);
		expect(sale.result).toBe('paid');
	});

	test('CP10: a refund that never arrived is made at the next try, also after a part went back before', async () => {
		const anna = shop.user();
		const sale = await shop.buy(anna);
		expect((await shop.desk('post', 'refunds', { order_id: sale.orderRef, amount: 100, key: `${anna.sub}-part` })).status).toBe(200);
		await shop.settled(sale.orderRef, 2);
		shop.cloudPayments.dropNext('payments/refund', 1, { when: 'before' });
		expect((await shop.as(anna, 'post', 'cancel')).status).toBe(202);
		await shop.pass({ hours: 1 });
		await shop.renew();
		await shop.settled(sale.orderRef, 3);
		const refunds = shop.transactions(anna).filter(({ type }) => type === 'refund');
		expect(refunds.map(({ amountMinor }) => amountMinor)).toEqual([10000, 139000]);
		expect((await shop.plan(anna)).status).toMatch(/^(canceled|refunded)$/);
	});

	test('CP2: partial refunds never exceed the payment, and a key counts once', async () => {
		const anna = shop.user();
		const sale = await shop.buy(anna);
		const refund = async (amount: number | string, key: string, extra: object = {}) =>
			await shop.desk('post', 'refunds', { order_id: sale.orderRef, amount, key: `${anna.sub}-${key}`, ...extra });
		const first = await refund('500.00', 'a');
		expect([first.status, first.data]).toEqual([200, expect.objectContaining({ outcome: 'accepted', amount: '500.00', remaining: '990.00' })]);
		const asked = () => shop.cloudPayments.requests('payments/refund').length;
		const before = asked();
		expect((await refund('500.00', 'a')).data).toMatchObject({ outcome: 'accepted', amount: '500.00' });
		expect(asked()).toBe(before);
		shop.cloudPayments.failNext('payments/refund', 1, { status: 200, when: 'before', body: { Success: false, Message: 'Not today' } });
		expect((await refund(990, 'refused')).status).toBe(422);
		expect((await refund(990, 'refused')).status).toBe(409);
		const answers = await Promise.all([refund(600, 'b'), refund(600, 'c')]);
		expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
		expect((await refund(391, 'd')).status).toBe(409);
		await waitUntil(async () => (await shop.events(sale.orderRef)).length === 3, { timeoutMs: 30_000, otherwise: () => 'Refunds were not told' });
		await shop.settled(sale.orderRef, 3);
		expect((await shop.as(anna, 'get', `payments?order_id=${sale.orderRef}`)).data).toMatchObject({ refunded_minor: '110000', status: 'paid' });
		expect(await shop.plan(anna)).toMatchObject({ status: 'active' });
		expect(shop.transactions(anna).filter(({ type }) => type === 'refund').map(({ amountMinor }) => amountMinor).sort()).toEqual([50000, 60000]);
		expect((await shop.desk('post', 'refunds', { order_id: 'f'.repeat(40), amount: 1, key: 'z' })).status).toBe(404);
		expect((await refund('-5', 'e')).status).toBe(400);
	});

	test('CP10: a full refund in the cabinet ends the plan', async () => {
		const anna = shop.user();
		const sale = await shop.buy(anna);
		shop.cloudPayments.refund(sale.transactionId);
		await shop.settled(sale.orderRef, 2);
		expect((await shop.plan(anna)).status).toBe('refunded');
	});
});

describe('settings', () => {
	test('CP4: a test payment buys nothing, until Settings accept it', async () => {
		const anna = shop.user();
		const { orderRef } = await shop.order(anna);
		const now = new Date().toISOString().slice(0, 19).replace('T', ' ');
		const about = (transactionId: string) => ({
			TransactionId: transactionId, Amount: '1490.00', Currency: 'RUB', DateTime: now, TestMode: '1', Status: 'Completed',
			OperationType: 'Payment', InvoiceId: orderRef, AccountId: anna.sub,
		});
		const check = async () => (await shop.cloudPayments.deliver('check', about('990201'))).body;
		expect(await check()).toBe('{"code":13}');
		expect(await shop.cloudPayments.deliver('pay', about('990202'))).toMatchObject({ status: 200, body: '{"code":0}' });
		expect(await shop.settled(orderRef, 1)).toEqual([expect.objectContaining({ kind: 'paid', reason: 'test_payment' })]);
		expect(await shop.plan(anna)).toMatchObject({ outcome: 'no_plan' });

		await shop.changeSettings(EVENT_WORKFLOW, { 'settings.accept_test_payments': true });
		try {
			await waitUntil(async () => (await check()) === '{"code":0}', { timeoutMs: 20_000, everyMs: 200, otherwise: () => 'Still refused' });
			await shop.cloudPayments.deliver('pay', about('990203'));
			await shop.settled(orderRef, 2);
			expect(await shop.plan(anna)).toMatchObject({ status: 'active', plan: 'pro' });
		} finally {
			await shop.changeSettings(EVENT_WORKFLOW, { 'settings.accept_test_payments': false });
		}
		await waitUntil(async () => (await check()) === '{"code":13}', { timeoutMs: 20_000, everyMs: 200, otherwise: () => 'Still accepted' });
	});
});

describe('counters, statistics, reconciliation', () => {
	test('CP8: counters count once per key and stop at zero', async () => {
		const anna = shop.user();
		await shop.buy(anna);
		const use = async (by: number, key: string) => await shop.desk('post', 'usage', { user_id: anna.sub, counter: 'mails', by, key });
		expect((await use(99, 'k1')).data).toMatchObject({ outcome: 'used', left: 1 });
		expect((await use(99, 'k1')).data).toMatchObject({ outcome: 'known', left: 1 });
		expect((await Promise.all([use(1, 'k2'), use(1, 'k3')])).map(({ status }) => status).sort()).toEqual([200, 409]);
		expect((await shop.plan(anna)).counters).toEqual({ mails: 0 });
		expect((await shop.desk('post', 'usage', { user_id: 'nobody', counter: 'mails', key: 'k' })).status).toBe(404);
		expect((await shop.desk('post', 'usage', { user_id: anna.sub })).status).toBe(400);
	});

	test('CP12: statistics count payments, refunds, plans', async () => {
		const before = (await shop.desk('get', 'statistics')).data as { payments: number; sums: Record<string, string> };
		await shop.buy(shop.user());
		const after = (await shop.desk('get', 'statistics')).data as typeof before & { success_rate: number; popular_plans: object[] };
		expect(Number(after.payments) - Number(before.payments)).toBe(1);
		expect(Number(after.sums.RUB) - Number(before.sums.RUB)).toBe(149000);
		expect(Number(after.success_rate)).toBeGreaterThan(0);
		expect(after.popular_plans).toContainEqual(expect.objectContaining({ plan: 'pro' }));
		expect((await shop.desk('get', 'statistics?from=yesterday')).status).toBe(400);
	});

	test('CP14: a payment whose notification never came is found and fulfilled once; the late one changes nothing', async () => {
		const anna = shop.user();
		const { orderRef, orderId } = await shop.order(anna);
		shop.cloudPayments.dropNotifications('pay', 1);
		const paid = await shop.cloudPayments.payOrder(orderId, { card: GOOD_CARD });
		expect(await shop.plan(anna)).toMatchObject({ outcome: 'no_plan' });
		const { status, data } = await shop.desk('post', 'reconciliation');
		expect(status).toBe(200);
		expect((data as { found: object[] }).found).toContainEqual(expect.objectContaining({ order_id: orderRef, transaction_id: String(paid.transactionId) }));
		await shop.settled(orderRef, 1);
		const plan = await shop.plan(anna);
		expect(plan).toMatchObject({ status: 'active' });
		await shop.cloudPayments.resend(paid.transactionId, 'pay');
		expect(await shop.events(orderRef)).toHaveLength(1);
		expect(await shop.plan(anna)).toEqual(plan);
		expect((await shop.desk('post', 'reconciliation')).data).toMatchObject({ found: [] });
	});

	test('no card token and no secret in any answer or text the ledger shows', async () => {
		const anna = shop.user();
		const sale = await shop.buy(anna);
		const texts = await Promise.all([
			shop.as(anna, 'get', 'plan'), shop.as(anna, 'get', 'payments'), shop.desk('get', 'statistics'), shop.call('get', 'plans'),
		]);
		for (const { data } of texts) {
			expect(JSON.stringify(data)).not.toContain(String(sale.token));
			expect(JSON.stringify(data)).not.toContain(SANDBOX_SECRETS.cloudPaymentsSecret);
		}
	});
});

// The last one, because it moves the clock of the stand-in.
describe('CP9: renewals by CloudPayments', () => {
	// Sets the clock right again: a subscription cannot start in the stand-in's past.
	afterEach(() => shop.cloudPayments.clear());

	test('CP9: CloudPayments itself renews where the buyer chose so, and our schedule does not', async () => {
		const anna = shop.user();
		const sale = await shop.buy(anna, { renew_by: 'provider' });
		const [subscription] = shop.cloudPayments.subscriptions().filter(({ accountId }) => accountId === anna.sub);
		expect(subscription).toMatchObject({ status: 'Active', period: 30, amountMinor: 149000 });
		await shop.cloudPayments.resend(sale.transactionId, 'pay');
		expect(shop.cloudPayments.subscriptions().filter(({ accountId }) => accountId === anna.sub)).toHaveLength(1);
		await shop.pass({ days: 27, hours: 1 });
		await shop.renew();
		expect(shop.transactions(anna)).toHaveLength(1);
		const before = await shop.plan(anna);
		await shop.cloudPayments.advance({ days: 28 });
		await waitUntil(async () => (await shop.plan(anna)).ends_at !== before.ends_at, { timeoutMs: 30_000, otherwise: () => 'Not prolonged' });
		expect(Date.parse((await shop.plan(anna)).ends_at) - Date.parse(before.ends_at)).toBe(30 * DAY_MS);
		expect(shop.transactions(anna)).toHaveLength(2);
		// Cancelling stops the subscription, too.
		expect((await shop.as(anna, 'post', 'cancel')).status).toBe(200);
		expect(shop.cloudPayments.subscriptions().find(({ accountId }) => accountId === anna.sub)?.status).toBe('Cancelled');
	});

	test('CP9: a subscription whose charges are refused three days in a row ends; the plan runs out and the customer is told', async () => {
		const anna = shop.user();
		const sale = await shop.buy(anna, { renew_by: 'provider' });
		const status = () => shop.cloudPayments.subscriptions().find(({ accountId }) => accountId === anna.sub)?.status;
		shop.cloudPayments.tokenOutcome(String(sale.token), 5051);
		await shop.cloudPayments.advance({ days: 28 });
		expect(status()).toBe('PastDue');
		expect(await shop.plan(anna)).toMatchObject({ status: 'active', auto_renew: true });
		await shop.cloudPayments.advance({ days: 1 });
		await shop.cloudPayments.advance({ days: 1 });
		expect(status()).toBe('Rejected');
		await waitUntil(async () => !(await shop.plan(anna)).auto_renew, { timeoutMs: 30_000, otherwise: () => 'Still renews' });
		expect(await shop.plan(anna)).toMatchObject({ status: 'active', days_left: 30 });
		expect(shop.transactions(anna)).toHaveLength(1);
		const notices = await shop.notices(anna);
		expect(notices).toContain('payment_error');
		expect(notices).toContain('renewal_stopped');
	});
});
