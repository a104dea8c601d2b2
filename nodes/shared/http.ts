import type { IHttpRequestMethods, IHttpRequestOptions, IN8nHttpFullResponse } from 'n8n-workflow';

const DEFAULT_TIMEOUT_MS = 15_000;

/** Failures that happen before a byte of the request has left. */
const NEVER_LEFT: ReadonlySet<string> = new Set([
	'ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ERR_INVALID_URL', 'CERT_HAS_EXPIRED',
	'DEPTH_ZERO_SELF_SIGNED_CERT', 'SELF_SIGNED_CERT_IN_CHAIN', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

export interface ApiRequest {
	method: IHttpRequestMethods;
	url: string;
	headers?: Record<string, string>;
	/** Sent as it is; the caller has written it as JSON or as a form and has named its type in the headers. */
	body?: string;
	/** @default 15000 */
	timeoutMs?: number;
}

export interface ApiAnswer {
	status: number;
	/** By lower-case name. */
	headers: Record<string, string>;
	text: string;
	/** The body as JSON; undefined when it is none. */
	json: unknown;
}

/** No answer came. The message names neither the address nor anything else of the request: both may hold secrets. */
export class NoAnswerError extends Error {
	override readonly name = 'NoAnswerError';

	constructor(
		/** The network's own code, for example `ETIMEDOUT`. */
		readonly code: string,
		/** False when the provider cannot have got the request, so that it may be sent again whatever it does. */
		readonly mayHaveArrived: boolean,
	) {
		super(mayHaveArrived ? `No answer (${code}); the request may have arrived` : `No connection (${code})`);
	}
}

/** The part of a node's context that calls out. */
export interface Caller {
	helpers: { httpRequest(options: IHttpRequestOptions): Promise<unknown> };
}

/**
 * One HTTP call through n8n's own client. Every status is an answer; redirects are not followed, because a POST would
 * arrive as a GET.
 *
 * @throws NoAnswerError when there is none
 */
export async function callApi(context: Caller, request: ApiRequest): Promise<ApiAnswer> {
	const { timeoutMs = DEFAULT_TIMEOUT_MS, ...options } = request;
	const response = (await context.helpers
		.httpRequest({
			...options,
			timeout: timeoutMs,
			encoding: 'text',
			returnFullResponse: true,
			ignoreHttpStatusErrors: true,
			disableFollowRedirect: true,
		})
		.catch(throwNoAnswer)) as IN8nHttpFullResponse;
	const text = bodyText(response.body);
	return { status: response.statusCode, headers: lowerCaseNames(response.headers), text, json: parseJson(text) };
}

function throwNoAnswer(error: unknown): never {
	const code = networkCode(error);
	throw new NoAnswerError(code, !NEVER_LEFT.has(code));
}

function bodyText(body: unknown): string {
	if (typeof body === 'string') return body;
	return body === undefined || body === null ? '' : JSON.stringify(body);
}

function lowerCaseNames(headers: object): Record<string, string> {
	return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]));
}

function parseJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

/** n8n wraps some errors, so the code may lie one level down. */
function networkCode(error: unknown): string {
	for (let cause = error; typeof cause === 'object' && cause !== null; cause = (cause as { cause?: unknown }).cause) {
		const { code } = cause as { code?: unknown };
		if (typeof code === 'string' && code !== '') return code;
	}
	return 'UNKNOWN';
}
