import { z } from 'zod';

import { chatMemberSchema, isPresent } from './chatMember';

const user = z.object({
	id: z.number().int(),
	is_bot: z.boolean(),
	first_name: z.string(),
	last_name: z.string().optional(),
	username: z.string().optional(),
	language_code: z.string().optional(),
});
const chat = z.object({ id: z.number().int(), type: z.string() });
/** Unix seconds, up to the year 9999. */
const date = z.number().int().nonnegative().max(253_402_300_799);
const inviteLink = z.object({
	invite_link: z.string(),
	name: z.string().optional(),
	creates_join_request: z.boolean().optional(),
});
const message = z.object({
	chat,
	date,
	from: user.optional(),
	text: z.string().optional(),
	caption: z.string().optional(),
});
const callbackQuery = z.object({
	id: z.string(),
	from: user,
	message: z.object({ chat }).optional(),
	data: z.string().optional(),
});
const joinRequest = z.object({ chat, date, from: user, invite_link: inviteLink.optional() });
const memberChange = z.object({
	chat,
	date,
	from: user,
	old_chat_member: chatMemberSchema,
	new_chat_member: chatMemberSchema.extend({ user }),
	invite_link: inviteLink.optional(),
});

/** The kinds of update an event is made of (providers/telegram.md §5); all others are let through unread. */
const updateSchema = z.object({
	update_id: z.number().int(),
	message: message.optional(),
	callback_query: callbackQuery.optional(),
	chat_join_request: joinRequest.optional(),
	chat_member: memberChange.optional(),
	my_chat_member: memberChange.optional(),
});

type User = z.infer<typeof user>;

export type BotEventKind =
	| 'command'
	| 'message'
	| 'button'
	| 'join_request'
	| 'joined'
	| 'left'
	| 'bot_blocked'
	| 'bot_unblocked';

/** What a person did. Ids are strings: Telegram's take up to 52 bits. */
export interface BotEvent {
	/** The same for every redelivery of the update. */
	updateId: string;
	event: BotEventKind;
	/** Lower case, without slash and bot name: `pay` of `/Pay@SomeBot now`. */
	command: string | null;
	/** What follows the command; empty when nothing does. */
	payload: string;
	/** Text or caption of the message. */
	text: string | null;
	/** What the pressed button carries. */
	callbackData: string | null;
	/** To answer the press with. */
	callbackQueryId: string | null;
	chatId: string;
	/** The person concerned: not the administrator who let somebody in or removed them. */
	userId: string;
	username: string | null;
	name: string;
	languageCode: string | null;
	/** The link by which the person came or asked to come. */
	inviteLink: { link: string; name: string | null; createsJoinRequest: boolean } | null;
	/** UTC, ISO 8601. */
	occurredAt: string;
}

/** Something that is no update of the Bot API, or one whose known part cannot be read. */
export class UnreadableUpdateError extends Error {
	override readonly name = 'UnreadableUpdateError';

	constructor(readonly field: string) {
		super(field === '' ? 'Not an update of the Bot API' : `Field "${field}" of the update cannot be read`);
	}
}

/**
 * Reads an update of the Bot API (providers/telegram.md §5). Commands and messages count in private chats only; what
 * bots do never counts.
 *
 * @param receivedAt time of a button press, which has none of its own
 * @returns null for an update that is no event
 * @throws UnreadableUpdateError
 */
export function toBotEvent(update: unknown, receivedAt: Date = new Date()): BotEvent | null {
	const parsed = updateSchema.safeParse(update);
	if (!parsed.success) throw new UnreadableUpdateError(parsed.error.issues[0]?.path.join('.') ?? '');
	const event = readEvent(parsed.data, receivedAt);
	return event && { updateId: String(parsed.data.update_id), ...event };
}

type EventWithoutId = Omit<BotEvent, 'updateId'>;

function readEvent(update: z.infer<typeof updateSchema>, receivedAt: Date): EventWithoutId | null {
	if (update.message) return messageEvent(update.message);
	if (update.callback_query) return buttonEvent(update.callback_query, receivedAt);
	if (update.chat_join_request) return joinRequestEvent(update.chat_join_request);
	if (update.chat_member) return memberEvent(update.chat_member);
	if (update.my_chat_member) return botBlockEvent(update.my_chat_member);
	return null;
}

function messageEvent({ chat: { id, type }, from, ...sent }: z.infer<typeof message>): EventWithoutId | null {
	if (type !== 'private' || !from || from.is_bot) return null;
	const text = sent.text ?? sent.caption ?? null;
	const command = /^\/(\w{1,64})(?:@\w+)?(?:\s+(.*))?$/s.exec(sent.text ?? '');
	return {
		...eventOf(command ? 'command' : 'message', id, from, isoTime(sent.date)),
		command: command?.[1]?.toLowerCase() ?? null,
		payload: command?.[2]?.trim() ?? '',
		text,
	};
}

function buttonEvent({ id, from, ...press }: z.infer<typeof callbackQuery>, receivedAt: Date): EventWithoutId | null {
	if (from.is_bot) return null;
	return {
		// A press on a message sent by inline query names no chat.
		...eventOf('button', press.message?.chat.id ?? from.id, from, receivedAt.toISOString()),
		callbackData: press.data ?? null,
		callbackQueryId: id,
	};
}

function joinRequestEvent({ from, ...request }: z.infer<typeof joinRequest>): EventWithoutId {
	return {
		...eventOf('join_request', request.chat.id, from, isoTime(request.date)),
		inviteLink: readInviteLink(request.invite_link),
	};
}

function memberEvent(change: z.infer<typeof memberChange>): EventWithoutId | null {
	const [before, after] = [isPresent(change.old_chat_member), isPresent(change.new_chat_member)];
	const person = change.new_chat_member.user;
	if (before === after || person.is_bot) return null;
	return {
		...eventOf(after ? 'joined' : 'left', change.chat.id, person, isoTime(change.date)),
		inviteLink: readInviteLink(change.invite_link),
	};
}

/** In a private chat the change of the bot's own membership means that the person has blocked or unblocked it. */
function botBlockEvent(change: z.infer<typeof memberChange>): EventWithoutId | null {
	const [before, after] = [isPresent(change.old_chat_member), isPresent(change.new_chat_member)];
	if (change.chat.type !== 'private' || before === after) return null;
	return eventOf(after ? 'bot_unblocked' : 'bot_blocked', change.chat.id, change.from, isoTime(change.date));
}

function eventOf(event: BotEventKind, chatId: number, person: User, occurredAt: string): EventWithoutId {
	return {
		event,
		command: null,
		payload: '',
		text: null,
		callbackData: null,
		callbackQueryId: null,
		chatId: String(chatId),
		userId: String(person.id),
		username: person.username ?? null,
		name: [person.first_name, person.last_name].filter(Boolean).join(' '),
		languageCode: person.language_code ?? null,
		inviteLink: null,
		occurredAt,
	};
}

function readInviteLink(link: z.infer<typeof inviteLink> | undefined): BotEvent['inviteLink'] {
	if (!link) return null;
	return {
		link: link.invite_link,
		name: link.name ?? null,
		createsJoinRequest: link.creates_join_request === true,
	};
}

function isoTime(unixSeconds: number): string {
	return new Date(unixSeconds * 1000).toISOString();
}
