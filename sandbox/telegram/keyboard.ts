import { z } from 'zod';
import { badRequest } from './apiError';
import type { CallParameters } from './callParameters';
import { isOpenable } from './text/html';

/** `InlineKeyboardButton` of the Bot API; what else it can hold is kept as it is. */
export interface Button {
	readonly text: string;
	readonly url?: string;
	readonly callback_data?: string;
}

const MAX_CALLBACK_BYTES = 64;
const MAX_BUTTONS = 100;

const markup = z.record(z.unknown());
const rows = z.array(z.array(z.record(z.unknown())));
const action = z
	.object({
		text: z.string().min(1),
		url: z.string().optional(),
		callback_data: z.string().optional(),
		web_app: z.object({ url: z.string() }).optional(),
		login_url: z.object({ url: z.string() }).optional(),
		copy_text: z.object({ text: z.string().min(1) }).optional(),
		switch_inline_query: z.string().optional(),
	})
	.passthrough();

/**
 * The inline keyboard in `reply_markup`; a message with another kind of keyboard has no buttons of its own.
 *
 * @throws ApiError 400 as Telegram refuses it
 */
export function inlineKeyboard(call: CallParameters): ReadonlyArray<readonly Button[]> {
	const given = call.json('reply_markup', "can't parse reply keyboard markup JSON object");
	if (given === undefined) return [];
	const object = markup.safeParse(given);
	if (!object.success) throw badRequest('object expected as reply markup');
	if (object.data['inline_keyboard'] === undefined) return [];
	const parsed = rows.safeParse(object.data['inline_keyboard']);
	if (!parsed.success) throw badRequest('field "inline_keyboard" must be an Array of Arrays of buttons');
	const keyboard = parsed.data.map((row) => row.map(readButton)).filter((row) => row.length > 0);
	if (keyboard.flat().length > MAX_BUTTONS) throw badRequest('REPLY_MARKUP_TOO_LONG');
	return keyboard;
}

function readButton(given: Record<string, unknown>): Button {
	const parsed = action.safeParse(given);
	if (!parsed.success) {
		const field = parsed.error.issues[0]?.path.join('.') ?? '';
		throw badRequest(`can't parse inline keyboard button: field "${field}" is missing or of a wrong type`);
	}
	const { text, ...actions } = parsed.data;
	if (Object.values(actions).every((value) => value === undefined)) {
		throw badRequest("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard");
	}
	const { url, callback_data: data } = actions;
	if (url !== undefined && !isOpenable(url)) {
		throw badRequest(`inline keyboard button URL '${url}' is invalid: Wrong HTTP URL`);
	}
	if (data !== undefined && (data === '' || Buffer.byteLength(data) > MAX_CALLBACK_BYTES)) {
		throw badRequest('BUTTON_DATA_INVALID');
	}
	return { text, ...actions };
}
