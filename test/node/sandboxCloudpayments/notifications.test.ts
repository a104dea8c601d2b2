import HmacSHA256 from 'crypto-js/hmac-sha256';
import Base64 from 'crypto-js/enc-base64';
import vectors from '../../fixtures/cloudpayments-vectors.json';
import { MAX_ATTEMPTS, RETRY_MINUTES } from '../../../sandbox/cloudpayments/notifications';
import { encodeForm, plainForm, signatureHeaders } from '../../../sandbox/cloudpayments/wire';
import { until } from '../sandbox/stage';
import type { Received, ShopAnswer } from './shop';
import { API_SECRET, CARDS, newOrder, paidOrder, type Stage, startStage, tokenBody } from './stage';

let stage: Stage;
const start = async (options: Parameters<typeof startStage>[0] = {}) => {
	await stage?.close();
	stage = await startStage(options);
	stage.listen();
	return stage.control;
};
beforeEach(async () => void (await start()));
afterEach(async () => await stage.close());

const settled = async () => await stage.control.waitForNotifications();
const hmac = (text: string, secret = API_SECRET) => HmacSHA256(text, secret).toString(Base64);
const attempts = (type: 'pay' | 'fail' | 'refund') => {
	return stage.control.notifications(type).flatMap((one) => one.attempts.map(({ number, status }) => [number, status]));
};

describe('the wire (providers/cloudpayments.md §5)', () => {
	const forms = vectors.filter(({ name }) => ['pay-form-both-headers', 'refund-form-x-content-only'].includes(name));

	it.each(forms.map((vector) => [vector.name, vector] as const))('agrees with the vector %s', (_name, vector) => {
		const fields = [...new URLSearchParams(vector.rawBody)];
		expect(fields.length).toBeGreaterThan(5);
		expect(encodeForm(fields)).toBe(vector.rawBody);
		const headers = signatureHeaders(vector.rawBody, plainForm(fields), vector.secret);
		expect(headers).toMatchObject(vector.headers);
	});

	it('escapes all but what the service leaves alone', () => {
		expect(encodeForm([['a b', "Я~'!*()-_.&=+\u{1F600}"]])).toBe("a+b=%d0%af%7e%27!*()-_.%26%3d%2b%f0%9f%98%80");
	});

	it('carries a form with both signatures', async () => {
		await paidOrder(stage);
		await settled();
		const [{ raw, headers, method }] = stage.shop.received as [Received];
		expect([method, headers['content-type']]).toEqual(['POST', 'application/x-www-form-urlencoded']);
		expect(headers['content-hmac']).toBe(hmac(raw));
		expect(headers['x-content-hmac']).toBe(hmac(decodeURIComponent(raw.replaceAll('+', ' '))));
		expect(raw).toContain('InvoiceId=order-417&AccountId=user%2b17%40example.com&SubscriptionId=&');
		expect(raw).toContain('&Data=%7b%22plan%22%3a%22pro%22%2c%22days%22%3a30%2c%22note%22%3a%22a%2bb%3dc+%26+d%22%7d');
	});

	it('is a query when the address is set to GET', async () => {
		await stage.post('site/notifications/pay/update', { IsEnabled: true, Address: `${stage.shop.url}/hook/pay?a=1` });
		await paidOrder(stage);
		await settled();
		const [{ raw, headers, method }] = stage.shop.received as [Received];
		expect([method, raw.slice(0, 18), headers['content-type']]).toEqual(['GET', 'a=1&TransactionId=', undefined]);
		expect(headers['content-hmac']).toBe(hmac(raw.slice(4)));
	});
});

describe('fields (providers/cloudpayments.md §4)', () => {
	const CARD = ['CardFirstSix', 'CardLastFour', 'CardType', 'CardExpDate'];
	const MONEY = ['Currency', 'PaymentAmount', 'PaymentCurrency'];
	const names = (type: string) => Object.keys(stage.shop.of(type)[0] ?? {});

	it('of each type are those of the table', async () => {
		stage.listen('check');
		const { id } = await paidOrder(stage, { RequireConfirmation: true });
		stage.control.confirm(id);
		stage.control.refund(id);
		const { id: other } = await paidOrder(stage, { RequireConfirmation: true });
		stage.control.void(other);
		await stage.control.payOrder(await newOrder(stage), { card: CARDS.noMoney });
		await settled();
		const always = ['TransactionId', 'Amount', 'DateTime', 'InvoiceId', 'AccountId', 'Email', 'Data'];
		const charge = [...always, ...CARD, ...MONEY, 'TestMode'];
		const present: ReadonlyArray<readonly [string, string[]]> = [
			['check', [...charge, 'Status', 'OperationType', 'TokenRecipient']],
			['pay', [...charge, 'Status', 'OperationType', 'GatewayName', 'Token', 'AuthCode', 'TotalFee', 'PaymentMethod']],
			['fail', [...charge, 'Reason', 'ReasonCode', 'OperationType', 'Token', 'RetryAfter']],
			['confirm', [...charge, 'Status', 'Token', 'AuthCode']],
		];
		for (const [type, wanted] of present) expect([type, ...names(type)]).toEqual(expect.arrayContaining(wanted));
		const refund = [...always, 'PaymentTransactionId', 'OperationType', 'Rrn', 'CustomFields'];
		expect(names('refund').sort()).toEqual(refund.sort());
		expect(names('cancel').sort()).toEqual([...always, 'Rrn'].sort());
		const missing: ReadonlyArray<readonly [string, string[]]> = [
			['check', ['GatewayName', 'Token', 'Reason', 'PaymentTransactionId', 'Rrn']],
			['pay', ['Reason', 'ReasonCode', 'TokenRecipient']],
			['fail', ['Status', 'GatewayName', 'AuthCode']],
			['confirm', ['OperationType', 'GatewayName', 'CustomFields']],
		];
		for (const [type, absent] of missing) {
			expect([type, names(type).filter((name) => absent.includes(name))]).toEqual([type, []]);
		}
		expect(stage.shop.of('check')[0]).toMatchObject({ Status: 'Authorized', Amount: '1490.00', TestMode: '0' });
		expect(stage.shop.of('fail')[0]).toMatchObject({ ReasonCode: '5051', Reason: 'InsufficientFunds', Token: '' });
		expect(stage.shop.of('pay')[0]?.DateTime).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
	});

	it('are empty, not missing, when there is no value', async () => {
		await paidOrder(stage, { InvoiceId: undefined, AccountId: undefined, JsonData: undefined, Email: undefined });
		await settled();
		expect(stage.shop.of('pay')[0]).toMatchObject({
			InvoiceId: '', AccountId: '', Data: '', Email: '', SubscriptionId: '', Token: '', PaymentMethod: '',
		});
	});

	it('of a payment by the shop tell nothing of the payer’s place', async () => {
		const { token } = await paidOrder(stage);
		await stage.post('payments/tokens/charge', tokenBody(token));
		await settled();
		expect(stage.shop.of('pay').at(-1)).toMatchObject({ IpAddress: '', IpCity: '', Token: token, Amount: '990.00' });
	});
});

describe('Check', () => {
	beforeEach(() => stage.listen('check'));
	const pay = async (card: string = CARDS.plain) => await stage.control.payOrder(await newOrder(stage), { card });

	it('comes first and lets the payment go on with code 0', async () => {
		expect(await pay(CARDS.with3ds)).toMatchObject({ result: 'paid', checkCode: 0, reasonCode: 0 });
		await settled();
		expect(stage.shop.received.map(({ type }) => type)).toEqual(['check', 'pay']);
		expect(stage.shop.of('check')[0]).toMatchObject({ Status: 'Completed', InvoiceId: 'order-417' });
		expect(stage.shop.of('check')[0]?.TransactionId).toBe(stage.shop.of('pay')[0]?.TransactionId);
	});

	it.each([
		[10, 3001, 10], [11, 3002, 11], [12, 3003, 12], [13, 3008, 13], [20, 3004, 20], [7, 3005, 7],
		[{ status: 200, body: 'Workflow was started' }, 3005, null],
		[{ status: 200, body: '{"code":"0"}' }, 3005, null],
		[{ status: 201, body: '{"code":0}' }, 3006, null],
		[{ status: 401, body: '{"code":0}' }, 3006, null],
		[{ status: 504, body: '' }, 3006, null],
		['drop', 3006, null],
	] as Array<[ShopAnswer, number, number | null]>)('declines with %j: %d', async (answer, reasonCode, checkCode) => {
		stage.shop.answer('check', answer);
		expect(await pay()).toMatchObject({ result: 'declined', reasonCode, checkCode, token: null });
		await settled();
		expect(stage.shop.of('check')).toHaveLength(1);
		expect(stage.shop.of('fail')).toEqual([expect.objectContaining({ ReasonCode: String(reasonCode) })]);
		expect(stage.shop.of('pay')).toEqual([]);
		expect((await pay()).result).toBe('paid');
	});

	it('declines when there is no answer in time', async () => {
		await start({ notificationTimeoutMs: 300 });
		stage.listen('check');
		stage.shop.answer('check', 'hang');
		expect(await pay()).toMatchObject({ result: 'declined', reasonCode: 3007 });
	});

	it('declines when it is lost on its way, and is asked for charges of a token, too', async () => {
		const { token } = await paidOrder(stage);
		stage.control.dropNotifications('check', 1);
		const { data } = await stage.post('payments/tokens/charge', tokenBody(token));
		expect(data).toMatchObject({ Success: false, Model: { ReasonCode: 3006 } });
		stage.shop.answer('check', 12);
		const refused = await stage.post('payments/tokens/charge', tokenBody(token));
		expect(refused.data.Model.ReasonCode).toBe(3003);
	});

	it('lets one of two payers of the same link through', async () => {
		const order = await newOrder(stage);
		const both = await Promise.all([stage.control.payOrder(order), stage.control.payOrder(order)]);
		expect(both.map(({ result }) => result).sort()).toEqual(['declined', 'paid']);
		expect(both.find(({ result }) => result === 'declined')?.reasonCode).toBe(5204);
	});
});

describe('delivery', () => {
	it.each([
		13, { status: 200, body: 'ok' }, { status: 200, body: '' }, { status: 204, body: '' },
		{ status: 500, body: '{"code":0}' }, { status: 302, body: '{"code":0}' }, 'drop',
	] as ShopAnswer[])('comes again after %j', async (answer) => {
		stage.shop.answer('pay', answer, answer);
		await paidOrder(stage);
		await settled();
		expect(attempts('pay').map(([number]) => number)).toEqual([1, 2, 3]);
		expect(new Set(stage.shop.received.map(({ raw }) => raw)).size).toBe(1);
		expect(stage.control.notifications('pay')[0]).toMatchObject({ state: 'delivered', type: 'pay' });
	});

	it('comes again when the shop takes too long', async () => {
		await start({ notificationTimeoutMs: 300 });
		stage.shop.answer('pay', 'hang');
		await paidOrder(stage);
		await settled();
		expect(attempts('pay')).toEqual([[1, null], [2, 200]]);
	});

	it('gives up after a hundred attempts', async () => {
		expect([RETRY_MINUTES, MAX_ATTEMPTS]).toEqual([[1, 2, 5, 10, 30], 100]);
		stage.shop.answer('pay', ...Array.from({ length: 120 }, () => 13));
		await paidOrder(stage);
		await settled();
		expect(stage.shop.received).toHaveLength(100);
		expect(stage.control.notifications('pay')[0]?.state).toBe('exhausted');
		expect(stage.log.join('\n')).toContain('gave up');
	});

	it('waits by the ladder', async () => {
		const pauses: number[] = [];
		const real = setTimeout;
		jest.spyOn(global, 'setTimeout').mockImplementation(((run: () => void, ms: number) => {
			const isPause = [60, 120, 300, 600, 1800].includes(ms);
			if (isPause) pauses.push(ms);
			return real(run, isPause ? 0 : ms);
		}) as typeof setTimeout);
		await start({ timeScale: 0.001 });
		stage.shop.answer('pay', 13, 13, 13, 13, 13, 13, 13);
		await paidOrder(stage);
		await settled();
		jest.restoreAllMocks();
		expect(pauses).toEqual([60, 120, 300, 600, 1800, 1800, 1800]);
	});

	it('goes where the address is now, and nowhere once it is off', async () => {
		await start({ timeScale: 0.01 });
		stage.shop.answer('pay', 13);
		await paidOrder(stage);
		await until(() => stage.control.notifications('pay')[0]?.state === 'waiting', 'the first attempt', 20_000);
		stage.control.setNotification('pay', null);
		await settled();
		expect([stage.shop.received.length, stage.control.notifications('pay')[0]?.state]).toEqual([1, 'off']);
		stage.control.setNotification('pay', `${stage.shop.url}/moved/pay`);
		await paidOrder(stage);
		await settled();
		expect(stage.control.notifications('pay')[1]?.attempts[0]?.url).toBe(`${stage.shop.url}/moved/pay`);
	});

	it('leaves this machine never', async () => {
		stage.control.setNotification('pay', 'https://example.com/pay');
		await paidOrder(stage);
		await until(() => stage.control.notifications('pay')[0]?.attempts.length !== 0, 'an attempt', 20_000);
		expect(stage.control.notifications('pay')[0]?.attempts[0]).toMatchObject({
			status: null, error: 'Not sent: the sandbox delivers to http on this machine only',
		});
	});
});

describe('trouble on purpose', () => {
	it('loses notifications, and finds them again', async () => {
		stage.control.dropNotifications('pay', 2);
		const { id } = await paidOrder(stage);
		await paidOrder(stage);
		await paidOrder(stage);
		await settled();
		expect(stage.control.notifications('pay').map(({ state }) => state)).toEqual(['dropped', 'dropped', 'delivered']);
		expect(stage.shop.received).toHaveLength(1);
		expect(await stage.control.resend(id, 'pay')).toMatchObject({ number: 0, status: 200, body: '{"code":0}' });
		expect(stage.shop.of('pay').at(-1)?.TransactionId).toBe(String(id));
		stage.control.dropNotifications('pay', 'all');
		for (let count = 0; count < 3; count += 1) await paidOrder(stage);
		stage.control.dropNotifications('pay', 0);
		await paidOrder(stage);
		await settled();
		expect(stage.shop.received).toHaveLength(3);
	});

	it('sends what was told twice', async () => {
		const { id } = await paidOrder(stage);
		await settled();
		await stage.control.resend(String(id), 'pay');
		const [first, second] = stage.shop.received;
		expect([second?.raw, second?.headers['content-hmac']]).toEqual([first?.raw, first?.headers['content-hmac']]);
		await expect(stage.control.resend(id, 'refund')).rejects.toThrow('no refund notification');
	});

	it.each([
		['given', ['pay', 'confirm', 'refund']],
		['reversed', ['refund', 'confirm', 'pay']],
		[['confirm', 'refund'], ['confirm', 'refund', 'pay']],
	] as const)('holds and releases them in the order %j', async (order, types) => {
		stage.control.holdNotifications(true);
		const { id } = await paidOrder(stage, { RequireConfirmation: true });
		stage.control.confirm(id);
		stage.control.refund(id);
		await settled();
		expect(stage.shop.received).toEqual([]);
		await stage.control.releaseNotifications(order);
		expect(stage.shop.received.map(({ type }) => type)).toEqual(types);
		await paidOrder(stage);
		await settled();
		expect(stage.shop.received).toHaveLength(4);
	});

	it('holds no Check, and lets go of new ones when it is switched off', async () => {
		stage.listen('check');
		stage.control.holdNotifications(true);
		await paidOrder(stage);
		stage.control.holdNotifications(false);
		await paidOrder(stage);
		await settled();
		expect(stage.shop.received.map(({ type }) => type)).toEqual(['check', 'check', 'pay']);
	});

	it('forges', async () => {
		const fields = { TransactionId: '1', Amount: '5.00', Note: 'а б' };
		const deliver = async (...what: Parameters<typeof stage.control.deliver>) => {
			expect((await stage.control.deliver(...what)).status).toBe(200);
			return stage.shop.received.at(-1) as Received;
		};
		const right = await deliver('pay', fields);
		expect(right.fields).toEqual(fields);
		expect(right.headers['content-hmac']).toBe(hmac('TransactionId=1&Amount=5.00&Note=%d0%b0+%d0%b1'));
		const foreign = await deliver('pay', fields, { secret: 'other' });
		expect(foreign.headers['content-hmac']).toBe(hmac(foreign.raw, 'other'));
		const wrong = await deliver('pay', fields, { contentHmac: 'AAAA' });
		expect(wrong.headers['content-hmac']).toBe('AAAA');
		expect(wrong.headers['x-content-hmac']).toBe(right.headers['x-content-hmac']);
		const bare = await deliver('pay', fields, { contentHmac: null, headers: { 'x-content-hmac': null, 'X-Own': '1' } });
		expect(Object.keys(bare.headers)).not.toContain('content-hmac');
		expect(Object.keys(bare.headers)).not.toContain('x-content-hmac');
		expect(bare.headers['x-own']).toBe('1');
		const json = await deliver('refund', {}, { rawBody: '{"a":1}', headers: { 'Content-Type': 'application/json' } });
		expect([json.raw, json.headers['content-type']]).toEqual(['{"a":1}', 'application/json']);
		expect(json.headers['content-hmac']).toBe(hmac('{"a":1}'));
		expect(stage.control.notifications().map(({ about, state }) => [about, state])).toContainEqual(['', 'single']);
		stage.control.setNotification('cancel', null);
		await expect(stage.control.deliver('cancel', {})).rejects.toThrow('No address');
	});

	it('says what is still on its way', async () => {
		await start({ timeScale: 1 });
		stage.shop.answer('pay', 13);
		const { id } = await paidOrder(stage);
		await expect(stage.control.waitForNotifications(300)).rejects.toThrow(`pay ${id}`);
	});
});
