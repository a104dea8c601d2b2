import { request as httpRequest } from 'node:http';
import { isLoopbackUrl } from '../shared/loopback';

/** What the receiver made of a webhook. */
export interface WebhookAnswer {
	/** Null when no answer came. */
	readonly status: number | null;
	readonly body: string;
	readonly error: string | null;
	readonly durationMs: number;
}

/** Answers longer than this are cut; nobody reads more in the journal. */
const MAX_ANSWER_CHARACTERS = 2000;

/** Posts one event over a fresh connection; redirects are not followed. Never rejects. */
export async function sendWebhook(
	url: string,
	payload: string,
	signature: string,
	timeoutMs: number,
): Promise<WebhookAnswer> {
	const startedAt = performance.now();
	const finish = (answer: Omit<WebhookAnswer, 'durationMs'>): WebhookAnswer => ({
		...answer,
		durationMs: Math.round(performance.now() - startedAt),
	});
	if (!isLoopbackUrl(url) || new URL(url).protocol !== 'http:') {
		return finish({ status: null, body: '', error: 'Not sent: the sandbox delivers to http on this machine only' });
	}
	return await new Promise((resolve) => {
		const fail = (error: string) => resolve(finish({ status: null, body: '', error }));
		const request = httpRequest(url, {
			method: 'POST',
			agent: false,
			headers: {
				'User-Agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
				Accept: '*/*; q=0.5, application/xml',
				'Cache-Control': 'no-cache',
				'Content-Type': 'application/json; charset=utf-8',
				'Content-Length': Buffer.byteLength(payload),
				'Stripe-Signature': signature,
			},
		});
		const timer = setTimeout(() => request.destroy(new Error(`No answer within ${timeoutMs} ms`)), timeoutMs);
		request.once('close', () => clearTimeout(timer));
		request.once('error', (error: NodeJS.ErrnoException) => fail(error.message || error.code || 'Connection failed'));
		request.once('response', (response) => {
			let text = '';
			response.setEncoding('utf8');
			response.on('data', (chunk: string) => (text += chunk.slice(0, MAX_ANSWER_CHARACTERS - text.length)));
			response.once('error', (error) => fail(error.message));
			response.once('end', () => resolve(finish({ status: response.statusCode ?? null, body: text, error: null })));
		});
		request.end(payload);
	});
}
