import axios from 'axios';
import type { PhpTree } from '../../../sandbox/prodamus/phpForm';
import { toPairs } from '../../../sandbox/prodamus/phpForm';
import { signTree } from '../../../sandbox/prodamus/signature';
import { linkParameters, linkUrl, SECRET, signed, type Stage, startStage, until } from './stage';

const http = axios.create({ maxRedirects: 0, validateStatus: () => true, proxy: false, responseType: 'text' });

let stage: Stage;
beforeEach(async () => {
	stage = await startStage();
});
afterEach(async () => await stage.close());

const open = async (parameters: PhpTree) => await http.get<string>(linkUrl(stage.prodamus.url, parameters));
const actionOf = (page: string, name: string) =>
	stage.prodamus.url + (new RegExp(`action="([^"]+/${name})"`).exec(page)?.[1] ?? '/no-such-form');
const press = async (page: string, name: string, fields: Record<string, string> = {}) =>
	await http.post<string>(actionOf(page, name), new URLSearchParams(fields));
const shortLink = async (parameters: PhpTree) => (await open(linkParameters({ do: 'link', ...parameters }))).data;

describe('the payment page (PC2)', () => {
	it('goes straight to payment and shows the order', async () => {
		const { status, data, headers } = await open(signed(linkParameters()));
		expect(status).toBe(200);
		expect(data).toContain('Расширенный разбор / чакры');
		expect(data).toContain('1\u00a0000\u00a0₽');
		expect(data).toContain('shop-1042');
		expect(data).not.toContain('name="customer_phone"');
		expect(headers['content-security-policy']).toContain("default-src 'none'");
	});

	it('takes a link sent as a form', async () => {
		const form = new URLSearchParams(toPairs(signed(linkParameters())));
		expect((await http.post<string>(`${stage.prodamus.url}/`, form)).data).toContain('Способ оплаты');
	});

	it('takes a link sent as multipart', async () => {
		const form = new FormData();
		for (const [name, value] of toPairs(signed(linkParameters()))) form.append(name, value);
		const page = await fetch(`${stage.prodamus.url}/`, { method: 'POST', body: form });
		expect(await page.text()).toContain('Способ оплаты');
	});

	it('accepts an unsigned link, so that an edited price gets through as with the real one (PC7)', async () => {
		const cheaper = linkParameters({ products: [{ name: 'Разбор', price: '1.00', quantity: '1' }] });
		const { data } = await open(cheaper);
		await press(data, 'pay', { method: 'AC' });
		await until(() => stage.merchant.webhooks.length === 1, 'webhook');
		expect(stage.merchant.webhooks[0]?.fields).toMatchObject({ sum: '1.00', order_num: 'shop-1042' });
		expect(stage.prodamus.control.journal().received[0]).toMatchObject({ kind: 'link', signature: 'absent' });
	});

	it('refuses a signed link whose price was edited', async () => {
		const edited = { ...signed(linkParameters()), products: [{ name: 'Разбор', price: '1.00', quantity: '1' }] };
		const { status, data } = await open(edited);
		expect(status).toBe(400);
		expect(data).toContain('Ошибка проверки подписи');
		expect(stage.prodamus.control.journal().received[0]).toMatchObject({ signature: 'wrong' });
	});

	it('refuses a signature made with another secret', async () => {
		expect((await open(signed(linkParameters(), 'other'))).status).toBe(400);
	});

	it('asks for the phone first when the link has none (PC3)', async () => {
		const asked = await open(linkParameters({ customer_phone: '' }));
		expect(asked.data).toContain('name="customer_phone"');
		expect(asked.data).not.toContain('Способ оплаты');
		const wrong = await press(asked.data, 'contact', { customer_phone: 'позже' });
		expect(wrong.status).toBe(400);
		const contact = { customer_phone: '8 (999) 000-00-07', customer_email: 'b@example.com' };
		const typed = await press(asked.data, 'contact', contact);
		expect(typed.status).toBe(303);
		const page = await http.get<string>(stage.prodamus.url + typed.headers.location);
		await press(page.data, 'pay', { method: 'SBP' });
		await until(() => stage.merchant.webhooks.length === 1, 'webhook');
		expect(stage.merchant.webhooks[0]?.fields).toMatchObject({
			customer_phone: '+79990000007',
			customer_email: 'b@example.com',
			payment_type: 'Быстрый платёж через СБП',
		});
	});

	it('cannot be paid by force without a phone', async () => {
		const asked = await open(linkParameters({ customer_phone: '' }));
		const payAddress = actionOf(asked.data, 'contact').replace('/contact', '/pay');
		const paid = await http.post<string>(payAddress, new URLSearchParams({ method: 'AC' }));
		expect([paid.status, stage.merchant.webhooks.length]).toEqual([400, 0]);
	});

	it('returns to urlSuccess with signed _payform_ parameters', async () => {
		const { data } = await open(linkParameters({ urlSuccess: 'http://127.0.0.1:9/reading?order_id=shop-1042' }));
		const paid = await press(data, 'pay', { method: 'AC' });
		expect(paid.status).toBe(303);
		const { _payform_sign: sign, order_id: own, ...rest } = Object.fromEntries(
			new URL(String(paid.headers.location)).searchParams,
		);
		const [payment] = stage.prodamus.control.payments();
		expect(own).toBe('shop-1042');
		expect(rest).toEqual({ _payform_status: 'success', _payform_id: payment?.id, _payform_order_id: 'shop-1042' });
		expect(sign).toBe(signTree(rest, SECRET));
	});

	it('returns to urlReturn after a cancellation', async () => {
		const { data } = await open(linkParameters({ urlReturn: 'http://127.0.0.1:9/' }));
		const canceled = await press(data, 'cancel');
		expect(String(canceled.headers.location)).toMatch(/^http:\/\/127\.0\.0\.1:9\/\?_payform_status=order_canceled&/);
	});

	it('never leads to an address that is no web page', async () => {
		const hostile = linkParameters({ urlReturn: 'javascript:alert(1)', urlSuccess: 'data:text/html,x' });
		const { data } = await open(hostile);
		expect(data).not.toContain('javascript:');
		expect((await press(data, 'pay', { method: 'AC' })).status).toBe(200);
	});

	it('escapes what a link brings in', async () => {
		const { data } = await open(
			linkParameters({
				customer_extra: '"><script>alert(1)</script>',
				order_id: '<img src=x onerror=alert(1)>',
				products: [{ name: '<b onclick=x>', price: '1', quantity: '1' }],
			}),
		);
		expect(data).not.toMatch(/<script|<img|<b onclick/);
		expect(data).toContain('&lt;script&gt;');
	});

	it('lets the bank refuse instalments, after which another method works', async () => {
		const { data } = await open(linkParameters());
		const denied = await press(data, 'deny');
		expect(denied.data).toContain('Банк отказал в рассрочке');
		expect((await press(data, 'pay', { method: 'AC' })).data).toContain('Оплата прошла');
		await until(() => stage.merchant.webhooks.length === 2, 'both webhooks');
		expect(stage.merchant.webhooks.map(({ fields }) => fields.payment_status)).toEqual(['order_denied', 'success']);
	});

	it('refuses instalments by itself with demoFlow=reject, only in demo mode', async () => {
		const demo = linkParameters({ demo_mode: '1', demoFlow: 'reject' });
		expect((await press((await open(demo)).data, 'pay', { method: 'installment' })).data).toContain('Банк отказал');
		const live = linkParameters({ demoFlow: 'reject' });
		expect((await press((await open(live)).data, 'pay', { method: 'installment' })).data).toContain('Оплата прошла');
	});

	it('can be paid payments_limit times', async () => {
		const { data } = await open(linkParameters({ payments_limit: '1' }));
		const both = await Promise.all([press(data, 'pay', { method: 'AC' }), press(data, 'pay', { method: 'AC' })]);
		expect(both.map(({ status }) => status).sort()).toEqual([200, 400]);
		expect((await open(linkParameters({ payments_limit: '1' }))).data).toContain('Заказ уже оплачен');
		await until(() => stage.merchant.webhooks.length === 1, 'webhook');
	});

	it('can be paid again without payments_limit, under a new number', async () => {
		const { data } = await open(linkParameters());
		await press(data, 'pay', { method: 'AC' });
		await press(data, 'pay', { method: 'AC' });
		const ids = stage.prodamus.control.payments().map(({ id }) => id);
		expect(new Set(ids).size).toBe(2);
	});

	it.each(['01.01.2020 10:00', '2020-01-01 10:00'])('is over after link_expired %s', async (moment) => {
		const { status, data } = await open(linkParameters({ link_expired: moment }));
		expect(status).toBe(400);
		expect(data).toContain('Срок действия ссылки истёк');
	});

	it('expires while the page is open', async () => {
		const soon = new Date(Date.now() + 120_000 + 3 * 3_600_000).toISOString().slice(0, 16).replace('T', ' ');
		const { data } = await open(linkParameters({ link_expired: soon }));
		stage.prodamus.control.advanceTime(300_000);
		expect((await press(data, 'pay', { method: 'AC' })).data).toContain('Срок действия ссылки истёк');
		expect(stage.merchant.webhooks).toHaveLength(0);
	});

	it('ignores method filters without effect and hides instalments on demand', async () => {
		const methodsOf = async (changes: PhpTree) =>
			[...(await open(linkParameters(changes))).data.matchAll(/name="method" value="(\w+)"/g)].map((match) => match[1]);
		expect(await methodsOf({ payment_method: 'unknown' })).toEqual(['AC', 'SBP', 'installment']);
		expect(await methodsOf({ available_payment_methods: 'SBP|nothing' })).toEqual(['SBP']);
		expect(await methodsOf({ installments_disabled: '1' })).toEqual(['AC', 'SBP']);
	});

	it('takes the discount off and counts pieces in kopecks', async () => {
		stage.prodamus.control.pay(
			linkParameters({ discount_value: '0.10', products: [{ name: 'x', price: '0.10', quantity: '3' }] }),
		);
		await until(() => stage.merchant.webhooks.length === 1, 'webhook');
		expect(stage.merchant.webhooks[0]?.fields).toMatchObject({ sum: '0.20', 'products[0][sum]': '0.30' });
	});

	it.each([
		['no products', { products: '' }, 'Не указаны товары'],
		['an empty list', { products: [] }, 'Не указаны товары'],
		['a price that is none', { products: [{ name: 'x', price: 'даром', quantity: '1' }] }, 'не похоже на сумму'],
		['a negative price', { products: [{ name: 'x', price: '-5', quantity: '1' }] }, 'не похоже на сумму'],
		['half a piece', { products: [{ name: 'x', price: '5', quantity: '0.5' }] }, 'целым числом'],
		['a currency in capitals', { currency: 'RUB' }, 'не поддерживается'],
		['an unknown subscription', { subscription: '77' }, 'Подписка 77 не найдена'],
		['a discount above the price', { discount_value: '1000' }, 'больше нуля'],
		['a strange expiry', { link_expired: '32.13.2030 99:99' }, 'указан неверно'],
	])('says in Russian what is wrong with %s', async (_name, changes, message) => {
		const { status, data } = await open(linkParameters(changes as PhpTree));
		expect(status).toBe(400);
		expect(data).toContain(message);
	});

	it('answers unknown pages and codes', async () => {
		expect((await http.get(`${stage.prodamus.url}/a/b/c`)).status).toBe(404);
		expect((await http.get<string>(`${stage.prodamus.url}/nosuchcode/`)).data).toContain('Ссылка не найдена');
	});

	it.each([
		['live', 'деньги не списываются'],
		['notLive', 'подписаны тестовым ключом'],
		['merchantDemo', 'демо-режим'],
	] as const)('is labelled as a sandbox in mode %s', async (mode, label) => {
		stage.prodamus.control.setPageMode(mode);
		expect((await open(linkParameters())).data).toContain(label);
	});
});

describe('short links (do=link)', () => {
	it('answers plain text that leads to the page', async () => {
		const { headers, data } = await open(linkParameters({ do: 'link' }));
		expect(headers['content-type']).toContain('text/plain');
		expect(data).toMatch(new RegExp(`^${stage.prodamus.url}/[\\w-]+/$`));
		expect((await http.get<string>(data)).data).toContain('Способ оплаты');
	});

	it('answers JSON with type=json', async () => {
		expect(JSON.parse(await shortLink({ type: 'json' }))).toEqual({ payment_link: expect.stringContaining('http') });
	});

	it.each<PhpTree>([{}, { type: 'json' }])('tells errors as text with status 200 (%p)', async (changes) => {
		const { status, data } = await open(linkParameters({ do: 'link', products: '', ...changes }));
		expect(status).toBe(200);
		expect(data).toBe('Ошибка: Не указаны товары (products)');
	});

	it('checks a signature that is there', async () => {
		expect(await shortLink({ signature: 'deadbeef' })).toContain('подписи');
		expect((await open(signed(linkParameters({ do: 'link' })))).data).toMatch(/^http/);
	});

	it('is paid by address or order number through the control', async () => {
		const address = await shortLink({});
		expect(stage.prodamus.control.pay(address).status).toBe('success');
		expect(stage.prodamus.control.pay('shop-1042', { method: 'SBP' }).status).toBe('success');
		expect(() => stage.prodamus.control.pay('nobody')).toThrow('Nobody has opened a link of order nobody yet');
	});
});

describe('faults of the merchant-side interface', () => {
	const link = async () => await open(linkParameters({ do: 'link' }));

	it('fails the next N requests, then works', async () => {
		stage.prodamus.control.failNext(2, 502);
		expect([(await link()).status, (await link()).status, (await link()).status]).toEqual([502, 502, 200]);
		expect(stage.prodamus.control.journal().received).toHaveLength(1);
	});

	it('takes effect and then loses the answer', async () => {
		stage.prodamus.control.failNext(1, 504, { apply: true });
		expect((await link()).status).toBe(504);
		expect(stage.prodamus.control.journal().received[0]).toMatchObject({ verdict: 'payable' });
	});

	it('delays', async () => {
		stage.prodamus.control.delayNext(150);
		const startedAt = performance.now();
		expect((await link()).status).toBe(200);
		expect(performance.now() - startedAt).toBeGreaterThanOrEqual(145);
	});

	it('cuts the connection', async () => {
		stage.prodamus.control.dropNext();
		await expect(link()).rejects.toThrow(/socket hang up|ECONNRESET/);
		expect((await link()).status).toBe(200);
	});

	it('leaves buyers alone', async () => {
		stage.prodamus.control.failNext(1, 500);
		expect((await open(linkParameters())).status).toBe(200);
	});
});

describe('the cabinet', () => {
	it('lists payments and sends a webhook again', async () => {
		const payment = stage.prodamus.control.pay(linkParameters());
		await until(() => stage.merchant.webhooks.length === 1, 'webhook');
		const page = await http.get<string>(`${stage.prodamus.url}/_cabinet`);
		expect(page.data).toContain(payment.id);
		expect(page.data).toContain('доставлено');
		const pressed = await http.post(`${stage.prodamus.url}/_cabinet/resend/${payment.id}`);
		expect(pressed.status).toBe(303);
		expect(stage.merchant.webhooks).toHaveLength(2);
	});

	it.each([
		['a foreign page', { origin: 'https://example.com' }],
		['a foreign host name', { host: 'rebound.example.com' }],
	])('refuses %s', async (_name, headers) => {
		const payment = stage.prodamus.control.pay(linkParameters());
		const resent = await http.post(`${stage.prodamus.url}/_cabinet/resend/${payment.id}`, '', { headers });
		const controlled = await http.post(`${stage.prodamus.url}/_control/reset`, {}, { headers });
		expect([resent.status, controlled.status]).toEqual([403, 403]);
		expect(stage.prodamus.control.payments()).toHaveLength(1);
	});
});
