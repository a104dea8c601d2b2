import type { IncomingHttpHeaders } from 'node:http';
import express from 'express';
import { listenOnLoopback, type Listening } from '../../../sandbox/shared/listen';

/** One webhook as it came in. */
export interface Webhook {
	readonly path: string;
	readonly headers: IncomingHttpHeaders;
	readonly raw: string;
	/** Flat fields of a form; a JSON body as text under `json`. */
	readonly fields: Readonly<Record<string, string>>;
}

/** A merchant's webhook receiver: answers what it is told, remembers everything. */
export interface Receiver extends Listening {
	readonly webhooks: Webhook[];
	/** Statuses of the next answers, then 200. `hang` leaves the sender waiting, `drop` cuts the connection. */
	answer(...statuses: Array<number | 'hang' | 'drop'>): void;
}

export async function startReceiver(): Promise<Receiver> {
	const webhooks: Webhook[] = [];
	const answers: Array<number | 'hang' | 'drop'> = [];
	const app = express();
	app.use(express.raw({ type: () => true }));
	app.use(async (request, response) => {
		const body: Buffer = request.body;
		const raw = body.toString('utf8');
		const fields = await readFields(body, request.headers['content-type'] ?? '');
		webhooks.push({ path: request.path, headers: request.headers, raw, fields });
		const answer = answers.shift() ?? 200;
		if (answer === 'hang') return;
		if (answer === 'drop') request.socket.destroy();
		else if (answer >= 300 && answer < 400) response.redirect(answer, '/elsewhere');
		else response.status(answer).send('success');
	});
	const listening = await listenOnLoopback(app, 0, 'receiver');
	return { ...listening, webhooks, answer: (...statuses) => void answers.push(...statuses) };
}

async function readFields(body: Buffer, contentType: string): Promise<Record<string, string>> {
	if (contentType.startsWith('application/json')) return { json: body.toString('utf8') };
	const form = await new Response(new Uint8Array(body), { headers: { 'content-type': contentType } }).formData();
	return Object.fromEntries([...form].map(([name, value]) => [name, String(value)]));
}
