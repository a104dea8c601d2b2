import { toBotEvent, UnreadableUpdateError } from '../../../nodes/TelegramInvite/update';
import {
	ADMIN,
	blockUpdate,
	BOT,
	buttonUpdate,
	CHANNEL,
	DATE_ISO,
	joinRequestUpdate,
	LINK,
	memberUpdate,
	messageUpdate,
	PERSON,
	PRIVATE,
} from './updates';

const ANNA = { userId: '700000001', username: 'anna_test', name: 'Анна Test', languageCode: 'ru' };
const NOTHING = {
	command: null,
	payload: '',
	text: null,
	callbackData: null,
	callbackQueryId: null,
	inviteLink: null,
	occurredAt: DATE_ISO,
};

describe('messages', () => {
	it('ST1 a command is an event with everything about the person', () => {
		expect(toBotEvent(messageUpdate({ text: '/pay' }))).toEqual({
			...NOTHING,
			...ANNA,
			updateId: '10',
			event: 'command',
			command: 'pay',
			text: '/pay',
			chatId: '700000001',
		});
	});

	it.each([
		['/pay', 'pay', ''],
		['/PAY', 'pay', ''],
		['/Pay@course_test_bot', 'pay', ''],
		['/start abc_DEF-123', 'start', 'abc_DEF-123'],
		['/start@course_test_bot  abc ', 'start', 'abc'],
		['/help\nline one\nline two', 'help', 'line one\nline two'],
		['/start a  b', 'start', 'a  b'],
		['/x_1', 'x_1', ''],
	])('ST10 %j is the command %s with "%s"', (text, command, payload) => {
		expect(toBotEvent(messageUpdate({ text }))).toMatchObject({ event: 'command', command, payload, text });
	});

	it.each(['hello', '', '/', '/ pay', ' /pay', 'pay /pay', '/оплата', '/pay!', `/${'x'.repeat(65)}`, '//pay'])(
		'%j is no command',
		(text) => {
			expect(toBotEvent(messageUpdate({ text }))).toMatchObject({ event: 'message', command: null, payload: '', text });
		},
	);

	it('a caption is the text, and never a command', () => {
		const event = toBotEvent(messageUpdate({ text: undefined, caption: '/pay' }));
		expect(event).toMatchObject({ event: 'message', command: null, text: '/pay' });
		expect(toBotEvent(messageUpdate({ text: undefined, photo: [] }))).toMatchObject({ event: 'message', text: null });
	});

	it.each([
		['a group', { chat: { id: -100, type: 'group' } }],
		['a supergroup', { chat: { id: -1_001, type: 'supergroup' } }],
		['a channel', { chat: CHANNEL }],
		['a bot', { from: BOT }],
		['nobody', { from: undefined }],
	])('of %s are left', (_name, message) => {
		expect(toBotEvent(messageUpdate(message))).toBeNull();
	});

	it('a person may have neither user name, last name nor language', () => {
		expect(toBotEvent(messageUpdate({ from: ADMIN }))).toMatchObject({
			userId: '700000009',
			username: null,
			name: 'Admin',
			languageCode: null,
		});
	});

	it('ids of 52 bits stay exact', () => {
		const id = 2 ** 52 - 1;
		expect(toBotEvent(messageUpdate({ chat: { id, type: 'private' }, from: { ...PERSON, id } }))).toMatchObject({
			chatId: '4503599627370495',
			userId: '4503599627370495',
		});
	});
});

describe('presses of a button', () => {
	const now = new Date('2027-02-01T00:00:00Z');

	it('ST1 carry the data and the id to answer with, and happen now', () => {
		expect(toBotEvent(buttonUpdate(), now)).toEqual({
			...NOTHING,
			...ANNA,
			updateId: '11',
			event: 'button',
			callbackData: 'buy',
			callbackQueryId: '4382bfdwdsb323b2d9',
			chatId: '700000001',
			occurredAt: now.toISOString(),
		});
	});

	it('count in groups as well, where an administrator may press', () => {
		expect(toBotEvent(buttonUpdate({ message: { chat: CHANNEL } }))).toMatchObject({ chatId: '-1001234567890' });
	});

	it('may lack message and data', () => {
		expect(toBotEvent(buttonUpdate({ message: undefined, data: undefined }))).toMatchObject({
			chatId: '700000001',
			callbackData: null,
		});
	});

	it('of bots are left', () => {
		expect(toBotEvent(buttonUpdate({ from: BOT }))).toBeNull();
	});
});

describe('join requests', () => {
	it('ST6 name the person, the chat and the link', () => {
		expect(toBotEvent(joinRequestUpdate())).toEqual({
			...NOTHING,
			...ANNA,
			updateId: '12',
			event: 'join_request',
			chatId: '-1001234567890',
			inviteLink: { link: LINK.invite_link, name: 'order-1042', createsJoinRequest: true },
		});
	});

	it('may come without a link, or by one without a name', () => {
		expect(toBotEvent(joinRequestUpdate({ invite_link: undefined }))?.inviteLink).toBeNull();
		expect(toBotEvent(joinRequestUpdate({ invite_link: { invite_link: 'https://t.me/+x' } }))?.inviteLink).toEqual({
			link: 'https://t.me/+x',
			name: null,
			createsJoinRequest: false,
		});
	});
});

describe('member changes', () => {
	it.each<[string, object, object, string | null]>([
		['comes', { status: 'left' }, { status: 'member' }, 'joined'],
		['comes, restricted', { status: 'left' }, { status: 'restricted', is_member: true }, 'joined'],
		['comes after a ban', { status: 'kicked' }, { status: 'member' }, 'joined'],
		['leaves', { status: 'member' }, { status: 'left' }, 'left'],
		['is banned', { status: 'member' }, { status: 'kicked' }, 'left'],
		['leaves, restricted', { status: 'restricted', is_member: true }, { status: 'restricted', is_member: false }, 'left'],
		['leaves as an administrator', { status: 'administrator' }, { status: 'left' }, 'left'],
		['is promoted', { status: 'member' }, { status: 'administrator' }, null],
		['is restricted', { status: 'member' }, { status: 'restricted', is_member: true }, null],
		['is banned while away', { status: 'left' }, { status: 'kicked' }, null],
		['is restricted while away', { status: 'left' }, { status: 'restricted', is_member: false }, null],
		['gets a status we do not know', { status: 'left' }, { status: 'visitor' }, null],
	])('somebody %s', (_name, before, after, event) => {
		expect(toBotEvent(memberUpdate(before, after))?.event ?? null).toBe(event);
	});

	it('are about the member, not about who made them', () => {
		expect(toBotEvent(memberUpdate({ status: 'left' }, { status: 'member' }, { invite_link: LINK }))).toEqual({
			...NOTHING,
			...ANNA,
			updateId: '13',
			event: 'joined',
			chatId: '-1001234567890',
			inviteLink: { link: LINK.invite_link, name: 'order-1042', createsJoinRequest: true },
		});
	});

	it('of bots are left', () => {
		expect(toBotEvent(memberUpdate({ status: 'left' }, { status: 'member', user: BOT }))).toBeNull();
	});
});

describe('changes of the bot itself', () => {
	it.each([
		['member', 'kicked', 'bot_blocked'],
		['kicked', 'member', 'bot_unblocked'],
	])('ST9 from %s to %s in a private chat: %s', (before, after, event) => {
		expect(toBotEvent(blockUpdate(before, after))).toEqual({
			...NOTHING,
			...ANNA,
			updateId: '14',
			event,
			chatId: '700000001',
		});
	});

	it('in other chats, or without a change, are left', () => {
		expect(toBotEvent(blockUpdate('member', 'kicked', { chat: CHANNEL }))).toBeNull();
		expect(toBotEvent(blockUpdate('administrator', 'left', { chat: CHANNEL }))).toBeNull();
		expect(toBotEvent(blockUpdate('member', 'member'))).toBeNull();
	});
});

describe('other things', () => {
	it.each([
		['an edited message', { update_id: 1, edited_message: { chat: PRIVATE } }],
		['a channel post', { update_id: 1, channel_post: {} }],
		['an update of tomorrow', { update_id: 1, brand_new: { x: 1 } }],
		['an empty update', { update_id: 1 }],
	])('%s is no event', (_name, update) => {
		expect(toBotEvent(update)).toBeNull();
	});

	it.each<[string, unknown, string]>([
		['nothing', undefined, ''],
		['null', null, ''],
		['text', 'update', ''],
		['a list', [{ update_id: 1 }], ''],
		['no number', {}, 'update_id'],
		['a number as text', { update_id: '1' }, 'update_id'],
		['half a number', { update_id: 1.5 }, 'update_id'],
		['a message without a chat', messageUpdate({ chat: undefined }), 'message.chat'],
		['a date that is none', messageUpdate({ date: -1 }), 'message.date'],
		['a date beyond all calendars', messageUpdate({ date: 1e15 }), 'message.date'],
		['a user without an id', joinRequestUpdate({ from: { is_bot: false } }), 'chat_join_request.from.id'],
		['a user who may be a bot', joinRequestUpdate({ from: { id: 1, first_name: 'x' } }), 'from.is_bot'],
		['a member without a status', memberUpdate({ status: 'left' }, {}), 'chat_member.new_chat_member.status'],
	])('%s cannot be read', (_name, update, field) => {
		const read = () => toBotEvent(update);
		expect(read).toThrow(UnreadableUpdateError);
		expect(read).toThrow(field === '' ? 'Not an update' : field);
	});
});
