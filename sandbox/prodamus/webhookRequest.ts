import { randomBytes } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { isLoopbackUrl } from '../shared/loopback';
import type { PhpTree } from './phpForm';
import { toPairs } from './phpForm';

/** How the body of a webhook is written (providers/prodamus.md §4). */
export type WebhookFormat = 'multipart' | 'urlencoded' | 'json';

/** What the receiver made of a webhook. */
export interface WebhookAnswer {
	/** null when no answer came. */
	readonly status: number | null;
	readonly body: string;
	readonly error: string | null;
	readonly durationMs: number;
}

export interface WebhookRequest {
	readonly url: string;
	readonly fields: PhpTree;
	/** null leaves the `Sign` header out. */
	readonly sign: string | null;
	readonly format: WebhookFormat;
	readonly timeoutMs: number;
	/** Hang up as soon as the request is written, without waiting for the answer. */
	readonly hangUp?: boolean;
}

/** Answers longer than this are cut; nobody reads more in the journal. */
const MAX_ANSWER_CHARACTERS = 2000;
/** Time for the request to leave the machine's buffers before the connection is cut. */
const HANG_UP_AFTER_MS = 50;

/** Sends one webhook as curl does: a fresh connection, redirects not followed. Never rejects. */
export async function sendWebhook(webhook: WebhookRequest): Promise<WebhookAnswer> {
	const startedAt = performance.now();
	const finish = (answer: Omit<WebhookAnswer, 'durationMs'>): WebhookAnswer => ({
		...answer,
		durationMs: Math.round(performance.now() - startedAt),
	});
	if (!isLoopbackUrl(webhook.url)) {
		return finish({ status: null, body: '', error: 'Not sent: the sandbox delivers to this machine only' });
	}
	const { contentType, body } = encode(webhook.fields, webhook.format);
	return await new Promise((resolve) => {
		const fail = (error: string) => resolve(finish({ status: null, body: '', error }));
		const request = httpRequest(webhook.url, {
			method: 'POST',
			agent: false,
			headers: {
				'User-Agent': 'curl/8.5.0',
				Accept: '*/*',
				'Content-Type': contentType,
				'Content-Length': Buffer.byteLength(body),
				...(webhook.sign === null ? {} : { Sign: webhook.sign }),
			},
		});
		const timer = setTimeout(() => {
			request.destroy(new Error(`No answer within ${webhook.timeoutMs} ms`));
		}, webhook.timeoutMs);
		request.once('close', () => clearTimeout(timer));
		request.once('error', (error: NodeJS.ErrnoException) => fail(error.message || error.code || 'Connection failed'));
		request.once('response', (response) => {
			let text = '';
			response.setEncoding('utf8');
			response.on('data', (chunk: string) => (text += chunk.slice(0, MAX_ANSWER_CHARACTERS - text.length)));
			response.once('error', (error) => fail(error.message));
			response.once('end', () => resolve(finish({ status: response.statusCode ?? null, body: text, error: null })));
		});
		if (webhook.hangUp) {
			request.once('finish', () => {
				setTimeout(() => request.destroy(new Error('Hung up before the answer')), HANG_UP_AFTER_MS);
			});
		}
		request.end(body);
	});
}

function encode(fields: PhpTree, format: WebhookFormat): { contentType: string; body: string } {
	if (format === 'json') return { contentType: 'application/json', body: JSON.stringify(fields) };
	const pairs = toPairs(fields);
	if (format === 'urlencoded') {
		return { contentType: 'application/x-www-form-urlencoded', body: new URLSearchParams(pairs).toString() };
	}
	// Written by hand because FormData turns every line feed of a value into CRLF, and the signature would not match.
	const boundary = `------------------------${randomBytes(8).toString('hex')}`;
	const parts = pairs.map(
		([name, value]) =>
			`--${boundary}\r\nContent-Disposition: form-data; name="${name.replaceAll('"', '%22')}"\r\n\r\n${value}\r\n`,
	);
	return { contentType: `multipart/form-data; boundary=${boundary}`, body: `${parts.join('')}--${boundary}--\r\n` };
}
