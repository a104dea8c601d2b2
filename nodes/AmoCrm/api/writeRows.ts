import { z } from 'zod';

import { rowsOf } from '../entities';
import { repair, type Body } from '../repair';
import { AmoError } from '../shared/amoError';
import type { AmoClient } from '../shared/client';

/** amoCRM takes 250 and recommends 50 (providers/amocrm.md §8.3). */
const MAX_ROWS = 50;
/** amoCRM mostly names everything at once; what still complains after so many corrections is given up. */
const MAX_CORRECTIONS = 10;

export interface Rows {
	method: 'POST' | 'PATCH';
	/** Behind `/api/v4/`. */
	path: string;
	/** Where the answer holds its rows, unless it is a bare list. */
	collection: string;
	bodies: readonly Body[];
	/** What to call a custom field by its id in a warning. */
	nameOf?: (fieldId: unknown) => string;
	/** The same bodies with newer lists of fields and choices, if there are any. */
	rebuild?: () => Promise<readonly Body[]>;
}

/** What became of one row. After `uncertain` it may be saved or not. */
export type RowOutcome = { warnings: string[] } & (
	| { status: 'saved'; answer: SavedRow }
	| { status: 'uncertain' | 'failed'; error: AmoError }
);

/** What amoCRM answers about a saved row. */
export interface SavedRow {
	id: string;
	/** Only of `/leads/complex`. */
	contactId: string | null;
	/** Its duplicate control has put the row together with something that was there. */
	isMerged: boolean;
}

/** A row that is still to be saved, and its place among the outcomes. */
interface Pending {
	body: Body;
	index: number;
	warnings: string[];
}

/**
 * Writes rows in batches. Bad fields and choices are left out and reported, a bad row does not sink the others
 * (PA11), and nothing is sent twice that may have been saved. What amoCRM or the network does is an outcome and not
 * thrown.
 *
 * @returns one outcome for each body, in their order
 */
export async function writeRows(client: AmoClient, rows: Rows): Promise<RowOutcome[]> {
	const outcomes: RowOutcome[] = [];
	for (let from = 0; from < rows.bodies.length; from += MAX_ROWS) {
		const chunk = (bodies: readonly Body[]) => bodies.slice(from, from + MAX_ROWS);
		const rebuild = rows.rebuild && (async () => chunk((await rows.rebuild?.()) ?? []));
		outcomes.push(...(await writeChunk(client, { ...rows, bodies: chunk(rows.bodies), rebuild })));
	}
	return outcomes;
}

async function writeChunk(client: AmoClient, rows: Rows): Promise<RowOutcome[]> {
	const outcomes: RowOutcome[] = [];
	let pending = rows.bodies.map((body, index): Pending => ({ body, index, warnings: [] }));
	for (let corrections = 0; pending.length > 0; corrections++) {
		const answer = await send(client, rows, pending);
		if (!(answer instanceof AmoError)) {
			pending.forEach((row, at) => (outcomes[row.index] = savedOutcome(rows, pending, at, answer)));
			break;
		}
		const next = await correct(rows, pending, answer, corrections);
		if (next) {
			next.refused.forEach(({ row, error }) => (outcomes[row.index] = failedOutcome(row, error)));
			pending = next.pending;
		} else if (answer.failure === 'badRequest' && pending.length > 1) {
			await writeHalves(client, rows, pending, outcomes);
			break;
		} else {
			pending.forEach((row) => (outcomes[row.index] = failedOutcome(row, answer)));
			break;
		}
	}
	return outcomes;
}

/** amoCRM refuses the batch without saying which row it means. */
async function writeHalves(client: AmoClient, rows: Rows, pending: Pending[], outcomes: RowOutcome[]): Promise<void> {
	const middle = Math.ceil(pending.length / 2);
	for (const half of [pending.slice(0, middle), pending.slice(middle)]) {
		const results = await writeChunk(client, { ...rows, bodies: half.map(({ body }) => body), rebuild: undefined });
		half.forEach(({ index, warnings }, at) => {
			const outcome = results[at] as RowOutcome;
			outcomes[index] = { ...outcome, warnings: [...warnings, ...outcome.warnings] };
		});
	}
}

async function send(client: AmoClient, { method, path }: Rows, pending: readonly Pending[]): Promise<unknown> {
	const bodies = pending.map(({ body }, at) => (method === 'POST' ? { ...body, request_id: String(at) } : body));
	return await client.write(method, path, bodies).catch(asAnswer);
}

function asAnswer(error: unknown): AmoError {
	if (error instanceof AmoError) return error;
	throw error;
}

interface Correction {
	pending: Pending[];
	refused: Array<{ row: Pending; error: AmoError }>;
}

/** What to send next after a refusal; null when nothing can be corrected. */
async function correct(
	{ rebuild, nameOf = String }: Rows,
	pending: Pending[],
	refusal: AmoError,
	corrections: number,
): Promise<Correction | null> {
	if (refusal.failure !== 'badRequest' || corrections >= MAX_CORRECTIONS) return null;
	if (corrections === 0 && refusal.errors.some(({ code }) => code === 'NotSupportedChoice')) {
		const rebuilt = await rebuild?.();
		const renewed = pending.map((row) => ({ ...row, body: rebuilt?.[row.index] ?? row.body }));
		if (JSON.stringify(renewed) !== JSON.stringify(pending)) return { pending: renewed, refused: [] };
	}
	const bodies = pending.map(({ body }) => body);
	const repaired = repair(bodies, refusal.errors, nameOf);
	if (!repaired.isChanged) return null;
	const rows = pending.map(({ index, warnings }, at) => ({
		index,
		body: repaired.bodies[at] as Body,
		warnings: [...warnings, ...(repaired.warnings[at] ?? [])],
	}));
	return {
		pending: rows.filter((_row, at) => repaired.refusals[at] === null),
		refused: rows.flatMap((row, at) => {
			const why = repaired.refusals[at];
			if (!why) return [];
			return [{ row, error: new AmoError('badRequest', `amoCRM refused: ${why}`, refusal.advice, refusal.status) }];
		}),
	};
}

function failedOutcome({ warnings }: Pending, error: AmoError): RowOutcome {
	return { status: error.failure === 'uncertain' ? 'uncertain' : 'failed', warnings, error };
}

const idSchema = z.union([z.number(), z.string().min(1)]).transform(String);
const savedSchema = z.object({
	id: idSchema,
	contact_id: idSchema.nullish(),
	merged: z.boolean().nullish(),
	request_id: z
		.union([idSchema.transform((id) => [id]), z.array(idSchema)])
		.nullish()
		.catch(null),
});

/** New rows are told apart by the name we gave them, or else by their place; updated ones by their id. */
function savedOutcome(
	{ method, collection }: Rows,
	pending: readonly Pending[],
	at: number,
	answer: unknown,
): RowOutcome {
	const { body, warnings } = pending[at] as Pending;
	const rows = rowsOf(answer, collection).flatMap((row) => savedSchema.safeParse(row).data ?? []);
	const isOurs = (row: z.infer<typeof savedSchema>) =>
		method === 'PATCH' ? row.id === String(body.id) : row.request_id?.includes(String(at));
	const isUnnamed = method === 'POST' && rows.length === pending.length && rows.every((row) => !row.request_id);
	const saved = rows.find(isOurs) ?? (isUnnamed ? rows[at] : undefined);
	if (!saved) {
		const advice = 'Look there whether it was saved.';
		const error = new AmoError('uncertain', 'amoCRM answered without this row', advice, '200');
		return { status: 'uncertain', warnings, error };
	}
	const { id, contact_id, merged } = saved;
	return { status: 'saved', warnings, answer: { id, contactId: contact_id ?? null, isMerged: merged === true } };
}
