import type { Account } from './account';
import type { UserJson } from './apiTypes';
import type { BotRights, Chat, Membership } from './chat';
import { ALL_RIGHTS, isInside, OWNER } from './chat';
import type { InviteLink } from './inviteLink';
import type { World } from './world';

/** How a change came about. */
export interface Cause {
	/** Who did it. */
	readonly by: UserJson;
	readonly link?: InviteLink;
	readonly viaJoinRequest?: boolean;
}

/**
 * Moves a person in or out of a chat and tells the bot: `chat_member` (only while it is an administrator) and, where
 * the chat shows it, a service message.
 */
export function changeMembership(world: World, chat: Chat, account: Account, next: Membership, cause: Cause): void {
	const user = account.toUser();
	const previous = chat.membershipOf(account.id, world.clock.unix());
	if (previous.status === next.status && previous.until === next.until) return;
	chat.setMembership(account.id, next);
	if (isInside(next.status)) {
		chat.requests.delete(account.id);
		if (next.link && !isInside(previous.status)) next.link.joinedIds.push(account.id);
	}
	if (chat.botStatus === 'administrator') {
		world.updates.add('chat_member', `member ${chat.id}`, {
			chat: chat.toJson(),
			from: cause.by,
			date: world.clock.unix(),
			old_chat_member: memberJson(user, previous),
			new_chat_member: memberJson(user, next),
			...(cause.link ? { invite_link: linkJson(world, chat, cause.link) } : {}),
			...(cause.viaJoinRequest ? { via_join_request: true } : {}),
		});
	}
	tellInChat(world, chat, user, isInside(previous.status), isInside(next.status), cause.by);
}

/** `ChatInviteLink` as the bot sees it. */
export function linkJson(world: World, chat: Chat, link: InviteLink) {
	const pending = [...chat.requests.values()].filter((request) => request.link === link).length;
	return link.toJson(link.creator === 'bot' ? world.bot.toUser() : OWNER, pending);
}

/** `ChatMember` of a person. */
export function memberJson(user: UserJson, { status, until }: Membership): object {
	if (status === 'kicked') return { user, status, until_date: until };
	if (status === 'administrator') return { user, status, can_be_edited: false, ...rights(ALL_RIGHTS) };
	return { user, status, ...(status === 'creator' ? { is_anonymous: false } : {}) };
}

/** `ChatMember` of the bot itself. */
export function botMemberJson(world: World, chat: Chat): object {
	const status = chat.botStatus;
	const user = world.bot.toUser();
	if (status === 'administrator') return { user, status, can_be_edited: false, ...rights(chat.botRights) };
	return { user, status, ...(status === 'kicked' ? { until_date: 0 } : {}) };
}

/** Changes what the bot is in a chat and tells it with `my_chat_member`. */
export function changeBot(world: World, chat: Chat, status: Chat['botStatus'], botRights: BotRights): void {
	const previous = botMemberJson(world, chat);
	chat.botStatus = status;
	chat.botRights = botRights;
	world.updates.add('my_chat_member', `bot ${chat.id}`, {
		chat: chat.toJson(),
		from: OWNER,
		date: world.clock.unix(),
		old_chat_member: previous,
		new_chat_member: botMemberJson(world, chat),
	});
}

/** Groups show who comes and goes; channels do not. */
function tellInChat(world: World, chat: Chat, user: UserJson, wasIn: boolean, isIn: boolean, from: UserJson): void {
	const botReads = chat.botStatus === 'administrator' || chat.botStatus === 'member';
	if (chat.type === 'channel' || wasIn === isIn || !botReads) return;
	world.updates.add('message', `chat ${chat.id}`, {
		message_id: world.messageIds.next(),
		from,
		chat: chat.toJson(),
		date: world.clock.unix(),
		...(isIn ? { new_chat_members: [user] } : { left_chat_member: user }),
	});
}

function rights({ canInviteUsers, canRestrictMembers }: BotRights) {
	return {
		can_manage_chat: true,
		can_change_info: false,
		can_post_messages: true,
		can_delete_messages: true,
		can_invite_users: canInviteUsers,
		can_restrict_members: canRestrictMembers,
		can_promote_members: false,
		is_anonymous: false,
	};
}
