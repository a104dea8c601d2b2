import { MAX_BODY_BYTES } from '../shared/bodyLimit';
import { secureCompare } from '../shared/secureCompare';
import { storable } from '../shared/storable';
import { toBotEvent, UnreadableUpdateError, type BotEvent } from './update';
import { choiceOf, type EventChoice } from './updateKinds';

export interface UpdateRequest {
	body: unknown;
	/** Header `X-Telegram-Bot-Api-Secret-Token`. */
	secret: unknown;
	bodyBytes: number;
}

export interface IntakeSettings {
	/** What the header has to be; null when the credential has no token, so that nothing is let in. */
	secret: string | null;
	events: readonly EventChoice[];
	/** Chats whose join requests and member changes count; empty for all. */
	chatIds: readonly string[];
	includeRaw: boolean;
}

/** What the workflow gets. */
export type IntakeItem = BotEvent & { raw?: object };

/** Either an event to run the workflow with, or the answer that ends the request. */
export type Intake = { event: IntakeItem } | { status: 200 | 401 | 413 | 422; message: string };

/**
 * Decides what becomes of a request to the webhook (providers/telegram.md §5). Fails closed and never throws. Anything
 * but 200 makes Telegram deliver the update again for 24 hours.
 */
export function takeIn(request: UpdateRequest, settings: IntakeSettings): Intake {
	if (settings.secret === null) {
		return { status: 401, message: 'No bot token is set in the Telegram Invite credential of this trigger' };
	}
	if (typeof request.secret !== 'string' || !secureCompare(request.secret, settings.secret)) {
		return { status: 401, message: 'Secret token missing or wrong' };
	}
	if (request.bodyBytes > MAX_BODY_BYTES) return { status: 413, message: `Body over ${MAX_BODY_BYTES} bytes` };
	try {
		const event = toBotEvent(request.body);
		if (!event || !isWanted(event, settings)) return { status: 200, message: 'ok' };
		return { event: storable(settings.includeRaw ? { ...event, raw: request.body as object } : event) };
	} catch (error) {
		const message = error instanceof UnreadableUpdateError ? error.message : 'The update cannot be read';
		return { status: 422, message };
	}
}

function isWanted({ event, chatId }: BotEvent, { events, chatIds }: IntakeSettings): boolean {
	const choice = choiceOf(event);
	if (!events.includes(choice)) return false;
	const isOfChat = choice === 'joinRequest' || choice === 'memberChange';
	return !isOfChat || chatIds.length === 0 || chatIds.includes(chatId);
}
