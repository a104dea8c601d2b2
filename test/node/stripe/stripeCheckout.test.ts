import { NodeApiError, NodeOperationError, type INodeParameters } from 'n8n-workflow';

import { StripeCheckoutApi } from '../../../credentials/StripeCheckoutApi.credentials';
import { API_KEY, startFakeStripe, type Fault, type FakeStripe } from './fakeStripe';
import { runStripe, type StripeRun } from './runStripe';

let stripe: FakeStripe;
beforeEach(async () => {
	stripe = await startFakeStripe();
});
afterEach(async () => await stripe.close());

const run = async (parameters: INodeParameters | INodeParameters[], setup: StripeRun = {}) =>
	await runStripe({ apiUrl: stripe.url, parameters, ...setup });

async function failure(
	parameters: INodeParameters | INodeParameters[],
	setup?: StripeRun,
): Promise<NodeApiError | NodeOperationError> {
	const error: unknown = await run(parameters, setup).then(
		() => undefined,
		(thrown: unknown) => thrown,
	);
	if (!(error instanceof NodeApiError || error instanceof NodeOperationError)) {
		throw new Error(`Not a node error: ${String(error)}`);
	}
	expect(JSON.stringify([error.message, error.description, error.messages, error])).not.toContain(API_KEY);
	return error;
}

const always = (status: number, headers?: Record<string, string>, error: object = { message: 'planned' }) =>
	Array.from({ length: 9 }, () => ({ fault: { status, headers, body: JSON.stringify({ error }) } }));

const CREATE: INodeParameters = {
	resource: 'checkoutSession',
	operation: 'create',
	orderRef: 'order-1',
	telegramId: '4503599627370495',
	lineItems: { item: [{ name: 'Course', amountMinor: 4900, quantity: 1 }] },
	currency: 'EUR',
	successUrl: 'https://example.com/thanks?session={CHECKOUT_SESSION_ID}',
};

describe('Checkout Session: Create', () => {
	it('ST2 sends a form with pinned version and key, and puts out the session', async () => {
		const [item] = await run(CREATE);
		expect(stripe.requests).toEqual([
			{
				method: 'POST',
				path: '/v1/checkout/sessions',
				key: expect.stringMatching(/^checkout-[0-9a-f]{64}$/),
				fields: {
					mode: 'payment',
					line_items: [
						{ price_data: { currency: 'eur', unit_amount: '4900', product_data: { name: 'Course' } }, quantity: '1' },
					],
					success_url: 'https://example.com/thanks?session={CHECKOUT_SESSION_ID}',
					client_reference_id: 'order-1',
					metadata: { order_ref: 'order-1', tg_id: '4503599627370495' },
					payment_intent_data: { metadata: { order_ref: 'order-1', tg_id: '4503599627370495' } },
				},
			},
		]);
		expect(item).toEqual({
			json: {
				sessionId: 'cs_test_1',
				url: 'https://checkout.example/cs_test_1',
				status: 'open',
				paymentStatus: 'unpaid',
				amountMinor: 4900,
				currency: 'EUR',
				orderRef: 'order-1',
				telegramId: '4503599627370495',
				expiresAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
				paymentIntentId: null,
				subscriptionId: null,
				customerId: null,
				customer: { name: null, email: null, phone: null },
				metadata: { order_ref: 'order-1', tg_id: '4503599627370495' },
				livemode: false,
			},
			pairedItem: { item: 0 },
		});
	});

	it('sends subscription, metadata and every option', async () => {
		await run({
			...CREATE,
			mode: 'subscription',
			lineItems: { item: [{ priceId: 'price_1', quantity: 2 }, { name: 'Club', amountMinor: '900', interval: 'month' }] },
			cancelUrl: 'https://example.com/back',
			metadata: {
				pair: [
					{ key: 'utm_source', value: 'mail' },
					{ key: 'order_ref', value: 'forged' },
					{ key: 'empty', value: '' },
				],
			},
			options: {
				allowPromotionCodes: true, attempt: 2, automaticTax: true, collectPhone: true, customerEmail: ' a@example.com ',
				expiresAt: '2026-05-01T15:00:00+03:00', idempotencyKey: 'mine-1', locale: 'uk', trialDays: 7,
			},
		});
		const metadata = { utm_source: 'mail', order_ref: 'order-1', tg_id: '4503599627370495' };
		expect(stripe.requests[0]).toMatchObject({
			key: 'mine-1',
			fields: {
				mode: 'subscription',
				line_items: [
					{ price: 'price_1', quantity: '2' },
					{ price_data: { unit_amount: '900', recurring: { interval: 'month' } }, quantity: '1' },
				],
				cancel_url: 'https://example.com/back',
				metadata,
				subscription_data: { metadata, trial_period_days: '7' },
				allow_promotion_codes: 'true',
				automatic_tax: { enabled: 'true' },
				phone_number_collection: { enabled: 'true' },
				customer_email: 'a@example.com',
				expires_at: '1777636800',
				locale: 'uk',
			},
		});
		expect(stripe.requests[0]?.fields.metadata).toEqual(metadata);
	});

	it('puts the braces back that an address builder has escaped', async () => {
		await run({ ...CREATE, successUrl: 'https://example.com/?s=%7BCHECKOUT_SESSION_ID%7D&q=%7B' });
		expect(stripe.requests[0]?.fields.success_url).toBe('https://example.com/?s={CHECKOUT_SESSION_ID}&q=%7B');
	});

	it('ST8 pressing pay twice gives the same session, also from another execution and at the same time', async () => {
		const [first] = await run(CREATE);
		const [[second], [third]] = await Promise.all([
			run(CREATE, { executionId: '8' }),
			run({ ...CREATE }, { executionId: '9' }),
		]);
		expect([second?.json, third?.json]).toEqual([first?.json, first?.json]);
		expect(stripe.sessions.size).toBe(1);
	});

	it.each<[string, object, object]>([
		['complete', { status: 'complete', url: null, payment_intent: 'pi_1' }, { paymentIntentId: 'pi_1' }],
		['expired', { status: 'expired', url: null }, { url: null }],
	])('ST8 a session that is %s meanwhile is shown so, not as Stripe remembers it', async (status, change, output) => {
		await run(CREATE);
		Object.assign(stripe.sessions.get('cs_test_1') ?? {}, change);
		const [item] = await run(CREATE);
		expect(item?.json).toMatchObject({ sessionId: 'cs_test_1', status, url: null, ...output });
	});

	it('ST8 a session whose time is over is expired, though Stripe says open', async () => {
		await run(CREATE);
		Object.assign(stripe.sessions.get('cs_test_1') ?? {}, { expires_at: Math.floor(Date.now() / 1000) - 1 });
		const [item] = await run(CREATE);
		expect(item?.json).toMatchObject({ status: 'expired', url: null });
	});

	it('ST8 another attempt gives a new session', async () => {
		await run(CREATE);
		const [item] = await run({ ...CREATE, options: { attempt: 2 } });
		expect(item?.json).toMatchObject({ sessionId: 'cs_test_2', status: 'open' });
	});

	it('the same order with other details is refused with what to do', async () => {
		await run(CREATE);
		const error = await failure({ ...CREATE, successUrl: 'https://example.com/other' });
		expect(error.message).toMatch(/^Stripe refused: Keys for idempotent requests/);
		expect(error.description).toMatch(/raise Attempt/);
		expect(stripe.requests).toHaveLength(2);
	});

	it('without an order number each execution, run, node item and content has its own session', async () => {
		const anonymous = { ...CREATE, orderRef: '' };
		const items = [{ json: {} }, { json: {} }];
		await run(anonymous, { items });
		await run(anonymous, { executionId: '8' });
		await run(anonymous, { runIndex: 1 });
		await run({ ...anonymous, telegramId: '43' });
		expect(stripe.sessions.size).toBe(5);
		// A retry of the node within the execution.
		await run(anonymous, { items });
		expect(stripe.sessions.size).toBe(5);
		expect(stripe.requests[0]?.fields).not.toHaveProperty('client_reference_id');
	});

	it.each<[string, INodeParameters, RegExp]>([
		['nothing to sell', { lineItems: {} }, /nothing to sell/],
		['an item without price and name', { lineItems: { item: [{ quantity: 1 }] } }, /Line item 1 needs a price ID/],
		['a fraction of a cent', { lineItems: { item: [{ name: 'Course', amountMinor: 49.5 }] } }, /amount of "Course".*49\.5/],
		['half a piece', { lineItems: { item: [{ name: 'Course', amountMinor: 1, quantity: 0.5 }] } }, /quantity of "Course"/],
		['a price of another kind', { lineItems: { item: [{ priceId: 'prod_1' }] } }, /price ID of item 1 .* price_/],
		['an interval in one payment', { lineItems: { item: [{ name: 'A', interval: 'month' }] } }, /Subscription/],
		['a currency that is none', { currency: 'euro' }, /currency must be an ISO code/],
		['an order number with a slash', { orderRef: 'a/b' }, /order number must be/],
		['an order number that is too long', { orderRef: 'x'.repeat(201) }, /order number must be/],
		['a Telegram name', { telegramId: '@olena' }, /Telegram ID must be digits/],
		['a script for an address', { successUrl: 'javascript:alert(1)' }, /success URL must be/],
		['no success address', { successUrl: ' ' }, /success URL must be/],
		['a cancel address that is none', { cancelUrl: 'back' }, /cancel URL must be/],
		['a long metadata value', { metadata: { pair: [{ key: 'note', value: 'x'.repeat(501) }] } }, /"note" has 501/],
		['a trial in one payment', { options: { trialDays: 7 } }, /trial days/],
		['half an attempt', { options: { attempt: 1.5 } }, /attempt must be/],
		['an expiry without a zone', { options: { expiresAt: '2026-05-01T12:00:00' } }, /"Expires At" .* zone/],
		['an expiry that is a word', { options: { expiresAt: 'soonZ' } }, /"Expires At"/],
		['a customer that is an email', { options: { customerId: 'a@example.com' } }, /customer ID must look like cus_/],
		['a key with spaces', { options: { idempotencyKey: 'a b' } }, /idempotency key/],
		['half of an emoji', { metadata: { pair: [{ key: 'a', value: '\ud83d' }] } }, /surrogate/],
	])('refuses %s before it asks Stripe', async (_name, change, message) => {
		const error = await failure({ ...CREATE, ...change });
		expect(error).toBeInstanceOf(NodeOperationError);
		expect(error.message).toMatch(message);
		expect(error.context.itemIndex).toBe(0);
		expect(stripe.requests).toEqual([]);
	});

	it('goes on after a failed item when told to, each result paired with its item', async () => {
		const parameters = [CREATE, { ...CREATE, lineItems: {} }, { ...CREATE, orderRef: 'order-3' }];
		const items = [{ json: {} }, { json: {} }, { json: {} }];
		const output = await run(parameters, { items, continueOnFail: true });
		expect(output.map(({ json, pairedItem }) => [json.orderRef ?? json.error, pairedItem])).toEqual([
			['order-1', { item: 0 }],
			['There is nothing to sell: add a line item', { item: 1 }],
			['order-3', { item: 2 }],
		]);
	});

	it('names the item that failed, be it the node or Stripe that refuses', async () => {
		const items = [{ json: {} }, { json: {} }];
		expect((await failure([CREATE, { ...CREATE, lineItems: {} }], { items })).context.itemIndex).toBe(1);
		stripe.faults.push({ fault: { status: 200, body: '{"id":"cs_test_9","livemode":false}' } }, ...always(402));
		const refused = await failure([CREATE, { ...CREATE, orderRef: 'order-2' }], { items });
		expect([refused.context.itemIndex, (refused as NodeApiError).httpCode]).toEqual([1, '402']);
	});
});

describe('asking again', () => {
	it.each<[string, Fault]>([
		['a connection that broke', 'refuse'],
		['an answer that was lost', 'lost'],
		['409', { status: 409 }],
		['429', { status: 429 }],
		['500', { status: 500 }],
		['503 with a page for an answer', { status: 503, body: '<html>busy</html>' }],
		['400 that Stripe wants again', { status: 400, headers: { 'stripe-should-retry': 'true' } }],
	])('after %s, with the same key and once only', async (_name, fault) => {
		stripe.faults.push({ fault });
		const [item] = await run(CREATE);
		expect(item?.json.status).toBe('open');
		expect(stripe.sessions.size).toBe(1);
		const posts = stripe.requests.filter(({ method }) => method === 'POST');
		expect(posts).toHaveLength(2);
		expect(posts[1]).toEqual(posts[0]);
	});

	it('waits as long as Stripe asks', async () => {
		stripe.faults.push({ fault: { status: 429, headers: { 'retry-after': '2' } } });
		const started = Date.now();
		await run(CREATE);
		expect(Date.now() - started).toBeGreaterThanOrEqual(2000);
	});

	it.each<[string, number, Record<string, string>, number]>([
		['when Stripe says not to', 500, { 'stripe-should-retry': 'false' }, 1],
		['when the wait would be too long', 429, { 'retry-after': '3600' }, 1],
		['after a refusal', 400, {}, 1],
		['more than twice', 503, {}, 3],
	])('not %s', async (_name, status, headers, requests) => {
		stripe.faults.push(...always(status, headers));
		expect(((await failure(CREATE)) as NodeApiError).httpCode).toBe(String(status));
		expect(stripe.requests).toHaveLength(requests);
	});

	it('not for ever when nobody answers', async () => {
		stripe.faults.push({ fault: 'refuse' }, { fault: 'refuse' }, { fault: 'refuse' });
		const error = await failure(CREATE);
		expect(error).toBeInstanceOf(NodeApiError);
		expect(error.message).toBe('Stripe gave no answer');
		expect(error.description).toMatch(/^ECONNRESET\. .*nothing is done twice/);
		expect(stripe.requests).toHaveLength(3);
		const stripeCheckoutApi = { secretKey: API_KEY, apiUrl: 'http://127.0.0.1:1' };
		const unreachable = await failure(CREATE, { credentials: { stripeCheckoutApi } });
		expect(unreachable.message).toBe('Stripe could not be reached');
	});
});

describe('refusals', () => {
	it.each<[string, number, object, RegExp, RegExp]>([
		[
			'the reason, code and field',
			400,
			{ message: 'Bad locale', code: 'parameter_invalid', param: 'locale' },
			/^Stripe refused: Bad locale \(parameter_invalid, locale\)$/,
			/"locale"/,
		],
		[
			'a declined card',
			402,
			{ message: 'Declined', code: 'card_declined', decline_code: 'lost_card' },
			/\(lost_card\)$/,
			/another way/,
		],
		['a key of too few rights', 403, { message: 'No rights' }, /No rights/, /restricted key/],
		['the other mode', 404, { message: 'No such price', code: 'resource_missing' }, /No such price/, /Test and live/],
		['a refunded charge', 400, { message: 'Again', code: 'charge_already_refunded' }, /Again/, /refunded before/],
		['a redirect', 302, {}, /no reason given/, /redirects/],
	])('show %s', async (_name, status, error, message, advice) => {
		stripe.faults.push(...always(status, {}, error));
		const refused = await failure(CREATE);
		expect(refused.message).toMatch(message);
		expect(refused.description).toMatch(advice);
		expect((refused as NodeApiError).httpCode).toBe(String(status));
	});

	it('never show a key, and cut a long page', async () => {
		const wrong = { secretKey: 'sk_live_wrong_one', apiUrl: stripe.url };
		const error = await failure(CREATE, { credentials: { stripeCheckoutApi: wrong } });
		expect(error.message).toBe('Stripe refused: Invalid API Key provided: Bearer sk_…');
		expect(error.description).toMatch(/Copy the secret key/);
		stripe.faults.push({ fault: { status: 400, body: `<script>x</script><p>${'ы'.repeat(9000)}` } });
		expect((await failure(CREATE)).message.length).toBeLessThan(400);
	});

	it.each([
		['no key', { secretKey: ' ' }, /no secret key/],
		['plain HTTP', { secretKey: API_KEY, apiUrl: 'http://api.stripe.example' }, /must start with https/],
	])('a credential with %s is refused', async (_name, stripeCheckoutApi, message) => {
		expect((await failure(CREATE, { credentials: { stripeCheckoutApi } })).message).toMatch(message);
		expect(stripe.requests).toEqual([]);
	});

	it('200 that is no session is an error', async () => {
		stripe.faults.push({ fault: { status: 200, body: '{"id":"x"}' } });
		expect((await failure(CREATE)).message).toMatch(/no Checkout Session/);
	});
});

describe('Checkout Session: Get and Expire', () => {
	const ONE: INodeParameters = { resource: 'checkoutSession', sessionId: ' cs_test_1 ' };

	it('gets a session, with its line items on request', async () => {
		await run(CREATE);
		const [plain] = await run({ ...ONE, operation: 'get' });
		expect(plain?.json).toMatchObject({ sessionId: 'cs_test_1', status: 'open' });
		expect(plain?.json).not.toHaveProperty('lineItems');
		const [full] = await run({ ...ONE, operation: 'get', includeLineItems: true });
		expect(full?.json.lineItems).toEqual([{ name: 'Course', quantity: 2, amountMinor: 9800, priceId: 'price_1' }]);
		expect(stripe.requests.slice(1).map(({ fields }) => fields)).toEqual([{}, { expand: ['line_items'] }]);
	});

	it('expires a session, and again from another execution', async () => {
		await run(CREATE);
		for (const executionId of ['1', '2']) {
			const [item] = await run({ ...ONE, operation: 'expire' }, { executionId });
			expect(item?.json).toMatchObject({ sessionId: 'cs_test_1', status: 'expired', url: null });
		}
	});

	it('does not expire what is paid', async () => {
		await run(CREATE);
		Object.assign(stripe.sessions.get('cs_test_1') ?? {}, { status: 'complete' });
		expect((await failure({ ...ONE, operation: 'expire' })).message).toMatch(/Only open sessions/);
	});

	it.each(['get', 'expire'])('%s wants the number of a session', async (operation) => {
		expect((await failure({ ...ONE, operation, sessionId: 'cs_1/../../refunds' })).message).toMatch(/session ID must look/);
		expect(stripe.requests).toEqual([]);
	});

	it('tells that there is no such session', async () => {
		expect((await failure({ ...ONE, operation: 'get' })).message).toMatch(/No such checkout.session \(resource_missing/);
	});
});

describe('Refund: Create', () => {
	const REFUND: INodeParameters = { resource: 'refund', operation: 'create', paymentId: 'pi_1' };

	it('refunds the whole payment', async () => {
		const [item] = await run(REFUND);
		expect(stripe.requests).toEqual([
			{
				method: 'POST', path: '/v1/refunds', fields: { payment_intent: 'pi_1' },
				key: expect.stringMatching(/^refund-[0-9a-f]{64}$/),
			},
		]);
		expect(item).toEqual({
			json: {
				refundId: 're_1', status: 'succeeded', amountMinor: 4900, currency: 'EUR', paymentIntentId: 'pi_1', chargeId: null,
				reason: null, failureReason: null, metadata: {},
			},
			pairedItem: { item: 0 },
		});
	});

	it('refunds a part of a charge', async () => {
		const metadata = { pair: [{ key: 'ticket', value: '7' }] };
		const options = { amountMinor: 1500, reason: 'requested_by_customer', idempotencyKey: 'refund-7', metadata };
		await run({ ...REFUND, paymentId: 'ch_1', options });
		expect(stripe.requests[0]).toMatchObject({
			fields: { charge: 'ch_1', amount: '1500', reason: 'requested_by_customer', metadata: { ticket: '7' } },
			key: 'refund-7',
		});
	});

	it('is repeated within an execution only', async () => {
		await run(REFUND);
		await run(REFUND);
		await run(REFUND, { executionId: '8' });
		await run({ ...REFUND, options: { amountMinor: 1 } });
		const [first, again, later, other] = stripe.requests.map(({ key }) => key);
		expect(again).toBe(first);
		expect(new Set([first, later, other]).size).toBe(3);
	});

	it.each<[INodeParameters, RegExp]>([
		[{ paymentId: 'cs_test_1' }, /payment ID must look like pi_… or ch_… or py_…/],
		[{ options: { amountMinor: 0 } }, /amount to refund/],
		[{ options: { amountMinor: 10.5 } }, /amount to refund .* not "10.5"/],
		[{ options: { metadata: { pair: [{ key: 'a[b]', value: '1' }] } } }, /brackets/],
	])('refuses %j', async (change, message) => {
		expect((await failure({ ...REFUND, ...change })).message).toMatch(message);
		expect(stripe.requests).toEqual([]);
	});
});

describe('Subscription: Cancel', () => {
	const CANCEL: INodeParameters = { resource: 'subscription', operation: 'cancel', subscriptionId: 'sub_1' };
	beforeEach(() => {
		const metadata = { order_ref: 'order-1' };
		stripe.objects.set('sub_1', { id: 'sub_1', status: 'active', customer: 'cus_1', metadata, livemode: true });
	});

	it('at the end of the paid period', async () => {
		const [item] = await run(CANCEL);
		expect(stripe.requests).toEqual([
			{
				method: 'POST', path: '/v1/subscriptions/sub_1', fields: { cancel_at_period_end: 'true' },
				key: expect.stringMatching(/^cancel-/),
			},
		]);
		expect(item?.json).toEqual({
			subscriptionId: 'sub_1', status: 'active', cancelAtPeriodEnd: true, endsAt: '2026-10-14T17:46:40.000Z',
			customerId: 'cus_1', metadata: { order_ref: 'order-1' }, livemode: true,
		});
	});

	it('now, also when it was over already or the first answer was lost', async () => {
		stripe.faults.push({ fault: 'lost' });
		const [item] = await run({ ...CANCEL, when: 'now' });
		expect(item?.json).toMatchObject({ status: 'canceled', endsAt: '2026-09-21T14:13:20.000Z' });
		expect(stripe.requests.map(({ method }) => method)).toEqual(['DELETE', 'DELETE', 'GET']);
		const [atEnd] = await run(CANCEL, { executionId: '8' });
		expect(atEnd?.json.status).toBe('canceled');
	});

	it('tells that there is none', async () => {
		const error = await failure({ ...CANCEL, when: 'now', subscriptionId: 'sub_2' });
		expect(error.message).toMatch(/No such subscription/);
		expect((await failure({ ...CANCEL, subscriptionId: 'cus_1' })).message).toMatch(/subscription ID must look like sub_/);
	});
});

describe('Customer Portal: Create Session', () => {
	const PORTAL: INodeParameters = { resource: 'customerPortal', operation: 'createSession', customerId: 'cus_1' };

	it('makes an address for the customer', async () => {
		const [item] = await run({ ...PORTAL, returnUrl: 'https://example.com/account' });
		expect(stripe.requests[0]?.fields).toEqual({ customer: 'cus_1', return_url: 'https://example.com/account' });
		expect(item?.json).toEqual({
			portalSessionId: 'bps_1', url: 'https://billing.example/p/1', customerId: 'cus_1',
			returnUrl: 'https://example.com/account', livemode: false,
		});
	});

	it('leaves an empty return address out', async () => {
		await run(PORTAL);
		expect(stripe.requests[0]?.fields).toEqual({ customer: 'cus_1' });
		expect((await failure({ ...PORTAL, customerId: '' })).message).toMatch(/customer ID/);
	});
});

describe('the credential', () => {
	const credential = new StripeCheckoutApi();

	it('is tested with a call that needs the right to read sessions', () => {
		expect(credential.test.request.url).toBe('/v1/checkout/sessions?limit=1');
	});

	it('is sent trimmed, to its own address, and not over plain HTTP', async () => {
		const stored = { secretKey: ` ${API_KEY}\n`, apiUrl: ' https://stripe.example/ ' };
		expect(await credential.authenticate(stored, { url: '/v1/x', headers: { a: 'b' } })).toEqual({
			url: '/v1/x', baseURL: 'https://stripe.example', headers: { a: 'b', Authorization: `Bearer ${API_KEY}` },
		});
		const plain = { ...stored, apiUrl: 'http://stripe.example' };
		await expect(credential.authenticate(plain, { url: '/v1/x' })).rejects.toThrow(/https/);
	});
});
