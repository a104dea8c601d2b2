import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import { z } from 'zod';

import { composeMessage, type ButtonTemplate, type Message } from '../../message';
import { BotApiError } from '../../shared/answers';
import type { Bot, MethodParameters } from '../../shared/bot';
import { chatIdField, optionsField, readChatId } from '../../shared/fields';
import { orRefusal, type Refusal } from '../../shared/refusals';

const showOnlyForSend = { resource: ['message'], operation: ['send'] };

export const description: INodeProperties[] = [
	chatIdField(showOnlyForSend, 'The person, who must have started the bot, or a chat the bot is in'),
	{
		displayName: 'Text',
		name: 'text',
		type: 'string',
		typeOptions: { rows: 5 },
		default: '',
		required: true,
		placeholder: 'e.g. <b>Payment received.</b> Welcome to {course}!',
		description: 'Telegram HTML: write &lt; &gt; &amp; for these signs. {name} stands for a placeholder.',
		displayOptions: { show: showOnlyForSend },
	},
	{
		displayName: 'Placeholders',
		name: 'placeholders',
		type: 'fixedCollection',
		typeOptions: { multipleValues: true, multipleValueButtonText: 'Add Placeholder' },
		placeholder: 'Add Placeholder',
		default: {},
		description: 'Values put in place of {name} in the text and the buttons; any signs in them are safe',
		displayOptions: { show: showOnlyForSend },
		options: [
			{
				displayName: 'Placeholder',
				name: 'placeholder',
				values: [
					{
						displayName: 'Name',
						name: 'name',
						type: 'string',
						default: '',
						placeholder: 'e.g. course',
						description: 'Without braces',
					},
					{ displayName: 'Value', name: 'value', type: 'string', default: '' },
				],
			},
		],
	},
	{
		displayName: 'Buttons',
		name: 'buttons',
		type: 'fixedCollection',
		typeOptions: { multipleValues: true, multipleValueButtonText: 'Add Button' },
		placeholder: 'Add Button',
		default: {},
		description: 'Shown below the text, one per row',
		displayOptions: { show: showOnlyForSend },
		options: [
			{
				displayName: 'Button',
				name: 'button',
				values: [
					{ displayName: 'Text', name: 'text', type: 'string', default: '', placeholder: 'e.g. Open the channel' },
					{
						displayName: 'URL',
						name: 'url',
						type: 'string',
						default: '',
						placeholder: 'e.g. {link}',
						description: 'What the button opens. A button with neither address nor data is left out.',
					},
					{
						displayName: 'Press Data',
						name: 'callbackData',
						type: 'string',
						default: '',
						placeholder: 'e.g. buy',
						description: 'Without an address: what a press sends to the trigger, at most 64 bytes',
					},
				],
			},
		],
	},
	optionsField(showOnlyForSend, [
		{
			displayName: 'Link Preview',
			name: 'linkPreview',
			type: 'boolean',
			default: false,
			description: 'Whether to show a preview of the first link in the text',
		},
		{
			displayName: 'Protect Content',
			name: 'protectContent',
			type: 'boolean',
			default: false,
			description: 'Whether to keep the message from being forwarded and saved',
		},
		{
			displayName: 'Silent',
			name: 'silent',
			type: 'boolean',
			default: false,
			description: 'Whether to deliver without a sound',
		},
	]),
];

interface SendOptions {
	linkPreview?: boolean;
	protectContent?: boolean;
	silent?: boolean;
}

const messageSchema = z.object({ message_id: z.number().int(), chat: z.object({ id: z.number().int() }) });

/**
 * Sends a message. That a person cannot be written to is an outcome, not an error: access is kept and given another way
 * (ST9).
 */
export async function execute(this: IExecuteFunctions, itemIndex: number, bot: Bot): Promise<IDataObject> {
	const chatId = readChatId.call(this, itemIndex);
	const message = readMessage.call(this, itemIndex);
	const options = this.getNodeParameter('options', itemIndex, {}) as SendOptions;
	const delivery = send(bot, message, {
		chat_id: chatId,
		link_preview_options: { is_disabled: options.linkPreview !== true },
		...(options.protectContent && { protect_content: true }),
		...(options.silent && { disable_notification: true }),
		...(message.buttons.length > 0 && { reply_markup: { inline_keyboard: message.buttons } }),
	});
	const sent = await orRefusal(delivery, ...unreachable(chatId));
	if (sent instanceof BotApiError) {
		return { outcome: 'unreachable', messageId: null, chatId, reason: sent.description };
	}
	return { outcome: 'sent', messageId: String(sent.message_id), chatId: String(sent.chat.id), reason: null };
}

/** In groups and channels 403 means that the bot was thrown out, which somebody has to put right. */
function unreachable(chatId: string): Refusal[] {
	const isPerson = /^\d/.test(chatId);
	return isPerson ? ['chatUnknown', 'botShutOut'] : ['chatUnknown'];
}

function readMessage(this: IExecuteFunctions, itemIndex: number): Message {
	const { button = [] } = this.getNodeParameter('buttons', itemIndex, {}) as {
		button?: Array<Partial<Record<keyof ButtonTemplate, unknown>>>;
	};
	const { placeholder = [] } = this.getNodeParameter('placeholders', itemIndex, {}) as {
		placeholder?: Array<{ name?: unknown; value?: unknown }>;
	};
	const text = (value: unknown) => String(value ?? '');
	return composeMessage(
		text(this.getNodeParameter('text', itemIndex)),
		button.map(({ text: label, url, callbackData }) => ({
			text: text(label),
			url: text(url),
			callbackData: text(callbackData),
		})),
		new Map(placeholder.map(({ name, value }) => [text(name).trim(), text(value)])),
	);
}

/** Markup Telegram cannot read is no reason to keep a paid link from its buyer. */
async function send(bot: Bot, message: Message, parameters: MethodParameters): Promise<z.infer<typeof messageSchema>> {
	const html = { ...parameters, text: message.html, parse_mode: 'HTML' };
	const sent = await orRefusal(bot.call('sendMessage', html, messageSchema), 'markupBroken');
	if (!(sent instanceof BotApiError)) return sent;
	return await bot.call('sendMessage', { ...parameters, text: message.plain }, messageSchema);
}
