import { sleep } from 'n8n-workflow';

import { NoAnswerError, type ApiAnswer, type ApiRequest } from '../../shared/http';
import { CircuitOpenError, type RateLimiter } from '../../shared/rateLimiter';
import { readProblem } from '../problem';
import { AmoError, BLOCK_MS, refusal } from './amoError';

/** Query parameters in order; a name may come several times (`filter[id][]`). */
export type Query = ReadonlyArray<readonly [name: string, value: string | number]>;

const MAX_SENDS = { afterTooMany: 6, afterTrouble: 3 };
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;

export interface Connection {
	/** In front of `/api/v4/`, see `accountUrl`. */
	baseUrl: string;
	/** Which budget of requests and which caches belong together; holds no secret in plain text. */
	key: string;
	limiter: RateLimiter;
	/** Sends with the credential's token. */
	send: (request: ApiRequest) => Promise<ApiAnswer>;
}

interface Request {
	method: 'GET' | 'POST' | 'PATCH';
	path: string;
	query?: Query;
	body?: unknown;
	/** A 403 only means that this one thing is for administrators; see {@link AmoClient.read}. */
	isForAdministrators?: boolean;
}

/**
 * Speaks with one account: within its rate, with the retries that are safe, and with one kind of error
 * (providers/amocrm.md §8).
 */
export class AmoClient {
	/** Requests sent so far. */
	calls = 0;

	constructor(private readonly connection: Connection) {}

	/** See {@link Connection.key}. */
	get key(): string {
		return this.connection.key;
	}

	/**
	 * Reads, again if there is no answer.
	 *
	 * @param path behind `/api/v4/`
	 * @param options.isForAdministrators a 403 is then told to the caller and stops nothing else
	 * @returns the answer; null when there is nothing (204)
	 * @throws AmoError
	 */
	async read(path: string, query: Query = [], options: { isForAdministrators?: boolean } = {}): Promise<unknown> {
		return await this.request({ method: 'GET', path, query, ...options });
	}

	/**
	 * Writes, at most once: only what amoCRM has certainly not carried out is sent again.
	 *
	 * @throws AmoError, `uncertain` when nobody knows
	 */
	async write(method: 'POST' | 'PATCH', path: string, body: unknown): Promise<unknown> {
		return await this.request({ method, path, body });
	}

	private async request(request: Request): Promise<unknown> {
		for (let sends = 1; ; sends++) {
			const answer = await this.send(request);
			if (answer instanceof NoAnswerError) {
				await this.afterTrouble(request, sends, answer.mayHaveArrived, answer.message, '');
			} else if (answer.status === 429) {
				this.afterTooMany(sends, answer);
			} else if (answer.status >= 500) {
				const { reason } = readProblem(answer.json, answer.text);
				await this.afterTrouble(request, sends, true, `amoCRM has trouble: ${reason}`, String(answer.status));
			} else {
				return this.resultOf(request, answer);
			}
		}
	}

	private async send({ method, path, query = [], body }: Request): Promise<ApiAnswer | NoAnswerError> {
		const pairs = query.map(([name, value]): [string, string] => [name, String(value)]);
		const parameters = new URLSearchParams(pairs).toString();
		const request: ApiRequest = {
			method,
			url: `${this.connection.baseUrl}/api/v4/${path}${parameters === '' ? '' : `?${parameters}`}`,
			headers: { accept: 'application/hal+json', ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
			...(body === undefined ? {} : { body: JSON.stringify(body) }),
		};
		return await this.connection.limiter
			.run(async () => {
				this.calls += 1;
				return await this.connection.send(request);
			})
			.catch(noAnswerOrThrow);
	}

	private resultOf({ isForAdministrators }: Request, { status, headers, json, text }: ApiAnswer): unknown {
		if (status === 204 || (status >= 200 && status < 300 && text.trim() === '')) return null;
		if (status >= 200 && status < 300 && json !== undefined) return json;
		if (status >= 200 && status < 300) {
			throw new AmoError(
				'unexpected',
				'amoCRM answered with something that is no JSON',
				'Check the account host in the credential: this looks like a page for people.',
				String(status),
			);
		}
		const error = refusal(status, readProblem(json, text), headers['x-request-id'] ?? '');
		if (error.failure === 'forbidden' && !isForAdministrators) {
			this.connection.limiter.openCircuit(error.message, BLOCK_MS);
		}
		throw error;
	}

	/** All calls of this credential wait, this one too; it was not carried out, so it may be sent again. */
	private afterTooMany(sends: number, { headers }: ApiAnswer): void {
		if (sends >= MAX_SENDS.afterTooMany) {
			throw new AmoError(
				'tooManyRequests',
				`amoCRM asked ${sends} times for fewer requests`,
				'Lower Requests per Second in the credential, or wait until other integrations of the account are done.',
				'429',
			);
		}
		const asked = Number(headers['retry-after'] ?? 0) * 1_000;
		const pause = Math.max(FIRST_PAUSE_MS * 2 ** (sends - 1), Number.isFinite(asked) ? asked : 0);
		this.connection.limiter.pause(Math.min(pause, LONGEST_PAUSE_MS) + Math.random() * FIRST_PAUSE_MS);
	}

	private async afterTrouble(
		{ method }: Request,
		sends: number,
		mayHaveArrived: boolean,
		message: string,
		status: string,
	): Promise<void> {
		if (method !== 'GET' && mayHaveArrived) {
			throw new AmoError('uncertain', message, 'Nobody knows whether amoCRM has saved this. Look there first.', status);
		}
		if (sends >= MAX_SENDS.afterTrouble) throw new AmoError('unavailable', message, 'Try again later.', status);
		await sleep((FIRST_PAUSE_MS / 2) * 2 ** (sends - 1));
	}
}

function noAnswerOrThrow(error: unknown): NoAnswerError {
	if (error instanceof NoAnswerError) return error;
	if (error instanceof CircuitOpenError) {
		const advice = 'amoCRM refused a request a short while ago; more would make it worse.';
		throw new AmoError('forbidden', error.message, advice);
	}
	throw error;
}
