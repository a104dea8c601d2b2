import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export const PUBLIC_ID = 'pk_test_public';
export const API_SECRET = 'api-secret-do-not-show';

export interface ApiRequest {
	path: string;
	fields: Record<string, unknown>;
	headers: IncomingHttpHeaders;
}

export interface ApiReply {
	status?: number;
	/** JSON unless it is text. `drop` closes the connection without an answer. */
	body: unknown;
}

export type Handler = (request: ApiRequest) => ApiReply | 'drop' | Promise<ApiReply | 'drop'>;

/**
 * A stand-in for the API that answers as a test tells it, and 401 in HTML to wrong keys (providers/cloudpayments.md
 * §2).
 */
export interface Api {
	url: string;
	/** Every request in the order it came, refused ones too. */
	requests: ApiRequest[];
	/** Replies for a path, in turn; the last one goes on. */
	reply: (path: string, ...handlers: Array<Handler | ApiReply | 'drop'>) => void;
	/** The most requests that were under way at once. */
	peak: () => number;
	close: () => Promise<void>;
}

export const success = (model: unknown): ApiReply => ({ body: { Success: true, Message: null, Model: model } });
export const refusal = (message: string | null, model: unknown = null): ApiReply => ({
	body: { Success: false, Message: message, Model: model },
});

export async function startApi(): Promise<Api> {
	const requests: ApiRequest[] = [];
	const replies = new Map<string, Array<Handler | ApiReply | 'drop'>>();
	let running = 0;
	let most = 0;
	const server = createServer(async (incoming, response) => {
		most = Math.max(most, ++running);
		response.once('close', () => (running -= 1));
		let body = '';
		for await (const chunk of incoming) body += String(chunk);
		const request: ApiRequest = {
			path: (incoming.url ?? '').slice(1),
			fields: JSON.parse(body || 'null') as Record<string, unknown>,
			headers: incoming.headers,
		};
		requests.push(request);
		const queue = replies.get(request.path) ?? [{ status: 404, body: '<h1>Not Found</h1>' }];
		const next = queue.length > 1 ? queue.shift()! : queue[0]!;
		const isKnown = incoming.headers.authorization === `Basic ${btoa(`${PUBLIC_ID}:${API_SECRET}`)}`;
		const reply = isKnown
			? await (typeof next === 'function' ? next(request) : next)
			: { status: 401, body: '<html><b>Unauthorized</b></html>' };
		if (reply === 'drop') {
			incoming.socket.destroy();
			return;
		}
		const isText = typeof reply.body === 'string';
		response
			.writeHead(reply.status ?? 200, { 'content-type': isText ? 'text/html' : 'application/json' })
			.end(isText ? reply.body : JSON.stringify(reply.body));
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		requests,
		reply: (path, ...handlers) => replies.set(path, handlers),
		peak: () => most,
		close: () => new Promise((resolve) => server.close(() => resolve())),
	};
}
