import type { Account } from '../account';
import { badRequest } from '../apiError';
import type { CallParameters } from '../callParameters';
import type { Chat, Membership } from '../chat';
import { isInside, OWNER } from '../chat';
import { changeMembership } from '../memberships';
import type { World } from '../world';
import type { Method } from './method';
import { accountOf, groupOf, requireRight } from './targets';

/** A ban ending sooner or later than this lasts for ever (providers/telegram.md §2). */
const SHORTEST_BAN_SECONDS = 30;
const LONGEST_BAN_SECONDS = 366 * 86_400;
/** How Telegram kicks by `unbanChatMember`: a ban so short, lifted at once. */
const KICK_SECONDS = 60;

const LEFT: Membership = { status: 'left', until: 0, link: null };
const NO_RIGHT = 'not enough rights to restrict/unrestrict chat member';

export const banChatMember: Method = (call, world) => {
	const chat = groupOf(call, world, "can't ban members in private chats");
	const account = removable(call, world, chat);
	const now = world.clock.unix();
	const given = call.integer('until_date', 0, 0, Number.MAX_SAFE_INTEGER);
	const isLimited = given - now >= SHORTEST_BAN_SECONDS && given - now <= LONGEST_BAN_SECONDS;
	chat.requests.delete(account.id);
	// A basic group keeps no list of banned people: they are only put out.
	const next: Membership = chat.type === 'group' ? LEFT : { status: 'kicked', until: isLimited ? given : 0, link: null };
	move(world, chat, account, next);
	return true;
};

/** Without `only_if_banned` it puts a member out, in the same two steps Telegram takes. */
export const unbanChatMember: Method = (call, world) => {
	const refusal = 'method is available for supergroup and channel chats only';
	const chat = groupOf(call, world, refusal);
	if (chat.type === 'group') throw badRequest(refusal);
	const now = world.clock.unix();
	const statusOf = (userId: number) => chat.membershipOf(userId, now).status;
	if (call.flag('only_if_banned') && statusOf(accountOf(call, world).id) !== 'kicked') return true;
	const account = removable(call, world, chat);
	if (isInside(statusOf(account.id))) {
		move(world, chat, account, { status: 'kicked', until: now + KICK_SECONDS, link: null });
	}
	if (statusOf(account.id) === 'kicked') move(world, chat, account, LEFT);
	return true;
};

/** @throws ApiError when the bot may not, or the person cannot be put out */
function removable(call: CallParameters, world: World, chat: Chat): Account {
	const id = call.userId();
	if (id === world.bot.id) throw badRequest("can't restrict self");
	requireRight(chat, 'canRestrictMembers', NO_RIGHT);
	if (id === OWNER.id) throw badRequest("can't remove chat owner");
	const account = accountOf(call, world);
	const { status } = chat.membershipOf(account.id, world.clock.unix());
	if (status === 'administrator') throw badRequest('user is an administrator of the chat');
	return account;
}

function move(world: World, chat: Chat, account: Account, next: Membership): void {
	changeMembership(world, chat, account, next, { by: world.bot.toUser() });
}
