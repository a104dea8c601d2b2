import axios from 'axios';
import type { PhpTree } from '../../../sandbox/prodamus/phpForm';
import { toPairs, toTree } from '../../../sandbox/prodamus/phpForm';
import { signTree } from '../../../sandbox/prodamus/signature';
import { linkParameters, SECRET, signed, type Stage, startStage, until } from './stage';

const DAY_MS = 86_400_000;
const http = axios.create({ validateStatus: () => true, proxy: false, responseType: 'text' });

let stage: Stage;
let profile: string;
beforeEach(async () => {
	stage = await startStage();
	profile = await subscribe();
});
afterEach(async () => await stage.close());

async function subscribe(changes: PhpTree = {}): Promise<string> {
	const seen = stage.merchant.webhooks.length;
	stage.prodamus.control.pay(linkParameters({ subscription: '1001', ...changes }));
	await until(() => stage.merchant.webhooks.length > seen, 'first payment');
	return stage.prodamus.control.subscriptions.all.at(-1)?.profileId ?? '';
}

/** Subscription webhooks, in the order of the events. */
async function events(count: number): Promise<PhpTree[]> {
	const own = () => stage.merchant.webhooks.filter(({ path }) => path === '/subscriptions');
	await until(() => own().length >= count, `${count} subscription events`);
	return own().map(({ fields }) => toTree(Object.entries(fields)));
}

const rest = async (method: string, parameters: PhpTree) =>
	await http.post<string>(`${stage.prodamus.url}/rest/${method}/`, new URLSearchParams(toPairs(parameters)));

describe('subscription events (PC9, providers/prodamus.md §5)', () => {
	it('tells the first payment like any payment, with the block; products of the link are ignored', async () => {
		const [first] = stage.merchant.webhooks;
		expect(first?.path).toBe('/pay');
		expect(first?.fields).toMatchObject({
			payment_status: 'success',
			payment_init: 'manual',
			sum: '990.00',
			'products[0][name]': 'Клуб «Чакры» – месяц',
			'subscription[id]': '1001',
			'subscription[profile_id]': profile,
			'subscription[payment_num]': '1',
			'subscription[autopayment]': '0',
		});
	});

	it('renews without payment_status, to the separate address only', async () => {
		stage.prodamus.control.subscriptions.renew(profile);
		const [renewal] = await events(1);
		expect(renewal).not.toHaveProperty('payment_status');
		expect(renewal).toMatchObject({
			sum: '990.00',
			payment_init: 'auto',
			order_num: '',
			subscription: {
				type: 'action', action_code: 'auto_payment', profile_id: profile,
				payment_num: '2', autopayment: '1', autopayments_num: '1',
			},
		});
		expect(renewal?.order_id).toMatch(/^\d{9,}$/);
		expect(stage.merchant.webhooks.filter(({ path }) => path === '/pay')).toHaveLength(1);
		const webhook = stage.merchant.webhooks.at(-1);
		expect(webhook?.headers.sign).toBe(signTree(renewal as PhpTree, SECRET));
	});

	it('sends nothing as long as the separate address is missing', async () => {
		await stage.close();
		stage = await startStage({ subscriptionWebhookUrl: undefined });
		const lost = await subscribe();
		stage.prodamus.control.subscriptions.renew(lost);
		await new Promise((resolve) => setTimeout(resolve, 50));
		expect(stage.merchant.webhooks).toHaveLength(1);
	});

	it('tells failed charges and ends at the third', async () => {
		for (let attempt = 0; attempt < 3; attempt += 1) {
			stage.prodamus.control.subscriptions.failCharge(profile, 'insufficient_funds');
			await events(attempt + 1);
		}
		const [first, second, last] = await events(3);
		expect(first).toMatchObject({
			order_id: '0',
			subscription: {
				type: 'notification', notification_code: 'auto_payment', error_code: 'insufficient_funds',
				current_attempt: '1', max_attempts: '3', last_attempt: 'no',
			},
		});
		expect(second).toMatchObject({ subscription: { current_attempt: '2', last_attempt: 'no' } });
		expect(last).toMatchObject({
			subscription: { action_code: 'deactivation', last_attempt: 'yes', current_attempt: '3', active: '0' },
		});
		expect(() => stage.prodamus.control.subscriptions.renew(profile)).toThrow(
			'subscription 1001 completed, data modification is prohibited',
		);
	});

	it('deactivates, reactivates, reminds and finishes', async () => {
		const { subscriptions } = stage.prodamus.control;
		subscriptions.remind(profile);
		await events(1);
		subscriptions.deactivate(profile, 'manager');
		await events(2);
		subscriptions.reactivate(profile);
		await events(3);
		subscriptions.finish(profile);
		const told = (await events(4)).map(({ subscription }) => subscription as PhpTree);
		expect(told[0]?.notification_code).toBe('auto_payment_reminder');
		expect(told.slice(1).map(({ action_code: code }) => code)).toEqual(['deactivation', 'reactivation', 'finish']);
		expect(told[1]?.last_attempt).toBe('no');
	});

	it('lets a quarter pass: renewals in order, each period once', async () => {
		stage.prodamus.control.hold();
		stage.prodamus.control.advanceTime(91 * DAY_MS);
		await stage.prodamus.control.release();
		const told = await events(3);
		expect(told.map(({ subscription }) => (subscription as PhpTree).payment_num)).toEqual(['2', '3', '4']);
		expect(told).toHaveLength(3);
	});

	it('finishes at the end of the paid period after a deactivation', async () => {
		stage.prodamus.control.subscriptions.deactivate(profile, 'user');
		await events(1);
		stage.prodamus.control.advanceTime(29 * DAY_MS);
		expect(await events(1)).toHaveLength(1);
		stage.prodamus.control.advanceTime(2 * DAY_MS);
		const told = await events(2);
		expect(told[1]).toMatchObject({ subscription: { action_code: 'finish', active_user: '0' } });
	});

	it('stops after subscription_limit_autopayments renewals', async () => {
		const limited = await subscribe({ subscription_limit_autopayments: '1', order_id: 'limited' });
		stage.prodamus.control.subscriptions.deactivate(profile, 'user');
		await events(1);
		stage.prodamus.control.hold();
		stage.prodamus.control.advanceTime(120 * DAY_MS);
		await stage.prodamus.control.release();
		const own = (await events(4)).map(({ subscription }) => subscription as PhpTree);
		const codes = own.filter(({ profile_id: id }) => id === limited).map(({ action_code: code }) => code);
		expect(codes).toEqual(['auto_payment', 'finish']);
	});

	it('keeps failing while the card is bad', async () => {
		stage.prodamus.control.subscriptions.setChargeError(profile, 'card_expired');
		stage.prodamus.control.hold();
		stage.prodamus.control.advanceTime(40 * DAY_MS);
		await stage.prodamus.control.release();
		const told = await events(3);
		expect(told.map(({ subscription }) => (subscription as PhpTree).last_attempt)).toEqual(['no', 'no', 'yes']);
	});

	it('shifts a start date in the past by one period', async () => {
		const past = await subscribe({ subscription_date_start: '2020-01-01 10:00', order_id: 'past' });
		const subscription = stage.prodamus.control.subscriptions.get(past);
		expect(subscription.nextPaymentAt.toISOString()).toBe('2020-01-31T07:00:00.000Z');
	});
});

describe('REST (providers/prodamus.md §5)', () => {
	const activity = (changes: PhpTree = {}): PhpTree => ({
		subscription: '1001', profile, active_manager: '0', ...changes,
	});

	it('needs a signature', async () => {
		const { status, data } = await rest('setActivity', activity());
		expect([status, data]).toEqual([400, 'signature not found in request']);
	});

	it('refuses a wrong one and changes nothing', async () => {
		const { status } = await rest('setActivity', { ...signed(activity()), active_manager: '1' });
		expect(status).toBe(400);
		expect(stage.prodamus.control.journal().received.at(-1)).toMatchObject({ kind: 'rest', signature: 'wrong' });
		expect(stage.prodamus.control.subscriptions.get(profile).isActiveByManager).toBe(true);
	});

	it('switches off and on again for the manager', async () => {
		expect((await rest('setActivity', signed(activity()))).data).toBe('success');
		expect((await rest('setActivity', signed(activity({ active_manager: '1' })))).data).toBe('success');
		const told = await events(2);
		expect(told.map(({ subscription }) => (subscription as PhpTree).action_code).sort()).toEqual([
			'deactivation',
			'reactivation',
		]);
	});

	it('is final for the buyer', async () => {
		const byBuyer: PhpTree = { subscription: ['1001'], customer_phone: '+79990000001', active_user: '0' };
		expect((await rest('setActivity', signed(byBuyer))).status).toBe(200);
		const back = await rest('setActivity', signed({ ...byBuyer, active_user: '1' }));
		expect([back.status, back.data]).toEqual([400, 'the subscriber has unsubscribed']);
	});

	it('takes GET as well', async () => {
		const query = new URLSearchParams(toPairs(signed(activity())));
		expect((await http.get(`${stage.prodamus.url}/rest/setActivity/?${query.toString()}`)).data).toBe('success');
	});

	it('prohibits changes of a finished subscription', async () => {
		stage.prodamus.control.subscriptions.finish(profile);
		const { status, data } = await rest('setActivity', signed(activity()));
		expect([status, data]).toEqual([400, 'subscription 1001 completed, data modification is prohibited']);
	});

	it('moves the next date forward only', async () => {
		const move = async (date: string) =>
			await rest('setSubscriptionPaymentDate', signed({ subscription: '1001', auth_type: 'profile', profile, date }));
		expect((await move('2020-01-01 10:00')).status).toBe(400);
		expect((await move('завтра')).data).toBe('date must be yyyy-mm-dd hh:mm');
		expect((await move('2099-01-01 10:00')).data).toBe('success');
		const { nextPaymentAt } = stage.prodamus.control.subscriptions.get(profile);
		expect(nextPaymentAt.toISOString()).toBe('2099-01-01T07:00:00.000Z');
	});

	it('takes a discount off the next renewals, at most the price', async () => {
		const discount = async (value: string, num: string) =>
			await rest('setSubscriptionDiscount', signed({ subscription: '1001', profile, discount_value: value, num }));
		expect((await discount('0', '1')).status).toBe(400);
		expect((await discount('990.01', '1')).status).toBe(400);
		expect((await discount('90.50', '1')).data).toBe('success');
		stage.prodamus.control.subscriptions.renew(profile);
		await events(1);
		stage.prodamus.control.subscriptions.renew(profile);
		expect((await events(2)).map(({ sum }) => sum)).toEqual(['899.50', '990.00']);
	});

	it.each([
		['no identity', { subscription: '1001', active_manager: '0' }, 'one of profile'],
		['another plan', { subscription: '1002', profile: 'own', active_manager: '0' }, 'subscription not found'],
		['a strange flag', { subscription: '1001', profile: 'own', active_manager: 'off' }, 'must be 0 or 1'],
	])('refuses %s', async (_name, parameters: Record<string, string>, message) => {
		const given = 'profile' in parameters ? { ...parameters, profile } : parameters;
		const { status, data } = await rest('setActivity', signed(given));
		expect(status).toBe(400);
		expect(data).toContain(message);
	});

	it('knows no other method', async () => {
		expect((await rest('orderStatus', signed({ order_id: '1' }))).status).toBe(404);
	});

	it('meets faults: takes effect, answers 504', async () => {
		stage.prodamus.control.failNext(1, 504, { apply: true });
		expect((await rest('setActivity', signed(activity()))).status).toBe(504);
		expect(stage.prodamus.control.subscriptions.get(profile).isActiveByManager).toBe(false);
	});
});
