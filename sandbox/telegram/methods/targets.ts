import type { Account } from '../account';
import { badRequest, forbidden } from '../apiError';
import type { CallParameters } from '../callParameters';
import { toInteger } from '../callParameters';
import type { BotRights, Chat } from '../chat';
import type { World } from '../world';

/** Whom a call is about. */
export type Target = { readonly account: Account } | { readonly chat: Chat };

/**
 * The chat in `chat_id`: a person's chat with the bot, or one the bot is in.
 *
 * @throws ApiError as in providers/telegram.md §4
 */
export function targetOf(call: CallParameters, world: World): Target {
	const text = call.text('chat_id');
	if (text === '') throw badRequest('chat_id is empty');
	const id = toInteger(text);
	const account = world.people.find(id);
	if (account) return { account };
	const chat = world.chats.find(id);
	if (!chat) throw badRequest('chat not found');
	if (chat.migratedTo !== null) {
		throw badRequest('group chat was upgraded to a supergroup chat', { migrate_to_chat_id: chat.migratedTo });
	}
	if (chat.botStatus === 'kicked') throw forbidden(`bot was kicked from the ${chat.type} chat`);
	if (chat.botStatus === 'left') throw forbidden(`bot is not a member of the ${chat.type} chat`);
	return { chat };
}

/**
 * The group or channel in `chat_id`.
 *
 * @param refusal what is said of a private chat
 * @throws ApiError as {@link targetOf}
 */
export function groupOf(call: CallParameters, world: World, refusal: string): Chat {
	const target = targetOf(call, world);
	if ('account' in target) throw badRequest(refusal);
	return target.chat;
}

/** @throws ApiError 400 when the bot has not the right in the chat */
export function requireRight(chat: Chat, right: keyof BotRights, refusal: string): void {
	if (chat.botStatus !== 'administrator' || !chat.botRights[right]) throw badRequest(refusal);
}

/** @throws ApiError 400 when there is no such person */
export function accountOf(call: CallParameters, world: World): Account {
	const account = world.people.find(call.userId());
	if (!account) throw badRequest('PARTICIPANT_ID_INVALID');
	return account;
}
