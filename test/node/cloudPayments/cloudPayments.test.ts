import { NodeApiError, NodeOperationError, type IDataObject, type INodeParameters } from 'n8n-workflow';

import { CloudPayments } from '../../../nodes/CloudPayments/CloudPayments.node';
import { paymentEventSchema } from '../../../nodes/shared/paymentEvent';
import { executeContext, runNode, type ExecuteSetup } from '../../support/nodeContext';
import { API_SECRET, PUBLIC_ID, refusal, startApi, success, type Api, type ApiRequest } from './api';

let api: Api;
beforeEach(async () => {
	api = await startApi();
});
afterEach(async () => await api.close());

const credentials = (callsAtOnce?: unknown) => ({
	cloudPaymentsApi: {
		publicId: PUBLIC_ID,
		apiSecret: API_SECRET,
		apiUrl: `${api.url}/`,
		...(callsAtOnce === undefined ? {} : { callsAtOnce: callsAtOnce as number }),
	},
});

async function run(parameters: INodeParameters | INodeParameters[], setup: Partial<ExecuteSetup> = {}) {
	const [output = []] = await runNode({ node: new CloudPayments(), parameters, credentials: credentials(), ...setup });
	return output;
}

async function result(parameters: INodeParameters, setup?: Partial<ExecuteSetup>): Promise<IDataObject | undefined> {
	const [item] = await run(parameters, setup);
	expect(item?.pairedItem).toEqual({ item: 0 });
	return item?.json;
}

async function failure(
	parameters: INodeParameters,
	setup?: Partial<ExecuteSetup>,
): Promise<NodeApiError | NodeOperationError> {
	const error: unknown = await run(parameters, setup).then(
		() => undefined,
		(thrown: unknown) => thrown,
	);
	if (!(error instanceof NodeApiError || error instanceof NodeOperationError)) {
		throw new Error(`Not a node error: ${String(error)}`);
	}
	expect(JSON.stringify([error.message, error.description, error.messages, error])).not.toContain('do-not-show');
	expect(JSON.stringify(error)).not.toContain(Buffer.from(`${PUBLIC_ID}:${API_SECRET}`).toString('base64'));
	return error;
}

const pause = async (milliseconds: number) => await new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Waits for what must come sooner or later. */
async function until(isSo: () => boolean): Promise<void> {
	const end = Date.now() + 20_000;
	while (!isSo()) {
		if (Date.now() > end) throw new Error('It never came');
		await pause(5);
	}
}

const requestIds = () => api.requests.map(({ headers }) => headers['x-request-id']);
const only = (): ApiRequest => {
	expect(api.requests).toHaveLength(1);
	return api.requests[0]!;
};

const TRANSACTION = {
	TransactionId: 2347811905,
	Amount: 1490,
	Currency: 'RUB',
	InvoiceId: 'ORD-1',
	AccountId: 'u-77',
	Email: 'buyer@example.com',
	Description: 'Plan Pro',
	JsonData: '{"plan":"pro"}',
	CreatedDateIso: '2026-08-14T09:30:00',
	AuthDateIso: '2026-08-14T09:31:04',
	ConfirmDateIso: '2026-08-14T09:31:05',
	TestMode: false,
	Status: 'Completed',
	StatusCode: 3,
	ReasonCode: 0,
	CardLastFour: '4242',
	Token: 'tk_invented',
	Refunded: false,
	Type: 0,
	SubscriptionId: null,
};

const ORDER: INodeParameters = {
	resource: 'order',
	operation: 'create',
	invoiceId: 'ORD-1',
	amount: '1490.10',
	description: 'Plan Pro',
};
const ORDER_MODEL = { Id: 'f2K8', Number: 61, Url: 'https://orders.cloudpayments.example/d/f2K8', Status: 'Created' };
const CHARGE: INodeParameters = {
	resource: 'payment',
	operation: 'chargeToken',
	invoiceId: 'ORD-1:2026-09',
	accountId: 'u-77',
	token: 'tk_invented',
	amount: '1490',
};
const REFUND: INodeParameters = { resource: 'payment', operation: 'refund', transactionId: '2347811905', amount: '490.5' };

describe('the connection', () => {
	const TEST: INodeParameters = { resource: 'account', operation: 'test' };

	it('sends JSON with both keys, and no X-Request-ID to a method that only reads', async () => {
		api.reply('test', success(null));
		expect(await result(TEST)).toEqual({ success: true });
		const { path, fields, headers } = only();
		expect([path, fields, headers['content-type'], headers['x-request-id']]).toEqual([
			'test',
			{},
			'application/json',
			undefined,
		]);
	});

	it('reads a 401 in HTML', async () => {
		const error = await failure(TEST, {
			credentials: { cloudPaymentsApi: { publicId: PUBLIC_ID, apiSecret: 'wrong-do-not-show', apiUrl: api.url } },
		});
		expect(error).toMatchObject({ message: 'CloudPayments answered 401', httpCode: '401' });
		expect(error.description).toContain('Public ID and API Secret');
		expect(api.requests).toHaveLength(1);
	});

	it('sends nothing without keys', async () => {
		const error = await failure(TEST, { credentials: { cloudPaymentsApi: { publicId: PUBLIC_ID, apiSecret: ' ' } } });
		expect(error.message).toContain('no Public ID or no API Secret');
		expect(api.requests).toEqual([]);
	});

	it.each<[string, unknown]>([
		['text', 'It works!'],
		['no envelope', { ok: true }],
		['a list', []],
	])('does not take %s for an answer', async (_name, body) => {
		api.reply('test', { body });
		expect((await failure(TEST)).message).toBe('CloudPayments answered something else than JSON');
	});

	it('waits on 429 and tries again, also what changes something', async () => {
		api.reply('payments/refund', { status: 429, body: 'busy' }, success({ TransactionId: 5 }));
		expect(await result(REFUND)).toMatchObject({ accepted: true });
		expect(api.requests).toHaveLength(2);
		expect(new Set(requestIds()).size).toBe(1);
	});

	it('repeats what only reads after an error of the server or a lost connection', async () => {
		api.reply('test', { status: 502, body: 'bad gateway' }, 'drop', success(null));
		expect(await result(TEST)).toEqual({ success: true });
		expect(api.requests).toHaveLength(3);
	});

	it('gives reading up in the end', async () => {
		api.reply('test', { status: 500, body: '' });
		expect(await failure(TEST)).toMatchObject({ message: 'CloudPayments answered 500', httpCode: '500' });
		expect(api.requests).toHaveLength(3);
	});

	it.each<[string, 'drop' | { status: number; body: string }]>([
		['a lost connection', 'drop'],
		['a 504', { status: 504, body: 'timeout' }],
		['an answer that is no JSON', { status: 200, body: '<html>' }],
	])('never repeats a refund after %s, and says how to go on', async (_name, reply) => {
		api.reply('payments/refund', reply);
		const error = await failure(REFUND);
		expect(error.description).toContain('not known whether CloudPayments did it');
		expect(api.requests).toHaveLength(1);
	});

	it('says that nothing arrived when nothing can have', async () => {
		const { url } = api;
		await api.close();
		const setup = { credentials: { cloudPaymentsApi: { publicId: PUBLIC_ID, apiSecret: API_SECRET, apiUrl: url } } };
		const error = await failure(REFUND, setup);
		expect(error.message).toBe('CloudPayments gave no answer');
		expect(error.description).toMatch(/did not get through.*ECONNREFUSED/);
		api = await startApi();
	});

	it.each<[unknown, number]>([
		[undefined, 5],
		[2.9, 2],
	])('with %j Calls at Once has so many requests under way, whatever the number of runs', async (callsAtOnce, most) => {
		api.reply('test', async () => await pause(50).then(() => success(null)));
		await Promise.all(Array.from({ length: 12 }, async () => await result(TEST, { credentials: credentials(callsAtOnce) })));
		expect(api.requests).toHaveLength(12);
		expect(api.peak()).toBe(most);
	});
});

describe('X-Request-ID', () => {
	const second = (parameters: INodeParameters, changes: INodeParameters) => [parameters, { ...parameters, ...changes }];

	it.each<[string, string, INodeParameters, INodeParameters, unknown]>([
		['order', 'orders/create', ORDER, { amount: '1490.11' }, ORDER_MODEL],
		['order of another number', 'orders/create', ORDER, { invoiceId: 'ORD-2' }, ORDER_MODEL],
		['charge', 'payments/tokens/charge', CHARGE, { invoiceId: 'ORD-1:2026-10' }, TRANSACTION],
		['refund', 'payments/refund', REFUND, { amount: '490.51' }, { TransactionId: 1 }],
		['confirmation', 'payments/confirm', { ...REFUND, operation: 'confirm' }, { amount: '1' }, null],
		['void', 'payments/void', { ...REFUND, operation: 'void' }, { transactionId: '2' }, null],
		['order to cancel', 'orders/cancel', { resource: 'order', operation: 'cancel', orderId: 'a' }, { orderId: 'b' }, null],
	])('is the same for the same %s and another for another', async (_name, path, parameters, changes, model) => {
		api.reply(path, success(model));
		const [one, other] = second(parameters, changes);
		const outputs = [await result(one!), await result(one!), await result(other!)];
		const [first, again, another] = requestIds();
		expect(first).toMatch(/^[a-z-]+-[0-9a-f]{32}$/);
		expect(again).toBe(first);
		expect(another).not.toBe(first);
		expect(outputs.map((output) => output?.requestId)).toEqual([first, again, another]);
	});

	it('of order numbers that are no ASCII is a header all the same', async () => {
		api.reply('orders/create', success(ORDER_MODEL));
		await result({ ...ORDER, invoiceId: 'Заказ № 1' });
		expect(requestIds()[0]).toMatch(/^order-[0-9a-f]{32}$/);
	});

	it('can be given', async () => {
		api.reply('payments/refund', success({ TransactionId: 1 }));
		expect(await result({ ...REFUND, requestId: ' second-refund ' })).toMatchObject({ requestId: 'second-refund' });
		expect(requestIds()).toEqual(['second-refund']);
	});

	it('is a new one for what can be done and undone', async () => {
		api.reply('subscriptions/cancel', success(null));
		const cancel = { resource: 'subscription', operation: 'cancel', subscriptionId: 'sc_1' };
		await result(cancel);
		await result(cancel);
		const [first, again] = requestIds();
		expect(first).toMatch(/^[0-9a-f-]{36}$/);
		expect(again).not.toBe(first);
	});
});

describe('Order', () => {
	it('Create gives a link, amounts as decimals only on the wire (CP2, CP5)', async () => {
		api.reply('orders/create', success(ORDER_MODEL));
		expect(await result({ ...ORDER, accountId: 'u-77', email: 'buyer@example.com' })).toEqual({
			orderId: 'f2K8',
			number: '61',
			paymentUrl: ORDER_MODEL.Url,
			orderRef: 'ORD-1',
			amountMinor: 149_010,
			currency: 'RUB',
			status: 'Created',
			requestId: expect.any(String),
		});
		expect(only().fields).toEqual({
			Amount: 1490.1,
			Currency: 'RUB',
			Description: 'Plan Pro',
			InvoiceId: 'ORD-1',
			AccountId: 'u-77',
			Email: 'buyer@example.com',
			RequireConfirmation: false,
			SendEmail: false,
			SendSms: false,
			SendViber: false,
		});
	});

	it('Create sends what is added, Data and receipt as one text (CP13)', async () => {
		api.reply('orders/create', success(ORDER_MODEL));
		await result({
			...ORDER,
			email: 'buyer@example.com',
			additionalFields: {
				data: '{"plan":"pro","cloudPayments":{"recurrent":{"period":30}}}',
				cultureName: 'en-US',
				requireConfirmation: true,
				sendBy: 'viber',
				phone: '+79990000001',
				subscriptionBehavior: 'CreateMonthly',
				successRedirectUrl: 'https://shop.example/ok',
				failRedirectUrl: 'https://shop.example/no',
				offerUri: 'https://shop.example/offer',
			},
			receiptItems: { item: [{ label: 'Plan Pro', price: '745.05', quantity: 2, vat: '20', method: 4, object: 4 }] },
			receiptDetails: { taxationSystem: 1 },
		});
		const { JsonData, ...fields } = only().fields;
		expect(fields).toMatchObject({
			CultureName: 'en-US',
			RequireConfirmation: true,
			SendEmail: false,
			SendSms: false,
			SendViber: true,
			Phone: '+79990000001',
			SubscriptionBehavior: 'CreateMonthly',
			SuccessRedirectUrl: 'https://shop.example/ok',
			FailRedirectUrl: 'https://shop.example/no',
			OfferUri: 'https://shop.example/offer',
		});
		expect(JSON.parse(JsonData as string)).toEqual({
			plan: 'pro',
			cloudPayments: {
				recurrent: { period: 30 },
				customerReceipt: {
					Items: [{ label: 'Plan Pro', price: 745.05, quantity: 2, amount: 1490.1, vat: 20, method: 4, object: 4 }],
					taxationSystem: 1,
					email: 'buyer@example.com',
				},
			},
		});
	});

	it.each<[INodeParameters, string]>([
		[{ invoiceId: ' ' }, 'Order Number is missing'],
		[{ description: '' }, 'Description is missing'],
		[{ amount: '' }, 'Amount must be more than zero'],
		[{ amount: '0' }, 'Amount must be more than zero'],
		[{ amount: '-5' }, 'Amount must be more than zero'],
		[{ amount: '1.001' }, 'Amount must be more than zero'],
		[{ additionalFields: { data: '[1]' } }, 'Data must be a JSON object'],
		[{ receiptItems: { item: [{ label: 'x', price: '1', quantity: 1 }] } }, 'The total of the receipt must be the amount'],
	])('Create asks CloudPayments nothing with %j', async (changes, message) => {
		expect((await failure({ ...ORDER, ...changes })).message).toContain(message);
		expect(api.requests).toEqual([]);
	});

	it('Create tells the reason of a refusal', async () => {
		api.reply('orders/create', refusal('Amount is required'));
		const error = await failure(ORDER);
		expect(error.message).toBe('CloudPayments refused: Amount is required');
		expect(error.description).toContain('Check the fields');
	});

	it('Create without a link is an error', async () => {
		api.reply('orders/create', success({ Id: 'f2K8', Url: 'not an address' }));
		expect((await failure(ORDER)).message).toBe('CloudPayments answered without a payment link');
	});

	it('Cancel takes the ID of the order', async () => {
		api.reply('orders/cancel', success(null));
		expect(await result({ resource: 'order', operation: 'cancel', orderId: 'f2K8' })).toMatchObject({
			canceled: true,
			orderId: 'f2K8',
		});
		expect(only().fields).toEqual({ Id: 'f2K8' });
	});
});

describe('Payment: Get, Find, Get Many', () => {
	const GET = { resource: 'payment', operation: 'get', transactionId: '2347811905' };
	const FIND = { resource: 'payment', operation: 'find', invoiceId: 'ORD-1' };
	const LIST = { resource: 'payment', operation: 'getAll', createdFrom: '2026-08-14', createdTo: '2026-08-15T00:00:00+03:00' };

	it('give a transaction, and the event its notification makes (CP2, CP14)', async () => {
		api.reply('payments/get', success(TRANSACTION));
		const transaction = await result(GET);
		expect(only().fields).toEqual({ TransactionId: 2347811905 });
		expect(transaction).toMatchObject({
			transactionId: '2347811905',
			type: 'payment',
			status: 'Completed',
			outcome: 'paid',
			paid: true,
			amountMinor: 149_000,
			currency: 'RUB',
			orderRef: 'ORD-1',
			accountId: 'u-77',
			cardToken: 'tk_invented',
			isTest: false,
			refunded: false,
			createdAt: '2026-08-14T09:30:00.000Z',
			confirmedAt: '2026-08-14T09:31:05.000Z',
			decline: null,
			event: {
				kind: 'paid',
				eventKey: 'transaction:2347811905:paid',
				occurredAt: '2026-08-14T09:31:05.000Z',
				raw: { Data: { plan: 'pro' } },
			},
		});
		expect(paymentEventSchema.safeParse(transaction?.event).success).toBe(true);
	});

	it.each<[object, object]>([
		[{ Status: 'Authorized' }, { outcome: 'authorized', paid: false, event: { kind: 'authorized' } }],
		[{ Status: 'Cancelled' }, { outcome: 'canceled', paid: false, event: { kind: 'canceled' } }],
		[
			{ Status: 'Declined', ReasonCode: 5051 },
			{ outcome: 'declined', paid: false, decline: { code: '5051', class: 'temporary' }, event: { kind: 'failed' } },
		],
		[{ Status: 'AwaitingAuthentication' }, { outcome: 'pending', paid: false, event: null }],
		[{ Status: 'Pending' }, { outcome: 'pending', paid: false, event: null }],
		[{ Status: null }, { outcome: 'pending', paid: false, event: null }],
		[{ SubscriptionId: 'sc_1' }, { paid: true, event: { kind: 'renewed' } }],
		[{ TestMode: true }, { isTest: true, event: { isTest: true } }],
		[{ Refunded: true }, { paid: true, refunded: true }],
		[
			{ Type: 1, OriginalTransactionId: 77 },
			{
				type: 'refund',
				paid: false,
				event: {
					kind: 'refunded',
					eventKey: 'transaction:2347811905:refunded',
					providerPaymentId: '77',
					refundId: '2347811905',
					amountMinor: 149_000,
					currency: 'RUB',
				},
			},
		],
		[
			{ Type: null, OriginalTransactionId: 77 },
			{ type: 'refund', paid: false, event: { providerPaymentId: '77', refundId: '2347811905' } },
		],
		[{ Type: 1 }, { type: 'refund', event: { providerPaymentId: null, refundId: '2347811905' } }],
		[{ Type: 1, OriginalTransactionId: 77, Status: 'Pending' }, { type: 'refund', event: null }],
		[{ Type: 1, OriginalTransactionId: 77, Status: 'Declined' }, { type: 'refund', event: null }],
		[{ Type: 2 }, { type: 'payout', paid: false, event: null }],
		[{ Amount: 'many' }, { paid: true, amountMinor: null, event: null }],
	])('read %j', async (changes, expected) => {
		api.reply('payments/get', success({ ...TRANSACTION, ...changes }));
		expect(await result(GET)).toMatchObject(expected);
	});

	it('give a refund the event of its notification, wherever it is looked up (CP10, CP14)', async () => {
		const refund = { ...TRANSACTION, TransactionId: 2347812777, Type: 1, OriginalTransactionId: 2347811905, Amount: 490 };
		api.reply('payments/get', success(refund));
		api.reply('v2/payments/find', success(refund));
		api.reply('v2/payments/list', success([TRANSACTION, refund]));
		const [paid, ...refunds] = [...(await run(LIST)), ...(await run(GET)), ...(await run(FIND))].map(
			({ json }) => json.event as IDataObject,
		);
		expect(paid).not.toHaveProperty('refundId');
		expect(refunds).toHaveLength(3);
		for (const event of refunds) {
			expect(event).toMatchObject({
				eventKey: 'transaction:2347812777:refunded',
				providerPaymentId: '2347811905',
				refundId: '2347812777',
				amountMinor: 49_000,
			});
			expect(paymentEventSchema.safeParse(event).success).toBe(true);
		}
	});

	it('do not take Success for paid: a declined one may come with false', async () => {
		api.reply('v2/payments/find', refusal(null, { ...TRANSACTION, Status: 'Declined', ReasonCode: 5005 }));
		expect(await result(FIND)).toMatchObject({ found: true, outcome: 'declined', decline: { class: 'hard' } });
		expect(only().fields).toEqual({ InvoiceId: 'ORD-1' });
	});

	it('Find answers that nothing is there', async () => {
		api.reply('v2/payments/find', refusal('Not found'));
		expect(await result(FIND)).toEqual({ found: false, orderRef: 'ORD-1' });
	});

	it('Find does not take another refusal for an empty answer', async () => {
		api.reply('v2/payments/find', refusal('Something else'));
		expect((await failure(FIND)).message).toBe('CloudPayments refused: Something else');
	});

	it('Get of an unknown transaction is an error', async () => {
		api.reply('payments/get', refusal('Not found'));
		const error = await failure(GET);
		expect(error.message).toBe('CloudPayments refused: Not found');
		expect(error.description).toContain('Check the ID');
	});

	it.each(['', 'ORD-1', '1.5', '-1', '99999999999999999'])('Get does not take the ID "%s"', async (transactionId) => {
		expect((await failure({ ...GET, transactionId })).message).toContain('Transaction ID must be a number');
		expect(api.requests).toEqual([]);
	});

	const pageOf = (size: number, from: number) =>
		Array.from({ length: size }, (_, index) => ({ ...TRANSACTION, TransactionId: from + index }));

	it('Get Many turns all pages until a short one (CP12, CP14)', async () => {
		const pages = [pageOf(100, 1), pageOf(100, 101), pageOf(3, 201)];
		api.reply('v2/payments/list', ({ fields }) => success(pages[(fields.PageNumber as number) - 1]));
		const items = await run({ ...LIST, returnAll: true, statuses: ['Completed', 'Cancelled'] });
		const numbers = Array.from({ length: 203 }, (_, index) => String(index + 1));
		expect(items.map(({ json }) => json.transactionId)).toEqual(numbers);
		expect(items.every(({ pairedItem }) => JSON.stringify(pairedItem) === '{"item":0}')).toBe(true);
		expect(api.requests.map(({ fields }) => fields)).toEqual(
			[1, 2, 3].map((PageNumber) => ({
				CreatedDateGte: '2026-08-14T00:00:00.000Z',
				CreatedDateLte: '2026-08-14T21:00:00.000Z',
				PageNumber,
				TimeZone: 'UTC',
				Statuses: ['Completed', 'Cancelled'],
			})),
		);
	});

	it('Get Many stops at the limit, and asks for no page more', async () => {
		api.reply('v2/payments/list', success(pageOf(100, 1)));
		expect(await run({ ...LIST, limit: 100 })).toHaveLength(100);
		expect(await run({ ...LIST, limit: 7 })).toHaveLength(7);
		expect(api.requests).toHaveLength(2);
		expect(api.requests[0]?.fields).not.toHaveProperty('Statuses');
	});

	it('Get Many of an empty time gives nothing', async () => {
		api.reply('v2/payments/list', success([]));
		expect(await run({ ...LIST, createdFrom: '2026-08-14 10:00', createdTo: '2026-08-14T10:00:00.000Z' })).toEqual([]);
		expect(only().fields).toMatchObject({ CreatedDateGte: '2026-08-14T10:00:00.000Z' });
	});

	it.each<[INodeParameters, string]>([
		[{ createdFrom: '' }, 'Created From must be a time'],
		[{ createdTo: 'tomorrow' }, 'Created To must be a time'],
		[{ createdFrom: '2026-13-14T00:00:00Z' }, 'Created From must be a time'],
		[{ createdFrom: '2026-08-14T10' }, 'Created From must be a time'],
		[{ createdFrom: '2026-08-16' }, 'must not be after'],
	])('Get Many refuses %j', async (changes, message) => {
		expect((await failure({ ...LIST, ...changes })).message).toContain(message);
		expect(api.requests).toEqual([]);
	});

	it.each<[unknown, string]>([
		[{}, 'a list of payments'],
		[[null], 'a transaction'],
	])('Get Many does not lose what it cannot read: %j', async (model, what) => {
		api.reply('v2/payments/list', success(model));
		expect((await failure(LIST)).message).toBe(`CloudPayments answered without ${what}`);
	});
});

describe('Payment: Charge Token (CP2, CP9)', () => {
	it('charges, and reads from the status whether it is paid', async () => {
		api.reply('payments/tokens/charge', success(TRANSACTION));
		const additionalFields = { description: 'Plan Pro', email: 'buyer@example.com', data: { plan: 'pro' } };
		expect(await result({ ...CHARGE, additionalFields })).toMatchObject({
			paid: true,
			outcome: 'paid',
			transactionId: '2347811905',
		});
		expect(only().fields).toEqual({
			Amount: 1490,
			Currency: 'RUB',
			AccountId: 'u-77',
			Token: 'tk_invented',
			InvoiceId: 'ORD-1:2026-09',
			TrInitiatorCode: 0,
			PaymentScheduled: 1,
			Description: 'Plan Pro',
			Email: 'buyer@example.com',
			JsonData: '{"plan":"pro"}',
		});
	});

	it.each<[string, object]>([
		['buyer', { TrInitiatorCode: 1 }],
		['shop', { TrInitiatorCode: 0, PaymentScheduled: 0 }],
	])('says who began: %s', async (initiator, fields) => {
		api.reply('payments/tokens/charge', success(TRANSACTION));
		await result({ ...CHARGE, initiator });
		expect(only().fields).toMatchObject(fields);
		expect('PaymentScheduled' in only().fields).toBe('PaymentScheduled' in fields);
	});

	it('in two stages only holds the money', async () => {
		api.reply('payments/tokens/auth', success({ ...TRANSACTION, Status: 'Authorized' }));
		const output = await result({ ...CHARGE, additionalFields: { requireConfirmation: true } });
		expect(output).toMatchObject({ paid: false, outcome: 'authorized' });
	});

	it('gives a refusal of the bank as a result, with the text for the buyer', async () => {
		const declined = {
			TransactionId: 5,
			Amount: 1490,
			Currency: 'RUB',
			ReasonCode: 5054,
			Status: 'Declined',
			CardHolderMessage: 'Карта просрочена',
		};
		api.reply('payments/tokens/charge', refusal(null, declined));
		expect(await result(CHARGE)).toMatchObject({
			paid: false,
			outcome: 'declined',
			transactionId: '5',
			decline: {
				code: '5054',
				class: 'soft',
				providerText: 'Карта просрочена',
				buyerText: { ru: 'Проверьте данные карты' },
			},
		});
	});

	it('gives a refusal without a status as a result too', async () => {
		api.reply('payments/tokens/charge', refusal(null, { TransactionId: 5, ReasonCode: 5051 }));
		expect(await result(CHARGE)).toMatchObject({ paid: false, outcome: 'declined', event: null });
	});

	it.each<[object, string]>([
		[{ TransactionId: 5, AcsUrl: 'https://bank.example', PaReq: 'x' }, 'threeDSecure'],
		[{ TransactionId: 5, AcsUrl: 'https://bank.example', Status: 'AwaitingAuthentication' }, 'threeDSecure'],
	])('is not paid while 3-D Secure is asked for: %j', async (model, outcome) => {
		api.reply('payments/tokens/charge', refusal(null, model));
		expect(await result(CHARGE)).toMatchObject({ paid: false, outcome, decline: null, event: null });
	});

	it('is not paid by Success alone', async () => {
		api.reply('payments/tokens/charge', success({ TransactionId: 5, ReasonCode: 0 }));
		expect(await result(CHARGE)).toMatchObject({ paid: false, outcome: 'pending' });
	});

	it('is an error when the request itself was refused', async () => {
		api.reply('payments/tokens/charge', refusal('Token is wrong', TRANSACTION));
		expect((await failure(CHARGE)).message).toBe('CloudPayments refused: Token is wrong');
	});

	it('is an error without a transaction', async () => {
		api.reply('payments/tokens/charge', success({}));
		expect((await failure(CHARGE)).message).toBe('CloudPayments answered without a transaction');
	});
});

describe('Payment: Confirm, Void, Refund, SBP', () => {
	it('Refund names the refund, and always sends an amount (CP2, CP10)', async () => {
		api.reply('payments/refund', success({ TransactionId: 2347812777 }));
		expect(await result(REFUND)).toEqual({
			accepted: true,
			refundTransactionId: '2347812777',
			transactionId: '2347811905',
			amountMinor: 49_050,
			requestId: expect.any(String),
		});
		expect(only().fields).toEqual({ TransactionId: 2347811905, Amount: 490.5 });
		expect((await failure({ ...REFUND, amount: '' })).message).toContain('Amount must be more than zero');
	});

	it('Refund tells why it was refused', async () => {
		const model = { ReasonCode: 5051, Reason: 'InsufficientFunds', CardHolderMessage: 'Недостаточно средств' };
		api.reply('payments/refund', refusal(null, model));
		const error = await failure(REFUND);
		expect(error.message).toBe('CloudPayments refused: InsufficientFunds (5051): Недостаточно средств');
		expect(error.description).toBe('There is not enough money on the card');
	});

	it('Refund refused without any reason says so', async () => {
		api.reply('payments/refund', refusal(null));
		expect((await failure(REFUND)).message).toBe('CloudPayments refused: no reason given');
	});

	it('Refund may carry a receipt (CP13)', async () => {
		api.reply('payments/refund', success({ TransactionId: 1 }));
		await result({ ...REFUND, receiptItems: { item: [{ label: 'Plan Pro', price: '490.50', quantity: 1 }] } });
		expect(JSON.parse(only().fields.JsonData as string)).toEqual({
			cloudPayments: {
				customerReceipt: {
					Items: [{ label: 'Plan Pro', price: 490.5, quantity: 1, amount: 490.5, vat: null, method: 4, object: 4 }],
				},
			},
		});
	});

	it('Confirm and Void have no model (CP13)', async () => {
		api.reply('payments/confirm', success(null));
		api.reply('payments/void', success(undefined));
		expect(await result({ ...REFUND, operation: 'confirm' })).toMatchObject({ confirmed: true, amountMinor: 49_050 });
		expect(await result({ ...REFUND, operation: 'void' })).toMatchObject({ voided: true, transactionId: '2347811905' });
		expect(api.requests.map(({ fields }) => fields)).toEqual([
			{ TransactionId: 2347811905, Amount: 490.5 },
			{ TransactionId: 2347811905 },
		]);
	});

	it('Create SBP Link gives the address (CP13)', async () => {
		api.reply('payments/qr/sbp/link', success({ QrUrl: 'https://qr.nspk.example/AS10', TransactionId: 9 }));
		const parameters = {
			resource: 'payment',
			operation: 'createSbpLink',
			invoiceId: 'ORD-1',
			amount: '990',
			additionalFields: { ttlMinutes: 60, isTest: true, accountId: 'u-77' },
		};
		expect(await result(parameters)).toMatchObject({
			paymentUrl: 'https://qr.nspk.example/AS10',
			transactionId: '9',
			orderRef: 'ORD-1',
			amountMinor: 99_000,
			currency: 'RUB',
		});
		expect(only().fields).toEqual({
			PublicId: PUBLIC_ID,
			Amount: 990,
			Currency: 'RUB',
			Scheme: 'charge',
			InvoiceId: 'ORD-1',
			AccountId: 'u-77',
			TtlMinutes: 60,
			IsTest: true,
		});
	});
});

describe('Subscription (CP9)', () => {
	const MODEL = {
		Id: 'sc_1',
		AccountId: 'u-77',
		Description: 'Plan Pro',
		Email: 'buyer@example.com',
		Amount: 1490,
		Currency: 'RUB',
		StartDateIso: '2026-09-10T09:31:05',
		Interval: 'Day',
		Period: 30,
		MaxPeriods: null,
		Status: 'Active',
		SuccessfulTransactionsNumber: 2,
		FailedTransactionsNumber: 0,
		LastTransactionDateIso: '2026-10-10T09:31:05',
		NextTransactionDateIso: '2026-11-09T09:31:05',
	};
	const CREATE: INodeParameters = {
		resource: 'subscription',
		operation: 'create',
		accountId: 'u-77',
		token: 'tk_invented',
		description: 'Plan Pro',
		amount: '1490',
		startAt: '2026-09-10T12:31:05+03:00',
	};
	const UPDATE: INodeParameters = {
		resource: 'subscription',
		operation: 'update',
		subscriptionId: 'sc_1',
		updateFields: { amount: '1990.50', startAt: '2026-12-01 00:00:00' },
	};

	it('Create charges every 30 days by default', async () => {
		api.reply('subscriptions/create', success(MODEL));
		expect(await result({ ...CREATE, additionalFields: { maxPeriods: 12 } })).toEqual({
			subscriptionId: 'sc_1',
			status: 'Active',
			renews: true,
			accountId: 'u-77',
			email: 'buyer@example.com',
			description: 'Plan Pro',
			amountMinor: 149_000,
			currency: 'RUB',
			interval: 'Day',
			period: 30,
			maxPeriods: null,
			successfulPayments: 2,
			failedPayments: 0,
			startsAt: '2026-09-10T09:31:05.000Z',
			lastPaymentAt: '2026-10-10T09:31:05.000Z',
			nextPaymentAt: '2026-11-09T09:31:05.000Z',
			requestId: expect.stringMatching(/^subscription-/),
		});
		expect(only().fields).toEqual({
			Token: 'tk_invented',
			AccountId: 'u-77',
			Description: 'Plan Pro',
			Amount: 1490,
			Currency: 'RUB',
			RequireConfirmation: false,
			StartDate: '2026-09-10T09:31:05.000Z',
			Interval: 'Day',
			Period: 30,
			MaxPeriods: 12,
		});
	});

	it('Create sends a receipt as an object', async () => {
		api.reply('subscriptions/create', success(MODEL));
		await result({ ...CREATE, receiptItems: { item: [{ label: 'Plan Pro', price: '1490', quantity: 1 }] } });
		expect(only().fields.CustomerReceipt).toMatchObject({ Items: [{ label: 'Plan Pro', amount: 1490 }] });
		const wrong = { ...CREATE, receiptItems: { item: [{ label: 'Plan Pro', price: '149', quantity: 1 }] } };
		expect((await failure(wrong)).message).toContain('The total of the receipt must be the amount');
	});

	it.each([
		['Active', true],
		['PastDue', true],
		['Rejected', false],
		['Cancelled', false],
		['Expired', false],
	])('Get reads the status %s: renews %s', async (Status, renews) => {
		api.reply('subscriptions/get', success({ ...MODEL, Status }));
		expect(await result({ resource: 'subscription', operation: 'get', subscriptionId: 'sc_1' })).toMatchObject({
			status: Status,
			renews,
		});
		expect(only().headers['x-request-id']).toBeUndefined();
	});

	it('Find gives one item per subscription, none when there is none', async () => {
		api.reply('subscriptions/find', success([MODEL, { ...MODEL, Id: 'sc_2', Status: 'Cancelled' }]), success([]));
		const find = { resource: 'subscription', operation: 'find', accountId: 'u-77' };
		expect((await run(find)).map(({ json }) => json.subscriptionId)).toEqual(['sc_1', 'sc_2']);
		expect(await run(find)).toEqual([]);
		expect(api.requests[0]?.fields).toEqual({ accountId: 'u-77' });
	});

	it('Update sends only what changes', async () => {
		api.reply('subscriptions/get', success(MODEL));
		api.reply('subscriptions/update', success({ ...MODEL, Amount: 1990.5 }));
		expect(await result(UPDATE)).toMatchObject({ amountMinor: 199_050 });
		expect(api.requests[1]?.fields).toEqual({
			Id: 'sc_1',
			Amount: 1990.5,
			Currency: 'RUB',
			StartDate: '2026-12-01T00:00:00.000Z',
		});
		expect(requestIds()).toEqual([undefined, expect.stringMatching(/^[0-9a-f-]{36}$/)]);
	});

	it.each(['Cancelled', 'Rejected', 'Expired'])('Update does not wake a subscription that is %s', async (Status) => {
		api.reply('subscriptions/get', success({ ...MODEL, Status }));
		api.reply('subscriptions/update', success(MODEL));
		const error = await failure(UPDATE);
		expect(error.message).toBe(`The subscription is ${Status}`);
		expect(error.description).toContain('charge the buyer again');
		expect(api.requests.map(({ path }) => path)).toEqual(['subscriptions/get']);
		expect(await result({ ...UPDATE, allowReactivation: true })).toMatchObject({ status: 'Active' });
	});

	it('Update without a change asks CloudPayments nothing', async () => {
		expect((await failure({ ...UPDATE, updateFields: {} })).message).toContain('Nothing to change');
		expect(api.requests).toEqual([]);
	});

	it('Cancel takes the ID of the subscription', async () => {
		api.reply('subscriptions/cancel', success(null));
		const cancel = { resource: 'subscription', operation: 'cancel', subscriptionId: 'sc_1' };
		expect(await result(cancel)).toMatchObject({ canceled: true, subscriptionId: 'sc_1' });
		expect(only().fields).toEqual({ Id: 'sc_1' });
	});
});

describe('Notification', () => {
	const OLD = {
		IsEnabled: true,
		Address: 'https://old.example/pay',
		HttpMethod: 'POST',
		Encoding: 'Windows1251',
		Format: 'CloudPayments',
	};
	const NONE = { IsEnabled: false, Address: null, HttpMethod: 'GET', Encoding: 'UTF8', Format: 'CloudPayments' };
	const REGISTER: INodeParameters = {
		resource: 'notification',
		operation: 'register',
		address: 'https://n8n.example/webhook/cp/',
		types: ['pay', 'fail'],
	};
	const updates = () => api.requests.filter(({ path }) => path.endsWith('/update')).map(({ path, fields }) => [path, fields]);

	it('Get shows the settings, also of Check', async () => {
		api.reply('site/notifications/check/get', success(OLD));
		expect(await result({ resource: 'notification', operation: 'get', type: 'check' })).toEqual({
			type: 'check',
			settings: {
				isEnabled: true,
				address: 'https://old.example/pay',
				httpMethod: 'POST',
				encoding: 'Windows1251',
				format: 'CloudPayments',
			},
		});
	});

	it('Register reads all old settings, sets all five values, and gives the old ones out', async () => {
		api.reply('site/notifications/pay/get', success(OLD));
		api.reply('site/notifications/fail/get', success(NONE));
		api.reply('site/notifications/pay/update', success(null));
		api.reply('site/notifications/fail/update', success(null));
		const items = await run(REGISTER);
		expect(api.requests.map(({ path }) => path)).toEqual([
			'site/notifications/pay/get',
			'site/notifications/fail/get',
			'site/notifications/pay/update',
			'site/notifications/fail/update',
		]);
		expect(updates()[0]).toEqual([
			'site/notifications/pay/update',
			{
				IsEnabled: true,
				Address: 'https://n8n.example/webhook/cp/pay',
				HttpMethod: 'POST',
				Encoding: 'UTF8',
				Format: 'CloudPayments',
			},
		]);
		expect(items.map(({ json }) => json)).toMatchObject([
			{ type: 'pay', changed: true, previous: { address: 'https://old.example/pay', encoding: 'Windows1251' } },
			{ type: 'fail', changed: true, previous: { isEnabled: false, address: null } },
		]);
		expect(new Set(requestIds().filter(Boolean)).size).toBe(2);
	});

	it('Register changes nothing that is right already', async () => {
		const right = { ...OLD, Address: 'https://n8n.example/webhook/cp/pay', Encoding: 'UTF8' };
		api.reply('site/notifications/pay/get', success(right));
		expect((await run({ ...REGISTER, types: ['pay'] })).map(({ json }) => json.changed)).toEqual([false]);
		expect(updates()).toEqual([]);
	});

	it('Register puts the old addresses back when one cannot be changed', async () => {
		api.reply('site/notifications/pay/get', success(OLD));
		api.reply('site/notifications/fail/get', success({ ...OLD, Address: 'https://old.example/fail' }));
		api.reply('site/notifications/pay/update', success(null));
		api.reply('site/notifications/fail/update', { status: 500, body: '' }, success(null));
		const error = await failure(REGISTER);
		expect(error.description).toBe('The old addresses are in place. See the message for the reason.');
		expect(updates().slice(2)).toEqual([
			['site/notifications/pay/update', OLD],
			['site/notifications/fail/update', { ...OLD, Address: 'https://old.example/fail' }],
		]);
	});

	it('Register names what it could not put back', async () => {
		api.reply('site/notifications/pay/get', success(OLD));
		api.reply('site/notifications/fail/get', success(NONE));
		api.reply('site/notifications/pay/update', success(null), refusal('No'));
		api.reply('site/notifications/fail/update', refusal('No'));
		expect((await failure(REGISTER)).description).toBe(
			'Set these by hand in the cabinet, they could not be put back: pay: https://old.example/pay, fail: none',
		);
	});

	it('Register changes nothing when it cannot read the old settings', async () => {
		api.reply('site/notifications/pay/get', success(OLD));
		api.reply('site/notifications/fail/get', refusal('No'));
		await failure(REGISTER);
		expect(updates()).toEqual([]);
	});

	it.each([
		'',
		'n8n.example',
		'http://n8n.example/webhook/cp',
		'https://n8n.example:5678/webhook/cp',
		'https://n8n.example/?a=1',
	])('Register does not take the address "%s"', async (address) => {
		expect((await failure({ ...REGISTER, address })).message).toContain('Address must be https');
		expect(api.requests).toEqual([]);
	});

	it('Register needs a type, and Check is none it can set', async () => {
		expect((await failure({ ...REGISTER, types: ['check'] })).message).toBe('No type of notification is chosen');
	});

	it('Restore puts back what Register gave out', async () => {
		api.reply('site/notifications/pay/update', success(null));
		const previous = {
			isEnabled: true,
			address: 'https://old.example/pay',
			httpMethod: 'POST',
			encoding: 'Windows1251',
			format: 'CloudPayments',
		};
		const restore = { resource: 'notification', operation: 'restore', type: 'pay', settings: previous };
		expect(await result(restore)).toEqual({ type: 'pay', restored: true, settings: previous });
		expect(only().fields).toEqual(OLD);
		expect((await failure({ ...restore, settings: '{"address":1}' })).message).toContain('the "previous" that Register gave');
		expect((await failure({ ...restore, type: 'check' })).message).toContain('Type must be one of');
	});
});

describe('Receipt (CP13)', () => {
	const CREATE: INodeParameters = {
		resource: 'receipt',
		operation: 'create',
		inn: '7700000000',
		invoiceId: 'ORD-1',
		receiptItems: { item: [{ label: 'Plan Pro', price: '1490', quantity: 1, vat: 'none', method: 4, object: 4 }] },
		receiptDetails: { email: 'buyer@example.com', taxationSystem: 2 },
	};

	it('Create queues a receipt', async () => {
		api.reply('kkt/receipt', { body: { Success: true, Message: 'Queued', Model: { Id: 'kkt-1', ErrorCode: 0 } } });
		expect(await result(CREATE)).toEqual({
			receiptId: 'kkt-1',
			status: 'Queued',
			orderRef: 'ORD-1',
			amountMinor: 149_000,
			requestId: expect.stringMatching(/^receipt-/),
		});
		expect(only().fields).toEqual({
			Inn: '7700000000',
			Type: 'Income',
			InvoiceId: 'ORD-1',
			CustomerReceipt: {
				Items: [{ label: 'Plan Pro', price: 1490, quantity: 1, amount: 1490, vat: null, method: 4, object: 4 }],
				taxationSystem: 2,
				email: 'buyer@example.com',
			},
		});
	});

	it.each<[INodeParameters, string]>([
		[{ receiptItems: {} }, 'A receipt needs at least one item'],
		[{ inn: '123' }, 'Seller INN must have 10 or 12 digits'],
		[{ invoiceId: '' }, 'Order Number is missing'],
	])('Create refuses %j', async (changes, message) => {
		expect((await failure({ ...CREATE, ...changes })).message).toContain(message);
		expect(api.requests).toEqual([]);
	});

	it('Get Status gives the word, Get the receipt', async () => {
		api.reply('kkt/receipt/status/get', success('Processed'));
		api.reply('kkt/receipt/get', success({ AdditionalData: { FiscalSign: '1' } }));
		const receiptId = 'kkt-1';
		const getStatus = { resource: 'receipt', operation: 'getStatus', receiptId };
		expect(await result(getStatus)).toEqual({ receiptId, status: 'Processed' });
		expect(await result({ resource: 'receipt', operation: 'get', receiptId })).toEqual({
			receiptId,
			receipt: { AdditionalData: { FiscalSign: '1' } },
		});
		api.reply('kkt/receipt/status/get', success({}));
		expect((await failure(getStatus)).message).toContain('the status');
	});
});

describe('Check: Answer (CP13)', () => {
	const event = { kind: 'check', amountMinor: 149_000, currency: 'RUB', isTest: false, raw: { AccountId: 'u-77' } };
	const order = { amount_minor: '149000', currency: 'RUB', status: 'pending', created_at: new Date().toISOString() };
	const answer = { resource: 'check', operation: 'answer' };

	async function codeOf(parameters: INodeParameters): Promise<[unknown, unknown]> {
		const node = new CloudPayments();
		const context = executeContext({
			node,
			parameters: { ...answer, ...parameters },
			credentials: credentials(),
			items: [{ json: { kept: 1 } }],
		});
		const [[item] = []] = await node.execute.call(context);
		const [response] = context.sentResponses;
		expect(context.sentResponses).toHaveLength(1);
		expect(response).toMatchObject({ statusCode: 200, headers: { 'content-type': 'application/json' } });
		expect(item?.json.kept).toBe(1);
		return [JSON.parse(String(response?.body)), item?.json];
	}

	it.each<[INodeParameters, number, string]>([
		[{ event, order }, 0, 'accepted'],
		[{ event: JSON.stringify(event), order: JSON.stringify(order) }, 0, 'accepted'],
		[{ event, order: '' }, 10, 'wrongOrder'],
		[{ event, order: 'null' }, 10, 'wrongOrder'],
		[{ event, order, options: { accountId: 'u-78' } }, 11, 'wrongAccount'],
		[{ event, order, options: { accountId: 'u-77' } }, 0, 'accepted'],
		[{ event: { ...event, amountMinor: 1 }, order }, 12, 'wrongAmount'],
		[{ event, order: { ...order, status: 'paid' } }, 13, 'notAcceptable'],
		[{ event: { ...event, isTest: true }, order }, 13, 'notAcceptable'],
		[{ event: { ...event, isTest: true }, order, options: { allowTest: true } }, 0, 'accepted'],
		[{ event, order: { ...order, created_at: '2020-01-01T00:00:00Z' } }, 0, 'accepted'],
		[{ event, order: { ...order, created_at: '2020-01-01T00:00:00Z' }, options: { validMinutes: 60 } }, 20, 'orderExpired'],
		[{ decision: 'accepted' }, 0, 'accepted'],
		[{ decision: 'orderExpired' }, 20, 'orderExpired'],
	] as Array<[INodeParameters, number, string]>)('%j: code %d', async (parameters, code, verdict) => {
		const [sent, json] = await codeOf(parameters);
		expect(sent).toEqual({ code });
		expect(json).toMatchObject({ check: { code, verdict }, accepted: code === 0 });
	});

	it.each<[INodeParameters, string]>([
		[{ event: { ...event, kind: 'paid' }, order }, 'must be the event of a Check'],
		[{ event: '', order }, 'must be the event of a Check'],
		[{ event, order: { status: 'pending' } }, 'Order must have amount_minor'],
		[{ event, order: '[]' }, 'Order must be a JSON object'],
	] as Array<[INodeParameters, string]>)('says nothing to CloudPayments with %j', async (parameters, message) => {
		const node = new CloudPayments();
		const context = executeContext({ node, parameters: { ...answer, ...parameters }, credentials: credentials() });
		await expect(node.execute.call(context)).rejects.toThrow(message);
		expect(context.sentResponses).toEqual([]);
	});
});

describe('items', () => {
	const inputs = (count: number) => Array.from({ length: count }, () => ({ json: {} }));
	const charges = (count: number) => inputs(count).map((_, item) => ({ ...CHARGE, invoiceId: String(item) }));

	it('have parameters of their own, and go on after a failure on demand', async () => {
		api.reply('payments/refund', ({ fields }) => (fields.TransactionId === 2 ? refusal('No') : success({ TransactionId: 9 })));
		const parameters = ['1', '2', '3'].map((transactionId) => ({ ...REFUND, transactionId }));
		const items = [{ json: {} }, { json: {} }, { json: {} }];
		const output = await run(parameters, { items, continueOnFail: true });
		expect(output.map(({ json, pairedItem }) => [json.transactionId ?? json.error, pairedItem])).toEqual([
			['1', { item: 0 }],
			['CloudPayments refused: No', { item: 1 }],
			['3', { item: 2 }],
		]);
		const error: unknown = await run(parameters, { items }).catch((thrown: unknown) => thrown);
		expect(error).toMatchObject({ context: { itemIndex: 1 } });
	});

	it.each<[unknown, number, number]>([
		[undefined, 5, 14],
		[3, 3, 14],
		['4', 4, 14],
		[1, 1, 4],
		[0, 5, 14],
		[-1, 5, 14],
		['many', 5, 14],
		[500, 30, 45],
	])('with %j Calls at Once go %d side by side, and come out in order', async (callsAtOnce, most, count) => {
		api.reply('payments/tokens/charge', async ({ fields }) => {
			await until(() => api.requests.length >= most);
			// Those that came first are answered last.
			await pause(20 + 5 * (count - Number(fields.InvoiceId)));
			return success({ ...TRANSACTION, InvoiceId: fields.InvoiceId });
		});
		const output = await run(charges(count), { items: inputs(count), credentials: credentials(callsAtOnce) });
		expect(output.map(({ json, pairedItem }) => [json.orderRef, pairedItem])).toEqual(
			Array.from({ length: count }, (_, item) => [String(item), { item }]),
		);
		expect(api.requests).toHaveLength(count);
		expect(api.peak()).toBe(most);
	});

	it('keep to a number that was changed, without a restart', async () => {
		api.reply('payments/tokens/charge', async ({ fields }) => {
			await pause(50);
			return success({ ...TRANSACTION, InvoiceId: fields.InvoiceId });
		});
		for (const callsAtOnce of [2, 4]) {
			await run(charges(9), { items: inputs(9), credentials: credentials(callsAtOnce) });
			expect(api.peak()).toBe(callsAtOnce);
		}
	});

	it('stay together when one gives several or none', async () => {
		const found: Record<string, string[]> = { a: ['sc_1', 'sc_2'], b: [], c: ['sc_3'] };
		api.reply('subscriptions/find', async ({ fields }) => {
			await pause(fields.accountId === 'a' ? 60 : 0);
			return success(found[fields.accountId as string]?.map((Id) => ({ Id, Status: 'Active' })));
		});
		const parameters = ['a', 'b', 'c'].map((accountId) => ({ resource: 'subscription', operation: 'find', accountId }));
		const output = await run(parameters, { items: inputs(3) });
		expect(output.map(({ json, pairedItem }) => [json.subscriptionId, pairedItem])).toEqual([
			['sc_1', { item: 0 }],
			['sc_2', { item: 0 }],
			['sc_3', { item: 2 }],
		]);
	});

	it('of equal mutations are sent one after the other: the second answer is the first one (CP2)', async () => {
		let underWay = 0;
		const seen: number[] = [];
		api.reply('payments/refund', async () => {
			seen.push(++underWay);
			await pause(50);
			underWay -= 1;
			return success({ TransactionId: 9 });
		});
		const output = await run(REFUND, { items: inputs(3) });
		expect(output).toHaveLength(3);
		expect(new Set(requestIds()).size).toBe(1);
		expect(seen).toEqual([1, 1, 1]);
	});

	it('wait for each other on 429, and none is lost', async () => {
		const charged = success({ ...TRANSACTION, InvoiceId: 'x' });
		api.reply('payments/tokens/charge', { status: 429, body: '' }, { status: 429, body: '' }, charged);
		const output = await run(charges(8), { items: inputs(8) });
		expect(output.map(({ json }) => json.paid)).toEqual(Array.from({ length: 8 }, () => true));
		expect(api.requests).toHaveLength(10);
		expect(new Set(requestIds()).size).toBe(8);
	});

	it('that are under way end before a failure is told, and no other is begun', async () => {
		let ended = 0;
		api.reply('payments/tokens/charge', async ({ fields }) => {
			await until(() => api.requests.length >= 3);
			if (fields.InvoiceId === '1') return refusal('No');
			await pause(200);
			ended += 1;
			return success(TRANSACTION);
		});
		const setup = { items: inputs(12), credentials: credentials(3) };
		const error: unknown = await run(charges(12), setup).catch((thrown: unknown) => thrown);
		expect(error).toBeInstanceOf(NodeApiError);
		expect(error).toMatchObject({ message: 'CloudPayments refused: No', context: { itemIndex: 1 } });
		expect(ended).toBe(2);
		await pause(100);
		expect(api.requests.map(({ fields }) => fields.InvoiceId).sort()).toEqual(['0', '1', '2']);
	});

	it('that fail together tell of the first of them in order', async () => {
		api.reply('payments/tokens/charge', async ({ fields }) => {
			await until(() => api.requests.length >= 3);
			await pause(fields.InvoiceId === '2' ? 0 : 100);
			return refusal(`No to ${String(fields.InvoiceId)}`);
		});
		const setup = { items: inputs(5), credentials: credentials(3) };
		const error: unknown = await run(charges(5), setup).catch((thrown: unknown) => thrown);
		expect(error).toMatchObject({ message: 'CloudPayments refused: No to 0', context: { itemIndex: 0 } });
		expect(api.requests).toHaveLength(3);
	});

	it('all get their turn on demand, each with its own failure', async () => {
		api.reply('payments/tokens/charge', async ({ fields }) => {
			await pause(10);
			const isOdd = Number(fields.InvoiceId) % 2 === 1;
			return isOdd ? refusal(`No to ${String(fields.InvoiceId)}`) : success({ ...TRANSACTION, InvoiceId: fields.InvoiceId });
		});
		const output = await run(charges(9), { items: inputs(9), continueOnFail: true });
		expect(output.map(({ json, pairedItem }) => [json.orderRef ?? json.error, pairedItem])).toEqual(
			Array.from({ length: 9 }, (_, item) => [
				item % 2 === 1 ? `CloudPayments refused: No to ${item}` : String(item),
				{ item },
			]),
		);
	});

	it('that are not there need nothing', async () => {
		expect(await run([], { items: [] })).toEqual([]);
		expect(api.requests).toEqual([]);
	});

	it('never go to an operation that does not exist', async () => {
		const error: unknown = await run([{ resource: 'order', operation: 'steal' }]).catch((thrown: unknown) => thrown);
		expect(error).toBeInstanceOf(NodeOperationError);
		expect(api.requests).toEqual([]);
	});

	it('can be stored by PostgreSQL whatever the buyer typed', async () => {
		api.reply('payments/get', success({ ...TRANSACTION, Description: 'a\u0000b' }));
		const get = { resource: 'payment', operation: 'get', transactionId: '1' };
		expect(await result(get)).toMatchObject({ description: 'ab', event: { raw: { Description: 'ab' } } });
	});
});
