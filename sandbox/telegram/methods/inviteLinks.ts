import { badRequest } from '../apiError';
import type { CallParameters } from '../callParameters';
import type { Chat } from '../chat';
import type { InviteTerms } from '../inviteLink';
import { InviteLink, NO_TERMS } from '../inviteLink';
import { linkJson } from '../memberships';
import type { World } from '../world';
import type { Method } from './method';
import { groupOf, requireRight } from './targets';

/** A longer name loses its end without a word. */
const MAX_NAME_LENGTH = 32;
const MAX_MEMBERS = 99_999;

export const createChatInviteLink: Method = (call, world) => {
	const terms = readTerms(call, world);
	const chat = manageable(call, world);
	requirePossible(terms, world);
	const link = new InviteLink('bot', false, terms);
	chat.links.push(link);
	return linkJson(world, chat, link);
};

export const editChatInviteLink: Method = (call, world) => {
	const terms = readTerms(call, world);
	const chat = manageable(call, world);
	const link = ownLink(call, chat);
	if (link.isPrimary) throw badRequest('CHAT_INVITE_PERMANENT');
	requirePossible(terms, world);
	link.terms = terms;
	return linkJson(world, chat, link);
};

export const revokeChatInviteLink: Method = (call, world) => {
	const chat = manageable(call, world);
	const link = ownLink(call, chat);
	link.isRevoked = true;
	if (link.isPrimary) chat.links.push(new InviteLink('bot', true, NO_TERMS));
	return linkJson(world, chat, link);
};

export const exportChatInviteLink: Method = (call, world) => {
	const chat = manageable(call, world);
	for (const link of chat.links) if (link.creator === 'bot' && link.isPrimary) link.isRevoked = true;
	const primary = new InviteLink('bot', true, NO_TERMS);
	chat.links.push(primary);
	return primary.url;
};

/** What the call leaves out is nothing, also in an edit (providers/telegram.md §2). */
function readTerms(call: CallParameters, world: World): InviteTerms {
	const terms = {
		name: call.text('name').trim().slice(0, MAX_NAME_LENGTH),
		expireDate: call.integer('expire_date', 0, 0, Number.MAX_SAFE_INTEGER),
		memberLimit: call.integer('member_limit', 0, 0, MAX_MEMBERS + 1),
		createsJoinRequest: call.flag('creates_join_request'),
	};
	groupOf(call, world, "can't invite members to a private chat");
	if (terms.createsJoinRequest && terms.memberLimit > 0) {
		throw badRequest("member limit can't be specified for links requiring administrator approval");
	}
	return terms;
}

function requirePossible({ expireDate, memberLimit }: InviteTerms, world: World): void {
	if (expireDate !== 0 && expireDate <= world.clock.unix()) throw badRequest('EXPIRE_DATE_INVALID');
	if (memberLimit > MAX_MEMBERS) throw badRequest('USAGE_LIMIT_INVALID');
}

function manageable(call: CallParameters, world: World): Chat {
	const chat = groupOf(call, world, "can't invite members to a private chat");
	requireRight(chat, 'canInviteUsers', 'not enough rights to manage chat invite link');
	return chat;
}

/** Links of other administrators, unknown and revoked ones are all the same to Telegram. */
function ownLink(call: CallParameters, chat: Chat): InviteLink {
	const address = call.text('invite_link');
	if (address === '') throw badRequest('invite link must be non-empty');
	const link = chat.linkBy(address);
	if (!link || link.creator !== 'bot' || link.isRevoked) throw badRequest('INVITE_HASH_EXPIRED');
	return link;
}
