import vectors from '../../fixtures/stripe-vectors.json';
import { RETRY_MINUTES } from '../../../sandbox/stripe/deliveries';
import { signPayload } from '../../../sandbox/stripe/signature';
import { until } from '../sandbox/stage';
import {
	courseFields, eventOf, expectedSignature, newSession, paidCourse, signatureOf, type Stage, startStage,
} from './stage';

let stage: Stage;
const start = async (options: Parameters<typeof startStage>[0] = {}) => {
	await stage?.close();
	stage = await startStage(options);
	return stage.stripe.control;
};
beforeEach(async () => void (await start()));
afterEach(async () => {
	jest.restoreAllMocks();
	await stage.close();
});

const COMPLETED = 'checkout.session.completed';

describe('webhook endpoints', () => {
	const fields = { url: 'http://127.0.0.1:9/hook', 'enabled_events[0]': COMPLETED };

	it('tell their secret once', async () => {
		const more = { api_version: '2025-03-31.basil', description: 'n8n' };
		const made = await stage.post('/webhook_endpoints', { ...fields, ...more });
		expect(made.data).toMatchObject({
			object: 'webhook_endpoint', status: 'enabled', enabled_events: [COMPLETED], api_version: '2025-03-31.basil',
			secret: expect.stringMatching(/^whsec_\w{32}$/),
		});
		const id = String(made.data.id);
		const read = await stage.get(`/webhook_endpoints/${id}`);
		expect(read.data).toMatchObject({ id, url: fields.url, description: 'n8n' });
		const listed = await stage.get('/webhook_endpoints');
		const updated = await stage.post(`/webhook_endpoints/${id}`, { disabled: 'true', 'enabled_events[0]': '*' });
		expect(updated.data).toMatchObject({ status: 'disabled', enabled_events: ['*'] });
		expect(JSON.stringify([read.data, listed.data, updated.data])).not.toContain('whsec_');
		const removed = await stage.remove(`/webhook_endpoints/${id}`);
		expect(removed.data).toEqual({ id, object: 'webhook_endpoint', deleted: true });
		expect((await stage.get(`/webhook_endpoints/${id}`)).status).toBe(404);
		expect((await stage.remove(`/webhook_endpoints/${id}`)).status).toBe(404);
	});

	it.each([
		['no events', { url: fields.url }],
		['an unknown event', { ...fields, 'enabled_events[0]': 'checkout.session.paid' }],
		['no address', { 'enabled_events[0]': '*' }],
		['an address that is none', { ...fields, url: 'hook' }],
		['a version that is none', { ...fields, api_version: 'latest' }],
	])('refuse %s', async (_name, given) => {
		expect((await stage.post('/webhook_endpoints', given as Record<string, string>)).status).toBe(400);
	});

	it('cannot change their version and are at most 16', async () => {
		const { id } = await stage.listen(['*']);
		expect((await stage.post(`/webhook_endpoints/${id}`, { api_version: '2025-03-31.basil' })).status).toBe(400);
		for (let count = 1; count < 16; count += 1) await stage.listen(['*']);
		expect((await stage.post('/webhook_endpoints', fields)).status).toBe(400);
	});
});

describe('signatures (providers/stripe.md §3)', () => {
	const valid = vectors.filter(({ header, expected }) => expected === 'valid' && /v1=/.test(header));

	it.each(valid.map((vector) => [vector.name, vector] as const))('agree with the vector %s', (_name, vector) => {
		const timestamp = Number(/t=(\d+)/.exec(vector.header)?.[1]);
		expect(vector.header).toContain(`v1=${signPayload(vector.payload, vector.secret, timestamp)}`);
	});

	it('cover the raw body with the endpoint’s own secret', async () => {
		const first = await stage.listen(['*']);
		const second = await stage.listen(['*']);
		await paidCourse(stage);
		await stage.stripe.control.waitForDeliveries();
		const completed = stage.merchant.webhooks.filter((webhook) => eventOf(webhook).type === COMPLETED);
		expect(completed).toHaveLength(2);
		const secrets = completed.map((webhook) => {
			const { t, v1, v0 } = signatureOf(webhook);
			expect(Math.abs(Date.now() / 1000 - t)).toBeLessThan(10);
			expect([v1.length, v0.length]).toEqual([1, 0]);
			return [first.secret, second.secret].find((secret) => expectedSignature(webhook, secret) === v1[0]);
		});
		expect(secrets.sort()).toEqual([first.secret, second.secret].sort());
		expect(completed[0]?.headers).toMatchObject({
			'content-type': 'application/json; charset=utf-8', 'user-agent': expect.stringMatching(/^Stripe\/1\.0/),
		});
		expect(completed[0]?.raw).toContain('\n  "data": {');
	});

	it('are two while a secret is rolled, for a day', async () => {
		const { control } = stage.stripe;
		const { id, secret } = await stage.listen([COMPLETED]);
		const rolled = control.rollSecret(id);
		expect(rolled).not.toBe(secret);
		const { session } = await paidCourse(stage);
		await control.waitForDeliveries();
		const [webhook] = stage.merchant.webhooks;
		if (!webhook) throw new Error('nothing came');
		const both = [expectedSignature(webhook, rolled), expectedSignature(webhook, secret)];
		expect(signatureOf(webhook).v1).toEqual(both);
		const now = Date.now();
		jest.spyOn(Date, 'now').mockImplementation(() => now + 86_401_000);
		await control.deliver(control.events({ type: COMPLETED, objectId: session })[0]?.id ?? '');
		const last = stage.merchant.webhooks.at(-1);
		if (!last) throw new Error('nothing came');
		expect(signatureOf(last).v1).toEqual([expectedSignature(last, rolled)]);
	});

	it('have a decoy v0 in test mode', async () => {
		const control = await start({ livemode: false });
		const { secret } = await stage.listen([COMPLETED]);
		await paidCourse(stage);
		await control.waitForDeliveries();
		const [webhook] = stage.merchant.webhooks;
		if (!webhook) throw new Error('nothing came');
		const { v1, v0 } = signatureOf(webhook);
		expect([v1, v0.length]).toEqual([[expectedSignature(webhook, secret)], 1]);
		expect(v0[0]).not.toBe(v1[0]);
		expect(eventOf(webhook).livemode).toBe(false);
	});
});

describe('delivery (providers/stripe.md §4)', () => {
	it('sends only what an endpoint asked for, in its version', async () => {
		await stage.listen([COMPLETED], { api_version: '2025-03-31.basil' });
		const { session } = await paidCourse(stage);
		await stage.stripe.control.waitForDeliveries();
		expect(stage.received()).toEqual([expect.objectContaining({
			id: expect.stringMatching(/^evt_/),
			object: 'event',
			type: COMPLETED,
			api_version: '2025-03-31.basil',
			livemode: true,
			pending_webhooks: 1,
			data: { object: expect.objectContaining({ id: session, status: 'complete' }) },
		})]);
		const read = await stage.get(`/events/${stage.received()[0]?.id ?? ''}`);
		expect(read.data).toMatchObject({ type: COMPLETED, pending_webhooks: 0, api_version: '2026-07-29.dahlia' });
	});

	it('sends nothing to a disabled or deleted endpoint', async () => {
		const one = await stage.listen(['*']);
		const two = await stage.listen(['*']);
		await stage.post(`/webhook_endpoints/${one.id}`, { disabled: 'true' });
		await stage.remove(`/webhook_endpoints/${two.id}`);
		await paidCourse(stage);
		await stage.stripe.control.waitForDeliveries();
		expect(stage.merchant.webhooks).toEqual([]);
	});

	it.each([200, 201, 204, 299])('is done with %d', async (status) => {
		await stage.listen([COMPLETED]);
		stage.merchant.answer(status);
		await paidCourse(stage);
		await stage.stripe.control.waitForDeliveries();
		expect(stage.merchant.webhooks).toHaveLength(1);
	});

	it.each([301, 308, 400, 401, 409, 500, 'drop'] as const)('tries again after %s', async (answer) => {
		await stage.listen([COMPLETED]);
		stage.merchant.answer(answer, answer);
		await paidCourse(stage);
		await stage.stripe.control.waitForDeliveries();
		const status = typeof answer === 'number' ? answer : null;
		const deliveries = stage.stripe.control.deliveries({ type: COMPLETED });
		expect(deliveries.map((one) => [one.attempt, one.status])).toEqual([[1, status], [2, status], [3, 200]]);
		expect(new Set(stage.received().map(({ id }) => id)).size).toBe(1);
		expect(stage.merchant.webhooks.map(({ path }) => path)).toEqual(['/hook', '/hook', '/hook']);
	});

	it('gives up on a receiver that does not answer in time, then comes again', async () => {
		const control = await start({ webhookTimeoutMs: 500 });
		await stage.listen([COMPLETED]);
		stage.merchant.answer('hang');
		await paidCourse(stage);
		await control.waitForDeliveries();
		expect(control.deliveries().map(({ status, error }) => [status, error])).toEqual([
			[null, 'No answer within 500 ms'], [200, null],
		]);
	});

	it('tries for three days with growing pauses, three times in test mode', async () => {
		const live = RETRY_MINUTES.live;
		const hours = live.reduce((sum: number, minutes) => sum + minutes, 0) / 60;
		expect(hours).toBeGreaterThan(48);
		expect(hours).toBeLessThanOrEqual(72);
		expect([...live].sort((left, right) => left - right)).toEqual([...live]);
		await stage.listen([COMPLETED]);
		stage.merchant.answer(...Array.from({ length: 50 }, () => 500));
		await paidCourse(stage);
		await stage.stripe.control.waitForDeliveries();
		expect(stage.merchant.webhooks).toHaveLength(live.length + 1);
		expect(stage.log.join('\n')).toContain('gave up');
		const test = await start({ livemode: false });
		await stage.listen([COMPLETED]);
		stage.merchant.answer(...Array.from({ length: 50 }, () => 500));
		await paidCourse(stage);
		await test.waitForDeliveries();
		expect(stage.merchant.webhooks).toHaveLength(3);
	});

	it('scales the pauses', async () => {
		const control = await start({ timeScale: 1 / 300 });
		await stage.listen([COMPLETED]);
		stage.merchant.answer(500);
		await paidCourse(stage);
		await until(() => stage.merchant.webhooks.length === 1, 'the first attempt');
		const firstAt = performance.now();
		await expect(control.waitForDeliveries(20)).rejects.toThrow(/checkout.session.completed evt_\w+ \(1 attempts\)/);
		await control.waitForDeliveries();
		expect(performance.now() - firstAt).toBeGreaterThan(700);
	});

	it('signs each attempt at its own time', async () => {
		const { secret } = await stage.listen([COMPLETED]);
		stage.merchant.answer(500);
		const times = [1_790_000_000_000, 1_790_000_400_000];
		jest.spyOn(Date, 'now').mockImplementation(() => times[Math.min(stage.merchant.webhooks.length, 1)] ?? 0);
		stage.stripe.control.pay(await newSession(stage));
		await stage.stripe.control.waitForDeliveries();
		const signatures = stage.merchant.webhooks.map(signatureOf);
		expect(signatures.map(({ t }) => t)).toEqual([1_790_000_000, 1_790_000_400]);
		stage.merchant.webhooks.forEach((webhook, index) => {
			expect(signatures[index]?.v1).toEqual([expectedSignature(webhook, secret)]);
		});
	});

	it('never leaves this machine', async () => {
		await stage.listen([COMPLETED], { url: 'https://example.com/hook' });
		await paidCourse(stage);
		await stage.stripe.control.waitForDeliveries();
		expect(stage.stripe.control.deliveries()[0]).toMatchObject({
			status: null, error: expect.stringContaining('this machine only'),
		});
	});
});

describe('deliveries by hand', () => {
	const event = async () => {
		const { session } = await paidCourse(stage);
		await stage.stripe.control.waitForDeliveries();
		return stage.stripe.control.events({ type: COMPLETED, objectId: session })[0]?.id ?? '';
	};

	it('go out in copies at once, whatever became of the event', async () => {
		const { secret } = await stage.listen([COMPLETED]);
		const id = await event();
		stage.merchant.answer(200, 409, 409);
		const statuses = await stage.stripe.control.deliver(id, { copies: 3 });
		expect([...statuses].sort()).toEqual([200, 409, 409]);
		const copies = stage.merchant.webhooks.slice(1);
		expect(new Set(copies.map(({ raw }) => raw)).size).toBe(1);
		for (const copy of copies) expect(signatureOf(copy).v1).toEqual([expectedSignature(copy, secret)]);
		expect(stage.stripe.control.deliveries({ eventId: id }).map(({ attempt }) => attempt)).toEqual([1, 0, 0, 0]);
	});

	it('can be signed wrongly, late, early and with a stranger’s signature beside', async () => {
		const { secret } = await stage.listen([COMPLETED]);
		const id = await event();
		const send = async (how: object) => {
			await stage.stripe.control.deliver(id, how);
			const webhook = stage.merchant.webhooks.at(-1);
			if (!webhook) throw new Error('nothing came');
			return { right: expectedSignature(webhook, secret), ...signatureOf(webhook), webhook };
		};
		const forged = await send({ signedWith: 'whsec_forger' });
		expect(forged.v1).toEqual([expectedSignature(forged.webhook, 'whsec_forger')]);
		const now = Math.floor(Date.now() / 1000);
		const late = await send({ timestampOffsetSeconds: -301 });
		expect(late.v1).toEqual([late.right]);
		expect(now - late.t).toBeGreaterThanOrEqual(299);
		expect((await send({ timestampOffsetSeconds: 600 })).t - now).toBeGreaterThanOrEqual(600);
		const before = await send({ extraV1: 'before' });
		expect([before.v1.length, before.v1.indexOf(before.right)]).toEqual([2, 1]);
		const after = await send({ extraV1: 'after' });
		expect([after.v1.length, after.v1.indexOf(after.right)]).toEqual([2, 0]);
	});

	it('are refused for an event nobody knows', async () => {
		await expect(stage.stripe.control.deliver('evt_none')).rejects.toThrow("No such event: 'evt_none'");
	});
});

describe('held deliveries', () => {
	const TYPES = ['charge.succeeded', 'payment_intent.succeeded', COMPLETED];
	const order = () => stage.received().map(({ type }) => type);

	it.each([
		['given', TYPES],
		['reversed', [...TYPES].reverse()],
	] as const)('come in %s order', async (how, expected) => {
		await stage.listen(TYPES);
		const { control } = stage.stripe;
		control.holdDeliveries();
		await paidCourse(stage);
		await control.waitForDeliveries();
		expect(order()).toEqual([]);
		await control.releaseDeliveries(how);
		expect(order()).toEqual(expected);
		await control.releaseDeliveries();
		expect(order()).toHaveLength(3);
	});

	it('come in an order of their own', async () => {
		await stage.listen(TYPES);
		const { control } = stage.stripe;
		control.holdDeliveries();
		await paidCourse(stage);
		await control.releaseDeliveries([control.events({ type: COMPLETED })[0]?.id ?? '']);
		expect(order()).toEqual([COMPLETED, 'charge.succeeded', 'payment_intent.succeeded']);
	});

	it('go on as usual after the release', async () => {
		await stage.listen([COMPLETED]);
		const { control } = stage.stripe;
		control.holdDeliveries();
		await paidCourse(stage);
		stage.merchant.answer(500);
		await control.releaseDeliveries();
		await paidCourse(stage);
		await control.waitForDeliveries();
		expect(control.deliveries().filter(({ status }) => status === 200)).toHaveLength(2);
		expect(control.deliveries({ status: 500 })).toHaveLength(1);
	});
});

describe('events over the API', () => {
	it('are listed by type, newest first', async () => {
		await paidCourse(stage);
		const types = async (fields: Record<string, string>) => {
			const rows = (await stage.get('/events', fields)).data.data as unknown as Array<{ type: string }>;
			return rows.map(({ type }) => type);
		};
		expect(await types({})).toEqual([
			COMPLETED, 'payment_intent.succeeded', 'charge.succeeded', 'payment_intent.created',
		]);
		expect(await types({ type: COMPLETED })).toEqual([COMPLETED]);
		expect(await types({ type: 'payment_intent.*' })).toEqual(['payment_intent.succeeded', 'payment_intent.created']);
		const two = { 'types[0]': COMPLETED, 'types[1]': 'charge.succeeded' };
		expect(await types(two)).toEqual([COMPLETED, 'charge.succeeded']);
		expect((await stage.get('/events/evt_none')).status).toBe(404);
	});

	it('keep the object as it was', async () => {
		const id = await newSession(stage, courseFields());
		stage.stripe.control.pay(id, { method: 'delayed' });
		stage.stripe.control.settleDelayed(id, true);
		const states = stage.stripe.control.events({ objectId: id }).map(({ type, data }) => {
			return [type, (data.object as unknown as { payment_status: string }).payment_status];
		});
		expect(states).toEqual([[COMPLETED, 'unpaid'], ['checkout.session.async_payment_succeeded', 'paid']]);
	});
});
