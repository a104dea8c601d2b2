import { courseFields, newSession, paidCourse, type Stage, startStage } from './stage';

let stage: Stage;
beforeEach(async () => {
	stage = await startStage();
});
afterEach(async () => {
	jest.restoreAllMocks();
	await stage.close();
});

const key = { 'Idempotency-Key': 'order-7-window-1' };
const create = async (changes = {}, headers = key) => {
	return await stage.post('/checkout/sessions', courseFields(changes), headers);
};
const sessions = async () => (await stage.get('/checkout/sessions')).data.data as unknown as object[];

describe('Idempotency-Key (ST8, providers/stripe.md §1)', () => {
	it('gives the stored answer again, and says so', async () => {
		const first = await create();
		const second = await create();
		expect(first.headers).not.toHaveProperty('idempotent-replayed');
		expect(second.headers['idempotent-replayed']).toBe('true');
		expect(second.headers['original-request']).toBe(first.headers['request-id']);
		expect(second.data).toEqual(first.data);
		expect(await sessions()).toHaveLength(1);
		expect(stage.stripe.control.requests().map(({ outcome }) => outcome)).toEqual(['executed', 'replayed', 'executed']);
	});

	it('gives it even when the session is over meanwhile', async () => {
		const first = await create();
		stage.stripe.control.pay(String(first.data.id));
		const second = await create();
		expect(second.data).toMatchObject({ id: first.data.id, status: 'open', url: first.data.url });
		const read = await stage.get(`/checkout/sessions/${String(first.data.id)}`);
		expect(read.data).toMatchObject({ status: 'complete', url: null });
	});

	it('compares parameters, not their order', async () => {
		const first = await create();
		const reversed = Object.fromEntries(Object.entries(courseFields()).reverse());
		expect((await stage.post('/checkout/sessions', reversed, key)).data.id).toBe(first.data.id);
	});

	it('refuses other parameters and another call', async () => {
		await create();
		const other = await create({ client_reference_id: 'order-8' });
		expect([other.status, other.data.error]).toEqual([400, expect.objectContaining({ type: 'idempotency_error' })]);
		const elsewhere = await stage.post('/customers', courseFields(), key);
		expect(elsewhere.status).toBe(400);
		expect(elsewhere.data.error).toMatchObject({
			type: 'idempotency_error', message: expect.stringContaining("('/v1/customers' vs '/v1/checkout/sessions')"),
		});
		expect(await sessions()).toHaveLength(1);
	});

	it('answers 409 while the first call runs', async () => {
		stage.stripe.control.delayNext(1, 1000);
		const first = create();
		await new Promise((resolve) => setTimeout(resolve, 100));
		const second = await create();
		expect([second.status, second.data.error]).toEqual([
			409, expect.objectContaining({ type: 'idempotency_error', code: 'idempotency_key_in_use' }),
		]);
		expect(second.headers['stripe-should-retry']).toBe('true');
		expect((await first).status).toBe(200);
		expect((await create()).headers['idempotent-replayed']).toBe('true');
	});

	it('makes one session of many calls at once', async () => {
		stage.stripe.control.delayNext(1, 50);
		const answers = await Promise.all(Array.from({ length: 10 }, async () => await create()));
		expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThanOrEqual(1);
		expect(answers.filter(({ status }) => status !== 200 && status !== 409)).toEqual([]);
		expect(await sessions()).toHaveLength(1);
	});

	it('keeps refusals of the call but not of its parameters', async () => {
		const { intent } = await paidCourse(stage);
		const refund = async (fields: object) => await stage.post('/refunds', fields as Record<string, string>, key);
		expect((await refund({ payment_intent: intent, amount: 'all' })).status).toBe(400);
		expect((await refund({ payment_intent: intent, amount: '9999' })).status).toBe(400);
		const again = await refund({ payment_intent: intent, amount: '9999' });
		expect([again.status, again.headers['idempotent-replayed']]).toEqual([400, 'true']);
	});

	it('forgets a key after a day', async () => {
		const first = await create();
		const later = Date.now() + 86_401_000;
		jest.spyOn(Date, 'now').mockReturnValue(later);
		const second = await create();
		expect(second.status).toBe(200);
		expect(second.data.id).not.toBe(first.data.id);
	});

	it('takes at most 255 characters', async () => {
		expect((await create({}, { 'Idempotency-Key': 'k'.repeat(256) })).status).toBe(400);
		expect((await create({}, { 'Idempotency-Key': 'k'.repeat(255) })).status).toBe(200);
	});

	it('says in the event which call caused it', async () => {
		const id = await newSession(stage);
		const answer = await stage.post(`/checkout/sessions/${id}/expire`, {}, key);
		expect(stage.stripe.control.events({ type: 'checkout.session.expired' })[0]?.request).toEqual({
			id: answer.headers['request-id'], idempotency_key: 'order-7-window-1',
		});
		stage.stripe.control.pay(await newSession(stage));
		expect(stage.stripe.control.events({ type: 'checkout.session.completed' })[0]?.request.id).toBeNull();
	});
});

describe('faults', () => {
	it.each([
		[429, { code: 'rate_limit' }, 'true'],
		[503, { type: 'api_error' }, 'true'],
		[402, { type: 'card_error' }, 'false'],
	])('answers %d without effect', async (status, error, shouldRetry) => {
		stage.stripe.control.failNext(2, { status });
		const answer = await create();
		expect([answer.status, answer.data.error]).toEqual([status, expect.objectContaining(error)]);
		expect(answer.headers['stripe-should-retry']).toBe(shouldRetry);
		expect((await create()).status).toBe(status);
		const third = await create();
		expect([third.status, third.headers['idempotent-replayed']]).toEqual([200, undefined]);
		expect(await sessions()).toHaveLength(1);
	});

	it('repeats a 500 for its key', async () => {
		stage.stripe.control.failNext(1, { status: 500 });
		expect((await create()).status).toBe(500);
		const again = await create();
		expect([again.status, again.headers['idempotent-replayed']]).toEqual([500, 'true']);
		expect((await create({}, { 'Idempotency-Key': 'another' })).status).toBe(200);
	});

	it('meets only calls of the path it is for', async () => {
		stage.stripe.control.failNext(1, { status: 503, path: '/v1/refunds' });
		expect((await create()).status).toBe(200);
		expect((await stage.post('/refunds', { payment_intent: 'pi_x' })).status).toBe(503);
		expect((await stage.post('/refunds', { payment_intent: 'pi_x' })).status).toBe(400);
	});

	it('loses the answer of a call that took effect; the key brings it back', async () => {
		stage.stripe.control.applyThenFailNext(1, 504);
		expect((await create()).status).toBe(504);
		const [made] = (await sessions()) as Array<{ id: string }>;
		const again = await create();
		expect([again.status, again.data.id]).toEqual([200, made?.id]);
		expect(await sessions()).toHaveLength(1);
	});

	it('drops connections, one or all', async () => {
		const { control } = stage.stripe;
		control.dropNext(1);
		await expect(create()).rejects.toThrow(/socket hang up|ECONNRESET/);
		expect(await sessions()).toHaveLength(0);
		control.down(true);
		await expect(create()).rejects.toThrow();
		await expect(stage.get('/balance')).rejects.toThrow();
		control.down(false);
		expect((await create()).status).toBe(200);
		expect(control.requests({ outcome: 'fault' }).map(({ status }) => status)).toEqual([null, null, null]);
	});

	it('delays', async () => {
		stage.stripe.control.delayNext(1, 150);
		const startedAt = performance.now();
		await stage.get('/balance');
		expect(performance.now() - startedAt).toBeGreaterThan(140);
	});

	it('are gone after a reset, with everything but endpoints and prices', async () => {
		const { control } = stage.stripe;
		const endpoint = await stage.listen(['*']);
		await paidCourse(stage);
		await control.waitForDeliveries();
		control.failNext(5, { status: 503 });
		control.down(true);
		control.reset();
		expect(control.requests()).toEqual([]);
		expect(control.events()).toEqual([]);
		expect(control.deliveries()).toEqual([]);
		expect((await create()).headers).not.toHaveProperty('idempotent-replayed');
		expect((await stage.get(`/webhook_endpoints/${endpoint.id}`)).status).toBe(200);
		expect((await stage.get('/charges')).data.data).toEqual([]);
	});
});
