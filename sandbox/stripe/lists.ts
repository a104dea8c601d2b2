import { z } from 'zod';
import type { Collection } from './account';
import { ParameterError } from './apiError';
import type { FormTree } from './form';
import type { List, StripeObject } from './objects';
import { integer, readParameters, refuse, text } from './parameters';

const DEFAULT_LIMIT = 10;
const MAX_LIMIT = 100;

const range = z.object({
	gt: integer.optional(), gte: integer.optional(), lt: integer.optional(), lte: integer.optional(),
}).strict();

const cursor = {
	limit: integer.superRefine((limit, ctx) => {
		if (limit < 1 || limit > MAX_LIMIT) refuse(ctx, `Invalid limit: 1 to ${MAX_LIMIT}`, 'parameter_invalid_integer');
	}).optional(),
	starting_after: text().optional(),
	ending_before: text().optional(),
};
type Cursor = z.output<z.ZodObject<typeof cursor>>;

const created = z.union([range, integer]).optional();

/** The parameters of a list, whether or not it can be narrowed by more fields. */
export interface ListRequest<Item extends StripeObject> {
	readonly url: string;
	readonly collection: Collection<Item>;
	/** Parameters that narrow the list, with what they mean. */
	readonly filters: Readonly<Record<string, ListFilter<Item>>>;
}

export interface ListFilter<Item> {
	readonly schema: z.ZodTypeAny;
	readonly matches: (item: Item, given: unknown) => boolean;
	/** Whether the item is listed when the parameter is not given. */
	readonly isListedAnyway?: (item: Item) => boolean;
}

/** A filter with a parameter of its own shape. */
export function filterBy<Item, Schema extends z.ZodTypeAny>(
	schema: Schema,
	matches: (item: Item, given: z.output<Schema>) => boolean,
): ListFilter<Item> {
	return { schema, matches: (item, given) => matches(item, given as z.output<Schema>) };
}

/** A filter on one field that holds text. */
export function byField<Item>(field: (item: Item) => unknown): ListFilter<Item> {
	return filterBy(text(), (item, given) => field(item) === given);
}

/**
 * A page of a list, newest first.
 *
 * @throws ParameterError for wrong parameters and unknown cursors
 */
export function listPage<Item extends StripeObject>(request: ListRequest<Item>, tree: FormTree): List<Item> {
	const filters = Object.entries(request.filters);
	const schemas = Object.fromEntries(filters.map(([name, { schema }]) => [name, schema.optional()]));
	const given = readParameters(z.object({ ...cursor, created }).extend(schemas).strict(), tree);
	const values = new Map<string, unknown>(Object.entries(given));
	const matching = [...request.collection.all].reverse().filter((item) => {
		return isWithin(item.created, given.created) && filters.every(([name, filter]) => {
			const wanted = values.get(name);
			return wanted === undefined ? filter.isListedAnyway?.(item) ?? true : filter.matches(item, wanted);
		});
	});
	return pageOf(request.url, matching, given);
}

/** A page of a list that is kept in its own order and cannot be narrowed. */
export function plainPage<Item extends { readonly id: string }>(
	url: string,
	items: readonly Item[],
	tree: FormTree,
): List<Item> {
	return pageOf(url, items, readParameters(z.object(cursor).strict(), tree));
}

function isWithin(seconds: number, wanted: z.output<typeof created>): boolean {
	if (wanted === undefined) return true;
	if (typeof wanted === 'number') return seconds === wanted;
	const { gt = -Infinity, gte = -Infinity, lt = Infinity, lte = Infinity } = wanted;
	return seconds > gt && seconds >= gte && seconds < lt && seconds <= lte;
}

function pageOf<Item extends { readonly id: string }>(url: string, items: readonly Item[], given: Cursor): List<Item> {
	const { limit = DEFAULT_LIMIT, starting_after: after, ending_before: before } = given;
	if (after !== undefined && before !== undefined) {
		throw new ParameterError('You may only specify one of these parameters: starting_after, ending_before.');
	}
	const rest = before !== undefined
		? items.slice(0, position(items, before, 'ending_before'))
		: items.slice(after === undefined ? 0 : position(items, after, 'starting_after') + 1);
	const data = before !== undefined ? rest.slice(-limit) : rest.slice(0, limit);
	return { object: 'list', url, has_more: rest.length > limit, data };
}

function position(items: ReadonlyArray<{ readonly id: string }>, id: string, param: string): number {
	const index = items.findIndex((item) => item.id === id);
	if (index < 0) throw new ParameterError(`No such object: '${id}'`, param, 'resource_missing');
	return index;
}
