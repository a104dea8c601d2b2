import { CHANNEL, http, SECRET, type Stage, startStage, SUPERGROUP, TOKEN, until } from './stage';

let stage: Stage;
beforeEach(async () => {
	stage = await startStage();
});
afterEach(async () => await stage.close());

const user = (id: number) => stage.telegram.control.user({ id });
const texts = () => stage.receiver.received.map(({ update }) => update.message?.text);
const delivered = async () => await stage.telegram.control.waitForDeliveries();
const info = async () => (await stage.api('getWebhookInfo')).result;

describe('setWebhook', () => {
	it('sends updates with the secret in the header, and only then', async () => {
		await stage.hook();
		user(7).start('abc');
		await delivered();
		const [first] = stage.receiver.received;
		expect(first?.headers).toMatchObject({
			'x-telegram-bot-api-secret-token': SECRET, 'content-type': 'application/json',
		});
		expect(first?.update).toEqual({
			update_id: expect.any(Number),
			message: expect.objectContaining({
				text: '/start abc',
				from: expect.objectContaining({ id: 7, is_bot: false }),
				chat: expect.objectContaining({ id: 7, type: 'private' }),
				entities: [{ type: 'bot_command', offset: 0, length: 6 }],
			}),
		});
		await stage.hook({ secret_token: '' });
		user(7).send('next');
		await delivered();
		expect(stage.receiver.received[1]?.headers).not.toHaveProperty('x-telegram-bot-api-secret-token');
	});

	it('says what it did', async () => {
		expect((await stage.api('setWebhook', { url: stage.receiver.url })).description).toBe('Webhook was set');
		await new Promise((resolve) => setTimeout(resolve, 5));
		expect((await stage.api('setWebhook', { url: stage.receiver.url })).description).toBe('Webhook is already set');
		expect((await stage.api('deleteWebhook')).description).toBe('Webhook was deleted');
		expect((await stage.api('setWebhook', { url: '' })).description).toBe('Webhook is already deleted');
		expect((await info()).url).toBe('');
	});

	it.each([
		[{ url: 'http://example.com/hook' }, 'bad webhook: An HTTPS URL must be provided for webhook'],
		[{ url: 'https://example.com:9000/' }, 'bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443'],
		[{ url: 'https://' }, 'invalid webhook URL specified'],
		[{ url: 'http://127.0.0.1:9/', secret_token: 'has space' }, 'secret token contains unallowed characters'],
		[{ url: 'http://127.0.0.1:9/', secret_token: 'секрет' }, 'secret token contains unallowed characters'],
		[{ url: 'http://127.0.0.1:9/', secret_token: 'x'.repeat(257) }, 'secret token is too long'],
	])('refuses %p', async (parameters, reason) => {
		expect(await stage.api('setWebhook', parameters)).toMatchObject({
			status: 400, description: `Bad Request: ${reason}`,
		});
		expect((await info()).url).toBe('');
	});

	it('takes https addresses elsewhere but sends nothing there', async () => {
		expect((await stage.api('setWebhook', { url: 'https://example.com:8443/hook' })).ok).toBe(true);
		user(7).start();
		await until(() => stage.telegram.control.deliveries().length > 0, 'a delivery');
		expect(stage.telegram.control.deliveries()[0]).toMatchObject({
			status: null, error: expect.stringContaining('this machine only'),
		});
	});

	it('may be called once a second', async () => {
		const slow = await startStage({ timeScale: 1 });
		await slow.hook();
		expect(await slow.api('setWebhook', { url: slow.receiver.url })).toMatchObject({
			status: 429, parameters: { retry_after: 1 },
		});
		expect((await slow.api('deleteWebhook')).ok).toBe(true);
		await slow.close();
	});

	it('clamps max_connections and tells the settings', async () => {
		await stage.api('setWebhook', { url: stage.receiver.url, max_connections: 1000 });
		expect(await info()).toEqual({
			url: stage.receiver.url, has_custom_certificate: false, pending_update_count: 0, max_connections: 100,
		});
		await stage.hook({ allowed_updates: ['message', 'chat_member'] });
		expect(await info()).toMatchObject({ max_connections: 40, allowed_updates: ['message', 'chat_member'] });
	});

	it('keeps what waits for the next webhook, unless told to drop it', async () => {
		user(7).start();
		user(7).send('one');
		expect((await info()).pending_update_count).toBe(2);
		await stage.hook();
		await delivered();
		expect(texts()).toEqual(['/start', 'one']);
		await stage.api('deleteWebhook');
		user(7).send('lost');
		await stage.hook({ drop_pending_updates: true });
		user(7).send('two');
		await delivered();
		expect(texts()).toEqual(['/start', 'one', 'two']);
		expect(stage.telegram.control.updates().map(({ state }) => state)).toEqual([
			'delivered', 'delivered', 'dropped', 'delivered',
		]);
	});
});

describe('allowed_updates', () => {
	const happen = async () => {
		user(7).start();
		user(7).blockBot();
		const { result } = await stage.api('createChatInviteLink', { chat_id: CHANNEL });
		user(7).openInvite(result.invite_link);
		await delivered();
		return stage.receiver.received.map(({ update }) => Object.keys(update)[1]);
	};

	it.each([[[]], [['no_such_type']]])('an empty choice %p is everything but chat_member', async (allowed_updates) => {
		await stage.hook({ allowed_updates });
		expect((await happen()).sort()).toEqual(['message', 'my_chat_member']);
		expect(await info()).not.toHaveProperty('allowed_updates');
	});

	it('is chat_member only where it is named', async () => {
		await stage.hook({ allowed_updates: ['chat_member'] });
		expect(await happen()).toEqual(['chat_member']);
	});

	it('stays when it is left out, also over deleteWebhook', async () => {
		await stage.hook({ allowed_updates: ['chat_member'] });
		await stage.api('deleteWebhook');
		await stage.hook({ allowed_updates: undefined });
		expect(await happen()).toEqual(['chat_member']);
	});

	it('may be JSON in a form', async () => {
		const form = new URLSearchParams({ url: stage.receiver.url, allowed_updates: '["chat_member"]' });
		await http.post(`${stage.telegram.url}/bot${TOKEN}/setWebhook`, form);
		expect(await happen()).toEqual(['chat_member']);
	});
});

describe('delivery', () => {
	it.each([200, 201, 204, 299])('is done with %i', async (status) => {
		await stage.hook();
		stage.receiver.answer(status);
		user(7).start();
		await delivered();
		expect(stage.receiver.received).toHaveLength(1);
	});

	it.each([302, 400, 401, 404, 409, 500, 502, 'drop'] as const)('comes again after %p, unchanged', async (reply) => {
		await stage.hook();
		stage.receiver.answer(reply, reply);
		user(7).start();
		const deliveries = await delivered();
		expect(deliveries.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
		const [first, ...others] = stage.receiver.received.map(({ update }) => update);
		expect(others).toEqual([first, first]);
		expect((await info()).last_error_message).toBe(
			reply === 'drop' ? 'socket hang up' : `Wrong response from the webhook: ${reply}`,
		);
	});

	it('comes again at once, then after 2, 4 … seconds, scaled', async () => {
		const scaled = await startStage({ timeScale: 0.2 });
		await scaled.hook();
		scaled.receiver.answer(500, 500, 500);
		scaled.telegram.control.user({ id: 7 }).start();
		await scaled.telegram.control.waitForDeliveries();
		const times = scaled.receiver.received.map(({ at }) => at);
		const pauses = times.slice(1).map((at, index) => at - (times[index] ?? 0));
		expect(pauses[0]).toBeLessThan(190);
		expect(pauses[1]).toBeGreaterThanOrEqual(395);
		expect(pauses[1]).toBeLessThan(700);
		expect(pauses[2]).toBeGreaterThanOrEqual(795);
		await scaled.close();
	});

	it('waits as long as Retry-After asks', async () => {
		const scaled = await startStage({ timeScale: 0.02 });
		await scaled.hook();
		scaled.receiver.answer({ status: 429, headers: { 'Retry-After': '10' } });
		scaled.telegram.control.user({ id: 7 }).start();
		await scaled.telegram.control.waitForDeliveries();
		const [first, second] = scaled.receiver.received;
		expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(195);
		await scaled.close();
	});

	it('does not wait for a receiver for ever', async () => {
		const hasty = await startStage({ webhookTimeoutMs: 50 });
		await hasty.hook();
		hasty.receiver.answer('hang');
		hasty.telegram.control.user({ id: 7 }).start();
		const deliveries = await hasty.telegram.control.waitForDeliveries();
		expect(deliveries.map(({ status, error }) => status ?? error)).toEqual(['Read timeout expired', 200]);
		await hasty.close();
	});

	it('numbers updates upwards', async () => {
		await stage.hook();
		for (let sent = 0; sent < 5; sent += 1) user(7 + sent).start();
		await delivered();
		const ids = stage.telegram.control.updates().map(({ id }) => id);
		expect(ids).toEqual(ids.map((_, index) => (ids[0] ?? 0) + index));
	});

	it('keeps the order of one chat and does not hold up the others', async () => {
		await stage.hook();
		user(1).start();
		await delivered();
		stage.receiver.answer(500, 500, 500);
		user(1).send('one');
		user(1).send('two');
		await until(() => stage.receiver.received.length > 1, 'the first failure');
		stage.receiver.answerAlways(200);
		user(2).start();
		await delivered();
		const own = stage.receiver.received.filter(({ update }) => update.message.from.id === 1);
		const order = own.map(({ update }) => update.message.text);
		expect(order.lastIndexOf('one')).toBeLessThan(order.indexOf('two'));
		expect(stage.telegram.control.updates().every(({ state }) => state === 'delivered')).toBe(true);
	});

	it.each([
		[{}, 10, 10],
		[{ max_connections: 3 }, 10, 3],
		[{ max_connections: 1 }, 4, 1],
	])('with %p delivers of %i people %i at once', async (parameters, people, most) => {
		await stage.hook(parameters);
		stage.receiver.answerAlways({ status: 200, afterMs: 150 });
		for (let id = 1; id <= people; id += 1) user(id).start();
		await delivered();
		expect(stage.receiver.mostAtOnce()).toBe(most);
		expect(stage.receiver.received).toHaveLength(people);
	});

	it('gives up after a day, on a pressed button sooner', async () => {
		user(7).start();
		await stage.api('sendMessage', {
			chat_id: 7, text: 'a', reply_markup: { inline_keyboard: [[{ text: 'Help', callback_data: 'h' }]] },
		});
		user(7).press('Help');
		stage.telegram.control.advance(200_000);
		const states = () => stage.telegram.control.updates().map(({ state }) => state);
		expect(states()).toEqual(['waiting', 'expired']);
		stage.telegram.control.advance(86_400_000);
		expect(states()).toEqual(['expired', 'expired']);
		await stage.hook();
		expect(await delivered()).toEqual([]);
	});

	it('ends when the webhook answers 410 for 23 hours', async () => {
		await stage.hook();
		stage.receiver.answerAlways(410);
		user(7).start();
		await until(() => stage.receiver.received.length > 2, 'some tries');
		expect((await info()).url).not.toBe('');
		stage.telegram.control.advance(23.5 * 3_600_000);
		await until(() => stage.log.some((line) => line.includes('webhook removed')), 'removal');
		expect((await info()).url).toBe('');
	});
});

describe('a method in the answer', () => {
	const answerWith = async (body: object, status = 200) => {
		await stage.hook();
		stage.receiver.answer({ status, body });
		user(7).start();
		await delivered();
	};

	it('is called, and nobody learns how it went', async () => {
		await answerWith({ method: 'SendMessage', chat_id: 7, text: '<b>Hi</b>', parse_mode: 'HTML' });
		expect(user(7).messages().at(-1)).toMatchObject({ from: 'bot', text: 'Hi' });
		expect(stage.telegram.control.requests('sendMessage')).toEqual([
			expect.objectContaining({ from: 'webhook', status: 200, isApplied: true }),
		]);
	});

	it('that fails does not bring the update again', async () => {
		await answerWith({ method: 'sendMessage', chat_id: 7, text: '<p>', parse_mode: 'HTML' });
		expect(stage.receiver.received).toHaveLength(1);
		expect(stage.telegram.control.countRequests('sendMessage', 400)).toBe(1);
	});

	it.each([
		[{ method: 'getMe' }, 200],
		[{ method: 'deleteWebhook' }, 200],
		[{ method: 'setWebhook', url: '' }, 200],
		[{ method: 5 }, 200],
		[{ ok: true }, 200],
		[{ method: 'sendMessage', chat_id: 7, text: 'x' }, 500],
	])('is not called from %p with %i', async (body, status) => {
		await answerWith(body, status);
		const called = stage.telegram.control.requests().filter(({ from }) => from === 'webhook');
		expect(called).toEqual([]);
	});
});

describe('what is not from Telegram, or comes twice', () => {
	it.each([[null], ['wrong-secret']])('forged with the secret %p', async (secret) => {
		await stage.hook();
		stage.receiver.answer(403);
		expect(await stage.telegram.control.sendForged(secret)).toMatchObject({ status: 403 });
		const [forged] = stage.receiver.received;
		expect(forged?.headers['x-telegram-bot-api-secret-token']).toBe(secret ?? undefined);
		expect(forged?.update.message.text).toBe('/start');
		await delivered();
		expect(stage.receiver.received).toHaveLength(1);
	});

	it('forged with a body of choice', async () => {
		await stage.hook();
		await stage.telegram.control.sendForged(SECRET, { update_id: 5, poll: {} });
		expect(stage.receiver.received[0]?.update).toEqual({ update_id: 5, poll: {} });
	});

	it('delivers an update again in copies at once', async () => {
		await stage.hook();
		user(7).start();
		await delivered();
		stage.receiver.answerAlways({
			status: 200, body: { method: 'sendMessage', chat_id: 7, text: 'Hi' }, afterMs: 150,
		});
		const [update] = stage.telegram.control.updates();
		expect(await stage.telegram.control.deliver(update?.id ?? 0, { copies: 4 })).toHaveLength(4);
		expect(stage.receiver.mostAtOnce()).toBe(4);
		expect(user(7).messages().filter(({ from }) => from === 'bot')).toHaveLength(4);
		expect(new Set(stage.receiver.received.map(({ update: one }) => JSON.stringify(one))).size).toBe(1);
		expect(stage.telegram.control.deliveries().filter(({ kind }) => kind === 'copy')).toHaveLength(4);
	});

	it('needs a webhook and a known update', async () => {
		await expect(stage.telegram.control.sendForged(null)).rejects.toThrow('The bot has no webhook');
		await expect(stage.telegram.control.deliver(1)).rejects.toThrow('There is no update 1');
	});
});

describe('waitForDeliveries', () => {
	it('tells what waits', async () => {
		user(7).start();
		const { control } = stage.telegram;
		await expect(control.waitForDeliveries(30)).rejects.toThrow(/the bot has no webhook.*message, tried 0×/);
		await stage.hook();
		await delivered();
		stage.receiver.answerAlways(500);
		user(7).send('x');
		await expect(control.waitForDeliveries(60)).rejects.toThrow(/Wrong response from the webhook: 500/);
	});
});

describe('getUpdates', () => {
	const poll = async (parameters: object = {}) => await stage.api('getUpdates', parameters);
	const ids = async (parameters: object = {}) =>
		((await poll(parameters)).result as Array<{ update_id: number }>).map(({ update_id: id }) => id);

	it('is refused while a webhook is set', async () => {
		await stage.hook();
		expect(await poll()).toMatchObject({
			status: 409,
			description:
				"Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
		});
	});

	it('hands out until an offset confirms', async () => {
		for (const id of [1, 2, 3]) user(id).start();
		const all = await ids();
		expect(all).toHaveLength(3);
		expect(await ids({ limit: 2 })).toEqual(all.slice(0, 2));
		expect(await ids({ offset: all[1] })).toEqual(all.slice(1));
		expect(await ids()).toEqual(all.slice(1));
		expect(await ids({ offset: -1 })).toEqual(all.slice(2));
		expect(await ids({ offset: (all[2] ?? 0) + 1 })).toEqual([]);
	});

	it('waits for something to happen', async () => {
		const waiting = poll({ timeout: 10 });
		await new Promise((resolve) => setTimeout(resolve, 60));
		user(7).start();
		expect((await waiting).result).toHaveLength(1);
	});

	it('ends for another poller, and for a webhook', async () => {
		const first = poll({ timeout: 10 });
		await new Promise((resolve) => setTimeout(resolve, 60));
		const second = poll({ timeout: 10 });
		expect((await first).description).toMatch(/^Conflict: terminated by other getUpdates request/);
		await stage.hook();
		expect((await second).description).toBe('Conflict: terminated by setWebhook request');
	});

	it('chooses types for the next updates', async () => {
		await poll({ allowed_updates: ['chat_member'] });
		user(7).start();
		const { result } = await stage.api('createChatInviteLink', { chat_id: SUPERGROUP });
		user(7).openInvite(result.invite_link);
		expect(Object.keys((await poll()).result[0])).toEqual(['update_id', 'chat_member']);
	});
});
