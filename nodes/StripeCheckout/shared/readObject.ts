import type { z } from 'zod';

/**
 * Reads an object Stripe has answered with.
 *
 * @param what names the object in the error, e.g. `Checkout Session`
 * @throws RangeError when the answer is something else
 */
export function readObject<Schema extends z.ZodTypeAny>(
	schema: Schema,
	answer: unknown,
	what: string,
): z.infer<Schema> {
	const result = schema.safeParse(answer);
	if (!result.success) throw new RangeError(`Stripe has answered with something that is no ${what}`);
	return result.data as z.infer<Schema>;
}
