import { BOT, CHANNEL, GROUP, type Json, type Stage, startStage, SUPERGROUP } from './stage';

let stage: Stage;
beforeEach(async () => {
	stage = await startStage();
});
afterEach(async () => await stage.close());

const user = (id: number) => stage.telegram.control.user({ id });
const now = () => Math.floor(Date.now() / 1000);
const call = async (method: string, parameters: object) =>
	await stage.api(`${method}ChatInviteLink`, { chat_id: CHANNEL, ...parameters });
const create = async (parameters: object = {}): Promise<Json> => {
	const { result, description } = await call('create', parameters);
	if (!result) throw new Error(description);
	return result;
};
const reasonOf = async (method: string, parameters: object) =>
	(await call(method, parameters)).description?.replace('Bad Request: ', '');

describe('createChatInviteLink (ST6)', () => {
	it('makes a personal link', async () => {
		const expire_date = now() + 3600;
		expect(await create({ name: 'order-1', member_limit: 1, expire_date })).toEqual({
			invite_link: expect.stringMatching(/^https:\/\/t\.me\/\+[A-Za-z0-9_-]{16}$/),
			creator: expect.objectContaining({ is_bot: true, username: BOT }),
			name: 'order-1',
			member_limit: 1,
			expire_date,
			creates_join_request: false,
			is_primary: false,
			is_revoked: false,
		});
		expect(stage.telegram.control.links(CHANNEL)).toEqual([
			expect.objectContaining({
				chatId: CHANNEL,
				name: 'order-1',
				memberLimit: 1,
				expiresAt: new Date(expire_date * 1000).toISOString(),
				isRevoked: false,
				creator: 'bot',
				joinedUserIds: [],
				placesTaken: 0,
			}),
		]);
	});

	it('makes another one each time', async () => {
		expect((await create()).invite_link).not.toBe((await create()).invite_link);
	});

	it('leaves out what was not given', async () => {
		expect(Object.keys(await create()).sort()).toEqual([
			'creates_join_request', 'creator', 'invite_link', 'is_primary', 'is_revoked',
		]);
	});

	it('cuts a name after 32 characters without a word', async () => {
		expect((await create({ name: 'x'.repeat(40) })).name).toBe('x'.repeat(32));
	});

	it.each([
		[
			{ member_limit: 1, creates_join_request: true },
			"member limit can't be specified for links requiring administrator approval",
		],
		[{ member_limit: 100_000 }, 'USAGE_LIMIT_INVALID'],
		[{ expire_date: 1000 }, 'EXPIRE_DATE_INVALID'],
		[{ chat_id: '' }, 'chat_id is empty'],
	])('refuses %p', async (parameters, reason) => {
		expect(await reasonOf('create', parameters)).toBe(reason);
		expect(stage.telegram.control.links()).toEqual([]);
	});

	it('is for chats only, and needs the right to invite', async () => {
		user(7).start();
		expect(await reasonOf('create', { chat_id: 7 })).toBe("can't invite members to a private chat");
		stage.telegram.control.promoteBot(CHANNEL, { canInviteUsers: false });
		expect(await reasonOf('create', {})).toBe('not enough rights to manage chat invite link');
		stage.telegram.control.demoteBot(SUPERGROUP);
		expect(await reasonOf('create', { chat_id: SUPERGROUP })).toBe('not enough rights to manage chat invite link');
	});
});

describe('a limited link', () => {
	it('lets in as many as it has places, the first to come', async () => {
		const { invite_link } = await create({ member_limit: 1, name: 'order-1' });
		expect(user(1).openInvite(invite_link)).toBe('joined');
		expect(user(1).openInvite(invite_link)).toBe('already_member');
		expect(user(2).openInvite(invite_link)).toBe('link_invalid');
		expect([user(1).isMember(CHANNEL), user(2).isMember(CHANNEL)]).toEqual([true, false]);
		expect(stage.telegram.control.links()[0]).toMatchObject({ joinedUserIds: ['1'], placesTaken: 1 });
		expect(stage.telegram.control.members(CHANNEL)).toContainEqual({
			userId: '1', status: 'member', linkName: 'order-1',
		});
	});

	it('has a free place again when somebody leaves', async () => {
		const { invite_link } = await create({ member_limit: 1 });
		user(1).openInvite(invite_link);
		user(1).leave(CHANNEL);
		expect(user(2).openInvite(invite_link)).toBe('joined');
		expect(stage.telegram.control.links()[0]).toMatchObject({ joinedUserIds: ['1', '2'], placesTaken: 1 });
	});

	it('is worth nothing after its expiry', async () => {
		const { invite_link } = await create({ expire_date: now() + 60 });
		stage.telegram.control.advance(58_000);
		expect(user(1).openInvite(invite_link)).toBe('joined');
		stage.telegram.control.advance(3_000);
		expect(user(2).openInvite(invite_link)).toBe('link_invalid');
	});

	it('is worth nothing once revoked; people stay (ST7)', async () => {
		const { invite_link } = await create({ member_limit: 5 });
		user(1).openInvite(invite_link);
		expect((await call('revoke', { invite_link })).result).toMatchObject({ invite_link, is_revoked: true });
		expect(user(2).openInvite(invite_link)).toBe('link_invalid');
		expect(user(1).isMember(CHANNEL)).toBe(true);
	});

	it.each(['https://t.me/joinchat/', 'tg://join?invite=', 't.me/+', 'http://t.me/+'])(
		'may be written as %s…',
		async (form) => {
			const hash = (await create()).invite_link.split('+')[1];
			expect(user(1).openInvite(form + hash)).toBe('joined');
		},
	);

	it.each(['https://t.me/+unknownhash12345', 'https://example.com/+x', 'nonsense'])('is not %s', async (link) => {
		await create();
		expect(user(1).openInvite(link)).toBe('link_invalid');
	});
});

describe('editChatInviteLink', () => {
	it('takes away what is left out', async () => {
		const { invite_link } = await create({ name: 'order-1', member_limit: 1, expire_date: now() + 60 });
		const edited = (await call('edit', { invite_link, member_limit: 3 })).result;
		expect(edited).toMatchObject({ invite_link, member_limit: 3 });
		expect(edited).not.toHaveProperty('name');
		expect(edited).not.toHaveProperty('expire_date');
		expect((await call('edit', { invite_link, name: 'n' })).result).not.toHaveProperty('member_limit');
	});

	it('checks like a new link', async () => {
		const { invite_link } = await create();
		expect(await reasonOf('edit', { invite_link, expire_date: 5 })).toBe('EXPIRE_DATE_INVALID');
		const both = { invite_link, member_limit: 2, creates_join_request: true };
		expect(await reasonOf('edit', both)).toMatch(/member limit can't be specified/);
	});
});

describe.each(['edit', 'revoke'])('%sChatInviteLink', (method) => {
	it('touches no links but those of the bot', async () => {
		const invite_link = stage.telegram.control.ownerLink(CHANNEL);
		expect(await reasonOf(method, { invite_link })).toBe('INVITE_HASH_EXPIRED');
		expect(user(1).openInvite(invite_link)).toBe('joined');
	});

	it('refuses unknown and revoked links, those of another chat, and none', async () => {
		const { invite_link } = await create();
		expect(await reasonOf(method, { chat_id: SUPERGROUP, invite_link })).toBe('INVITE_HASH_EXPIRED');
		await call('revoke', { invite_link });
		expect(await reasonOf(method, { invite_link })).toBe('INVITE_HASH_EXPIRED');
		expect(await reasonOf(method, { invite_link: 'https://t.me/+nobodymadethis12' })).toBe('INVITE_HASH_EXPIRED');
		expect(await reasonOf(method, {})).toBe('invite link must be non-empty');
	});
});

describe('the primary link', () => {
	it('is replaced by each export', async () => {
		const first = (await call('export', {})).result;
		const second = (await call('export', {})).result;
		expect(user(1).openInvite(first)).toBe('link_invalid');
		expect(user(1).openInvite(second)).toBe('joined');
		expect((await stage.api('getChat', { chat_id: CHANNEL })).result.invite_link).toBe(second);
	});

	it('cannot be edited, and a new one follows a revoked one', async () => {
		const invite_link = (await call('export', {})).result;
		expect(await reasonOf('edit', { invite_link, name: 'x' })).toBe('CHAT_INVITE_PERMANENT');
		await call('revoke', { invite_link });
		expect((await stage.api('getChat', { chat_id: CHANNEL })).result.invite_link).toMatch(/^https:\/\/t\.me\/\+/);
		expect(user(1).openInvite(invite_link)).toBe('link_invalid');
	});
});

describe('what the bot hears of people who come', () => {
	const updates = async () => {
		await stage.telegram.control.waitForDeliveries();
		return stage.receiver.received.map(({ update }) => update);
	};

	it('is the member, the link and who did it', async () => {
		await stage.hook();
		const { invite_link } = await create({ member_limit: 1, name: 'order-1' });
		user(7).openInvite(invite_link);
		const [{ chat_member: change }] = await updates();
		expect(change).toMatchObject({
			chat: { id: Number(CHANNEL), type: 'channel', title: 'Course' },
			from: { id: 7 },
			old_chat_member: { user: { id: 7 }, status: 'left' },
			new_chat_member: { user: { id: 7 }, status: 'member' },
			invite_link: { invite_link, name: 'order-1', creator: { username: BOT } },
		});
		expect(change).not.toHaveProperty('via_join_request');
	});

	it("is only the beginning of other people's links", async () => {
		await stage.hook();
		const link = stage.telegram.control.ownerLink(CHANNEL, { name: 'static' });
		user(7).openInvite(link);
		const [{ chat_member: change }] = await updates();
		expect(change.invite_link).toMatchObject({ invite_link: `${link.slice(0, 22)}...`, creator: { is_bot: false } });
	});

	it('has a service message besides in groups', async () => {
		await stage.hook();
		const { invite_link } = await create({ chat_id: SUPERGROUP });
		user(7).openInvite(invite_link);
		user(7).leave(SUPERGROUP);
		await stage.api('banChatMember', { chat_id: SUPERGROUP, user_id: 7 });
		const seen = await updates();
		expect(seen.flatMap(({ message }) => (message ? [Object.keys(message).at(-1)] : []))).toEqual([
			'new_chat_members', 'left_chat_member',
		]);
		expect(seen.filter(({ chat_member: change }) => change)).toHaveLength(3);
	});

	it('is nothing once the bot is no administrator', async () => {
		const link = stage.telegram.control.ownerLink(SUPERGROUP);
		stage.telegram.control.demoteBot(SUPERGROUP);
		await stage.hook();
		user(7).openInvite(link);
		expect((await updates()).some(({ chat_member: change }) => change)).toBe(false);
	});
});

describe('a join-request link (ST6)', () => {
	const request = async (id: number, chat_id = CHANNEL) => {
		const { invite_link } = await create({ chat_id, creates_join_request: true, name: 'order-1' });
		expect(user(id).openInvite(invite_link)).toBe('requested');
		return invite_link as string;
	};
	const decide = async (method: string, user_id: number) =>
		await stage.api(`${method}ChatJoinRequest`, { chat_id: CHANNEL, user_id });

	it('asks the bot, once', async () => {
		await stage.hook();
		const invite_link = await request(7);
		expect(user(7).openInvite(invite_link)).toBe('requested');
		await stage.telegram.control.waitForDeliveries();
		expect(stage.receiver.received).toHaveLength(1);
		expect(stage.receiver.received[0]?.update.chat_join_request).toMatchObject({
			chat: { id: Number(CHANNEL) },
			from: { id: 7 },
			user_chat_id: 7,
			date: expect.any(Number),
			invite_link: { invite_link, name: 'order-1', creates_join_request: true, pending_join_request_count: 1 },
		});
		expect(user(7).isMember(CHANNEL)).toBe(false);
	});

	it('lets in who is approved', async () => {
		await stage.hook();
		await request(7);
		expect((await decide('approve', 7)).result).toBe(true);
		expect(user(7).isMember(CHANNEL)).toBe(true);
		await stage.telegram.control.waitForDeliveries();
		const change = stage.receiver.received.map(({ update }) => update.chat_member).find(Boolean);
		expect(change).toMatchObject({
			from: { username: BOT }, via_join_request: true, invite_link: { name: 'order-1' },
		});
		expect((await decide('approve', 7)).description).toBe('Bad Request: USER_ALREADY_PARTICIPANT');
	});

	it('keeps out who is declined, who may ask again', async () => {
		const invite_link = await request(7);
		expect((await decide('decline', 7)).result).toBe(true);
		expect(user(7).isMember(CHANNEL)).toBe(false);
		expect((await decide('approve', 7)).description).toBe('Bad Request: HIDE_REQUESTER_MISSING');
		expect(user(7).openInvite(invite_link)).toBe('requested');
	});

	it('still counts when the link is revoked meanwhile', async () => {
		const invite_link = await request(7);
		await call('revoke', { invite_link });
		expect((await decide('approve', 7)).ok).toBe(true);
	});

	it('has nobody to decide about without a request', async () => {
		user(7);
		for (const method of ['approve', 'decline']) {
			expect((await decide(method, 7)).description).toBe('Bad Request: HIDE_REQUESTER_MISSING');
			expect((await decide(method, 999)).description).toBe('Bad Request: PARTICIPANT_ID_INVALID');
		}
	});

	it('is not heard of without the right to invite', async () => {
		const { invite_link } = await create({ creates_join_request: true });
		stage.telegram.control.promoteBot(CHANNEL, { canInviteUsers: false });
		await stage.hook();
		expect(user(7).openInvite(invite_link)).toBe('requested');
		expect(stage.telegram.control.updates().map(({ type }) => type)).not.toContain('chat_join_request');
		expect((await decide('approve', 7)).description).toMatch(/not enough rights/);
	});
});

it('works in a basic group too', async () => {
	const { invite_link } = await create({ chat_id: GROUP, member_limit: 1 });
	expect(user(7).openInvite(invite_link)).toBe('joined');
});
