import type { ChatJson, UserJson } from './apiTypes';
import type { Message } from './message';

/** How a person appears to others. */
export interface Profile {
	readonly firstName: string;
	readonly username?: string;
	readonly languageCode?: string;
}

/** A person's account, and the private chat with the bot. */
export class Account {
	hasStarted = false;
	hasBlockedBot = false;
	isDeleted = false;
	/** The chat with the bot, oldest first. */
	readonly messages: Message[] = [];
	/** Texts of answered buttons, which Telegram shows for a moment. */
	readonly notices: string[] = [];

	constructor(
		readonly id: number,
		public profile: Profile,
	) {}

	toUser(): UserJson {
		const { firstName, username, languageCode } = this.profile;
		return {
			id: this.id,
			is_bot: false,
			first_name: firstName,
			...(username ? { username } : {}),
			...(languageCode ? { language_code: languageCode } : {}),
		};
	}

	toChat(): ChatJson {
		const { firstName, username } = this.profile;
		return { id: this.id, type: 'private', first_name: firstName, ...(username ? { username } : {}) };
	}
}
