import type { UserJson } from './apiTypes';

const TOKEN = /^(\d{1,16}):[A-Za-z0-9_-]+$/;

/** The one bot the stand-in serves. */
export class Bot {
	readonly id: number;

	/** @throws Error when the token has not Telegram's form `<bot id>:<secret>` */
	constructor(
		private readonly token: string,
		readonly username: string,
	) {
		const id = TOKEN.exec(token)?.[1];
		if (!id) throw new Error('The bot token must look like 100200300:some-secret (option botToken)');
		this.id = Number(id);
	}

	toUser(): UserJson {
		return { id: this.id, is_bot: true, first_name: this.username, username: this.username };
	}

	/** `malformed` is answered 404, `wrong` 401 (providers/telegram.md §4). */
	check(token: string): 'right' | 'wrong' | 'malformed' {
		if (token === this.token) return 'right';
		return TOKEN.test(token) ? 'wrong' : 'malformed';
	}
}
