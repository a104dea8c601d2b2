import type { Request } from 'express';
import { badRequest } from './apiError';

const HIDDEN = new Set(['secret_token']);
const YES = new Set(['true', 'yes', '1']);

/** The parameters of one call. The Bot API knows only text: numbers, flags and JSON are read from it. */
export class CallParameters {
	constructor(private readonly values: ReadonlyMap<string, string>) {}

	/** Empty when absent: the Bot API does not tell the two apart. */
	text(name: string): string {
		return this.values.get(name) ?? '';
	}

	flag(name: string): boolean {
		return YES.has(this.text(name).toLowerCase());
	}

	/** A whole number forced into the range, as Telegram's server does; what is no number counts as 0. */
	integer(name: string, absent: number, min: number, max: number): number {
		const text = this.text(name);
		if (text === '') return absent;
		return Math.min(max, Math.max(min, toInteger(text)));
	}

	/** @throws ApiError when it is no user id: up to 52 bits, positive */
	userId(): number {
		const id = toInteger(this.text('user_id'));
		if (id <= 0 || id >= 2 ** 52) throw badRequest('invalid user_id specified');
		return id;
	}

	/** @throws ApiError with `reason` when it is no JSON; undefined when absent */
	json(name: string, reason: string): unknown {
		const text = this.text(name);
		if (text === '') return undefined;
		try {
			return JSON.parse(text) as unknown;
		} catch {
			throw badRequest(reason);
		}
	}

	/** For the journal: without what is secret. */
	shown(): Record<string, string> {
		return Object.fromEntries([...this.values].map(([name, value]) => [name, HIDDEN.has(name) ? '(hidden)' : value]));
	}
}

/** Reads whole numbers the way Telegram does; 0 for anything else. */
export function toInteger(text: string): number {
	const value = /^-?\d{1,16}$/.test(text) ? Number(text) : 0;
	return Number.isSafeInteger(value) ? value : 0;
}

/**
 * The parameters of a request: query, then body as JSON, urlencoded or multipart. Needs `express.raw` for every
 * content type before it.
 *
 * @throws ApiError when the body is broken
 */
export async function readParameters(request: Request): Promise<CallParameters> {
	const query = new URL(request.originalUrl, 'http://localhost').searchParams;
	return new CallParameters(new Map([...query, ...(await bodyPairs(request))]));
}

/** The parameters in a JSON object, as in a body or in the answer to a webhook. */
export function parametersOf(values: object): CallParameters {
	return new CallParameters(new Map(pairsOf(values)));
}

async function bodyPairs(request: Request): Promise<ReadonlyArray<readonly [string, string]>> {
	const body: unknown = request.body;
	const contentType = request.headers['content-type'] ?? '';
	if (!Buffer.isBuffer(body) || body.length === 0) return [];
	if (contentType.startsWith('application/json')) return pairsOf(parseObject(body.toString('utf8')));
	if (!contentType.startsWith('multipart/form-data')) return [...new URLSearchParams(body.toString('utf8'))];
	const form = await new Response(new Uint8Array(body), { headers: { 'content-type': contentType } })
		.formData()
		.catch(() => {
			throw badRequest("can't parse the multipart body");
		});
	return [...form].filter((pair): pair is [string, string] => typeof pair[1] === 'string');
}

function parseObject(text: string): object {
	try {
		const value: unknown = JSON.parse(text);
		if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
	} catch {
		// Answered below.
	}
	throw badRequest("can't parse JSON object");
}

function pairsOf(values: object): Array<readonly [string, string]> {
	return Object.entries(values)
		.filter(([, value]) => value !== null)
		.map(([name, value]: [string, unknown]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]);
}
