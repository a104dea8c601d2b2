import { sleep } from 'n8n-workflow';

import { callApi, NoAnswerError, type ApiAnswer, type Caller } from '../../shared/http';
import { CircuitOpenError, limiterFor, type RateLimiter } from '../../shared/rateLimiter';
import { isBlock, isTooMany, readReply, type Reply } from '../envelope';
import { apiHeaders, withoutTokens, type YClientsCredentials } from './credentials';
import { YClientsError } from './yclientsError';

/** YCLIENTS counts 5 a second and 200 a minute by IP address; others may share ours (providers/yclients.md §1). */
const LIMITS = { perSecond: 3, perMinute: 180 };
const TIMEOUT_MS = 30_000;
const MAX_SENDS = 4;
const FIRST_WAIT_MS = 1_000;
/** A longer pause than this is not waited for. */
const LONGEST_WAIT_MS = 30_000;
/** How long nothing is sent after a refusal that repeating would prolong. */
const BLOCK_MS = { afterTooMany: 60_000, afterBlock: 300_000 };
const WORTH_REPEATING: ReadonlySet<number> = new Set([502, 503, 504]);

export interface YClientsRequest {
	method: 'GET' | 'POST' | 'PUT' | 'DELETE';
	/** Behind `/api/v1/`. */
	path: string;
	query?: ReadonlyArray<readonly [name: string, value: string | number]>;
	body?: unknown;
	/** `partner` for what anybody may do, such as booking. @default 'user' */
	auth?: 'partner' | 'user';
	/** Whether it changes nothing and may be sent again. @default method is GET */
	isRead?: boolean;
}

/**
 * Speaks with one branch: within the limits of the host, with the repeats that are safe, and with one kind of error
 * (providers/yclients.md §1). What changes something is sent again only if it cannot have been carried out.
 */
export class YClientsClient {
	/** Requests sent so far. */
	calls = 0;
	private readonly limiter: RateLimiter;

	constructor(
		private readonly context: Caller,
		private readonly credentials: YClientsCredentials,
	) {
		this.limiter = limiterFor(`yclients ${new URL(credentials.baseUrl).host}`, LIMITS);
	}

	get companyId(): string {
		return this.credentials.companyId;
	}

	/** @throws YClientsError */
	async ask(request: YClientsRequest): Promise<Reply> {
		return await this.exchange(request).catch((error: unknown) => throwCleaned(error, this.credentials));
	}

	private async exchange(request: YClientsRequest): Promise<Reply> {
		for (let sends = 1; ; sends++) {
			const answer = await this.send(request);
			if (answer instanceof NoAnswerError) {
				await sleep(this.afterSilence(request, sends, answer));
				continue;
			}
			const waitMs = this.afterAnswer(request, sends, answer);
			if (waitMs === null) return readReply(answer);
			await sleep(waitMs);
		}
	}

	private async send(outgoing: YClientsRequest): Promise<ApiAnswer | NoAnswerError> {
		const { method, path, query = [], body, auth = 'user' } = outgoing;
		const parameters = new URLSearchParams(query.map(([name, value]): [string, string] => [name, String(value)]));
		const request = {
			method,
			url: `${this.credentials.baseUrl}/api/v1/${path}${parameters.size > 0 ? `?${parameters}` : ''}`,
			headers: {
				...apiHeaders(this.credentials, auth),
				...(body === undefined ? {} : { 'content-type': 'application/json' }),
			},
			...(body === undefined ? {} : { body: JSON.stringify(body) }),
			timeoutMs: TIMEOUT_MS,
		};
		return await this.limiter
			.run(async () => {
				this.calls += 1;
				return await callApi(this.context, request);
			})
			.catch(silenceOrThrow);
	}

	/** How long to wait before the request is sent again; null when the answer is to be read. */
	private afterAnswer(request: YClientsRequest, sends: number, answer: ApiAnswer): number | null {
		if (isTooMany(answer)) return this.afterTooMany(sends, answer);
		if (isBlock(answer)) {
			this.limiter.openCircuit('YCLIENTS has shut out this address', BLOCK_MS.afterBlock);
			throw new YClientsError(
				'blocked',
				'YCLIENTS has shut out the address of this n8n',
				'Nothing is sent for 5 minutes. If it stays so, ask its support, and look for other programs behind the address.',
				answer.status,
			);
		}
		if (answer.status < 500) return null;
		const { status } = answer;
		if (!isRead(request)) throw uncertain(`YCLIENTS has trouble (${status})`, status);
		if (!WORTH_REPEATING.has(status) || sends >= MAX_SENDS) {
			throw new YClientsError('unavailable', `YCLIENTS has trouble (${status})`, 'Try again later.', status);
		}
		return backoffMs(sends);
	}

	/** All who call this host wait, this request too. It was not carried out, so it may be sent again. */
	private afterTooMany(sends: number, { status, headers }: ApiAnswer): number {
		const asked = Number(headers['retry-after'] ?? 0) * 1_000;
		const waitMs = Math.max(backoffMs(sends), Number.isFinite(asked) ? asked : 0);
		if (sends < MAX_SENDS && waitMs <= LONGEST_WAIT_MS) {
			this.limiter.pause(waitMs);
			return 0;
		}
		const blockMs = Math.max(waitMs, BLOCK_MS.afterTooMany);
		this.limiter.openCircuit('YCLIENTS gets too many requests from this address', blockMs);
		throw new YClientsError(
			'tooManyRequests',
			'YCLIENTS gets too many requests from this address',
			'Nothing is sent for a while. The limit is for the IP address: look for other programs behind it.',
			status,
		);
	}

	private afterSilence(request: YClientsRequest, sends: number, { code, mayHaveArrived }: NoAnswerError): number {
		if (!isRead(request) && mayHaveArrived) throw uncertain('YCLIENTS did not answer', null, code);
		if (sends < MAX_SENDS) return backoffMs(sends);
		throw new YClientsError(
			'unavailable',
			mayHaveArrived ? 'YCLIENTS did not answer' : 'YCLIENTS cannot be reached',
			`Check the base URL in the credential and the network of n8n (${code}), or try again later.`,
		);
	}
}

function isRead({ method, isRead: read = method === 'GET' }: YClientsRequest): boolean {
	return read;
}

function backoffMs(sends: number): number {
	return FIRST_WAIT_MS * 2 ** (sends - 1) * (0.75 + Math.random() / 2);
}

function uncertain(message: string, status: number | null, code?: string): YClientsError {
	const detail = code === undefined ? '' : ` (${code})`;
	return new YClientsError(
		'uncertain',
		message,
		`It is not known whether it was done${detail}. Look into YCLIENTS before you repeat it.`,
		status,
	);
}

/** A server may echo what it was sent. */
function throwCleaned(error: unknown, credentials: YClientsCredentials): never {
	if (error instanceof YClientsError) error.message = withoutTokens(error.message, credentials);
	throw error;
}

function silenceOrThrow(error: unknown): NoAnswerError {
	if (error instanceof NoAnswerError) return error;
	if (error instanceof CircuitOpenError) {
		throw new YClientsError('blocked', error.message, 'It refused requests a short while ago; more would make it worse.');
	}
	throw error;
}
