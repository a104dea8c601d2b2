import { z } from 'zod';

import type { ApiAnswer } from '../../shared/http';

const failureSchema = z.object({
	ok: z.literal(false),
	error_code: z.number().int(),
	description: z.string().default('no reason given'),
	parameters: z
		.object({ retry_after: z.number().optional(), migrate_to_chat_id: z.number().int().optional() })
		.default({}),
});
const envelopeSchema = z.union([z.object({ ok: z.literal(true), result: z.unknown() }), failureSchema]);

/** The Bot API has refused a call, or something else has answered in its place (providers/telegram.md §1, §4). */
export class BotApiError extends Error {
	override readonly name = 'BotApiError';

	constructor(
		/** The API's code, which is the HTTP status as well. */
		readonly code: number,
		/** The API's words; they may change, so the code counts first. */
		readonly description: string,
		private readonly details: {
			/** For code 429. */
			retryAfterSeconds?: number;
			/** The group has become a supergroup with this id. */
			migrateToChatId?: string;
			/** Whether the call may have been carried out all the same. */
			mayHaveHappened?: boolean;
		} = {},
	) {
		super(description);
	}

	get retryAfterSeconds(): number | undefined {
		return this.details.retryAfterSeconds;
	}

	get migrateToChatId(): string | undefined {
		return this.details.migrateToChatId;
	}

	get mayHaveHappened(): boolean {
		return this.details.mayHaveHappened === true;
	}

	/** Whether code and words fit; words in any letter case. */
	is(code: number, words: RegExp): boolean {
		return this.code === code && words.test(this.description);
	}
}

/** The shape of a method's result. */
export type ResultSchema<T> = z.ZodType<T, z.ZodTypeDef, unknown>;

/**
 * Takes the result out of an answer.
 *
 * @throws BotApiError
 */
export function readAnswer<T>({ status, headers, json }: ApiAnswer, resultSchema: ResultSchema<T>): T {
	const envelope = envelopeSchema.safeParse(json).data;
	if (!envelope) {
		// A gateway in between: it may speak for an API that has done what it was told.
		throw new BotApiError(status, `HTTP ${status} without an answer of the Bot API`, {
			mayHaveHappened: status < 400 || status >= 500,
			...(status === 429 && { retryAfterSeconds: seconds(headers['retry-after']) }),
		});
	}
	if (envelope.ok) {
		const result = resultSchema.safeParse(envelope.result);
		if (result.success) return result.data;
		throw new BotApiError(status, 'The result cannot be read', { mayHaveHappened: true });
	}
	const { error_code: code, description, parameters } = envelope;
	throw new BotApiError(code, description, {
		mayHaveHappened: code === 504,
		...(code === 429 && { retryAfterSeconds: seconds(parameters.retry_after ?? headers['retry-after']) }),
		...(parameters.migrate_to_chat_id !== undefined && { migrateToChatId: String(parameters.migrate_to_chat_id) }),
	});
}

/** At least one, so that nobody repeats without a pause. */
function seconds(value: unknown): number {
	const number = Math.ceil(Number(value));
	return number >= 1 ? number : 1;
}
