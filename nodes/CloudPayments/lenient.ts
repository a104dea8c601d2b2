import { z } from 'zod';

/** Trimmed text of the provider. Empty means absent, as it has it; anything that is no single value is null as well. */
export const optionalText = z
	.union([z.string(), z.number().transform(String), z.boolean().transform(String)])
	.transform((value) => value.trim() || null)
	.nullable()
	.catch(null);
