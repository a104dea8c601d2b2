import { z } from 'zod';

import { toMinor } from '../shared/money';
import { toE164 } from '../shared/phone';

export const FIELD_TYPES = ['amount', 'email', 'integer', 'oneOf', 'phone', 'text'] as const;
export type FieldType = (typeof FIELD_TYPES)[number];

/** One field of a request and what it must look like. */
export interface FieldRule {
	/** Name as the caller knows it; problems are reported under it. */
	field: string;
	type: FieldType;
	value: unknown;
	required: boolean;
	/** Longest text in characters. Ignored for numbers. */
	maxLength: number;
	/** ISO 4217 code of an `amount`, which comes out in minor units. */
	currency?: string;
	/** Smallest integer. Ignored for texts. */
	minimum?: number;
	/** The choices of `oneOf`. */
	choices?: string[];
}

/** A problem with one field, in the form public endpoints answer. */
export interface FieldIssue {
	field: string;
	code: 'REQUIRED' | 'ONE_OF_REQUIRED' | 'TOO_LONG' | 'WRONG_FORMAT' | (string & {});
	message: string;
}

export interface Validation {
	/** Cleaned values: trimmed texts, lower-case e-mails, E.164 phones, minor units; null for what was left out. */
	values: Record<string, string | number | null>;
	/** Every problem found, none left for a second try. Empty when the request is good. */
	issues: FieldIssue[];
}

/**
 * Checks every field and collects all problems.
 *
 * @param anyOf names of fields of which at least one must be filled; empty when there is no such rule
 */
export function validate(rules: FieldRule[], anyOf: string[] = []): Validation {
	const values: Validation['values'] = {};
	const issues: FieldIssue[] = [];

	for (const rule of rules) {
		values[rule.field] = null;
		if (isBlank(rule.value)) {
			if (rule.required) issues.push({ field: rule.field, code: 'REQUIRED', message: `${rule.field} is missing` });
			continue;
		}
		const checked = schemaFor(rule).safeParse(rule.value);
		if (checked.success) values[rule.field] = checked.data;
		else issues.push(toIssue(rule, checked.error));
	}

	const reported = new Set(issues.map(({ field }) => field));
	if (anyOf.length > 0 && anyOf.every((field) => isBlank(values[field]) && !reported.has(field))) {
		for (const field of anyOf) {
			issues.push({ field, code: 'ONE_OF_REQUIRED', message: `At least one of ${anyOf.join(', ')} is needed` });
		}
	}
	return { values, issues };
}

function isBlank(value: unknown): boolean {
	return value === undefined || value === null || (typeof value === 'string' && value.trim() === '');
}

function schemaFor(rule: FieldRule): z.ZodType<string | number, z.ZodTypeDef, unknown> {
	// Control characters have no business in a one-line field, and PostgreSQL refuses the zero byte.
	const line = z
		.string()
		.trim()
		.max(rule.maxLength)
		.refine((text) => ![...text].some((character) => character < ' ' || character === '\u007f'));
	switch (rule.type) {
		case 'email':
			return line.pipe(z.string().email()).transform((email) => email.toLowerCase());
		case 'phone':
			return line.transform((phone) => toE164(phone)).refine((phone) => phone !== null).transform(String);
		case 'amount':
			return z
				.union([z.string(), z.number()])
				.transform((amount) => toMinor(amount, rule.currency ?? ''))
				.pipe(z.number().positive());
		case 'integer':
			return z
				.union([z.number(), z.string().trim().regex(/^-?\d{1,16}$/).transform(Number)])
				.pipe(z.number().int().safe().min(rule.minimum ?? Number.MIN_SAFE_INTEGER));
		case 'oneOf':
			return line.refine((choice) => (rule.choices ?? []).includes(choice));
		case 'text':
			return line;
	}
}

const EXPECTED: Record<FieldType, (rule: FieldRule) => string> = {
	amount: ({ currency }) => `must be an amount above zero in ${currency}, such as 1000 or 1000.50`,
	email: () => 'must be an e-mail address such as name@example.com',
	phone: () => 'must be a phone number with its country code, such as +79990000001',
	integer: ({ minimum }) => `must be a whole number${minimum === undefined ? '' : ` from ${minimum} up`}`,
	oneOf: ({ choices }) => `must be one of ${(choices ?? []).join(', ')}`,
	text: () => 'must be a text on one line',
};

const LIMITED_BY_LENGTH: ReadonlySet<FieldType> = new Set(['email', 'oneOf', 'phone', 'text']);

function toIssue(rule: FieldRule, error: z.ZodError): FieldIssue {
	const tooLong = error.issues.some(({ code, path }) => code === 'too_big' && path.length === 0) && LIMITED_BY_LENGTH.has(rule.type);
	if (tooLong) {
		return { field: rule.field, code: 'TOO_LONG', message: `${rule.field} must have at most ${rule.maxLength} characters` };
	}
	return { field: rule.field, code: 'WRONG_FORMAT', message: `${rule.field} ${EXPECTED[rule.type](rule)}` };
}
