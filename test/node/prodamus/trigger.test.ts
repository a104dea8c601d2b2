import { createHmac } from 'node:crypto';
import axios, { type AxiosResponse } from 'axios';
import { webhookDescriptionIsNativelyResolvable } from 'n8n-workflow';

import { phpText } from '../../../nodes/Prodamus/phpText';
import { ProdamusTrigger } from '../../../nodes/Prodamus/ProdamusTrigger.node';
import { canonicalJson, sign } from '../../../nodes/Prodamus/signature';
import { encodeForm, flattenForm, type FormTree } from '../../../nodes/shared/formTree';
import { serveWebhook, type WebhookServer } from '../../support/webhookServer';
import { prodamusVectors } from '../../unit/prodamus/vectors';

const SECRET = 'page-key';
const WEBHOOK_SECRET = 'webhook-key';
const PAYMENT: FormTree = {
	date: '2026-03-14T09:26:53+03:00',
	order_id: '48211907',
	order_num: 'shop-1042',
	sum: '1000.00',
	customer_phone: '+79990000001',
	products: [{ name: 'Разбор / чакры', price: '1000.00', quantity: '1', sum: '1000.00' }],
	payment_status: 'success',
};

let server: WebhookServer;
afterEach(async () => {
	expect(server.thrown).toEqual([]);
	await server.close();
});

interface Setup {
	credential?: Record<string, string> | null;
	parameters?: Record<string, unknown>;
	respond?: 'responseNode' | 'onReceived';
}

async function start({ credential = { secretKey: SECRET }, parameters = {}, respond }: Setup = {}): Promise<void> {
	server = await serveWebhook({
		node: new ProdamusTrigger(),
		parameters: parameters as never,
		credentials: credential === null ? {} : { prodamusApi: { pageUrl: 'https://shop.payform.example/', ...credential } },
		respond,
	});
}

async function post(body: unknown, headers: Record<string, string | string[]>): Promise<AxiosResponse> {
	return await axios.post(server.url, body, { headers: headers as never, validateStatus: () => true, proxy: false });
}

type Sender = (fields: FormTree, signature?: string) => Promise<AxiosResponse>;

const urlencoded: Sender = (fields, signature = sign(fields, SECRET)) =>
	post(encodeForm(flattenForm(fields, phpText)), {
		'content-type': 'application/x-www-form-urlencoded',
		Sign: signature,
	});

const json: Sender = (fields, signature = sign(fields, SECRET)) =>
	post(JSON.stringify(fields), { 'content-type': 'application/json', Sign: signature });

/** By hand, as curl does: FormData would turn a line feed into CRLF. */
const multipart: Sender = (fields, signature = sign(fields, SECRET)) => {
	const boundary = '------------------------d74496d66958873e';
	const parts = flattenForm(fields, phpText).map(
		([name, text]) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${text}\r\n`,
	);
	const headers = { 'content-type': `multipart/form-data; boundary=${boundary}`, Sign: signature };
	return post(`${parts.join('')}--${boundary}--\r\n`, headers);
};

const senders: Array<[string, Sender]> = [
	['urlencoded', urlencoded],
	['JSON', json],
	['multipart', multipart],
];

describe.each(senders)('%s notifications', (_name, send) => {
	it('PC5 start the workflow with exactly one payment event', async () => {
		await start();
		const response = await send(PAYMENT);
		expect([response.status, response.data]).toEqual([200, 'acknowledged']);
		expect(server.executions).toEqual([
			[
				{
					json: expect.objectContaining({
						kind: 'paid',
						orderRef: 'shop-1042',
						amountMinor: 100_000,
						isTest: false,
						raw: PAYMENT,
					}),
				},
			],
		]);
	});

	it('PC7 with a changed sum are answered 401 and start nothing', async () => {
		await start();
		const response = await send({ ...PAYMENT, sum: '1.00' }, sign(PAYMENT, SECRET));
		expect([response.status, response.data]).toEqual([401, { error: 'Signature missing or wrong' }]);
		expect(server.executions).toEqual([]);
	});

	it.each(prodamusVectors)('verify the vector $name', async ({ secret, data, flat, sign: signature }) => {
		await start({ credential: { secretKey: secret }, parameters: { events: ['paid', 'renewed', 'other'] } });
		const response = await send((send === json ? data : flat) as FormTree, signature);
		// 422: the signature is right, and the vector is no complete notification.
		expect([200, 422]).toContain(response.status);
		expect(
			(
				await send(
					data as FormTree,
					signature.replace(/.$/, (last) => (last === '0' ? '1' : '0')),
				)
			).status,
		).toBe(401);
	});
});

describe('signatures', () => {
	it('may come in the body instead of the header', async () => {
		await start();
		for (const name of ['sign', 'signature']) {
			const fields = { ...PAYMENT, [name]: sign(PAYMENT, SECRET) };
			const body = encodeForm(flattenForm(fields, phpText));
			expect((await post(body, { 'content-type': 'application/x-www-form-urlencoded' })).status).toBe(200);
		}
		expect(server.executions).toHaveLength(2);
		expect(server.executions[0]?.[0]?.json.raw).toEqual(PAYMENT);
	});

	it.each([
		['the page key', SECRET, false],
		['the webhook key', WEBHOOK_SECRET, false],
		['the page key of a page in test mode', `${SECRET}demo`, true],
		['the webhook key of a page in test mode', `${WEBHOOK_SECRET}demo`, true],
	])('of %s are good', async (_name, secret, isTest) => {
		await start({ credential: { secretKey: ` ${SECRET}\n`, webhookSecret: WEBHOOK_SECRET } });
		expect((await urlencoded(PAYMENT, sign(PAYMENT, secret))).status).toBe(200);
		expect(server.executions[0]?.[0]?.json.isTest).toBe(isTest);
	});

	it.each(['', 'demo', 'other'])('of the key "%s" are refused', async (secret) => {
		await start();
		const forged = createHmac('sha256', secret).update(canonicalJson(PAYMENT)).digest('hex');
		expect((await urlencoded(PAYMENT, forged)).status).toBe(401);
		expect(server.executions).toEqual([]);
	});

	it('missing, doubled, cut and odd ones are refused', async () => {
		await start();
		const good = sign(PAYMENT, SECRET);
		for (const signature of ['', 'x', good.slice(1), `${good}, ${good}`, `${good}\t0`, '0'.repeat(64)]) {
			expect((await urlencoded(PAYMENT, signature)).status).toBe(401);
		}
		const body = { ...PAYMENT, sign: [good] };
		expect((await post(JSON.stringify(body), { 'content-type': 'application/json' })).status).toBe(401);
		expect((await post('a=1', { 'content-type': 'application/x-www-form-urlencoded', Sign: [good, good] })).status).toBe(
			401,
		);
		expect(server.executions).toEqual([]);
	});

	it.each([
		['no credential', null],
		['an empty key', { secretKey: '' }],
		['a key of spaces', { secretKey: '  ' }],
	])('are never good with %s', async (_name, credential) => {
		await start({ credential });
		const empty = createHmac('sha256', '')
			.update(JSON.stringify({ a: '1' }))
			.digest('hex');
		const response = await post('{"a":"1"}', { 'content-type': 'application/json', Sign: empty });
		expect([response.status, response.data.error]).toEqual([401, expect.stringContaining('Secret Key')]);
		expect(server.executions).toEqual([]);
	});
});

describe('hostile bodies', () => {
	it.each<[string, string, string, number]>([
		['no body', 'application/x-www-form-urlencoded', '', 401],
		['an unknown type', 'application/octet-stream', 'abc', 401],
		['plain text', 'text/plain', 'sum=1', 401],
		['JSON null', 'application/json', 'null', 401],
		['a JSON list', 'application/json', '[1]', 401],
		['prototype keys', 'application/json', '{"__proto__":{"sum":"1"},"constructor":{"prototype":{"x":"1"}}}', 401],
		['deep nesting', 'application/json', `${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`, 413],
		[
			'10,000 JSON fields',
			'application/json',
			JSON.stringify(Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`k${i}`, '1']))),
			413,
		],
		[
			'10,000 form fields',
			'application/x-www-form-urlencoded',
			Array.from({ length: 10_000 }, (_, i) => `k${i}=1`).join('&'),
			401,
		],
		['more than a megabyte', 'application/json', JSON.stringify({ a: 'x'.repeat(1_100_000) }), 413],
		['null bytes', 'application/x-www-form-urlencoded', '%00=%00&sum=%00', 401],
		['lone surrogates', 'application/json', '{"sum":"\\ud800"}', 401],
	])('%s: refused without an execution', async (_name, type, body, status) => {
		await start();
		expect((await post(body, { 'content-type': type, Sign: '0'.repeat(64) })).status).toBe(status);
		expect(server.executions).toEqual([]);
		expect(({} as Record<string, unknown>).x).toBeUndefined();
	});

	it('a huge multipart body is refused', async () => {
		await start();
		expect((await multipart({ a: 'x'.repeat(1_100_000) }, '0'.repeat(64))).status).toBe(413);
	});
});

describe('genuine notifications', () => {
	it('PC7 nobody asked for are answered 200 success without an execution', async () => {
		await start({ parameters: { events: ['renewed'] } });
		const response = await urlencoded(PAYMENT);
		expect([response.status, response.data]).toEqual([200, 'success']);
		expect(server.executions).toEqual([]);
	});

	it('reminders are left by default', async () => {
		await start();
		const reminder = {
			...PAYMENT,
			payment_status: '',
			subscription: { notification_code: 'auto_payment_reminder', profile_id: '1' },
		};
		expect((await urlencoded(reminder)).data).toBe('success');
		expect(server.executions).toEqual([]);
	});

	it('PC9 renewals without payment_status start the workflow', async () => {
		const vector = prodamusVectors.find(({ name }) => name === 'subscription-auto-payment')!;
		await start({ credential: { secretKey: vector.secret } });
		await urlencoded(vector.data as FormTree, vector.sign);
		expect(server.executions[0]?.[0]?.json).toMatchObject({
			kind: 'renewed',
			eventKey: 'subscription:1209736:payment:2',
		});
	});

	it('PC7 that cannot be read are answered 422 with the field, so that Prodamus sends them again', async () => {
		await start();
		const response = await urlencoded({ ...PAYMENT, sum: 'many' });
		expect([response.status, response.data]).toEqual([422, { error: 'Prodamus field "sum": not an amount in RUB' }]);
		expect(server.executions).toEqual([]);
	});

	it('answered at once get the text success', async () => {
		await start({ respond: 'onReceived', parameters: { respond: 'onReceived' } });
		expect((await urlencoded(PAYMENT)).data).toBe('success');
		expect(server.executions).toHaveLength(1);
	});

	it('follow the options', async () => {
		const options = { includeRaw: false, orderParam: 'order', subscriptionDemoIsTest: false };
		await start({ parameters: { options } });
		await urlencoded({
			...PAYMENT,
			order_num: '',
			_param_order: 'ord-7',
			subscription: { profile_id: '1', demo: '1', payment_num: '1' },
		});
		const event = server.executions[0]?.[0]?.json;
		expect(event).toMatchObject({ orderRef: 'ord-7', isTest: false });
		expect(event).not.toHaveProperty('raw');
	});
});

describe('the description', () => {
	const { description, webhookMethods } = new ProdamusTrigger();

	it('answers at once without the text firstEntryJson, on the full path', async () => {
		await start();
		expect(description.webhooks).toMatchObject([
			{
				name: 'default',
				httpMethod: 'POST',
				path: '={{$parameter["path"]}}',
				isFullPath: true,
				responseMode: '={{$parameter["respond"]}}',
				responseData: '',
			},
		]);
	});

	it('is resolved without the expression engine, which would slow every notification down', async () => {
		await start();
		expect(description.webhooks?.map(webhookDescriptionIsNativelyResolvable)).toEqual([true]);
		// For version 1 n8n evaluates an expression of its own before the trigger sees the request.
		expect(description.version).toBe(2);
	});

	it('has nothing to register', async () => {
		await start();
		const { checkExists, create, delete: remove } = webhookMethods.default;
		expect(await Promise.all([checkExists(), create(), remove()])).toEqual([true, true, true]);
	});
});
