import axios from 'axios';
import {
	API_SECRET, CARDS, newOrder, orderBody, paidOrder, PUBLIC_ID, type Stage, startStage, tokenBody,
} from './stage';

const SBP = { PublicId: PUBLIC_ID, Amount: 1, Currency: 'RUB', Scheme: 'charge' };
const DAY = { CreatedDateGte: '2026-01-01T00:00:00Z', CreatedDateLte: '2026-01-02T00:00:00Z', PageNumber: 1 };

let stage: Stage;
beforeEach(async () => {
	stage = await startStage();
});
afterEach(async () => await stage.close());

describe('access (providers/cloudpayments.md §2)', () => {
	it('tells good keys by an id of its own each time', async () => {
		const first = await stage.post('test');
		const second = await stage.post('test');
		expect(first.data).toEqual({ Success: true, Message: expect.stringMatching(/^[\da-f-]{36}$/) });
		expect(second.data.Message).not.toBe(first.data.Message);
	});

	it.each([
		['no keys', undefined],
		['a wrong login', { username: 'pk_other', password: API_SECRET }],
		['a wrong password', { username: PUBLIC_ID, password: 'wrong' }],
	])('answers 401 with HTML to %s', async (_name, auth) => {
		const answer = await axios.post(`${stage.cp.url}/test`, {}, { auth, validateStatus: () => true, proxy: false });
		expect([answer.status, answer.headers['content-type']]).toEqual([401, 'text/html; charset=utf-8']);
		expect(answer.data).toContain('<html>');
		expect(stage.control.requests()).toEqual([expect.objectContaining({ outcome: 'refused', status: 401 })]);
		expect(stage.log.join()).not.toContain(API_SECRET);
	});

	it('knows its methods only, and POST only', async () => {
		expect((await stage.post('payments/charge')).status).toBe(404);
		expect((await stage.http.put('/test')).status).toBe(405);
	});

	it('takes forms as well as JSON, and names in any letter case', async () => {
		const form = new URLSearchParams({ amount: '10.50', DESCRIPTION: 'Книга', InvoiceId: 'a-1' });
		const { data } = await stage.http.post('/orders/create', form);
		expect(data.Model).toMatchObject({ Amount: 10.5, Description: 'Книга', InvoiceId: 'a-1', Currency: 'RUB' });
	});
});

describe('wrong requests', () => {
	it.each([
		['orders/create', orderBody({ Amount: undefined }), 'Amount is required'],
		['orders/create', orderBody({ Amount: 0 }), 'Amount is invalid'],
		['orders/create', orderBody({ Amount: '10.005' }), 'Amount is invalid'],
		['orders/create', orderBody({ Amount: -5 }), 'Amount is invalid'],
		['orders/create', orderBody({ Description: ' ' }), 'Description is invalid'],
		['orders/create', orderBody({ Currency: 'rubles' }), 'Currency is invalid'],
		['orders/create', orderBody({ Email: 'nobody' }), 'Email is invalid'],
		['orders/create', orderBody({ JsonData: '{broken' }), 'JsonData is invalid'],
		['orders/create', orderBody({ SendSms: true, SendViber: true, Phone: '+7' }), 'Use either SendSms or SendViber'],
		['orders/create', orderBody({ SendSms: true }), 'Phone is required'],
		['orders/create', orderBody({ SubscriptionBehavior: 'CreateMonthly', AccountId: '' }), 'AccountId is required'],
		['payments/refund', { TransactionId: 1 }, 'Amount is required'],
		['payments/confirm', { TransactionId: 1 }, 'Amount is required'],
		['payments/get', { TransactionId: 1 }, 'Not found'],
		['payments/void', { TransactionId: 'x' }, 'TransactionId is invalid'],
		['payments/tokens/charge', tokenBody('tk_unknown'), 'Token is not found on this terminal'],
		['payments/tokens/charge', tokenBody('tk', { TrInitiatorCode: undefined }), 'TrInitiatorCode is required'],
		['payments/tokens/charge', tokenBody('tk', { AccountId: undefined }), 'AccountId is required'],
		['orders/cancel', { Id: 'none' }, 'Not found'],
		['v2/payments/find', { InvoiceId: 'none' }, 'Not found'],
		['v2/payments/list', { ...DAY, CreatedDateGte: '2026-01-01' }, 'CreatedDateGte is invalid'],
		['payments/list', {}, 'Date is required'],
		['payments/qr/sbp/link', { ...SBP, PublicId: 'pk_other' }, 'PublicId is invalid'],
		['payments/qr/sbp/link', { ...SBP, Currency: 'USD' }, 'Currency must be RUB'],
	])('%s %j: %s', async (path, body, message) => {
		const { status, data } = await stage.post(path, body);
		expect([status, data]).toEqual([200, { Success: false, Message: message }]);
		expect(stage.control.transactions()).toEqual([]);
		expect(stage.control.orders()).toEqual([]);
	});

	it('rounds a fraction where a whole number belongs, without a word', async () => {
		const { id } = await paidOrder(stage);
		const { data } = await stage.post('payments/get', { TransactionId: `${id}.4` });
		expect(data.Model.TransactionId).toBe(id);
	});
});

describe('orders', () => {
	it('become links of this origin', async () => {
		const model = await stage.model('orders/create', orderBody({ SuccessRedirectUrl: 'https://example.com/ok' }));
		expect(model).toMatchObject({
			Id: expect.stringMatching(/^[\da-f]{16}$/), Number: expect.any(Number), Status: 'Created', Amount: 1490,
			Url: `${stage.cp.url}/d/${String(model.Id)}`, AccountId: 'user+17@example.com', RequireConfirmation: false,
			CreatedDate: expect.stringMatching(/^\/Date\(\d{13}\)\/$/),
			CreatedDateIso: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/),
		});
		expect(stage.control.orders()).toEqual([
			expect.objectContaining({ amountMinor: 149000, successUrl: 'https://example.com/ok', status: 'Created' }),
		]);
	});

	it('can be paid once, and not after they were cancelled', async () => {
		const order = await newOrder(stage);
		await stage.control.payOrder(order);
		expect(stage.control.orders()[0]?.status).toBe('Paid');
		await expect(stage.control.payOrder(order)).rejects.toThrow('already paid');
		expect((await stage.post('orders/cancel', { Id: order })).data).toEqual({
			Success: false, Message: 'Order is already paid',
		});
		const other = await newOrder(stage);
		expect((await stage.post('orders/cancel', { Id: other })).data).toEqual({ Success: true, Message: null });
		await expect(stage.control.payOrder(other)).rejects.toThrow('cancelled');
	});
});

describe('a transaction as the API shows it', () => {
	it('has the fields of a completed payment', async () => {
		const { id, token } = await paidOrder(stage);
		const { data } = await stage.post('payments/get', { TransactionId: id });
		expect(data).toMatchObject({ Success: true, Message: null });
		expect(data.Model).toMatchObject({
			TransactionId: id, Amount: 1490, Currency: 'RUB', InvoiceId: 'order-417', AccountId: 'user+17@example.com',
			JsonData: '{"plan":"pro","days":30,"note":"a+b=c & d"}', Status: 'Completed', StatusCode: 3, Reason: 'Approved',
			ReasonCode: 0, CardFirstSix: '400000', CardLastFour: '3055', CardType: 'Visa', Token: token, TestMode: false,
			Type: 0, Refunded: false, OriginalTransactionId: null, SubscriptionId: null,
		});
		expect(data.Model.AuthDateIso).toBe(data.Model.ConfirmDateIso);
	});

	it('is found by order number, the last operation first', async () => {
		const { id } = await paidOrder(stage);
		const refund = await stage.model('payments/refund', { TransactionId: id, Amount: 100 });
		const old = await stage.model('payments/find', { InvoiceId: 'order-417' });
		const v2 = await stage.model('v2/payments/find', { InvoiceId: 'order-417' });
		expect([old.TransactionId, old.Refunded]).toEqual([id, true]);
		expect(v2).toMatchObject({
			TransactionId: refund.TransactionId, Type: 1, Amount: 100, OriginalTransactionId: id, Status: 'Completed',
		});
	});

	it('is Success false when a refused one is found', async () => {
		await stage.control.payOrder(await newOrder(stage), { card: CARDS.noMoney });
		const { data } = await stage.post('v2/payments/find', { InvoiceId: 'order-417' });
		expect(data).toMatchObject({
			Success: false,
			Message: null,
			Model: { Status: 'Declined', StatusCode: 5, ReasonCode: 5051, Reason: 'InsufficientFunds' },
		});
	});
});

describe('lists', () => {
	const span = (changes = {}) => ({
		CreatedDateGte: new Date(Date.now() - 60_000).toISOString(),
		CreatedDateLte: new Date(Date.now() + 60_000).toISOString(),
		PageNumber: 1,
		TimeZone: 'UTC',
		...changes,
	});

	it('have 100 per page, oldest first', async () => {
		const { token } = await paidOrder(stage);
		for (let number = 1; number <= 102; number += 1) {
			await stage.post('payments/tokens/charge', tokenBody(token, { InvoiceId: `r-${number}` }));
		}
		const pages = await Promise.all([1, 2, 3].map(async (PageNumber) => {
			return await stage.model('v2/payments/list', span({ PageNumber }));
		}));
		expect(pages.map(({ length }) => length)).toEqual([100, 3, 0]);
		expect([pages[0]?.[0]?.InvoiceId, pages[1]?.at(-1)?.InvoiceId]).toEqual(['order-417', 'r-102']);
	});

	it('are narrowed by status and time', async () => {
		await paidOrder(stage);
		await stage.control.payOrder(await newOrder(stage), { card: CARDS.noMoney });
		expect(await stage.model('v2/payments/list', span())).toHaveLength(2);
		expect(await stage.model('v2/payments/list', span({ Statuses: ['Declined'] }))).toEqual([
			expect.objectContaining({ Status: 'Declined' }),
		]);
		const later = { CreatedDateGte: '2040-01-01T00:00:00+03:00', CreatedDateLte: '2040-01-02T00:00:00+03:00' };
		expect(await stage.model('v2/payments/list', span(later))).toEqual([]);
	});

	it('hold the operations of a day', async () => {
		const { id } = await paidOrder(stage);
		const day = stage.control.now().slice(0, 10);
		expect(await stage.model('payments/list', { Date: day })).toEqual([expect.objectContaining({ TransactionId: id })]);
		expect(await stage.model('payments/list', { Date: '2020-01-01' })).toEqual([]);
	});

	it('show the saved cards', async () => {
		const { token } = await paidOrder(stage);
		expect(await stage.model('payments/tokens/list', { PageNumber: 1 })).toEqual([{
			Token: token, AccountId: 'user+17@example.com', CardMask: '400000******3055', ExpirationDateMonth: 12,
			ExpirationDateYear: new Date().getUTCFullYear() + 4,
		}]);
	});
});

describe('addresses of notifications', () => {
	it('are off until they are set, and fall back when something is left out', async () => {
		const off = { IsEnabled: false, Address: null, HttpMethod: 'GET', Encoding: 'UTF8', Format: 'CloudPayments' };
		expect(await stage.model('site/notifications/pay/get')).toEqual(off);
		const on = { IsEnabled: true, Address: 'http://127.0.0.1:9/pay', HttpMethod: 'POST' };
		expect((await stage.post('site/notifications/Pay/update', on)).data).toEqual({ Success: true, Message: null });
		expect(await stage.model('site/notifications/pay/get')).toEqual({ ...off, ...on });
		await stage.post('site/notifications/pay/update', { Address: on.Address });
		expect(await stage.model('site/notifications/pay/get')).toEqual({ ...off, Address: on.Address });
	});

	it.each([
		['pay', { IsEnabled: true }, 'Address is required'],
		['pay', { IsEnabled: true, Address: 'here' }, 'Address is invalid'],
		['pay', { HttpMethod: 'PUT' }, 'HttpMethod is invalid'],
		['check', { IsEnabled: true, Address: 'http://127.0.0.1:9/' }, 'Check can be set in the cabinet only'],
	])('refuse %s %j', async (type, body, message) => {
		const { data } = await stage.post(`site/notifications/${type}/update`, body);
		expect(data).toEqual({ Success: false, Message: message });
	});

	it('show what the cabinet has set for Check', async () => {
		stage.control.setNotification('check', 'http://127.0.0.1:9/check');
		expect(await stage.model('site/notifications/check/get')).toMatchObject({
			IsEnabled: true, Address: 'http://127.0.0.1:9/check', HttpMethod: 'POST',
		});
	});
});

describe('receipts (providers/cloudpayments.md §9)', () => {
	const item = (changes = {}) => ({
		label: 'Тариф', price: 745, quantity: 2, amount: 1490, vat: null, method: 4, object: 4, ...changes,
	});
	const receipt = (changes = {}, one = item()) => ({ Items: [one], taxationSystem: 1, ...changes });
	const body = (changes = {}) => ({
		Inn: '7700000000', Type: 'Income', InvoiceId: 'order-417', CustomerReceipt: receipt(), ...changes,
	});

	it('are queued, then processed', async () => {
		const { data } = await stage.post('kkt/receipt', body());
		expect(data).toEqual({ Success: true, Message: 'Queued', Model: { Id: expect.any(String), ErrorCode: 0 } });
		const { Id } = data.Model;
		expect(await stage.model('kkt/receipt/status/get', { Id })).toBe('Queued');
		expect((await stage.model('kkt/receipt/get', { Id })).AdditionalData).toBeNull();
		await stage.control.advance({ minutes: 2 });
		expect(await stage.model('kkt/receipt/status/get', { Id })).toBe('Processed');
		const { AdditionalData } = await stage.model('kkt/receipt/get', { Id });
		expect(AdditionalData).toMatchObject({ Amount: 1490, Type: 'Income' });
		expect(await stage.model('kkt/receipt/status/get', { Id: 'none' })).toBe('NotFound');
		expect((await stage.post('kkt/receipt/get', { Id: 'none' })).data.Success).toBe(false);
		expect(stage.control.receipts()).toEqual([expect.objectContaining({ amountMinor: 149000 })]);
	});

	it('are taken as JSON only', async () => {
		const { data } = await stage.http.post('/kkt/receipt', new URLSearchParams({ Inn: '7700000000' }));
		expect(data).toEqual({ Success: false, Message: 'Content-Type must be application/json' });
	});

	it.each([
		['no items', receipt({ Items: [] })],
		['an item without a name', receipt({}, item({ label: ' ' }))],
		['a negative price', receipt({}, item({ price: -1 }))],
		['three decimals', receipt({}, item({ amount: 1.005 }))],
		['an amount over price and quantity', receipt({}, item({ amount: 1490.01 }))],
		['an unknown VAT rate', receipt({}, item({ vat: 18 }))],
		['an unknown method', receipt({}, item({ method: 8 }))],
		['an unknown tax system', receipt({ taxationSystem: 6 })],
		['nothing to pay', receipt({}, item({ price: 0, amount: 0 }))],
	])('are refused with %s', async (_name, wrong) => {
		const { data } = await stage.post('kkt/receipt', body({ CustomerReceipt: wrong }));
		expect(data).toEqual({ Success: false, Message: expect.stringContaining('CustomerReceipt is invalid') });
	});

	it.each(['cloudPayments', 'cloudpayments'])('inside JsonData (%s) must fit the amount', async (name) => {
		const json = (given: object) => JSON.stringify({ [name]: { customerReceipt: given } });
		const good = await stage.post('orders/create', orderBody({ JsonData: json(receipt()) }));
		const bad = await stage.post('orders/create', orderBody({ JsonData: json(receipt()), Amount: 1500 }));
		expect(good.data.Success).toBe(true);
		expect(bad.data.Message).toBe('CustomerReceipt is invalid: the total is not the amount');
	});
});
