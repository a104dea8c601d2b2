import { CARDS, newOrder, paidOrder, PUBLIC_ID, type Stage, startStage, tokenBody } from './stage';

let stage: Stage;
beforeEach(async () => {
	stage = await startStage();
	stage.listen();
});
afterEach(async () => await stage.close());

const settled = async () => await stage.control.waitForNotifications();
const refund = async (id: number, Amount: number) => {
	return (await stage.post('payments/refund', { TransactionId: id, Amount })).data;
};

describe('cards (providers/cloudpayments.md §11)', () => {
	it.each([
		...['4242 4242 4242 4242', '5555 5555 5555 4444', '2200 0000 0000 0004'].map((card) => [card, 'paid', 0, 0]),
		...['4000000000003055', '5205000000003055', '2202000000003055'].map((card) => [card, 'paid', 0, 0]),
		...['4111111111111111', '5200828282828210', '2200000022222222'].map((card) => [card, 'paid', 0, 5051]),
		...['4012888888881881', '5105105105105100', '2202202202202200'].map((card) => [card, 'declined', 5051, null]),
		...['4000056655665556', '5404000000000043', '2203000000000043'].map((card) => [card, 'declined', 5051, null]),
		['4444444444444444', 'declined', 5015, null],
		['4000000000000002', 'declined', 5015, null],
	] as Array<[string, string, number, number | null]>)('%s: %s', async (card, result, reasonCode, tokenReason) => {
		const paid = await stage.control.payOrder(await newOrder(stage), { card });
		expect(paid).toMatchObject({ result, reasonCode, checkCode: null });
		expect(paid.token === null).toBe(tokenReason === null);
		if (tokenReason === null) return;
		const { data } = await stage.post('payments/tokens/charge', tokenBody(paid.token ?? ''));
		expect([data.Success, data.Model.ReasonCode]).toEqual([tokenReason === 0, tokenReason]);
	});

	it('need the bank’s page when they ask for 3-D Secure', async () => {
		const failed = await stage.control.payOrder(await newOrder(stage), { card: CARDS.with3ds, threeDSecure: 'fail' });
		expect(failed).toMatchObject({ result: 'declined', reasonCode: 5206, token: null });
		const left = await stage.control.payOrder(await newOrder(stage), { card: CARDS.with3ds, threeDSecure: 'abandon' });
		expect(left).toMatchObject({ result: 'declined', reasonCode: null });
		expect(stage.control.transaction(left.transactionId).status).toBe('AwaitingAuthentication');
		await settled();
		expect(stage.shop.received.map(({ type, fields }) => [type, fields.ReasonCode])).toEqual([['fail', '5206']]);
		const plain = await stage.control.payOrder(await newOrder(stage), { card: CARDS.plain, threeDSecure: 'fail' });
		expect(plain.result).toBe('paid');
	});

	it('can be charged by the API with their number as the cryptogram', async () => {
		const body = { Amount: 5, IpAddress: '203.0.113.1', AccountId: 'u', CardCryptogramPacket: CARDS.with3ds };
		const { data } = await stage.post('payments/cards/auth', body);
		expect(data).toEqual({
			Success: false,
			Message: null,
			Model: expect.objectContaining({
				AcsUrl: `${stage.cp.url}/acs`, PaReq: expect.any(String), TransactionId: expect.any(Number),
				ThreeDsCallbackId: expect.any(String),
			}),
		});
		const { TransactionId, PaReq } = data.Model;
		const form = new URLSearchParams({ MD: TransactionId, PaReq, TermUrl: 'http://127.0.0.1:9/back' });
		const page = await stage.http.post<string>('/acs', form, { headers: { Origin: 'http://127.0.0.1:9' } });
		const [yes, no] = [...page.data.matchAll(/name="PaRes" value="([^"]+)"/g)].map((match) => match[1]);
		const wrong = await stage.post('payments/cards/post3ds', { TransactionId: 1, PaRes: yes });
		expect(wrong.data.Message).toBe('Not found');
		const done = await stage.post('payments/cards/post3ds', { TransactionId, PaRes: yes });
		expect(done.data).toMatchObject({ Success: true, Model: { Status: 'Authorized', Token: expect.any(String) } });
		const again = await stage.post('payments/cards/post3ds', { TransactionId, PaRes: no });
		expect(again.data).toMatchObject({ Success: false, Message: 'Payment is Authorized' });
		const other = await stage.post('payments/cards/charge', body);
		const foreign = { TransactionId: other.data.Model.TransactionId, PaRes: yes };
		const refused = await stage.post('payments/cards/post3ds', foreign);
		expect(refused.data).toMatchObject({ Success: false, Message: null, Model: { ReasonCode: 5206 } });
	});
});

describe('tokens', () => {
	it('need an account and the shop’s setting', async () => {
		const anonymous = await stage.control.payOrder(await newOrder(stage, { AccountId: undefined }));
		const unwilling = await stage.control.payOrder(await newOrder(stage), { saveCard: false });
		stage.control.setSaveCards(false);
		const off = await stage.control.payOrder(await newOrder(stage), { saveCard: true });
		expect([anonymous.token, unwilling.token, off.token]).toEqual([null, null, null]);
		stage.control.setSaveCards(true);
		const first = await stage.control.payOrder(await newOrder(stage));
		const second = await stage.control.payOrder(await newOrder(stage));
		expect(first.token).toMatch(/^tk_[\da-f]{28}$/);
		expect(second.token).toBe(first.token);
		await settled();
		expect(stage.shop.of('pay').map(({ Token }) => Token)).toEqual(['', '', '', first.token, first.token]);
	});

	it('work for their own account only', async () => {
		const { token } = await paidOrder(stage);
		const { data } = await stage.post('payments/tokens/charge', tokenBody(token, { AccountId: 'other' }));
		expect(data).toEqual({ Success: false, Message: 'Token belongs to another AccountId' });
	});

	it('are refused as they are told, one after another', async () => {
		const { token } = await paidOrder(stage);
		const reasons = async (count: number) => {
			const codes = [];
			for (let number = 0; number < count; number += 1) {
				codes.push((await stage.post('payments/tokens/charge', tokenBody(token))).data.Model.ReasonCode);
			}
			return codes;
		};
		stage.control.tokenOutcome(token, [5051, 'ok', 5005]);
		expect(await reasons(5)).toEqual([5051, 0, 5005, 0, 0]);
		stage.control.tokenOutcome(token, 5041);
		expect(await reasons(3)).toEqual([5041, 5041, 5041]);
		stage.control.tokenOutcome(token, 'ok');
		expect(await reasons(1)).toEqual([0]);
		expect(() => stage.control.tokenOutcome('tk_none', 'ok')).toThrow('not found');
	});

	it('pay in two stages, too', async () => {
		const { token } = await paidOrder(stage);
		const model = await stage.model('payments/tokens/auth', tokenBody(token));
		expect(model).toMatchObject({ Status: 'Authorized', StatusCode: 2, ConfirmDateIso: null });
	});
});

describe('two stages', () => {
	it('confirm the held money, or less of it', async () => {
		const { id } = await paidOrder(stage, { RequireConfirmation: true });
		expect(stage.control.transaction(id).status).toBe('Authorized');
		const body = { TransactionId: id, Amount: 1000 };
		expect((await stage.post('payments/confirm', { ...body, Amount: 1490.01 })).data.Success).toBe(false);
		expect((await refund(id, 1)).Success).toBe(false);
		expect((await stage.post('payments/confirm', body)).data).toEqual({ Success: true, Message: null });
		expect((await stage.post('payments/confirm', body)).data.Success).toBe(false);
		expect((await stage.post('payments/void', body)).data.Success).toBe(false);
		expect(stage.control.transaction(id)).toMatchObject({ status: 'Completed', amountMinor: 100000 });
		await settled();
		expect(stage.shop.of('pay')[0]).toMatchObject({ Status: 'Authorized', Amount: '1490.00' });
		expect(stage.shop.of('confirm')).toEqual([expect.objectContaining({
			TransactionId: String(id), Amount: '1000.00', Status: 'Completed', InvoiceId: 'order-417',
		})]);
	});

	it('void the held money', async () => {
		const { id } = await paidOrder(stage, { RequireConfirmation: true });
		expect((await stage.post('payments/void', { TransactionId: id })).data).toEqual({ Success: true, Message: null });
		await settled();
		expect(stage.shop.of('cancel')).toEqual([expect.objectContaining({ TransactionId: String(id), Amount: '1490.00' })]);
		expect(Object.keys(stage.shop.of('cancel')[0] ?? {})).not.toContain('CardLastFour');
		const { id: taken } = await paidOrder(stage);
		expect((await stage.post('payments/void', { TransactionId: taken })).data.Success).toBe(false);
	});

	it('let the money go after seven days', async () => {
		const { id } = await paidOrder(stage, { RequireConfirmation: true });
		await stage.control.advance({ days: 6, hours: 23 });
		expect(stage.control.transaction(id).status).toBe('Authorized');
		await stage.control.advance({ hours: 2 });
		expect(stage.control.transaction(id).status).toBe('Cancelled');
		expect(stage.shop.of('cancel')).toHaveLength(1);
	});
});

describe('refunds', () => {
	it('are transactions of their own, never more than was paid', async () => {
		const { id } = await paidOrder(stage);
		const first = await refund(id, 490);
		expect(first).toMatchObject({ Success: true, Model: { TransactionId: expect.any(Number) } });
		expect(await refund(id, 1000.01)).toEqual({ Success: false, Message: 'Amount exceeds what is left of the payment' });
		expect((await refund(id, 1000)).Success).toBe(true);
		expect((await refund(id, 0.01)).Success).toBe(false);
		expect((await refund(first.Model.TransactionId, 1)).Success).toBe(false);
		await settled();
		const [told] = stage.shop.of('refund');
		expect(told).toMatchObject({
			TransactionId: String(first.Model.TransactionId), PaymentTransactionId: String(id), Amount: '490.00',
			OperationType: 'Refund', InvoiceId: 'order-417', AccountId: 'user+17@example.com',
		});
		expect(Object.keys(told ?? {})).not.toContain('Currency');
		expect(stage.shop.of('refund')).toHaveLength(2);
	});

	it('are refused for what was not taken, or a year ago', async () => {
		const declined = await stage.control.payOrder(await newOrder(stage), { card: CARDS.noMoney });
		expect((await refund(declined.transactionId, 1)).Success).toBe(false);
		const { id } = await paidOrder(stage);
		await stage.control.advance({ days: 366 });
		expect(await refund(id, 1)).toEqual({ Success: false, Message: 'Transaction is too old to be refunded' });
	});

	it('can be made by hand, as can confirming and voiding', async () => {
		const { id } = await paidOrder(stage, { RequireConfirmation: true });
		expect(stage.control.confirm(id, 50000)).toMatchObject({ status: 'Completed', amountMinor: 50000 });
		expect(stage.control.refund(id, 10000)).toMatchObject({ type: 'refund', amountMinor: 10000, status: 'Completed' });
		expect(stage.control.refund(id)).toMatchObject({ amountMinor: 40000 });
		expect(() => stage.control.refund(id)).toThrow();
		const { id: other } = await paidOrder(stage, { RequireConfirmation: true });
		expect(stage.control.void(other).status).toBe('Cancelled');
	});
});

describe('SBP', () => {
	const link = async (changes = {}) => await stage.model('payments/qr/sbp/link', {
		PublicId: PUBLIC_ID, Amount: 700, Currency: 'RUB', Scheme: 'charge', InvoiceId: 'sbp-1', AccountId: 'u-1',
		...changes,
	});

	it('has links that somebody pays, or nobody', async () => {
		const { QrUrl, TransactionId: id } = await link();
		expect(QrUrl).toBe(`${stage.cp.url}/q/${String(id)}`);
		expect(stage.control.transaction(id).status).toBe('Created');
		expect(await stage.control.settleSbp(id, 'ok')).toMatchObject({ status: 'Completed', method: 'sbp', token: null });
		await expect(stage.control.settleSbp(id, 'ok')).rejects.toThrow('Completed');
		const failing = await link();
		const bounced = await stage.control.settleSbp(failing.TransactionId, 'fail');
		expect(bounced).toMatchObject({ status: 'Declined', reasonCode: 6001 });
		await settled();
		expect(stage.shop.of('pay')).toEqual([expect.objectContaining({
			PaymentMethod: 'Sbp', CardFirstSix: '', CardType: '', Amount: '700.00', Token: '', TestMode: '0',
		})]);
		expect(stage.shop.of('fail')).toHaveLength(1);
	});

	it('takes test links on a live site', async () => {
		const { TransactionId } = await link({ IsTest: true });
		await stage.control.settleSbp(TransactionId, 'ok');
		await settled();
		expect(stage.shop.of('pay')[0]?.TestMode).toBe('1');
	});

	it('is asked for by Check when the payer opens it', async () => {
		stage.listen('check');
		const { TransactionId } = await link();
		expect(stage.shop.of('check')).toEqual([]);
		stage.shop.answer('check', 10);
		expect(await stage.control.settleSbp(TransactionId, 'ok')).toMatchObject({ status: 'Declined', reasonCode: 3001 });
	});

	it('pays orders, and gives money back later', async () => {
		const paid = await stage.control.payOrder(await newOrder(stage), { method: 'sbp' });
		expect(paid).toMatchObject({ result: 'paid', token: null });
		const made = await refund(paid.transactionId, 490);
		const id = Number(made.Model.TransactionId);
		expect(stage.control.transaction(id).status).toBe('Pending');
		expect((await refund(paid.transactionId, 1000.01)).Success).toBe(false);
		await settled();
		expect(stage.shop.of('refund')).toEqual([]);
		await stage.control.settleSbp(id, 'ok');
		await settled();
		expect(stage.shop.of('refund')).toEqual([expect.objectContaining({ TransactionId: String(id), Amount: '490.00' })]);
		const second = await refund(paid.transactionId, 1000);
		await stage.control.settleSbp(second.Model.TransactionId, 'fail');
		expect((await refund(paid.transactionId, 1000)).Success).toBe(true);
	});

	it('has tokens whose charges are decided later', async () => {
		const { TransactionId } = await link({ SaveCard: true });
		const { token } = await stage.control.settleSbp(TransactionId, 'ok');
		const model = await stage.model('payments/tokens/charge', tokenBody(token ?? '', { AccountId: 'u-1' }));
		expect(model.Status).toBe('Pending');
		expect((await stage.control.settleSbp(model.TransactionId, 'ok')).status).toBe('Completed');
	});
});

describe('the widget', () => {
	const parameters = {
		publicId: PUBLIC_ID, amount: 990.5, currency: 'RUB', invoiceId: 'w-1', accountId: 'u-1', description: 'Тариф',
		email: 'u@example.com', metadata: { plan: 'pro' },
	};

	it('charges what the browser says', async () => {
		const paid = await stage.control.payWidget({ ...parameters, amount: '0.01' }, { card: CARDS.plain });
		expect(paid).toMatchObject({ result: 'paid', token: expect.stringMatching(/^tk_/) });
		await settled();
		expect(stage.shop.of('pay')[0]).toMatchObject({
			Amount: '0.01', InvoiceId: 'w-1', AccountId: 'u-1', Email: 'u@example.com', Data: '{"plan":"pro"}',
			Status: 'Completed', IpAddress: '203.0.113.24', IpCity: 'Санкт-Петербург',
		});
	});

	it('only holds the money when it is told Dual', async () => {
		expect((await stage.control.payWidget({ ...parameters, schema: 'Dual' })).result).toBe('authorized');
	});

	it.each([
		[{ publicId: 'pk_other' }, 'Terminal is not found'],
		[{ amount: 0 }, 'amount is invalid'],
		[{ currency: undefined }, 'currency is required'],
		[{ recurrent: { interval: 'Year', period: 1 } }, 'Interval is invalid'],
		[{ recurrent: { interval: 'Day', period: 30 }, accountId: undefined }, 'AccountId is required'],
		[{ receipt: { Items: [] } }, 'CustomerReceipt is invalid: items'],
	])('refuses %j', async (changes, message) => {
		await expect(stage.control.payWidget({ ...parameters, ...changes } as typeof parameters)).rejects.toThrow(message);
		expect(stage.control.transactions()).toEqual([]);
	});
});

it('says test mode wherever it is asked', async () => {
	await stage.close();
	stage = await startStage({ testMode: true });
	stage.listen();
	const { id } = await paidOrder(stage);
	expect((await stage.model('payments/get', { TransactionId: id })).TestMode).toBe(true);
	await settled();
	expect(stage.shop.of('pay')[0]).toMatchObject({ TestMode: '1', GatewayName: 'Test' });
});

it('goes on with its numbers after everything is forgotten', async () => {
	const { id } = await paidOrder(stage);
	await settled();
	stage.control.clear();
	expect([stage.control.transactions(), stage.control.tokens(), stage.control.notifications()]).toEqual([[], [], []]);
	expect((await paidOrder(stage)).id).toBeGreaterThan(id);
	await settled();
	expect(stage.shop.of('pay')).toHaveLength(2);
});
