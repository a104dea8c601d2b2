import { createHash } from 'node:crypto';

import axios from 'axios';

import { SANDBOX_SECRETS } from '../../runtime/credentials';
import { waitUntil } from '../../runtime/processes';
import { withSettings, type WorkflowFile } from '../../runtime/workflows';
import { signTree } from '../../sandbox/prodamus/signature';
import { ChakraShop } from './support/chakraBuyer';
import { BOOT_TIMEOUT_MS, startTestStack, type TestStack } from './support/testStack';

const PAYMENT_WORKFLOW = 'PfChakraPayment1';

let testStack: TestStack;
let shop: ChakraShop;

beforeAll(async () => {
	testStack = await startTestStack({ editWorkflows: (workflows) => [...workflows, ordersWithoutPrice(workflows)] });
	shop = new ChakraShop(testStack);
}, BOOT_TIMEOUT_MS);

afterAll(async () => await testStack?.stop(), 60_000);

/** The order endpoint once more, as if ops had emptied the price in Settings. */
function ordersWithoutPrice(workflows: WorkflowFile[]): WorkflowFile {
	const orders = workflows.find(({ id }) => id === 'PfChakraOrders01')!;
	const copy = withSettings({ ...orders, id: 'PfChakraOrdersNo', name: 'Orders without a price' }, { price: '' });
	for (const node of copy.nodes.filter(({ type }) => type === 'n8n-nodes-base.webhook')) {
		node.parameters.path = 'chakra/orders-without-price';
		Object.assign(node, { webhookId: '00000000-0000-4000-8000-000000000001' });
	}
	return copy;
}

const prodamus = () => shop.stack.sandbox.prodamus;

describe('placing an order', () => {
	test('PC1: the order with its points is in the ledger before any payment', async () => {
		const points = { muladhara: 8, svadhisthana: 3, manipura: 6, anahata: 5, vishuddha: 2, ajna: 7, sahasrara: 4 };
		const answer = await shop.order({ points, email: 'points@example.com' });

		expect(answer).toMatchObject({ amount: '1000.00', currency: 'RUB' });
		const order = await shop.ledgerOrder(answer.order_id);
		expect(order).toMatchObject({ status: 'pending', amount_minor: '100000', currency: 'RUB', customer_email: 'points@example.com' });
		expect(order.details).toMatchObject({ points, birth_date: '15.05.1990' });
		expect(await shop.events(answer.order_id)).toEqual([]);
	});

	test('PC2: the link goes straight to payment, carries everything and cannot be edited', async () => {
		const { payment_url: link, order_id: orderId } = await shop.order({ email: 'link+1@example.com', name: 'Анна' });
		const url = new URL(link);

		expect(url.origin).toBe(shop.stack.sandbox.urls.prodamus);
		expect(Object.fromEntries(url.searchParams)).toMatchObject({
			do: 'pay',
			order_id: orderId,
			customer_email: 'link+1@example.com',
			customer_phone: '+79990000001',
			'products[0][price]': '1000.00',
			payments_limit: '1',
		});
		expect(link).toContain('customer_phone=%2B79990000001');
		expect(link).not.toContain(' ');
		expect(link).not.toContain(SANDBOX_SECRETS.prodamus);

		const page = await axios.get<string>(link);
		expect(page.data).toContain('1\u00a0000');
		const edited = await axios.get<string>(link.replace('1000.00', '10.00'), { validateStatus: () => true });
		expect(edited.data).toContain('одпис');
		expect(edited.data).not.toContain('10.00');
	});

	test('PC3: a phone skips the extra page, an e-mail alone does not, and the answer says so', async () => {
		const both = await shop.order();
		expect(both.instant_payment).toBe(true);
		const emailOnly = await shop.order({ phone: undefined });
		expect(emailOnly.instant_payment).toBe(false);
		expect(emailOnly.message).toContain('phone');
		const phoneOnly = await shop.order({ email: undefined });
		expect(phoneOnly.instant_payment).toBe(true);
	});

	test('PC3: neither e-mail nor phone is refused naming both', async () => {
		const { status, data } = await shop.post({ birth_date: '15.05.1990' });
		expect(status).toBe(400);
		expect(data).toMatchObject({ error: 'validation' });
		expect(fields(data)).toEqual(['email', 'phone']);
	});

	const good = { birth_date: '15.05.1990', email: 'buyer@example.com', phone: '+79990000001' };
	const tomorrow = new Date(Date.now() + 2 * 86_400_000).toISOString().slice(0, 10);
	test.each([
		['a birth date in the future', { ...good, birth_date: tomorrow }, ['birth_date']],
		['an impossible birth date', { ...good, birth_date: '31.02.1990' }, ['birth_date']],
		['an ambiguous birth date', { ...good, birth_date: '05/15/90' }, ['birth_date']],
		['neither birth date nor points', { ...good, birth_date: undefined }, ['birth_date']],
		['a wrong e-mail', { ...good, email: 'not-an-address' }, ['email']],
		['a wrong phone', { ...good, phone: '12' }, ['phone']],
		['points of the wrong shape', { ...good, points: 'nonsense' }, ['points']],
		['a point that is no number', { ...good, points: [{ chakra: 'anahata', value: 'many' }] }, ['points[0].value']],
		['an unknown language', { ...good, language: 'de' }, ['language']],
		[
			'everything at once',
			{ birth_date: tomorrow, email: '@', phone: 'x', points: [{ chakra: 'elbow', value: 99 }], language: 'xx' },
			['email', 'language', 'phone'],
		],
	])('%s is refused by name', async (_, body, expected) => {
		const { status, data } = await shop.post(body);
		expect(status).toBe(400);
		expect(fields(data)).toEqual(expect.arrayContaining(expected));
		for (const { message } of (data as Refusal).issues) expect(message.length).toBeGreaterThan(10);
	});

	test('an absent price is refused by name', async () => {
		const { status, data } = await shop.post(good, 'chakra/orders-without-price');
		expect(status).toBe(400);
		expect(fields(data)).toEqual(['price']);
	});

	test.each([
		['no body', ''],
		['a list', '[1,2]'],
		['a bare word', '"word"'],
		['polluting keys', '{"__proto__":{"email":"x@example.com"},"constructor":{"prototype":{"phone":"+79990000001"}}}'],
	])('%s is a bad request, not a failure', async (_, body) => {
		const { status } = await axios.post(`${shop.stack.n8n.url}/webhook/chakra/orders`, body, {
			headers: { 'content-type': 'application/json' },
			validateStatus: () => true,
		});
		expect(status).toBe(400);
	});

	test('PC8: the free reading is short and comes in the buyer’s language', async () => {
		const [ru, uk, en] = await Promise.all(['ru', 'uk', 'en'].map(async (language) => await shop.order({ language })));
		for (const answer of [ru, uk, en]) {
			expect(answer!.free_reading.text.length).toBeGreaterThan(200);
			expect(answer!.free_reading.text.length).toBeLessThanOrEqual(1200);
		}
		expect(ru!.free_reading.text).toMatch(/[ыэъ]/);
		expect(uk!.free_reading.text).toMatch(/[іїє]/);
		expect(en!.free_reading.text).not.toMatch(/[а-я]/i);
	});

	test('PC10: order numbers have 160 unguessable bits', async () => {
		const numbers = await Promise.all(Array.from({ length: 5 }, async () => (await shop.order()).order_id));
		for (const number of numbers) expect(number).toMatch(/^[0-9a-f]{40}$/);
		expect(new Set(numbers).size).toBe(5);
		expect(new Set(numbers.map((number) => number.slice(0, 8))).size).toBe(5);
	});
});

describe('paying', () => {
	test.each(['multipart', 'urlencoded', 'json'] as const)(
		'PC4 PC5 PC6: paid on the payment page (%s), the reading is there for any other client',
		async (format) => {
			prodamus().setWebhookFormat(format);
			const { order_id: orderId, payment_url: link } = await shop.order();

			const before = await shop.reading(orderId);
			expect(before.status).toBe(402);
			expect(before.data).toMatchObject({ status: 'not_paid', message: expect.stringContaining('not paid yet') });

			prodamus().pay(link);
			const reading = await shop.readingWhenReady(orderId);
			expect(reading.text.length).toBeGreaterThanOrEqual(5_000);
			expect(reading.text.length).toBeLessThanOrEqual(8_000);
			expect(reading.html).toContain('<');
			expect(reading.svg).toMatch(/^<svg[\s>]/);
			expect(reading.svg).not.toContain('<script');

			const order = await shop.ledgerOrder(orderId);
			expect(order.status).toBe('paid');
			expect(order.paid_at).toBeInstanceOf(Date);
			prodamus().setWebhookFormat('multipart');
		},
	);

	test('PC5 PC10: a repeated webhook and a later delivery attempt change nothing', async () => {
		const { order_id: orderId } = await shop.order();
		const fields = shop.paidFields(orderId);
		expect(await shop.notify(fields)).toMatchObject({ status: 200, body: 'success' });
		await shop.waitForStatus(orderId, 'done');
		const before = await shop.ledgerOrder(orderId);

		for (const attempt of ['1', '2', '3']) {
			expect(await shop.notify({ ...fields, attempt })).toMatchObject({ status: 200, body: 'success' });
		}
		expect(await shop.ledgerOrder(orderId)).toEqual(before);
		expect(await shop.event(orderId)).toMatchObject({ status: 'done', attempts: 1, deliveries: 4 });
	});

	test('PC5: 30 copies of the paid webhook at once make one fulfilment', async () => {
		const { order_id: orderId } = await shop.order();
		const fields = shop.paidFields(orderId);
		const fulfilments = testStack.proxy.count('fulfillment.finish_event');

		const answers = await Promise.all(
			Array.from({ length: 30 }, async (_, copy) => await shop.notify({ ...fields, attempt: String(copy + 1) })),
		);

		expect(answers.map(({ status, body }) => `${status} ${body}`)).toEqual(Array(30).fill('200 success'));
		await shop.waitForStatus(orderId, 'done');
		await shop.readingWhenReady(orderId);
		expect(await shop.event(orderId)).toMatchObject({ attempts: 1, deliveries: 30 });
		expect(fulfilments()).toBe(1);
	}, 60_000);

	test('PC6: an unknown order is 404, a missing number 400', async () => {
		expect((await shop.reading('0'.repeat(40))).status).toBe(404);
		expect((await shop.reading("' OR 1=1 --")).status).toBe(404);
		const missing = await shop.reading();
		expect(missing.status).toBe(400);
		expect(fields(missing.data)).toEqual(['order_id']);
	});

	test('PC8: the paid reading follows points and language given with the order', async () => {
		const points = { muladhara: 9, svadhisthana: 1, manipura: 5, anahata: 5, vishuddha: 5, ajna: 5, sahasrara: 5 };
		const { order_id: orderId } = await shop.order({ points, language: 'en', birth_date: undefined, name: 'Anna <b>' });
		await shop.notify(shop.paidFields(orderId));
		const reading = await shop.readingWhenReady(orderId);
		expect(reading.text).toContain('Mūlādhāra');
		expect(reading.text).not.toMatch(/[а-я]/i);
		expect(reading.html).not.toContain('<b>Anna');
		expect(reading.html).not.toContain('Anna <b>');
	});

	test('PC5: two orders of one customer are fulfilled one after the other, the second at once', async () => {
		const email = 'twice@example.com';
		const [first, second] = [await shop.order({ email }), await shop.order({ email })];
		const hold = testStack.proxy.hold('fulfillment.finish_event', 'request');

		expect(await shop.notify(shop.paidFields(first.order_id))).toMatchObject({ status: 200 });
		await hold.reached;
		expect(await shop.notify(shop.paidFields(second.order_id))).toMatchObject({ status: 200, body: 'success' });
		expect(await shop.event(first.order_id)).toMatchObject({ status: 'processing' });
		expect(await shop.event(second.order_id)).toMatchObject({ status: 'received' });

		const released = Date.now();
		hold.release();
		await shop.readingWhenReady(first.order_id);
		await shop.readingWhenReady(second.order_id);
		// Recovery looks once a minute; this was quicker because the first run started the second.
		expect(Date.now() - released).toBeLessThan(10_000);
	}, 60_000);
});

describe('PC7: what must not be fulfilled is kept with the reason', () => {
	test.each([
		['a wrong amount', { sum: '10.00' }, /^mismatch: expected 100000 RUB, got 1000 RUB/],
		['a wrong currency', { currency: 'kzt' }, /^mismatch: expected 100000 RUB, got 100000 KZT/],
		['a payment marked as test', { demo_mode: '1' }, /^test_payment/],
		['a refusal of the bank', { payment_status: 'order_denied' }, /^kind_not_handled.*failed/],
		['a cancellation', { payment_status: 'Order_Canceled' }, /^kind_not_handled.*canceled/],
	])('%s', async (_, change, reason) => {
		const { order_id: orderId } = await shop.order();
		expect(await shop.notify(shop.paidFields(orderId, change))).toMatchObject({ status: 200, body: 'success' });

		const event = await shop.event(orderId);
		expect(event).toMatchObject({ status: 'ignored', attempts: 0 });
		expect(event.reason).toMatch(reason);
		expect((await shop.reading(orderId)).status).toBe(402);
		expect(await shop.ledgerOrder(orderId)).toMatchObject({ result: null, paid_at: null });
	});

	test('a mismatch raises an alert', async () => {
		const { order_id: orderId } = await shop.order();
		await shop.notify(shop.paidFields(orderId, { sum: '1.00' }));
		expect(await shop.alerts(orderId)).toEqual([expect.objectContaining({ kind: 'mismatch' })]);
	});

	test('a payment on a page that is not live (secret + demo) is a test payment', async () => {
		const { order_id: orderId, payment_url: link } = await shop.order();
		prodamus().setPageMode('notLive');
		prodamus().pay(link);
		await shop.waitForStatus(orderId, 'ignored');
		prodamus().setPageMode('live');
		expect(await shop.event(orderId)).toMatchObject({ is_test: true, reason: expect.stringMatching(/^test_payment/) });
		expect((await shop.reading(orderId)).status).toBe(402);
	});

	test('an unknown order', async () => {
		const unknown = 'f'.repeat(40);
		expect(await shop.notify(shop.paidFields(unknown))).toMatchObject({ status: 200 });
		expect(await shop.event(unknown)).toMatchObject({ status: 'ignored', reason: expect.stringMatching(/^unknown_order/) });
		expect((await shop.reading(unknown)).status).toBe(404);
	});

	test('a cancellation after the payment takes nothing away', async () => {
		const { order_id: orderId } = await shop.order();
		await shop.notify(shop.paidFields(orderId));
		const reading = await shop.readingWhenReady(orderId);
		await shop.notify(shop.paidFields(orderId, { payment_status: 'order_canceled' }));
		expect(await shop.ledgerOrder(orderId)).toMatchObject({ status: 'paid' });
		expect(await shop.readingWhenReady(orderId)).toEqual(reading);
	});
});

describe('PC7: what is not genuine starts nothing', () => {
	const attacks: [string, (orderId: string) => Promise<{ status: number | null }>, number][] = [
		['another secret', async (id) => await shop.notify(shop.paidFields(id), { secret: 'guessed' }), 401],
		['no signature', async (id) => await shop.notify(shop.paidFields(id), { sign: null }), 401],
		['an empty signature', async (id) => await shop.notify(shop.paidFields(id), { sign: '' }), 401],
		[
			'a field changed after signing',
			async (id) => {
				const signed = shop.paidFields(id, { sum: '1.00' });
				return await shop.notify(shop.paidFields(id), { sign: signTree(signed, SANDBOX_SECRETS.prodamus) });
			},
			401,
		],
		[
			'malformed JSON',
			async () => await raw('{"order_num": "x", ', 'application/json'),
			401,
		],
		['a body of 1 MB and more', async () => await raw(`sum=${'9'.repeat(1_100_000)}`, 'application/x-www-form-urlencoded'), 413],
		['a deep body', async () => await raw('['.repeat(20_000) + ']'.repeat(20_000), 'application/json'), 401],
		['ten thousand keys', async () => await raw(Array.from({ length: 10_000 }, (_, i) => `k${i}=1`).join('&'), 'application/x-www-form-urlencoded'), 401],
		['polluting keys', async (id) => await raw(`__proto__[isTest]=0&constructor[prototype][x]=1&order_num=${id}`, 'application/x-www-form-urlencoded'), 401],
		['a zero byte', async (id) => await raw(`order_num=${id}%00&payment_status=success`, 'application/x-www-form-urlencoded'), 401],
		['an unknown content type', async () => await raw('sum=1', 'application/octet-stream'), 401],
		['no body', async () => await raw('', 'application/json'), 401],
	];

	test.each(attacks)('%s', async (_, attack, expected) => {
		const { order_id: orderId } = await shop.order();
		const [events, executions] = [await shop.eventsInAll(), (await shop.executions(PAYMENT_WORKFLOW)).length];

		const { status } = await attack(orderId);

		// A parser that gives up early is as good as a refused signature, as long as nothing is acknowledged.
		expect(expected === 401 ? [400, 401, 413, 422] : [expected]).toContain(status);
		expect(await shop.eventsInAll()).toBe(events);
		expect((await shop.executions(PAYMENT_WORKFLOW)).length).toBe(executions);
		expect((await shop.reading(orderId)).status).toBe(402);
	});

	test('n8n is still well after all this', async () => {
		expect(await shop.stack.n8n.isReady()).toBe(true);
		const { order_id: orderId } = await shop.order();
		await shop.notify(shop.paidFields(orderId));
		await shop.readingWhenReady(orderId);
	});

	async function raw(body: string, contentType: string) {
		const { status } = await axios.post(shop.webhookUrl, body, {
			headers: { 'content-type': contentType, sign: createHash('sha256').update(body).digest('hex') },
			validateStatus: () => true,
			maxBodyLength: Infinity,
		});
		return { status };
	}
});

describe('a genuine notification with odd content is fulfilled like any other', () => {
	test.each([
		['a zero byte', { customer_extra: 'a\u0000b' }],
		['quotes, SQL and markup', { customer_extra: `'; DROP SCHEMA fulfillment; -- "\\ <script>{{ $json }}` }],
		['emoji and line separators', { customer_extra: '😀\u2028\u2029' }],
		['no phone and no e-mail', { customer_phone: '', customer_email: '' }],
	])('%s', async (_, odd) => {
		const { order_id: orderId } = await shop.order();
		expect(await shop.notify(shop.paidFields(orderId, odd), { format: 'urlencoded' })).toMatchObject({ status: 200 });
		await shop.readingWhenReady(orderId);
		expect(await shop.event(orderId)).toMatchObject({ status: 'done' });
	});

	test('polluting keys cannot be signed into the event', async () => {
		const { order_id: orderId } = await shop.order();
		const body = { ...shop.paidFields(orderId), constructor: { prototype: { isTest: 'x' } } };
		const { status } = await shop.notify(body as never, { format: 'json' });
		expect(status).toBe(401);
		expect(await shop.events(orderId)).toEqual([]);
	});
});

describe('PC9: subscription events', () => {
	const block = { type: 'action', id: '1001', profile_id: '700001', name: 'Клуб', payment_num: '2', active: '1', active_manager: '1', active_user: '1', date_next_payment: '2026-12-20 12:00:00' };
	const renewal = (date: string, overrides: Record<string, string>) => ({
		date,
		order_id: `9${Math.floor(Math.random() * 1e7)}`,
		order_num: '',
		sum: '990.00',
		customer_phone: '+79990000002',
		customer_email: 'sub@example.com',
		attempt: '1',
		subscription: { ...block, ...overrides },
	});
	const subscription = async () =>
		(await shop.stack.ledger.query<Record<string, unknown>>(`SELECT * FROM fulfillment.subscriptions WHERE subscription_id = '700001'`))[0];

	test('renewal without payment_status, deactivation and finish lead to the right state, in any order', async () => {
		const renewed = renewal('2026-11-20T12:00:00+03:00', { action_code: 'auto_payment', autopayment: '1' });
		const deactivated = renewal('2026-11-25T12:00:00+03:00', { action_code: 'deactivation', active_user: '0', last_attempt: 'no' });
		const finished = renewal('2026-12-20T12:00:00+03:00', { action_code: 'finish', active: '0' });

		expect(await shop.notify(renewed)).toMatchObject({ status: 200, body: 'success' });
		expect(await subscription()).toMatchObject({ status: 'active', renews: true, last_payment_minor: '99000' });

		expect(await shop.notify(finished)).toMatchObject({ status: 200 });
		expect(await subscription()).toMatchObject({ status: 'ended', renews: false });
		expect(await shop.notify(deactivated)).toMatchObject({ status: 200 });
		expect(await subscription()).toMatchObject({ status: 'ended', renews: false });
	});

	test('a subscription lives its life at the payment page', async () => {
		const orders = await shop.events('');
		expect(orders).toEqual([]);
		const url = shop.stack.sandbox.urls.prodamus;
		const fields = { do: 'pay', subscription: '1001', customer_phone: '+79990000003', order_id: 'club-1' };
		prodamus().pay(`${url}/?${new URLSearchParams({ ...fields, signature: signTree(fields, SANDBOX_SECRETS.prodamus) })}`);
		const [{ id }] = prodamus().subscriptions.all.map(({ profileId }) => ({ id: profileId })) as [{ id: string }];
		prodamus().subscriptions.renew(id);
		prodamus().subscriptions.deactivate(id, 'user');
		await waitUntil(
			async () => {
				const rows = await shop.stack.ledger.query<{ status: string; last_payment_number: number }>(
					'SELECT status, last_payment_number FROM fulfillment.subscriptions WHERE subscription_id = $1',
					[id],
				);
				return rows[0]?.status === 'canceled' && rows[0].last_payment_number === 2;
			},
			{ timeoutMs: 15_000, otherwise: () => 'The ledger does not know that the subscription was cancelled' },
		);
	});
});

interface Refusal {
	issues: { field: string; code: string; message: string }[];
}

function fields(refusal: unknown): string[] {
	return (refusal as Refusal).issues.map(({ field }) => field).sort();
}

test('OP2: ops replay an ignored event by hand, and the buyer gets the reading', async () => {
	const { order_id: orderId } = await shop.order();
	await shop.notify(shop.paidFields(orderId, { sum: '999.00' }));
	const { id } = await shop.event(orderId);
	expect((await shop.reading(orderId)).status).toBe(402);

	await shop.runByHand('PfReplayEvent001', { event_id: Number(id) });

	await shop.readingWhenReady(orderId);
	expect(await shop.event(orderId)).toMatchObject({ status: 'done' });
});
