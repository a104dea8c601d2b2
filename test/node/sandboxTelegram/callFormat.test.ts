import { networkInterfaces } from 'node:os';
import { startTelegram } from '../../../sandbox/telegram';
import { BOT, CHANNEL, http, type Stage, startStage, TOKEN } from './stage';

let stage: Stage;
beforeEach(async () => {
	stage = await startStage();
});
afterEach(async () => await stage.close());

const callUrl = (method: string, token = TOKEN) => `${stage.telegram.url}/bot${token}/${method}`;
const shape = { port: 0, botToken: TOKEN, botUsername: BOT, chats: [], timeScale: 1, log: () => undefined };

describe('calling the Bot API', () => {
	it('answers in the envelope, with ids as numbers', async () => {
		expect(await stage.api('getMe')).toMatchObject({
			status: 200,
			ok: true,
			result: { id: 100200300, is_bot: true, username: BOT },
		});
		const { result } = await stage.api('getChat', { chat_id: CHANNEL });
		expect(result).toMatchObject({ id: -1001000000001, title: 'Course', type: 'channel' });
	});

	it.each(['getme', 'GETME', 'GetMe'])('does not mind the case of %s', async (method) => {
		expect((await stage.api(method)).ok).toBe(true);
		expect(stage.telegram.control.countRequests('getMe', 200)).toBe(1);
	});

	it('takes parameters from the query, a form, multipart and JSON', async () => {
		stage.telegram.control.user({ id: 7 }).start();
		const given = { chat_id: '7', text: 'hello' };
		const multipart = new FormData();
		for (const [name, value] of Object.entries(given)) multipart.append(name, value);
		const answers = [
			(await http.get(callUrl('sendMessage'), { params: given })).data,
			(await http.post(callUrl('sendMessage'), new URLSearchParams(given))).data,
			(await http.post(callUrl('sendMessage'), given)).data,
			(await http.post(callUrl('sendMessage'), { chat_id: 7, text: 'hello', parse_mode: null })).data,
			await (await fetch(callUrl('sendMessage'), { method: 'POST', body: multipart })).json(),
		];
		expect(answers.map(({ result }) => result?.text)).toEqual(Array(5).fill('hello'));
	});

	it.each([
		['999:other-fake-token', 401, 'Unauthorized'],
		[`${TOKEN}x`, 401, 'Unauthorized'],
		['no-token', 404, 'Not Found'],
		['', 404, 'Not Found'],
	])('refuses the token %p', async (token, status, description) => {
		const { status: got, data } = await http.get(callUrl('getMe', token));
		expect([got, data]).toEqual([status, { ok: false, error_code: status, description }]);
	});

	it('takes a token whose colon is escaped', async () => {
		expect((await http.get(callUrl('getMe', TOKEN.replace(':', '%3A')))).status).toBe(200);
	});

	it.each([
		['launchRocket', 404, /^Not Found: method not found$/],
		['', 404, /^Not Found/],
	])('answers the unknown method %p', async (method, status, description) => {
		const answer = await stage.api(method);
		expect(answer).toMatchObject({ status, ok: false, error_code: status });
		expect(answer.description).toMatch(description);
	});

	it('refuses other verbs and broken or huge bodies', async () => {
		expect((await http.put(callUrl('getMe'))).status).toBe(405);
		const broken = await http.post(callUrl('getMe'), '{"a":', { headers: { 'Content-Type': 'application/json' } });
		expect(broken.data).toMatchObject({ error_code: 400, description: "Bad Request: can't parse JSON object" });
		const huge = await http.post(callUrl('sendMessage'), { chat_id: 7, text: 'x'.repeat(2_000_000) });
		expect([huge.status, huge.data.ok]).toEqual([413, false]);
	});

	it('answers paths that are no calls', async () => {
		expect((await http.get(`${stage.telegram.url}/favicon.ico`)).status).toBe(404);
		expect((await http.get(`${stage.telegram.url}/bot%E0%A4%A/getMe`)).status).toBe(404);
	});

	it.each([
		[{}, 'chat_id is empty'],
		[{ chat_id: '' }, 'chat_id is empty'],
		[{ chat_id: 12345 }, 'chat not found'],
		[{ chat_id: '@nowhere' }, 'chat not found'],
		[{ chat_id: '99999999999999999999' }, 'chat not found'],
	])('does not find the chat of %p', async (parameters, reason) => {
		expect(await stage.api('getChat', parameters)).toMatchObject({ status: 400, description: `Bad Request: ${reason}` });
	});

	it('keeps user ids of 52 bits exactly', async () => {
		const id = 2 ** 52 - 1;
		stage.telegram.control.user({ id: String(id) }).start();
		const raw = await (await fetch(`${callUrl('getChat')}?chat_id=${id}`)).text();
		expect(raw).toContain('"id":4503599627370495,');
	});

	it.each(['0', '-5', '4503599627370496', 'x', ''])('refuses the user id %p', async (user_id) => {
		const answer = await stage.api('getChatMember', { chat_id: CHANNEL, user_id });
		expect(answer.description).toBe('Bad Request: invalid user_id specified');
	});

	it('never shows the token or the webhook secret', async () => {
		await stage.api('setWebhook', { url: 'http://127.0.0.1:9/', secret_token: 'fake-hidden-secret' });
		await stage.api('launchRocket');
		await http.get(callUrl('getMe', '999:other-fake-token'));
		const seen = JSON.stringify([stage.telegram.control.requests(), stage.log]);
		expect(seen).not.toMatch(/fake-token|fake-hidden-secret/);
		expect(stage.telegram.control.requests('setWebhook')[0]?.parameters.secret_token).toBe('(hidden)');
	});
});

describe('startTelegram', () => {
	it('listens on loopback only', async () => {
		const address = Object.values(networkInterfaces()).flat().find((one) => one?.family === 'IPv4' && !one.internal);
		const outside = `http://${address?.address ?? '127.0.0.2'}:${new URL(stage.telegram.url).port}/`;
		await expect(http.get(outside)).rejects.toThrow(/ECONNREFUSED/);
	});

	it('names the port and the option when the port is taken', async () => {
		const port = Number(new URL(stage.telegram.url).port);
		await expect(startTelegram({ ...shape, port })).rejects.toThrow(`Port ${port} is taken`);
		await expect(startTelegram({ ...shape, port })).rejects.toThrow('option ports.telegram');
	});

	it.each([
		[{ botToken: 'no-token' }, /botToken/],
		[{ chats: [{ id: '5', title: 'x', type: 'channel' as const }] }, /Not the id of a channel: 5/],
		[{ chats: [{ id: '-1005', title: 'x', type: 'supergroup' as const }] }, /Not the id of a supergroup/],
	])('refuses the options %p', async (options, message) => {
		await expect(startTelegram({ ...shape, ...options })).rejects.toThrow(message);
	});

	it('leaves nothing running after close', async () => {
		const other = await startTelegram(shape);
		await other.close();
		await expect(http.get(other.url)).rejects.toThrow(/ECONNREFUSED/);
	});
});
