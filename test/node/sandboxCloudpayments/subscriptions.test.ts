import { addPeriods } from '../../../sandbox/cloudpayments/moments';
import { until } from '../sandbox/stage';
import { CARDS, newOrder, paidOrder, PUBLIC_ID, type Stage, startStage } from './stage';

let stage: Stage;
beforeEach(async () => {
	stage = await startStage();
	stage.listen();
});
afterEach(async () => await stage.close());

const ACCOUNT = 'user+17@example.com';
const inDays = (days: number) => new Date(Date.parse(stage.control.now()) + days * 86_400_000).toISOString();
const plan = (token: string, changes: object = {}) => ({
	Token: token, AccountId: ACCOUNT, Email: ACCOUNT, Description: 'Тариф «Профи»', Amount: 1490, Currency: 'RUB',
	RequireConfirmation: false, StartDate: inDays(27), Interval: 'Day', Period: 30, ...changes,
});
const subscribed = async (changes: object = {}) => {
	const { token } = await paidOrder(stage);
	const model = await stage.model('subscriptions/create', plan(token, changes));
	await stage.control.waitForNotifications();
	stage.shop.received.length = 0;
	return { id: String(model.Id), token };
};
const get = async (Id: string): Promise<Record<string, unknown>> => await stage.model('subscriptions/get', { Id });
const told = () => stage.shop.received.map(({ type, fields }) => {
	return type === 'recurrent'
		? [type, fields.Status, fields.SuccessfulTransactionsNumber, fields.FailedTransactionsNumber]
		: [type, fields.Amount];
});

describe('subscriptions (providers/cloudpayments.md §3)', () => {
	it('are shown with their next charge', async () => {
		const { token } = await paidOrder(stage);
		const StartDate = inDays(27);
		const model = await stage.model('subscriptions/create', plan(token, { StartDate, MaxPeriods: 12 }));
		expect(model).toMatchObject({
			Id: expect.stringMatching(/^sc_[\da-f]{28}$/), AccountId: ACCOUNT, Amount: 1490, Currency: 'RUB', Interval: 'Day',
			Period: 30, MaxPeriods: 12, Status: 'Active', SuccessfulTransactionsNumber: 0, FailedTransactionsNumber: 0,
			StartDateIso: StartDate.slice(0, 19), NextTransactionDateIso: StartDate.slice(0, 19), LastTransactionDateIso: null,
		});
		expect(await stage.model('subscriptions/find', { accountId: ACCOUNT })).toEqual([model]);
		expect(await stage.model('subscriptions/find', { accountId: 'other' })).toEqual([]);
	});

	it.each([
		[{ StartDate: '2020-01-01T00:00:00Z' }, 'StartDate must be in the future'],
		[{ Token: 'tk_none' }, 'Token is not found on this terminal'],
		[{ AccountId: 'other' }, 'Token belongs to another AccountId'],
		[{ Interval: 'Year' }, 'Interval is invalid'],
		[{ Period: 0 }, 'Period is invalid'],
		[{ Interval: 'Month', Period: 13 }, 'Period is invalid'],
		[{ RequireConfirmation: undefined }, 'RequireConfirmation is required'],
		[{ Currency: undefined }, 'Currency is required'],
		[{ CustomerReceipt: { Items: [] } }, 'CustomerReceipt is invalid: items'],
	])('refuse %j', async (changes, message) => {
		const { token } = await paidOrder(stage);
		const { data } = await stage.post('subscriptions/create', plan(token, changes));
		expect(data).toEqual({ Success: false, Message: message });
	});

	it('charge by the clock, each charge once', async () => {
		const { id } = await subscribed();
		await stage.control.advance({ days: 26 });
		expect(told()).toEqual([]);
		await stage.control.advance({ days: 1, minutes: 1 });
		expect(told()).toEqual([['pay', '1490.00']]);
		expect(stage.shop.of('pay')[0]).toMatchObject({ SubscriptionId: id, AccountId: ACCOUNT, InvoiceId: '' });
		await stage.control.advance({ days: 61 });
		expect(told()).toHaveLength(3);
		expect(await get(id)).toMatchObject({ Status: 'Active', SuccessfulTransactionsNumber: 3 });
	});

	it('charge by real time as well', async () => {
		await subscribed({ StartDate: inDays(1) });
		// Two seconds before it is due; the rest is waited for.
		await stage.control.advance({ minutes: 24 * 60 - 2 / 60 });
		await until(() => stage.shop.of('pay').length > 0, 'the charge', 30_000);
		expect(stage.control.subscriptions()).toMatchObject([{ successes: 1 }]);
	});

	it('try again the next day, and go on as planned', async () => {
		const { id, token } = await subscribed();
		const next = String((await get(id)).StartDateIso);
		stage.control.tokenOutcome(token, [5051]);
		await stage.control.advance({ days: 27, minutes: 1 });
		expect(told()).toEqual([['fail', '1490.00'], ['recurrent', 'PastDue', '0', '1']]);
		const retryAt = Date.parse(`${String((await get(id)).NextTransactionDateIso)}Z`);
		expect(Math.abs(retryAt - Date.parse(inDays(1)))).toBeLessThan(120_000);
		await stage.control.advance({ days: 1 });
		expect(told().slice(2)).toEqual([['pay', '1490.00'], ['recurrent', 'Active', '1', '0']]);
		expect((await get(id)).NextTransactionDateIso).toBe(addPeriods(`${next}.000Z`, 'Day', 30).slice(0, 19));
	});

	it('are rejected after three refusals in a row', async () => {
		const { id, token } = await subscribed();
		stage.control.tokenOutcome(token, 5051);
		await stage.control.advance({ days: 200 });
		expect(told()).toEqual([
			['fail', '1490.00'], ['recurrent', 'PastDue', '0', '1'], ['fail', '1490.00'], ['fail', '1490.00'],
			['recurrent', 'Rejected', '0', '3'],
		]);
		expect(await get(id)).toMatchObject({ Status: 'Rejected', NextTransactionDateIso: null });
		expect(stage.shop.of('fail')[0]).toMatchObject({ SubscriptionId: id, ReasonCode: '5051', Token: token });
	});

	it('end when all their charges are made', async () => {
		const { id } = await subscribed({ MaxPeriods: 2 });
		await stage.control.advance({ days: 365 });
		expect(told()).toEqual([['pay', '1490.00'], ['pay', '1490.00'], ['recurrent', 'Expired', '2', '0']]);
		expect((await get(id)).Status).toBe('Expired');
	});

	it('are charged in the order of time', async () => {
		const { token } = await subscribed({ Amount: 3, StartDate: inDays(3) });
		await stage.model('subscriptions/create', plan(token, { Amount: 1, StartDate: inDays(1) }));
		await stage.model('subscriptions/create', plan(token, { Amount: 2, StartDate: inDays(2) }));
		const before = Date.parse(stage.control.now());
		await stage.control.advance({ days: 32 });
		expect(stage.shop.of('pay').map(({ Amount }) => Amount)).toEqual(['1.00', '2.00', '3.00', '1.00', '2.00']);
		const day = (text = '') => Math.floor((Date.parse(`${text.replace(' ', 'T')}Z`) + 60_000 - before) / 86_400_000);
		expect(stage.shop.of('pay').map(({ DateTime }) => day(DateTime))).toEqual([1, 2, 3, 31, 32]);
		expect(Math.abs(Date.parse(stage.control.now()) - before - 32 * 86_400_000)).toBeLessThan(60_000);
	});

	it('take turns with held money that is let go', async () => {
		await subscribed({ StartDate: inDays(8) });
		await paidOrder(stage, { RequireConfirmation: true });
		await stage.control.waitForNotifications();
		stage.shop.received.length = 0;
		await stage.control.advance({ days: 9 });
		expect(stage.shop.received.map(({ type }) => type)).toEqual(['cancel', 'pay']);
	});

	it('ask the shop before each charge', async () => {
		const { id } = await subscribed();
		stage.listen('check');
		stage.shop.answer('check', 13);
		await stage.control.advance({ days: 27, minutes: 1 });
		expect(told()).toEqual([['check', '1490.00'], ['fail', '1490.00'], ['recurrent', 'PastDue', '0', '1']]);
		expect(stage.shop.of('check')[0]).toMatchObject({ SubscriptionId: id });
	});

	it('hold the money when they are of two stages', async () => {
		await subscribed({ RequireConfirmation: true });
		await stage.control.advance({ days: 27, minutes: 1 });
		expect(stage.shop.of('pay')[0]?.Status).toBe('Authorized');
	});

	it('are cancelled for good, also by hand', async () => {
		const { id } = await subscribed();
		expect((await stage.post('subscriptions/cancel', { Id: id })).data).toEqual({ Success: true, Message: null });
		expect((await stage.post('subscriptions/cancel', { Id: id })).data.Success).toBe(true);
		const unknown = await stage.post('subscriptions/cancel', { Id: 'sc_none' });
		expect(unknown.data).toEqual({ Success: false, Message: 'Not found' });
		await stage.control.advance({ days: 90 });
		expect(told()).toEqual([['recurrent', 'Cancelled', '0', '0']]);
		expect(await stage.model('subscriptions/find', { accountId: ACCOUNT })).toEqual([
			expect.objectContaining({ Id: id, Status: 'Cancelled', NextTransactionDateIso: null }),
		]);
		const { id: other } = await subscribed();
		expect(stage.control.cancelSubscription(other).status).toBe('Cancelled');
	});

	it('wake up with any change, and nobody is told', async () => {
		const { id } = await subscribed();
		stage.control.cancelSubscription(id);
		await stage.control.waitForNotifications();
		stage.shop.received.length = 0;
		const model = await stage.model('subscriptions/update', { Id: id, Description: 'Другой' });
		expect(model).toMatchObject({ Status: 'Active', Description: 'Другой', NextTransactionDateIso: expect.any(String) });
		await stage.control.waitForNotifications();
		expect(told()).toEqual([]);
		await stage.control.advance({ days: 28 });
		expect(told()).toEqual([['pay', '1490.00']]);
	});

	it('change what they charge, and when', async () => {
		const { id } = await subscribed();
		const StartDate = inDays(3);
		await stage.model('subscriptions/update', { Id: id, Amount: 990, StartDate, Interval: 'Week', Period: 1 });
		expect((await get(id)).NextTransactionDateIso).toBe(StartDate.slice(0, 19));
		await stage.control.advance({ days: 11 });
		expect(told()).toEqual([['pay', '990.00'], ['pay', '990.00']]);
		const past = await stage.post('subscriptions/update', { Id: id, StartDate: '2020-01-01' });
		expect(past.data.Message).toBe('StartDate must be in the future');
	});

	it('are not charged any more when they are cancelled while the shop is asked', async () => {
		const { id } = await subscribed();
		stage.listen('check');
		stage.shop.before('check', async () => await stage.post('subscriptions/cancel', { Id: id }));
		await stage.control.advance({ days: 90 });
		expect((await get(id)).Status).toBe('Cancelled');
		expect(stage.shop.of('check')).toHaveLength(1);
	});
});

describe('subscriptions that begin with a payment', () => {
	it('come from the widget', async () => {
		const paid = await stage.control.payWidget({
			publicId: PUBLIC_ID, amount: 1, currency: 'RUB', accountId: ACCOUNT, description: 'Пробный период',
			recurrent: { interval: 'Month', period: 1, amount: 1490, maxPeriods: 3 },
		});
		await stage.control.waitForNotifications();
		const [subscription] = stage.control.subscriptions();
		expect(subscription).toMatchObject({ amountMinor: 149000, interval: 'Month', successes: 1, status: 'Active' });
		expect(stage.control.transaction(paid.transactionId).subscriptionId).toBe(subscription?.id);
		expect(stage.shop.of('pay')[0]).toMatchObject({ Amount: '1.00', SubscriptionId: subscription?.id });
		expect(stage.shop.of('recurrent')).toEqual([expect.objectContaining({
			Id: subscription?.id, AccountId: ACCOUNT, Amount: '1490.00', Status: 'Active', SuccessfulTransactionsNumber: '1',
			RequireConfirmation: '0', Interval: 'Month', Period: '1', MaxPeriods: '3',
		})]);
		await stage.control.advance({ days: 365 });
		expect(stage.shop.of('pay').map(({ Amount }) => Amount)).toEqual(['1.00', '1490.00', '1490.00']);
	});

	const behaviours = [['CreateWeekly', 'Week'], ['CreateMonthly', 'Month']] as const;
	it.each(behaviours)('come from a link with %s', async (behaviour, interval) => {
		stage.control.setSaveCards(false);
		const { result, token } = await stage.control.payOrder(await newOrder(stage, { SubscriptionBehavior: behaviour }));
		expect([result, token]).toEqual(['paid', expect.stringMatching(/^tk_/)]);
		expect(stage.control.subscriptions()).toMatchObject([{ interval, period: 1, amountMinor: 149000 }]);
	});

	it('come from the data of a payment', async () => {
		const JsonData = JSON.stringify({ cloudPayments: { recurrent: { interval: 'Day', period: 30 } } });
		await stage.control.payOrder(await newOrder(stage, { JsonData }));
		expect(stage.control.subscriptions()).toEqual([expect.objectContaining({ interval: 'Day', period: 30 })]);
	});

	it('do not begin when the payment is refused', async () => {
		const order = await newOrder(stage, { SubscriptionBehavior: 'CreateMonthly' });
		await stage.control.payOrder(order, { card: CARDS.noMoney });
		expect(stage.control.subscriptions()).toEqual([]);
	});
});

it('reckons months by the calendar', () => {
	expect(addPeriods('2026-01-31T10:00:00.000Z', 'Month', 1)).toBe('2026-02-28T10:00:00.000Z');
	expect(addPeriods('2026-01-31T10:00:00.000Z', 'Month', 2)).toBe('2026-03-31T10:00:00.000Z');
	expect(addPeriods('2026-12-15T10:00:00.000Z', 'Week', 2)).toBe('2026-12-29T10:00:00.000Z');
});
