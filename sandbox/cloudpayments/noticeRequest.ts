import { request as httpRequest } from 'node:http';
import { isLoopbackUrl } from '../shared/loopback';

/** What the shop made of a notification. */
export interface NoticeAnswer {
	/** Null when no answer came. */
	readonly status: number | null;
	readonly body: string;
	readonly error: string | null;
	readonly isTimeout: boolean;
	readonly durationMs: number;
}

export interface NoticeRequest {
	readonly url: string;
	readonly method: 'GET' | 'POST';
	/** Form text; of a GET it becomes the query. */
	readonly body: string;
	readonly headers: Readonly<Record<string, string>>;
}

/** Answers longer than this are cut; nobody reads more in the journal. */
const MAX_ANSWER_CHARACTERS = 2000;

/** Sends one notification over a fresh connection to this machine; redirects are not followed. Never rejects. */
export async function sendNotice(notice: NoticeRequest, timeoutMs: number): Promise<NoticeAnswer> {
	const { url, method, body, headers } = notice;
	const startedAt = performance.now();
	const finish = (answer: Partial<NoticeAnswer>): NoticeAnswer => ({
		status: null,
		body: '',
		error: null,
		isTimeout: false,
		...answer,
		durationMs: Math.round(performance.now() - startedAt),
	});
	if (!isLoopbackUrl(url) || new URL(url).protocol !== 'http:') {
		return finish({ error: 'Not sent: the sandbox delivers to http on this machine only' });
	}
	return await new Promise((resolve) => {
		let isTimeout = false;
		const fail = ({ message, code }: NodeJS.ErrnoException) => {
			resolve(finish({ error: message || code || 'Connection failed', isTimeout }));
		};
		const target = method === 'GET' ? `${url}${url.includes('?') ? '&' : '?'}${body}` : url;
		const request = httpRequest(target, { method, agent: false, headers });
		const timer = setTimeout(() => {
			isTimeout = true;
			request.destroy(new Error(`No answer within ${timeoutMs} ms`));
		}, timeoutMs);
		request.once('close', () => clearTimeout(timer));
		request.once('error', fail);
		request.once('response', (response) => {
			let text = '';
			response.setEncoding('utf8');
			response.on('data', (chunk: string) => (text += chunk.slice(0, MAX_ANSWER_CHARACTERS - text.length)));
			response.once('error', fail);
			response.once('end', () => resolve(finish({ status: response.statusCode ?? null, body: text })));
		});
		request.end(method === 'POST' ? body : undefined);
	});
}
