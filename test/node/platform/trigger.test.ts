import { createHmac } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import axios, { type AxiosResponse } from 'axios';
import express from 'express';
import { NodeHelpers, webhookDescriptionIsNativelyResolvable, type ICredentialTestFunctions } from 'n8n-workflow';

import { PlatformPaymentTrigger } from '../../../nodes/PlatformPayment/PlatformPaymentTrigger.node';
import { webhookContext } from '../../support/nodeContext';
import { serveWebhook, type WebhookServer } from '../../support/webhookServer';
import { bodyWith, type CourseOrderFields } from '../../unit/platform/order';

const SECRET = 'platform-key-do-not-show';
const LEGACY = 'old-password-do-not-show';

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

const CREDENTIAL = { secret: SECRET, legacySecret: LEGACY };

async function start({ credential = CREDENTIAL, parameters = {}, respond }: Setup = {}): Promise<void> {
	server = await serveWebhook({
		node: new PlatformPaymentTrigger(),
		parameters: parameters as never,
		credentials: credential === null ? {} : { platformPaymentApi: credential },
		respond,
	});
}

async function post(body: string | Buffer, headers: Record<string, string | string[]>): Promise<AxiosResponse> {
	const response = await axios.post(server!.url, body, {
		headers: { 'content-type': 'application/json', ...headers } as never,
		validateStatus: () => true,
		transformRequest: (data: unknown) => data,
		proxy: false,
	});
	expect(JSON.stringify(response.data)).not.toContain('do-not-show');
	return response;
}

const signature = (body: string | Buffer, secret = SECRET) => createHmac('sha256', secret).update(body).digest('hex');

const send = (fields: CourseOrderFields = {}, headers: Record<string, string> = {}) => {
	const body = JSON.stringify(bodyWith(fields));
	return post(body, { 'X-Signature': signature(body), ...headers });
};

const answer = ({ status, data }: AxiosResponse): [number, unknown] => [status, data];

describe('a signed payment (PA1)', () => {
	it('starts the workflow with exactly one payment event, answered by the workflow', async () => {
		await start();
		expect(answer(await send())).toEqual([200, 'acknowledged']);
		expect(server!.executions).toEqual([
			[{ json: expect.objectContaining({ kind: 'paid', amountMinor: 349_050, eventKey: 'payment:pay-70011:paid' }) }],
		]);
	});

	it.each([
		['application/json; charset=utf-8', ''],
		['text/plain', ''],
		['application/octet-stream', ''],
		['application/json', '\ufeff'],
		['application/json', '\r\n  '],
	])('is verified over the bytes as they came: %s after %j', async (type, before) => {
		await start();
		const body = `${before}${JSON.stringify(bodyWith(), null, 2)}`;
		// n8n itself takes off the mark before it parses; the stand-in does not.
		const headers = { 'content-type': before === '\ufeff' ? 'text/plain' : type, 'X-Signature': signature(body) };
		expect((await post(body, headers)).status).toBe(200);
		expect(server!.executions).toHaveLength(1);
	});

	it('is refused when one byte was changed on the way', async () => {
		await start();
		const body = JSON.stringify(bodyWith());
		const changed = body.replace('2490.50', '2490.51');
		expect(answer(await post(changed, { 'X-Signature': signature(body) }))).toEqual([401, { error: 'Signature wrong' }]);
		expect(server!.executions).toEqual([]);
	});

	it('is answered at once on demand', async () => {
		await start({ respond: 'onReceived', parameters: { respond: 'onReceived' } });
		expect(answer(await send())).toEqual([200, { status: 'received' }]);
		expect(server!.executions).toHaveLength(1);
	});

	it('can be stored by PostgreSQL whatever the buyer typed', async () => {
		await start();
		await send({ user: { first_name: 'A\u0000\ud800', last_name: '' } });
		expect(server!.executions[0]?.[0]?.json.customer).toMatchObject({ name: 'A\uFFFD' });
	});
});

describe('what is not genuine (PA2: 401)', () => {
	it.each<[string, Record<string, string | string[]>]>([
		['no signature', {}],
		['an empty one', { 'X-Signature': '' }],
		['another key', { 'X-Signature': signature('{}', 'other') }],
		['two of them', { 'X-Signature': [signature('{}'), signature('{}')] }],
		['the legacy secret while it is off', { 'X-Webhook-Secret': LEGACY }],
	])('%s: 401 and nothing is started', async (_name, headers) => {
		await start();
		expect((await post('{}', headers)).status).toBe(401);
		expect(server!.executions).toEqual([]);
	});

	it('a multipart body cannot be verified', async () => {
		await start();
		const body = '--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--b--\r\n';
		const headers = { 'content-type': 'multipart/form-data; boundary=b', 'X-Signature': signature(body) };
		expect((await post(body, headers)).status).toBe(401);
	});

	it.each([
		['no credential', null],
		['an empty secret', { secret: '', legacySecret: LEGACY }],
		['a secret of spaces', { secret: '  ', legacySecret: LEGACY }],
	])('all of it with %s', async (_name, credential) => {
		await start({ credential, parameters: { options: { acceptLegacySecret: true } } });
		const body = JSON.stringify(bodyWith());
		const headers = { 'X-Signature': signature(body, ''), 'X-Webhook-Secret': LEGACY };
		expect(answer(await post(body, headers))).toEqual([401, { error: 'No secret is set' }]);
		expect(server!.executions).toEqual([]);
	});

	it('is told nothing about the body', async () => {
		await start();
		const response = await post('{"course_order":{}}', { 'X-Signature': '0'.repeat(64) });
		expect(answer(response)).toEqual([401, { error: 'Signature wrong' }]);
	});
});

describe('the legacy header (PA1)', () => {
	const options = { acceptLegacySecret: true };

	it('is good when it is switched on', async () => {
		await start({ parameters: { options } });
		expect((await post(JSON.stringify(bodyWith()), { 'X-Webhook-Secret': LEGACY })).status).toBe(200);
		expect((await post(JSON.stringify(bodyWith()), { 'X-Webhook-Secret': 'other' })).status).toBe(401);
		expect(server!.executions).toHaveLength(1);
	});

	it('is no good without a legacy secret in the credential', async () => {
		await start({ parameters: { options }, credential: { secret: SECRET } });
		expect((await post(JSON.stringify(bodyWith()), { 'X-Webhook-Secret': '' })).status).toBe(401);
	});
});

describe('genuine notifications', () => {
	it('over a megabyte are answered 413', async () => {
		await start();
		expect(answer(await send({ domain: 'x'.repeat(1_048_576) }))).toEqual([413, { error: 'Body over 1048576 bytes' }]);
		expect(server!.executions).toEqual([]);
	});

	it('that do not match are answered 422 with every field', async () => {
		await start();
		expect(answer(await send({ status: '', course_order_items: [{ cost: 'free' }] }))).toEqual([
			422,
			{ error: 'The body does not match', issues: [{ field: 'course_order.status', reason: 'is empty' }] },
		]);
		expect(answer(await send({ course_order_items: [{ cost: 'free' }] }))).toEqual([
			422,
			{
				error: 'The body does not match',
				issues: [{ field: 'course_order.course_order_items.0.cost', reason: 'is no amount in RUB' }],
			},
		]);
		expect(server!.executions).toEqual([]);
	});

	it.each<[string, string | Buffer]>([
		['no JSON', 'status=success'],
		['nothing', ''],
		['broken UTF-8', Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xc3]), Buffer.from('"}')])],
	])('of %s are answered 422', async (_name, body) => {
		await start();
		const headers = { 'content-type': 'text/plain', 'X-Signature': signature(body) };
		expect(answer(await post(body, headers))).toEqual([
			422,
			{
				error: 'The body does not match',
				issues: [{ field: 'body', reason: 'must be a JSON object in UTF-8' }],
			},
		]);
	});

	it('of great depth end in 422, not in a crash', async () => {
		await start();
		const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
		const body = JSON.stringify(bodyWith()).replace('"SPRING"', `"SPRING","deep":${deep}`);
		const headers = { 'content-type': 'text/plain', 'X-Signature': signature(body) };
		expect(answer(await post(body, headers))).toEqual([422, { error: 'The body cannot be read' }]);
	});

	it('nobody asked for are answered 202 skipped (PA2)', async () => {
		await start();
		expect(answer(await send({ status: 'pending' }))).toEqual([202, { status: 'skipped' }]);
		expect(server!.executions).toEqual([]);
	});

	it('start the workflow when their kind is chosen', async () => {
		await start({ parameters: { events: ['other'] } });
		expect((await send({ status: 'pending' })).status).toBe(200);
		expect((await send()).status).toBe(202);
		expect(server!.executions).toMatchObject([[{ json: { kind: 'other', reason: 'pending' } }]]);
	});

	it('follow the word lists and leave raw out on demand', async () => {
		const options = { paidStatuses: 'done, Оплачен', refundedStatuses: 'back', includeRaw: false };
		await start({ parameters: { options } });
		for (const status of ['done', 'оплачен', 'back', 'success']) await send({ status });
		expect(server!.executions.map(([item]) => item?.json.kind)).toEqual(['paid', 'paid', 'refunded']);
		expect(server!.executions[0]?.[0]?.json).not.toHaveProperty('raw');
	});
});

/** A request as n8n passes it on before it has read the body. */
async function request(webhookName: 'default' | 'setup', send: (url: string) => Promise<AxiosResponse>): Promise<unknown> {
	const node = new PlatformPaymentTrigger();
	const app = express().use(async (incoming, response) => {
		incoming.readRawBody = async () => {
			const chunks: Buffer[] = [];
			for await (const chunk of incoming) chunks.push(chunk as Buffer);
			incoming.rawBody = Buffer.concat(chunks);
		};
		const credentials = { platformPaymentApi: CREDENTIAL };
		const context = webhookContext({ node, request: incoming, response, webhookName, credentials });
		const result = await node.webhook.call(context);
		if (!result.noWebhookResponse) response.json(result);
	});
	const http = app.listen(0, '127.0.0.1');
	await new Promise((resolve) => http.once('listening', resolve));
	const { data } = await send(`http://127.0.0.1:${(http.address() as AddressInfo).port}/webhook/platform`);
	await new Promise((resolve) => http.close(resolve));
	return data;
}

describe('a body n8n has not read', () => {
	it('is read by the trigger', async () => {
		const body = JSON.stringify(bodyWith());
		const headers = { 'content-type': 'application/vnd.platform+json', 'X-Signature': signature(body) };
		const result = await request('default', async (url) => await axios.post(url, body, { headers, proxy: false }));
		expect(result).toMatchObject({ workflowData: [[{ json: { kind: 'paid' } }]] });
	});
});

describe('the health address (PA2)', () => {
	it('answers ok without an execution', async () => {
		const result = await request('setup', async (url) => await axios.get(url, { proxy: false }));
		expect(result).toEqual({ webhookResponse: { status: 'ok' } });
	});
});

describe('the description', () => {
	const node = new PlatformPaymentTrigger();

	it('has a POST for payments and a GET for health, on full paths', () => {
		expect(node.description.webhooks).toMatchObject([
			{
				name: 'default',
				httpMethod: 'POST',
				path: '={{$parameter["path"]}}',
				isFullPath: true,
				responseMode: '={{$parameter["respond"]}}',
				responseData: '',
			},
			{
				name: 'setup',
				httpMethod: 'GET',
				path: '={{$parameter["healthPath"]}}',
				isFullPath: true,
				responseMode: 'onReceived',
			},
		]);
	});

	it('is resolved without the expression engine, which would slow every notification down', () => {
		expect(node.description.webhooks?.map(webhookDescriptionIsNativelyResolvable)).toEqual([true, true]);
		expect(node.description.version).toBe(2);
	});

	it('takes no legacy secret and no other kinds by default', () => {
		const { properties } = node.description;
		const defaults = NodeHelpers.getNodeParameters(properties, {}, true, false, null, node.description);
		expect(defaults).toMatchObject({
			path: 'platform/payment',
			healthPath: 'platform/health',
			events: ['paid', 'refunded'],
			respond: 'responseNode',
			options: {},
		});
	});

	it('has nothing to register', async () => {
		const { checkExists, create, delete: remove } = node.webhookMethods.default;
		expect(await Promise.all([checkExists(), create(), remove()])).toEqual([true, true, true]);
	});

	it.each([
		[{ secret: SECRET }, 'OK'],
		[{ secret: ' ' }, 'Error'],
		[{ secret: SECRET, legacySecret: SECRET }, 'Error'],
		[undefined, 'Error'],
	])('tests the form of the credential %j: %s', async (data, status) => {
		const test = node.methods.credentialTest.platformPaymentFormatTest;
		const credential = { id: '1', name: 'Platform', type: 'platformPaymentApi', data };
		expect((await test.call({} as ICredentialTestFunctions, credential)).status).toBe(status);
	});
});
