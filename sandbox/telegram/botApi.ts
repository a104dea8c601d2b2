import { ApiError } from './apiError';
import type { CallParameters } from './callParameters';
import type { ApiCall, Journal } from './journal';
import { methodNamed } from './methods';
import { Described } from './methods/method';
import type { World } from './world';

/** What goes back to the bot. */
export interface ApiAnswer {
	readonly status: number;
	readonly body: object;
	/** Seconds for the `Retry-After` header. */
	readonly retryAfter: number | null;
}

/** Runs calls and writes them down. */
export class BotApi {
	constructor(
		private readonly world: World,
		private readonly journal: Journal,
		private readonly log: (line: string) => void,
	) {}

	/** Serves a call. Never rejects: what goes wrong is an answer. */
	async serve(method: string, call: CallParameters): Promise<ApiAnswer> {
		try {
			const found = methodNamed(method);
			if (!found) throw new ApiError(404, 'Not Found: method not found');
			const result = await found.run(call, this.world);
			const body =
				result instanceof Described
					? { ok: true, result: result.result, description: result.description }
					: { ok: true, result };
			return { status: 200, body, retryAfter: null };
		} catch (error) {
			if (error instanceof ApiError) return refusal(error);
			this.log(`Telegram: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
			return refusal(new ApiError(500, 'Internal Server Error'));
		}
	}

	/** Writes a call down. `answer` is null when the connection was cut. */
	record(
		method: string,
		call: CallParameters,
		answer: ApiAnswer | null,
		about: Pick<ApiCall, 'from' | 'isApplied'>,
	): void {
		const name = methodNamed(method)?.name ?? method;
		const refused = answer && answer.status !== 200 && 'description' in answer.body ? answer.body : null;
		const description = refused ? String(refused.description) : null;
		this.journal.recordCall({
			at: this.world.clock.now().toISOString(),
			method: name,
			parameters: call.shown(),
			status: answer?.status ?? null,
			description,
			...about,
		});
		this.log(`Telegram: ${name} ${answer ? `${answer.status} ${description ?? ''}`.trim() : 'connection cut'}`);
	}
}

/** A refusal in Telegram's envelope; the HTTP status is its `error_code`. */
export function refusal({ code, message, parameters }: ApiError): ApiAnswer {
	return {
		status: code,
		body: { ok: false, error_code: code, description: message, ...(parameters ? { parameters } : {}) },
		retryAfter: parameters?.retry_after ?? null,
	};
}
