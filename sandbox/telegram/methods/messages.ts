import type { Account } from '../account';
import { badRequest, forbidden } from '../apiError';
import { inlineKeyboard } from '../keyboard';
import { messageJson } from '../message';
import { formatted } from '../text/formattedText';
import type { World } from '../world';
import { newMessage } from '../world';
import type { Method } from './method';
import { targetOf } from './targets';

/** How long the bot may write to somebody who asked to join (providers/telegram.md §2). */
const REQUEST_SECONDS = 300;
const MAX_NOTICE_LENGTH = 200;

export const sendMessage: Method = (call, world) => {
	const content = formatted(call.text('text'), call.text('parse_mode'));
	const keyboard = inlineKeyboard(call);
	const target = targetOf(call, world);
	if ('account' in target) requireReachable(target.account, world);
	const message = newMessage(world, { sender: 'bot', ...content, keyboard });
	const place = 'account' in target ? target.account : target.chat;
	place.messages.push(message);
	return messageJson(message, 'account' in target ? target.account.toChat() : target.chat.toJson(), world.bot.toUser());
};

export const answerCallbackQuery: Method = (call, world) => {
	const text = call.text('text');
	if (text.length > MAX_NOTICE_LENGTH) throw badRequest('MESSAGE_TOO_LONG');
	const account = world.callbacks.answer(call.text('callback_query_id'));
	if (text !== '') account.notices.push(text);
	return true;
};

/** A bot cannot write first, except to somebody whose request to join waits. */
function requireReachable(account: Account, world: World): void {
	if (account.isDeleted) throw forbidden('user is deactivated');
	if (account.hasBlockedBot) throw forbidden('bot was blocked by the user');
	const now = world.clock.unix();
	const asked = world.chats.all.some((chat) => {
		const request = chat.requests.get(account.id);
		return request !== undefined && now <= request.at + REQUEST_SECONDS;
	});
	if (!account.hasStarted && !asked) throw forbidden("bot can't initiate conversation with a user");
}
