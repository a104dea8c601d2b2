import { CHANNEL, http, type Stage, startStage } from './stage';

let stage: Stage;
beforeEach(async () => {
	stage = await startStage();
	stage.telegram.control.user({ id: 7 }).start();
});
afterEach(async () => await stage.close());

const send = async () => await stage.api('sendMessage', { chat_id: 7, text: 'Your link' });
const seen = () => stage.telegram.control.user({ id: 7 }).messages().filter(({ from }) => from === 'bot');

describe('failNext', () => {
	it('tells to wait, in the body and the header', async () => {
		stage.telegram.control.failNext(1, { status: 429, retryAfter: 7 });
		const url = `${stage.telegram.url}/bot100200300:fake-token-of-nobody/sendMessage`;
		const { status, data, headers } = await http.post(url, { chat_id: 7, text: 'a' });
		expect([status, headers['retry-after']]).toEqual([429, '7']);
		expect(data).toEqual({
			ok: false,
			error_code: 429,
			description: 'Too Many Requests: retry after 7',
			parameters: { retry_after: 7 },
		});
		expect(seen()).toEqual([]);
		expect((await send()).ok).toBe(true);
	});

	it.each([
		[400, undefined, 'Bad Request: PARTICIPANT_ID_INVALID'],
		[400, 'member not found', 'Bad Request: member not found'],
		[403, undefined, 'Forbidden: bot was blocked by the user'],
		[500, undefined, 'Internal Server Error'],
	])('answers %i', async (status, reason, description) => {
		stage.telegram.control.failNext(2, { status, reason });
		for (let tries = 0; tries < 2; tries += 1) {
			expect(await send()).toEqual({ status, ok: false, error_code: status, description });
		}
		expect((await send()).ok).toBe(true);
		expect(seen()).toHaveLength(1);
	});

	it('answers 502 with the page of a web server, not in the envelope', async () => {
		stage.telegram.control.failNext(1, { status: 502 });
		const { status, data, headers } = await http.get(`${stage.telegram.url}/bot100200300:fake-token-of-nobody/getMe`);
		expect([status, headers['content-type']]).toEqual([502, expect.stringContaining('text/html')]);
		expect(data).toContain('<html>');
	});

	it('waits for the method it is meant for, however it is written', async () => {
		stage.telegram.control.failNext(1, { status: 500, method: 'createChatInviteLink' });
		expect((await send()).ok).toBe(true);
		expect((await stage.api('createchatinvitelink', { chat_id: CHANNEL })).status).toBe(500);
		expect((await stage.api('createChatInviteLink', { chat_id: CHANNEL })).ok).toBe(true);
		expect(stage.telegram.control.links()).toHaveLength(1);
	});
});

describe('tooManyFor', () => {
	it('refuses everything for a while', async () => {
		stage.telegram.control.tooManyFor(1200);
		expect((await send()).parameters).toEqual({ retry_after: 2 });
		await new Promise((resolve) => setTimeout(resolve, 300));
		expect((await stage.api('getMe')).parameters).toEqual({ retry_after: 1 });
		await new Promise((resolve) => setTimeout(resolve, 1000));
		expect((await send()).ok).toBe(true);
	});
});

describe('a cut connection', () => {
	it('has no effect with dropNext', async () => {
		stage.telegram.control.dropNext(1, { method: 'sendMessage' });
		expect((await stage.api('getMe')).ok).toBe(true);
		await expect(send()).rejects.toThrow(/socket hang up|ECONNRESET/);
		expect(seen()).toEqual([]);
		expect(stage.telegram.control.requests('sendMessage')).toMatchObject([{ status: null, isApplied: false }]);
		expect((await send()).ok).toBe(true);
	});

	it('hides an effect with applyThenDropNext', async () => {
		stage.telegram.control.applyThenDropNext(1, { method: 'sendMessage' });
		await expect(send()).rejects.toThrow(/socket hang up|ECONNRESET/);
		expect(seen()).toMatchObject([{ text: 'Your link' }]);
		expect(stage.telegram.control.requests('sendMessage')).toMatchObject([{ status: null, isApplied: true }]);
		expect(stage.telegram.control.countRequests('sendMessage', null)).toBe(1);
	});

	it('is all there is while Telegram is down; the control goes on', async () => {
		stage.telegram.control.down(true);
		await expect(send()).rejects.toThrow(/socket hang up|ECONNRESET/);
		await expect(http.get(`${stage.telegram.url}/botx/getMe`)).rejects.toThrow();
		expect((await http.get(`${stage.telegram.url}/_control/chats`)).status).toBe(200);
		stage.telegram.control.down(false);
		expect((await send()).ok).toBe(true);
	});
});

describe('delayNext', () => {
	it('serves late', async () => {
		stage.telegram.control.delayNext(80);
		const startedAt = performance.now();
		expect((await send()).ok).toBe(true);
		expect(performance.now() - startedAt).toBeGreaterThanOrEqual(78);
		expect((await send()).ok).toBe(true);
	});
});

describe('the journal', () => {
	it('shows calls with their parameters and outcome, and counts them', async () => {
		const { control } = stage.telegram;
		await send();
		await stage.api('sendmessage', { chat_id: 7, text: '', reply_markup: { inline_keyboard: [] } });
		expect(control.requests('sendMessage')).toEqual([
			{
				at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
				method: 'sendMessage',
				parameters: { chat_id: '7', text: 'Your link' },
				status: 200,
				description: null,
				isApplied: true,
				from: 'http',
			},
			expect.objectContaining({
				parameters: { chat_id: '7', text: '', reply_markup: '{"inline_keyboard":[]}' },
				status: 400,
				description: 'Bad Request: message text is empty',
				isApplied: false,
			}),
		]);
		expect([control.countRequests('sendMessage'), control.countRequests('sendMessage', 400)]).toEqual([2, 1]);
		expect(control.countRequests('getMe')).toBe(0);
	});
});

describe('reset', () => {
	it('forgets everything but the webhook', async () => {
		const { control } = stage.telegram;
		await stage.hook();
		await stage.api('createChatInviteLink', { chat_id: CHANNEL });
		control.demoteBot(CHANNEL);
		control.failNext(5, { status: 500 });
		control.tooManyFor(10_000);
		control.down(true);
		const former = control.updates().at(-1)?.id ?? 0;
		control.reset();
		expect([control.people(), control.links(), control.updates(), control.requests()]).toEqual([[], [], [], []]);
		expect((await stage.api('createChatInviteLink', { chat_id: CHANNEL })).ok).toBe(true);
		control.user({ id: 7 }).start();
		await control.waitForDeliveries();
		expect(stage.receiver.received.at(-1)?.update.update_id).toBeGreaterThan(former);
	});
});
