/** Updates as the Bot API sends them; ids and names are invented. */

export const PERSON = {
	id: 700_000_001,
	is_bot: false,
	first_name: 'Анна',
	last_name: 'Test',
	username: 'anna_test',
	language_code: 'ru',
};
export const ADMIN = { id: 700_000_009, is_bot: false, first_name: 'Admin' };
export const BOT = { id: 800_000_001, is_bot: true, first_name: 'Course', username: 'course_test_bot' };
export const CHANNEL = { id: -1_001_234_567_890, type: 'channel', title: 'Course' };
export const PRIVATE = { id: PERSON.id, type: 'private', first_name: 'Анна' };
export const DATE = 1_800_000_000;
export const DATE_ISO = '2027-01-15T08:00:00.000Z';
export const LINK = {
	invite_link: 'https://t.me/+AbC_d-EfGh',
	name: 'order-1042',
	creator: BOT,
	creates_join_request: true,
	is_primary: false,
	is_revoked: false,
};

export function messageUpdate(message: object = {}): Record<string, unknown> {
	const sent = { message_id: 1, date: DATE, chat: PRIVATE, from: PERSON, text: '/pay' };
	return { update_id: 10, message: { ...sent, ...message } };
}

export function buttonUpdate(query: object = {}): Record<string, unknown> {
	const message = { message_id: 1, chat: PRIVATE, date: 0 };
	const press = { id: '4382bfdwdsb323b2d9', chat_instance: '1', from: PERSON, message, data: 'buy' };
	return { update_id: 11, callback_query: { ...press, ...query } };
}

export function joinRequestUpdate(request: object = {}): Record<string, unknown> {
	const asked = { chat: CHANNEL, from: PERSON, user_chat_id: PERSON.id, date: DATE, invite_link: LINK };
	return { update_id: 12, chat_join_request: { ...asked, ...request } };
}

export function memberUpdate(before: object, after: object, change: object = {}): Record<string, unknown> {
	return {
		update_id: 13,
		chat_member: {
			chat: CHANNEL,
			from: ADMIN,
			date: DATE,
			old_chat_member: { user: PERSON, ...before },
			new_chat_member: { user: PERSON, ...after },
			...change,
		},
	};
}

export function blockUpdate(before: string, after: string, change: object = {}): Record<string, unknown> {
	return {
		update_id: 14,
		my_chat_member: {
			chat: PRIVATE,
			from: PERSON,
			date: DATE,
			old_chat_member: { user: BOT, status: before },
			new_chat_member: { user: BOT, status: after },
			...change,
		},
	};
}
