import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { isPresent } from '../../chatMember';
import type { Bot } from '../../shared/bot';
import { chatIdField, optionsField, readChatId, readUserId, userIdField } from '../../shared/fields';
import { findMember } from '../../shared/members';

const showOnlyForCheck = { resource: ['member'], operation: ['check'] };

export const description: INodeProperties[] = [
	chatIdField(showOnlyForCheck, 'The channel or group. Reliable only if the bot is an administrator there.'),
	userIdField(showOnlyForCheck),
	optionsField(showOnlyForCheck),
];

/** Tells whether somebody is in the chat. */
export async function execute(this: IExecuteFunctions, itemIndex: number, bot: Bot): Promise<IDataObject> {
	const member = await findMember(bot, readChatId.call(this, itemIndex), readUserId.call(this, itemIndex));
	return { isMember: member !== null && isPresent(member), status: member?.status ?? 'unknown' };
}
