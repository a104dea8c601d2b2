import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isLoopbackUrl } from '../shared/loopback';

/** What the receiver made of an update. */
export interface WebhookAnswer {
	/** null when no answer came. */
	readonly status: number | null;
	/** Seconds asked for in `Retry-After`; 0 without. */
	readonly retryAfter: number;
	readonly body: string;
	readonly error: string | null;
	readonly durationMs: number;
}

export interface WebhookRequest {
	readonly url: string;
	/** null leaves the header out. */
	readonly secret: string | null;
	readonly body: string;
	readonly timeoutMs: number;
}

const MAX_ANSWER_CHARACTERS = 64 * 1024;

/** Posts one update. Redirects are not followed. Never rejects. */
export async function postUpdate({ url, secret, body, timeoutMs }: WebhookRequest): Promise<WebhookAnswer> {
	const startedAt = performance.now();
	const finish = (answer: Partial<WebhookAnswer>): WebhookAnswer => ({
		status: null,
		retryAfter: 0,
		body: '',
		error: null,
		...answer,
		durationMs: Math.round(performance.now() - startedAt),
	});
	if (!isLoopbackUrl(url)) return finish({ error: 'Not sent: the sandbox delivers to this machine only' });
	return await new Promise((resolve) => {
		const send = url.startsWith('https:') ? httpsRequest : httpRequest;
		const request = send(url, {
			method: 'POST',
			agent: false,
			headers: {
				'Content-Type': 'application/json',
				'Content-Length': Buffer.byteLength(body),
				'Accept-Encoding': 'gzip, deflate',
				...(secret === null ? {} : { 'X-Telegram-Bot-Api-Secret-Token': secret }),
			},
		});
		const timer = setTimeout(() => request.destroy(new Error('Read timeout expired')), timeoutMs);
		request.once('close', () => clearTimeout(timer));
		request.once('error', (error: NodeJS.ErrnoException) => {
			resolve(finish({ error: error.code === 'ECONNREFUSED' ? 'Connection refused' : error.message }));
		});
		request.once('response', (response) => {
			let text = '';
			response.setEncoding('utf8');
			response.on('data', (chunk: string) => (text += chunk.slice(0, MAX_ANSWER_CHARACTERS - text.length)));
			response.once('error', (error) => resolve(finish({ error: error.message })));
			response.once('end', () => {
				const retryAfter = Number(response.headers['retry-after']) || 0;
				resolve(finish({ status: response.statusCode ?? null, retryAfter, body: text }));
			});
		});
		request.end(body);
	});
}
