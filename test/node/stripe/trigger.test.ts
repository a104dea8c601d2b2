import axios, { type AxiosResponse } from 'axios';
import HmacSHA256 from 'crypto-js/hmac-sha256';
import {
	NodeApiError,
	webhookDescriptionIsNativelyResolvable,
	type IDataObject,
	type IHookFunctions,
	type INodeType,
	type IWebhookFunctions,
} from 'n8n-workflow';

import { eventTypesFor } from '../../../nodes/StripeCheckout/eventTypes';
import { StripeCheckoutTrigger } from '../../../nodes/StripeCheckout/StripeCheckoutTrigger.node';
import { paymentEventSchema, type PaymentEventKind } from '../../../nodes/shared/paymentEvent';
import { webhookContext, type NodeSetup } from '../../support/nodeContext';
import { serveWebhook, type WebhookServer } from '../../support/webhookServer';
import { CHARGE, DISPUTE, INVOICE, OLD_INVOICE, SESSION, stripeEvent, SUBSCRIPTION } from '../../unit/stripe/events';
import { stripeVectors } from '../../unit/stripe/vectors';
import { API_KEY, startFakeStripe, VERSION, type FakeStripe } from './fakeStripe';

const SECRET = 'whsec_fake_by_hand';
const OWN_SECRET = 'whsec_fake_registered';

let stripe: FakeStripe;
let server: WebhookServer | undefined;
let staticData: IDataObject;
let credentialReads: number;

beforeEach(async () => {
	stripe = await startFakeStripe();
	staticData = {};
	credentialReads = 0;
});
afterEach(async () => {
	expect(server?.thrown ?? []).toEqual([]);
	await server?.close();
	server = undefined;
	await stripe.close();
});

interface Setup {
	/** Null: nobody has chosen one. */
	credential?: Record<string, string> | null;
	parameters?: IDataObject;
	respond?: 'responseNode' | 'onReceived';
}

function nodeSetup({ credential = { webhookSecret: SECRET }, parameters = {} }: Setup): NodeSetup {
	const stripeCheckoutApi = { secretKey: API_KEY, apiUrl: stripe.url, ...credential };
	return {
		node: new StripeCheckoutTrigger(),
		parameters: parameters as never,
		credentials: credential === null ? {} : { stripeCheckoutApi },
	};
}

async function start(setup: Setup = {}): Promise<void> {
	const trigger = new StripeCheckoutTrigger();
	const withStaticData = (context: IWebhookFunctions) => {
		const { getCredentials } = context;
		return Object.assign(context, {
			getWorkflowStaticData: () => staticData,
			getCredentials: (type: string) => {
				credentialReads += 1;
				return getCredentials(type);
			},
		});
	};
	const node: INodeType = {
		description: trigger.description,
		async webhook(this: IWebhookFunctions) {
			return await trigger.webhook.call(withStaticData(this));
		},
	};
	server = await serveWebhook({ ...nodeSetup(setup), node, respond: setup.respond });
}

const executions = () => server?.executions ?? [];
const firstEvent = () => executions()[0]?.[0]?.json;

async function post(body: string, headers: Record<string, string>): Promise<AxiosResponse> {
	return await axios.post(server?.url ?? '', body, {
		headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
		transformRequest: (data: string) => data,
		validateStatus: () => true,
		proxy: false,
	});
}

/** Signed with another HMAC library than the product's. */
function signature(body: string, secret = SECRET, t = Math.floor(Date.now() / 1000)): string {
	return `t=${t},v1=${HmacSHA256(`${t}.${body}`, secret).toString()}`;
}

async function send(event: object, header?: string): Promise<AxiosResponse> {
	const body = JSON.stringify(event, null, 2);
	return await post(body, { 'stripe-signature': header ?? signature(body) });
}

const PAID = stripeEvent('checkout.session.completed', SESSION);

describe('signed events', () => {
	it('ST3 start the workflow with exactly one payment event', async () => {
		await start();
		const response = await send(PAID);
		expect([response.status, response.data]).toEqual([200, 'acknowledged']);
		expect(executions()).toEqual([
			[
				{
					json: expect.objectContaining({
						provider: 'stripe', kind: 'paid', orderRef: 'order-1', amountMinor: 4900, isTest: false, raw: PAID,
					}),
				},
			],
		]);
		expect(stripe.requests).toEqual([]);
	});

	it('answered at once get a body of their own', async () => {
		await start({ parameters: { respond: 'onReceived' }, respond: 'onReceived' });
		expect((await send(PAID)).data).toEqual({ received: true });
		expect(executions()).toHaveLength(1);
	});

	it('of live bytes with spaces, Cyrillic and escapes are verified as they came', async () => {
		await start();
		const body = `  ${JSON.stringify(PAID).replace('Olena', 'Олена \\u00dc / \\/')}\n`;
		expect((await post(body, { 'stripe-signature': signature(body) })).status).toBe(200);
		expect(firstEvent()).toMatchObject({ customer: { name: 'Олена Ü / /' } });
	});

	it.each([
		['the secret of the registered endpoint', OWN_SECRET],
		['the secret of the credential', SECRET],
	])('by %s are good', async (_name, secret) => {
		staticData = { endpointId: 'we_1', secret: OWN_SECRET };
		await start({ credential: { webhookSecret: ` ${SECRET}\n` } });
		const body = JSON.stringify(PAID);
		expect((await post(body, { 'stripe-signature': signature(body, secret) })).status).toBe(200);
		expect(executions()).toHaveLength(1);
	});

	it('by two v1 while the secret is rolled are good', async () => {
		await start();
		const body = JSON.stringify(PAID);
		const good = signature(body);
		const bad = good.replace(/v1=./, 'v1=x');
		for (const header of [`${good},${bad.replace(/^t=\d+,/, '')}`, `${bad},${good.replace(/^t=\d+,/, '')},v0=1`]) {
			expect((await post(body, { 'stripe-signature': header })).status).toBe(200);
		}
		expect(executions()).toHaveLength(2);
	});

	it.each(stripeVectors)('of the vector $name at its own time', async (vector) => {
		const { payload, header, secret, now, expected, toleranceSeconds } = vector;
		const options = { toleranceSeconds };
		await start({ credential: { webhookSecret: secret }, parameters: { events: ['paid', 'other'], options } });
		const clock = jest.spyOn(Date, 'now').mockReturnValue(now * 1000);
		try {
			const { status } = await post(payload, { 'stripe-signature': header });
			// 422: the signature is right, and the vector is no complete event.
			if (expected === 'valid') expect([200, 422]).toContain(status);
			else expect(status).toBe(401);
		} finally {
			clock.mockRestore();
		}
	});
});

describe('unsigned and forged events', () => {
	it.each<[string, (body: string) => string | undefined]>([
		['without a header', () => undefined],
		['with another secret', (body) => signature(body, 'whsec_fake_other')],
		['with the secret without its prefix', (body) => signature(body, SECRET.slice(6))],
		['with an empty secret', (body) => signature(body, '')],
		['with upper-case hex', (body) => signature(body).replace(/v1=(.*)/, (_all, hex: string) => `v1=${hex.toUpperCase()}`)],
		['with v0 only', (body) => signature(body).replace('v1', 'v0')],
		['signed 301 seconds ago', (body) => signature(body, SECRET, Math.floor(Date.now() / 1000) - 301)],
		['of another body', (body) => signature(`${body} `)],
		['that were written again', (body) => signature(JSON.stringify(JSON.parse(body), null, 2))],
	])('%s are refused', async (_name, header) => {
		await start();
		const body = JSON.stringify(PAID);
		const value = header(body);
		const response = await post(body, value === undefined ? {} : { 'stripe-signature': value });
		expect([response.status, typeof response.data.error]).toEqual([401, 'string']);
		expect(JSON.stringify(response.data)).not.toContain('whsec_fake');
		expect(executions()).toEqual([]);
	});

	it('the tolerance can be set', async () => {
		await start({ parameters: { options: { toleranceSeconds: 10 } } });
		const body = JSON.stringify(PAID);
		const old = signature(body, SECRET, Math.floor(Date.now() / 1000) - 12);
		expect((await post(body, { 'stripe-signature': old })).status).toBe(401);
	});

	it.each([
		['no credential', null],
		['no secret', { webhookSecret: '' }],
		['a secret of spaces', { webhookSecret: ' \n' }],
		['a bad API URL', { webhookSecret: SECRET, apiUrl: 'http://stripe.example' }],
	])('nothing is genuine with %s', async (_name, credential) => {
		await start({ credential });
		const body = JSON.stringify(PAID);
		const response = await post(body, { 'stripe-signature': signature(body, '') });
		expect([response.status, response.data]).toEqual([401, { error: 'No signing secret is known' }]);
		expect(executions()).toEqual([]);
	});

	it('a registered endpoint works without a credential', async () => {
		staticData = { secret: OWN_SECRET };
		await start({ credential: null });
		const body = JSON.stringify(PAID);
		expect((await post(body, { 'stripe-signature': signature(body, OWN_SECRET) })).status).toBe(200);
	});
});

describe('hostile bodies', () => {
	const big = JSON.stringify({ ...PAID, padding: 'x'.repeat(1_100_000) });
	const deep = `${'['.repeat(400_000)}${']'.repeat(400_000)}`;
	const deepRaw = JSON.stringify(PAID).replace(/}$/, `,"deep":${'['.repeat(9000)}${']'.repeat(9000)}}`);

	it.each<[string, string, string, number]>([
		['no body', 'application/json', '', 422],
		['plain text', 'text/plain', 'paid', 422],
		['null', 'application/json', 'null', 422],
		['a list', 'application/json', '[1]', 422],
		['prototype keys', 'application/json', '{"__proto__":{"id":"evt_1"},"constructor":{"prototype":{"x":"1"}}}', 422],
		['more than a megabyte', 'application/json', big, 413],
		['brackets without end', 'text/plain', deep, 422],
		['depth where nobody looks', 'application/json', deepRaw, 422],
	])('signed, %s: %s', async (_name, type, body, status) => {
		await start();
		const response = await post(body, { 'content-type': type, 'stripe-signature': signature(body) });
		expect(response.status).toBe(status);
		expect(executions()).toEqual([]);
		expect(({} as Record<string, unknown>).x).toBeUndefined();
	});

	it('unsigned ones are not even read', async () => {
		await start();
		expect((await post(deepRaw, { 'stripe-signature': signature('x') })).status).toBe(401);
		expect((await post(big, { 'stripe-signature': 't=1,v1=x' })).status).toBe(413);
	});

	it('a multipart form proves nothing', async () => {
		await start();
		const body = '--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--b--\r\n';
		const headers = { 'content-type': 'multipart/form-data; boundary=b', 'stripe-signature': signature(body) };
		expect((await post(body, headers)).status).toBe(401);
	});

	it('text a database cannot hold is cleaned', async () => {
		await start();
		await send(stripeEvent('checkout.session.completed', { ...SESSION, customer_details: { name: 'A\u0000b\ud800' } }));
		expect(firstEvent()).toMatchObject({ customer: { name: 'Ab\ufffd' } });
	});
});

describe('genuine events', () => {
	it('nobody asked for are answered 200 without an execution', async () => {
		await start({ parameters: { events: ['renewed'] } });
		const response = await send(PAID);
		expect([response.status, response.data]).toEqual([200, { received: true, message: 'ignored' }]);
		expect(executions()).toEqual([]);
	});

	it('ST7 a session that waits for the bank starts nothing, its payment does', async () => {
		await start();
		await send(stripeEvent('checkout.session.completed', { ...SESSION, payment_status: 'unpaid' }));
		expect(executions()).toEqual([]);
		await send(stripeEvent('checkout.session.async_payment_succeeded', SESSION));
		expect(firstEvent()).toMatchObject({ kind: 'paid' });
	});

	it('thin ones are ignored', async () => {
		await start({ parameters: { events: ['paid', 'other'] } });
		const response = await send({ id: 'evt_1', object: 'v2.core.event', type: 'v1.billing.meter' });
		expect([response.status, executions()]).toEqual([200, []]);
	});

	it('that cannot be read are answered 422 with the field, so that Stripe sends them again', async () => {
		await start();
		const response = await send(stripeEvent('checkout.session.completed', { ...SESSION, amount_total: 'many' }));
		const message = expect.stringMatching(/^Stripe field "data.object.amount_total"/);
		expect([response.status, response.data.error]).toEqual([422, message]);
		expect(executions()).toEqual([]);
	});

	it('follow the options', async () => {
		const options = { includeRaw: false, orderKey: 'code', telegramKey: 'user' };
		await start({ parameters: { options } });
		await send(stripeEvent('checkout.session.completed', { ...SESSION, metadata: { code: 'o-7', user: '7', tg_id: '1' } }));
		expect(firstEvent()).toMatchObject({ orderRef: 'o-7', customer: { telegramId: '7' } });
		expect(firstEvent()).not.toHaveProperty('raw');
	});

	it('of a test key are marked', async () => {
		await start();
		await send(stripeEvent('checkout.session.completed', SESSION, { livemode: false }));
		expect(firstEvent()).toMatchObject({ isTest: true });
	});

	it('each read the credential once at most', async () => {
		await start();
		await send(PAID);
		expect(credentialReads).toBe(1);
	});
});

describe('refunds and disputes (ST7)', () => {
	const REFUNDED = stripeEvent('charge.refunded', { ...CHARGE, metadata: {} });

	it('with an order number are not looked up', async () => {
		await start();
		await send(stripeEvent('charge.refunded', CHARGE));
		expect(firstEvent()).toMatchObject({ kind: 'refunded', orderRef: 'order-1', amountMinor: 1500 });
		expect(stripe.requests).toEqual([]);
	});

	it('a dispute finds its order in the payment', async () => {
		stripe.objects.set('pi_1', { id: 'pi_1', metadata: { order_ref: 'order-9', tg_id: '99' } });
		await start();
		await send(stripeEvent('charge.dispute.created', DISPUTE));
		expect(firstEvent()).toMatchObject({
			kind: 'disputed', orderRef: 'order-9', customer: { telegramId: '99' }, amountMinor: 4900, subscription: null,
		});
		expect(stripe.requests.map(({ path }) => path)).toEqual(['/v1/payment_intents/pi_1']);
	});

	it.each([
		['new', INVOICE],
		['old', OLD_INVOICE],
	])('a refund of a renewal finds its subscription by an invoice of the %s shape', async (_name, invoice) => {
		stripe.objects.set('pi_1', { id: 'pi_1', metadata: {} });
		stripe.objects.set('invoice of pi_1', invoice);
		await start();
		expect((await send(REFUNDED)).status).toBe(200);
		expect(firstEvent()).toMatchObject({
			kind: 'refunded', orderRef: 'order-1', customer: { telegramId: '42' }, subscription: { subscriptionId: 'sub_1' },
		});
		expect(paymentEventSchema.safeParse(firstEvent()).success).toBe(true);
		expect(stripe.requests[1]).toMatchObject({
			method: 'GET', path: '/v1/invoice_payments',
			fields: { payment: { type: 'payment_intent', payment_intent: 'pi_1' }, expand: ['data.invoice'] },
		});
	});

	it.each([404, 400])('where Stripe answers %i about invoices, they go on without an order', async (status) => {
		stripe.objects.set('pi_1', { id: 'pi_1', metadata: {} });
		stripe.faults.push({ path: 'invoice_payments', fault: { status } });
		await start();
		expect((await send(REFUNDED)).status).toBe(200);
		expect(firstEvent()).toMatchObject({ kind: 'refunded', orderRef: null, subscription: null });
	});

	it('of a payment Stripe does not know go on without an order', async () => {
		await start();
		expect((await send(REFUNDED)).status).toBe(200);
		expect(firstEvent()).toMatchObject({ orderRef: null });
	});

	it.each<[string, FakeStripe['faults'][number]]>([
		['does not answer', { fault: 'refuse' }],
		['has trouble', { fault: { status: 500 } }],
		['gets too much', { fault: { status: 429 } }],
		['does not let the key read', { fault: { status: 403 } }],
		['answers with something else', { fault: { status: 200, body: '[]' } }],
		['has trouble with the invoice', { path: 'invoice_payments', fault: { status: 503 } }],
	])('while Stripe %s, are asked for again', async (_name, fault) => {
		stripe.objects.set('pi_1', { id: 'pi_1', metadata: {} });
		stripe.faults.push(fault);
		await start();
		const response = await send(REFUNDED);
		expect([response.status, response.data.error]).toEqual([503, expect.stringMatching(/could not be looked up/)]);
		expect(executions()).toEqual([]);
		expect((await send(REFUNDED)).status).toBe(200);
		expect(executions()).toHaveLength(1);
	});

	it('without a key are asked for again', async () => {
		await start({ credential: { webhookSecret: SECRET, secretKey: '' } });
		expect((await send(REFUNDED)).status).toBe(503);
	});

	it('nobody asked for, inquiries and payments without an order are not looked up', async () => {
		await start({ parameters: { events: ['disputed', 'paid'] } });
		await send(REFUNDED);
		await send(stripeEvent('charge.dispute.created', { ...DISPUTE, status: 'warning_needs_response' }));
		await send(stripeEvent('charge.dispute.created', { ...DISPUTE, payment_intent: null }));
		await send(stripeEvent('checkout.session.completed', { ...SESSION, metadata: {}, client_reference_id: null }));
		expect(stripe.requests).toEqual([]);
		expect(executions()).toHaveLength(2);
	});

	it('the end of a subscription needs no look-up', async () => {
		await start();
		await send(stripeEvent('customer.subscription.deleted', SUBSCRIPTION));
		expect(firstEvent()).toMatchObject({ kind: 'subscription_ended', orderRef: 'order-1', customer: { telegramId: '42' } });
	});
});

describe('registration', () => {
	const URL = 'https://n8n.example/webhook/stripe';
	let warnings: string[];

	interface Hook extends Setup {
		url?: string;
		activation?: string;
	}

	async function call(method: 'checkExists' | 'create' | 'delete', hook: Hook = {}): Promise<boolean> {
		const setup = nodeSetup(hook);
		const context = Object.assign(webhookContext({ ...setup, request: {} as never, response: {} as never }), {
			getWorkflowStaticData: () => staticData,
			getNodeWebhookUrl: () => hook.url ?? URL,
			getActivationMode: () => hook.activation ?? 'activate',
			logger: { warn: (message: string) => warnings.push(message) },
		});
		return await new StripeCheckoutTrigger().webhookMethods.default[method].call(context as unknown as IHookFunctions);
	}

	/** As n8n does when a workflow is published and at every start. */
	async function publish(hook: Hook = {}): Promise<void> {
		if (!(await call('checkExists', hook))) await call('create', hook);
	}

	const endpoints = () => [...stripe.endpoints.values()];
	const calls = () => stripe.requests.map(({ method, path }) => `${method} ${path.replace('/v1/webhook_endpoints', '')}`);

	beforeEach(() => {
		warnings = [];
	});

	it('makes one endpoint with a pinned version and the events of the chosen kinds, and keeps its secret', async () => {
		await publish({ parameters: { events: ['paid', 'refunded'] } });
		expect(endpoints()).toEqual([
			{
				id: 'we_1',
				url: URL,
				status: 'enabled',
				api_version: VERSION,
				enabled_events: [
					'charge.dispute.closed',
					'charge.refunded',
					'checkout.session.async_payment_succeeded',
					'checkout.session.completed',
				],
			},
		]);
		expect(staticData).toEqual({ endpointId: 'we_1', secret: 'whsec_we_1' });
		await start({ credential: { webhookSecret: '' } });
		const body = JSON.stringify(PAID);
		expect((await post(body, { 'stripe-signature': signature(body, 'whsec_we_1') })).status).toBe(200);
	});

	it('is idempotent: a start only looks', async () => {
		await publish();
		stripe.requests.length = 0;
		await publish({ activation: 'init' });
		await publish();
		expect(calls()).toEqual(['GET /we_1', 'GET /we_1']);
	});

	it('makes an endpoint again that somebody has deleted', async () => {
		await publish();
		stripe.endpoints.clear();
		await publish({ activation: 'init' });
		expect(endpoints()).toMatchObject([{ id: 'we_2' }]);
		expect(staticData).toEqual({ endpointId: 'we_2', secret: 'whsec_we_2' });
	});

	it.each<[string, () => void, IDataObject]>([
		['other events', () => undefined, { events: ['paid', 'renewed'] }],
		[
			'been disabled',
			() => Object.assign(stripe.endpoints.get('we_1') ?? {}, { status: 'disabled' }),
			{ events: ['paid'] },
		],
	])('puts an endpoint right that has %s, keeping its secret', async (_name, change, parameters) => {
		await publish({ parameters: { events: ['paid'] } });
		change();
		await publish({ parameters });
		expect(endpoints()).toMatchObject([{ id: 'we_1', status: 'enabled' }]);
		expect(endpoints()[0]?.enabled_events).toEqual(eventTypesFor(parameters.events as PaymentEventKind[]));
		expect(staticData).toEqual({ endpointId: 'we_1', secret: 'whsec_we_1' });
	});

	it('replaces an endpoint of the same address whose secret it does not know, and leaves others alone', async () => {
		const enabled_events = ['checkout.session.completed'];
		stripe.endpoints.set('we_hand', { id: 'we_hand', url: URL, status: 'enabled', enabled_events, api_version: VERSION });
		stripe.endpoints.set('we_other', { id: 'we_other', url: `${URL}/2`, status: 'enabled', enabled_events });
		await publish();
		expect(endpoints().map(({ id }) => id)).toEqual(['we_other', 'we_1']);
		// The new one is there before the old one goes: no event falls between them.
		expect(calls()).toEqual(['POST ', 'GET ', 'DELETE /we_hand']);
	});

	it.each<[string, () => Hook]>([
		['another address', () => ({ url: `${URL}-new` })],
		[
			'another version',
			() => {
				Object.assign(stripe.endpoints.get('we_1') ?? {}, { api_version: '2024-06-20' });
				return {};
			},
		],
	])('makes it anew for %s', async (_name, change) => {
		await publish();
		await publish(change());
		expect(endpoints()).toMatchObject([{ id: 'we_2', api_version: VERSION }]);
		expect(staticData).toEqual({ endpointId: 'we_2', secret: 'whsec_we_2' });
	});

	it('makes it anew when the secret was lost', async () => {
		await publish();
		staticData = { endpointId: 'we_1' };
		await publish();
		expect(endpoints()).toMatchObject([{ id: 'we_2' }]);
	});

	it('removes its endpoint and forgets it', async () => {
		await publish();
		expect(await call('delete')).toBe(true);
		expect([endpoints(), staticData]).toEqual([[], {}]);
		stripe.requests.length = 0;
		expect(await call('delete')).toBe(true);
		expect(stripe.requests).toEqual([]);
	});

	it('does not mind that the endpoint is gone already', async () => {
		await publish();
		stripe.endpoints.clear();
		expect(await call('delete')).toBe(true);
		expect([staticData, warnings]).toEqual([{}, []]);
	});

	it('keeps in mind what could not be removed, warns, and uses it again', async () => {
		await publish();
		stripe.faults.push({ fault: { status: 401 } });
		expect(await call('delete')).toBe(false);
		expect(warnings).toEqual([expect.stringMatching(/could not be removed .* Stripe refused/)]);
		await publish();
		expect(staticData).toEqual({ endpointId: 'we_1', secret: 'whsec_we_1' });
		expect(endpoints()).toHaveLength(1);
	});

	it.each(['init', 'leadershipChange'])('a start of n8n (%s) does not fail because Stripe does', async (activation) => {
		await publish();
		stripe.faults.push(...Array.from({ length: 3 }, () => ({ fault: { status: 500 } })));
		expect(await call('checkExists', { activation })).toBe(true);
		stripe.faults.push(...Array.from({ length: 3 }, () => ({ fault: { status: 500 } })));
		await expect(call('checkExists')).rejects.toBeInstanceOf(NodeApiError);
	});

	it('tells what is wrong when Stripe refuses', async () => {
		const error = { message: 'Invalid URL: must be public', code: 'url_invalid', param: 'url' };
		stripe.faults.push({ fault: { status: 400, body: JSON.stringify({ error }) } });
		await expect(publish()).rejects.toMatchObject({
			message: 'Stripe refused: Invalid URL: must be public (url_invalid, url)',
			description: expect.stringMatching(/WEBHOOK_URL/),
		});
		expect(staticData).toEqual({});
		await expect(publish({ credential: { secretKey: '' } })).rejects.toThrow(/no secret key/);
		await expect(publish({ url: '' })).rejects.toThrow(/no address/);
	});

	it('by hand leaves Stripe alone, but takes away what was registered before', async () => {
		const manual = { parameters: { registration: 'manual' } };
		await publish(manual);
		expect([stripe.requests, staticData]).toEqual([[], {}]);
		await publish();
		await call('delete', manual);
		expect([endpoints(), staticData]).toEqual([[], {}]);
	});
});

describe('the description', () => {
	const { description } = new StripeCheckoutTrigger();

	it('answers at once without the text firstEntryJson, on the full path, without the expression engine', () => {
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
		expect(description.webhooks?.map(webhookDescriptionIsNativelyResolvable)).toEqual([true]);
		// For version 1 n8n evaluates an expression of its own before the trigger sees the request.
		expect(description.version).toBe(2);
	});
});
