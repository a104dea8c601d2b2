import { z } from 'zod';

import { FIELD_TYPES, type FieldIssue, type FieldRule } from './validate';

const rulesSchema = z.array(
	z.object({
		name: z.string().trim().min(1, 'Each field needs a name'),
		type: z.enum(FIELD_TYPES),
		value: z.unknown(),
		required: z.boolean().default(false),
		maxLength: z.number().int().positive().default(200),
		minimum: z.number().int().optional(),
		currency: z
			.string()
			.trim()
			.toUpperCase()
			.regex(/^[A-Z]{3}$/, 'a currency is three capital letters, such as RUB')
			.optional(),
		choices: z.string().default(''),
	}),
);

// Other nodes name the place of a problem `path`, because it may lie inside a list: points[3].value.
const earlierSchema = z.array(
	z
		.object({ field: z.string().optional(), path: z.string().optional(), code: z.string(), message: z.string() })
		.transform(({ field, path, code, message }) => ({ field: field ?? path ?? 'request', code, message })),
);

/** Reads the node's list of fields. @throws Error that names the wrong setting */
export function readRules(parameter: unknown): FieldRule[] {
	return parse(rulesSchema, parameter, 'Fields').map(({ name, choices, value, ...rest }) => ({
		...rest,
		value,
		field: name,
		choices: readNames(choices),
	}));
}

/** Reads the problems of earlier nodes: a list, its JSON text, or nothing. @throws Error that names the setting */
export function readEarlierIssues(parameter: unknown): FieldIssue[] {
	if (parameter === undefined || parameter === null || parameter === '') return [];
	const list: unknown = typeof parameter === 'string' ? JSON.parse(parameter) : parameter;
	return parse(earlierSchema, list ?? [], 'Problems Found Earlier');
}

/** Splits names separated by commas. */
export function readNames(parameter: string): string[] {
	return parameter
		.split(',')
		.map((name) => name.trim())
		.filter((name) => name !== '');
}

function parse<Schema extends z.ZodTypeAny>(schema: Schema, value: unknown, setting: string): z.output<Schema> {
	const parsed = schema.safeParse(value);
	if (parsed.success) return parsed.data as z.output<Schema>;
	const [issue] = parsed.error.issues;
	throw new Error(`The setting "${setting}" is wrong at ${issue?.path.join('.') || 'its top'}: ${issue?.message}`);
}
