import type { IncomingHttpHeaders } from 'node:http';
import express from 'express';
import { listenOnLoopback, type Listening } from '../../../sandbox/shared/listen';

/** One notification as it came in. */
export interface Received {
	/** Last part of the path: the type. */
	readonly type: string;
	readonly method: string;
	readonly headers: IncomingHttpHeaders;
	/** The body, or the query of a GET, as it came. */
	readonly raw: string;
	readonly fields: Readonly<Record<string, string>>;
}

/** A code for `{"code":N}`, a whole answer, or none: `hang` leaves the sender waiting, `drop` cuts the connection. */
export type ShopAnswer = number | { readonly status: number; readonly body: string } | 'hang' | 'drop';

/** The shop's end of the notifications: answers what it is told, remembers everything. */
export interface Shop extends Listening {
	readonly received: Received[];
	/** The next answers to a type, then code 0. */
	answer(type: string, ...answers: ShopAnswer[]): void;
	/** Runs before a type is answered. */
	before(type: string, run: () => Promise<unknown>): void;
	/** Fields received of a type, in order. */
	of(type: string): ReadonlyArray<Readonly<Record<string, string>>>;
}

export async function startShop(): Promise<Shop> {
	const received: Received[] = [];
	const answers = new Map<string, ShopAnswer[]>();
	const runs = new Map<string, () => Promise<unknown>>();
	const app = express();
	app.use(express.raw({ type: () => true }));
	app.use(async (request, response) => {
		const type = request.path.split('/').at(-1) ?? '';
		const query = request.originalUrl.split('?')[1] ?? '';
		const raw = request.method === 'GET' ? query : (request.body as Buffer).toString('utf8');
		const fields = Object.fromEntries(new URLSearchParams(raw));
		received.push({ type, method: request.method, headers: request.headers, raw, fields });
		await runs.get(type)?.();
		const answer = answers.get(type)?.shift() ?? 0;
		if (answer === 'hang') return;
		if (answer === 'drop') request.socket.destroy();
		else if (typeof answer === 'number') response.json({ code: answer });
		else response.status(answer.status).send(answer.body);
	});
	const listening = await listenOnLoopback(app, 0, 'shop');
	return {
		...listening,
		received,
		answer: (type, ...more) => void answers.set(type, [...(answers.get(type) ?? []), ...more]),
		before: (type, run) => void runs.set(type, run),
		of: (type) => received.filter((one) => one.type === type).map(({ fields }) => fields),
	};
}
