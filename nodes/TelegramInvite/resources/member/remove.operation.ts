import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import { z } from 'zod';

import { isAdministrator, isPresent } from '../../chatMember';
import type { Bot } from '../../shared/bot';
import { chatIdField, optionsField, readChatId, readText, readUserId, userIdField } from '../../shared/fields';
import { findMember } from '../../shared/members';
import { isRefusal, orRefusal } from '../../shared/refusals';
import { revokeLink } from '../inviteLink/revokeLink';

const showOnlyForRemove = { resource: ['member'], operation: ['remove'] };

export const description: INodeProperties[] = [
	chatIdField(showOnlyForRemove, 'The channel or group. The bot must be an administrator there who may ban users.'),
	userIdField(showOnlyForRemove),
	{
		displayName: 'Invite Link',
		name: 'inviteLink',
		type: 'string',
		default: '',
		placeholder: 'e.g. https://t.me/+AbCdEfGhIjKlMnOp',
		description: 'The personal link, revoked first, so that the person cannot come back by it. Empty for none.',
		displayOptions: { show: showOnlyForRemove },
	},
	optionsField(showOnlyForRemove, [
		{
			displayName: 'Ban',
			name: 'ban',
			type: 'boolean',
			default: false,
			description: 'Whether the person may never come back, by no link, until an administrator lifts the ban',
		},
	]),
];

type Outcome = 'removed' | 'not_member' | 'is_administrator';

/** Takes somebody out of the chat. What is done already counts as done. */
export async function execute(this: IExecuteFunctions, itemIndex: number, bot: Bot): Promise<IDataObject> {
	const chatId = readChatId.call(this, itemIndex);
	const userId = readUserId.call(this, itemIndex);
	const inviteLink = readText.call(this, itemIndex, 'inviteLink');
	const { ban = false } = this.getNodeParameter('options', itemIndex, {}) as { ban?: boolean };
	const linkRevoked = inviteLink !== '' && (await revokeLink(bot, chatId, inviteLink));
	return { outcome: await remove(bot, chatId, userId, ban), linkRevoked };
}

async function remove(bot: Bot, chatId: string, userId: number, ban: boolean): Promise<Outcome> {
	const member = await findMember(bot, chatId, userId);
	if (member && isAdministrator(member)) return 'is_administrator';
	const isMember = member !== null && isPresent(member);
	// To remove without a ban is to lift one: somebody an administrator has banned must stay so.
	if (!isMember && !ban) return 'not_member';
	const removal = ban ? banMember(bot, chatId, userId) : takeOut(bot, chatId, userId);
	const answer = await orRefusal(removal, 'personUnknown', 'personIsAdministrator');
	if (isRefusal(answer, 'personIsAdministrator')) return 'is_administrator';
	return isMember && answer === true ? 'removed' : 'not_member';
}

/** Without `only_if_banned` the call removes a member and leaves them free to return (providers/telegram.md §2). */
async function takeOut(bot: Bot, chatId: string, userId: number): Promise<true> {
	const removal = bot.call('unbanChatMember', { chat_id: chatId, user_id: userId }, z.literal(true));
	// A basic group knows no lasting ban, and nothing but the ban to remove somebody.
	return (await orRefusal(removal, 'basicGroup')) === true || (await banMember(bot, chatId, userId));
}

async function banMember(bot: Bot, chatId: string, userId: number): Promise<true> {
	return await bot.call('banChatMember', { chat_id: chatId, user_id: userId }, z.literal(true));
}
