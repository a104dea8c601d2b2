import { STATUS_CODES } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { Request, RequestHandler } from 'express';
import { ApiError, notFound } from './apiError';
import type { Branch } from './branch';
import type { Clock } from './clock';
import type { Answer, Endpoint, EndpointTable } from './endpoint';
import { newCall } from './endpoint';
import type { Fault, Faults } from './faults';
import type { ApiRequest, Journal } from './journal';
import { patternOf } from './journal';
import type { ModeSwitch } from './modes';
import type { RateMeter } from './rate';

export interface Tokens {
	readonly partner: string;
	readonly user: string;
}

/** What the gateway needs to decide about a call. */
export interface GatewayParts {
	readonly endpoints: EndpointTable;
	readonly branch: Branch;
	readonly tokens: Tokens;
	/** The only `Accept` that is served. */
	readonly accept: string;
	readonly clock: Clock;
	readonly modes: ModeSwitch;
	readonly rate: RateMeter;
	readonly faults: Faults;
	readonly journal: Journal;
	readonly log: (line: string) => void;
}

/** `Bearer <partner>`, or `Bearer <partner>, User <user>`. */
const AUTHORIZATION = /^Bearer ([^\s,]+)(?:, ?User ([^\s,]+))?$/;

/** What goes back over the wire. */
interface Reply extends Answer {
	/** The page of a web server in front of the API, which answers when the API itself does not. */
	readonly isPlain?: boolean;
}

/**
 * Serves `/api/v1`: limits, faults and tokens come first, then the endpoint (providers/yclients.md §1). Needs
 * `express.raw` for every content type before it.
 */
export function gateway(parts: GatewayParts): RequestHandler {
	const { endpoints, clock, modes, rate, faults, journal, log } = parts;
	return async (request, response) => {
		const entry = journal.record(newEntry(request, clock));
		const end = (outcome: ApiRequest['outcome'], status: number | null) => {
			Object.assign(entry, { outcome, status });
			log(`YCLIENTS: ${entry.method} ${entry.path}: ${status ?? 'cut off'}, ${outcome}`);
		};
		const send = (outcome: ApiRequest['outcome'], { status, body, isPlain }: Reply) => {
			end(outcome, status);
			const seconds = modes.current.retryAfterSeconds;
			if (status === 429 && seconds !== null) response.set('Retry-After', String(seconds));
			if (isPlain) response.status(status).type('html').send(webServerPage(status));
			else if (body === null) response.status(status).end();
			else response.status(status).json(body);
		};
		const cut = (outcome: 'fault' | 'lost') => {
			end(outcome, null);
			response.socket?.destroy();
		};

		if (faults.isDown) return cut('fault');
		const verdict = rate.arrive(entry.address, clock.now());
		if (verdict === 'blocked') return send('over', plain(403));
		if (verdict === 'over') return send('over', tooMany());
		const fault = faults.take(entry.method, entry.path);
		const isLate = fault !== null && 'apply' in fault && fault.apply;
		if (fault?.kind === 'drop' && !isLate) return cut('fault');
		if (fault?.kind === 'fail' && !isLate) return send('fault', faultReply(fault));
		if (fault?.kind === 'delay') await pause(fault.ms, undefined, { ref: false });
		const served = run(parts, endpoints, request, entry);
		if (served.status >= 400) send('refused', served);
		else if (fault?.kind === 'drop') cut('lost');
		else if (fault?.kind === 'fail') send('lost', faultReply(fault));
		else send('served', served);
	};
}

function run(parts: GatewayParts, endpoints: EndpointTable, request: Request, entry: ApiRequest): Reply {
	try {
		checkAccept(request, parts.accept);
		const found = endpoints.find(entry.method, decoded(entry.path));
		authenticate(request, parts.tokens, found?.endpoint.access ?? 'partner');
		if (!found) throw notFound(`${entry.method} ${entry.path}: такого адреса нет`);
		checkBranch(found.names, parts.branch);
		if (typeof entry.body === 'string') throw new ApiError(400, 'Тело запроса не в формате JSON');
		const query = new URL(request.originalUrl, 'http://localhost').searchParams;
		return found.endpoint.serve(newCall(found.names, query, entry.body ?? undefined));
	} catch (error) {
		if (!(error instanceof ApiError)) throw error;
		return { status: error.status, body: error.body() };
	}
}

function newEntry(request: Request, clock: Clock): ApiRequest {
	const { pathname, searchParams } = new URL(request.originalUrl, 'http://localhost');
	const path = pathname.replace(/^\/api\/v1/, '').replace(/\/$/, '');
	return {
		at: new Date(clock.now()).toISOString(),
		address: request.socket.remoteAddress ?? '',
		method: request.method,
		path,
		pattern: patternOf(path),
		query: Object.fromEntries(searchParams),
		body: bodyOf(request),
		outcome: 'refused',
		status: null,
	};
}

/** Parsed JSON; null without a body; what is no array or object of JSON as text. */
function bodyOf({ body }: Request): unknown {
	if (!Buffer.isBuffer(body) || body.length === 0) return null;
	const text = body.toString('utf8');
	try {
		const parsed: unknown = JSON.parse(text);
		return typeof parsed === 'object' ? parsed : text;
	} catch {
		return text;
	}
}

function checkAccept(request: Request, accept: string): void {
	const given = (request.get('accept') ?? '').split(',').map((one) => one.trim().split(';')[0]);
	if (!given.includes(accept)) throw new ApiError(400, `Заголовок Accept должен быть ${accept}`);
}

/** @throws ApiError 401 */
function authenticate(request: Request, tokens: Tokens, access: Endpoint['access']): void {
	const given = request.get('authorization') ?? '';
	const [, partner = '', user = ''] = AUTHORIZATION.exec(given) ?? [];
	if (partner === '') throw new ApiError(401, 'Не указан партнёрский токен');
	if (partner !== tokens.partner) throw new ApiError(401, 'Неверный партнёрский токен');
	if (access === 'user' && user === '') throw new ApiError(401, 'Необходима авторизация');
	if (access === 'user' && user !== tokens.user) throw new ApiError(401, 'Неверный токен пользователя');
}

/** @throws ApiError 403 for another branch or chain */
function checkBranch(names: ReadonlyMap<string, string>, { companyId, chainId }: Branch): void {
	const company = names.get('company') ?? String(companyId);
	const chain = names.get('chain') ?? String(chainId);
	const isOwn = company === String(companyId) && chain === String(chainId);
	if (!isOwn) throw new ApiError(403, 'Недостаточно прав');
}

function faultReply({ status }: Extract<Fault, { kind: 'fail' }>): Reply {
	if (status === 429) return tooMany();
	if (status >= 500) return plain(status);
	const message = status === 402 ? 'Лицензия филиала истекла' : 'Песочница отказала этому запросу';
	const body = status < 400 ? { success: false, data: null, meta: { message } } : new ApiError(status, message).body();
	return { status, body };
}

function tooMany(): Reply {
	return { status: 429, body: new ApiError(429, 'Слишком много запросов').body() };
}

function plain(status: number): Reply {
	return { status, body: null, isPlain: true };
}

/** @throws ApiError 404 */
function decoded(path: string): string {
	try {
		return path.split('/').map((segment) => decodeURIComponent(segment).replace(/\//g, '%2F')).join('/');
	} catch {
		throw notFound();
	}
}

function webServerPage(status: number): string {
	const title = `${status} ${STATUS_CODES[status] ?? ''}`;
	const body = `<center><h1>${title}</h1></center>\r\n<hr><center>nginx</center>`;
	return `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n${body}\r\n</body>\r\n</html>\r\n`;
}
