import axios from 'axios';
import { enc, HmacSHA256 } from 'crypto-js';
import express from 'express';
import { DEMO_PEOPLE } from '../../../sandbox/amocrm/demoPeople';
import { type PlatformOptions, type PlatformSandbox, startPlatform } from '../../../sandbox/platform';
import { COURSES, inventedUser, toItem } from '../../../sandbox/platform/order';
import { type Listening, listenOnLoopback } from '../../../sandbox/shared/listen';

const SECRET = 'platform-secret-of-nobody';

interface Received {
	readonly headers: Readonly<Record<string, unknown>>;
	readonly raw: string;
}

/** What a receiver does with a webhook: a status to answer, no answer, or a late 200. */
type Behaviour = number | 'hang' | 'drop' | { readonly lateMs: number };

let received: Received[];
let behaviours: Behaviour[];
let active: number;
let mostActive: number;
let receiver: Listening;
let platform: PlatformSandbox;
let started: PlatformSandbox[];
const log: string[] = [];
const http = axios.create({ validateStatus: () => true, proxy: false, maxRedirects: 0 });

beforeEach(async () => {
	received = [];
	behaviours = [];
	active = 0;
	mostActive = 0;
	log.length = 0;
	started = [];
	const app = express().use(express.raw({ type: () => true, limit: '5mb' })).use(async (request, response) => {
		received.push({ headers: request.headers, raw: (request.body as Buffer).toString('utf8') });
		const behaviour = behaviours.shift() ?? 200;
		active += 1;
		mostActive = Math.max(mostActive, active);
		await new Promise((resolve) => setTimeout(resolve, typeof behaviour === 'object' ? behaviour.lateMs : 5));
		active -= 1;
		if (behaviour === 'drop') request.socket.destroy();
		else if (typeof behaviour === 'number') response.status(behaviour).json({ outcome: behaviour });
		else if (behaviour !== 'hang') response.json({ outcome: 'late' });
	});
	receiver = await listenOnLoopback(app, 0, 'receiver');
	platform = await start();
});
afterEach(async () => {
	await Promise.all(started.map(async (one) => await one.close()));
	await receiver.close();
});

/** Closing twice does no harm, and what a failed test leaves open would keep Jest from ending. */
const start = async (options: Partial<PlatformOptions> = {}) => {
	const sandbox = await startPlatform({
		port: 0, secret: SECRET, webhookUrl: receiver.url, timeScale: 0.001, webhookTimeoutMs: 500,
		log: (line) => log.push(line), ...options,
	});
	started.push(sandbox);
	return sandbox;
};
const control = () => platform.control;
const body = (index = 0) => JSON.parse(received[index]?.raw ?? 'null');
const until = async (check: () => boolean) => {
	for (let tries = 0; !check() && tries < 500; tries += 1) await new Promise((resolve) => setTimeout(resolve, 10));
	expect(check()).toBe(true);
};

describe('a payment (PA1)', () => {
	it('is signed over the raw bytes', async () => {
		const answer = await control().pay(control().sampleOrder());
		expect(answer).toMatchObject({ status: 200, body: '{"outcome":200}', error: null, attempts: 1 });
		expect(answer.elapsedMs).toBeGreaterThanOrEqual(4);
		const [{ headers, raw } = { headers: {}, raw: '' }] = received;
		expect(headers['x-signature']).toBe(HmacSHA256(raw, SECRET).toString(enc.Hex));
		expect(headers['content-type']).toBe('application/json');
		expect(JSON.stringify(log)).not.toContain(SECRET);
	});

	it('has other bytes than the same body serialised again', async () => {
		await control().pay(control().sampleOrder({ domain: 'school.example/курсы' }));
		expect(received[0]?.raw).toContain('school.example\\/\\u043a\\u0443');
		expect(body().course_order.domain).toBe('school.example/курсы');
		expect(body().course_order.user.first_name).toBe('Анна');
	});

	it('has the shape of the contract', async () => {
		await control().pay(control().sampleOrder({ utm: { source: 'admitad', compaign: 'autumn' } }));
		expect(Object.keys(body())).toEqual(['course_order']);
		expect(Object.keys(body().course_order).sort()).toEqual([
			'amount', 'code', 'course_order_items', 'created_at', 'currency', 'domain', 'invoice_id', 'payment_id',
			'payment_method', 'status', 'updated_at', 'user', 'utm',
		]);
		expect(body().course_order).toMatchObject({
			status: 'success', currency: 'RUB', utm: { source: 'admitad', compaign: 'autumn' },
			course_order_items: [{
				cost: 4990, number_lessons: 8, package_id: 'math-ege-8',
				course: { name: 'Математика: профильный уровень', subject: { name: 'Математика', project: 'ЕГЭ' } },
			}],
			user: {
				phone: '+7 (999) 000-00-01', email: 'pupil1@example.com', telegram_id: 700_000_001, telegram_tag: '@pupil_1',
			},
		});
		expect(body().course_order.created_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}000Z$/);
	});

	it('has an amount that is not the sum of its items (PA3), and numbers of its own', () => {
		const items = COURSES.slice(0, 2).map(toItem);
		const [first, second] = [1, 2].map(() => control().sampleOrder({ course_order_items: items }).course_order);
		expect(first?.amount).toBe(4990 + 3990 + 1000);
		expect(first?.payment_id).not.toBe(second?.payment_id);
		expect(first?.invoice_id).not.toBe(second?.invoice_id);
	});

	it('comes from people of whom the demo account knows three, each by another mark (PA4)', () => {
		const [anna, boris, vera] = DEMO_PEOPLE;
		const digits = (phone: string | null | undefined) => phone?.replace(/\D/g, '').slice(-10);
		expect(anna?.telegramId).toBe(String(inventedUser(1).telegram_id));
		expect([boris?.telegramId, digits(boris?.phone)]).toEqual([undefined, digits(inventedUser(2).phone)]);
		expect([vera?.telegramId, vera?.phone, vera?.email]).toEqual([undefined, undefined, inventedUser(3).email]);
		for (const [index, { name }] of DEMO_PEOPLE.entries()) {
			const { first_name: first, last_name: last } = inventedUser(index + 1);
			expect(name).toBe(`${first} ${last}`);
		}
	});

	it('can be changed in every part', () => {
		const order = control().sampleOrder({ status: 'pending', user: { telegram_id: null, phone: null } });
		expect(order.course_order).toMatchObject({
			status: 'pending', user: { first_name: 'Анна', telegram_id: null, phone: null },
		});
	});
});

describe('retries', () => {
	it.each([500, 503, 'drop', 'hang'] as const)('come after %s', async (behaviour) => {
		behaviours = [behaviour, behaviour];
		const answer = await control().pay(control().sampleOrder());
		expect(answer).toMatchObject({ status: 200, attempts: 3 });
		expect(new Set(received.map(({ raw }) => raw)).size).toBe(1);
		expect(control().deliveries()).toHaveLength(3);
	});

	it.each([202, 401, 404, 409, 302])('do not come after %s', async (status) => {
		behaviours = [status];
		expect(await control().pay(control().sampleOrder())).toMatchObject({ status, attempts: 1 });
		expect(received).toHaveLength(1);
	});

	it('end after three, with the last answer', async () => {
		behaviours = [500, 500, 500, 502];
		expect(await control().pay(control().sampleOrder())).toMatchObject({ status: 502, attempts: 4 });
		expect(received).toHaveLength(4);
	});

	it('pause for seconds, scaled', async () => {
		await platform.close();
		platform = await start({ timeScale: 0.1 });
		behaviours = [500, 500];
		const { elapsedMs } = await control().pay(control().sampleOrder());
		expect(elapsedMs).toBeGreaterThan(600 - 5);
	});

	it('go on in the background of a single answer', async () => {
		behaviours = [500];
		expect(await control().payOnce(control().sampleOrder())).toMatchObject({ status: 500, attempts: 1 });
		await until(() => received.length === 2);
	});

	it('end with the platform', async () => {
		await platform.close();
		platform = await start({ timeScale: 1 });
		behaviours = [500];
		const answer = control().pay(control().sampleOrder());
		await until(() => received.length === 1 && control().deliveries().length === 1);
		await platform.close();
		expect(await answer).toMatchObject({ status: 500, attempts: 1 });
	});
});

describe('other deliveries', () => {
	it('resends the same bytes in copies at once', async () => {
		const order = control().sampleOrder();
		await control().pay(order);
		behaviours = [{ lateMs: 200 }, { lateMs: 200 }, { lateMs: 200 }];
		const answers = await control().resend(order.course_order.payment_id, 3);
		expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
		expect(new Set(received.map(({ raw }) => raw)).size).toBe(1);
		expect(mostActive).toBe(3);
		await expect(control().resend('x')).rejects.toThrow('There is no order x');
	});

	it('refunds under the same payment id, later', async () => {
		const order = control().sampleOrder();
		await control().pay(order);
		await control().refund(order.course_order.payment_id);
		expect(body(1).course_order).toMatchObject({
			status: 'refunded', payment_id: order.course_order.payment_id, invoice_id: order.course_order.invoice_id,
			created_at: order.course_order.created_at,
		});
		expect(body(1).course_order.updated_at >= order.course_order.updated_at).toBe(true);
		expect(received[1]?.headers['x-signature']).toBe(HmacSHA256(received[1]?.raw ?? '', SECRET).toString(enc.Hex));
	});

	it('forges with a wrong key, a given header, none, or a changed body', async () => {
		behaviours = [401, 500, 401, 401];
		const answer = await control().sendForged();
		expect([answer.status, answer.attempts]).toEqual([401, 1]);
		await control().sendForged({ signature: 'zz' });
		await control().sendForged({ signature: null });
		const order = control().sampleOrder();
		await control().sendForged({ order, secret: SECRET, bodyAfterSigning: '{"course_order":{}}' });
		const right = received.map(({ raw }) => HmacSHA256(raw, SECRET).toString(enc.Hex));
		const given = received.map(({ headers }) => headers['x-signature']);
		expect(given[0]).toMatch(/^[0-9a-f]{64}$/);
		expect(given.slice(1, 3)).toEqual(['zz', undefined]);
		for (const [index, signature] of given.entries()) expect(signature).not.toBe(right[index]);
		expect(received).toHaveLength(4);
		expect(control().allOrders()).toEqual([]);
	});

	it('sends the old way: a secret, no signature', async () => {
		await control().sendLegacy('old-secret-of-nobody');
		expect(received[0]?.headers['x-webhook-secret']).toBe('old-secret-of-nobody');
		expect(received[0]?.headers).not.toHaveProperty('x-signature');
	});

	it('signs bytes that are no order', async () => {
		const text = '{"course_order":"курс';
		await control().sendSigned(text);
		expect(received[0]?.raw).toBe(text);
		expect(received[0]?.headers['x-signature']).toBe(HmacSHA256(text, SECRET).toString(enc.Hex));
	});

	it('delivers to this machine only', async () => {
		const other = await start({ webhookUrl: 'http://198.51.100.7/webhook' });
		const answer = await other.control.sendForged();
		expect(answer).toMatchObject({ status: null, error: 'Not sent: the sandbox delivers to this machine only' });
	});
});

describe('a burst', () => {
	it('pays for customers in turn, so many at a time, and returns all answers', async () => {
		behaviours = [500, 'drop', ...Array.from({ length: 4 }, () => ({ lateMs: 200 }))];
		const payments = await control().burst(12, 5, 4);
		expect(payments.map(({ answer }) => answer.status)).toEqual(Array.from({ length: 12 }, () => 200));
		expect(payments.map(({ order }) => order.course_order.user)).toEqual(
			Array.from({ length: 12 }, (_, number) => inventedUser(1 + (number % 5))),
		);
		expect(new Set(payments.map(({ order }) => order.course_order.payment_id)).size).toBe(12);
		expect(mostActive).toBe(4);
		expect(received).toHaveLength(14);
	});

	it('can change each order', async () => {
		const payments = await control().burst(2, 1, 2, (number) => ({ utm: { source: `s${number}` } }));
		expect(payments.map(({ order }) => order.course_order.utm.source)).toEqual(['s0', 's1']);
	});
});

describe('the shop', () => {
	const buy = async (fields: ReadonlyArray<readonly [string, string]>) => {
		const form = new URLSearchParams();
		for (const [name, value] of fields) form.append(name, value);
		return await http.post(`${platform.url}/orders`, form);
	};
	const choice = [['customer', '2'], ['origin', '2'], ['method', 'sbp']] as const;

	it('sells without scripts and shows the answer of the pipeline', async () => {
		const shop = await http.get<string>(platform.url);
		expect(shop.data).toContain('Математика: профильный уровень');
		expect(shop.data).toContain('4\u00a0990\u00a0₽');
		expect(shop.data).not.toContain('<script');
		const paid = await buy([['course', 'math-ege-8'], ['course', 'physics-ege-12'], ...choice]);
		expect([paid.status, paid.headers.location]).toEqual([303, expect.stringMatching(/^\/orders\/[0-9a-f-]{36}$/)]);
		expect(body().course_order).toMatchObject({
			payment_method: 'sbp', user: inventedUser(2), utm: { source: 'yandex', medium: 'cpc' },
			course_order_items: [{ cost: 4990 }, { cost: 5490 }],
		});
		const order = await http.get<string>(platform.url + paid.headers.location);
		expect(order.data).toContain('200 · Записано в CRM');
		expect(order.data).toContain('{&quot;outcome&quot;:200}');
		expect((await http.get<string>(platform.url)).data).toContain('10\u00a0480\u00a0₽');
	});

	it('sends again and refunds', async () => {
		behaviours = [200, 409, 202];
		const { headers } = await buy([['course', 'math-ege-8'], ...choice]);
		expect((await http.post(`${platform.url}${headers.location}/resend`)).status).toBe(303);
		expect((await http.post(`${platform.url}${headers.location}/refund`)).status).toBe(303);
		const { data } = await http.get<string>(platform.url + headers.location);
		const texts = ['409 · Уже обработано', '202 · Пропущено по правилу', 'refunded'];
		for (const text of texts) expect(data).toContain(text);
		expect((await http.post(`${platform.url}${headers.location}/explode`)).status).toBe(404);
	});

	it('shows the first answer at once when the platform will try again', async () => {
		await platform.close();
		platform = await start({ timeScale: 1 });
		behaviours = [500];
		const { headers } = await buy([['course', 'math-ege-8'], ...choice]);
		const { data } = await http.get<string>(platform.url + headers.location);
		expect(data).toContain('500 · Ошибка, платформа повторит');
		expect(received).toHaveLength(1);
	});

	it.each([
		[[...choice]],
		[[['course', 'nonsense'], ...choice]],
		[[['course', 'math-ege-8'], ['customer', '999'], ['origin', '0'], ['method', 'sbp']]],
		[[['course', 'math-ege-8'], ['customer', '1'], ['origin', '9'], ['method', 'sbp']]],
		[[['course', 'math-ege-8'], ['customer', '1'], ['origin', '0'], ['method', 'barter']]],
	] as ReadonlyArray<[ReadonlyArray<readonly [string, string]>]>)('does not sell %j', async (fields) => {
		const { status, data } = await buy(fields);
		expect([status, data]).toEqual([400, expect.stringContaining('Выберите хотя бы один курс')]);
		expect(received).toEqual([]);
	});

	it('escapes the answer, runs nothing foreign and is closed to foreign pages', async () => {
		const order = control().sampleOrder({ user: { first_name: '<script>' } });
		await control().pay(order);
		const { data, headers } = await http.get<string>(`${platform.url}/orders/${order.course_order.payment_id}`);
		expect(data).not.toContain('<script>');
		expect(headers['content-security-policy']).toContain("default-src 'none'");
		const foreign = { headers: { Origin: 'http://evil.example' } };
		expect((await http.post(`${platform.url}/orders`, 'course=math-ege-8', foreign)).status).toBe(403);
		expect((await http.get(`${platform.url}/orders/x`)).status).toBe(404);
		expect((await http.get<string>(`${platform.url}/_assets/page.css`)).data).toContain('prefers-color-scheme: dark');
	});
});

describe('control API over HTTP', () => {
	const drive = async (action: string, given: object = {}) =>
		await http.post(`${platform.url}/_control/${action}`, given);
	const view = async (path: string) => (await http.get(`${platform.url}/_control/${path}`)).data;

	it('pays, resends, refunds, forges and bursts', async () => {
		expect((await drive('pay', { payment_id: 'p1' })).data).toMatchObject({ status: 200, attempts: 1 });
		expect((await drive('resend', { orderId: 'p1', copies: 2 })).data).toHaveLength(2);
		expect((await drive('refund', { orderId: 'p1' })).data.status).toBe(200);
		expect((await drive('forge', { signature: null })).data.status).toBe(200);
		expect((await drive('legacy', { secret: 's', order: { payment_id: 'p2' } })).data.status).toBe(200);
		expect((await drive('send-signed', { body: '[]' })).data.status).toBe(200);
		expect((await drive('burst', { count: 3, customers: 2, concurrency: 2 })).data).toHaveLength(3);
		const statuses = (await view('orders')).map((one: { course_order: { status: string } }) => one.course_order.status);
		expect(statuses).toEqual(['refunded', 'success', 'success', 'success', 'success']);
		expect(await view('deliveries')).toHaveLength(10);
		await drive('reset');
		expect([await view('orders'), await view('deliveries')]).toEqual([[], []]);
	});

	it('refuses wrong bodies and unknown orders', async () => {
		expect((await drive('burst', { count: 0, customers: 1, concurrency: 1 })).status).toBe(400);
		expect((await drive('refund', { orderId: 'x' })).data).toEqual({ error: 'There is no order x' });
		expect((await drive('explode')).data.error).toContain('burst');
	});
});

it('names the port and the option when it is taken', async () => {
	const port = Number(new URL(platform.url).port);
	await expect(start({ port })).rejects.toThrow(new RegExp(`Port ${port} is taken.*option ports\\.platform`));
});
