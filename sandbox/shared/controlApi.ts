import type { RequestHandler, Response } from 'express';
import express, { Router } from 'express';
import { z } from 'zod';
import { refuseForeignPages } from './loopback';

/** Does one thing with a stand-in; what it returns is the answer. */
export type ControlAction<Control> = (control: Control, input: unknown) => unknown;

/** Actions or lists of a stand-in by their name in the address. */
export type ControlActions<Control> = ReadonlyMap<string, ControlAction<Control>>;

/** The input of an action that needs nothing to be told. */
export const NOTHING = z.object({}).strict();

/** Errors of these classes say no to the caller; any other one is a fault of the stand-in. */
export type Refusals = ReadonlyArray<abstract new (...parameters: never[]) => Error>;

/** Makes the actions of one kind of stand-in: each checks its input first. */
export function actionsFor<Control>() {
	return <Schema extends z.ZodTypeAny>(
		schema: Schema,
		run: (control: Control, input: z.output<Schema>) => unknown,
	): ControlAction<Control> => (control, input) => run(control, schema.parse(input ?? {}) as z.output<Schema>);
}

/** What the control API of a stand-in offers. */
export interface ControlApi<Control> {
	readonly control: Control;
	/** Called with the body: `POST /<name>`. */
	readonly actions: ControlActions<Control>;
	/** Called with the query: `GET /<name>`. */
	readonly lists?: ControlActions<Control>;
	readonly refusals: Refusals;
	/** How the answer to an unknown name begins; the names follow. */
	readonly unknownName: string;
}

/** The routes of a control API, for pages of this sandbox only. */
export function controlRouter<Control>({ control, actions, lists, refusals, unknownName }: ControlApi<Control>): Router {
	const router = Router();
	router.use(refuseForeignPages);
	const serve = (named: ControlActions<Control>, input: 'body' | 'query'): RequestHandler => {
		return async (request, response) => {
			const run = named.get(String(request.params.name));
			if (!run) return void response.status(404).json({ error: `${unknownName}: ${[...named.keys()].join(', ')}` });
			await answerControl(response, refusals, () => run(control, request[input]));
		};
	};
	if (lists) router.get('/:name', serve(lists, 'query'));
	router.post('/:name', express.json(), serve(actions, 'body'));
	return router;
}

/** Answers with what `work` returns: 400 when the input is wrong, 409 when the stand-in refuses. */
export async function answerControl(response: Response, refusals: Refusals, work: () => unknown): Promise<void> {
	try {
		response.json((await work()) ?? { ok: true });
	} catch (error) {
		if (error instanceof z.ZodError) response.status(400).json({ error: error.issues });
		else if (error instanceof Error && refusals.some((kind) => error instanceof kind)) {
			response.status(409).json({ error: error.message });
		} else throw error;
	}
}
