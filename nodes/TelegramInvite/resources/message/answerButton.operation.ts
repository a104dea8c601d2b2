import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import { z } from 'zod';

import type { Bot } from '../../shared/bot';
import { optionsField, readText } from '../../shared/fields';
import { orRefusal } from '../../shared/refusals';

const MAX_NOTICE_LENGTH = 200;

const showOnlyForAnswerButton = { resource: ['message'], operation: ['answerButton'] };

export const description: INodeProperties[] = [
	{
		displayName: 'Callback Query ID',
		name: 'callbackQueryId',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. {{ $json.callbackQueryId }}',
		description: 'From the item of the trigger. Until it is answered, the button shows that it is waiting.',
		displayOptions: { show: showOnlyForAnswerButton },
	},
	{
		displayName: 'Notice',
		name: 'notice',
		type: 'string',
		default: '',
		placeholder: 'e.g. Your link is on its way',
		description: `Shown for a moment on top of the chat, at most ${MAX_NOTICE_LENGTH} characters. Empty for none.`,
		displayOptions: { show: showOnlyForAnswerButton },
	},
	optionsField(showOnlyForAnswerButton),
];

/** Tells Telegram that a press has been noticed; it accepts that for some minutes only. */
export async function execute(this: IExecuteFunctions, itemIndex: number, bot: Bot): Promise<IDataObject> {
	const callbackQueryId = readText.call(this, itemIndex, 'callbackQueryId');
	const notice = readText.call(this, itemIndex, 'notice');
	if (callbackQueryId === '') throw new RangeError('The callback query ID is missing');
	if (notice.length > MAX_NOTICE_LENGTH) {
		throw new RangeError(`The notice has more than ${MAX_NOTICE_LENGTH} characters`);
	}
	const answer = { callback_query_id: callbackQueryId, ...(notice !== '' && { text: notice }) };
	const answered = await orRefusal(bot.call('answerCallbackQuery', answer, z.literal(true)), 'pressTooOld');
	return { outcome: answered === true ? 'answered' : 'too_late' };
}
