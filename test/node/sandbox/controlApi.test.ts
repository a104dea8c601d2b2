import axios from 'axios';
import { toPairs } from '../../../sandbox/prodamus/phpForm';
import { linkParameters, linkUrl, type Stage, startStage, until } from './stage';

const http = axios.create({ validateStatus: () => true, proxy: false });

let stage: Stage;
beforeEach(async () => {
	stage = await startStage();
});
afterEach(async () => await stage.close());

const call = async (action: string, body: object = {}) =>
	await http.post(`${stage.prodamus.url}/_control/${action}`, body);
const get = async (view: string) => (await http.get(`${stage.prodamus.url}/_control/${view}`)).data;

describe('control API over HTTP', () => {
	it('pays by address, parameters or order number', async () => {
		const url = linkUrl(stage.prodamus.url, linkParameters());
		const byUrl = await call('pay', { target: { url } });
		const byOrder = await call('pay', { target: { order_id: 'shop-1042' }, method: 'SBP' });
		const byParameters = await call('pay', { target: { parameters: linkParameters({ order_id: 'other' }) } });
		expect([byUrl.data.status, byOrder.data.status]).toEqual(['success', 'success']);
		expect(byParameters.data.orderNum).toBe('other');
		expect(await get('payments')).toHaveLength(3);
	});

	it('cancels, denies, resends, forges and shows the journal', async () => {
		await call('deny', { target: { parameters: linkParameters() } });
		await call('cancel', { target: { order_id: 'shop-1042' } });
		await until(() => stage.merchant.webhooks.length === 2, 'webhooks');
		expect((await call('resend', { payment: 'shop-1042' })).data[0]).toMatchObject({ status: 200 });
		expect((await call('forge', { payment: 'shop-1042', secret: 'x' })).data).toMatchObject({ status: 200 });
		expect((await get('journal')).deliveries).toHaveLength(4);
	});

	it('sets faults, format and mode', async () => {
		await call('fail-next', { status: 503 });
		const form = new URLSearchParams(toPairs(linkParameters({ do: 'link' })));
		expect((await http.post(`${stage.prodamus.url}/`, form)).status).toBe(503);
		await call('webhook-format', { format: 'json' });
		await call('page-mode', { mode: 'notLive' });
		await call('duplicate-next', { copies: 3 });
		await call('pay', { target: { parameters: linkParameters() } });
		await until(() => stage.merchant.webhooks.length === 3, 'three copies');
		expect(stage.merchant.webhooks[0]?.headers['content-type']).toBe('application/json');
	});

	it('holds, releases and resets', async () => {
		await call('hold');
		await call('pay', { target: { parameters: linkParameters() } });
		expect((await get('payments'))[0].notifications[0].state).toBe('held');
		await call('release');
		expect(stage.merchant.webhooks).toHaveLength(1);
		await call('reset');
		expect(await get('journal')).toEqual({ received: [], deliveries: [] });
	});

	it('drives subscriptions with a plan of its own', async () => {
		await call('plan', { id: '5', name: 'Неделя', costMinor: 10_000, periodDays: 7 });
		await call('pay', { target: { parameters: linkParameters({ subscription: '5' }) } });
		const [{ profileId: profile }] = await get('subscriptions');
		await call('subscription-fail-charge', { profile, error: 'card_limit' });
		await call('subscription-renew', { profile });
		await call('subscription-remind', { profile });
		await call('subscription-deactivate', { profile, by: 'manager' });
		await call('subscription-reactivate', { profile });
		await call('subscription-charge-error', { profile, error: 'card_lost' });
		await call('advance-time', { days: 6.5 });
		await call('subscription-finish', { profile });
		await until(() => stage.merchant.webhooks.length === 8, 'all events');
		expect((await get('subscriptions'))[0].completedAt).not.toBeNull();
	});

	it.each([
		['fail-next', { status: 99 }],
		['fail-next', { status: 500, count: 1e9 }],
		['delay-next', {}],
		['pay', { target: { order_id: '' } }],
		['pay', { target: { parameters: { products: 5 } } }],
		['subscription-fail-charge', { profile: 'x', error: 'bad mood' }],
		['reset', { everything: true }],
	])('refuses a wrong body of %s with what is wrong', async (action, body) => {
		const { status, data } = await call(action, body);
		expect(status).toBe(400);
		expect(data.error[0]).toHaveProperty('message');
	});

	it('says when there is nothing to act on', async () => {
		expect((await call('resend', { payment: 'x' })).data).toEqual({ error: 'There is no payment x' });
		expect((await call('subscription-renew', { profile: 'x' })).status).toBe(409);
	});

	it('lists the actions for an unknown one', async () => {
		const { status, data } = await call('explode');
		expect(status).toBe(404);
		expect(data.error).toContain('fail-next');
	});
});
