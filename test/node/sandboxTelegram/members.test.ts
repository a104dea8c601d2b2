import { BOT, CHANNEL, GROUP, type Stage, startStage, SUPERGROUP } from './stage';

let stage: Stage;
beforeEach(async () => {
	stage = await startStage();
});
afterEach(async () => await stage.close());

const user = (id: number) => stage.telegram.control.user({ id });
const api = async (method: string, parameters: object) =>
	await stage.api(method, { chat_id: CHANNEL, user_id: 7, ...parameters });
const status = async (chat_id = CHANNEL, user_id = 7) =>
	(await api('getChatMember', { chat_id, user_id })).result.status;
const admit = async (chat_id = CHANNEL, id = 7) => {
	const { result } = await stage.api('createChatInviteLink', { chat_id });
	expect(user(id).openInvite(result.invite_link)).toBe('joined');
	return result.invite_link as string;
};
const reasonOf = async (method: string, parameters: object = {}) =>
	(await api(method, parameters)).description?.replace('Bad Request: ', '');
const inSeconds = (seconds: number) => Math.floor(Date.now() / 1000) + seconds;

describe('getChatMember', () => {
	it('tells what people are', async () => {
		const { control } = stage.telegram;
		user(7);
		expect(await status()).toBe('left');
		await admit();
		expect(await status()).toBe('member');
		control.promote(CHANNEL, '7');
		expect(await status()).toBe('administrator');
		const owner = control.members(CHANNEL).find((one) => one.status === 'creator');
		expect(await status(CHANNEL, Number(owner?.userId))).toBe('creator');
	});

	it('tells the rights of the bot', async () => {
		const me = async () => (await api('getChatMember', { user_id: 100200300 })).result;
		expect(await me()).toMatchObject({
			user: { username: BOT }, status: 'administrator', can_invite_users: true, can_restrict_members: true,
		});
		stage.telegram.control.promoteBot(CHANNEL, { canRestrictMembers: false });
		expect(await me()).toMatchObject({ can_invite_users: true, can_restrict_members: false });
		stage.telegram.control.demoteBot(SUPERGROUP);
		expect(await status(SUPERGROUP, 100200300)).toBe('member');
	});

	it('does not know strangers', async () => {
		expect(await reasonOf('getChatMember', { user_id: 999 })).toBe('PARTICIPANT_ID_INVALID');
	});
});

describe('banChatMember', () => {
	it('keeps a member out until unbanned', async () => {
		const link = await admit();
		expect((await api('banChatMember', {})).result).toBe(true);
		expect(await status()).toBe('kicked');
		expect(user(7).openInvite(link)).toBe('banned');
		expect((await api('unbanChatMember', { only_if_banned: true })).result).toBe(true);
		expect(await status()).toBe('left');
		expect(user(7).openInvite(link)).toBe('joined');
	});

	it.each([
		[600, 500, 'kicked'],
		[600, 601, 'left'],
		[20, 3600, 'kicked'],
		[367 * 86_400, 368 * 86_400, 'kicked'],
	])('for %i s is, after %i s, %s', async (until, later, expected) => {
		await admit();
		await api('banChatMember', { until_date: inSeconds(until) });
		stage.telegram.control.advance(later * 1000);
		expect(await status()).toBe(expected);
	});

	it('ends a request to join', async () => {
		const { result } = await stage.api('createChatInviteLink', { chat_id: CHANNEL, creates_join_request: true });
		user(7).openInvite(result.invite_link);
		await api('banChatMember', {});
		expect(await reasonOf('approveChatJoinRequest')).toBe('HIDE_REQUESTER_MISSING');
	});

	it('only puts out of a basic group', async () => {
		const link = await admit(GROUP);
		expect((await api('banChatMember', { chat_id: GROUP })).result).toBe(true);
		expect(await status(GROUP)).toBe('left');
		expect(user(7).openInvite(link)).toBe('joined');
	});

	it('is told to the bot once', async () => {
		await admit();
		await stage.hook();
		await api('banChatMember', {});
		await api('banChatMember', {});
		await stage.telegram.control.waitForDeliveries();
		expect(stage.receiver.received.map(({ update }) => update.chat_member)).toEqual([
			expect.objectContaining({
				from: expect.objectContaining({ username: BOT }),
				old_chat_member: expect.objectContaining({ status: 'member' }),
				new_chat_member: expect.objectContaining({ status: 'kicked', until_date: 0 }),
			}),
		]);
	});
});

describe('unbanChatMember', () => {
	it('without only_if_banned puts a member out, free to come back (ST7)', async () => {
		const link = await admit();
		expect((await api('unbanChatMember', {})).result).toBe(true);
		expect(await status()).toBe('left');
		expect(user(7).openInvite(link)).toBe('joined');
	});

	it('tells that in two steps', async () => {
		await admit();
		await stage.hook();
		await api('unbanChatMember', {});
		await stage.telegram.control.waitForDeliveries();
		const steps = stage.receiver.received.map(({ update }) => [
			update.chat_member.old_chat_member.status, update.chat_member.new_chat_member.status,
		]);
		expect(steps).toEqual([['member', 'kicked'], ['kicked', 'left']]);
	});

	it('with only_if_banned leaves members alone', async () => {
		await admit();
		expect((await api('unbanChatMember', { only_if_banned: true })).result).toBe(true);
		expect(await status()).toBe('member');
	});

	it.each([{}, { only_if_banned: true }])('does nothing to somebody outside: %p', async (parameters) => {
		user(7);
		expect((await api('unbanChatMember', parameters)).result).toBe(true);
		expect(await status()).toBe('left');
	});

	it('is not for basic groups', async () => {
		await admit(GROUP);
		expect(await reasonOf('unbanChatMember', { chat_id: GROUP })).toBe(
			'method is available for supergroup and channel chats only',
		);
		expect(user(7).isMember(GROUP)).toBe(true);
	});
});

describe.each(['banChatMember', 'unbanChatMember'])('%s', (method) => {
	it('does not touch administrators, the owner and the bot', async () => {
		await admit();
		const { control } = stage.telegram;
		control.promote(CHANNEL, '7');
		expect(await reasonOf(method)).toBe('user is an administrator of the chat');
		const owner = control.members(CHANNEL).find((one) => one.status === 'creator');
		expect(await reasonOf(method, { user_id: owner?.userId })).toBe("can't remove chat owner");
		expect(await reasonOf(method, { user_id: 100200300 })).toBe("can't restrict self");
		expect(user(7).isMember(CHANNEL)).toBe(true);
	});

	it('needs the right and a known person', async () => {
		await admit();
		expect(await reasonOf(method, { user_id: 999 })).toBe('PARTICIPANT_ID_INVALID');
		stage.telegram.control.promoteBot(CHANNEL, { canRestrictMembers: false });
		expect(await reasonOf(method)).toBe('not enough rights to restrict/unrestrict chat member');
		expect(user(7).isMember(CHANNEL)).toBe(true);
	});
});

describe('a chat that was upgraded', () => {
	it('tells its new id, where everything goes on', async () => {
		const link = await admit(GROUP);
		const next = stage.telegram.control.migrate(GROUP);
		expect(next).toMatch(/^-100\d{10}$/);
		expect(await api('banChatMember', { chat_id: GROUP })).toMatchObject({
			status: 400,
			description: 'Bad Request: group chat was upgraded to a supergroup chat',
			parameters: { migrate_to_chat_id: Number(next) },
		});
		expect(await status(next)).toBe('member');
		expect((await api('unbanChatMember', { chat_id: next })).result).toBe(true);
		expect(user(7).openInvite(link)).toBe('joined');
		expect(user(7).isMember(next)).toBe(true);
		expect(stage.telegram.control.chats().map(({ id }) => id)).toEqual([CHANNEL, SUPERGROUP, next]);
	});

	it('gives every upgrade an id of its own', () => {
		const { control } = stage.telegram;
		expect(control.migrate(GROUP)).not.toBe(control.migrate(SUPERGROUP));
	});
});

describe('the bot in the chat', () => {
	it('hears when its place changes', async () => {
		await stage.hook();
		stage.telegram.control.demoteBot(SUPERGROUP);
		stage.telegram.control.kickBot(SUPERGROUP);
		await stage.telegram.control.waitForDeliveries();
		const steps = stage.receiver.received.map(({ update }) => [
			update.my_chat_member.old_chat_member.status, update.my_chat_member.new_chat_member.status,
		]);
		expect(steps).toEqual([['administrator', 'member'], ['member', 'kicked']]);
	});
});
