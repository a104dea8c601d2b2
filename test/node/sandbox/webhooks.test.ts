import { RETRY_MINUTES } from '../../../sandbox/prodamus/notificationSender';
import { type PhpTree, toTree } from '../../../sandbox/prodamus/phpForm';
import { signTree } from '../../../sandbox/prodamus/signature';
import type { Webhook } from './receiver';
import { linkParameters, SECRET, type Stage, startStage, until } from './stage';

let stage: Stage;
beforeEach(async () => {
	stage = await startStage();
});
afterEach(async () => await stage.close());

const treeOf = ({ fields }: Webhook): PhpTree => toTree(Object.entries(fields));
const received = async (count: number) => {
	await until(() => stage.merchant.webhooks.length >= count, `${count} webhooks`);
	return stage.merchant.webhooks;
};

describe('a paid order is told to the merchant (PC5, providers/prodamus.md §4)', () => {
	it('sends the documented fields, signed, as curl would', async () => {
		const payment = stage.prodamus.control.pay(
			linkParameters({ customer_extra: 'две\nстроки', _param_note: 'a + b', utm_source: 'mail', demo_mode: '1' }),
		);
		const [webhook] = await received(1);
		expect(webhook?.headers['user-agent']).toMatch(/^curl\//);
		expect(webhook?.headers['content-type']).toMatch(/^multipart\/form-data; boundary=/);
		expect(webhook?.headers.sign).toBe(signTree(treeOf(webhook as Webhook), SECRET));
		expect(webhook?.fields).toEqual({
			date: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+03:00$/),
			order_id: payment.id,
			order_num: 'shop-1042',
			domain: new URL(stage.prodamus.url).host,
			sum: '1000.00',
			currency: 'rub',
			customer_phone: '+79990000001',
			customer_email: 'buyer@example.com',
			customer_extra: 'две\nстроки',
			payment_type: 'Оплата картой, выпущенной в РФ',
			commission: '3.5',
			commission_sum: '35.00',
			'products[0][name]': 'Расширенный разбор / чакры',
			'products[0][price]': '1000.00',
			'products[0][quantity]': '1',
			'products[0][sum]': '1000.00',
			payment_status: 'success',
			payment_status_description: 'Успешная оплата',
			payment_init: 'manual',
			_param_note: 'a + b',
			utm_source: 'mail',
			demo_mode: '1',
			attempt: '1',
		});
	});

	it('sends urlencoded forms when told', async () => {
		stage.prodamus.control.setWebhookFormat('urlencoded');
		stage.prodamus.control.pay(linkParameters());
		const [webhook] = await received(1);
		expect(webhook?.headers['content-type']).toBe('application/x-www-form-urlencoded');
		expect(webhook?.raw).toContain('products%5B0%5D%5Bprice%5D=1000.00');
		expect(webhook?.headers.sign).toBe(signTree(treeOf(webhook as Webhook), SECRET));
	});

	it('sends JSON with text values for callbackType=json', async () => {
		stage.prodamus.control.pay(linkParameters({ callbackType: 'json' }));
		const [webhook] = await received(1);
		const body = JSON.parse(webhook?.raw ?? '') as PhpTree;
		expect(webhook?.headers['content-type']).toBe('application/json');
		expect(body).toMatchObject({ attempt: '1', callbackType: 'json', products: [{ price: '1000.00' }] });
		expect(webhook?.headers.sign).toBe(signTree(body, SECRET));
	});

	it('tells refusals and cancellations with their own status (PC7)', async () => {
		const denied = stage.prodamus.control.deny(linkParameters());
		await received(1);
		const paid = stage.prodamus.control.pay('shop-1042');
		await received(2);
		const canceled = stage.prodamus.control.cancel('shop-1042');
		const webhooks = await received(3);
		expect(webhooks.map(({ fields }) => fields.payment_status)).toEqual(['order_denied', 'success', 'order_canceled']);
		expect(paid.id).toBe(denied.id);
		expect(canceled.id).not.toBe(paid.id);
	});

	it('tells every configured address on its own', async () => {
		await stage.close();
		const merchant = await startStage();
		stage = await startStage({ webhookUrl: [`${merchant.merchant.url}/a`, `${merchant.merchant.url}/b`] });
		stage.prodamus.control.pay(linkParameters());
		await until(() => merchant.merchant.webhooks.length === 2, 'both addresses');
		expect(merchant.merchant.webhooks.map(({ path }) => path).sort()).toEqual(['/a', '/b']);
		await merchant.close();
	});

	it('obeys urlNotification only together with sys', async () => {
		const other = `${stage.merchant.url}/own`;
		stage.prodamus.control.pay(linkParameters({ urlNotification: other }));
		await received(1);
		stage.prodamus.control.pay(linkParameters({ urlNotification: other, sys: 'any' }));
		const webhooks = await received(2);
		expect(webhooks.map(({ path }) => path)).toEqual(['/pay', '/own']);
		expect(webhooks[1]?.fields.sys).toBe('any');
	});

	it('never leaves this machine', async () => {
		const url = 'https://example.com/hook';
		stage.prodamus.control.pay(linkParameters({ urlNotification: url, sys: 'any' }));
		const delivery = await stage.prodamus.control.waitForDelivery((one) => one.url === url);
		expect(delivery).toMatchObject({ status: null, error: expect.stringContaining('this machine only') });
		expect(stage.merchant.webhooks).toHaveLength(0);
	});
});

describe('keys of the webhook', () => {
	it('appends demo while the page is not live', async () => {
		stage.prodamus.control.setPageMode('notLive');
		stage.prodamus.control.pay(linkParameters());
		const [webhook] = await received(1);
		expect(webhook?.headers.sign).toBe(signTree(treeOf(webhook as Webhook), `${SECRET}demo`));
	});

	it("signs the merchant's own demo as usual and leaves no mark", async () => {
		stage.prodamus.control.setPageMode('merchantDemo');
		stage.prodamus.control.pay(linkParameters());
		const [webhook] = await received(1);
		expect(webhook?.headers.sign).toBe(signTree(treeOf(webhook as Webhook), SECRET));
		expect(Object.keys(webhook?.fields ?? {}).filter((name) => /demo|test/.test(name))).toEqual([]);
	});

	it('signs with the service key when the link carries its code', async () => {
		await stage.close();
		stage = await startStage({ sys: { code: 'our-service', key: 'service-key' } });
		stage.prodamus.control.pay(linkParameters({ sys: 'our-service' }));
		const [webhook] = await received(1);
		expect(webhook?.headers.sign).toBe(signTree(treeOf(webhook as Webhook), 'service-key'));
	});
});

describe('retries', () => {
	it('climbs the ladder of 23 pauses, about 68 hours', () => {
		expect(RETRY_MINUTES).toHaveLength(23);
		const hours = RETRY_MINUTES.reduce((sum, minutes) => sum + minutes, 0) / 60;
		expect(Math.round(hours)).toBe(68);
	});

	it('tries 24 times, counts attempts, signs each anew, and gives up', async () => {
		await stage.close();
		stage = await startStage({ timeScale: 1e-7 });
		stage.merchant.answer(...Array.from({ length: 30 }, () => 500));
		stage.prodamus.control.pay(linkParameters());
		const state = () => stage.prodamus.control.payments()[0]?.notifications[0]?.state;
		await until(() => state() === 'exhausted', 'the end of the ladder', 20_000);
		const { webhooks } = stage.merchant;
		expect(webhooks.map(({ fields }) => fields.attempt)).toEqual(Array.from({ length: 24 }, (_, i) => String(i + 1)));
		expect(new Set(webhooks.map(({ headers }) => headers.sign)).size).toBe(24);
		expect(new Set(webhooks.map(({ fields }) => fields.order_id)).size).toBe(1);
	}, 30_000);

	it('scales the pauses', async () => {
		await stage.close();
		stage = await startStage({ timeScale: 0.005 });
		stage.merchant.answer(500, 500);
		stage.prodamus.control.pay(linkParameters());
		await received(3);
		const times = stage.prodamus.control.journal().deliveries.map(({ at }) => Date.parse(at));
		expect(Number(times[1]) - Number(times[0])).toBeGreaterThanOrEqual(290);
	});

	it.each([[202], [204], [301], [302], [400], [401], [404], [500], ['drop' as const]])(
		'takes only 200 for delivered, not %s',
		async (answer) => {
			stage.merchant.answer(answer);
			stage.prodamus.control.pay(linkParameters());
			const webhooks = await received(2);
			await until(() => stage.prodamus.control.payments()[0]?.notifications[0]?.state === 'delivered', 'delivery');
			expect(webhooks).toHaveLength(2);
			expect(webhooks.map(({ path }) => path)).toEqual(['/pay', '/pay']);
		},
	);

	it('waits no longer than the time-out', async () => {
		await stage.close();
		stage = await startStage({ webhookTimeoutMs: 80 });
		stage.merchant.answer('hang');
		stage.prodamus.control.pay(linkParameters());
		const late = await stage.prodamus.control.waitForDelivery(({ attempt }) => attempt === 1);
		expect(late).toMatchObject({ status: null, error: 'No answer within 80 ms' });
		await stage.prodamus.control.waitForDelivery(({ attempt, status }) => attempt === 2 && status === 200);
	});

	it('keeps trying while nobody listens', async () => {
		await stage.merchant.close();
		stage.prodamus.control.pay(linkParameters());
		const refused = await stage.prodamus.control.waitForDelivery(({ attempt }) => attempt === 3);
		expect(refused).toMatchObject({ status: null, error: expect.stringContaining('ECONNREFUSED') });
	});
});

describe('control of deliveries', () => {
	it('sends identical copies at once (PC5)', async () => {
		stage.prodamus.control.duplicateNext(5);
		stage.prodamus.control.pay(linkParameters());
		const webhooks = await received(5);
		expect(new Set(webhooks.map(({ headers }) => headers.sign)).size).toBe(1);
		stage.prodamus.control.pay(linkParameters({ order_id: 'shop-1043' }));
		await received(6);
		expect(stage.merchant.webhooks).toHaveLength(6);
	});

	it('hangs up before the answer and comes again', async () => {
		stage.prodamus.control.hangUpNext();
		stage.merchant.answer('hang');
		stage.prodamus.control.pay(linkParameters());
		const webhooks = await received(2);
		expect(webhooks.map(({ fields }) => fields.attempt)).toEqual(['1', '2']);
		expect(stage.prodamus.control.journal().deliveries[0]?.error).toBe('Hung up before the answer');
	});

	it('holds and releases in the order wanted', async () => {
		stage.prodamus.control.hold();
		for (const order of ['a', 'b', 'c']) stage.prodamus.control.pay(linkParameters({ order_id: order }));
		const ids = stage.prodamus.control.payments().map((payment) => Number(payment.notifications[0]?.id));
		expect(stage.merchant.webhooks).toHaveLength(0);
		await stage.prodamus.control.release([...ids].reverse());
		expect(stage.merchant.webhooks.map(({ fields }) => fields.order_num)).toEqual(['c', 'b', 'a']);
	});

	it('resends by hand with the next attempt number, also after delivery', async () => {
		const payment = stage.prodamus.control.pay(linkParameters());
		await received(1);
		const [answer] = await stage.prodamus.control.resend('shop-1042');
		expect(answer?.status).toBe(200);
		const [first, second] = stage.merchant.webhooks;
		expect([first?.fields.attempt, second?.fields.attempt]).toEqual(['1', '2']);
		expect(second?.fields.order_id).toBe(payment.id);
		expect(second?.headers.sign).not.toBe(first?.headers.sign);
	});

	it('stops the ladder when a resend is taken', async () => {
		await stage.close();
		stage = await startStage({ timeScale: 0.002 });
		stage.merchant.answer(500);
		stage.prodamus.control.pay(linkParameters());
		await stage.prodamus.control.waitForDelivery(({ status }) => status === 500);
		await stage.prodamus.control.resend('shop-1042');
		await new Promise((resolve) => setTimeout(resolve, 250));
		expect(stage.merchant.webhooks).toHaveLength(2);
	});

	it('says why there is nothing to resend', async () => {
		await expect(stage.prodamus.control.resend('unknown')).rejects.toThrow('There is no payment unknown');
	});

	it.each([
		['another secret', { secret: 'guessed' }],
		['a sum changed after signing', { changeAfterSigning: { sum: '1.00' } }],
		['a made-up signature', { sign: '0'.repeat(64) }],
	])('forges with %s', async (_name, forgery) => {
		stage.prodamus.control.pay(linkParameters());
		await received(1);
		const answer = await stage.prodamus.control.forge('shop-1042', forgery);
		const forged = stage.merchant.webhooks[1] as Webhook;
		expect(answer.status).toBe(200);
		expect(forged.headers.sign).not.toBe(signTree(treeOf(forged), SECRET));
	});

	it('forges without a signature header, and validly signed with another sum (PC7)', async () => {
		stage.prodamus.control.pay(linkParameters());
		await received(1);
		await stage.prodamus.control.forge('shop-1042', { sign: null });
		await stage.prodamus.control.forge('shop-1042', { changeBeforeSigning: { sum: '1.00', currency: 'kzt' } });
		const [, unsigned, cheaper] = stage.merchant.webhooks;
		expect(unsigned?.headers).not.toHaveProperty('sign');
		expect(cheaper?.fields).toMatchObject({ sum: '1.00', currency: 'kzt' });
		expect(cheaper?.headers.sign).toBe(signTree(treeOf(cheaper as Webhook), SECRET));
	});

	it('keeps a journal of each delivery', async () => {
		stage.merchant.answer(503);
		const payment = stage.prodamus.control.pay(linkParameters());
		await stage.prodamus.control.waitForDelivery(({ status }) => status === 200);
		expect(stage.prodamus.control.journal().deliveries).toEqual([
			expect.objectContaining({ paymentId: payment.id, attempt: 1, status: 503, durationMs: expect.any(Number) }),
			expect.objectContaining({ paymentId: payment.id, attempt: 2, status: 200, body: 'success' }),
		]);
	});

	it('forgets everything on reset and starts no old retry', async () => {
		await stage.close();
		stage = await startStage({ timeScale: 0.001 });
		stage.merchant.answer(500);
		stage.prodamus.control.pay(linkParameters());
		await stage.prodamus.control.waitForDelivery(({ status }) => status === 500);
		stage.prodamus.control.reset();
		await new Promise((resolve) => setTimeout(resolve, 150));
		expect(stage.merchant.webhooks).toHaveLength(1);
		expect(stage.prodamus.control.payments()).toEqual([]);
	});

	it('never gives a number twice, not even after a restart', async () => {
		const before = stage.prodamus.control.pay(linkParameters());
		await stage.close();
		await new Promise((resolve) => setTimeout(resolve, 1100));
		stage = await startStage();
		const after = stage.prodamus.control.pay(linkParameters());
		expect(Number(after.id)).toBeGreaterThan(Number(before.id));
	});
});
