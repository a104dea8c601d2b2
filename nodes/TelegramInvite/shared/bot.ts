import { createHash } from 'node:crypto';
import { sleep } from 'n8n-workflow';

import { callApi, NoAnswerError, type ApiAnswer, type Caller } from '../../shared/http';
import { limiterFor, type RateLimiter } from '../../shared/rateLimiter';
import { storable } from '../../shared/storable';
import { BotApiError, readAnswer, type ResultSchema } from './answers';
import { withoutToken, type BotCredentials } from './credentials';

const TIMEOUT_MS = 20_000;
/** Telegram's limit over all chats of a bot (providers/telegram.md §4). */
const CALLS_PER_SECOND = 30;
const MAX_REPEATS = 3;
const FIRST_BACKOFF_MS = 300;

/** Doing these twice shows: two messages, two links. All other calls of ours set a state. */
const NOT_REPEATABLE: ReadonlySet<string> = new Set(['sendMessage', 'createChatInviteLink']);

/** Parameters of a method by their names at Telegram. */
export type MethodParameters = Readonly<Record<string, unknown>>;

/** Telegram wants a longer pause than the node may wait. */
export class FloodWaitError extends Error {
	override readonly name = 'FloodWaitError';

	constructor(readonly seconds: number) {
		super(`Telegram accepts no more calls for ${seconds} seconds`);
	}
}

/**
 * A bot at work on one item. It keeps to Telegram's pace together with all others in this process that use the same
 * token, waits where Telegram asks for it, and follows a group that has become a supergroup.
 */
export class Bot {
	/** The new id of the group, once it is known to have become a supergroup. */
	migratedToChatId: string | null = null;
	private readonly limiter: RateLimiter;

	/** @param waitLeftMs how long it may wait for Telegram in all its calls together */
	constructor(
		private readonly context: Caller,
		private readonly credentials: BotCredentials,
		private waitLeftMs: number,
	) {
		this.limiter = limiterFor(limiterKey(credentials), { perSecond: CALLS_PER_SECOND });
	}

	/**
	 * Calls a method (providers/telegram.md §1) and repeats it as §4 allows: what shows when done twice only if Telegram
	 * cannot have done it.
	 *
	 * @throws BotApiError for a refusal, FloodWaitError, NoAnswerError; none of them holds the token
	 */
	async call<T>(method: string, parameters: MethodParameters, resultSchema: ResultSchema<T>): Promise<T> {
		for (let repeats = 0; ; ) {
			const outcome = await this.attempt(method, parameters, resultSchema);
			if ('result' in outcome) return outcome.result;
			repeats = await this.prepareRepeat(method, outcome.error, repeats);
		}
	}

	private async attempt<T>(
		method: string,
		parameters: MethodParameters,
		resultSchema: ResultSchema<T>,
	): Promise<{ result: T } | { error: unknown }> {
		try {
			return { result: readAnswer(await this.send(method, parameters), resultSchema) };
		} catch (error) {
			return { error };
		}
	}

	/** Returns how often the call has then been repeated for want of a proper answer; throws when it must not be. */
	private async prepareRepeat(method: string, error: unknown, repeats: number): Promise<number> {
		if (error instanceof BotApiError && error.retryAfterSeconds !== undefined) {
			this.waitFor(error.retryAfterSeconds);
			return repeats;
		}
		if (error instanceof BotApiError && error.migrateToChatId && !this.migratedToChatId) {
			this.migratedToChatId = error.migrateToChatId;
			return repeats;
		}
		if (repeats >= MAX_REPEATS || !mayRepeat(method, error)) throw error;
		await sleep(FIRST_BACKOFF_MS * 2 ** repeats);
		return repeats + 1;
	}

	private async send(method: string, parameters: MethodParameters): Promise<ApiAnswer> {
		const { botToken, baseUrl } = this.credentials;
		const answer = await this.limiter.run(
			async () =>
				await callApi(this.context, {
					method: 'POST',
					url: `${baseUrl}/bot${botToken}/${method}`,
					headers: { 'content-type': 'application/json' },
					body: JSON.stringify(storable(this.addressed(parameters))),
					timeoutMs: TIMEOUT_MS,
				}),
		);
		return { ...answer, json: withoutToken(answer.json, this.credentials) };
	}

	private addressed(parameters: MethodParameters): MethodParameters {
		if (this.migratedToChatId === null || !('chat_id' in parameters)) return parameters;
		return { ...parameters, chat_id: this.migratedToChatId };
	}

	/** Everybody with this token waits: calls of the bot during the pause would only prolong it. */
	private waitFor(seconds: number): void {
		const milliseconds = seconds * 1000;
		if (milliseconds > this.waitLeftMs) throw new FloodWaitError(seconds);
		this.waitLeftMs -= milliseconds;
		this.limiter.pause(milliseconds);
	}
}

function mayRepeat(method: string, error: unknown): boolean {
	const isRepeatable = !NOT_REPEATABLE.has(method);
	if (error instanceof NoAnswerError) return isRepeatable || !error.mayHaveArrived;
	return error instanceof BotApiError && error.code >= 500 && (isRepeatable || !error.mayHaveHappened);
}

function limiterKey({ botToken, baseUrl }: BotCredentials): string {
	const account = createHash('sha256').update(botToken, 'utf8').digest('hex').slice(0, 16);
	return `telegram ${account} ${new URL(baseUrl).host}`;
}
