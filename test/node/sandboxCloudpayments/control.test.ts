import { startCloudPayments } from '../../../sandbox/cloudpayments';
import { until } from '../sandbox/stage';
import { API_SECRET, CARDS, newOrder, paidOrder, PUBLIC_ID, type Stage, startStage } from './stage';

let stage: Stage;
beforeEach(async () => {
	stage = await startStage();
});
afterEach(async () => await stage.close());

const list = async (name: string, params: object = {}) => {
	return (await stage.http.get(`/_control/${name}`, { params })).data;
};

describe('the control API over HTTP', () => {
	it('sets addresses, pays and shows what came of it', async () => {
		await stage.drive('set-notification', { type: 'pay', url: `${stage.shop.url}/hook/pay` });
		const order = await newOrder(stage);
		const paid = await stage.drive('pay-order', { order, card: CARDS.plain, email: 'other@example.com' });
		expect(paid.data).toEqual({
			result: 'paid', transactionId: expect.any(Number), reasonCode: 0, checkCode: null, token: expect.any(String),
		});
		expect((await stage.drive('wait-for-notifications')).data).toEqual({ ok: true });
		expect(stage.shop.of('pay')[0]?.Email).toBe('other@example.com');
		expect(await list('transactions')).toEqual([expect.objectContaining({ status: 'Completed' })]);
		expect(await list('orders')).toEqual([expect.objectContaining({ id: order, status: 'Paid' })]);
		expect(await list('tokens')).toEqual([expect.objectContaining({ token: paid.data.token })]);
		expect(await list('notifications', { type: 'pay' })).toEqual([expect.objectContaining({
			type: 'pay', about: String(paid.data.transactionId), state: 'delivered',
			attempts: [expect.objectContaining({ status: 200, body: '{"code":0}' })],
		})]);
		expect(await list('notifications', { type: 'fail' })).toEqual([]);
		expect((await stage.drive('resend', { id: paid.data.transactionId, type: 'pay' })).data.status).toBe(200);
		await stage.drive('set-notification', { type: 'pay', url: null });
		expect((await stage.drive('deliver', { type: 'pay', fields: {} })).status).toBe(409);
	});

	it('moves money', async () => {
		const { id } = await paidOrder(stage, { RequireConfirmation: true });
		expect((await stage.drive('confirm', { transaction: id, amountMinor: 1000 })).data.amountMinor).toBe(1000);
		expect((await stage.drive('refund', { transaction: String(id) })).data.type).toBe('refund');
		const { id: held } = await paidOrder(stage, { RequireConfirmation: true });
		expect((await stage.drive('void', { transaction: held })).data.status).toBe('Cancelled');
		const link = { PublicId: PUBLIC_ID, Amount: 7, Currency: 'RUB', Scheme: 'charge' };
		const sbp = await stage.model('payments/qr/sbp/link', link);
		const settled = await stage.drive('settle-sbp', { transaction: sbp.TransactionId, outcome: 'ok' });
		expect(settled.data.status).toBe('Completed');
		const recurrent = { interval: 'Day', period: 30 };
		const parameters = { publicId: PUBLIC_ID, amount: 5, currency: 'RUB', accountId: 'u', recurrent };
		const widget = await stage.drive('pay-widget', { parameters, card: CARDS.with3ds, threeDSecure: 'ok' });
		expect(widget.data.result).toBe('paid');
		const [subscription] = await list('subscriptions');
		await stage.drive('token-outcome', { token: widget.data.token, outcome: [5051, 'ok'] });
		const before = (await list('state')).now;
		await stage.drive('advance', { days: 30, hours: 1, minutes: 1 });
		expect(Date.parse((await list('state')).now) - Date.parse(before)).toBeGreaterThanOrEqual(30 * 86_400_000);
		expect((await list('subscriptions'))[0].status).toBe('PastDue');
		const cancelled = await stage.drive('cancel-subscription', { subscription: subscription.id });
		expect(cancelled.data.status).toBe('Cancelled');
		await stage.drive('set-save-cards', { on: false });
		expect((await stage.drive('pay-order', { order: await newOrder(stage) })).data.token).toBeNull();
	});

	it('makes trouble', async () => {
		stage.listen();
		await stage.drive('fail-next', { path: 'orders', count: 1, status: 503, when: 'before' });
		await stage.drive('delay-next', { path: 'test', ms: 1 });
		expect([(await stage.post('orders/create')).status, (await stage.post('test')).status]).toEqual([503, 200]);
		await stage.drive('drop-next', { path: 'test', count: 1, when: 'after' });
		await expect(stage.post('test')).rejects.toThrow();
		await stage.drive('drop-notifications', { type: 'pay', count: 'all' });
		await paidOrder(stage);
		await stage.drive('drop-notifications', { type: 'pay', count: 0 });
		await stage.drive('hold-notifications', { on: true });
		await paidOrder(stage);
		expect(stage.shop.received).toEqual([]);
		await stage.drive('release-notifications', { order: ['pay'] });
		expect(stage.shop.received).toHaveLength(1);
		const own = { type: 'pay', fields: { a: 'b' }, contentHmac: null, headers: { 'X-Own': '1' } };
		const forged = await stage.drive('deliver', own);
		expect([forged.data.status, stage.shop.received.at(-1)?.headers['x-own']]).toEqual([200, '1']);
		expect(await list('requests', { path: 'test' })).toMatchObject([{ outcome: 'served' }, { outcome: 'lost' }]);
		expect((await list('state')).peakConcurrent).toBe(1);
		await stage.drive('reset-counters');
		expect(await list('requests')).toEqual([]);
		await stage.drive('clear');
		expect(await list('transactions')).toEqual([]);
		expect(await list('receipts')).toEqual([]);
	});

	it.each([
		['pay-order', { order: '' }],
		['pay-order', { order: 'x', card: CARDS.plain, gold: true }],
		['pay-widget', { parameters: { publicId: PUBLIC_ID } }],
		['set-notification', { type: 'receipt', url: null }],
		['fail-next', { path: '', count: 1, status: 42, when: 'before' }],
		['drop-next', { path: '', count: 1, when: 'never' }],
		['refund', { transaction: 1, amountMinor: 0.5 }],
		['release-notifications', { order: 'random' }],
		['advance', { weeks: 1 }],
		['advance', { days: -1 }],
		['clear', { everything: true }],
	])('refuses a wrong body of %s %j with what is wrong', async (action, body) => {
		const { status, data } = await stage.drive(action, body);
		expect(status).toBe(400);
		expect(data.error[0]).toHaveProperty('message');
	});

	it('says when there is nothing to act on, and what there is to do', async () => {
		const missing = await stage.drive('refund', { transaction: 1 });
		expect([missing.status, missing.data.error]).toEqual([409, 'Not found']);
		const unknown = await stage.drive('explode');
		expect([unknown.status, unknown.data.error]).toEqual([404, expect.stringContaining('settle-sbp')]);
		expect((await stage.http.get('/_control/secrets')).status).toBe(404);
	});

	it('refuses foreign pages', async () => {
		const headers = { Origin: 'https://evil.example' };
		expect((await stage.http.post('/_control/clear', {}, { headers })).status).toBe(403);
	});
});

describe('starting and stopping', () => {
	it('listens on loopback only and names a taken port', async () => {
		expect(stage.cp.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
		const port = Number(new URL(stage.cp.url).port);
		const again = startCloudPayments({ port, publicId: 'pk_x', apiSecret: 'x', timeScale: 1, log: () => undefined });
		await expect(again).rejects.toThrow(`Port ${port} is taken`);
	});

	it('sends nothing any more once it is closed', async () => {
		const other = await startStage({ timeScale: 0.001 });
		try {
			other.listen();
			other.shop.answer('pay', 13, 13, 13);
			await paidOrder(other);
			await until(() => other.control.notifications()[0]?.state === 'waiting', 'the first attempt', 20_000);
			await other.cp.close();
			await other.control.payWidget({ publicId: PUBLIC_ID, amount: 5, currency: 'RUB' });
			await new Promise((resolve) => setTimeout(resolve, 300));
			expect(other.shop.received).toHaveLength(1);
		} finally {
			await other.close();
		}
	});

	it('hands out copies, and keeps its secret', async () => {
		const { id } = await paidOrder(stage);
		Object.assign(stage.control.transaction(id), { amountMinor: 1 });
		expect(stage.control.transaction(id).amountMinor).toBe(149000);
		const shown = [stage.control.requests(), stage.control.notifications(), stage.control.transactions(), stage.log];
		expect(JSON.stringify(shown)).not.toContain(API_SECRET);
	});
});
