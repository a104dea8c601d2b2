import {
	NodeApiError,
	NodeOperationError,
	type ICredentialTestFunctions,
	type INodeExecutionData,
	type INodeParameters,
} from 'n8n-workflow';
import { CredentialTestContext } from 'n8n-core/dist/execution-engine/node-execution-context/credentials-test-context';

import { TelegramInvite } from '../../../nodes/TelegramInvite/TelegramInvite.node';
import { runNode, type ExecuteSetup } from '../../support/nodeContext';
import { refuse, startBotApi, TOKEN, type BotApi } from './botApi';

const SECRET = TOKEN.slice(TOKEN.indexOf(':') + 1);
const CHAT = '-1001234567890';
const WHO = { chatId: CHAT, userId: '700000002' };
const LINK = 'https://t.me/+AbC_d-EfGhIjKl';
const KICKED = 'Forbidden: bot was kicked from the channel chat';
const FLOOD = (seconds: number) => refuse(429, `Too Many Requests: retry after ${seconds}`, { retry_after: seconds });

let api: BotApi;
beforeEach(async () => {
	api = await startBotApi();
});
afterEach(async () => await api.close());

async function runAll(
	parameters: INodeParameters | INodeParameters[],
	setup: Partial<ExecuteSetup> = {},
): Promise<INodeExecutionData[]> {
	const credentials = { telegramInviteApi: { botToken: TOKEN, baseUrl: api.url } };
	const [output = []] = await runNode({ node: new TelegramInvite(), parameters, credentials, ...setup });
	expect(JSON.stringify(output)).not.toContain(SECRET);
	return output;
}

async function run(parameters: INodeParameters, setup?: Partial<ExecuteSetup>): Promise<unknown> {
	const [item] = await runAll(parameters, setup);
	return item?.json;
}

async function failure(
	parameters: INodeParameters,
	setup?: Partial<ExecuteSetup>,
): Promise<NodeApiError | NodeOperationError> {
	const error: unknown = await runAll(parameters, setup).then(
		() => undefined,
		(thrown: unknown) => thrown,
	);
	if (!(error instanceof NodeApiError || error instanceof NodeOperationError)) {
		throw new Error(`Not a node error: ${String(error)}`);
	}
	const everything = JSON.stringify([error, error.message, error.description, error.messages, error.stack, error.cause]);
	expect(everything).not.toContain(SECRET);
	expect(error.context.itemIndex).toBe(0);
	return error;
}

describe('Invite Link: Create', () => {
	const CREATE: INodeParameters = { resource: 'inviteLink', operation: 'create', chatId: CHAT };

	it('ST6 makes a link for one person, for three days', async () => {
		const started = Math.floor(Date.now() / 1000);
		const [item] = await runAll({ ...CREATE, name: 'order-1042' });
		const [call] = api.calls;
		expect(call).toMatchObject({ method: 'createChatInviteLink', token: TOKEN, type: 'application/json' });
		expect(call?.parameters).toEqual({
			chat_id: CHAT,
			name: 'order-1042',
			member_limit: 1,
			expire_date: expect.any(Number),
		});
		const expireDate = call?.parameters.expire_date as number;
		expect(expireDate - started - 72 * 3600).toBeGreaterThanOrEqual(0);
		expect(expireDate - started - 72 * 3600).toBeLessThan(30);
		expect(item).toEqual({
			json: {
				inviteLink: LINK,
				name: 'order-1042',
				kind: 'limited',
				chatId: CHAT,
				expiresAt: new Date(expireDate * 1000).toISOString(),
			},
			pairedItem: { item: 0 },
		});
	});

	it('ST6 makes a link to ask by, which excludes a limit', async () => {
		expect(await run({ ...CREATE, kind: 'joinRequest', validForHours: 0 })).toEqual({
			inviteLink: LINK,
			name: null,
			kind: 'joinRequest',
			chatId: CHAT,
			expiresAt: null,
		});
		expect(api.calls[0]?.parameters).toEqual({ chat_id: CHAT, creates_join_request: true });
	});

	it('takes numbers where ids are text, half hours, a public name and any limit', async () => {
		await run({ ...CREATE, chatId: -1_001_234_567_890, memberLimit: 5, validForHours: 0.5 });
		await run({ ...CREATE, chatId: ' @course_channel ' });
		expect(api.calls.map(({ parameters }) => parameters.chat_id)).toEqual([CHAT, '@course_channel']);
		expect(api.calls[0]?.parameters.member_limit).toBe(5);
		expect(Number(api.calls[0]?.parameters.expire_date) * 1000 - Date.now()).toBeLessThan(1_800_500);
	});

	it('is not repeated once it may have arrived', async () => {
		api.on('createChatInviteLink', 'drop');
		const error = await failure(CREATE);
		expect([error.message, error.description]).toEqual([
			'Telegram did not answer',
			expect.stringMatching(/not known whether .* \(ECONNRESET\)/),
		]);
		expect(api.calls).toHaveLength(1);
	});

	it.each<[string, INodeParameters, RegExp]>([
		['no chat', { chatId: ' ' }, /chat ID must be/],
		['a chat by its title', { chatId: 'My channel' }, /chat ID must be/],
		['a chat with a path in it', { chatId: '1/../x' }, /chat ID must be/],
		['a long name', { name: 'x'.repeat(33) }, /at most 32 characters/],
		['no member at all', { memberLimit: 0 }, /member limit/],
		['half a member', { memberLimit: 1.5 }, /member limit/],
		['a crowd', { memberLimit: 100_000 }, /member limit/],
		['an end in the past', { validForHours: -1 }, /Valid for/],
	])('refuses %s before it asks Telegram', async (_name, change, message) => {
		expect((await failure({ ...CREATE, ...change })).message).toMatch(message);
		expect(api.calls).toEqual([]);
	});

	it('counts a name in characters, not in UTF-16 units', async () => {
		await run({ ...CREATE, name: '😀'.repeat(32) });
		expect(api.calls).toHaveLength(1);
	});
});

describe('Invite Link: Revoke', () => {
	const REVOKE: INodeParameters = { resource: 'inviteLink', operation: 'revoke', chatId: CHAT, inviteLink: ` ${LINK} ` };

	it('ST7 makes a link useless', async () => {
		expect(await run(REVOKE)).toEqual({ outcome: 'revoked' });
		expect(api.calls[0]).toMatchObject({
			method: 'revokeChatInviteLink',
			parameters: { chat_id: CHAT, invite_link: LINK },
		});
	});

	it('a link that is gone is no error, a chat that is not found is one', async () => {
		api.on('revokeChatInviteLink', refuse(400, 'Bad Request: INVITE_HASH_EXPIRED'));
		expect(await run(REVOKE)).toEqual({ outcome: 'not_found' });
		api.on('revokeChatInviteLink', refuse(400, 'Bad Request: chat not found'));
		expect((await failure(REVOKE)).message).toBe('Telegram refused: Bad Request: chat not found');
		expect((await failure({ ...REVOKE, inviteLink: '' })).message).toMatch(/invite link is missing/);
	});

	it('is repeated when no answer comes', async () => {
		api.on('revokeChatInviteLink', 'drop', 'drop');
		expect(await run(REVOKE)).toEqual({ outcome: 'revoked' });
		expect(api.calls).toHaveLength(3);
	});
});

describe('Join Request', () => {
	it.each([
		['approve', 'approveChatJoinRequest', 'approved'],
		['decline', 'declineChatJoinRequest', 'declined'],
	])('ST6 %s', async (operation, method, outcome) => {
		expect(await run({ resource: 'joinRequest', operation, ...WHO })).toEqual({ outcome });
		expect(api.calls).toMatchObject([{ method, parameters: { chat_id: CHAT, user_id: 700_000_002 } }]);
	});

	it.each([
		['USER_ALREADY_PARTICIPANT', { status: 'member' }, 'already_member'],
		['HIDE_REQUESTER_MISSING', { status: 'administrator' }, 'already_member'],
		['HIDE_REQUESTER_MISSING', { status: 'restricted', is_member: true }, 'already_member'],
		['HIDE_REQUESTER_MISSING', { status: 'left' }, 'no_request'],
		['USER_ALREADY_PARTICIPANT', { status: 'kicked' }, 'no_request'],
	])('%s and %j: %s', async (description, member, outcome) => {
		for (const operation of ['approve', 'decline']) {
			api.on(`${operation}ChatJoinRequest`, refuse(400, `Bad Request: ${description}`));
			api.on('getChatMember', { result: member });
			expect(await run({ resource: 'joinRequest', operation, ...WHO })).toEqual({ outcome });
		}
	});

	it('somebody nobody knows has asked for nothing', async () => {
		const unknown = refuse(400, 'Bad Request: PARTICIPANT_ID_INVALID');
		api.on('approveChatJoinRequest', refuse(400, 'Bad Request: HIDE_REQUESTER_MISSING'));
		api.on('getChatMember', unknown, unknown);
		expect(await run({ resource: 'joinRequest', operation: 'approve', ...WHO })).toEqual({ outcome: 'no_request' });
	});

	it('any other refusal is an error with a reason', async () => {
		api.on('approveChatJoinRequest', refuse(400, 'Bad Request: USER_CHANNELS_TOO_MUCH'));
		const error = await failure({ resource: 'joinRequest', operation: 'approve', ...WHO });
		expect(error).toBeInstanceOf(NodeApiError);
		expect(error.message).toBe('Telegram refused: Bad Request: USER_CHANNELS_TOO_MUCH');
		expect((error as NodeApiError).httpCode).toBe('400');
		expect(api.methods()).toEqual(['approveChatJoinRequest']);
	});

	it.each(['', 'anna', '@anna_test', '-1', '0', '1.5', '99999999999999999', '9999999999999999'])(
		'the user %j is refused before Telegram is asked',
		async (userId) => {
			const error = await failure({ resource: 'joinRequest', operation: 'approve', chatId: CHAT, userId });
			expect(error.message).toMatch(/user ID must be a number/);
			expect(api.calls).toEqual([]);
		},
	);

	it('ids of 52 bits stay exact', async () => {
		await run({ resource: 'joinRequest', operation: 'approve', chatId: CHAT, userId: '4503599627370495' });
		expect(api.calls[0]?.parameters.user_id).toBe(4_503_599_627_370_495);
	});
});

describe('Member: Check', () => {
	const CHECK: INodeParameters = { resource: 'member', operation: 'check', ...WHO };

	it.each([
		[{ status: 'creator' }, true],
		[{ status: 'member' }, true],
		[{ status: 'restricted', is_member: true }, true],
		[{ status: 'restricted', is_member: false }, false],
		[{ status: 'left' }, false],
		[{ status: 'kicked' }, false],
	])('%j: member %s', async (member, isMember) => {
		api.on('getChatMember', { result: member });
		expect(await run(CHECK)).toEqual({ isMember, status: member.status });
	});

	it('looks twice before it believes that somebody is unknown', async () => {
		const unknown = refuse(400, 'Bad Request: user not found');
		api.on('getChatMember', unknown);
		expect(await run(CHECK)).toEqual({ isMember: true, status: 'member' });
		api.on('getChatMember', unknown, unknown);
		expect(await run(CHECK)).toEqual({ isMember: false, status: 'unknown' });
		expect(api.calls).toHaveLength(4);
	});
});

describe('Member: Remove', () => {
	const REMOVE: INodeParameters = { resource: 'member', operation: 'remove', ...WHO };
	const parameters = { chat_id: CHAT, user_id: 700_000_002 };

	it('ST7 revokes the link, then takes the person out, who may come back', async () => {
		expect(await run({ ...REMOVE, inviteLink: LINK })).toEqual({ outcome: 'removed', linkRevoked: true });
		expect(api.calls).toMatchObject([
			{ method: 'revokeChatInviteLink', parameters: { chat_id: CHAT, invite_link: LINK } },
			{ method: 'getChatMember' },
			{ method: 'unbanChatMember' },
		]);
		// With only_if_banned Telegram would leave a member where they are.
		expect(api.calls[2]?.parameters).toEqual(parameters);
	});

	it('ST7 bans on request, also somebody who is away', async () => {
		expect(await run({ ...REMOVE, options: { ban: true } })).toEqual({ outcome: 'removed', linkRevoked: false });
		expect(api.calls[1]).toMatchObject({ method: 'banChatMember', parameters });
		api.on('getChatMember', { result: { status: 'left' } });
		expect(await run({ ...REMOVE, options: { ban: true } })).toEqual({ outcome: 'not_member', linkRevoked: false });
		expect(api.methods().slice(2)).toEqual(['getChatMember', 'banChatMember']);
	});

	it.each(['left', 'kicked'])('somebody who has %s is left so: lifting a ban is not meant', async (status) => {
		api.on('getChatMember', { result: { status } });
		expect(await run(REMOVE)).toEqual({ outcome: 'not_member', linkRevoked: false });
		expect(api.methods()).toEqual(['getChatMember']);
	});

	it.each(['creator', 'administrator'])('nobody removes a %s', async (status) => {
		api.on('getChatMember', { result: { status } });
		expect(await run({ ...REMOVE, options: { ban: true } })).toEqual({ outcome: 'is_administrator', linkRevoked: false });
		expect(api.methods()).toEqual(['getChatMember']);
	});

	it.each([
		['Bad Request: user is an administrator of the chat', 'is_administrator'],
		["Bad Request: can't remove chat owner", 'is_administrator'],
		['Bad Request: PARTICIPANT_ID_INVALID', 'not_member'],
		['Bad Request: user not found', 'not_member'],
	])('%s: %s', async (description, outcome) => {
		for (const [method, ban] of [
			['unbanChatMember', false],
			['banChatMember', true],
		] as const) {
			api.on(method, refuse(400, description));
			expect(await run({ ...REMOVE, options: { ban } })).toEqual({ outcome, linkRevoked: false });
		}
	});

	it('takes somebody out of a basic group by the only way there is', async () => {
		api.on('unbanChatMember', refuse(400, 'Bad Request: method is available for supergroup and channel chats only'));
		expect(await run(REMOVE)).toEqual({ outcome: 'removed', linkRevoked: false });
		expect(api.methods()).toEqual(['getChatMember', 'unbanChatMember', 'banChatMember']);
	});

	it('a link and a person that are gone count as done', async () => {
		const unknown = refuse(400, 'Bad Request: member not found');
		api.on('revokeChatInviteLink', refuse(400, 'Bad Request: INVITE_HASH_EXPIRED'));
		api.on('getChatMember', unknown, unknown);
		expect(await run({ ...REMOVE, inviteLink: LINK })).toEqual({ outcome: 'not_member', linkRevoked: false });
	});

	it('missing rights and an unknown chat do not count as done', async () => {
		api.on('unbanChatMember', refuse(400, 'Bad Request: not enough rights to restrict/unrestrict chat member'));
		expect((await failure(REMOVE)).description).toMatch(/administrator/);
		api.on('getChatMember', refuse(400, 'Bad Request: chat not found'));
		expect((await failure(REMOVE)).description).toMatch(/chat ID/);
		api.on('revokeChatInviteLink', refuse(403, KICKED));
		expect((await failure({ ...REMOVE, inviteLink: LINK })).description).toMatch(/Add the bot to the chat again/);
	});

	it('is repeated when no answer comes', async () => {
		api.on('unbanChatMember', 'drop', refuse(502, 'Bad Gateway'));
		expect(await run(REMOVE)).toMatchObject({ outcome: 'removed' });
		expect(api.methods().filter((method) => method === 'unbanChatMember')).toHaveLength(3);
	});
});

describe('Message: Send', () => {
	const SEND: INodeParameters = { resource: 'message', operation: 'send', chatId: '700000002', text: 'Paid' };

	it('ST3 ST4 sends HTML with filled placeholders and buttons, without a preview', async () => {
		const result = await run({
			...SEND,
			text: '<b>Paid.</b> {course}: <a href="{link}">open</a>',
			placeholders: {
				placeholder: [
					{ name: 'course', value: 'Tom & <Jerry>' },
					{ name: 'link', value: LINK },
					{ name: 'none', value: '' },
					{ name: 'id', value: '7&8' },
				],
			},
			buttons: {
				button: [
					{ text: 'Open {course}', url: '{link}' },
					{ text: 'Left out', url: '{none}' },
					{ text: 'Pay', url: 'https://shop.example/pay?tg_id={id}' },
					{ text: 'Help', callbackData: 'help' },
				],
			},
		});
		expect(result).toEqual({ outcome: 'sent', messageId: '55', chatId: '700000002', reason: null });
		expect(api.calls).toHaveLength(1);
		expect(api.calls[0]?.parameters).toEqual({
			chat_id: '700000002',
			text: `<b>Paid.</b> Tom &amp; &lt;Jerry&gt;: <a href="${LINK}">open</a>`,
			parse_mode: 'HTML',
			link_preview_options: { is_disabled: true },
			reply_markup: {
				inline_keyboard: [
					[{ text: 'Open Tom & <Jerry>', url: LINK }],
					[{ text: 'Pay', url: 'https://shop.example/pay?tg_id=7%268' }],
					[{ text: 'Help', callback_data: 'help' }],
				],
			},
		});
	});

	it('follows the options', async () => {
		await run({ ...SEND, options: { linkPreview: true, protectContent: true, silent: true } });
		expect(api.calls[0]?.parameters).toEqual({
			chat_id: '700000002',
			text: 'Paid',
			parse_mode: 'HTML',
			link_preview_options: { is_disabled: false },
			protect_content: true,
			disable_notification: true,
		});
	});

	it.each([
		[403, 'Forbidden: bot was blocked by the user'],
		[403, 'Forbidden: user is deactivated'],
		[403, "Forbidden: bot can't initiate conversation with a user"],
		[400, 'Bad Request: chat not found'],
	])('ST9 %d %s is an outcome', async (code, description) => {
		api.on('sendMessage', refuse(code, description));
		expect(await run(SEND)).toEqual({
			outcome: 'unreachable',
			messageId: null,
			chatId: '700000002',
			reason: description,
		});
		expect(api.calls).toHaveLength(1);
	});

	it('ST9 a chat that threw the bot out is an error: somebody has to put it right', async () => {
		api.on('sendMessage', refuse(403, KICKED), refuse(403, KICKED));
		for (const chatId of [CHAT, '@course_channel']) {
			const error = await failure({ ...SEND, chatId });
			expect([error.message, error.description]).toEqual([
				`Telegram refused: ${KICKED}`,
				expect.stringMatching(/Add the bot to the chat again/),
			]);
		}
	});

	it('ST4 is sent once more without markup when Telegram cannot read it', async () => {
		api.on('sendMessage', refuse(400, 'Bad Request: can\'t parse entities: Unsupported start tag "p" at byte offset 0'));
		const buttons = { button: [{ text: 'Open', url: LINK }] };
		const result = await run({ ...SEND, text: `<p>Paid &amp; <a href="${LINK}">in</a></p>`, buttons });
		expect(result).toMatchObject({ outcome: 'sent' });
		expect(api.calls[1]?.parameters).toEqual({
			chat_id: '700000002',
			text: `Paid & in (${LINK})`,
			link_preview_options: { is_disabled: true },
			reply_markup: { inline_keyboard: [[{ text: 'Open', url: LINK }]] },
		});
	});

	it('ST4 buttons Telegram cannot read are an error: without markup they are no better', async () => {
		api.on('sendMessage', refuse(400, "Bad Request: can't parse inline keyboard button"));
		await failure(SEND);
		expect(api.calls).toHaveLength(1);
	});

	it('ST4 is not sent a third time', async () => {
		const broken = refuse(400, "Bad Request: can't parse entities");
		api.on('sendMessage', broken, broken);
		await failure(SEND);
		expect(api.calls).toHaveLength(2);
	});

	it('a buyer who is gone at the second attempt is an outcome, too', async () => {
		api.on('sendMessage', refuse(400, "Bad Request: can't parse entities"));
		api.on('sendMessage', refuse(403, 'Forbidden: user is deactivated'));
		expect(await run(SEND)).toMatchObject({ outcome: 'unreachable' });
	});

	it('ST3 is never doubled: a lost answer is an error', async () => {
		api.on('sendMessage', 'drop');
		const error = await failure(SEND);
		expect(error.description).toMatch(/not known whether/);
		expect(api.calls).toHaveLength(1);
	});

	it.each([
		['a gateway', { status: 502, body: '<html>Bad Gateway</html>' }],
		['a gateway that gave up waiting', { status: 504, body: '<html>Gateway Timeout</html>' }],
		['the Bot API itself with 504', refuse(504, 'Gateway Timeout')],
		['a page', { status: 200, body: '<html>hello</html>' }],
		['a result in another form', { result: { message_id: 'x' } }],
	])('ST3 is never doubled: an answer of %s is an error', async (_name, reaction) => {
		api.on('sendMessage', reaction);
		const error = await failure(SEND);
		expect(error.description).toMatch(/not known whether/);
		expect(api.calls).toHaveLength(1);
	});

	it('ST3 is repeated when the Bot API itself says that it failed, but not for ever', async () => {
		const trouble = refuse(500, 'Internal Server Error: restart');
		api.on('sendMessage', trouble, trouble);
		expect(await run(SEND)).toMatchObject({ outcome: 'sent' });
		expect(api.calls).toHaveLength(3);
		api.on('sendMessage', trouble, trouble, trouble, trouble);
		expect((await failure(SEND)).description).toMatch(/later/);
		expect(api.calls).toHaveLength(7);
	});

	it('ST3 is repeated when nobody was there to take it', async () => {
		const started = Date.now();
		const telegramInviteApi = { botToken: TOKEN, baseUrl: 'http://127.0.0.1:1' };
		const error = await failure(SEND, { credentials: { telegramInviteApi } });
		expect([error.message, error.description]).toEqual([
			'Telegram cannot be reached',
			expect.stringMatching(/base URL .* \(ECONNREFUSED\)/),
		]);
		expect(Date.now() - started).toBeGreaterThan(2000);
	});

	it.each<[string, INodeParameters, RegExp]>([
		['no text', { text: ' ' }, /text of the message is empty/],
		['5000 characters', { text: 'x'.repeat(5000) }, /5000 characters/],
		['a bad address', { buttons: { button: [{ text: 'Open', url: '{link}' }] } }, /"\{link\}" is no web address/],
		['no chat', { chatId: '' }, /chat ID/],
	])('refuses %s before it asks Telegram', async (_name, change, message) => {
		const error = await failure({ ...SEND, ...change });
		expect(error).toBeInstanceOf(NodeOperationError);
		expect(error.message).toMatch(message);
		expect(api.calls).toEqual([]);
	});

	it('sends only what JSON and Telegram can hold', async () => {
		const placeholders = { placeholder: [{ name: 'x', value: 'a\u0000b\ud800' }] };
		await run({ ...SEND, text: '{x}', placeholders });
		expect(api.calls[0]?.parameters.text).toBe('ab\ufffd');
	});
});

describe('Message: Answer Button', () => {
	const ANSWER: INodeParameters = { resource: 'message', operation: 'answerButton', callbackQueryId: '4382' };

	it('ST1 tells Telegram that the press was noticed', async () => {
		expect(await run(ANSWER)).toEqual({ outcome: 'answered' });
		expect(await run({ ...ANSWER, notice: 'One moment' })).toEqual({ outcome: 'answered' });
		expect(api.calls.map(({ parameters }) => parameters)).toEqual([
			{ callback_query_id: '4382' },
			{ callback_query_id: '4382', text: 'One moment' },
		]);
	});

	it('that it comes too late is no error', async () => {
		const tooOld = 'Bad Request: query is too old and response timeout expired or query ID is invalid';
		api.on('answerCallbackQuery', refuse(400, tooOld));
		expect(await run(ANSWER)).toEqual({ outcome: 'too_late' });
	});

	it('refuses what Telegram would refuse', async () => {
		expect((await failure({ ...ANSWER, callbackQueryId: ' ' })).message).toMatch(/missing/);
		expect((await failure({ ...ANSWER, notice: 'x'.repeat(201) })).message).toMatch(/200/);
		expect(api.calls).toEqual([]);
	});
});

describe('Bot: Check Rights', () => {
	const CHECK: INodeParameters = { resource: 'bot', operation: 'checkRights', chatId: CHAT };
	const rights = (member: object) => api.on('getChatMember', { result: { status: 'administrator', ...member } });

	it('ST6 is ready with both rights', async () => {
		rights({ can_invite_users: true, can_restrict_members: true });
		expect(await run(CHECK)).toEqual({
			ready: true,
			problems: [],
			botUsername: 'course_test_bot',
			chatTitle: 'Course',
		});
		expect(api.calls[2]).toMatchObject({ method: 'getChatMember', parameters: { user_id: 800_000_001 } });
	});

	it.each<[object, RegExp[]]>([
		[{ can_restrict_members: true }, [/may not invite/]],
		[{ can_invite_users: true, can_restrict_members: false }, [/may not remove/]],
		[{}, [/may not invite/, /may not remove/]],
		[{ status: 'member', can_invite_users: true, can_restrict_members: true }, [/not an administrator/]],
		[{ status: 'left' }, [/not an administrator/]],
	])('%j: names what is missing', async (member, problems) => {
		rights(member);
		expect(await run(CHECK)).toMatchObject({
			ready: false,
			problems: problems.map((problem) => expect.stringMatching(problem) as string),
		});
	});

	it.each([
		[400, 'Bad Request: chat not found'],
		[403, KICKED],
		[400, 'Bad Request: member list is inaccessible'],
	])('%d %s is a problem, not an error', async (code, description) => {
		api.on('getChat', refuse(code, description));
		api.on('getChatMember', refuse(code, description));
		expect(await run(CHECK)).toEqual({
			ready: false,
			problems: [expect.stringContaining(description)],
			botUsername: 'course_test_bot',
			chatTitle: null,
		});
	});

	it('a wrong token is an error', async () => {
		api.on('getMe', refuse(401, 'Unauthorized'));
		expect((await failure(CHECK)).description).toMatch(/bot token/);
	});
});

describe('pauses Telegram asks for', () => {
	const CHECK: INodeParameters = { resource: 'member', operation: 'check', ...WHO };
	const SEND: INodeParameters = { resource: 'message', operation: 'send', chatId: '700000002', text: 'Paid' };

	it.each([
		['a message', SEND, 'sendMessage'],
		['a look', CHECK, 'getChatMember'],
		['a link', { resource: 'inviteLink', operation: 'create', chatId: CHAT }, 'createChatInviteLink'],
	])('are kept by %s', async (_name, parameters, method) => {
		api.on(method, FLOOD(1));
		await run(parameters);
		expect(api.calls).toHaveLength(2);
		expect(Number(api.calls[1]?.at) - Number(api.calls[0]?.at)).toBeGreaterThanOrEqual(990);
	});

	it('are kept by all who use the token', async () => {
		api.on('sendMessage', FLOOD(1));
		const first = run(SEND);
		await new Promise((resolve) => setTimeout(resolve, 300));
		await run(CHECK);
		await first;
		const look = api.calls.find(({ method }) => method === 'getChatMember');
		expect(Number(look?.at) - Number(api.calls[0]?.at)).toBeGreaterThan(900);
	});

	it.each([
		[60, 61],
		[0, 1],
	])('longer than %d seconds fail the item, which says how long', async (maxWaitSeconds, seconds) => {
		const started = Date.now();
		api.on('sendMessage', FLOOD(seconds));
		const error = await failure({ ...SEND, options: { maxWaitSeconds } });
		expect(error).toBeInstanceOf(NodeApiError);
		expect([error.message, (error as NodeApiError).httpCode, error.description]).toEqual([
			`Telegram accepts no more calls for ${seconds} seconds`,
			'429',
			expect.stringContaining('Maximum Wait'),
		]);
		expect(Date.now() - started).toBeLessThan(900);
		expect(api.calls).toHaveLength(1);
	});

	it('are added up over the item', async () => {
		api.on('sendMessage', FLOOD(1), FLOOD(1));
		expect((await failure({ ...SEND, options: { maxWaitSeconds: 1 } })).message).toMatch(/1 seconds/);
		expect(api.calls).toHaveLength(2);
	});

	it('every item may wait anew', async () => {
		api.on('sendMessage', FLOOD(1));
		const options = { maxWaitSeconds: 1 };
		const items = [{ json: {} }, { json: {} }];
		const first = { ...SEND, options };
		await runAll([first, first], { items });
		api.on('sendMessage', FLOOD(1));
		await runAll([first, first], { items });
		expect(api.calls).toHaveLength(6);
	});
});

describe('a group that has become a supergroup', () => {
	const MOVED = refuse(400, 'Bad Request: group chat was upgraded to a supergroup chat', {
		migrate_to_chat_id: -1_009_876_543_210,
	});

	it('is followed, for the rest of the item as well, and its new id is told', async () => {
		api.on('revokeChatInviteLink', MOVED);
		const parameters = { resource: 'member', operation: 'remove', chatId: '-4200', userId: '7', inviteLink: LINK };
		expect(await run(parameters)).toEqual({
			outcome: 'removed',
			linkRevoked: true,
			migratedToChatId: '-1009876543210',
		});
		expect(api.calls.map(({ parameters: { chat_id: id } }) => id)).toEqual([
			'-4200',
			'-1009876543210',
			'-1009876543210',
			'-1009876543210',
		]);
	});

	it('also when a link is made', async () => {
		api.on('createChatInviteLink', MOVED);
		expect(await run({ resource: 'inviteLink', operation: 'create', chatId: '-4200' })).toMatchObject({
			chatId: '-1009876543210',
			migratedToChatId: '-1009876543210',
		});
	});

	it('does not move twice', async () => {
		api.on('getChatMember', MOVED, MOVED);
		expect((await failure({ resource: 'member', operation: 'check', ...WHO })).message).toMatch(/upgraded/);
		expect(api.calls).toHaveLength(2);
	});
});

describe('the node', () => {
	const CHECK: INodeParameters = { resource: 'member', operation: 'check', ...WHO };

	it.each([
		['inviteLink', 'create'],
		['inviteLink', 'revoke'],
		['joinRequest', 'approve'],
		['joinRequest', 'decline'],
		['member', 'check'],
		['member', 'remove'],
		['message', 'send'],
		['message', 'answerButton'],
		['bot', 'checkRights'],
	])('%s %s keeps the input on request', async (resource, operation) => {
		const fields = { ...WHO, inviteLink: LINK, text: 'Paid', callbackQueryId: '1' };
		const result = await run({ resource, operation, ...fields });
		const items = [{ json: { orderRef: 'ord-1', telegram: 'old' } }];
		expect(await run({ resource, operation, ...fields, options: { includeInput: true } }, { items })).toEqual({
			orderRef: 'ord-1',
			telegram: operation === 'create' ? { ...(result as object), expiresAt: expect.any(String) } : result,
		});
	});

	it('goes on after a failed item when told to, each result paired with its item', async () => {
		api.on('getChatMember', { result: { status: 'left' } }, refuse(403, KICKED));
		const items = [{ json: {} }, { json: {} }, { json: {} }, { json: {} }];
		const output = await runAll([CHECK, CHECK, { ...CHECK, userId: 'x' }, CHECK], { items, continueOnFail: true });
		expect(output).toEqual([
			{ json: { isMember: false, status: 'left' }, pairedItem: { item: 0 } },
			{ json: { error: `Telegram refused: ${KICKED}` }, pairedItem: { item: 1 } },
			{ json: { error: expect.stringMatching(/user ID/) }, pairedItem: { item: 2 } },
			{ json: { isMember: true, status: 'member' }, pairedItem: { item: 3 } },
		]);
	});

	it('names the item that failed', async () => {
		const attempt = runAll([CHECK, { ...CHECK, userId: 'x' }], { items: [{ json: {} }, { json: {} }] });
		await expect(attempt).rejects.toMatchObject({ context: { itemIndex: 1 } });
	});

	it('ST5 shows no token, whatever comes back', async () => {
		const echo = `no such path /bot${TOKEN}/getChatMember`;
		api.on('getChatMember', refuse(400, echo), { status: 404, body: echo }, { result: { status: TOKEN } });
		expect((await failure(CHECK)).message).toContain('***');
		await failure(CHECK);
		expect(await run(CHECK)).toEqual({ isMember: false, status: '700000001:***' });
	});

	it('ST5 does not follow a redirect, which would take the token elsewhere', async () => {
		const headers = { location: `${api.url}/elsewhere` };
		api.on('sendMessage', { status: 302, body: '', headers });
		await failure({ resource: 'message', operation: 'send', chatId: '7', text: 'x' });
		expect(api.calls).toHaveLength(1);
	});

	it('explains a credential that is not filled in', async () => {
		const withCredential = async (telegramInviteApi: Record<string, string>) =>
			(await failure(CHECK, { credentials: { telegramInviteApi } })).message;
		expect(await withCredential({ botToken: ' ' })).toMatch(/no bot token/);
		expect(await withCredential({ botToken: TOKEN, baseUrl: 'http://bots.example' })).toMatch(/https/);
		expect(api.calls).toEqual([]);
	});

	it('a token Telegram does not know says where to look', async () => {
		const telegramInviteApi = { botToken: '700000009:ANOTHER-fake-token', baseUrl: api.url };
		const error = await failure(CHECK, { credentials: { telegramInviteApi } });
		expect(error.message).toBe('Telegram refused: Unauthorized');
		expect(error.description).toMatch(/bot token/);
	});
});

describe('the credential test', () => {
	const test = (data: Record<string, string>) =>
		new TelegramInvite().methods.credentialTest.telegramInviteTokenTest.call(
			new CredentialTestContext() as unknown as ICredentialTestFunctions,
			{ id: '1', name: 'Telegram', type: 'telegramInviteApi', data },
		);

	it('ST5 tells which bot it is', async () => {
		expect(await test({ botToken: ` ${TOKEN} `, baseUrl: `${api.url}/` })).toEqual({
			status: 'OK',
			message: 'The bot is @course_test_bot',
		});
	});

	it.each<[string, Parameters<BotApi['on']>[1], RegExp]>([
		['an unknown token', refuse(401, `Unauthorized ${TOKEN}`), /does not know this bot token/],
		['a malformed one', refuse(404, 'Not Found'), /does not know this bot token/],
		['a pause', refuse(429, 'Too Many Requests'), /code 429/],
		['a page', { status: 200, body: `<html>${TOKEN}</html>` }, /No answer of the Bot API/],
		['a redirect', { status: 302, body: '', headers: { location: '/elsewhere' } }, /No answer of the Bot API/],
		['silence', 'drop', /No answer of the Bot API/],
	])('ST5 shows no token for %s', async (_name, reaction, message) => {
		api.on('getMe', reaction);
		const result = await test({ botToken: TOKEN, baseUrl: api.url });
		expect(result).toEqual({ status: 'Error', message: expect.stringMatching(message) });
		expect(result.message).not.toContain(SECRET);
		expect(api.calls).toHaveLength(1);
	});

	it.each([
		[{}, /no bot token/],
		[{ botToken: 'x' }, /must look like/],
		[{ botToken: TOKEN, baseUrl: 'bots.example' }, /base URL/],
	])('finds what is wrong with %j', async (data, message) => {
		expect(await test(data)).toEqual({ status: 'Error', message: expect.stringMatching(message) });
	});
});
