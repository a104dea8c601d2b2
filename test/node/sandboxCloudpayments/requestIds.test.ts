import { newOrder, paidOrder, type Stage, startStage, tokenBody } from './stage';

let stage: Stage;
beforeEach(async () => {
	stage = await startStage();
});
afterEach(async () => await stage.close());

const charge = async (token: string, requestId: string, changes: object = {}) => {
	return await stage.post('payments/tokens/charge', tokenBody(token, changes), { 'X-Request-ID': requestId });
};
const payments = () => stage.control.transactions().length;

describe('X-Request-ID (providers/cloudpayments.md §2)', () => {
	it('repeats the stored answer for an hour, and does nothing twice', async () => {
		const { token } = await paidOrder(stage);
		const first = await charge(token, 'renewal-1');
		const second = await charge(token, 'renewal-1');
		expect(second.data).toEqual(first.data);
		expect(payments()).toBe(2);
		const calls = stage.control.requests('payments/tokens/charge');
		expect(calls.map(({ outcome }) => outcome)).toEqual(['served', 'replayed']);
		await stage.control.advance({ minutes: 59 });
		await charge(token, 'renewal-1');
		expect(payments()).toBe(2);
		await stage.control.advance({ minutes: 2 });
		const later = await charge(token, 'renewal-1');
		expect(later.data.Model.TransactionId).not.toBe(first.data.Model.TransactionId);
		expect(payments()).toBe(3);
	});

	it('repeats a refusal, too', async () => {
		const { token } = await paidOrder(stage);
		stage.control.tokenOutcome(token, [5051]);
		const first = await charge(token, 'a');
		const second = await charge(token, 'a');
		expect([first.data.Success, second.data]).toEqual([false, first.data]);
		expect((await charge(token, 'b')).data.Success).toBe(true);
	});

	it('counts whatever else the repeated call asks for', async () => {
		const { token } = await paidOrder(stage);
		const first = await charge(token, 'a');
		expect((await charge(token, 'a', { Amount: 1 })).data).toEqual(first.data);
		const order = await stage.post('orders/create', { Amount: 5, Description: 'x' }, { 'X-Request-ID': 'a' });
		expect(order.data).toEqual(first.data);
		expect(stage.control.orders()).toHaveLength(1);
	});

	it('waits for a first call that is still running', async () => {
		const { token } = await paidOrder(stage);
		stage.listen('check');
		let release: (value?: unknown) => void = () => undefined;
		stage.shop.before('check', async () => await new Promise((resolve) => (release = resolve)));
		const running = [charge(token, 'slow'), charge(token, 'slow'), charge(token, 'slow')];
		while (stage.shop.of('check').length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
		release();
		const answers = await Promise.all(running);
		expect(new Set(answers.map(({ data }) => data.Model.TransactionId)).size).toBe(1);
		expect([payments(), stage.shop.of('check').length]).toEqual([2, 1]);
	});

	it('is no help without one: two charges', async () => {
		const { token } = await paidOrder(stage);
		await stage.post('payments/tokens/charge', tokenBody(token));
		await stage.post('payments/tokens/charge', tokenBody(token));
		expect(payments()).toBe(3);
	});
});

describe('many calls at once', () => {
	it.each([
		[{ maxConcurrent: 2 }, 2],
		[{ testMode: true }, 5],
		[{}, 30],
	])('with %j are at most %d', async (options, limit) => {
		await stage.close();
		stage = await startStage(options);
		for (let count = 0; count <= limit; count += 1) stage.control.delayNext('test', 2000);
		const statuses = (await Promise.all(Array.from({ length: limit + 1 }, async () => await stage.post('test'))))
			.map(({ status }) => status);
		expect(statuses.sort()).toEqual([...Array.from({ length: limit }, () => 200), 429]);
		expect(stage.control.peakConcurrent()).toBe(limit + 1);
		expect((await stage.post('test')).status).toBe(200);
		stage.control.resetCounters();
		expect([stage.control.peakConcurrent(), stage.control.requests()]).toEqual([0, []]);
	});
});

describe('faults', () => {
	it('fail before an effect', async () => {
		const { id } = await paidOrder(stage);
		stage.control.failNext('payments/refund', 1, { status: 503, when: 'before' });
		const body = { TransactionId: id, Amount: 10 };
		expect((await stage.post('payments/get', body)).status).toBe(200);
		const failed = await stage.post('payments/refund', body, { 'X-Request-ID': 'r' });
		expect([failed.status, failed.data]).toEqual([503, expect.stringContaining('<html>')]);
		expect(stage.control.transaction(id).refundedMinor).toBe(0);
		expect((await stage.post('payments/refund', body, { 'X-Request-ID': 'r' })).data.Success).toBe(true);
	});

	it('fail after it, and the same id gets the true answer', async () => {
		const { id } = await paidOrder(stage);
		stage.control.failNext('payments/refund', 1, { status: 500, when: 'after', body: { error: 'x' } });
		const body = { TransactionId: id, Amount: 10 };
		const failed = await stage.post('payments/refund', body, { 'X-Request-ID': 'r' });
		expect([failed.status, failed.data]).toEqual([500, { error: 'x' }]);
		expect(stage.control.transaction(id).refundedMinor).toBe(1000);
		expect((await stage.post('payments/refund', body, { 'X-Request-ID': 'r' })).data.Success).toBe(true);
		expect(stage.control.transaction(id).refundedMinor).toBe(1000);
	});

	const drops = [['before', 0, 'fault'], ['after', 1, 'lost']] as const;
	it.each(drops)('drop the connection %s', async (when, orders, outcome) => {
		stage.control.dropNext('/orders', 1, { when });
		await expect(newOrder(stage)).rejects.toThrow();
		expect(stage.control.orders()).toHaveLength(orders);
		expect(stage.control.requests()).toMatchObject([{ path: 'orders/create', outcome, status: null }]);
		await newOrder(stage);
	});

	it('are journalled with what came, and forgotten with clear', async () => {
		await stage.post('orders/create', { Amount: 5, Description: 'x' }, { 'X-Request-ID': 'id-1' });
		expect(stage.control.requests()).toEqual([{
			at: expect.any(String), path: 'orders/create', requestId: 'id-1', body: { Amount: 5, Description: 'x' },
			outcome: 'served', status: 200,
		}]);
		stage.control.failNext('', 5, { status: 500, when: 'before' });
		stage.control.clear();
		expect((await stage.post('test')).status).toBe(200);
		expect(stage.control.orders()).toEqual([]);
	});
});
