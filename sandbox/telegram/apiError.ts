/** What helps a bot to recover (providers/telegram.md §1). */
export interface ErrorParameters {
	readonly retry_after?: number;
	readonly migrate_to_chat_id?: number;
}

const PREFIXES: Readonly<Record<number, string>> = {
	400: 'Bad Request: ',
	403: 'Forbidden: ',
	409: 'Conflict: ',
};

/** A refusal of the Bot API. The message is its `description`, with the words Telegram puts before it. */
export class ApiError extends Error {
	constructor(
		readonly code: number,
		reason: string,
		readonly parameters?: ErrorParameters,
	) {
		super(`${PREFIXES[code] ?? ''}${reason}`);
	}
}

/** 400 with a reason. */
export function badRequest(reason: string, parameters?: ErrorParameters): ApiError {
	return new ApiError(400, reason, parameters);
}

/** 403 with a reason. */
export function forbidden(reason: string): ApiError {
	return new ApiError(403, reason);
}

/** 429: everything waits `seconds`. */
export function tooManyRequests(seconds: number): ApiError {
	return new ApiError(429, `Too Many Requests: retry after ${seconds}`, { retry_after: seconds });
}
