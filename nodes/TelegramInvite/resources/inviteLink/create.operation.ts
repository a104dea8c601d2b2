import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import { z } from 'zod';

import type { Bot } from '../../shared/bot';
import { chatIdField, optionsField, readChatId, readText } from '../../shared/fields';

const MAX_NAME_LENGTH = 32;
const MAX_MEMBER_LIMIT = 99_999;
const HOUR_MS = 3_600_000;

const showOnlyForCreate = { resource: ['inviteLink'], operation: ['create'] };

export const description: INodeProperties[] = [
	chatIdField(showOnlyForCreate, 'The channel or group. The bot must be an administrator there who may invite users.'),
	{
		displayName: 'Kind',
		name: 'kind',
		type: 'options',
		options: [
			{
				name: 'Join Request',
				value: 'joinRequest',
				description: 'Everybody may ask to come in; the bot lets in whom you approve. Cannot be forwarded to a stranger.',
			},
			{
				name: 'Limited',
				value: 'limited',
				description: 'The first who open the link are in, by default one person',
			},
		],
		default: 'limited',
		displayOptions: { show: showOnlyForCreate },
	},
	{
		displayName: 'Member Limit',
		name: 'memberLimit',
		type: 'number',
		typeOptions: { minValue: 1, maxValue: MAX_MEMBER_LIMIT, numberPrecision: 0 },
		default: 1,
		description: 'How many people may be in the chat by this link at the same time',
		displayOptions: { show: { ...showOnlyForCreate, kind: ['limited'] } },
	},
	{
		displayName: 'Valid for (Hours)',
		name: 'validForHours',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 72,
		description: 'Counted from now. 0 for a link without an end.',
		displayOptions: { show: showOnlyForCreate },
	},
	{
		displayName: 'Name',
		name: 'name',
		type: 'string',
		default: '',
		placeholder: 'e.g. order-1042',
		description: 'Seen by administrators only; comes back when somebody uses the link. At most 32 characters.',
		displayOptions: { show: showOnlyForCreate },
	},
	optionsField(showOnlyForCreate),
];

const linkSchema = z.object({
	invite_link: z.string(),
	name: z.string().optional(),
	expire_date: z.number().int().optional(),
});

/** Makes a link for one buyer. Never repeated after it may have been made. */
export async function execute(this: IExecuteFunctions, itemIndex: number, bot: Bot): Promise<IDataObject> {
	const chatId = readChatId.call(this, itemIndex);
	const kind = this.getNodeParameter('kind', itemIndex) as string;
	const name = readText.call(this, itemIndex, 'name');
	if ([...name].length > MAX_NAME_LENGTH) {
		throw new RangeError(`The name of a link has at most ${MAX_NAME_LENGTH} characters`);
	}
	const link = await bot.call(
		'createChatInviteLink',
		{
			chat_id: chatId,
			...(name !== '' && { name }),
			...expiry(Number(this.getNodeParameter('validForHours', itemIndex))),
			// The two exclude each other.
			...(kind === 'joinRequest'
				? { creates_join_request: true }
				: memberLimit(Number(this.getNodeParameter('memberLimit', itemIndex)))),
		},
		linkSchema,
	);
	return {
		inviteLink: link.invite_link,
		name: link.name ?? null,
		kind,
		chatId: bot.migratedToChatId ?? chatId,
		expiresAt: link.expire_date === undefined ? null : new Date(link.expire_date * 1000).toISOString(),
	};
}

function expiry(hours: number): { expire_date?: number } {
	if (!(hours >= 0)) throw new RangeError('"Valid for" must be a number of hours from 0 up');
	return hours === 0 ? {} : { expire_date: Math.floor((Date.now() + hours * HOUR_MS) / 1000) };
}

function memberLimit(limit: number): { member_limit: number } {
	if (!Number.isInteger(limit) || limit < 1 || limit > MAX_MEMBER_LIMIT) {
		throw new RangeError(`The member limit must be a whole number from 1 to ${MAX_MEMBER_LIMIT}`);
	}
	return { member_limit: limit };
}
