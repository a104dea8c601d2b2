import { BOT, CHANNEL, http, type Stage, startStage } from './stage';

let stage: Stage;
beforeEach(async () => {
	stage = await startStage();
});
afterEach(async () => await stage.close());

const act = async (action: string, body: object = {}) =>
	await http.post(`${stage.telegram.url}/_control/${action}`, body);
const get = async (view: string) => await http.get(`${stage.telegram.url}/_control/${view}`);

describe('the control API over HTTP', () => {
	it('plays a buyer from another process', async () => {
		await stage.hook();
		const { id } = (await act('user', { firstName: 'Anna' })).data;
		await act('start', { user: id, payload: 'order-1' });
		const link = (await stage.api('createChatInviteLink', { chat_id: CHANNEL, member_limit: 1 })).result.invite_link;
		const keyboard = [[{ text: 'Join', url: link }, { text: 'Help', callback_data: 'help' }]];
		await stage.api('sendMessage', { chat_id: id, text: 'Paid', reply_markup: { inline_keyboard: keyboard } });
		expect((await act('press', { user: id, button: 'Help' })).data).toEqual({ url: null });
		expect((await act('press', { user: id, button: 'Join' })).data).toEqual({ url: link });
		expect((await act('open-invite', { user: id, link })).data).toEqual({ outcome: 'already_member' });
		const deepLink = { user: id, url: `https://t.me/${BOT}?start=x` };
		expect((await act('open-link', deepLink)).data).toEqual({ outcome: 'started' });
		expect((await act('send', { user: id, text: '/help' })).data).toEqual({ ok: true });
		await stage.telegram.control.waitForDeliveries();

		const messages = (await get(`messages?user=${id}`)).data;
		expect(messages.map(({ text }: { text: string }) => text)).toEqual(['/start order-1', 'Paid', '/start x', '/help']);
		expect((await get(`members?chat=${CHANNEL}`)).data).toContainEqual(
			expect.objectContaining({ userId: id, status: 'member' }),
		);
		expect((await get('links')).data).toEqual([expect.objectContaining({ url: link, joinedUserIds: [id] })]);
		expect((await get('users')).data).toEqual([{ id, name: 'Anna', state: 'open' }]);
		expect((await get('chats')).data[0]).toEqual({ id: CHANNEL, title: 'Course', type: 'channel' });
		expect((await get('requests')).data.at(-1)).toMatchObject({ method: 'sendMessage', status: 200 });
		expect((await get('updates')).data).toHaveLength((await get('deliveries')).data.length);

		await act('leave', { user: id, chat: CHANNEL });
		await act('block', { user: id });
		expect((await stage.api('sendMessage', { chat_id: id, text: 'x' })).status).toBe(403);
		await act('unblock', { user: id });
		expect((await stage.api('sendMessage', { chat_id: id, text: 'x' })).status).toBe(200);
		expect(stage.telegram.control.user({ id }).isMember(CHANNEL)).toBe(false);
	});

	it('sets faults, time and reset', async () => {
		const statuses = async () => (await stage.api('getMe')).status;
		await act('fail-next', { status: 403, method: 'getMe' });
		await act('delay-next', { ms: 1 });
		expect([await statuses(), await statuses(), await statuses()]).toEqual([403, 200, 200]);
		await act('drop-next');
		await expect(stage.api('getMe')).rejects.toThrow();
		await act('apply-then-drop-next', { method: 'getMe', count: 1 });
		await expect(stage.api('getMe')).rejects.toThrow();
		await act('too-many-for', { ms: 5000 });
		expect(await statuses()).toBe(429);
		await act('down', { down: true });
		await expect(stage.api('getMe')).rejects.toThrow();
		await act('reset');
		expect(await statuses()).toBe(200);
		await act('advance-time', { seconds: 3600 });
		expect(Date.parse((await get('requests')).data[0].at)).toBeLessThan(Date.now());
		await stage.api('getMe');
		expect(Date.parse((await get('requests')).data.at(-1).at)).toBeGreaterThan(Date.now() + 3_500_000);
	});

	it('forges and repeats updates', async () => {
		await stage.hook();
		await act('user', { id: '7' });
		await act('start', { user: '7' });
		await stage.telegram.control.waitForDeliveries();
		const [{ id }] = (await get('updates')).data;
		expect((await act('deliver', { update: id, copies: 2 })).data).toHaveLength(2);
		expect((await act('send-forged', { secret: null })).data).toMatchObject({ status: 200 });
		expect(stage.receiver.received).toHaveLength(4);
	});

	it.each([
		['user', { id: 7 }],
		['user', { id: '0' }],
		['start', {}],
		['send', { user: '7', text: '' }],
		['leave', { user: '7', chat: 'x' }],
		['fail-next', { status: 200 }],
		['fail-next', { status: 500, count: 1e9 }],
		['reset', { everything: true }],
	])('refuses a wrong body of %s: %p', async (action, body) => {
		const { status, data } = await act(action, body);
		expect(status).toBe(400);
		expect(data.error[0]).toHaveProperty('message');
	});

	it('says when there is nothing to act on', async () => {
		expect((await act('send', { user: '7', text: 'x' })).data.error).toMatch(/There is no user 7/);
		expect(await get('members?chat=-5')).toMatchObject({ status: 409, data: { error: 'There is no chat -5' } });
		expect((await get('messages')).status).toBe(400);
		const { status, data } = await act('explode');
		expect([status, data.error]).toEqual([404, expect.stringContaining('open-invite')]);
	});

	it.each([{ Origin: 'https://evil.example' }, { Host: 'evil.example' }])('refuses pages of %p', async (headers) => {
		const { status } = await http.post(`${stage.telegram.url}/_control/reset`, {}, { headers });
		expect(status).toBe(403);
	});
});
