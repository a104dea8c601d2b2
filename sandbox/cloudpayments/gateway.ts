import { timingSafeEqual } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { Request, RequestHandler, Response } from 'express';
import type { Clock } from './clock';
import type { Endpoint, Envelope } from './endpoint';
import { refusal } from './endpoint';
import type { Fault, Faults } from './faults';
import type { Input } from './input';
import { asInput, parseJson } from './input';
import type { ApiRequest, Journal } from './journal';
import type { Load } from './load';
import { Refusal } from './refusal';
import type { RequestIds } from './requestIds';

/** What the gateway needs to decide about a call. */
export interface GatewayParts {
	readonly endpoints: readonly Endpoint[];
	readonly publicId: string;
	readonly apiSecret: string;
	readonly clock: Clock;
	readonly load: Load;
	readonly faults: Faults;
	readonly requestIds: RequestIds;
	readonly journal: Journal;
	readonly log: (line: string) => void;
}

/**
 * Serves the API: keys first, then the limit, faults, and the stored answer of a repeated call
 * (providers/cloudpayments.md §2). Needs `express.raw` for every content type before it.
 */
export function gateway(parts: GatewayParts): RequestHandler {
	const { clock, load, faults, journal, log } = parts;
	const byPath = new Map(parts.endpoints.map((endpoint) => [endpoint.path.toLowerCase(), endpoint]));
	const authorization = `Basic ${Buffer.from(`${parts.publicId}:${parts.apiSecret}`).toString('base64')}`;

	return async (request, response) => {
		const path = request.path.replace(/^\/|\/$/g, '');
		const requestId = request.get('x-request-id') ?? null;
		const { body, isJson } = readBody(request);
		const entry = journal.record({ at: clock.iso(), path, requestId, body, outcome: 'running', status: null });
		const end = (outcome: ApiRequest['outcome'], status: number | null) => {
			Object.assign(entry, { outcome, status });
			log(`CloudPayments: ${path}: ${status ?? 'cut off'}, ${outcome}`);
		};
		const sendPage = (outcome: ApiRequest['outcome'], status: number) => {
			end(outcome, status);
			webServerPage(response, status);
		};
		const sendFault = (outcome: ApiRequest['outcome'], { status, body: given }: Failure) => {
			if (given === undefined) return sendPage(outcome, status);
			end(outcome, status);
			if (typeof given === 'string') response.status(status).type('html').send(given);
			else response.status(status).json(given);
		};
		const cut = (outcome: 'fault' | 'lost') => {
			end(outcome, null);
			response.socket?.destroy();
		};

		if (!isSame(request.get('authorization') ?? '', authorization)) {
			response.set('WWW-Authenticate', 'Basic realm="api"');
			return sendPage('refused', 401);
		}
		const endpoint = byPath.get(path.toLowerCase());
		if (!endpoint) return sendPage('refused', 404);
		if (request.method !== 'POST') return sendPage('refused', 405);
		const mayEnter = load.enter();
		try {
			if (!mayEnter) return sendPage('over', 429);
			const { delayMs, fault } = faults.take(path);
			if (delayMs > 0) await pause(delayMs, undefined, { ref: false });
			if (fault?.when === 'before') return fault.kind === 'drop' ? cut('fault') : sendFault('fault', fault);
			const { envelope, isReplayed } = await answerOnce(parts, endpoint, { body, isJson, requestId });
			if (fault) return fault.kind === 'drop' ? cut('lost') : sendFault('lost', fault);
			end(isReplayed ? 'replayed' : 'served', 200);
			response.json(envelope);
		} finally {
			load.leave();
		}
	};
}

type Failure = Extract<Fault, { kind: 'fail' }>;

interface Call {
	readonly body: Input;
	readonly isJson: boolean;
	readonly requestId: string | null;
}

/** A repeated id is given the first answer, also while that is still being made. */
async function answerOnce(
	{ requestIds }: GatewayParts,
	endpoint: Endpoint,
	call: Call,
): Promise<{ envelope: Envelope; isReplayed: boolean }> {
	const { requestId } = call;
	const stored = requestId === null ? null : requestIds.find(requestId);
	if (stored) return { envelope: await stored, isReplayed: true };
	const answer = answerTo(endpoint, call);
	if (requestId !== null) requestIds.keep(requestId, answer);
	try {
		return { envelope: await answer, isReplayed: false };
	} catch (error) {
		if (requestId !== null) requestIds.release(requestId);
		throw error;
	}
}

async function answerTo(endpoint: Endpoint, { body, isJson }: Call): Promise<Envelope> {
	try {
		if (endpoint.isJsonOnly && !isJson) throw new Refusal('Content-Type must be application/json');
		return await endpoint.serve(body);
	} catch (error) {
		if (!(error instanceof Refusal)) throw error;
		return refusal(error.message);
	}
}

/** Fields of JSON or of a form; anything else has none. */
function readBody(request: Request): { body: Input; isJson: boolean } {
	const raw: unknown = request.body;
	const text = Buffer.isBuffer(raw) ? raw.toString('utf8') : '';
	const isJson = (request.get('content-type') ?? '').startsWith('application/json');
	return { body: isJson ? asInput(parseJson(text)) : Object.fromEntries(new URLSearchParams(text)), isJson };
}

function isSame(given: string, wanted: string): boolean {
	const [left, right] = [Buffer.from(given), Buffer.from(wanted)];
	return left.length === right.length && timingSafeEqual(left, right);
}

function webServerPage(response: Response, status: number): void {
	const title = `${status} ${STATUS_CODES[status] ?? ''}`;
	const body = `<center><h1>${title}</h1></center>`;
	response.status(status).type('html').send(`<html><head><title>${title}</title></head><body>${body}</body></html>`);
}
