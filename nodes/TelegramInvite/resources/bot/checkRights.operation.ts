import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import { z } from 'zod';

import { chatMemberSchema, isAdministrator, type ChatMember } from '../../chatMember';
import { BotApiError } from '../../shared/answers';
import type { Bot } from '../../shared/bot';
import { chatIdField, optionsField, readChatId } from '../../shared/fields';
import { orRefusal } from '../../shared/refusals';

const showOnlyForCheckRights = { resource: ['bot'], operation: ['checkRights'] };

export const description: INodeProperties[] = [
	chatIdField(showOnlyForCheckRights, 'The channel or group the bot is to let people into'),
	optionsField(showOnlyForCheckRights),
];

/** Tells before the first sale whether the bot can do its work (providers/telegram.md §7). */
export async function execute(this: IExecuteFunctions, itemIndex: number, bot: Bot): Promise<IDataObject> {
	const chatId = readChatId.call(this, itemIndex);
	const me = await bot.call('getMe', {}, z.object({ id: z.number().int(), username: z.string() }));
	const chat = await orBlind(bot.call('getChat', { chat_id: chatId }, z.object({ title: z.string().optional() })));
	const member = await orBlind(bot.call('getChatMember', { chat_id: chatId, user_id: me.id }, chatMemberSchema));
	const problems = member instanceof BotApiError ? [blind(me.username, member)] : missingRights(me.username, member);
	return {
		ready: problems.length === 0,
		problems,
		botUsername: me.username,
		chatTitle: chat instanceof BotApiError ? null : (chat.title ?? null),
	};
}

/** That the bot cannot see the chat is an answer to the question, not a failure. */
async function orBlind<T>(call: Promise<T>): Promise<T | BotApiError> {
	return await orRefusal(call, 'chatUnknown', 'botShutOut', 'rightsMissing', 'personUnknown');
}

function blind(username: string, { description }: BotApiError): string {
	return `@${username} cannot see this chat: check the chat ID and add the bot as an administrator (${description})`;
}

function missingRights(username: string, member: ChatMember): string[] {
	if (!isAdministrator(member)) return [`@${username} is not an administrator of this chat: make it one`];
	return [
		...(member.can_invite_users ? [] : [`@${username} may not invite users: grant it "Add users"`]),
		...(member.can_restrict_members ? [] : [`@${username} may not remove users: grant it "Ban users"`]),
	];
}
