import type { ChatJson, MessageJson, UserJson } from './apiTypes';
import type { Button } from './keyboard';
import type { Entity, FormattedText } from './text/entities';

/** A message somebody wrote. */
export interface Message extends FormattedText {
	readonly id: number;
	readonly sender: 'bot' | 'person';
	readonly at: Date;
	readonly keyboard: ReadonlyArray<readonly Button[]>;
}

/** A message as a person sees it on the screen. */
export interface MessageView {
	readonly id: number;
	readonly from: 'bot' | 'person';
	readonly text: string;
	readonly entities: readonly Entity[];
	/** All buttons, row by row. */
	readonly buttons: readonly Button[];
	/** UTC ISO. */
	readonly at: string;
}

/** A message as the Bot API tells it; in a channel the channel itself is the sender. */
export function messageJson(message: Message, chat: ChatJson, author: UserJson): MessageJson {
	return {
		message_id: message.id,
		...(chat.type === 'channel' ? { sender_chat: chat } : { from: author }),
		chat,
		date: Math.floor(message.at.getTime() / 1000),
		text: message.text,
		...(message.entities.length > 0 ? { entities: message.entities } : {}),
		...(message.keyboard.length > 0 ? { reply_markup: { inline_keyboard: message.keyboard } } : {}),
	};
}

export function messageView({ id, sender, text, entities, keyboard, at }: Message): MessageView {
	return { id, from: sender, text, entities, buttons: keyboard.flat(), at: at.toISOString() };
}
