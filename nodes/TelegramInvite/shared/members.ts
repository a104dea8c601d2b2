import { sleep } from 'n8n-workflow';

import { chatMemberSchema, type ChatMember } from '../chatMember';
import type { Bot } from './bot';
import { isRefusal } from './refusals';

const SECOND_LOOK_MS = 500;

/**
 * Looks a person up in a chat. Telegram at times does not find somebody who is there, so it is asked twice
 * (providers/telegram.md §4).
 *
 * @returns null when Telegram does not know the person there
 */
export async function findMember(bot: Bot, chatId: string, userId: number): Promise<ChatMember | null> {
	const look = async () =>
		await bot.call('getChatMember', { chat_id: chatId, user_id: userId }, chatMemberSchema).catch((error: unknown) => {
			if (isRefusal(error, 'personUnknown')) return null;
			throw error;
		});
	const member = await look();
	if (member) return member;
	await sleep(SECOND_LOOK_MS);
	return await look();
}
