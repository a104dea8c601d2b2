import axios from 'axios';
import { startStripe } from '../../../sandbox/stripe';
import { newSession, paidCourse, type Stage, startStage, subscribed } from './stage';

const http = axios.create({ validateStatus: () => true, proxy: false });

let stage: Stage;
beforeEach(async () => {
	stage = await startStage();
});
afterEach(async () => await stage.close());

const call = async (action: string, body: object = {}) => {
	return await http.post(`${stage.stripe.url}/_control/${action}`, body);
};
const list = async (name: string, params: object = {}) => {
	return (await http.get(`${stage.stripe.url}/_control/${name}`, { params })).data;
};

describe('the control API over HTTP', () => {
	it('pays, settles, expires, refunds and disputes', async () => {
		const session = await newSession(stage);
		const delayed = await call('pay', { session, method: 'delayed', email: 'a@example.com' });
		expect(delayed.data).toMatchObject({ payment_status: 'unpaid', customer_details: { email: 'a@example.com' } });
		expect((await call('settle-delayed', { session, succeeded: true })).data.payment_status).toBe('paid');
		expect((await call('expire', { session: await newSession(stage) })).data.status).toBe('expired');
		const { intent } = await paidCourse(stage);
		expect((await call('refund', { payment_intent: intent, amount: 100 })).data.amount).toBe(100);
		expect((await call('dispute', { payment_intent: intent })).data.status).toBe('needs_response');
		expect((await call('close-dispute', { payment_intent: intent, outcome: 'won' })).data.status).toBe('won');
	});

	it('drives subscriptions', async () => {
		const { id: subscription } = await subscribed(stage);
		expect((await call('renew', { subscription, fail: true })).data.status).toBe('open');
		expect((await call('renew', { subscription })).data.status).toBe('paid');
		expect((await call('cancel-at-period-end', { subscription, cancel: true })).data.cancel_at_period_end).toBe(true);
		expect((await call('end-subscription', { subscription })).data.status).toBe('canceled');
	});

	it('holds, releases, delivers and waits', async () => {
		const { id: endpoint, secret } = await stage.listen(['checkout.session.completed']);
		await call('hold-deliveries');
		const { session } = await paidCourse(stage);
		expect(await list('deliveries')).toEqual([]);
		await call('release-deliveries', { order: 'reversed' });
		const [event] = await list('events', { type: 'checkout.session.completed', objectId: session });
		expect((await call('deliver', { event: event.id, copies: 2, extraV1: 'before' })).data).toEqual([200, 200]);
		expect((await call('wait-for-deliveries')).data).toEqual({ ok: true });
		expect(await list('deliveries', { eventId: event.id, status: 200 })).toHaveLength(3);
		expect((await call('roll-secret', { endpoint })).data.secret).not.toBe(secret);
	});

	it('sets faults, shows requests and resets', async () => {
		await call('fail-next', { status: 503, path: '/v1/checkout' });
		await call('apply-then-fail-next', { status: 504 });
		await call('delay-next', { ms: 1 });
		const statuses = [];
		for (let count = 0; count < 4; count += 1) statuses.push((await stage.get('/checkout/sessions')).status);
		expect(statuses).toEqual([503, 504, 200, 200]);
		await call('drop-next');
		await expect(stage.get('/balance')).rejects.toThrow();
		await call('down', { down: true });
		await expect(stage.get('/balance')).rejects.toThrow();
		await call('down', { down: false });
		expect(await list('requests', { outcome: 'executed' })).toHaveLength(2);
		await call('reset');
		expect(await list('requests')).toEqual([]);
	});

	it.each([
		['fail-next', { status: 99 }],
		['fail-next', { status: 500, count: 1e9 }],
		['delay-next', {}],
		['pay', { session: '' }],
		['pay', { session: 'cs', method: 'gold' }],
		['refund', { payment_intent: 'pi', amount: 1.5 }],
		['release-deliveries', { order: 'random' }],
		['reset', { everything: true }],
	])('refuses a wrong body of %s with what is wrong', async (action, body) => {
		const { status, data } = await call(action, body);
		expect(status).toBe(400);
		expect(data.error[0]).toHaveProperty('message');
	});

	it('says when there is nothing to act on, and what there is to do', async () => {
		const missing = await call('pay', { session: 'cs_none' });
		expect([missing.status, missing.data.error]).toEqual([409, "No such checkout.session: 'cs_none'"]);
		const unknown = await call('explode');
		expect([unknown.status, unknown.data.error]).toEqual([404, expect.stringContaining('settle-delayed')]);
		expect((await http.get(`${stage.stripe.url}/_control/secrets`)).status).toBe(404);
	});

	it('refuses foreign pages', async () => {
		const headers = { Origin: 'https://evil.example' };
		expect((await http.post(`${stage.stripe.url}/_control/reset`, {}, { headers })).status).toBe(403);
	});
});

describe('starting and stopping', () => {
	it('listens on loopback only and names a taken port', async () => {
		expect(stage.stripe.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
		const port = Number(new URL(stage.stripe.url).port);
		await expect(startStripe({ port, secretKey: 'sk_live_x', timeScale: 1, log: () => undefined }))
			.rejects.toThrow(`Port ${port} is taken`);
	});

	it('hands out copies, not its own objects', async () => {
		const { session } = await paidCourse(stage);
		const [event] = stage.stripe.control.events({ objectId: session });
		if (event) Object.assign(event, { type: 'changed' });
		expect(stage.stripe.control.events({ objectId: session })[0]?.type).toBe('checkout.session.completed');
	});
});
