import type { z } from 'zod';

/** One thing that is wrong with the rules or the history. */
export interface InputIssue {
	/** Where: `rules.tiers[1].threshold`, `events[3].record.changedAt`. */
	field: string;
	/** Why, in words. */
	message: string;
}

const MOST_NAMED = 10;

/** Rules or a history that cannot be calculated. The message names every wrong field (at most ten) and the reason. */
export class LoyaltyInputError extends Error {
	constructor(readonly issues: InputIssue[]) {
		const named = issues.slice(0, MOST_NAMED).map(({ field, message }) => `${field}: ${message}`);
		const more = issues.length - named.length;
		super([...named, ...(more > 0 ? [`and ${more} more`] : [])].join('; '));
		this.name = 'LoyaltyInputError';
	}
}

/**
 * Checks what came from outside.
 *
 * @param root name of the input, the first part of every field's path
 * @throws LoyaltyInputError that names the fields and the reasons
 */
export function parseInput<Schema extends z.ZodTypeAny>(
	schema: Schema,
	input: unknown,
	root: string,
): z.output<Schema> {
	const parsed = schema.safeParse(input);
	if (parsed.success) return parsed.data as z.output<Schema>;
	const fieldOf = (path: Array<string | number>) => path.reduce<string>(appendKey, root);
	throw new LoyaltyInputError(parsed.error.issues.map(({ path, message }) => ({ field: fieldOf(path), message })));
}

function appendKey(path: string, key: string | number): string {
	return typeof key === 'number' ? `${path}[${key}]` : `${path}.${key}`;
}
