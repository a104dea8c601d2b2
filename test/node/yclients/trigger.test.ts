import axios, { type AxiosResponse } from 'axios';
import {
	webhookDescriptionIsNativelyResolvable,
	type IHookFunctions,
	type INodeParameters,
	type IWebhookFunctions,
} from 'n8n-workflow';

import { webhookSecret } from '../../../nodes/YClients/webhookSecret';
import { YClientsTrigger } from '../../../nodes/YClients/YClientsTrigger.node';
import { executeContext, type NodeSetup } from '../../support/nodeContext';
import { serveWebhook, type WebhookServer } from '../../support/webhookServer';
import { record, sample, type Raw } from '../../unit/yclients/samples';
import { COMPANY, PARTNER, startYClients, USER, type Fault, type YClientsServer } from './yclientsServer';

const SECRET = webhookSecret(USER, { workflowId: 'wf1', nodeId: 'node', isTest: false });
const TEST_SECRET = webhookSecret(USER, { workflowId: 'wf1', nodeId: 'node', isTest: true });
const OWN_SECRET = 'my-own-fake-webhook-secret';

const completed = sample('webhook-record-completed');
const deleted = sample('webhook-record-deleted');
const goneRecord = deleted.data as Raw;

let yclients: YClientsServer;
beforeEach(async () => {
	yclients = await startYClients();
});
afterEach(async () => await yclients.close());

const credential = (changes: Record<string, string> = {}) => ({
	partnerToken: PARTNER,
	userToken: USER,
	companyId: COMPANY,
	baseUrl: yclients.url,
	...changes,
});

/** What the shared contexts lack: the workflow the node stands in, and the mode. */
function inWorkflow(mode: 'webhook' | 'manual'): YClientsTrigger {
	const trigger = new YClientsTrigger();
	return Object.assign(Object.create(trigger) as YClientsTrigger, {
		async webhook(this: IWebhookFunctions) {
			const context = Object.assign(this, {
				getWorkflow: () => ({ id: 'wf1', active: true }),
				getMode: () => mode,
			});
			return await trigger.webhook.call(context);
		},
	});
}

describe('notifications that arrive', () => {
	let server: WebhookServer;
	afterEach(async () => {
		expect(server.thrown).toEqual([]);
		await server.close();
	});

	interface Setup {
		parameters?: INodeParameters;
		options?: INodeParameters;
		credentials?: Record<string, string> | null;
		mode?: 'webhook' | 'manual';
	}

	async function start({
		parameters = {},
		options = {},
		credentials = credential(),
		mode = 'webhook',
	}: Setup = {}) {
		server = await serveWebhook({
			node: inWorkflow(mode),
			parameters: { timeZone: 'Europe/Moscow', ...parameters, options: { waitSeconds: 0, ...options } },
			credentials: credentials === null ? {} : { yClientsApi: credentials },
		});
	}

	async function post(
		body: unknown,
		secret: string | null = SECRET,
		type = 'application/json',
	): Promise<AxiosResponse> {
		return await axios.post(server.url, typeof body === 'string' ? body : JSON.stringify(body), {
			headers: { 'content-type': type },
			params: secret === null ? {} : { secret },
			validateStatus: () => true,
			proxy: false,
		});
	}

	/** The items of the executions, once there are so many. */
	async function executions(count: number): Promise<Raw[][]> {
		for (let tries = 0; server.executions.length < count && tries < 200; tries++) await wait(50);
		expect(server.executions).toHaveLength(count);
		return server.executions.map((items) => items.map(({ json }) => json));
	}

	const wait = async (milliseconds: number) => await new Promise((resolve) => setTimeout(resolve, milliseconds));

	it('YL2 start the workflow with the record as it is read anew', async () => {
		yclients.records = [record({ comment: 'Код клиента: XKM48210', attendance: 0, visit_attendance: 0 })];
		await start();
		const { status, data } = await post(completed);
		expect([status, data]).toEqual([200, { message: 'received' }]);
		const [[item]] = (await executions(1)) as [[Raw]];
		expect(item).toEqual({
			eventKey: expect.stringMatching(/^555001:record:700100001:update:2026-03-10T11:07:40\.000Z:[0-9a-f]{16}$/),
			event: 'update',
			companyId: COMPANY,
			recordId: '700100001',
			booking: expect.objectContaining({
				status: 'pending',
				clientCodes: ['XKM48210'],
				visitAt: '2026-03-10T09:00:00.000Z',
			}),
			record: yclients.records[0],
			receivedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
			warnings: [],
			problem: null,
		});
		expect(yclients.requests.map(({ method, path }) => [method, path])).toEqual([
			['GET', `record/${COMPANY}/700100001`],
		]);
	});

	it('are answered before YCLIENTS is asked', async () => {
		yclients.records = [record()];
		yclients.faults = [{ fault: { status: 503 } }];
		await start();
		const started = Date.now();
		expect((await post(completed)).status).toBe(200);
		expect(Date.now() - started).toBeLessThan(500);
		expect(server.executions).toEqual([]);
		expect((await executions(1))[0]).toMatchObject([{ booking: { status: 'completed' } }]);
	});

	it('YL5 can award nothing by what they say themselves', async () => {
		yclients.records = [record({ attendance: 0, visit_attendance: 0, services: [] })];
		await start();
		await post(completed);
		expect((await executions(1))[0]).toMatchObject([{ booking: { status: 'pending', baseKopecks: 0 } }]);
	});

	it('have the same key for the same state, and another for another', async () => {
		yclients.records = [record()];
		await start();
		await post(completed);
		await executions(1);
		await post(completed);
		await executions(2);
		yclients.records = [record({ comment: 'другой' })];
		await post(completed);
		const keys = (await executions(3)).map(([item]) => item?.eventKey);
		expect(keys[0]).toBe(keys[1]);
		expect(keys[2]).not.toBe(keys[0]);
	});

	it.each<[string, string | null]>([
		['none', null],
		['an empty one', ''],
		['another', 'x'.repeat(64)],
		['a cut one', SECRET.slice(1)],
		['that of the test listener', TEST_SECRET],
		['the token', USER],
	])('with %s as secret find no such address', async (_name, secret) => {
		await start();
		const { status, data } = await post(completed, secret);
		expect([status, data]).toEqual([404, { error: 'Not found' }]);
		expect([server.executions, yclients.requests]).toEqual([[], []]);
	});

	it('with two secrets find no such address', async () => {
		await start();
		const response = await axios.post(`${server.url}?secret=${SECRET}&secret=${SECRET}`, completed, {
			validateStatus: () => true,
			proxy: false,
		});
		expect(response.status).toBe(404);
	});

	it.each<[string, Record<string, string> | null]>([
		['no credential', null],
		['no user token', { partnerToken: PARTNER, companyId: COMPANY, userToken: '' }],
		['no company', { partnerToken: PARTNER, userToken: USER, companyId: '' }],
	])('are never let in with %s', async (_name, credentials) => {
		await start({ credentials });
		for (const secret of [null, '', SECRET]) expect((await post(completed, secret)).status).toBe(404);
	});

	it('at the test listener need its own secret', async () => {
		yclients.records = [record()];
		await start({ mode: 'manual' });
		expect((await post(completed, SECRET)).status).toBe(404);
		expect((await post(completed, TEST_SECRET)).status).toBe(200);
		await executions(1);
	});

	it('need the secret of the credential where there is one', async () => {
		yclients.records = [record()];
		await start({ credentials: credential({ webhookSecret: OWN_SECRET }), parameters: { registration: 'manual' } });
		expect((await post(completed, SECRET)).status).toBe(404);
		expect((await post(completed, OWN_SECRET)).status).toBe(200);
		await executions(1);
	});

	it('are not let in by hand without a secret one can know', async () => {
		await start({ parameters: { registration: 'manual' } });
		for (const secret of [SECRET, '', null]) expect((await post(completed, secret)).status).toBe(404);
	});

	it.each<[string, string, unknown, number]>([
		['no body', 'application/json', '', 422],
		['no JSON', 'application/json', '{', 422],
		['an empty object', 'application/json', '{}', 422],
		['a form', 'application/x-www-form-urlencoded', 'company_id=555001', 422],
		['text', 'text/plain', JSON.stringify(completed), 422],
		['another branch', 'application/json', { ...completed, company_id: 555002 }, 422],
		['over a megabyte', 'application/json', { ...completed, x: 'x'.repeat(1_100_000) }, 413],
		['clients', 'application/json', { ...completed, resource: 'client' }, 200],
	])('with %s start nothing', async (_name, type, body, status) => {
		await start();
		expect((await post(body, SECRET, type)).status).toBe(status);
		expect([server.executions, yclients.requests]).toEqual([[], []]);
	});

	it('of events that were not chosen start nothing', async () => {
		await start({ parameters: { events: ['delete'] } });
		expect((await post(completed)).data).toEqual({ message: 'ignored' });
		expect(yclients.requests).toEqual([]);
	});

	it('may come as a list', async () => {
		yclients.records = [record()];
		await start();
		await post([completed]);
		expect((await executions(1))[0]).toHaveLength(1);
	});

	it('follow the options', async () => {
		yclients.records = [record({ paid_full: 0, comment: 'Код клиента: VIP-7' })];
		await start({ options: { includeRaw: false, completion: 'attended_and_paid', codePattern: 'VIP-\\d' } });
		await post(completed);
		expect((await executions(1))[0]).toMatchObject([
			{ record: null, booking: { status: 'pending', clientCodes: ['VIP-7'], warnings: ['attended_unpaid'] } },
		]);
	});

	describe('about deleted records', () => {
		it('YL8 cancel one that is gone, and do not believe a time in the future', async () => {
			await start();
			const before = Date.now();
			await post({
				...deleted,
				data: { ...goneRecord, attendance: 1, last_change_date: '2999-01-01T00:00:00+0000' },
			});
			const [[item]] = (await executions(1)) as [[Raw]];
			expect(item).toMatchObject({
				event: 'delete',
				record: null,
				warnings: ['record_gone'],
				problem: null,
				booking: { id: '700100005', status: 'cancelled', visitAt: '2026-03-15T09:00:00.000Z' },
			});
			const changedAt = Date.parse(String((item.booking as Raw).changedAt));
			expect(changedAt).toBeGreaterThanOrEqual(before);
			expect(changedAt).toBeLessThanOrEqual(Date.now());
		});

		it('YL8 cancel one that is gone as of its last version, so that a restored one is newer', async () => {
			await start();
			await post({ ...deleted, data: { ...goneRecord, last_change_date: '2026-03-12T08:00:11+0300' } });
			expect((await executions(1))[0]).toMatchObject([
				{ warnings: ['record_gone'], booking: { status: 'cancelled', changedAt: '2026-03-12T05:00:11.000Z' } },
			]);
		});

		it('YL8 cancel one that YCLIENTS shows as deleted', async () => {
			yclients.records = [{ ...goneRecord, attendance: 1 }];
			await start();
			await post(deleted);
			expect((await executions(1))[0]).toMatchObject([
				{
					booking: { status: 'cancelled', changedAt: '2026-03-12T05:00:11.000Z' },
					record: yclients.records[0],
					warnings: [],
				},
			]);
			expect(yclients.requests).toHaveLength(1);
		});

		it('take nothing away while YCLIENTS has the record', async () => {
			yclients.records = [record()];
			await start();
			await post({ ...completed, status: 'delete' });
			expect((await executions(1))[0]).toMatchObject([
				{
					event: 'delete',
					booking: { status: 'completed', baseKopecks: 229_999 },
					warnings: ['delete_not_confirmed'],
				},
			]);
			expect(yclients.requests).toHaveLength(3);
		});

		it('wait until YCLIENTS shows it', async () => {
			yclients.records = [record()];
			await start();
			await post({ ...completed, status: 'delete' });
			setTimeout(() => (yclients.records = []), 500);
			expect((await executions(1))[0]).toMatchObject([
				{ booking: { status: 'cancelled' }, warnings: ['record_gone'] },
			]);
		});
	});

	describe('that YCLIENTS does not confirm', () => {
		it('YL10 start the workflow with a problem, not with a booking', async () => {
			await start();
			await post(completed);
			expect((await executions(1))[0]).toMatchObject([
				{ event: 'update', recordId: '700100001', booking: null, record: null, problem: { code: 'not_found' } },
			]);
			expect(yclients.requests).toHaveLength(3);
		});

		it('are looked up again, because YCLIENTS may be late', async () => {
			await start();
			await post({ ...completed, status: 'create' });
			setTimeout(() => (yclients.records = [record()]), 500);
			expect((await executions(1))[0]).toMatchObject([
				{ event: 'create', booking: { status: 'completed' }, problem: null },
			]);
		});

		it.each<[string, Fault, string]>([
			['a wrong token', { status: 401, body: `{"errors":{"message":"Нет ${USER}"}}` }, 'YCLIENTS refused: Нет ***'],
			['an unreadable answer', { status: 200, body: '<html>' }, 'YCLIENTS answered with something that is no JSON'],
		])('because of %s say so', async (_name, fault, message) => {
			yclients.faults = [{ fault }];
			await start();
			await post(completed);
			expect((await executions(1))[0]).toMatchObject([
				{ booking: null, problem: { code: 'not_readable', message } },
			]);
		});

		it('because of a wrong zone say so', async () => {
			await start({ parameters: { timeZone: 'Moscow' } });
			await post(completed);
			expect((await executions(1))[0]).toMatchObject([
				{ booking: null, problem: { message: expect.stringContaining('no time zone') } },
			]);
		});
	});

	it('about one record are joined within the time to wait', async () => {
		yclients.records = [record(), record({ id: 5 })];
		await start({ options: { waitSeconds: 0.4 } });
		const other = { ...completed, resource_id: 5, data: record({ id: 5 }) };
		const answers = await Promise.all([
			post({ ...completed, status: 'create' }),
			post(completed),
			post(completed),
			post(other),
		]);
		expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
		const items = (await executions(2)).map(([item]) => [item?.recordId, item?.event]);
		expect(items.sort()).toEqual([
			['5', 'update'],
			['700100001', 'create'],
		]);
		await post(completed);
		await executions(3);
		expect(yclients.requests).toHaveLength(3);
	});

	it('count as a deletion when one of the joined is', async () => {
		await start({ options: { waitSeconds: 0.4 } });
		await Promise.all([
			post({ ...deleted, status: 'update' }),
			post(deleted),
			post({ ...deleted, status: 'update' }),
		]);
		expect((await executions(1))[0]).toMatchObject([{ event: 'delete', booking: { status: 'cancelled' } }]);
	});
});

describe('the registration at YCLIENTS', () => {
	const URL = 'https://n8n.example/webhook/yclients';
	const OTHERS = ['https://crm.example.com/hook?key=1'];
	let warnings: string[];
	beforeEach(() => {
		warnings = [];
	});

	type Hook = 'checkExists' | 'create' | 'delete';

	interface HookSetup {
		mode?: string;
		activation?: string;
		credentials?: Record<string, string>;
	}

	async function call(hook: Hook, parameters: INodeParameters = {}, setup: HookSetup = {}): Promise<boolean> {
		const { mode = 'trigger', activation = 'update', credentials = {} } = setup;
		const node = new YClientsTrigger();
		const nodeSetup: NodeSetup = { node, parameters, credentials: { yClientsApi: credential(credentials) } };
		const base = executeContext(nodeSetup);
		const context = {
			...base,
			getNodeParameter: (name: string, fallback?: unknown) =>
				base.getNodeParameter(name, 0, fallback as never) as unknown,
			getWorkflow: () => ({ id: 'wf1', active: true }),
			getMode: () => mode,
			getActivationMode: () => activation,
			getNodeWebhookUrl: () => URL,
			logger: { warn: (message: string) => warnings.push(message) },
		};
		return await node.webhookMethods.default[hook].call(context as unknown as IHookFunctions);
	}

	it('YL2 adds the address with its secret, leaving those of others and the flags', async () => {
		yclients.hooks = { urls: OTHERS, active: 1, client: 1, record: 0 };
		expect(await call('checkExists')).toBe(false);
		expect(await call('create')).toBe(true);
		expect(yclients.hooks).toMatchObject({
			urls: [...OTHERS, `${URL}?secret=${SECRET}`],
			active: 1,
			record: 1,
			client: 1,
			good: 0,
		});
		expect(await call('checkExists')).toBe(true);
	});

	it('removes it again, leaving those of others and the flags', async () => {
		yclients.hooks = { urls: OTHERS, active: 1, client: 1, record: 1 };
		await call('create');
		expect(await call('delete')).toBe(true);
		expect(yclients.hooks).toMatchObject({ urls: OTHERS, active: 1, record: 1, client: 1 });
		const writes = () => yclients.requests.filter(({ method }) => method === 'POST').length;
		const before = writes();
		expect(await call('delete')).toBe(true);
		expect(writes()).toBe(before);
	});

	it('puts an older secret right', async () => {
		yclients.hooks = { urls: [`${URL}?secret=old`, ...OTHERS], active: 1, record: 1 };
		expect(await call('checkExists')).toBe(false);
		await call('create');
		expect(yclients.hooks).toMatchObject({ urls: [...OTHERS, `${URL}?secret=${SECRET}`] });
	});

	it('has a secret of its own for the test listener', async () => {
		await call('create', {}, { mode: 'manual' });
		expect(yclients.hooks).toMatchObject({ urls: [`${URL}?secret=${TEST_SECRET}`] });
	});

	it('uses the secret of the credential', async () => {
		await call('create', {}, { credentials: { webhookSecret: OWN_SECRET } });
		expect(yclients.hooks).toMatchObject({ urls: [`${URL}?secret=${OWN_SECRET}`] });
	});

	it('is left to the user by hand, who must know the secret', async () => {
		const credentials = { webhookSecret: OWN_SECRET };
		expect(await call('checkExists', { registration: 'manual' }, { credentials })).toBe(true);
		expect(await call('delete', { registration: 'manual' }, { credentials })).toBe(true);
		expect(yclients.requests).toEqual([]);
		await expect(call('checkExists', { registration: 'manual' })).rejects.toThrow('needs a Webhook Secret');
	});

	it('does not take the trigger off line when n8n starts while YCLIENTS is down', async () => {
		yclients.faults = Array.from({ length: 4 }, () => ({ fault: { status: 500 } }));
		expect(await call('checkExists', {}, { activation: 'init' })).toBe(true);
		await expect(call('checkExists')).rejects.toThrow('YCLIENTS has trouble');
	});

	it('keeps nobody from switching the workflow off', async () => {
		yclients.faults = [{ fault: { status: 401, body: `{"errors":{"message":"${USER}"}}` } }];
		expect(await call('delete')).toBe(false);
		expect(warnings).toEqual([expect.stringContaining('remove it there by hand: YCLIENTS refused: ***')]);
	});

	it.each<[string, INodeParameters, Record<string, string>, string]>([
		['a zone that is none', { timeZone: 'Moscow' }, {}, 'There is no time zone'],
		['a pattern that is none', { options: { codePattern: '(' } }, {}, 'no regular expression'],
		['no company', {}, { companyId: '' }, 'company ID'],
	])('fails with %s', async (_name, parameters, credentials, message) => {
		await expect(call('create', parameters, { credentials })).rejects.toThrow(message);
		expect(yclients.requests).toEqual([]);
	});

	it('says what right lacks', async () => {
		yclients.faults = [
			{ fault: { status: 403, body: '{"success":false,"meta":{"message":"webhook_read_access"}}' } },
		];
		await expect(call('create')).rejects.toMatchObject({
			message: 'YCLIENTS refused: webhook_read_access',
			description: expect.stringContaining('Give the user'),
		});
	});
});

describe('the description', () => {
	const { description } = new YClientsTrigger();

	it('is resolved without the expression engine, which would slow every notification down', () => {
		expect(description.webhooks?.map(webhookDescriptionIsNativelyResolvable)).toEqual([true]);
		expect(description.webhooks).toMatchObject([
			{ name: 'default', httpMethod: 'POST', isFullPath: true, responseData: '' },
		]);
		expect(description.version).toBe(2);
	});
});
