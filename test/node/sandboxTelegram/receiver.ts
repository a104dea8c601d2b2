import type { IncomingHttpHeaders } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AxiosResponse } from 'axios';

/** One update as it came in. */
export interface Received {
	readonly headers: IncomingHttpHeaders;
	readonly update: AxiosResponse['data'];
	readonly at: number;
}

/** How a request is answered; `hang` never, `drop` by cutting the connection. */
export type Reply =
	| number
	| 'hang'
	| 'drop'
	| {
			readonly status: number;
			readonly body?: object;
			readonly headers?: Record<string, string>;
			readonly afterMs?: number;
	  };

/** The bot's webhook: answers what it is told, 200 without orders, and remembers everything. */
export interface Receiver {
	readonly url: string;
	readonly received: Received[];
	/** Most requests open at the same time. */
	readonly mostAtOnce: () => number;
	/** For the next requests, in order of arrival. */
	answer(...replies: Reply[]): void;
	/** For all requests without orders. */
	answerAlways(reply: Reply): void;
	close(): Promise<void>;
}

export async function startReceiver(): Promise<Receiver> {
	const received: Received[] = [];
	const replies: Reply[] = [];
	let always: Reply = 200;
	let open = 0;
	let most = 0;
	const server = createServer((request, response) => {
		const chunks: Buffer[] = [];
		open += 1;
		most = Math.max(most, open);
		response.once('close', () => (open -= 1));
		request.on('data', (chunk: Buffer) => chunks.push(chunk));
		request.on('end', () => {
			const update = JSON.parse(Buffer.concat(chunks).toString('utf8'));
			received.push({ headers: request.headers, update, at: performance.now() });
			const given = replies.shift() ?? always;
			if (given === 'hang') return;
			if (given === 'drop') return void request.socket.destroy();
			const { status, body, headers = {}, afterMs = 0 } = typeof given === 'number' ? { status: given } : given;
			setTimeout(() => {
				response.writeHead(status, { 'Content-Type': 'application/json', ...headers });
				response.end(body ? JSON.stringify(body) : '');
			}, afterMs);
		});
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
		received,
		mostAtOnce: () => most,
		answer: (...given) => void replies.push(...given),
		answerAlways: (reply) => void (always = reply),
		close: async () =>
			await new Promise<void>((resolve) => {
				server.close(() => resolve());
				server.closeAllConnections();
			}),
	};
}
