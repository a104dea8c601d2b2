import { ApiError } from './apiError';

export const MAX_KEY_LENGTH = 255;
const KEPT_MS = 86_400_000;

/** An answer as it was sent, to be sent again. */
export interface StoredAnswer {
	readonly status: number;
	readonly body: string;
	readonly requestId: string;
}

interface Entry {
	readonly path: string;
	readonly parameters: string;
	readonly since: number;
	/** Null while the first call is running. */
	answer: StoredAnswer | null;
}

/** Answers by `Idempotency-Key`, kept for 24 hours (providers/stripe.md §1). */
export class IdempotencyKeys {
	private readonly entries = new Map<string, Entry>();

	/**
	 * The answer to repeat; null when the call is the first one, whose key is taken now.
	 *
	 * @param parameters the same text for the same parameters
	 * @throws ApiError when the key belongs to another call (400) or to one still running (409)
	 */
	begin(key: string, path: string, parameters: string): StoredAnswer | null {
		if (key.length > MAX_KEY_LENGTH) throw refusal(400, `Idempotency keys have at most ${MAX_KEY_LENGTH} characters.`);
		const entry = this.entries.get(key);
		if (!entry || Date.now() - entry.since > KEPT_MS) {
			this.entries.set(key, { path, parameters, since: Date.now(), answer: null });
			return null;
		}
		const other = `Try using a key other than '${key}' if you meant to execute a different request.`;
		const only = 'Keys for idempotent requests can only be used';
		if (entry.path !== path) {
			const paths = `('${path}' vs '${entry.path}')`;
			throw refusal(400, `${only} for the same endpoint they were first used for ${paths}. ${other}`);
		}
		if (entry.parameters !== parameters) {
			throw refusal(400, `${only} with the same parameters they were first used with. ${other}`);
		}
		if (entry.answer === null) {
			const running = `There is currently another in-progress request using this Idempotent Key: ${key}.`;
			throw refusal(409, running, 'idempotency_key_in_use');
		}
		return entry.answer;
	}

	/** Keeps the answer of the first call. */
	keep(key: string, answer: StoredAnswer): void {
		const entry = this.entries.get(key);
		if (entry) entry.answer = answer;
	}

	/** Frees a key whose call was refused before anything happened. */
	release(key: string): void {
		this.entries.delete(key);
	}

	clear(): void {
		this.entries.clear();
	}
}

function refusal(status: number, message: string, code?: string): ApiError {
	return new ApiError(status, { type: 'idempotency_error', message, ...(code && { code }) });
}
