import type { z } from 'zod';

/** A genuine event whose money, time or identity cannot be read. Names the field, never its content. */
export class UnreadableEventError extends Error {
	override readonly name = 'UnreadableEventError';

	constructor(
		readonly field: string,
		readonly reason: string,
	) {
		super(`Stripe field "${field}": ${reason}`);
	}
}

/**
 * @param place path of the value within the event; empty for the event itself
 * @throws UnreadableEventError naming the first field that does not fit the schema
 */
export function readAs<Schema extends z.ZodTypeAny>(schema: Schema, value: unknown, place: string): z.infer<Schema> {
	const result = schema.safeParse(value);
	if (result.success) return result.data as z.infer<Schema>;
	const [issue] = result.error.issues;
	const field = [place, ...(issue?.path ?? [])].filter((step) => step !== '').join('.');
	throw new UnreadableEventError(field || 'body', issue?.message ?? 'cannot be read');
}
