import type { Account } from './account';
import { ApiError, tooManyRequests } from './apiError';
import type { BotRights, Chat } from './chat';
import { ALL_RIGHTS, OWNER } from './chat';
import type { Faults } from './faults';
import { InviteLink, NO_TERMS } from './inviteLink';
import type { InviteTerms } from './inviteLink';
import type { ApiCall, Delivery, Journal } from './journal';
import { changeBot, changeMembership } from './memberships';
import type { MessageView } from './message';
import { messageView } from './message';
import { Person } from './person';
import type { Update } from './updateQueue';
import { updateJson } from './updateQueue';
import type { WebhookAnswer } from './webhookRequest';
import type { World } from './world';

/** A person to make or to find. */
export interface UserOptions {
	/** At most 52 bits; a free one when absent. */
	readonly id?: string | number;
	readonly username?: string;
	readonly firstName?: string;
	readonly languageCode?: string;
}

/** An invite link with what it holds. */
export interface LinkView {
	readonly chatId: string;
	readonly url: string;
	readonly name: string;
	/** 0 is any number. */
	readonly memberLimit: number;
	/** UTC ISO; null is never. */
	readonly expiresAt: string | null;
	readonly createsJoinRequest: boolean;
	readonly isPrimary: boolean;
	readonly isRevoked: boolean;
	/** `owner`: made by a person, not by the bot. */
	readonly creator: 'bot' | 'owner';
	/** Everybody who ever came in by it. */
	readonly joinedUserIds: readonly string[];
	/** How many of them are in the chat now. */
	readonly placesTaken: number;
}

export interface MemberView {
	readonly userId: string;
	readonly status: 'creator' | 'administrator' | 'member' | 'left' | 'kicked';
	/** Name of the link the person is in by; null without. */
	readonly linkName: string | null;
}

export interface UpdateView extends Pick<Update, 'id' | 'type' | 'state' | 'attempts'> {
	/** As it is delivered. */
	readonly body: object;
}

export interface FailOptions {
	readonly status: number;
	/** Seconds; for 429. @default 1 */
	readonly retryAfter?: number;
	/** Only calls of this method. */
	readonly method?: string;
	/** The reason, without the words Telegram puts before it. */
	readonly reason?: string;
}

/** Only calls of this method, where one is named. */
export interface MethodFilter {
	readonly method?: string;
}

const REASONS: Readonly<Record<number, string>> = {
	400: 'PARTICIPANT_ID_INVALID',
	401: 'Unauthorized',
	403: 'bot was blocked by the user',
	409: 'terminated by other getUpdates request',
};
const POLL_MS = 10;

/** Drives the stand-in: what a test or the control API may do to it. Ids are decimal text. */
export class TelegramControl {
	private readonly persons = new WeakMap<Account, Person>();

	constructor(
		private readonly world: World,
		private readonly faults: Faults,
		private readonly journal: Journal,
	) {}

	/** A person, new or known by the id; given names replace the former ones. */
	user({ id, username, firstName, languageCode }: UserOptions = {}): Person {
		const account = this.world.people.open(id === undefined ? undefined : String(id), {
			...(firstName === undefined ? {} : { firstName }),
			...(username === undefined ? {} : { username }),
			...(languageCode === undefined ? {} : { languageCode }),
		});
		return this.personOf(account);
	}

	/** Everybody there is, oldest first. */
	people(): readonly Person[] {
		return this.world.people.all.map((account) => this.personOf(account));
	}

	/** The bot's chats. */
	chats(): ReadonlyArray<Pick<Chat, 'title' | 'type'> & { readonly id: string }> {
		return this.world.chats.all.map(({ id, title, type }) => ({ id: String(id), title, type }));
	}

	/** The invite links of one chat or of all, oldest first. */
	links(chatId?: string): readonly LinkView[] {
		const chats = chatId === undefined ? this.world.chats.all : [this.chat(chatId)];
		return chats.flatMap((chat) => chat.links.map((link) => this.linkView(chat, link)));
	}

	/** Everybody who is or was in the chat, without the bot. */
	members(chatId: string): readonly MemberView[] {
		return this.chat(chatId)
			.membershipsAt(this.world.clock.unix())
			.map(([userId, { status, link }]) => ({ userId: String(userId), status, linkName: link?.terms.name ?? null }));
	}

	/** What stands in a channel or group, oldest first. */
	chatMessages(chatId: string): readonly MessageView[] {
		return this.chat(chatId).messages.map(messageView);
	}

	/** Makes a person an administrator, whom the bot cannot remove. */
	promote(chatId: string, userId: string): void {
		const next = { status: 'administrator', until: 0, link: null } as const;
		changeMembership(this.world, this.chat(chatId), this.account(userId), next, { by: OWNER });
	}

	/** A link made by the owner of the chat, which the bot can neither edit nor revoke; its address. */
	ownerLink(chatId: string, terms: Partial<InviteTerms> = {}): string {
		const link = new InviteLink('owner', false, { ...NO_TERMS, ...terms });
		this.chat(chatId).links.push(link);
		return link.url;
	}

	/** The owner takes the bot's administrator rights; a channel it has to leave. */
	demoteBot(chatId: string): void {
		const chat = this.chat(chatId);
		changeBot(this.world, chat, chat.type === 'channel' ? 'left' : 'member', chat.botRights);
	}

	/** The owner throws the bot out. */
	kickBot(chatId: string): void {
		const chat = this.chat(chatId);
		changeBot(this.world, chat, 'kicked', chat.botRights);
	}

	/** The bot is an administrator again, with these rights only if some are named. */
	promoteBot(chatId: string, rights: Partial<BotRights> = {}): void {
		changeBot(this.world, this.chat(chatId), 'administrator', { ...ALL_RIGHTS, ...rights });
	}

	/** Upgrades the chat: calls with the old id are told the new one, which is returned. */
	migrate(chatId: string): string {
		const chat = this.chat(chatId);
		const next = this.world.chats.upgrade(chat);
		this.world.updates.add('message', `chat ${chat.id}`, {
			message_id: this.world.messageIds.next(),
			chat: chat.toJson(),
			date: this.world.clock.unix(),
			migrate_to_chat_id: next.id,
		});
		return String(next.id);
	}

	/** The calls of the Bot API, oldest first; of one method if it is named. */
	requests(method?: string): readonly ApiCall[] {
		return this.journal.calls.filter((call) => method === undefined || call.method === method);
	}

	/** How many calls of the method there were; only those with this status if it is given, null for a cut connection. */
	countRequests(method: string, status?: number | null): number {
		return this.requests(method).filter((call) => status === undefined || call.status === status).length;
	}

	/** The updates made for the bot, oldest first. */
	updates(): readonly UpdateView[] {
		return this.world.updates.all.map((update) => {
			const { id, type, state, attempts } = update;
			return { id, type, state, attempts, body: updateJson(update) };
		});
	}

	/** Attempts to deliver them, oldest first. */
	deliveries(): readonly Delivery[] {
		return [...this.journal.deliveries];
	}

	/**
	 * Waits until every update is delivered or given up, with the calls its answer asked for.
	 *
	 * @throws Error when that does not happen in time; it lists what waits
	 */
	async waitForDeliveries(timeoutMs = 15_000): Promise<readonly Delivery[]> {
		const deadline = Date.now() + timeoutMs;
		while (!this.world.webhook.isIdle) {
			if (Date.now() > deadline) {
				const waiting = this.world.updates.waiting.map(({ id, type, attempts }) => `${id} ${type}, tried ${attempts}×`);
				const { settings, lastError } = this.world.webhook;
				const reason = settings ? (lastError?.text ?? 'no failure yet') : 'the bot has no webhook';
				throw new Error(`Not delivered within ${timeoutMs} ms (${reason}): ${waiting.join('; ') || 'on their way'}`);
			}
			await new Promise((resolve) => setTimeout(resolve, POLL_MS));
		}
		return this.deliveries();
	}

	/** The next `count` calls are refused. */
	failNext(count: number, options: FailOptions): void {
		this.faults.add({ kind: 'fail', error: faultError(options) }, count, options.method);
	}

	/** For `ms` from now on every call is answered 429. */
	tooManyFor(ms: number): void {
		this.faults.flood(ms);
	}

	/** The next `count` calls get no answer and have no effect. */
	dropNext(count: number, { method }: MethodFilter = {}): void {
		this.faults.add({ kind: 'drop', apply: false }, count, method);
	}

	/** The next `count` calls take effect, but get no answer. */
	applyThenDropNext(count: number, { method }: MethodFilter = {}): void {
		this.faults.add({ kind: 'drop', apply: true }, count, method);
	}

	/** The next `count` calls are served after `ms`. */
	delayNext(ms: number, count = 1, { method }: MethodFilter = {}): void {
		this.faults.add({ kind: 'delay', ms }, count, method);
	}

	/** While true, connections to the Bot API are cut. The pages and the control API go on. */
	down(isDown: boolean): void {
		this.faults.isDown = isDown;
	}

	/**
	 * Posts an update that is not from Telegram to the webhook.
	 *
	 * @param secret the header; null leaves it out
	 * @param update its body; a `/start` of nobody when absent
	 */
	async sendForged(secret: string | null, update: object = this.forgedStart()): Promise<WebhookAnswer> {
		return await this.world.webhook.forge(update, secret);
	}

	/** Delivers an update once more, in so many identical copies at once. */
	async deliver(updateId: number, { copies = 1 }: { copies?: number } = {}): Promise<readonly WebhookAnswer[]> {
		const update = this.world.updates.all.find(({ id }) => id === updateId);
		if (!update) throw new Error(`There is no update ${updateId}`);
		return await this.world.webhook.repeat(update, copies);
	}

	/** Moves the clock: links, bans and updates expire. */
	advance(ms: number): void {
		this.world.clock.advance(ms);
		this.world.updates.expire();
	}

	/** Forgets people, links, members, updates, faults and the journal. The webhook stays: a bot sets it only once. */
	reset(): void {
		this.world.updates.reset();
		this.world.webhook.reset();
		this.world.callbacks.clear();
		this.world.people.clear();
		this.world.chats.reset();
		this.faults.clear();
		this.journal.clear();
	}

	private personOf(account: Account): Person {
		const person = this.persons.get(account) ?? new Person(account, this.world);
		this.persons.set(account, person);
		return person;
	}

	private chat(id: string): Chat {
		const chat = this.world.chats.find(Number(id));
		if (!chat) throw new Error(`There is no chat ${id}`);
		return chat;
	}

	private account(id: string): Account {
		const account = this.world.people.find(Number(id));
		if (!account) throw new Error(`There is no user ${id}`);
		return account;
	}

	private linkView(chat: Chat, link: InviteLink): LinkView {
		const { name, memberLimit, expireDate, createsJoinRequest } = link.terms;
		const { url, isPrimary, isRevoked, creator, joinedIds } = link;
		return {
			chatId: String(chat.id),
			url,
			name,
			memberLimit,
			expiresAt: expireDate === 0 ? null : new Date(expireDate * 1000).toISOString(),
			createsJoinRequest,
			isPrimary,
			isRevoked,
			creator,
			joinedUserIds: joinedIds.map(String),
			placesTaken: chat.placesTaken(link, this.world.clock.unix()),
		};
	}

	private forgedStart(): object {
		const nobody = { id: 4_000_000_666, is_bot: false, first_name: 'Nobody' };
		const chat = { id: nobody.id, type: 'private', first_name: 'Nobody' };
		return {
			update_id: 1,
			message: { message_id: 1, from: nobody, chat, date: this.world.clock.unix(), text: '/start' },
		};
	}
}

function faultError({ status, retryAfter = 1, reason }: FailOptions): ApiError {
	if (status === 429) return tooManyRequests(retryAfter);
	return new ApiError(status, reason ?? REASONS[status] ?? 'Internal Server Error');
}
