import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parse } from 'node:querystring';
import { NodeApiError, NodeOperationError, type ICredentialTestFunctions, type INodeParameters } from 'n8n-workflow';

import { parseBody } from '../../../nodes/Prodamus/body';
import { Prodamus } from '../../../nodes/Prodamus/Prodamus.node';
import { verify } from '../../../nodes/Prodamus/signature';
import { runNode, type ExecuteSetup } from '../../support/nodeContext';

const SECRET = 'page-key-do-not-show';

/** A payment page that keeps what it received and answers as it is told. */
interface Page {
	server: Server;
	url: string;
	requests: Array<{ method?: string; path: string; fields: Record<string, unknown>; isSigned: boolean; type?: string }>;
	answer: { status: number; body: string; type?: string; headers?: Record<string, string> };
}

let page: Page;

beforeEach(async () => {
	const requests: Page['requests'] = [];
	const server = createServer(async (request, response) => {
		let body = '';
		for await (const chunk of request) body += String(chunk);
		const url = new URL(request.url ?? '/', 'http://127.0.0.1');
		const { signature, ...fields } = parseBody(parse(body || url.search.slice(1)));
		const isSigned = verify(fields, signature, SECRET);
		requests.push({
			method: request.method,
			path: url.pathname,
			fields,
			isSigned,
			type: request.headers['content-type'],
		});
		const { status, body: text, type = 'text/html; charset=utf-8', headers } = page.answer;
		response.writeHead(status, { 'content-type': type, ...headers }).end(text);
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
	page = { server, url, requests, answer: { status: 200, body: 'success' } };
});

afterEach(() => new Promise((resolve) => page.server.close(resolve)));

async function run(parameters: INodeParameters | INodeParameters[], setup: Partial<ExecuteSetup> = {}) {
	const credentials = { prodamusApi: { pageUrl: page.url, secretKey: SECRET, webhookSecret: '', sys: '' } };
	const [output = []] = await runNode({ node: new Prodamus(), parameters, credentials, ...setup });
	return output;
}

async function failure(
	parameters: INodeParameters,
	setup?: Partial<ExecuteSetup>,
): Promise<NodeApiError | NodeOperationError> {
	const error: unknown = await run(parameters, setup).then(
		() => undefined,
		(thrown: unknown) => thrown,
	);
	if (!(error instanceof NodeApiError || error instanceof NodeOperationError))
		throw new Error(`Not a node error: ${String(error)}`);
	expect(JSON.stringify([error.message, error.description, error.messages, error])).not.toContain(SECRET);
	return error;
}

describe('Payment Link: Create', () => {
	const LINK: INodeParameters = {
		resource: 'paymentLink',
		operation: 'create',
		orderId: 'ord-1',
		items: { item: [{ name: 'Разбор', price: '500.5', quantity: 2 }] },
		customerPhone: '8 999 000 00 01',
		customerEmail: 'buyer@example.com',
	};

	it('PC1 PC2 PC3 makes a signed direct link without asking Prodamus', async () => {
		const [item] = await run(LINK);
		const { signature, ...fields } = parseBody(parse(new URL(item?.json.paymentUrl as string).search.slice(1)));
		expect(item).toEqual({
			json: {
				paymentUrl: expect.stringContaining(`${page.url}?do=pay&order_id=ord-1&`),
				orderRef: 'ord-1',
				amountMinor: 100_100,
				currency: 'RUB',
				instantPayment: true,
			},
			pairedItem: { item: 0 },
		});
		expect(verify(fields, signature, SECRET)).toBe(true);
		expect(fields).toEqual({
			do: 'pay',
			order_id: 'ord-1',
			products: [{ name: 'Разбор', price: '500.50', quantity: '2' }],
			currency: 'rub',
			customer_phone: '+79990000001',
			customer_email: 'buyer@example.com',
			payments_limit: '1',
		});
		expect(page.requests).toEqual([]);
	});

	it('PC3 with an email alone is not instant', async () => {
		const [item] = await run({ ...LINK, customerPhone: '' });
		expect(item?.json.instantPayment).toBe(false);
	});

	it('passes every additional field on', async () => {
		const started = Date.now();
		const [item] = await run({
			...LINK,
			paymentsLimit: 0,
			additionalFields: {
				availablePaymentMethods: 'AC, SBP',
				params: { pair: [{ name: 'tg_id', value: '42' }] },
				utm: { pair: [{ name: 'source', value: 'mail' }] },
				customerExtra: 'note',
				demoMode: true,
				discount: '0.50',
				expiresAfterMinutes: 60,
				installmentsDisabled: true,
				jsonNotifications: true,
				paymentMethod: 'SBP',
				urlReturn: 'https://example.com/back',
				urlSuccess: 'https://example.com/done',
				paidContent: 'Thanks',
			},
		});
		const fields = parseBody(parse(new URL(item?.json.paymentUrl as string).search.slice(1)));
		expect(item?.json.amountMinor).toBe(100_050);
		expect(fields).toMatchObject({
			available_payment_methods: 'AC|SBP',
			_param_tg_id: '42',
			utm_source: 'mail',
			customer_extra: 'note',
			demo_mode: '1',
			discount_value: '0.50',
			installments_disabled: '1',
			callbackType: 'json',
			payment_method: 'SBP',
			urlReturn: 'https://example.com/back',
			urlSuccess: 'https://example.com/done',
			paid_content: 'Thanks',
		});
		expect(fields).not.toHaveProperty('payments_limit');
		const expires = Date.parse(`${(fields.link_expired as string).replace(' ', 'T')}:00+03:00`);
		expect(Math.abs(expires - started - 3_600_000)).toBeLessThanOrEqual(61_000);
	});

	it('sells a subscription, whose amount only the page knows', async () => {
		const [item] = await run({
			...LINK,
			sell: 'subscription',
			planId: '593600',
			additionalFields: { startsAt: '2026-05-01 12:00', trialDays: 3, maxRenewals: 12 },
		});
		expect(item?.json).toMatchObject({ amountMinor: null, currency: 'RUB' });
		expect(parseBody(parse(new URL(item?.json.paymentUrl as string).search.slice(1)))).toMatchObject({
			subscription: '593600',
			subscription_date_start: '2026-05-01 12:00',
			subscription_demo_period: '3',
			subscription_limit_autopayments: '12',
		});
	});

	it('sends the integration code, which a notification URL needs', async () => {
		const additionalFields = { urlNotification: 'https://example.com/hook' };
		expect((await failure({ ...LINK, additionalFields })).message).toMatch(/sys/);
		const prodamusApi = { pageUrl: page.url, secretKey: SECRET, sys: 'code' };
		const [item] = await run({ ...LINK, additionalFields }, { credentials: { prodamusApi } });
		expect(item?.json.paymentUrl).toContain('sys=code');
	});

	it.each([
		['a text answer', ' https://payform.example/abc/ \n', 'text/html'],
		['a JSON answer', '{"payment_link":"https://payform.example/abc/"}', 'application/json'],
	])('fetches a short link from %s, unsigned', async (_name, body, type) => {
		page.answer = { status: 200, body, type };
		const [item] = await run({ ...LINK, mode: 'link' });
		expect(item?.json).toMatchObject({ paymentUrl: 'https://payform.example/abc/', amountMinor: 100_100 });
		expect(page.requests).toEqual([
			expect.objectContaining({
				method: 'GET',
				path: '/',
				isSigned: false,
				fields: expect.objectContaining({ do: 'link' }),
			}),
		]);
	});

	it('signs the request for a short link on request', async () => {
		page.answer = { status: 200, body: 'https://payform.example/abc/' };
		await run({ ...LINK, mode: 'link', signRequest: true });
		expect(page.requests[0]?.isSigned).toBe(true);
	});

	it.each([
		['a Russian refusal', 200, 'Ошибка: товар не найден', 'Prodamus refused: Ошибка: товар не найден'],
		[
			'a page',
			200,
			'<html><style>a{}</style><body><h1>Вход</h1> http://x.example</body></html>',
			'Prodamus refused: Вход http://x.example',
		],
		['nothing', 200, '', 'Prodamus refused: an answer without text'],
		['a script for an address', 200, 'javascript:alert(1)', 'Prodamus refused: javascript:alert(1)'],
		[
			'a link with an error status',
			500,
			'https://payform.example/abc/',
			'Prodamus refused: https://payform.example/abc/',
		],
		['JSON without a link', 200, '{"error":"нет"}', 'Prodamus refused: {"error":"нет"}'],
	])('shows %s to the user', async (_name, status, body, message) => {
		page.answer = { status, body };
		const error = await failure({ ...LINK, mode: 'link' });
		expect(error).toBeInstanceOf(NodeApiError);
		expect(error.message).toBe(message);
		expect(error.context.itemIndex).toBe(0);
		expect((error as NodeApiError).httpCode).toBe(String(status));
	});

	it('cuts a long answer', async () => {
		page.answer = { status: 200, body: 'ы'.repeat(100_000) };
		expect((await failure({ ...LINK, mode: 'link' })).message.length).toBeLessThan(400);
	});

	it.each<[string, INodeParameters, RegExp]>([
		['a bad price', { items: { item: [{ name: 'A', price: 'x', quantity: 1 }] } }, /price/],
		['no items', { items: {} }, /item/],
		['no order number', { orderId: '' }, /order number/],
		['a bad phone', { customerPhone: '12' }, /phone/],
		[
			'a dot in a parameter name',
			{ additionalFields: { params: { pair: [{ name: 'a.b', value: '1' }] } } },
			/_param_a\.b/,
		],
	])('explains %s', async (_name, change, message) => {
		const error = await failure({ ...LINK, ...change });
		expect(error).toBeInstanceOf(NodeOperationError);
		expect(error.message).toMatch(message);
		expect(error.context.itemIndex).toBe(0);
	});

	it('explains a credential without a key or with a bad page', async () => {
		const withCredential = (prodamusApi: Record<string, string>) => failure(LINK, { credentials: { prodamusApi } });
		expect((await withCredential({ pageUrl: page.url, secretKey: ' ' })).message).toMatch(/no secret key/);
		expect((await withCredential({ pageUrl: 'shop', secretKey: SECRET })).message).toMatch(/payment page URL/);
	});

	it('goes on after a failed item when told to, each result paired with its item', async () => {
		const parameters = [LINK, { ...LINK, orderId: '' }, { ...LINK, orderId: 'ord-3' }];
		const items = [{ json: {} }, { json: {} }, { json: {} }];
		const output = await run(parameters, { items, continueOnFail: true });
		expect(output.map(({ json, pairedItem }) => [json.orderRef ?? json.error, pairedItem])).toEqual([
			['ord-1', { item: 0 }],
			['The order number is missing', { item: 1 }],
			['ord-3', { item: 2 }],
		]);
	});

	it('names the item that failed', async () => {
		const attempt = run([LINK, { ...LINK, orderId: '' }], { items: [{ json: {} }, { json: {} }] });
		await expect(attempt).rejects.toMatchObject({ context: { itemIndex: 1 } });
	});
});

describe('Subscription', () => {
	const WHO: INodeParameters = { resource: 'subscription', subscriptionId: '593600', subscriber: '1209736' };

	it.each<[string, INodeParameters, string, object, object]>([
		[
			'Set Activity pauses for the manager',
			{ operation: 'setActivity' },
			'/rest/setActivity/',
			{ subscription: '593600', profile: '1209736', active_manager: '0' },
			{ active: false },
		],
		[
			'Set Activity resumes by Telegram id',
			{ operation: 'setActivity', identifyBy: 'tg_user_id', actor: 'active_user', active: true },
			'/rest/setActivity/',
			{ subscription: '593600', tg_user_id: '1209736', active_user: '1' },
			{ active: true },
		],
		[
			'Set Next Payment Date',
			{ operation: 'setNextPaymentDate', nextPaymentAt: '2026-05-01T09:00:00Z' },
			'/rest/setSubscriptionPaymentDate/',
			{ subscription: '593600', auth_type: 'profile', profile: '1209736', date: '2026-05-01 12:00' },
			{ nextPaymentAtMoscow: '2026-05-01 12:00' },
		],
		[
			'Set Discount',
			{ operation: 'setDiscount', identifyBy: 'vk_user_id', discount: '99.5', payments: 3 },
			'/rest/setSubscriptionDiscount/',
			{ subscription: '593600', auth_type: 'vk_user_id', vk_user_id: '1209736', discount_value: '99.50', num: '3' },
			{ discountMinor: 9950, payments: 3 },
		],
	])('PC9 %s sends a signed form', async (_name, parameters, path, fields, result) => {
		const [item] = await run({ ...WHO, ...parameters });
		expect(page.requests).toEqual([
			{ method: 'POST', path, fields, isSigned: true, type: 'application/x-www-form-urlencoded' },
		]);
		expect(item).toEqual({
			json: expect.objectContaining({ success: true, subscriptionId: '593600', ...result }),
			pairedItem: { item: 0 },
		});
	});

	it.each([
		['an ended subscription', 400, 'subscription {593600} completed, data modification is prohibited', /has ended/],
		['a missing signature', 400, 'signature not found in request', /secret key/],
		['a wrong page', 404, '<h1>Not Found</h1>', /page URL/],
		['trouble at Prodamus', 503, 'busy', /later/],
		['another refusal', 400, 'нет такой подписки', /fields of this node/],
		['200 with other words', 200, 'error', /fields of this node/],
		['the right word with a wrong status', 202, 'success', /fields of this node/],
	])('tells what to do about %s', async (_name, status, body, advice) => {
		page.answer = { status, body };
		const error = await failure({ ...WHO, operation: 'setActivity' });
		expect(error).toBeInstanceOf(NodeApiError);
		expect(error.message).toContain('Prodamus refused: ');
		expect(error.description).toMatch(advice);
		expect((error as NodeApiError).httpCode).toBe(String(status));
		expect(page.requests).toHaveLength(1);
	});

	it('does not follow a redirect, which would lose the fields', async () => {
		page.answer = { status: 301, body: '', headers: { location: `${page.url}other/` } };
		expect((await failure({ ...WHO, operation: 'setActivity' })).description).toMatch(/redirects/);
		expect(page.requests).toHaveLength(1);
	});

	it('tells when nobody answers', async () => {
		const prodamusApi = { pageUrl: 'http://127.0.0.1:1/', secretKey: SECRET };
		const error = await failure({ ...WHO, operation: 'setActivity' }, { credentials: { prodamusApi } });
		expect(error).toBeInstanceOf(NodeApiError);
		expect(error.message).toMatch(/refused the connection/);
		expect(error.description).toMatch(/not known whether Prodamus got the request/);
	});

	it.each<[string, INodeParameters, RegExp]>([
		['a plan by name', { operation: 'setActivity', subscriptionId: 'club' }, /subscription ID/],
		['nobody', { operation: 'setActivity', subscriber: ' ' }, /subscriber/],
		['a date that is a word', { operation: 'setNextPaymentDate', nextPaymentAt: 'soon' }, /time/],
		['no discount', { operation: 'setDiscount', discount: '0' }, /discount/],
		['half a payment', { operation: 'setDiscount', discount: '1', payments: 0.5 }, /number of payments/],
	])('refuses %s before it asks Prodamus', async (_name, parameters, message) => {
		expect((await failure({ ...WHO, ...parameters })).message).toMatch(message);
		expect(page.requests).toEqual([]);
	});
});

describe('the credential test', () => {
	const test = (data: Record<string, string>) =>
		new Prodamus().methods.credentialTest.prodamusFormatTest.call({} as ICredentialTestFunctions, {
			id: '1',
			name: 'Prodamus',
			type: 'prodamusApi',
			data,
		});

	it('says honestly that a key cannot be checked', async () => {
		expect(await test({ pageUrl: 'https://shop.payform.example', secretKey: 'key' })).toEqual({
			status: 'OK',
			message: expect.stringContaining('no way to check a key'),
		});
	});

	it.each([
		[{ pageUrl: 'shop', secretKey: 'key' }, /payment page URL/],
		[{ pageUrl: 'https://shop.payform.example', secretKey: ' ' }, /secret key is empty/],
		[{}, /payment page URL/],
	])('finds what is wrong with %j', async (data, message) => {
		expect(await test(data)).toEqual({ status: 'Error', message: expect.stringMatching(message) });
		expect(page.requests).toEqual([]);
	});
});
