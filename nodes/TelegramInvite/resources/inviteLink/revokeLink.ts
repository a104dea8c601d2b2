import { z } from 'zod';

import { BotApiError } from '../../shared/answers';
import type { Bot } from '../../shared/bot';
import { orRefusal } from '../../shared/refusals';

/**
 * Makes a link useless; who has come by it stays (providers/telegram.md §2).
 *
 * @returns false when there is no such link any more
 */
export async function revokeLink(bot: Bot, chatId: string, inviteLink: string): Promise<boolean> {
	const revocation = bot.call('revokeChatInviteLink', { chat_id: chatId, invite_link: inviteLink }, z.object({}));
	return !((await orRefusal(revocation, 'linkUnknown')) instanceof BotApiError);
}
