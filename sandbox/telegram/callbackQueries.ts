import type { Account } from './account';
import { badRequest } from './apiError';
import type { Clock } from './clock';

/** How long Telegram waits for the answer to a pressed button. */
const ANSWER_SECONDS = 150;

/** Pressed buttons the bot has not answered yet. */
export class CallbackQueries {
	private readonly open = new Map<string, { readonly account: Account; readonly at: number }>();
	private lastId = BigInt(Date.now()) << 20n;

	constructor(private readonly clock: Clock) {}

	/** Notes a pressed button; the id is a decimal number too big for a float. */
	add(account: Account): string {
		this.lastId += 1n;
		const id = String(this.lastId);
		this.open.set(id, { account, at: this.clock.unix() });
		return id;
	}

	/** @throws ApiError 400 when the query is unknown, answered or too old */
	answer(id: string): Account {
		const query = this.open.get(id);
		this.open.delete(id);
		if (!query || query.at + ANSWER_SECONDS < this.clock.unix()) {
			throw badRequest('query is too old and response timeout expired or query ID is invalid');
		}
		return query.account;
	}

	clear(): void {
		this.open.clear();
	}
}
