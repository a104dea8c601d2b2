import { badRequest } from '../apiError';
import type { CallParameters } from '../callParameters';
import { changeMembership } from '../memberships';
import type { World } from '../world';
import type { Method } from './method';
import { accountOf, groupOf, requireRight } from './targets';

export const approveChatJoinRequest: Method = (call, world) => {
	const { chat, account, request } = pending(call, world);
	const next = { status: 'member', until: 0, link: request.link } as const;
	changeMembership(world, chat, account, next, { by: world.bot.toUser(), link: request.link, viaJoinRequest: true });
	return true;
};

export const declineChatJoinRequest: Method = (call, world) => {
	const { chat, account } = pending(call, world);
	chat.requests.delete(account.id);
	return true;
};

function pending(call: CallParameters, world: World) {
	const chat = groupOf(call, world, "can't invite members to a private chat");
	const account = accountOf(call, world);
	requireRight(chat, 'canInviteUsers', 'not enough rights to manage chat join requests');
	if (chat.isMember(account.id, world.clock.unix())) throw badRequest('USER_ALREADY_PARTICIPANT');
	const request = chat.requests.get(account.id);
	if (!request) throw badRequest('HIDE_REQUESTER_MISSING');
	return { chat, account, request };
}
