import { isTimeZone } from '../../../nodes/shared/wallTime';
import { inZone, instantOf, wallClockInstant } from '../../../nodes/YClients/branchTime';
import { isBlock, isTooMany, readReply } from '../../../nodes/YClients/envelope';
import {
	isRegistered,
	readSettings,
	toBody,
	withAddress,
	withoutAddress,
	withoutSecret,
} from '../../../nodes/YClients/hookSettings';
import { MAX_BODY_BYTES } from '../../../nodes/shared/bodyLimit';
import { takeIn, type IntakeSettings } from '../../../nodes/YClients/intake';
import { apiHeaders, readCredentials, withoutTokens } from '../../../nodes/YClients/shared/credentials';
import { YClientsError } from '../../../nodes/YClients/shared/yclientsError';
import { webhookSecret, withSecret } from '../../../nodes/YClients/webhookSecret';
import { sample, type Raw } from './samples';

const answer = (status: number, body: unknown) => {
	const text = typeof body === 'string' ? body : JSON.stringify(body);
	let json: unknown;
	try {
		json = JSON.parse(text);
	} catch {
		json = undefined;
	}
	return { status, headers: {}, text, json };
};

describe('answers of YCLIENTS', () => {
	it.each<[string, number, unknown, unknown]>([
		[
			'in an envelope',
			200,
			{ success: true, data: { id: 1 }, meta: { total_count: 3 } },
			{ data: { id: 1 }, meta: { total_count: 3 } },
		],
		['with meta as PHP writes it', 201, { success: true, data: [], meta: [] }, { data: [], meta: {} }],
		['with success as 1', 200, { success: 1, data: 5 }, { data: 5, meta: {} }],
		['without an envelope, a list', 200, [{ id: 1 }], { data: [{ id: 1 }], meta: {} }],
		['without an envelope, an object', 200, { id: 1, balance: 5 }, { data: { id: 1, balance: 5 }, meta: {} }],
		['without a body', 204, '', { data: null, meta: {} }],
		['with an empty body', 200, ' ', { data: null, meta: {} }],
	])('%s', (_name, status, body, reply) => expect(readReply(answer(status, body))).toEqual(reply));

	const failure = (status: number, body: unknown): YClientsError => {
		try {
			readReply(answer(status, body));
		} catch (error) {
			if (error instanceof YClientsError) return error;
		}
		throw new Error('no YClientsError');
	};

	it.each<[string, number, unknown, string, string]>([
		[
			'the usual shape',
			422,
			{ success: false, data: null, meta: { message: 'Ошибка' } },
			'refused',
			'YCLIENTS refused: Ошибка',
		],
		[
			'fields',
			422,
			{ success: false, meta: { message: 'Ошибка', errors: { phone: ['неверно', 'пусто'] } } },
			'refused',
			'YCLIENTS refused: Ошибка; phone: неверно, пусто',
		],
		[
			'the other shape',
			401,
			{ errors: { message: 'Нет доступа' }, meta: [] },
			'unauthorized',
			'YCLIENTS refused: Нет доступа',
		],
		[
			'the other shape, 404',
			404,
			{ errors: { message: 'Не найдено' }, meta: {} },
			'notFound',
			'YCLIENTS refused: Не найдено',
		],
		['the other shape with 200', 200, { errors: { message: 'Нет' } }, 'refused', 'YCLIENTS refused: Нет'],
		[
			'success false with 200',
			200,
			{ success: false, meta: { message: 'Нет' } },
			'refused',
			'YCLIENTS refused: Нет',
		],
		['success 0 with 200', 200, { success: 0, data: [] }, 'refused', 'YCLIENTS refused: no reason given'],
		[
			'success "false" with 201',
			201,
			{ success: 'false', data: [] },
			'refused',
			'YCLIENTS refused: no reason given',
		],
		['no licence', 402, { success: false, meta: { message: 'Лицензия' } }, 'unpaid', 'YCLIENTS refused: Лицензия'],
		['no right', 403, { success: false, meta: { message: 'Нет прав' } }, 'forbidden', 'YCLIENTS refused: Нет прав'],
		['a bad filter', 400, { success: false, meta: [] }, 'refused', 'YCLIENTS refused: no reason given'],
		[
			'a page for people',
			200,
			'<html>Hello</html>',
			'unreadable',
			'YCLIENTS answered with something that is no JSON',
		],
		['a text', 200, '"ok"', 'unreadable', 'YCLIENTS answered with something that is no JSON'],
		['a gateway', 404, '<h1>Not <b>Found</b></h1>', 'notFound', 'YCLIENTS refused: Not Found'],
		['a redirect', 301, '', 'unreadable', 'YCLIENTS refused: an answer without text'],
		['a taken time', 433, { success: false, meta: { message: 'Занято' } }, 'refused', 'YCLIENTS refused: Занято'],
	])('a refusal in %s', (_name, status, body, kind, message) => {
		expect(failure(status, body)).toMatchObject({
			failure: kind,
			message,
			status,
			advice: expect.stringMatching(/.{10}/),
		});
	});

	it('advises by the code of online booking', () => {
		expect(failure(422, { success: false, meta: { message: 'x', code: 431 } }).advice).toContain('The phone');
		expect(failure(403, { success: false, meta: { message: 'x', code: '434' } }).advice).toContain('black list');
		expect(failure(436, { errors: { message: 'x' } }).advice).toContain('Nobody is free');
	});

	it('shortens a long reason', () => {
		expect(failure(400, `<p>${'long '.repeat(500)}</p>`).message.length).toBeLessThan(340);
	});

	it('tells a limit and a shut door from a missing right', () => {
		const right = answer(403, { success: false, meta: { message: 'Нет прав' } });
		expect([isTooMany(right), isBlock(right)]).toEqual([false, false]);
		expect(isTooMany(answer(429, ''))).toBe(true);
		expect(isTooMany(answer(403, { success: false, meta: { message: 'Too Many Requests' } }))).toBe(true);
		expect(isBlock(answer(403, '<html>Forbidden</html>'))).toBe(true);
		expect(isBlock(answer(404, '<html>Not found</html>'))).toBe(false);
	});
});

describe('the credential', () => {
	const stored = {
		partnerToken: ' fake-partner ',
		userToken: 'fakeuser\n',
		companyId: 555001,
		baseUrl: 'https://api.yclients.com/',
	};

	it('is trimmed', () => {
		expect(readCredentials(stored)).toEqual({
			partnerToken: 'fake-partner',
			userToken: 'fakeuser',
			companyId: '555001',
			webhookSecret: '',
			baseUrl: 'https://api.yclients.com',
		});
	});

	it.each([
		['', 'https://api.yclients.com'],
		['https://api.alteg.io/api/v1/', 'https://api.alteg.io'],
		['http://127.0.0.1:4010', 'http://127.0.0.1:4010'],
		['http://localhost:4010/api/v1', 'http://localhost:4010'],
	])('takes the base URL "%s"', (baseUrl, expected) =>
		expect(readCredentials({ ...stored, baseUrl }).baseUrl).toBe(expected),
	);

	it.each<[string, Raw, string]>([
		['no partner token', { partnerToken: ' ' }, 'no partner token'],
		['no user token', { userToken: undefined }, 'no user token'],
		['a token with its scheme', { partnerToken: 'Bearer fake' }, 'bare token'],
		['a token with a line in it', { userToken: 'fake\r\nX-Other: 1' }, 'bare token'],
		['two tokens in one', { partnerToken: 'fake, User other' }, 'bare token'],
		['no company', { companyId: '' }, 'company ID'],
		['a company that is none', { companyId: '12/../34' }, 'company ID'],
		['plain HTTP', { baseUrl: 'http://api.yclients.com' }, 'https://'],
		['an address with a password', { baseUrl: 'https://me:pw@api.yclients.com' }, 'address such as'],
		['an address with a query', { baseUrl: 'https://api.yclients.com/?x=1' }, 'address such as'],
		['no address', { baseUrl: 'yclients' }, 'address such as'],
		['a short secret', { webhookSecret: 'short' }, 'at least 16'],
		['a secret that is no part of an address', { webhookSecret: 'a&b=c '.repeat(5) }, 'at least 16'],
	])('is refused with %s', (_name, changes, words) => {
		expect(() => readCredentials({ ...stored, ...changes })).toThrow(
			expect.objectContaining({ message: expect.stringContaining(words) }),
		);
	});

	it('becomes the documented headers, also of Altegio', () => {
		const credentials = readCredentials(stored);
		expect(apiHeaders(credentials, 'user')).toEqual({
			accept: 'application/vnd.yclients.v2+json',
			authorization: 'Bearer fake-partner, User fakeuser',
		});
		expect(apiHeaders({ ...credentials, baseUrl: 'https://api.alteg.io' }, 'partner')).toEqual({
			accept: 'application/vnd.api.v2+json',
			authorization: 'Bearer fake-partner',
		});
		expect(apiHeaders({ ...credentials, baseUrl: 'https://notalteg.io' }, 'partner').accept).toContain('yclients');
	});

	it('does not stand in messages', () => {
		expect(withoutTokens('x fake-partner fakeuser https://a.b/c?secret=abc&d', readCredentials(stored))).toBe(
			'x *** *** https://a.b/c?secret=***&d',
		);
	});
});

describe('clocks', () => {
	it.each([
		['2026-03-10 12:00:00', 'Europe/Moscow', '2026-03-10T09:00:00.000Z'],
		['2026-03-10T12:00', 'Asia/Vladivostok', '2026-03-10T02:00:00.000Z'],
		['2026-03-29 02:59:59', 'Europe/Berlin', '2026-03-29T01:59:59.000Z'],
		['2026-03-29 03:00:00', 'Europe/Berlin', '2026-03-29T01:00:00.000Z'],
		['2026-10-25 12:00:00', 'Europe/Berlin', '2026-10-25T11:00:00.000Z'],
		['2026-01-01 00:00:00', 'America/New_York', '2026-01-01T05:00:00.000Z'],
		['2026-03-10 12:00:00', 'Asia/Kathmandu', '2026-03-10T06:15:00.000Z'],
	])('%s in %s is %s', (wall, zone, instant) => expect(wallClockInstant(wall, zone)).toBe(instant));

	it.each([null, '', 'soon', '2026-13-40 12:00:00', '2026-03-10', '2026-03-10T12:00:00Z'])(
		'%j is no wall clock',
		(text) => {
			expect(wallClockInstant(text, 'Europe/Moscow')).toBeNull();
		},
	);

	it.each([null, '', '2026-03-10T12:00:00', '2026-03-10', '2026-13-10T12:00:00Z', '1 March'])(
		'%j is no instant',
		(text) => {
			expect(instantOf(text)).toBeNull();
		},
	);

	it.each([
		['Europe/Moscow', '2026-03-10T12:00:00+03:00'],
		['UTC', '2026-03-10T09:00:00+00:00'],
		['America/St_Johns', '2026-03-10T06:30:00-02:30'],
		['Asia/Kathmandu', '2026-03-10T14:45:00+05:45'],
	])('are written in %s', (zone, written) =>
		expect(inZone(Date.parse('2026-03-10T09:00:00.500Z'), zone)).toBe(written),
	);

	it('know zones', () => expect(['Europe/Moscow', 'Mars/Base', ''].map(isTimeZone)).toEqual([true, false, false]));
});

describe('webhook settings', () => {
	const url = 'https://n8n.example.com/webhook/yclients?secret=new';
	const others = ['https://crm.example.com/hook?key=1', 'https://sms.example.com/hook'];
	const stored = {
		urls: others,
		active: 0,
		salon: 1,
		record: '0',
		client: true,
		goods_operations_sale: '1',
		some_new_one: 1,
		salon_id: 1,
	};

	it("get one address more; others' addresses and flags stay", () => {
		const body = toBody(withAddress(readSettings(stored), url));
		expect(body).toMatchObject({
			urls: [...others, url],
			active: 1,
			salon: 1,
			record: 1,
			client: 1,
			goods_operations_sale: 1,
			some_new_one: 1,
			master: 0,
			finances_operation: 0,
		});
		expect(body).not.toHaveProperty('salon_id');
	});

	it('lose that address only', () => {
		const added = withAddress(readSettings(stored), url);
		const removed = withoutAddress(added, url.replace('new', 'another'));
		expect(removed).toEqual({ ...added, urls: others });
	});

	it('get the address in place of one with an older secret', () => {
		const old = readSettings({ urls: [url.replace('new', 'old'), ...others], active: 1, record: 1 });
		expect(isRegistered(old, url)).toBe(false);
		expect(withAddress(old, url).urls).toEqual([...others, url]);
	});

	it.each<[string, unknown]>([
		['none yet', null],
		["PHP's empty object", []],
		['an object without addresses', {}],
		['null addresses', { urls: null }],
	])('are made of %s', (_name, data) => {
		expect(toBody(withAddress(readSettings(data), url))).toMatchObject({
			urls: [url],
			active: 1,
			record: 1,
			client: 0,
		});
	});

	it('know the single address of old clients', () =>
		expect(readSettings({ url: others[0] }).urls).toEqual([others[0]]));

	it('are right only when active, for records, with our secret', () => {
		const right = { urls: [...others, url], active: '1', record: 1 };
		expect(isRegistered(readSettings(right), url)).toBe(true);
		expect(isRegistered(readSettings({ ...right, active: 0 }), url)).toBe(false);
		expect(isRegistered(readSettings({ ...right, record: 0 }), url)).toBe(false);
		expect(isRegistered(readSettings({ ...right, urls: [...right.urls, `${url}x`] }), url)).toBe(false);
	});

	it('show no secrets', () => {
		expect(withoutSecret(url)).toBe('https://n8n.example.com/webhook/yclients?…');
		expect(withoutSecret(others[1] ?? '')).toBe(others[1]);
	});
});

describe('notifications', () => {
	const secret = webhookSecret('fakeuser', { workflowId: 'wf1', nodeId: 'node', isTest: false });
	const settings: IntakeSettings = { secret, companyId: '555001', events: ['create', 'update', 'delete'] };
	const completed = sample('webhook-record-completed');
	const take = (
		body: unknown,
		changes: { secret?: unknown; bodyBytes?: number } = {},
		own: Partial<IntakeSettings> = {},
	) => takeIn({ body, secret, bodyBytes: 3_000, ...changes }, { ...settings, ...own });

	it('YL2 become notices', () => {
		expect(take(completed)).toEqual({
			notices: [{ event: 'update', companyId: '555001', recordId: '700100001', claimed: completed.data }],
		});
		expect(take(sample('webhook-record-deleted'))).toMatchObject({
			notices: [{ event: 'delete', recordId: '700100005' }],
		});
	});

	it('may be wrapped in a list, and have texts for numbers', () => {
		expect(take([{ ...completed, company_id: '555001', resource_id: '700100001' }])).toMatchObject({
			notices: [{ event: 'update' }],
		});
		expect(take([completed, sample('webhook-record-deleted')])).toMatchObject({ notices: [{}, {}] });
	});

	it.each<[string, unknown]>([
		['none', undefined],
		['an empty one', ''],
		['another', 'x'.repeat(64)],
		['a cut one', secret.slice(1)],
		['a list', [secret]],
		['that of the test listener', webhookSecret('fakeuser', { workflowId: 'wf1', nodeId: 'node', isTest: true })],
	])('with %s as secret find no such address', (_name, wrong) => {
		expect(take(completed, { secret: wrong })).toEqual({ status: 404, message: 'Not found' });
	});

	it('are never let in without a credential', () => {
		for (const wrong of ['', 'null', undefined]) {
			expect(take(completed, { secret: wrong }, { secret: null })).toMatchObject({ status: 404 });
		}
	});

	it('may not be too large', () => {
		expect(take(completed, { bodyBytes: MAX_BODY_BYTES })).toHaveProperty('notices');
		expect(take(completed, { bodyBytes: MAX_BODY_BYTES + 1 })).toMatchObject({ status: 413 });
	});

	it.each<[string, unknown]>([
		['no body', undefined],
		['a text', 'hello'],
		['an empty list', []],
		['an empty object', {}],
		['no resource id', { ...completed, resource_id: null }],
		['too many', Array.from({ length: 101 }, () => completed)],
		['prototype keys', JSON.parse('{"__proto__":{"company_id":555001}}')],
	])('with %s are refused', (_name, body) =>
		expect(take(body)).toMatchObject({ status: 422, message: expect.stringContaining('no notification') }),
	);

	it('of another branch are refused', () => {
		expect(take({ ...completed, company_id: 555002 })).toMatchObject({
			status: 422,
			message: 'This is about another branch',
		});
		expect(take([completed, { ...completed, company_id: 555002 }])).toMatchObject({ status: 422 });
	});

	it.each<[string, unknown]>([
		['branch', { company_id: 555002 }],
		['number', { id: 1 }],
	])('whose record has another %s are refused', (_name, changes) => {
		const data = { ...(completed.data as Raw), ...(changes as Raw) };
		expect(take({ ...completed, data })).toMatchObject({
			status: 422,
			message: expect.stringContaining('contradicts'),
		});
	});

	it.each([null, [], undefined])('without a record (%j) are refused', (data) => {
		expect(take({ ...completed, data })).toMatchObject({ status: 422 });
	});

	it.each<[string, Raw, Partial<IntakeSettings>]>([
		['about clients', { resource: 'client' }, {}],
		['about goods', { resource: 'goods_operations_sale', data: { client: [] } }, {}],
		['of an unknown status', { status: 'restore' }, {}],
		['of an event that was not chosen', {}, { events: ['create'] }],
	])('%s are taken and left', (_name, changes, own) => {
		expect(take({ ...completed, ...changes }, {}, own)).toEqual({ status: 200, message: 'ignored' });
	});

	it('come to an address with the secret', () => {
		expect(withSecret('https://n8n.example.com/webhook/y', secret)).toBe(
			`https://n8n.example.com/webhook/y?secret=${secret}`,
		);
		expect(secret).toMatch(/^[0-9a-f]{64}$/);
	});
});
