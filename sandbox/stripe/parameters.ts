import { z } from 'zod';
import { ParameterError } from './apiError';
import type { FormTree } from './form';
import { nameOf } from './form';
import type { Metadata } from './objects';

const MAX_METADATA_KEYS = 50;
const MAX_KEY_LENGTH = 40;
const MAX_VALUE_LENGTH = 500;

/** Refuses a value with a message and one of Stripe's error codes. */
export function refuse(ctx: z.RefinementCtx, message: string, code?: string, path: Array<string | number> = []): never {
	ctx.addIssue({ code: 'custom', message, path, params: { code } });
	return z.NEVER;
}

/** Whole numbers, as text in the form. */
export const integer = z.string().transform((text, ctx) => {
	if (!/^-?\d{1,15}$/.test(text)) return refuse(ctx, `Invalid integer: ${text}`, 'parameter_invalid_integer');
	return Number(text);
});

export const boolean = z.enum(['true', 'false']).transform((text) => text === 'true');

export const text = (max = 5000) => z.string().max(max);

export const url = z.string().transform((given, ctx) => {
	const isUrl = URL.canParse(given) && /^https?:$/.test(new URL(given).protocol);
	return isUrl ? given : refuse(ctx, 'Not a valid URL', 'url_invalid');
});

/**
 * Set on creation and on update; an empty value unsets its key (providers/stripe.md §1, §2). Braces and brackets
 * cannot be part of a key in a form.
 */
export const metadata = z.record(z.string()).superRefine((given, ctx) => {
	const keys = Object.keys(given);
	if (keys.length > MAX_METADATA_KEYS) {
		refuse(ctx, `Metadata can have at most ${MAX_METADATA_KEYS} keys, you passed ${keys.length}`);
	}
	for (const [key, value] of Object.entries(given)) {
		if (key.length > MAX_KEY_LENGTH) {
			refuse(ctx, `Invalid metadata key: ${key} is longer than ${MAX_KEY_LENGTH} characters`, undefined, [key]);
		}
		if (value.length > MAX_VALUE_LENGTH) {
			const problem = `Metadata values can have up to ${MAX_VALUE_LENGTH} characters, but you passed in a value `;
			refuse(ctx, `${problem}of ${value.length} characters: ${value.slice(0, 20)}…`, undefined, [key]);
		}
	}
});

/** Metadata after a change: given keys replace, empty values remove. */
export function mergeMetadata(before: Metadata, change: Metadata = {}): Metadata {
	const merged = Object.entries({ ...before, ...change });
	return Object.fromEntries(merged.filter(([, value]) => value !== ''));
}

/**
 * Reads the parameters of a call; unknown ones are refused, as Stripe does.
 *
 * @throws ParameterError about the first wrong one
 */
export function readParameters<Schema extends z.ZodTypeAny>(schema: Schema, tree: FormTree): z.output<Schema> {
	const result = schema.safeParse(tree);
	if (result.success) return result.data as z.output<Schema>;
	const [issue] = result.error.issues;
	throw issue ? errorOf(issue) : new ParameterError('Invalid request');
}

function errorOf(issue: z.ZodIssue): ParameterError {
	const param = nameOf(issue.path);
	switch (issue.code) {
		case 'unrecognized_keys': {
			const unknown = nameOf([...issue.path, issue.keys[0] ?? '']);
			return new ParameterError(`Received unknown parameter: ${unknown}`, unknown, 'parameter_unknown');
		}
		case 'invalid_type':
			return issue.received === 'undefined'
				? new ParameterError(`Missing required param: ${param}.`, param, 'parameter_missing')
				: new ParameterError(`Invalid ${issue.expected}`, param);
		case 'invalid_enum_value':
			return new ParameterError(`Invalid ${param}: must be one of ${issue.options.join(', ')}`, param);
		case 'custom': {
			const code: unknown = issue.params?.code;
			return new ParameterError(issue.message, param, typeof code === 'string' ? code : undefined);
		}
		default:
			return new ParameterError(`Invalid ${param}: ${issue.message}`, param);
	}
}
