import axios from 'axios';
import { courseFields, type Fields, KEY, newSession, type Stage, startStage } from './stage';

const http = axios.create({ validateStatus: () => true, proxy: false });
const metadata = (count: number, key = (index: number) => `k${index}`, value = 'v') => {
	return Object.fromEntries(Array.from({ length: count }, (_, index) => [`metadata[${key(index)}]`, value]));
};
const lines = (count: number, price: string) => {
	return Object.fromEntries(
		Array.from({ length: count }, (_, index) => [
			[`line_items[${index}][price]`, price],
			[`line_items[${index}][quantity]`, '1'],
		]).flat() as Array<[string, string]>,
	);
};
const without = (fields: object, ...names: string[]) => {
	return Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name))) as Record<string, string>;
};
const now = () => Math.floor(Date.now() / 1000);

let stage: Stage;
beforeEach(async () => {
	stage = await startStage();
});
afterEach(async () => await stage.close());

describe('who may call (providers/stripe.md §1)', () => {
	const call = async (headers: object) => await http.get(`${stage.stripe.url}/v1/balance`, { headers });

	it('takes the key as Bearer or as the user of Basic', async () => {
		expect((await call({ Authorization: `Bearer ${KEY}` })).status).toBe(200);
		const basic = Buffer.from(`${KEY}:`).toString('base64');
		expect((await call({ Authorization: `Basic ${basic}` })).status).toBe(200);
	});

	it.each([
		['nothing', {}, 'did not provide an API key'],
		['another key', { Authorization: 'Bearer sk_live_wrongwrong9999' }, 'Invalid API Key provided: sk_live_…9999'],
		['the key without a scheme', { Authorization: KEY }, 'did not provide an API key'],
		['the key as a Basic password', { Authorization: `Basic ${Buffer.from(`x:${KEY}`).toString('base64')}` }, 'Invalid'],
	])('refuses %s', async (_name, headers, message) => {
		const { status, data } = await call(headers);
		expect(status).toBe(401);
		expect(data.error).toMatchObject({ type: 'invalid_request_error', message: expect.stringContaining(message) });
		expect(JSON.stringify(data)).not.toContain(KEY);
	});

	it('knows no other addresses', async () => {
		expect((await stage.get('/nonsense')).status).toBe(404);
		expect((await http.get(`${stage.stripe.url}/v1/nonsense`)).status).toBe(401);
	});
});

describe('forms', () => {
	it('refuses a JSON body', async () => {
		const answer = await http.post(`${stage.stripe.url}/v1/checkout/sessions`, courseFields(), {
			headers: { Authorization: `Bearer ${KEY}` },
		});
		expect(answer.status).toBe(400);
		expect(answer.data.error.message).toContain('application/x-www-form-urlencoded');
	});

	it('wants explicit indexes', async () => {
		const { status, data } = await stage.post('/checkout/sessions', {
			...without(courseFields(), 'line_items[0][quantity]'), 'line_items[][quantity]': '1',
		});
		expect(status).toBe(400);
		expect(data.error).toMatchObject({ param: 'line_items[][quantity]' });
	});

	it('wants lists without holes', async () => {
		const { status, data } = await stage.post('/checkout/sessions', {
			...without(courseFields(), 'line_items[0][quantity]'), 'line_items[7][quantity]': '1',
		});
		expect(status).toBe(400);
		expect(data.error).toMatchObject({ message: 'Invalid array', param: 'line_items' });
	});

	it.each([
		['an unknown field', { color: 'red' }, 'parameter_unknown', 'color'],
		['an unknown nested field', { 'line_items[0][color]': 'red' }, 'parameter_unknown', 'line_items[0][color]'],
		['an empty value', { customer_email: '' }, 'parameter_invalid_empty', 'customer_email'],
		['a broken amount', { 'line_items[0][price_data][unit_amount]': '49.00' }, 'parameter_invalid_integer',
			'line_items[0][price_data][unit_amount]'],
		['a negative amount', { 'line_items[0][price_data][unit_amount]': '-1' }, 'parameter_invalid_integer',
			'line_items[0][price_data][unit_amount]'],
		['a large amount', { 'line_items[0][price_data][unit_amount]': '100000000' }, 'amount_too_large',
			'line_items[0][price_data][unit_amount]'],
		['too little money', { 'line_items[0][price_data][unit_amount]': '49' }, 'amount_too_small', undefined],
		['an upper-case currency', { 'line_items[0][price_data][currency]': 'EUR' }, undefined,
			'line_items[0][price_data][currency]'],
		['an address that is none', { success_url: 'thanks' }, 'url_invalid', 'success_url'],
		['a script for an address', { cancel_url: 'javascript:alert(1)' }, 'url_invalid', 'cancel_url'],
		['a long reference', { client_reference_id: 'x'.repeat(201) }, undefined, 'client_reference_id'],
		['a price besides its data', { 'line_items[0][price]': 'price_sandboxCourse' }, undefined, 'line_items[0]'],
		['a wrong mode', { mode: 'donation' }, undefined, 'mode'],
		['subscription data in payment mode', { 'subscription_data[metadata][a]': 'b' }, undefined, 'subscription_data'],
		['an unknown coupon', { 'discounts[0][coupon]': 'SALE' }, 'resource_missing', 'discounts[0]'],
		['an unknown customer', { customer: 'cus_nobody' }, 'resource_missing', 'customer'],
		['a wrong boolean', { allow_promotion_codes: 'yes' }, undefined, 'allow_promotion_codes'],
		['another page', { ui_mode: 'embedded_page' }, undefined, 'ui_mode'],
		['text where an object belongs', { metadata: 'x' }, undefined, 'metadata[tg_id]'],
	])('refuses %s', async (_name, change, code, param) => {
		const fields = { ...(change && 'metadata' in change ? change : {}), ...courseFields(), ...change };
		const { status, data } = await stage.post('/checkout/sessions', fields as Record<string, string>);
		expect(status).toBe(400);
		expect(data.error).toEqual({
			type: 'invalid_request_error', message: expect.any(String), ...(code && { code }), ...(param && { param }),
		});
		expect((await stage.get('/checkout/sessions')).data.data).toEqual([]);
	});

	it.each(['mode', 'success_url', 'line_items[0][quantity]'])('wants %s', async (name) => {
		const { status, data } = await stage.post('/checkout/sessions', without(courseFields(), name));
		expect([status, data.error]).toEqual([400, expect.objectContaining({ param: name, code: 'parameter_missing' })]);
	});

	it('keeps the limits of metadata', async () => {
		const base = without(courseFields(), 'metadata[tg_id]');
		const create = async (fields: object) => (await stage.post('/checkout/sessions', { ...base, ...fields })).status;
		expect(await create(metadata(50))).toBe(200);
		expect(await create(metadata(51))).toBe(400);
		expect(await create(metadata(1, () => 'k'.repeat(40)))).toBe(200);
		expect(await create(metadata(1, () => 'k'.repeat(41)))).toBe(400);
		expect(await create(metadata(1, undefined, 'ї'.repeat(500)))).toBe(200);
		expect(await create(metadata(1, undefined, 'v'.repeat(501)))).toBe(400);
		expect(await create({ 'metadata[a][b]': 'nested' })).toBe(400);
		expect(await create({ 'metadata[empty]': '' })).toBe(200);
		const [newest] = (await stage.get('/checkout/sessions', { limit: '1' })).data.data as unknown as Array<{ metadata: object }>;
		expect(newest?.metadata).toEqual({});
	});

	it('keeps the limits of line items', async () => {
		const base = without(courseFields(), ...Object.keys(courseFields()).filter((name) => name.startsWith('line')));
		const send = async (fields: object) => (await stage.post('/checkout/sessions', fields as Fields)).status;
		const create = async (fields: object) => await send({ ...base, ...fields });
		expect(await create(lines(100, 'price_sandboxCourse'))).toBe(200);
		expect(await create(lines(101, 'price_sandboxCourse'))).toBe(400);
		expect(await create({})).toBe(400);
		const subscription = { ...without(base, 'payment_intent_data[metadata][tg_id]'), mode: 'subscription' };
		const subscribe = async (fields: object) => await send({ ...subscription, ...fields });
		expect(await subscribe(lines(20, 'price_sandboxMonthly'))).toBe(200);
		expect(await subscribe(lines(21, 'price_sandboxMonthly'))).toBe(400);
		expect(await subscribe(lines(1, 'price_sandboxCourse'))).toBe(400);
	});

	it('forces subscription mode for a recurring price', async () => {
		const recurring = courseFields({ 'line_items[0][price_data][recurring][interval]': 'month' });
		const { status, data } = await stage.post('/checkout/sessions', recurring);
		expect([status, data.error]).toEqual([400, expect.objectContaining({ param: 'mode' })]);
	});

	it('takes three-decimal amounts in steps of ten and whole yen', async () => {
		const cost = (currency: string, amount: string) => courseFields({
			'line_items[0][price_data][currency]': currency, 'line_items[0][price_data][unit_amount]': amount,
		});
		expect((await stage.post('/checkout/sessions', cost('kwd', '5005'))).status).toBe(400);
		expect((await stage.post('/checkout/sessions', cost('kwd', '5000'))).status).toBe(200);
		expect((await stage.post('/checkout/sessions', cost('jpy', '4900'))).data.amount_total).toBe(4900);
	});

	it('multiplies decimal prices without losing a cent', async () => {
		const fields = without(courseFields({ 'line_items[0][quantity]': '3' }), 'line_items[0][price_data][unit_amount]');
		const { data } = await stage.post('/checkout/sessions', {
			...fields, 'line_items[0][price_data][unit_amount_decimal]': '33.5',
		});
		expect(data.amount_total).toBe(101);
	});

	it('lets a session live from 30 minutes to a day', async () => {
		const status = async (seconds: number) => {
			return (await stage.post('/checkout/sessions', courseFields({ expires_at: String(now() + seconds) }))).status;
		};
		expect(await status(31 * 60)).toBe(200);
		expect(await status(20 * 60)).toBe(400);
		expect(await status(24 * 3600)).toBe(200);
		expect(await status(25 * 3600)).toBe(400);
		const { data } = await stage.get(`/checkout/sessions/${await newSession(stage)}`);
		expect(Number(data.expires_at) - now()).toBeGreaterThan(24 * 3600 - 5);
	});
});

describe('a new session (providers/stripe.md §2)', () => {
	it('is open, unpaid and has an address', async () => {
		const { status, data, headers } = await stage.post('/checkout/sessions', courseFields());
		expect(status).toBe(200);
		expect(data).toMatchObject({
			object: 'checkout.session',
			id: expect.stringMatching(/^cs_live_\w{50,}$/),
			livemode: true,
			status: 'open',
			payment_status: 'unpaid',
			mode: 'payment',
			amount_total: 4900,
			currency: 'eur',
			client_reference_id: 'order-7',
			metadata: { tg_id: '5000000001' },
			payment_intent: null,
			subscription: null,
			customer: null,
			customer_details: null,
		});
		expect(data.url).toMatch(new RegExp(`^${stage.stripe.url}/c/pay/${String(data.id)}#`));
		expect(data).not.toHaveProperty('line_items');
		expect(headers['request-id']).toMatch(/^req_/);
	});

	it('is a test one when the account is', async () => {
		await stage.close();
		stage = await startStage({ livemode: false });
		const { data } = await stage.post('/checkout/sessions', courseFields());
		expect([data.livemode, String(data.id).slice(0, 8)]).toEqual([false, 'cs_test_']);
	});

	it('shows its line items only when asked', async () => {
		const id = await newSession(stage);
		expect((await stage.get(`/checkout/sessions/${id}`)).data).not.toHaveProperty('line_items');
		const expanded = await stage.get(`/checkout/sessions/${id}`, { 'expand[]': 'line_items' });
		const item = { description: 'Course', amount_total: 4900, quantity: 1, currency: 'eur' };
		expect(expanded.data.line_items).toMatchObject({ object: 'list', has_more: false, data: [item] });
		expect((await stage.get(`/checkout/sessions/${id}/line_items`)).data).toMatchObject({ data: [item] });
		expect((await stage.get(`/checkout/sessions/${id}`, { 'expand[0]': 'metadata.x' })).status).toBe(400);
	});

	it('expires once', async () => {
		const id = await newSession(stage);
		const expired = await stage.post(`/checkout/sessions/${id}/expire`);
		expect(expired.data).toMatchObject({ status: 'expired', url: null, payment_status: 'unpaid' });
		const again = await stage.post(`/checkout/sessions/${id}/expire`);
		expect([again.status, JSON.stringify(again.data)]).toEqual([400, expect.stringContaining('expired')]);
		expect((await stage.post('/checkout/sessions/cs_live_none/expire')).status).toBe(404);
	});

	it('expires by itself when its time is over', async () => {
		const expiresAt = now() + 31 * 60;
		jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask', 'performance'] });
		try {
			const id = await newSession(stage, courseFields({ expires_at: String(expiresAt) }));
			jest.advanceTimersByTime(30 * 60_000);
			expect((await stage.get(`/checkout/sessions/${id}`)).data.status).toBe('open');
			jest.advanceTimersByTime(2 * 60_000);
			expect((await stage.get(`/checkout/sessions/${id}`)).data.status).toBe('expired');
		} finally {
			jest.useRealTimers();
		}
	});

	it('takes prices and customers made before', async () => {
		const price = await stage.post('/prices', {
			currency: 'usd', unit_amount: '2500', 'product_data[name]': 'Workbook', 'metadata[sku]': 'w-1',
		});
		const customer = await stage.post('/customers', { email: 'oksana@example.com', name: 'Oksana' });
		const { data } = await stage.post('/checkout/sessions', {
			mode: 'payment',
			'line_items[0][price]': String(price.data.id),
			'line_items[0][quantity]': '2',
			success_url: 'https://example.com/thanks',
			customer: String(customer.data.id),
			'expand[0]': 'customer',
		});
		expect(data).toMatchObject({
			amount_total: 5000, currency: 'usd', customer: { name: 'Oksana' }, customer_details: { email: 'oksana@example.com' },
		});
		expect((await stage.get('/customers', { email: 'oksana@example.com' })).data.data).toHaveLength(1);
		const none = courseFields({ customer: String(customer.data.id), customer_email: 'a@example.com' });
		expect((await stage.post('/checkout/sessions', none)).status).toBe(400);
	});
});

describe('lists', () => {
	it('come newest first, in pages', async () => {
		const ids: string[] = [];
		for (let count = 0; count < 5; count += 1) ids.unshift(await newSession(stage));
		const list = async (fields: Record<string, string>) => {
			const { data } = await stage.get('/checkout/sessions', fields);
			const rows = data.data as unknown as Array<{ id: string }>;
			return { ids: rows.map(({ id }) => id), more: data.has_more };
		};
		expect(await list({ limit: '2' })).toEqual({ ids: ids.slice(0, 2), more: true });
		expect(await list({ limit: '2', starting_after: ids[1] ?? '' })).toEqual({ ids: ids.slice(2, 4), more: true });
		expect(await list({ starting_after: ids[3] ?? '' })).toEqual({ ids: ids.slice(4), more: false });
		expect(await list({ limit: '2', ending_before: ids[3] ?? '' })).toEqual({ ids: ids.slice(1, 3), more: true });
		expect(await list({ 'created[gte]': String(now() + 60) })).toEqual({ ids: [], more: false });
		expect(await list({ status: 'complete' })).toEqual({ ids: [], more: false });
	});

	it.each([
		[{ limit: '0' }, 'limit'],
		[{ limit: '101' }, 'limit'],
		[{ starting_after: 'cs_none' }, 'starting_after'],
		[{ color: 'red' }, 'color'],
		[{ 'created[since]': '1' }, 'created[since]'],
	])('refuse %o', async (fields, param) => {
		const { status, data } = await stage.get('/checkout/sessions', fields as unknown as Record<string, string>);
		expect([status, data.error]).toEqual([400, expect.objectContaining({ param })]);
	});
});

describe('the journal of API calls', () => {
	it('shows fields, version and key, never the secret', async () => {
		await stage.post('/checkout/sessions', courseFields(), {
			'Stripe-Version': '2026-07-29.dahlia', 'Idempotency-Key': 'order-7-a', Cookie: 'a=b',
		});
		await stage.get('/checkout/sessions', { limit: '3' });
		await stage.post('/refunds', { payment_intent: 'pi_none' });
		const { control } = stage.stripe;
		expect(control.requests()).toHaveLength(3);
		expect(control.requests({ path: '/v1/checkout/sessions', method: 'POST' })).toEqual([
			expect.objectContaining({
				fields: courseFields(),
				stripeVersion: '2026-07-29.dahlia',
				idempotencyKey: 'order-7-a',
				outcome: 'executed',
				status: 200,
				headers: expect.objectContaining({ authorization: 'Bearer sk_live_…0000' }),
			}),
		]);
		expect(control.requests({ method: 'GET' })[0]).toMatchObject({ fields: { limit: '3' }, idempotencyKey: null });
		expect(control.countRequests({ outcome: 'refused', status: 400 })).toBe(1);
		expect(JSON.stringify(control.requests())).not.toMatch(new RegExp(`${KEY}|cookie`));
		expect(stage.log.join()).not.toContain(KEY);
	});

	it('refuses a version that is none', async () => {
		const { status } = await stage.post('/checkout/sessions', courseFields(), { 'Stripe-Version': 'latest' });
		expect(status).toBe(400);
	});
});
