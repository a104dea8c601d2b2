import type { ValidationError } from './problem';

/** One element of a request. */
export type Body = Record<string, unknown>;

export interface Repaired {
	bodies: Body[];
	/** By element: what was left out and why. */
	warnings: string[][];
	/** By element: why it cannot be saved at all; null when it can. */
	refusals: Array<string | null>;
	/** False when amoCRM has not said which element it means. */
	isChanged: boolean;
}

/** What a lead or contact can do without. Where it stands and whose it is are not among them. */
const OPTIONAL: ReadonlySet<string> = new Set([
	'price', 'name', 'responsible_user_id', 'loss_reason_id', 'tags_to_add',
]);

/**
 * Takes the parts out of a request that amoCRM has refused, so that the rest can be saved (PA11). An element that is
 * refused as a whole is named instead. The bodies given are not changed.
 *
 * @param nameOf what to call a custom field by its id
 */
export function repair(
	bodies: readonly Body[],
	errors: readonly ValidationError[],
	nameOf: (fieldId: unknown) => string,
): Repaired {
	const copies = structuredClone([...bodies]);
	const warnings: string[][] = bodies.map(() => []);
	const refusals: Array<string | null> = bodies.map(() => null);
	const dropped = new Set<unknown>();
	for (const error of errors) {
		const index = bodies.length === 1 ? 0 : error.element;
		const body = index === null ? undefined : copies[index];
		if (index === null || !body) continue;
		const why = `${error.code} ${error.path} ${error.detail}`.trim();
		const part = partAt(body, error.path, nameOf);
		if (part) {
			part.drop(dropped);
			warnings[index]?.push(`${part.name} was left out: ${why}`);
		} else {
			refusals[index] = why;
		}
	}
	copies.forEach((body) => prune(body, dropped));
	const isChanged = refusals.some((why) => why !== null) || warnings.some(({ length }) => length > 0);
	return { bodies: copies, warnings, refusals, isChanged };
}

interface Part {
	name: string;
	drop: (dropped: Set<unknown>) => void;
}

function partAt(body: Body, path: string, nameOf: (fieldId: unknown) => string): Part | null {
	const keys = path.split('.');
	const at = keys.lastIndexOf('custom_fields_values');
	if (at >= 0) {
		const entry = follow(body, keys.slice(0, at + 2)) as Body | undefined;
		if (!entry) return null;
		const values = Array.isArray(entry.values) ? (entry.values as unknown[]) : [];
		const value = keys[at + 2] === 'values' ? values[Number(keys[at + 3])] : undefined;
		const field = nameOf(entry.field_id ?? entry.field_code);
		if (value !== undefined) return { name: `A value of field ${field}`, drop: (dropped) => dropped.add(value) };
		return { name: `Field ${field}`, drop: (dropped) => dropped.add(entry) };
	}
	const [head = ''] = keys;
	if (OPTIONAL.has(head) && head in body) return { name: `"${head}"`, drop: () => delete body[head] };
	const embedded = body._embedded as Body | undefined;
	if (head === '_embedded' && keys[1] === 'tags' && embedded?.tags) {
		return { name: '"tags"', drop: () => delete embedded.tags };
	}
	return null;
}

function follow(start: unknown, keys: readonly string[]): unknown {
	let place = start;
	for (const key of keys) {
		if (typeof place !== 'object' || place === null || !Object.hasOwn(place, key)) return undefined;
		place = (place as Body)[key];
	}
	return place;
}

/** Removes what was dropped. No empty list stays behind: amoCRM would take it for an order to erase the field. */
function prune(node: unknown, dropped: ReadonlySet<unknown>): void {
	if (Array.isArray(node)) {
		node.forEach((child) => prune(child, dropped));
		return;
	}
	if (typeof node !== 'object' || node === null) return;
	const body = node as Body;
	for (const [key, child] of Object.entries(body)) {
		prune(child, dropped);
		if (!Array.isArray(child) || (key !== 'custom_fields_values' && key !== 'values')) continue;
		const kept = child.filter((entry: Body) => !dropped.has(entry) && !(key !== 'values' && isEmptied(entry)));
		if (kept.length === 0 && key === 'custom_fields_values') delete body[key];
		else body[key] = kept;
	}
}

function isEmptied({ values }: Body): boolean {
	return Array.isArray(values) && values.length === 0;
}
