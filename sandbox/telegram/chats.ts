import type { ChatOptions } from './chat';
import { Chat } from './chat';
import type { InviteLink } from './inviteLink';

/** All chats the bot has, and had. */
export class Chats {
	private readonly byId = new Map<number, Chat>();

	/** @throws Error when an id has not Telegram's form */
	constructor(private readonly initial: readonly ChatOptions[]) {
		for (const { id, type } of initial) {
			const form = type === 'group' ? /^-[1-9]\d{0,11}$/ : /^-100\d{10}$/;
			if (!form.test(id)) throw new Error(`Not the id of a ${type}: ${id} (option chats)`);
		}
		this.reset();
	}

	/** Without those that became another chat. */
	get all(): readonly Chat[] {
		return [...this.byId.values()].filter((chat) => chat.migratedTo === null);
	}

	find(id: number): Chat | null {
		return this.byId.get(id) ?? null;
	}

	/** The chat a link leads to, with the link; null for an address nobody made. */
	byLink(url: string): { readonly chat: Chat; readonly link: InviteLink } | null {
		for (const chat of this.all) {
			const link = chat.linkBy(url);
			if (link) return { chat, link };
		}
		return null;
	}

	/** Gives the chat a new id; the old one only tells where it went. */
	upgrade(chat: Chat): Chat {
		const id = Math.min(-1_009_000_000_000, ...this.byId.keys()) - 1;
		const next = chat.upgraded(id);
		chat.migratedTo = id;
		this.byId.set(id, next);
		return next;
	}

	/** As at the start. */
	reset(): void {
		this.byId.clear();
		for (const options of this.initial) this.byId.set(Number(options.id), new Chat(options));
	}
}
