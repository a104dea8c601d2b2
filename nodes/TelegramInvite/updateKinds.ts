import type { BotEventKind } from './update';

/** What a trigger can be told to listen to. */
export type EventChoice = 'command' | 'message' | 'button' | 'joinRequest' | 'memberChange' | 'botBlocked';

const CHOICE_OF: Readonly<Record<BotEventKind, EventChoice>> = {
	command: 'command',
	message: 'message',
	button: 'button',
	join_request: 'joinRequest',
	joined: 'memberChange',
	left: 'memberChange',
	bot_blocked: 'botBlocked',
	bot_unblocked: 'botBlocked',
};

const UPDATE_OF: Readonly<Record<EventChoice, string>> = {
	command: 'message',
	message: 'message',
	button: 'callback_query',
	joinRequest: 'chat_join_request',
	memberChange: 'chat_member',
	botBlocked: 'my_chat_member',
};

/** The choice an event belongs to. */
export function choiceOf(kind: BotEventKind): EventChoice {
	return CHOICE_OF[kind];
}

/**
 * The updates Telegram is to send for the chosen events, and no others. An empty list would mean Telegram's own choice,
 * which lacks `chat_member` (providers/telegram.md §5).
 */
export function allowedUpdates(choices: readonly EventChoice[]): string[] {
	return [...new Set(choices.map((choice) => UPDATE_OF[choice]))].sort();
}
