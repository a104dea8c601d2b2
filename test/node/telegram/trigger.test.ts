import axios, { type AxiosResponse } from 'axios';
import {
	NodeApiError,
	webhookDescriptionIsNativelyResolvable,
	type ICredentialDataDecryptedObject,
	type IHookFunctions,
	type INodeParameters,
	type IWebhookFunctions,
} from 'n8n-workflow';

import { TelegramInviteTrigger } from '../../../nodes/TelegramInvite/TelegramInviteTrigger.node';
import { webhookSecret } from '../../../nodes/TelegramInvite/webhookSecret';
import { executeContext, type NodeSetup } from '../../support/nodeContext';
import { serveWebhook, type WebhookServer } from '../../support/webhookServer';
import { buttonUpdate, joinRequestUpdate, messageUpdate } from '../../unit/telegram/updates';
import { refuse, startBotApi, TOKEN, type BotApi } from './botApi';

const SECRET = webhookSecret(TOKEN, { workflowId: 'wf1', nodeId: 'node', isTest: false });
const TEST_SECRET = webhookSecret(TOKEN, { workflowId: 'wf1', nodeId: 'node', isTest: true });

/** What the shared contexts lack: the workflow the node stands in, and the mode. */
function inWorkflow(mode: 'webhook' | 'manual'): TelegramInviteTrigger {
	const trigger = new TelegramInviteTrigger();
	return Object.assign(Object.create(trigger) as TelegramInviteTrigger, {
		async webhook(this: IWebhookFunctions) {
			const context = Object.assign(this, { getWorkflow: () => ({ id: 'wf1', active: true }), getMode: () => mode });
			return await trigger.webhook.call(context);
		},
	});
}

describe('updates that arrive', () => {
	let server: WebhookServer;
	afterEach(async () => {
		expect(server.thrown).toEqual([]);
		await server.close();
	});

	interface Setup {
		credential?: Record<string, string> | null;
		parameters?: INodeParameters;
		mode?: 'webhook' | 'manual';
	}

	async function start({ credential = { botToken: TOKEN }, parameters = {}, mode = 'webhook' }: Setup = {}) {
		server = await serveWebhook({
			node: inWorkflow(mode),
			parameters,
			credentials: credential === null ? {} : { telegramInviteApi: credential },
		});
	}

	async function post(
		body: unknown,
		secret: string | undefined = SECRET,
		type = 'application/json',
	): Promise<AxiosResponse> {
		return await axios.post(server.url, typeof body === 'string' ? body : JSON.stringify(body), {
			headers: { 'content-type': type, ...(secret !== '' && { 'X-Telegram-Bot-Api-Secret-Token': secret }) },
			validateStatus: () => true,
			proxy: false,
		});
	}

	it('ST1 start the workflow with exactly one item each', async () => {
		await start();
		expect((await post(messageUpdate({ text: '/pay' }))).status).toBe(200);
		expect((await post(buttonUpdate())).status).toBe(200);
		expect((await post(joinRequestUpdate())).status).toBe(200);
		expect(server.executions).toEqual([
			[{ json: expect.objectContaining({ updateId: '10', event: 'command', command: 'pay', userId: '700000001' }) }],
			[{ json: expect.objectContaining({ event: 'button', callbackData: 'buy' }) }],
			[{ json: expect.objectContaining({ event: 'join_request', chatId: '-1001234567890' }) }],
		]);
		expect(JSON.stringify(server.executions)).not.toContain('"raw"');
	});

	it.each([
		['no secret', ''],
		['another', 'x'.repeat(64)],
		['a cut one', SECRET.slice(1)],
		['a doubled one', `${SECRET}, ${SECRET}`],
		['the token', TOKEN],
		['that of the test listener', TEST_SECRET],
	])('ST5 with %s are answered 401 and start nothing', async (_name, secret) => {
		await start();
		const response = await post(messageUpdate(), secret);
		expect([response.status, response.data]).toEqual([401, { error: 'Secret token missing or wrong' }]);
		expect(server.executions).toEqual([]);
	});

	it('at the test listener need its own secret', async () => {
		await start({ mode: 'manual' });
		expect((await post(messageUpdate(), SECRET)).status).toBe(401);
		expect((await post(messageUpdate(), TEST_SECRET)).status).toBe(200);
		expect(server.executions).toHaveLength(1);
	});

	it.each([
		['no credential', null],
		['no token', { botToken: ' ' }],
		['a token in another form', { botToken: 'nonsense' }],
	])('ST5 are never let in with %s', async (_name, credential) => {
		await start({ credential });
		for (const secret of ['', SECRET, webhookSecret('', { workflowId: 'wf1', nodeId: 'node', isTest: false })]) {
			expect((await post(messageUpdate(), secret)).status).toBe(401);
		}
		expect(server.executions).toEqual([]);
	});

	it.each<[string, string, string, number]>([
		['no body', 'application/json', '', 422],
		['no JSON', 'application/json', '{', 422],
		['a list', 'application/json', '[]', 422],
		['an object', 'application/json', '{}', 422],
		['a form', 'application/x-www-form-urlencoded', 'update_id=1', 422],
		['text', 'text/plain', '{"update_id":1}', 422],
		['bytes', 'application/octet-stream', '{"update_id":1}', 422],
		['prototype keys', 'application/json', '{"__proto__":{"update_id":1}}', 422],
		['a broken message', 'application/json', '{"update_id":1,"message":{}}', 422],
		['over a megabyte', 'application/json', JSON.stringify({ update_id: 1, x: 'x'.repeat(1_100_000) }), 413],
	])('%s are answered with an error and start nothing', async (_name, type, body, status) => {
		await start();
		expect((await post(body, SECRET, type)).status).toBe(status);
		expect(server.executions).toEqual([]);
	});

	it('nobody asked for are answered 200 and start nothing', async () => {
		await start();
		for (const update of [messageUpdate({ text: 'hello' }), { update_id: 1, poll: {} }]) {
			expect((await post(update)).status).toBe(200);
		}
		expect(server.executions).toEqual([]);
	});

	it('follow the options', async () => {
		const options = { chatIds: ' -1009 , -1008', includeRaw: true };
		await start({ parameters: { events: ['joinRequest', 'message'], options } });
		await post(joinRequestUpdate());
		expect(server.executions).toEqual([]);
		await post(joinRequestUpdate({ chat: { id: -1_008, type: 'channel' } }));
		await post(messageUpdate({ text: 'hello' }));
		expect(server.executions).toMatchObject([
			[{ json: { event: 'join_request', chatId: '-1008', raw: { update_id: 12 } } }],
			[{ json: { event: 'message', raw: messageUpdate({ text: 'hello' }) } }],
		]);
	});
});

describe('the registration at Telegram', () => {
	const URL = 'https://n8n.example/webhook/telegram-invite';
	const INFO = {
		url: URL,
		allowed_updates: ['callback_query', 'chat_join_request', 'chat_member', 'message', 'my_chat_member'],
	};
	let api: BotApi;
	let warnings: string[];
	beforeEach(async () => {
		api = await startBotApi();
		warnings = [];
	});
	afterEach(async () => await api.close());

	type Hook = 'checkExists' | 'create' | 'delete';

	async function call(
		hook: Hook,
		parameters: INodeParameters = {},
		{ mode = 'trigger', credential = {} as ICredentialDataDecryptedObject } = {},
	): Promise<boolean> {
		const node = new TelegramInviteTrigger();
		const telegramInviteApi = { botToken: TOKEN, baseUrl: api.url, ...credential };
		const setup: NodeSetup = { node, parameters, credentials: { telegramInviteApi } };
		const base = executeContext(setup);
		const context = {
			...base,
			getNodeParameter: (name: string, fallback?: unknown) =>
				base.getNodeParameter(name, 0, fallback as never) as unknown,
			getWorkflow: () => ({ id: 'wf1', active: true }),
			getMode: () => mode,
			getNodeWebhookUrl: () => URL,
			logger: { warn: (message: string) => warnings.push(message) },
		};
		return await node.webhookMethods.default[hook].call(context as unknown as IHookFunctions);
	}

	it('ST5 names address, secret and every update it needs, chat_member too', async () => {
		expect(await call('create')).toBe(true);
		expect(api.calls).toMatchObject([{ method: 'setWebhook', token: TOKEN }]);
		expect(api.calls[0]?.parameters).toEqual({
			url: URL,
			secret_token: SECRET,
			allowed_updates: INFO.allowed_updates,
			max_connections: 40,
			drop_pending_updates: false,
		});
	});

	it('has a secret of its own for the test listener, and drops on request', async () => {
		await call('create', { events: ['command'], options: { dropPending: true } }, { mode: 'manual' });
		expect(api.calls[0]?.parameters).toMatchObject({
			secret_token: TEST_SECRET,
			allowed_updates: ['message'],
			drop_pending_updates: true,
		});
	});

	it('needs an event: an empty list would bring nearly everything', async () => {
		await expect(call('create', { events: [] })).rejects.toThrow(/at least one event/);
		expect(api.calls).toEqual([]);
	});

	it.each<[string, object, boolean]>([
		['the same address and updates', INFO, true],
		['the same in another order', { ...INFO, allowed_updates: [...INFO.allowed_updates].reverse() }, true],
		['another address', { ...INFO, url: `${URL}-2` }, false],
		['no address', { url: '' }, false],
		['an update less', { ...INFO, allowed_updates: INFO.allowed_updates.slice(1) }, false],
		['an update more', { ...INFO, allowed_updates: [...INFO.allowed_updates, 'poll'] }, false],
		['the updates Telegram chooses', { url: URL }, false],
	])('is found for %s: %s', async (_name, info, exists) => {
		api.on('getWebhookInfo', { result: info });
		expect(await call('checkExists')).toBe(exists);
		expect(api.methods()).toEqual(['getWebhookInfo']);
	});

	it('is ended when it is ours', async () => {
		api.on('getWebhookInfo', { result: INFO });
		expect(await call('delete')).toBe(true);
		expect(api.methods()).toEqual(['getWebhookInfo', 'deleteWebhook']);
		expect(api.calls[1]?.parameters).toEqual({});
	});

	it('is left when another workflow has taken the bot over', async () => {
		api.on('getWebhookInfo', { result: { url: `https://other.example/${TOKEN}` } });
		expect(await call('delete')).toBe(true);
		expect(api.methods()).toEqual(['getWebhookInfo']);
	});

	it('keeps nobody from switching the workflow off', async () => {
		api.on('getWebhookInfo', refuse(401, `Unauthorized: ${TOKEN}`));
		expect(await call('delete')).toBe(false);
		expect(warnings).toEqual([expect.stringContaining('Unauthorized')]);
		expect(warnings.join()).not.toContain(TOKEN);
	});

	it('says what is wrong when it fails', async () => {
		api.on('setWebhook', refuse(400, 'Bad Request: bad webhook: An HTTPS URL must be provided for webhook'));
		const error: unknown = await call('create').catch((thrown: unknown) => thrown);
		expect(error).toBeInstanceOf(NodeApiError);
		expect(error).toMatchObject({
			message: 'Telegram refused: Bad Request: bad webhook: An HTTPS URL must be provided for webhook',
			description: expect.stringMatching(/HTTPS/),
		});
		await expect(call('checkExists', {}, { credential: { botToken: '' } })).rejects.toThrow(/no bot token/);
	});
});

describe('the description', () => {
	const { description } = new TelegramInviteTrigger();

	it('has Telegram wait for the end of the workflow, on the full path', () => {
		expect(description.webhooks).toMatchObject([
			{
				name: 'default',
				httpMethod: 'POST',
				path: '={{$parameter["path"]}}',
				isFullPath: true,
				responseMode: 'lastNode',
				responseData: 'noData',
			},
		]);
	});

	it('is resolved without the expression engine, which would slow every update down', () => {
		expect(description.webhooks?.map(webhookDescriptionIsNativelyResolvable)).toEqual([true]);
		expect(description.version).toBe(2);
	});
});
