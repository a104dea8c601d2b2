import { request as httpRequest } from 'node:http';
import { isLoopbackUrl } from './loopback';

/** What the receiver made of a webhook. */
export interface WebhookAnswer {
	/** Null when no answer came. */
	readonly status: number | null;
	readonly error: string | null;
	readonly durationMs: number;
}

/** Posts a JSON text over a fresh connection to this machine; redirects are not followed. Never rejects. */
export async function postJson(url: string, payload: string, timeoutMs: number): Promise<WebhookAnswer> {
	const startedAt = performance.now();
	const finish = (status: number | null, error: string | null): WebhookAnswer => ({
		status,
		error,
		durationMs: Math.round(performance.now() - startedAt),
	});
	if (!isLoopbackUrl(url) || new URL(url).protocol !== 'http:') {
		return finish(null, 'Not sent: the sandbox delivers to http on this machine only');
	}
	return await new Promise((resolve) => {
		const fail = (error: NodeJS.ErrnoException) => {
			resolve(finish(null, error.message || error.code || 'Connection failed'));
		};
		const request = httpRequest(url, {
			method: 'POST',
			agent: false,
			headers: { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(payload) },
		});
		const timer = setTimeout(() => request.destroy(new Error(`No answer within ${timeoutMs} ms`)), timeoutMs);
		request.once('close', () => clearTimeout(timer));
		request.once('error', fail);
		request.once('response', (response) => {
			response.resume();
			response.once('error', fail);
			response.once('end', () => resolve(finish(response.statusCode ?? null, null)));
		});
		request.end(payload);
	});
}
