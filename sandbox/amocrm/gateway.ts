import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { Request, RequestHandler } from 'express';
import { isObject } from './json';
import type { Answer, Call, EndpointTable } from './endpoint';
import type { Fault, Faults } from './faults';
import type { Journal, RequestEntry } from './journal';
import { patternOf } from './journal';
import { ListQuery } from './listQuery';
import type { ModeSwitch } from './modes';
import { Problem } from './problem';
import type { RateMeter } from './rate';
import type { Tokens } from './tokens';

/** What the gateway needs to decide about a call. */
export interface GatewayParts {
	readonly endpoints: EndpointTable;
	readonly modes: ModeSwitch;
	readonly rate: RateMeter;
	readonly faults: Faults;
	readonly tokens: Tokens;
	readonly journal: Journal;
	readonly log: (line: string) => void;
}

/** Longest request line; a web server in front refuses longer ones. */
const LONGEST_URL = 8192;

/**
 * Serves `/api/v4`: rate, token and faults come first, then the endpoint. Needs `express.raw` for every content type
 * before it.
 */
export function gateway(parts: GatewayParts): RequestHandler {
	const { endpoints, modes, rate, faults, tokens, journal, log } = parts;
	return async (request, response) => {
		const verdict = rate.arrive();
		const [path = ''] = request.originalUrl.split('?');
		const entry = journal.record({
			at: new Date().toISOString(),
			method: request.method,
			pattern: patternOf(path),
			path: request.originalUrl,
			body: readBody(request),
			status: null,
		});
		response.set('X-Request-Id', randomUUID());
		const end = (status: number) => {
			entry.status = status;
			log(`amoCRM: ${entry.method} ${entry.path}: ${status}`);
		};
		const refusePlainly = (status: number) => {
			end(status);
			response.status(status).type('html').send(webServerPage(status));
		};
		const answer = ({ status, body }: Answer, type = 'application/hal+json') => {
			end(status);
			if (body === null) response.status(status).end();
			else response.status(status).set('Content-Type', type).end(JSON.stringify(body));
		};
		const strike = (fault: Fault) => {
			if (fault.kind === 'drop') response.socket?.destroy();
			else if (fault.kind === 'tooMany') refusePlainly(429);
			else if (fault.kind === 'fail' && fault.status >= 500) refusePlainly(fault.status);
			else if (fault.kind === 'fail') throw new Problem(fault.status, 'The sandbox was told to refuse this call');
			else if (fault.kind === 'rejectElements') throw rejection(entry.body, fault.positions);
		};

		if (modes.current.down) return refusePlainly(503);
		if (verdict === 'blocked' || modes.current.forbidden) return refusePlainly(403);
		if (verdict === 'over') return refusePlainly(429);
		if (request.originalUrl.length > LONGEST_URL) return refusePlainly(414);
		try {
			if (!tokens.accepts(request.headers.authorization)) throw new Problem(401, 'Token is invalid or has expired');
			const fault = faults.take(request.method, path);
			const isLate = fault !== null && 'apply' in fault && fault.apply;
			if (fault?.kind === 'delay') await wait(fault.ms);
			else if (fault && !isLate) return strike(fault);
			await wait(modes.current.latencyMs / 2);
			const served = serve(endpoints, request, entry, modes);
			await wait(modes.current.latencyMs / 2);
			if (fault && isLate) strike(fault);
			else answer(served);
		} catch (error) {
			if (!(error instanceof Problem)) throw error;
			answer({ status: error.status, body: error.body() }, 'application/problem+json');
		}
	};
}

/** @throws Problem when there is no such endpoint or it refuses the call */
function serve(endpoints: EndpointTable, request: Request, { body }: RequestEntry, { current }: ModeSwitch): Answer {
	const found = endpoints.find(request.method, request.path.replace(/\/$/, ''));
	if (!found) throw new Problem(404, `Not found: ${request.method} ${request.path}`);
	if (typeof body === 'string') throw new Problem(400, 'The request body is not valid JSON');
	const query = new ListQuery(new URL(request.originalUrl, 'http://localhost').searchParams);
	const filters = current.filtersIgnored ? new ListQuery(new URLSearchParams()) : query;
	const call: Call = { ids: found.ids, path: request.originalUrl, query, filters, body };
	return found.endpoint.serve(call);
}

/** The parsed body; undefined without one; what is no array or object of JSON as text. */
function readBody({ body }: Request): unknown {
	if (!Buffer.isBuffer(body) || body.length === 0) return undefined;
	const text = body.toString('utf8');
	try {
		const parsed: unknown = JSON.parse(text);
		return typeof parsed === 'object' ? parsed : text;
	} catch {
		return text;
	}
}

/** A pause that does not keep the process alive. */
async function wait(milliseconds: number): Promise<void> {
	if (milliseconds > 0) await pause(milliseconds, undefined, { ref: false });
}

function rejection(body: unknown, positions: readonly number[]): Problem {
	const elements: readonly unknown[] = Array.isArray(body) ? body : [body];
	const refused = elements.flatMap((element, index) => {
		if (!positions.includes(index)) return [];
		const given = isObject(element) ? element.request_id : undefined;
		const detail = 'The value you selected is not a valid choice.';
		const errors = [{ code: 'NotSupportedChoice', path: 'custom_fields_values.0.field_id', detail }];
		return [{ request_id: String(given ?? index), errors }];
	});
	return new Problem(400, 'Request validation failed', refused);
}

/** The page of the web server in front of the API, which answers when the API itself does not. */
function webServerPage(status: number): string {
	const title = `${status} ${STATUS_CODES[status] ?? ''}`;
	const head = `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>`;
	return `${head}\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n`;
}
