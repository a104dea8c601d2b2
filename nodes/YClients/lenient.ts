import { z } from 'zod';

// YCLIENTS' types drift: numbers come as text, booleans as 0 and 1, empty objects as [] (providers/yclients.md §2).

/** Any text; null for what is none, and for an empty one. */
export const text = z.unknown().transform((value) => {
	const isText = typeof value === 'string' || typeof value === 'number';
	return isText ? String(value).trim() || null : null;
});

/** An id as text; null for none, which YCLIENTS also writes as 0 or "". */
export const id = text.transform((value) => (value !== null && /^[1-9]\d{0,18}$/.test(value) ? value : null));

/** A number or its text, also with a comma and with spaces between thousands; null for anything else. */
export const number = z.unknown().transform((value) => {
	if (typeof value === 'number') return Number.isFinite(value) ? value : null;
	const digits = typeof value === 'string' ? value.replace(/\s/g, '').replace(',', '.') : '';
	return /^-?\d+(?:\.\d+)?$/.test(digits) ? Number(digits) : null;
});

/** True, 1 and their texts; anything else is false. */
export const flag = z.unknown().transform((value) => {
	return value === true || value === 1 || (typeof value === 'string' && /^(?:1|true)$/i.test(value));
});

/** The objects of a list, or of what PHP makes of a list with gaps: an object with numbers for keys. */
export function listOf<Schema extends z.AnyZodObject>(schema: Schema) {
	return z.unknown().transform((value): Array<z.output<Schema>> => {
		const rows: unknown[] = Array.isArray(value) ? value : Object.values(objectOrNull(value) ?? {});
		return rows.flatMap((row) => {
			const parsed = schema.safeParse(row);
			return parsed.success ? [parsed.data as z.output<Schema>] : [];
		});
	});
}

/** An object, or null for none: null, absent, or `[]`. */
export function objectOf<Schema extends z.AnyZodObject>(schema: Schema) {
	return z.unknown().transform((value): z.output<Schema> | null => {
		const parsed = schema.safeParse(objectOrNull(value));
		return parsed.success ? (parsed.data as z.output<Schema>) : null;
	});
}

/** The value if it is an object and no list. */
export function objectOrNull(value: unknown): Record<string, unknown> | null {
	return typeof value === 'object' && value !== null && !Array.isArray(value)
		? (value as Record<string, unknown>)
		: null;
}
