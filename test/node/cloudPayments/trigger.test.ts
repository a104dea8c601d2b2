import { createHmac } from 'node:crypto';
import axios, { type AxiosResponse } from 'axios';
import express from 'express';
import type { AddressInfo } from 'node:net';
import { webhookDescriptionIsNativelyResolvable, resolveWebhookDescriptionField, type INode } from 'n8n-workflow';

import { CloudPaymentsTrigger } from '../../../nodes/CloudPayments/CloudPaymentsTrigger.node';
import { NOTIFICATION_TYPES } from '../../../nodes/CloudPayments/event';
import { webhookContext } from '../../support/nodeContext';
import { serveWebhook, type WebhookServer } from '../../support/webhookServer';
import { cloudPaymentsVectors, vector } from '../../unit/cloudPayments/vectors';

const SECRET = 'api-secret-do-not-show';
const FORM = 'application/x-www-form-urlencoded';
const PAY = {
	TransactionId: '2347811905',
	Amount: '1490.00',
	Currency: 'RUB',
	DateTime: '2026-08-14 09:31:05',
	TestMode: '0',
	Status: 'Completed',
	InvoiceId: 'ORD-1',
	AccountId: 'u-77',
	Name: 'ИВАН ПЕТРОВ',
};

let server: WebhookServer | undefined;
afterEach(async () => {
	expect(server?.thrown ?? []).toEqual([]);
	await server?.close();
	server = undefined;
});

interface Setup {
	credential?: Record<string, string> | null;
	parameters?: Record<string, unknown>;
	respond?: 'responseNode' | 'onReceived';
}

async function start({ credential = { apiSecret: SECRET }, parameters = {}, respond }: Setup = {}): Promise<void> {
	server = await serveWebhook({
		node: new CloudPaymentsTrigger(),
		parameters: parameters as never,
		credentials: credential === null ? {} : { cloudPaymentsApi: { publicId: 'pk_test', ...credential } },
		respond,
	});
}

async function post(type: string, body: string, headers: Record<string, string>): Promise<AxiosResponse> {
	const response = await axios.post(`${server!.url}webhook/cloudpayments/${type}`, body, {
		headers,
		validateStatus: () => true,
		transformRequest: (data: unknown) => data,
		proxy: false,
	});
	expect(JSON.stringify(response.data)).not.toContain('do-not-show');
	return response;
}

const hmac = (body: string, secret = SECRET) => createHmac('sha256', secret).update(body).digest('base64');

const send = (type: string, fields: Record<string, string> = {}, headers: Record<string, string> = {}) => {
	const body = new URLSearchParams({ ...PAY, ...fields }).toString();
	return post(type, body, { 'content-type': FORM, 'Content-HMAC': hmac(body), ...headers });
};

const answer = ({ status, data }: AxiosResponse): [number, unknown] => [status, data];
const started = () => server!.executions.map(([item]) => item?.json);

describe('a genuine notification (CP2, CP6)', () => {
	it('starts the workflow with exactly one payment event, answered by the workflow', async () => {
		await start();
		expect(answer(await send('pay'))).toEqual([200, 'acknowledged']);
		expect(started()).toEqual([
			expect.objectContaining({
				kind: 'paid',
				amountMinor: 149_000,
				orderRef: 'ORD-1',
				customer: expect.objectContaining({ name: 'ИВАН ПЕТРОВ' }),
				raw: expect.objectContaining({ AccountId: 'u-77' }),
			}),
		]);
		expect(started()[0]).not.toHaveProperty('decline');
	});

	it.each([
		['check', {}, 'check'],
		['pay', { Status: 'Authorized' }, 'authorized'],
		['pay', { SubscriptionId: 'sc_1' }, 'renewed'],
		['fail', { Status: '' }, 'failed'],
		['confirm', {}, 'paid'],
		['refund', { PaymentTransactionId: '1', Currency: '' }, 'refunded'],
		['recurrent', { Id: 'sc_1', Status: 'Rejected' }, 'subscription_ended'],
		['cancel', { Currency: '' }, 'canceled'],
	])('is known by its address: %s %j is %s', async (type, fields, kind) => {
		await start();
		expect((await send(type, fields)).status).toBe(200);
		expect(started()).toMatchObject([{ kind }]);
	});

	it('tells of a refused charge what it means (CP11)', async () => {
		await start();
		await send('fail', { Reason: 'InsufficientFunds', ReasonCode: '5051' });
		await send('fail', { TransactionId: '2', CardHolderMessage: 'Позвоните в банк' });
		expect(started()).toMatchObject([
			{
				kind: 'failed',
				decline: {
					code: '5051',
					name: 'InsufficientFunds',
					class: 'temporary',
					providerText: null,
					buyerText: { ru: 'На карте не хватает денег' },
				},
			},
			{ kind: 'failed', decline: { code: '', name: null, class: null, providerText: 'Позвоните в банк' } },
		]);
	});

	it.each(cloudPaymentsVectors)('of the shared vectors: $name', async (example) => {
		const { rawBody, contentType, headers, secret, scheme, valid } = example;
		const events = ['authorized', 'canceled', 'check', 'failed', 'other', 'paid', 'refunded', 'renewed'];
		await start({ credential: { apiSecret: secret }, parameters: { events, options: { scheme } } });
		const type = example.name.split('-')[0]!.replace('legacy', 'pay');
		expect((await post(type, rawBody, { 'content-type': contentType, ...headers })).status).toBe(valid ? 200 : 401);
		expect(server!.executions).toHaveLength(valid ? 1 : 0);
	});

	it('without a time of its own happened when it came', async () => {
		await start({ parameters: { events: ['other'] } });
		const before = Date.now();
		await send('recurrent', { Id: 'sc_1', Status: 'Active', DateTime: '' });
		const { occurredAt } = started()[0] as { occurredAt: string };
		expect(Date.parse(occurredAt)).toBeGreaterThanOrEqual(before);
		expect(Date.parse(occurredAt)).toBeLessThanOrEqual(Date.now());
	});

	it('can be stored by PostgreSQL whatever the buyer typed', async () => {
		await start();
		await send('pay', { Name: 'A\u0000B' });
		expect(started()).toMatchObject([{ customer: { name: 'AB' }, raw: { Name: 'AB' } }]);
	});

	it('leaves raw out on demand', async () => {
		await start({ parameters: { options: { includeRaw: false } } });
		await send('pay');
		expect(started()[0]).not.toHaveProperty('raw');
	});
});

describe('what is not genuine', () => {
	const body = new URLSearchParams(PAY).toString();
	const decoded = decodeURIComponent(body.replaceAll('+', ' '));

	it.each<[string, Record<string, string>]>([
		['no signature', {}],
		['another key', { 'Content-HMAC': hmac(body, 'other') }],
		['the signature of the legacy scheme', { 'X-Signature': createHmac('sha256', SECRET).update('').digest('hex') }],
		['a right X-Content-HMAC beside a wrong Content-HMAC', { 'Content-HMAC': 'x', 'X-Content-HMAC': hmac(decoded) }],
	])('%s: 401 and nothing is started', async (_name, headers) => {
		await start();
		for (const type of NOTIFICATION_TYPES) {
			expect((await post(type, body, { 'content-type': FORM, ...headers })).status).toBe(401);
		}
		expect(server!.executions).toEqual([]);
	});

	it('a changed amount', async () => {
		await start();
		const headers = { 'content-type': FORM, 'Content-HMAC': hmac(body) };
		expect(answer(await post('pay', body.replace('1490.00', '1.00'), headers))).toEqual([
			401,
			{ error: 'Signature wrong' },
		]);
	});

	it.each([
		['no credential', null],
		['an empty secret', { apiSecret: '' }],
		['a secret of blanks', { apiSecret: ' ' }],
	])('all of it with %s', async (_name, credential) => {
		await start({ credential });
		const headers = { 'content-type': FORM, 'Content-HMAC': hmac(body, '') };
		expect(answer(await post('pay', body, headers))).toEqual([401, { error: 'No API secret is set' }]);
	});

	it('a multipart body', async () => {
		await start();
		const multipart = '--b\r\nContent-Disposition: form-data; name="Amount"\r\n\r\n1\r\n--b--\r\n';
		const headers = { 'content-type': 'multipart/form-data; boundary=b', 'Content-HMAC': hmac(multipart) };
		expect((await post('pay', multipart, headers)).status).toBe(401);
	});

	it('the real scheme while the legacy one is chosen', async () => {
		await start({ parameters: { options: { scheme: 'legacy' } } });
		expect((await send('pay')).status).toBe(401);
	});

	it('an address without a type', async () => {
		await start();
		expect((await send('receipt')).status).toBe(404);
		expect((await send('prepay')).status).toBe(404);
		expect(server!.executions).toEqual([]);
	});
});

describe('genuine but not wanted or not readable', () => {
	it('is answered code 0 when nobody asked for it, but a Check is declined with 13', async () => {
		await start({ parameters: { events: ['renewed'] } });
		expect(answer(await send('pay'))).toEqual([200, { code: 0 }]);
		expect(answer(await send('check'))).toEqual([200, { code: 13 }]);
		expect(server!.executions).toEqual([]);
	});

	it('other statuses are left by default', async () => {
		await start();
		expect(answer(await send('pay', { Status: 'Pending' }))).toEqual([200, { code: 0 }]);
		expect(answer(await send('recurrent', { Id: 'sc_1', Status: 'Active' }))).toEqual([200, { code: 0 }]);
	});

	it('is answered 422 with the field, so that it comes again', async () => {
		await start();
		expect(answer(await send('pay', { Amount: 'many' }))).toEqual([
			422,
			{ error: 'CloudPayments field "Amount": not an amount in RUB' },
		]);
		expect(answer(await send('pay', { Status: '' }))).toEqual([422, { error: 'CloudPayments field "Status": missing' }]);
		expect(server!.executions).toEqual([]);
	});

	it('is answered 413 when it is too large', async () => {
		await start();
		expect((await send('pay', { Description: 'x'.repeat(1_048_576) })).status).toBe(413);
		const many = Array.from({ length: 1001 }, (_, index) => `k${index}=1`).join('&');
		expect((await post('pay', many, { 'content-type': FORM, 'Content-HMAC': hmac(many) })).status).toBe(413);
	});

	it.each(['', 'null', '[]', '{"Amount":{}}', `{"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}`])(
		'as JSON %.20s never throws',
		async (body) => {
			await start();
			const headers = { 'content-type': 'application/json', 'Content-HMAC': hmac(body) };
			expect([413, 422]).toContain((await post('pay', body, headers)).status);
		},
	);
});

describe('the description', () => {
	const node = new CloudPaymentsTrigger();
	const webhooks = node.description.webhooks ?? [];
	const resolved = (parameters: INode['parameters'], field: string) =>
		webhooks.map((webhook) => {
			const resolution = resolveWebhookDescriptionField({ parameters } as INode, webhook, field);
			return resolution.resolved ? resolution.value : webhook[field as 'path'];
		});

	it('has a path per type below a common one', () => {
		expect(resolved({ path: 'shop/cp' }, 'path')).toEqual([
			'shop/cp/check',
			'shop/cp/pay',
			'shop/cp/fail',
			'shop/cp/confirm',
			'shop/cp/refund',
			'shop/cp/recurrent',
			'shop/cp/cancel',
		]);
		expect(webhooks.map(({ path }) => path)).toEqual(
			NOTIFICATION_TYPES.map((type) => `={{$parameter["path"]}}/${type}`),
		);
		for (const webhook of webhooks) {
			expect(webhook).toMatchObject({ name: 'default', httpMethod: 'POST', isFullPath: true, responseData: '' });
		}
	});

	it('lets the workflow answer a Check, however the rest is answered (CP13)', () => {
		const [check, ...others] = resolved({ respond: 'onReceived' }, 'responseMode');
		expect(check).toBe('responseNode');
		expect(new Set(others)).toEqual(new Set(['onReceived']));
	});

	it('is resolved without the expression engine, which would slow every notification down', () => {
		expect(webhooks.every(webhookDescriptionIsNativelyResolvable)).toBe(true);
		expect(node.description.version).toBe(2);
	});

	it('has nothing to register', async () => {
		const { checkExists, create, delete: remove } = node.webhookMethods.default;
		expect(await Promise.all([checkExists(), create(), remove()])).toEqual([true, true, true]);
	});

	it('answers code 0 at once on demand', async () => {
		await start({ respond: 'onReceived', parameters: { respond: 'onReceived' } });
		expect(answer(await send('pay'))).toEqual([200, { code: 0 }]);
		expect(server!.executions).toHaveLength(1);
	});
});

describe('a body n8n has not read', () => {
	it('is read by the trigger', async () => {
		const node = new CloudPaymentsTrigger();
		const app = express().use(async (request, response) => {
			request.readRawBody = async () => {
				const chunks: Buffer[] = [];
				for await (const chunk of request) chunks.push(chunk as Buffer);
				request.rawBody = Buffer.concat(chunks);
			};
			const credentials = { cloudPaymentsApi: { publicId: 'pk_test', apiSecret: SECRET } };
			const result = await node.webhook.call(webhookContext({ node, request, response, credentials }));
			if (!result.noWebhookResponse) response.json(result);
		});
		const http = app.listen(0, '127.0.0.1');
		await new Promise((resolve) => http.once('listening', resolve));
		const { rawBody } = vector('pay-form-both-headers');
		const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}/webhook/cloudpayments/pay`;
		const headers = { 'content-type': 'application/octet-stream', 'Content-HMAC': hmac(rawBody) };
		const { data } = await axios.post(url, rawBody, { headers, proxy: false });
		await new Promise((resolve) => http.close(resolve));
		expect(data).toMatchObject({ workflowData: [[{ json: { kind: 'paid' } }]] });
	});
});
