import type { Account } from './account';
import { isInside } from './chat';
import { startPayloadOf } from './deepLink';
import { inviteHashOf } from './inviteLink';
import type { Button } from './keyboard';
import { changeMembership, linkJson } from './memberships';
import type { Message, MessageView } from './message';
import { messageJson, messageView } from './message';
import { withFoundEntities } from './text/entities';
import type { World } from './world';
import { newMessage } from './world';

/** What became of an opened invite link. */
export type InviteOutcome = 'joined' | 'requested' | 'already_member' | 'link_invalid' | 'banned';
/** `started`: a deep link of the bot; `elsewhere`: a web page, which is for a browser to open. */
export type LinkOutcome = InviteOutcome | 'started' | 'elsewhere';

/** Something a person cannot do in Telegram either. */
export class PersonError extends Error {}

const PAYLOAD = /^[A-Za-z0-9_-]{1,64}$/;
const POLL_MS = 10;

/** Somebody with Telegram on the phone. */
export class Person {
	/** Messages a wait returned. */
	private readonly awaited = new Set<number>();

	constructor(
		private readonly account: Account,
		private readonly world: World,
	) {}

	/** Decimal, as everywhere in the control. */
	get id(): string {
		return String(this.account.id);
	}

	get name(): string {
		return this.account.profile.firstName;
	}

	/** How the chat with the bot stands. */
	get state(): 'new' | 'open' | 'blocked' | 'deleted' {
		if (this.account.isDeleted) return 'deleted';
		if (this.account.hasBlockedBot) return 'blocked';
		return this.account.hasStarted ? 'open' : 'new';
	}

	/**
	 * Presses Start, in the chat or after a deep link; a blocked bot is let in again.
	 *
	 * @param payload what the deep link carries
	 * @throws PersonError when Telegram would ignore the payload
	 */
	start(payload?: string): void {
		this.requireAccount();
		if (payload !== undefined && !PAYLOAD.test(payload)) {
			throw new PersonError(`Telegram takes 1 to 64 of A-Z a-z 0-9 _ - after ?start=, not: ${payload}`);
		}
		if (this.account.hasBlockedBot) this.unblockBot();
		this.account.hasStarted = true;
		this.write(payload === undefined ? '/start' : `/start ${payload}`);
	}

	/** @throws PersonError before Start, or while the bot is blocked: there is nothing to type into then */
	send(text: string): void {
		this.requireUnblocked();
		if (!this.account.hasStarted) throw new PersonError('Press Start first');
		if (text.trim() === '') throw new PersonError('There is nothing to send');
		this.write(text.trim());
	}

	/**
	 * Presses a button below the newest message that has one with this text. Invite links and deep links of the bot are
	 * followed.
	 *
	 * @returns the address of a button that opens one, otherwise null
	 * @throws PersonError when there is no such button
	 */
	press(buttonText: string): string | null {
		for (const message of [...this.account.messages].reverse()) {
			const button = message.keyboard.flat().find(({ text }) => text === buttonText);
			if (button) return this.pressButton(message, button);
		}
		const all = this.account.messages.flatMap(({ keyboard }) => keyboard.flat().map(({ text }) => text));
		throw new PersonError(`There is no button "${buttonText}". There are: ${all.join(', ') || 'none'}`);
	}

	/** Presses the button at this place, counted row by row, of one message; otherwise as {@link press}. */
	pressAt(messageId: number, index: number): string | null {
		const message = this.account.messages.find(({ id }) => id === messageId);
		const button = message?.keyboard.flat()[index];
		if (!message || !button) throw new PersonError('There is no such button');
		return this.pressButton(message, button);
	}

	/** Opens any address the way Telegram does. */
	openLink(url: string): LinkOutcome {
		const start = startPayloadOf(url, this.world.bot.username);
		if (start === null) return inviteHashOf(url) === null ? 'elsewhere' : this.openInvite(url);
		this.start(start === '' ? undefined : start);
		return 'started';
	}

	/** Opens an invite link and presses Join, or asks to join where the link wants that. */
	openInvite(link: string): InviteOutcome {
		this.requireAccount();
		const { account, world } = this;
		const now = world.clock.unix();
		const found = world.chats.byLink(link);
		if (!found) return 'link_invalid';
		const { chat, link: invite } = found;
		const { status } = chat.membershipOf(account.id, now);
		if (isInside(status)) return 'already_member';
		if (!invite.isValid(now, chat.placesTaken(invite, now))) return 'link_invalid';
		if (status === 'kicked') return 'banned';
		if (!invite.terms.createsJoinRequest) {
			const next = { status: 'member', until: 0, link: invite } as const;
			changeMembership(world, chat, account, next, { by: account.toUser(), link: invite });
			return 'joined';
		}
		if (chat.requests.has(account.id)) return 'requested';
		chat.requests.set(account.id, { account, link: invite, at: now });
		if (chat.botStatus === 'administrator' && chat.botRights.canInviteUsers) {
			world.updates.add('chat_join_request', `request ${account.id}`, {
				chat: chat.toJson(),
				from: account.toUser(),
				user_chat_id: account.id,
				date: now,
				invite_link: linkJson(world, chat, invite),
			});
		}
		return 'requested';
	}

	/** @throws PersonError when not in the chat */
	leave(chatId: string): void {
		const chat = this.world.chats.find(Number(chatId));
		if (!chat?.isMember(this.account.id, this.world.clock.unix())) throw new PersonError(`Not a member of ${chatId}`);
		const next = { status: 'left', until: 0, link: null } as const;
		changeMembership(this.world, chat, this.account, next, { by: this.account.toUser() });
	}

	blockBot(): void {
		this.setBlocked(true);
	}

	unblockBot(): void {
		this.setBlocked(false);
	}

	/** Deletes the account: nothing can be sent to it any more. */
	deleteAccount(): void {
		this.account.isDeleted = true;
	}

	/** The chat with the bot, oldest first. */
	messages(): readonly MessageView[] {
		return this.account.messages.map(messageView);
	}

	/** What was shown for a moment after pressing a button, oldest first. */
	notices(): readonly string[] {
		return [...this.account.notices];
	}

	isMember(chatId: string): boolean {
		return this.world.chats.find(Number(chatId))?.isMember(this.account.id, this.world.clock.unix()) ?? false;
	}

	/**
	 * Waits for a message of the bot, past or to come. A message a former wait returned is not returned again.
	 *
	 * @param wanted a part of the text, or a test
	 * @throws Error when none comes in time; it shows what the bot said
	 */
	async waitForMessage(
		wanted: string | ((message: MessageView) => boolean),
		timeoutMs = 15_000,
	): Promise<MessageView> {
		const matches = typeof wanted === 'string' ? ({ text }: MessageView) => text.includes(wanted) : wanted;
		const deadline = Date.now() + timeoutMs;
		for (;;) {
			const said = this.messages().filter(({ from }) => from === 'bot');
			const found = said.find((message) => !this.awaited.has(message.id) && matches(message));
			if (found) {
				this.awaited.add(found.id);
				return found;
			}
			if (Date.now() > deadline) {
				const texts = said.map(({ text }) => `"${text.slice(0, 200)}"`).join('; ');
				throw new Error(`No such message within ${timeoutMs} ms. The bot said: ${texts || 'nothing'}`);
			}
			await new Promise((resolve) => setTimeout(resolve, POLL_MS));
		}
	}

	private pressButton(message: Message, button: Button): string | null {
		if (button.callback_data === undefined) {
			if (button.url) this.openLink(button.url);
			return button.url ?? null;
		}
		this.requireUnblocked();
		const { account, world } = this;
		world.updates.add('callback_query', `callback ${account.id}`, {
			id: world.callbacks.add(account),
			from: account.toUser(),
			message: messageJson(message, account.toChat(), world.bot.toUser()),
			chat_instance: String(-account.id),
			data: button.callback_data,
		});
		return null;
	}

	private write(text: string): void {
		const { account, world } = this;
		const content = withFoundEntities({ text, entities: [] });
		const message = newMessage(world, { sender: 'person', ...content, keyboard: [] });
		account.messages.push(message);
		world.updates.add('message', `chat ${account.id}`, messageJson(message, account.toChat(), account.toUser()));
	}

	private setBlocked(isBlocked: boolean): void {
		const { account, world } = this;
		if (account.hasBlockedBot === isBlocked) return;
		account.hasBlockedBot = isBlocked;
		const user = world.bot.toUser();
		const member = { user, status: 'member' };
		const kicked = { user, status: 'kicked', until_date: 0 };
		world.updates.add('my_chat_member', `bot ${account.id}`, {
			chat: account.toChat(),
			from: account.toUser(),
			date: world.clock.unix(),
			old_chat_member: isBlocked ? member : kicked,
			new_chat_member: isBlocked ? kicked : member,
		});
	}

	private requireAccount(): void {
		if (this.account.isDeleted) throw new PersonError('The account is deleted');
	}

	private requireUnblocked(): void {
		this.requireAccount();
		if (this.account.hasBlockedBot) throw new PersonError('The bot is blocked: unblock it first');
	}
}
