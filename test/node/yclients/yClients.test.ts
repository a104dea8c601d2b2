import type { ICredentialTestFunctions, INodeParameters } from 'n8n-workflow';
import { NodeApiError, NodeOperationError } from 'n8n-workflow';
import axios from 'axios';

import { YClients } from '../../../nodes/YClients/YClients.node';
import { runNode, type ExecuteSetup } from '../../support/nodeContext';
import { record, sample, type Raw } from '../../unit/yclients/samples';
import { COMPANY, PARTNER, startYClients, USER, type Fault, type YClientsServer } from './yclientsServer';

let yclients: YClientsServer;
beforeEach(async () => {
	yclients = await startYClients();
});
afterEach(async () => await yclients.close());

const credential = () => ({
	partnerToken: PARTNER,
	userToken: ` ${USER}\n`,
	companyId: COMPANY,
	baseUrl: yclients.url,
});

async function run(parameters: INodeParameters | INodeParameters[], setup: Partial<ExecuteSetup> = {}) {
	const credentials = { yClientsApi: credential() };
	const [output = []] = await runNode({ node: new YClients(), parameters, credentials, ...setup });
	return output;
}

async function failure(
	parameters: INodeParameters,
	setup?: Partial<ExecuteSetup>,
): Promise<NodeApiError | NodeOperationError> {
	const error: unknown = await run(parameters, setup).then(
		() => undefined,
		(thrown: unknown) => thrown,
	);
	if (!(error instanceof NodeApiError || error instanceof NodeOperationError))
		throw new Error(`Not a node error: ${String(error)}`);
	const shown = JSON.stringify([error.message, error.description, error.messages, error]);
	expect(shown).not.toContain(PARTNER);
	expect(shown).not.toContain(USER);
	return error;
}

const times = (count: number, fault: Fault) => Array.from({ length: count }, () => ({ fault }));
const copies = (count: number, changes: (at: number) => Raw = () => ({})) =>
	Array.from({ length: count }, (_, at) => record({ id: 1_000 + at, ...changes(at) }));

const GET: INodeParameters = {
	resource: 'record',
	operation: 'get',
	recordId: '700100001',
	timeZone: 'Europe/Moscow',
};
const CHANGES: INodeParameters = {
	resource: 'record',
	operation: 'getChanges',
	since: '2026-03-11T12:00:00+03:00',
	timeZone: 'Europe/Moscow',
};
const GET_ALL: INodeParameters = { resource: 'record', operation: 'getAll', returnAll: true };

describe('Record: Get', () => {
	it('reads one booking', async () => {
		yclients.records = [record()];
		const [item] = await run({ ...GET, options: { includeRaw: true } });
		expect(item).toEqual({
			json: {
				companyId: COMPANY,
				recordId: '700100001',
				booking: expect.objectContaining({ status: 'completed', baseKopecks: 229_999, clientCodes: ['ABC12345'] }),
				record: record(),
			},
			pairedItem: { item: 0 },
		});
		expect(yclients.requests.map(({ method, path }) => [method, path])).toEqual([
			['GET', `record/${COMPANY}/700100001`],
		]);
	});

	it('leaves the raw record out', async () => {
		yclients.records = [record()];
		expect((await run(GET))[0]?.json).not.toHaveProperty('record');
	});

	it('says when there is none', async () => {
		expect(await failure(GET)).toMatchObject({ message: 'YCLIENTS has no record 700100001', httpCode: '404' });
	});

	it('does not take another record for it', async () => {
		yclients.faults = [
			{ fault: { status: 200, body: JSON.stringify({ success: true, data: record({ id: 5 }) }) } },
		];
		expect(await failure(GET)).toMatchObject({ message: expect.stringContaining('not this record') });
	});

	it.each<[string, INodeParameters, string]>([
		['an id that is none', { recordId: '../hooks_settings' }, 'The record ID must be a number'],
		['an unknown zone', { timeZone: 'Moscow time' }, 'There is no time zone "Moscow time"'],
		['a broken pattern', { options: { codePattern: '(' } }, 'is no regular expression'],
	])('asks nothing with %s', async (_name, parameters, message) => {
		expect((await failure({ ...GET, ...parameters })).message).toContain(message);
		expect(yclients.requests).toEqual([]);
	});
});

describe('Record: Get Changes', () => {
	it('YL9 reads what changed since the last run in one call, with deleted ones', async () => {
		yclients.records = [
			...(sample('records-list-page').data as Raw[]),
			sample('webhook-record-deleted').data as Raw,
		];
		const before = Date.now();
		const [item] = await run({ ...CHANGES, options: { overlapMinutes: 60 } });
		expect(item?.json).toEqual({
			companyId: COMPANY,
			records: [
				expect.objectContaining({
					recordId: '700100004',
					companyId: COMPANY,
					booking: expect.objectContaining({ status: 'no_show' }),
				}),
				expect.objectContaining({
					recordId: '700100005',
					booking: expect.objectContaining({ status: 'cancelled' }),
				}),
			],
			count: 2,
			unreadable: 0,
			calls: 1,
			changedAfter: '2026-03-11T11:00:00+03:00',
			nextSince: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
		});
		expect(Date.parse(String(item?.json.nextSince))).toBeGreaterThanOrEqual(before);
		expect(yclients.requests[0]?.query).toEqual({
			changed_after: '2026-03-11T11:00:00+03:00',
			with_deleted: '1',
			page: '1',
			count: '200',
		});
	});

	it('YL9 begins 26 hours earlier, and in UTC without a zone', async () => {
		await run({ ...CHANGES, timeZone: '' });
		expect(yclients.requests[0]?.query.changed_after).toBe('2026-03-10T07:00:00+00:00');
	});

	it('YL9 always has an item for the cursor, or one for each record', async () => {
		expect((await run(CHANGES))[0]?.json).toMatchObject({ records: [], count: 0, nextSince: expect.any(String) });
		expect(await run({ ...CHANGES, output: 'items' })).toEqual([]);
		yclients.records = copies(2, () => ({ last_change_date: '2026-03-11T12:00:00+0300' }));
		const items = await run({ ...CHANGES, output: 'items' });
		expect(items.map(({ json }) => json.recordId)).toEqual(['1000', '1001']);
		expect(items.every(({ pairedItem }) => JSON.stringify(pairedItem) === '{"item":0}')).toBe(true);
	});

	it('YL9 needs two calls for 60 changes at most', async () => {
		yclients.records = copies(60, () => ({ last_change_date: '2026-03-11T12:00:00+0300' }));
		const [item] = await run(CHANGES);
		expect(item?.json.count).toBe(60);
		expect(yclients.requests.length).toBeLessThanOrEqual(2);
	});

	it.each(['', 'yesterday', '2026-03-11', '2026-03-11T12:00:00'])(
		'needs a time with its zone, not "%s"',
		async (since) => {
			expect((await failure({ ...CHANGES, since })).message).toContain(
				'"Changed Since" must be a time with its zone',
			);
		},
	);

	it('fails rather than read only a part', async () => {
		yclients.records = copies(300, () => ({ last_change_date: '2026-03-11T12:00:00+0300' }));
		yclients.faults = [
			{
				fault: {
					status: 200,
					body: JSON.stringify({ success: true, data: copies(200), meta: { total_count: 300 } }),
				},
			},
			{
				fault: {
					status: 200,
					body: JSON.stringify({ success: true, data: copies(200), meta: { total_count: 300 } }),
				},
			},
		];
		expect((await failure(CHANGES)).message).toContain('Page 2 of the list is page 1 again');
	});
});

describe('Record: Get Many', () => {
	it('reads by the day of the visit', async () => {
		yclients.records = sample('records-list-page').data as Raw[];
		const [item] = await run({ ...GET_ALL, startDate: '2026-03-11', endDate: '2026-03-27T00:00:00.000+03:00' });
		expect((item?.json.records as Raw[]).map(({ recordId }) => recordId)).toEqual(['700100003', '700100004']);
		expect(yclients.requests[0]?.query).toMatchObject({
			start_date: '2026-03-11',
			end_date: '2026-03-27',
			with_deleted: '1',
		});
	});

	it('sends the other filters, and only those that are set', async () => {
		const options = {
			clientId: '501001',
			staffId: 9001,
			createdFrom: '2026-01-01',
			createdUntil: '2026-01-31',
			includeDeleted: false,
		};
		await run({ ...GET_ALL, options });
		expect(yclients.requests[0]?.query).toEqual({
			client_id: '501001',
			staff_id: '9001',
			c_start_date: '2026-01-01',
			c_end_date: '2026-01-31',
			page: '1',
			count: '200',
		});
	});

	it('YL9 reads all pages of a server that clamps them', async () => {
		yclients.records = copies(120);
		yclients.clamp = 50;
		expect((await run(GET_ALL))[0]?.json).toMatchObject({ count: 120, calls: 3 });
	});

	it('YL9 reads all pages of a server that clamps them and tells no total', async () => {
		yclients.records = copies(100);
		yclients.clamp = 50;
		yclients.total = 'none';
		expect((await run(GET_ALL))[0]?.json).toMatchObject({ count: 100 });
	});

	it('stops at the limit', async () => {
		yclients.records = copies(120);
		expect(await run({ ...GET_ALL, returnAll: false, limit: 3, output: 'items' })).toHaveLength(3);
		expect(yclients.requests[0]?.query.count).toBe('3');
	});

	it('reads the others when one record is none', async () => {
		yclients.records = [
			record(),
			{ id: null, services: 'x' },
			'nonsense' as unknown as Raw,
			record({ id: '5', services: null, client: 7 }),
		];
		expect((await run(GET_ALL))[0]?.json).toMatchObject({ count: 2, unreadable: 2 });
	});

	it('puts out what can be stored', async () => {
		yclients.records = [record({ comment: 'a\u0000b\ud800' })];
		const [item] = await run({ ...GET_ALL, options: { includeRaw: true } });
		expect(JSON.stringify(item?.json)).toContain('ab\ufffd');
		expect(JSON.stringify(item?.json)).not.toContain('\\u0000');
	});

	it.each([
		['startDate', '11.03.2026'],
		['endDate', '2026-13-41'],
	])('refuses a %s of "%s"', async (name, value) => {
		expect((await failure({ ...GET_ALL, [name]: value })).message).toContain('must be a day such as');
	});
});

describe('Record: Create', () => {
	const CREATE: INodeParameters = {
		resource: 'record',
		operation: 'create',
		clientName: 'Анна',
		phone: '8 (000) 111-22-33',
		email: 'anna@example.com',
		clientCode: 'авс12345',
		staffId: '9001',
		serviceIds: '3068094, 3068101',
		datetime: '2026-03-28T15:30:00Z',
		timeZone: 'Europe/Moscow',
		apiId: 'key-1',
		options: { comment: 'Тихо, пожалуйста', notifyBySms: 6 },
	};
	const bookings = () => yclients.requests.filter(({ method }) => method === 'POST');

	it('YL1 books with the code in the comment and our key', async () => {
		const [item] = await run(CREATE);
		expect(item?.json).toEqual({
			companyId: COMPANY,
			recordId: '700200000',
			recordHash: 'fakehash',
			isNew: true,
			clientCode: 'ABC12345',
			comment: 'Код клиента: ABC12345. Тихо, пожалуйста',
			apiId: 'key-1',
		});
		expect(bookings()).toEqual([
			expect.objectContaining({
				auth: `Bearer ${PARTNER}`,
				path: `book_record/${COMPANY}`,
				body: {
					phone: '70001112233',
					fullname: 'Анна',
					email: 'anna@example.com',
					comment: 'Код клиента: ABC12345. Тихо, пожалуйста',
					api_id: 'key-1',
					notify_by_sms: 6,
					appointments: [
						{ id: 1, staff_id: 9001, services: [3068094, 3068101], datetime: '2026-03-28T18:30:00+03:00' },
					],
				},
			}),
		]);
	});

	it('YL1 books once with the same key', async () => {
		await run(CREATE);
		const [again] = await run(CREATE);
		expect(again?.json).toMatchObject({ recordId: '700200000', recordHash: null, isNew: false });
		expect(bookings()).toHaveLength(1);
	});

	it('finds the booking whose answer got lost', async () => {
		yclients.faults = [{ fault: 'lost', path: 'book_record' }];
		expect((await run(CREATE))[0]?.json).toMatchObject({ recordId: '700200000' });
		expect(bookings()).toHaveLength(1);
	});

	it.each<[string, Fault]>([
		['a lost answer', 'lost'],
		['504', { status: 504 }],
		['500', { status: 500 }],
	])('does not book again after %s without a key', async (_name, fault) => {
		yclients.faults = [{ fault, path: 'book_record' }];
		expect(await failure({ ...CREATE, apiId: '' })).toMatchObject({
			description: expect.stringContaining('not known whether it was done'),
		});
		expect(bookings()).toHaveLength(1);
	});

	it('books again after 429, because nothing was booked', async () => {
		yclients.faults = [{ fault: { status: 429 }, path: 'book_record' }];
		expect((await run({ ...CREATE, apiId: '' }))[0]?.json).toMatchObject({ isNew: true });
		expect(bookings()).toHaveLength(2);
		expect(yclients.records).toHaveLength(1);
	});

	it('says what YCLIENTS refuses and what to do', async () => {
		yclients.faults = [
			{ fault: { status: 433, body: '{"success":false,"meta":{"message":"Время занято"}}' }, path: 'book_record' },
		];
		expect(await failure(CREATE)).toMatchObject({
			message: 'YCLIENTS refused: Время занято',
			description: 'The time is taken. Offer another one.',
		});
	});

	it('takes the codes of others out of the words of the client', async () => {
		await run({ ...CREATE, options: { comment: 'Код клиента: XYZ99999' } });
		expect(yclients.records[0]?.comment).toBe('Код клиента: ABC12345');
	});

	it('leaves out what is not set', async () => {
		await run({ ...CREATE, clientCode: '', email: '', staffId: '', apiId: '', timeZone: '', options: {} });
		expect(bookings()[0]?.body).toEqual({
			phone: '70001112233',
			fullname: 'Анна',
			email: '',
			comment: '',
			appointments: [{ id: 1, staff_id: 0, services: [3068094, 3068101], datetime: '2026-03-28T15:30:00Z' }],
		});
	});

	it.each<[string, INodeParameters, string]>([
		['no name', { clientName: ' ' }, 'name is missing'],
		['no phone', { phone: '123' }, 'The phone must be'],
		['a code of another form', { clientCode: 'ABC1' }, 'must look like ABC12345'],
		['no service', { serviceIds: ' , ' }, 'no service to book'],
		['a service that is none', { serviceIds: 'haircut' }, 'Each service ID'],
		['a time without a zone', { datetime: '2026-03-28T18:30:00' }, 'must have its zone'],
		['a key with spaces', { apiId: 'a b' }, 'The API ID must be'],
		['half an hour', { options: { notifyBySms: 0.5 } }, 'whole number'],
	])('asks nothing with %s', async (_name, parameters, message) => {
		expect((await failure({ ...CREATE, ...parameters })).message).toContain(message);
		expect(yclients.requests).toEqual([]);
	});
});

describe('Record: Match to Users', () => {
	const users = [
		{ id: 'u1', code: 'ABC12345', email: null, phone: null },
		{ id: 'u3', code: null, email: 'vera@example.org', phone: null },
	];

	it('YL4 adds whose each record is, without a credential', async () => {
		yclients.records = [record(), ...(sample('records-list-page').data as Raw[])];
		const [list] = await run(GET_ALL);
		const { records } = list?.json ?? {};
		const items = [{ json: { records, users } as never }];
		const parameters = {
			resource: 'record',
			operation: 'match',
			records: JSON.stringify(records),
			users: users as never,
		};
		const [item] = await run(parameters, { items, credentials: {} });
		expect(item?.json).toMatchObject({ matched: 2, review: 0, nobody: 2 });
		expect(
			(item?.json.records as Raw[]).map(({ recordId, booking, match }) => [
				recordId,
				typeof booking,
				(match as Raw).userId,
			]),
		).toEqual([
			['700100001', 'object', 'u1'],
			['700100002', 'object', null],
			['700100003', 'object', null],
			['700100004', 'object', 'u3'],
		]);
	});

	it('YL10 heeds earlier links and the options', async () => {
		const match = async (entry: Raw, options: INodeParameters = {}) => {
			const parameters = {
				resource: 'record',
				operation: 'match',
				records: [entry],
				users,
				options,
			} as unknown as INodeParameters;
			const [item] = await run(parameters);
			return item?.json;
		};
		expect(await match({ comment: 'Код клиента: ABC12345', linkedUserId: 'u3', pointsPosted: true })).toMatchObject(
			{
				records: [{ match: { userId: 'u3', review: true, warnings: ['relink_after_award'] } }],
				matched: 0,
				review: 1,
				nobody: 0,
			},
		);
		const phone = { client: { phone: '+380001112233' } };
		const withPhone = [{ id: 9, phone: '80001112233' }];
		const parameters = {
			resource: 'record',
			operation: 'match',
			records: [phone],
			users: withPhone,
		} as unknown as INodeParameters;
		expect((await run(parameters))[0]?.json).toMatchObject({ review: 1 });
		expect((await run({ ...parameters, options: { phoneCountryGuard: false } }))[0]?.json).toMatchObject({
			matched: 1,
		});
	});

	it.each<[string, INodeParameters, string]>([
		['no list', { records: '{}', users: '[]' }, '"Records" must be a list'],
		['no JSON', { records: '[', users: '[]' }, '"Records" must be a list'],
		['no users', { records: '[]', users: 'null' }, '"Users" must be a list'],
		['a record that is none', { records: '[1]', users: '[]' }, '"Records" must be a list of records'],
		['a user without an id', { records: '[]', users: '[{"code":"x"}]' }, 'User 1 of the list has no id'],
		[
			'a country code that is none',
			{ records: '[]', users: '[]', options: { defaultCountryCode: 'RU' } },
			'default country code',
		],
	])('refuses %s', async (_name, parameters, message) => {
		expect((await failure({ resource: 'record', operation: 'match', ...parameters })).message).toContain(message);
	});
});

describe('Client Code: Generate', () => {
	it('YL1 makes one, or many different ones, without a credential', async () => {
		const [one] = await run({ resource: 'clientCode', operation: 'generate' }, { credentials: {} });
		expect(one?.json).toEqual({ code: expect.stringMatching(/^[A-Z]{3}\d{5}$/), codes: [one?.json.code] });
		const [many] = await run({ resource: 'clientCode', operation: 'generate', count: 1_000 });
		expect(new Set(many?.json.codes as string[]).size).toBe(1_000);
	});

	it('refuses a count that is none', async () => {
		expect((await failure({ resource: 'clientCode', operation: 'generate', count: 0 })).message).toContain(
			'from 1 to 10000',
		);
	});
});

describe('Client: Search', () => {
	const SEARCH: INodeParameters = { resource: 'client', operation: 'search', query: '333', returnAll: true };

	it('finds clients, also those whose phone is hidden', async () => {
		yclients.clients = [
			{
				id: '12',
				name: 'Вера',
				phone: '+70003334455',
				email: 'Vera@Example.org',
				visits_count: '13',
				sold_amount: '1 500,50',
				discount: 5,
			},
			{ id: 13, name: '333', phone: '+7000***4455', email: '' },
			{ id: 14, name: 'Другая', phone: '+70001112233' },
			{ id: 0, name: '333' },
		];
		expect((await run(SEARCH)).map(({ json }) => json)).toEqual([
			{
				clientId: '12',
				name: 'Вера',
				phone: '70003334455',
				email: 'vera@example.org',
				discountPercent: 5,
				firstVisitDate: null,
				lastVisitDate: null,
				soldKopecks: 150_050,
				visitsCount: 13,
			},
			expect.objectContaining({ clientId: '13', phone: null, email: null, soldKopecks: null }),
		]);
		expect(yclients.requests[0]).toMatchObject({
			method: 'POST',
			path: `company/${COMPANY}/clients/search`,
			body: { page: 1, page_size: 200, filters: [{ type: 'quick_search', state: { value: '333' } }] },
		});
	});

	it('reads all pages, and is repeated because it changes nothing', async () => {
		yclients.clients = Array.from({ length: 230 }, (_, at) => ({ id: at + 1, name: `Клиент ${at}` }));
		yclients.faults = [{ fault: 'drop' }];
		expect(await run({ ...SEARCH, query: '' })).toHaveLength(230);
	});

	it('stops at the limit', async () => {
		yclients.clients = Array.from({ length: 230 }, (_, at) => ({ id: at + 1 }));
		expect(await run({ ...SEARCH, query: '', returnAll: false, limit: 7 })).toHaveLength(7);
	});
});

describe('Loyalty Card', () => {
	const POST: INodeParameters = {
		resource: 'loyaltyCard',
		operation: 'transaction',
		cardId: '880001',
		amountMinor: 1_050,
		key: 'yclients:555001:record:1:1',
		title: 'Баллы',
	};
	beforeEach(() => {
		yclients.cards = [{ id: 880001, number: 4242, type_id: '3', balance: '0.66000000000000003', points: 0 }];
	});

	it('shows the cards of a client, without an envelope', async () => {
		const [item] = await run({ resource: 'loyaltyCard', operation: 'getAll', clientId: '501001' });
		expect(item?.json).toEqual({
			clientId: '501001',
			cardId: '880001',
			number: '4242',
			typeId: '3',
			balanceMinor: 66,
		});
	});

	it('posts points with the key in the title', async () => {
		const [item] = await run(POST);
		expect(item?.json).toEqual({
			cardId: '880001',
			amountMinor: 1_050,
			key: 'yclients:555001:record:1:1',
			title: 'Баллы [yclients:555001:record:1:1]',
			balanceMinor: 1_116,
		});
		expect(yclients.requests[0]?.body).toEqual({ amount: 10.5, title: 'Баллы [yclients:555001:record:1:1]' });
	});

	it('takes points off', async () => {
		expect((await run({ ...POST, amountMinor: -1, title: '' }))[0]?.json).toMatchObject({ balanceMinor: 65 });
		expect(yclients.requests[0]?.body).toEqual({ amount: -0.01, title: '[yclients:555001:record:1:1]' });
	});

	it.each<[string, Fault]>([
		['a lost answer', 'lost'],
		['502', { status: 502, body: '<html>Bad gateway</html>' }],
		['504', { status: 504 }],
	])('is never posted again after %s', async (_name, fault) => {
		yclients.faults = [{ fault }];
		expect((await failure(POST)).description).toContain('Look for "yclients:555001:record:1:1" in the history');
		expect(yclients.requests).toHaveLength(1);
	});

	it.each<[string, INodeParameters]>([
		['nothing', { amountMinor: 0 }],
		['a fraction', { amountMinor: 0.5 }],
		['no key', { key: '' }],
		['a card that is none', { cardId: 'x' }],
	])('asks nothing with %s', async (_name, parameters) => {
		expect((await failure({ ...POST, ...parameters })).message).toContain('must be');
		expect(yclients.requests).toEqual([]);
	});
});

describe('Webhook', () => {
	const url = 'https://n8n.example.com/webhook/yclients?secret=fake';

	it('adds and removes an address, leaving those of others and the flags', async () => {
		yclients.hooks = {
			urls: ['https://crm.example.com/hook?key=hidden'],
			active: '0',
			client: 1,
			record: 0,
			sms_flag: 1,
		};
		const [added] = await run({ resource: 'webhook', operation: 'add', url });
		expect(added?.json).toMatchObject({
			changed: true,
			active: true,
			urls: ['https://crm.example.com/hook?…', 'https://n8n.example.com/webhook/yclients?…'],
			flags: { record: true, client: true, sms_flag: true, good: false },
		});
		expect(yclients.hooks).toMatchObject({
			urls: ['https://crm.example.com/hook?key=hidden', url],
			record: 1,
			client: 1,
			sms_flag: 1,
		});
		expect((await run({ resource: 'webhook', operation: 'add', url }))[0]?.json).toMatchObject({ changed: false });
		expect(
			(await run({ resource: 'webhook', operation: 'remove', url: url.split('?')[0] ?? '' }))[0]?.json,
		).toMatchObject({ changed: true });
		expect(yclients.hooks).toMatchObject({
			urls: ['https://crm.example.com/hook?key=hidden'],
			active: 1,
			record: 1,
		});
		expect(yclients.requests.filter(({ method }) => method === 'POST')).toHaveLength(2);
	});

	it('adds it again when somebody else writes at the same time', async () => {
		let writes = 0;
		yclients.beforeHookWrite = () => {
			writes += 1;
			if (writes > 1) return;
			setImmediate(() => (yclients.hooks = { urls: ['https://crm.example.com/hook'], active: 1, record: 1 }));
		};
		await run({ resource: 'webhook', operation: 'add', url });
		expect(yclients.hooks).toMatchObject({ urls: ['https://crm.example.com/hook', url] });
	});

	it('says so when YCLIENTS does not keep it', async () => {
		yclients.beforeHookWrite = () => setImmediate(() => (yclients.hooks = []));
		expect((await failure({ resource: 'webhook', operation: 'add', url })).message).toContain(
			'does not keep the webhook settings',
		);
		expect(yclients.requests.filter(({ method }) => method === 'POST')).toHaveLength(3);
	});

	it('shows the settings', async () => {
		expect((await run({ resource: 'webhook', operation: 'get' }))[0]?.json).toMatchObject({
			active: false,
			urls: [],
			flags: { record: false },
		});
	});

	it('refuses what is no address', async () => {
		expect((await failure({ resource: 'webhook', operation: 'add', url: 'n8n' })).message).toContain(
			'The URL must be',
		);
	});
});

describe('requests', () => {
	it.each<[string, Fault]>([
		['a dropped connection', 'drop'],
		['502', { status: 502, body: '<html>' }],
		['503', { status: 503 }],
		['504', { status: 504 }],
		['429', { status: 429, headers: { 'retry-after': '1' } }],
		['429 in other words', { status: 403, body: '{"success":false,"meta":{"message":"Too many requests"}}' }],
	])('that read are repeated after %s', async (_name, fault) => {
		yclients.records = [record()];
		yclients.faults = times(1, fault);
		expect((await run(GET))[0]?.json.recordId).toBe('700100001');
		expect(yclients.requests).toHaveLength(2);
	});

	it.each<[number, string]>([
		[401, 'Check both tokens'],
		[402, 'licence'],
		[403, 'Give the user'],
		[422, 'not accepted'],
		[500, 'Try again later'],
	])('that are refused with %i are not repeated', async (status, advice) => {
		yclients.faults = times(5, { status });
		expect(await failure(GET)).toMatchObject({
			httpCode: String(status),
			description: expect.stringContaining(advice),
		});
		expect(yclients.requests).toHaveLength(1);
	});

	it('wait as long as a 429 asks for, and so do all others', async () => {
		yclients.records = [record()];
		yclients.faults = times(1, { status: 429, headers: { 'retry-after': '3' } });
		await Promise.all([run(GET), run(GET)]);
		const [first, ...others] = yclients.requests.map(({ at }) => at).sort();
		expect(others.filter((at) => at - (first ?? 0) > 2_500).length).toBeGreaterThanOrEqual(1);
	});

	it('do not wait for ever, and then nothing is sent for a while', async () => {
		yclients.faults = times(1, { status: 429, headers: { 'retry-after': '3600' } });
		expect((await failure(GET)).message).toBe('YCLIENTS gets too many requests from this address');
		expect((await failure(GET)).message).toContain('Nothing is sent before');
		expect(yclients.requests).toHaveLength(1);
	});

	it('are given up when 429 comes again and again', async () => {
		yclients.faults = times(9, { status: 429 });
		expect(await failure(GET)).toMatchObject({ httpCode: '429' });
		expect(yclients.requests).toHaveLength(4);
	});

	it('stop when the door is shut', async () => {
		yclients.faults = times(1, { status: 403, body: '<html><h1>403 Forbidden</h1></html>' });
		expect((await failure(GET)).message).toBe('YCLIENTS has shut out the address of this n8n');
		expect((await failure(GET)).description).toContain('more would make it worse');
		expect(yclients.requests).toHaveLength(1);
	});

	it('begin three times a second at most', async () => {
		yclients.records = [record()];
		await Promise.all(Array.from({ length: 7 }, async () => await run(GET)));
		const at = yclients.requests.map((request) => request.at).sort();
		expect((at[3] ?? 0) - (at[0] ?? 0)).toBeGreaterThan(950);
		expect((at[6] ?? 0) - (at[3] ?? 0)).toBeGreaterThan(950);
	});

	it('fail with both error shapes, and with success false at 200', async () => {
		yclients.faults = [
			{ fault: { status: 200, body: '{"success":false,"data":null,"meta":{"message":"Нельзя"}}' } },
			{ fault: { status: 404, body: '{"errors":{"message":"Нет филиала"},"meta":{}}' } },
		];
		expect((await failure(CHANGES)).message).toBe('YCLIENTS refused: Нельзя');
		expect((await failure(CHANGES)).message).toBe('YCLIENTS refused: Нет филиала');
	});

	it('never show a token that is echoed', async () => {
		const credentials = { yClientsApi: { ...credential(), userToken: 'fakewrongtoken123' } };
		const error = await failure(GET, { credentials });
		expect(error.message).toBe('YCLIENTS refused: Неверный токен Bearer ***, User ***');
		expect(JSON.stringify(error)).not.toContain('fakewrongtoken123');
	});

	it('are not sent to an address without https', async () => {
		const credentials = { yClientsApi: { ...credential(), baseUrl: 'http://api.yclients.com' } };
		expect((await failure(GET, { credentials })).message).toBe('The base URL must start with https://');
	});

	it('that nobody answers say what to look at', async () => {
		const credentials = { yClientsApi: { ...credential(), baseUrl: 'http://127.0.0.1:9' } };
		expect(await failure(GET, { credentials })).toMatchObject({
			message: 'YCLIENTS cannot be reached',
			description: expect.stringContaining('ECONNREFUSED'),
		});
	});
});

describe('items', () => {
	it('are worked on one by one, and a failure does not stop the others', async () => {
		yclients.records = [record(), record({ id: 5 })];
		const parameters = ['700100001', '404404', '5'].map((recordId) => ({ ...GET, recordId }));
		const items = await run(parameters, {
			items: [{ json: {} }, { json: {} }, { json: {} }],
			continueOnFail: true,
		});
		expect(items).toEqual([
			{ json: expect.objectContaining({ recordId: '700100001' }), pairedItem: { item: 0 } },
			{ json: { error: 'YCLIENTS has no record 404404' }, pairedItem: { item: 1 } },
			{ json: expect.objectContaining({ recordId: '5' }), pairedItem: { item: 2 } },
		]);
	});

	it('name the one that failed', async () => {
		const parameters = [GET, { ...GET, recordId: 'x' }];
		yclients.records = [record()];
		const error: unknown = await run(parameters, { items: [{ json: {} }, { json: {} }] }).catch(
			(thrown: unknown) => thrown,
		);
		expect(error).toMatchObject({ context: { itemIndex: 1 } });
	});

	it('need an operation that exists', async () => {
		expect((await failure({ resource: 'record', operation: 'drop' })).message).toBe(
			'There is no operation "drop" for "record"',
		);
	});
});

describe('the credential test', () => {
	/** n8n's helper: no body is parsed, no status is thrown. */
	const helpers = {
		request: async ({ uri, headers }: { uri: string; headers: Record<string, string> }) => {
			const { status, data } = await axios.get<string>(uri, {
				headers,
				validateStatus: () => true,
				responseType: 'text',
				proxy: false,
			});
			return { statusCode: status, body: data };
		},
	};
	const test = async (data: Raw) =>
		await new YClients().methods.credentialTest.yClientsApiTest.call(
			{ helpers } as unknown as ICredentialTestFunctions,
			{
				id: '1',
				name: 'x',
				type: 'yClientsApi',
				data: data as never,
			},
		);

	it('names the branch and its zone', async () => {
		expect(await test(credential())).toEqual({
			status: 'OK',
			message: 'Салон «Пример» can be reached. Its time zone is Europe/Moscow',
		});
	});

	it('says when phones are hidden', async () => {
		yclients.permissions = {
			timetable: { timetable_phones_access: 0 },
			record_form: { record_form_client_access: '1' },
		};
		const { status, message } = await test(credential());
		expect([status, message]).toEqual([
			'Error',
			expect.stringContaining('timetable_phones_access: phones in records'),
		]);
	});

	it.each<[string, Raw, string]>([
		['a wrong token', { userToken: 'fakewrongtoken123' }, 'Check both tokens'],
		['another branch', { companyId: '1' }, 'Check the number'],
		['no answer', { baseUrl: 'http://127.0.0.1:9' }, 'No answer from YCLIENTS'],
		['no company', { companyId: '' }, 'company ID'],
	])('fails with %s, without a token', async (_name, changes, words) => {
		const { status, message } = await test({ ...credential(), ...changes });
		expect([status, message]).toEqual(['Error', expect.stringContaining(words)]);
		expect(message).not.toMatch(new RegExp(`${PARTNER}|${USER}|fakewrongtoken123`));
	});
});
