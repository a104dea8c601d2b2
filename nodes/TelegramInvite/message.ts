import { plainText, visibleText } from './html';
import { fillHtml, fillText, fillUrl, type Placeholders } from './template';

/** Telegram counts what is left without markup; UTF-16 units are the strictest way (providers/telegram.md §3). */
const MAX_TEXT_LENGTH = 4096;
const MAX_CALLBACK_BYTES = 64;

/** A button as somebody has written it; with an address it opens that, else a press sends the data back. */
export interface ButtonTemplate {
	text: string;
	url: string;
	callbackData: string;
}

export interface Button {
	text: string;
	url?: string;
	callback_data?: string;
}

export interface Message {
	/** Telegram HTML. */
	html: string;
	/** The same without markup, for when Telegram cannot read it. */
	plain: string;
	/** Rows, as Telegram's `inline_keyboard` has them. */
	buttons: Button[][];
}

/**
 * Fills a message.
 *
 * @throws RangeError for what Telegram would refuse: no text or too much, a button without text or with a bad address
 */
export function composeMessage(
	template: string,
	buttons: readonly ButtonTemplate[],
	placeholders: Placeholders,
): Message {
	const html = fillHtml(template, placeholders);
	const { length } = visibleText(html).trim();
	if (length === 0) throw new RangeError('The text of the message is empty');
	if (length > MAX_TEXT_LENGTH) {
		throw new RangeError(`The text has ${length} characters, over Telegram's ${MAX_TEXT_LENGTH}: shorten it`);
	}
	return { html, plain: plainText(html), buttons: buttons.flatMap((button) => rowOf(button, placeholders)) };
}

/** One button per row; none for a button that leads nowhere, so that an optional link needs no second message. */
function rowOf(template: ButtonTemplate, placeholders: Placeholders): Button[][] {
	const text = fillText(template.text, placeholders).trim();
	const url = fillUrl(template.url, placeholders);
	const callbackData = fillText(template.callbackData, placeholders).trim();
	if (url === '' && callbackData === '') return [];
	if (text === '') throw new RangeError('A button has no text');
	if (url !== '') return [[{ text, url }]];
	if (Buffer.byteLength(callbackData, 'utf8') > MAX_CALLBACK_BYTES) {
		throw new RangeError(`The data of the button "${text}" has more than ${MAX_CALLBACK_BYTES} bytes`);
	}
	return [[{ text, callback_data: callbackData }]];
}
