import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import { z } from 'zod';

import { isPresent } from '../../chatMember';
import type { Bot } from '../../shared/bot';
import { chatIdField, optionsField, readChatId, readUserId, userIdField } from '../../shared/fields';
import { findMember } from '../../shared/members';
import { orRefusal } from '../../shared/refusals';

/** The fields of both decisions. */
export function decisionFields(operation: string): INodeProperties[] {
	const show = { resource: ['joinRequest'], operation: [operation] };
	return [
		chatIdField(show, 'The channel or group the person asked to come into'),
		userIdField(show),
		optionsField(show),
	];
}

/**
 * Carries a decision out. When there is nothing to decide any more, whether the person is in the chat tells what has
 * happened (providers/telegram.md §4).
 */
export async function decide(
	this: IExecuteFunctions,
	itemIndex: number,
	bot: Bot,
	{ method, outcome }: { method: string; outcome: string },
): Promise<IDataObject> {
	const chatId = readChatId.call(this, itemIndex);
	const userId = readUserId.call(this, itemIndex);
	const decision = bot.call(method, { chat_id: chatId, user_id: userId }, z.literal(true));
	if ((await orRefusal(decision, 'requestGone')) === true) return { outcome };
	const member = await findMember(bot, chatId, userId);
	return { outcome: member && isPresent(member) ? 'already_member' : 'no_request' };
}
