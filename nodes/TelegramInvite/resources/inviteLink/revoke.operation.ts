import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import type { Bot } from '../../shared/bot';
import { chatIdField, optionsField, readChatId, readText } from '../../shared/fields';
import { revokeLink } from './revokeLink';

const showOnlyForRevoke = { resource: ['inviteLink'], operation: ['revoke'] };

export const description: INodeProperties[] = [
	chatIdField(showOnlyForRevoke, 'The channel or group the link leads to'),
	{
		displayName: 'Invite Link',
		name: 'inviteLink',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. https://t.me/+AbCdEfGhIjKlMnOp',
		description: 'A link this bot has made',
		displayOptions: { show: showOnlyForRevoke },
	},
	optionsField(showOnlyForRevoke),
];

/** Makes a link useless. */
export async function execute(this: IExecuteFunctions, itemIndex: number, bot: Bot): Promise<IDataObject> {
	const chatId = readChatId.call(this, itemIndex);
	const inviteLink = readText.call(this, itemIndex, 'inviteLink');
	if (inviteLink === '') throw new RangeError('The invite link is missing');
	return { outcome: (await revokeLink(bot, chatId, inviteLink)) ? 'revoked' : 'not_found' };
}
