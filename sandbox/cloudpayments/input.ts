import { z } from 'zod';
import { toMinor } from '../../nodes/shared/money';
import type { Interval } from './moments';
import { Refusal } from './refusal';

/** What came with a call: text of a form, or values of JSON. */
export type Input = Readonly<Record<string, unknown>>;

const scalar = z.union([z.string(), z.number().transform(String)]).transform((text) => text.trim());

export const text = scalar.pipe(z.string().min(1).max(4000));
export const email = scalar.pipe(z.string().email());
export const currency = scalar.transform((code) => code.toUpperCase()).pipe(z.string().regex(/^[A-Z]{3}$/));
export const url = scalar.pipe(z.string().url().regex(/^https?:/i));

/** Major units with two decimals at most, in minor units. */
export const amount = scalar.transform((value) => toMinor(value, 'RUB')).pipe(z.number().int().min(1));

/** A fraction is rounded, without a word (providers/cloudpayments.md §2). */
export const integer = scalar.transform((value) => Math.round(Number(value))).pipe(z.number().int().safe());
export const count = integer.pipe(z.number().min(1));

const FLAGS = new Map([['true', true], ['1', true], ['false', false], ['0', false]]);
export const flag = z.union([
	z.boolean(),
	scalar.transform((value) => FLAGS.get(value.toLowerCase())).pipe(z.boolean()),
]);

/** A moment with or without an offset; without one it is UTC. */
export const moment = scalar
	.transform((value) => new Date(/(Z|[+-]\d\d:?\d\d)$/i.test(value) ? value : `${value.replace(' ', 'T')}Z`))
	.pipe(z.date())
	.transform((date) => date.toISOString());

/** ISO with an offset. */
export const offsetMoment = scalar
	.pipe(z.string().datetime({ offset: true }))
	.transform((value) => new Date(value).toISOString());

export const interval = scalar
	.transform((value) => INTERVALS.find((name) => name.toLowerCase() === value.toLowerCase()))
	.pipe(z.enum(['Day', 'Week', 'Month']));
const INTERVALS: readonly Interval[] = ['Day', 'Week', 'Month'];

/** JSON as text; an object is taken, too. */
export const jsonData = z.union([
	z.string().refine((value) => parseJson(value) !== undefined),
	z.record(z.unknown()).transform((value) => JSON.stringify(value)),
]);

/**
 * Reads the fields of a call by their names in any letter case. Empty ones count as absent, unknown ones are ignored.
 *
 * @throws Refusal naming the first field that is missing or wrong
 */
export function readInput<Shape extends z.ZodRawShape>(schema: z.ZodObject<Shape>, input: Input) {
	const given = new Map(Object.entries(input).map(([name, value]) => [name.toLowerCase(), value]));
	const fields = Object.keys(schema.shape).map((name) => [name, given.get(name.toLowerCase()) ?? ''] as const);
	const present = Object.fromEntries(fields.filter(([, value]) => value !== ''));
	const result = schema.safeParse(present);
	if (result.success) return result.data;
	const name = String(result.error.issues[0]?.path[0] ?? 'Request');
	throw new Refusal(`${name} is ${name in present ? 'invalid' : 'required'}`);
}

/** Undefined for what is no JSON. */
export function parseJson(json: string): unknown {
	try {
		return JSON.parse(json);
	} catch {
		return undefined;
	}
}

/** The value as fields; none of what is no object. */
export function asInput(value: unknown): Input {
	return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Input) : {};
}
