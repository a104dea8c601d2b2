import { z } from 'zod';

import { readTime } from './time';

/** What is wrong with one field of the body; never its content. */
export interface Issue {
	/** Path such as `course_order.course_order_items.0.cost`. */
	field: string;
	reason: string;
}

/** A genuine body that cannot be read as a payment. */
export class BodyMismatchError extends Error {
	override readonly name = 'BodyMismatchError';

	constructor(readonly issues: readonly Issue[]) {
		super(`The body does not match: ${issues.map(({ field, reason }) => `${field} ${reason}`).join('; ')}`);
	}
}

/** Text of which nothing depends but reading: anything else than a text or a number is null. */
const text = z
	.union([z.string(), z.number().safe().transform(String)])
	.transform((value) => value.trim() || null)
	.nullable()
	.catch(null);

/** A number past 2^53 has lost digits on the way already, and two payments could become one. */
const id = z
	.union([z.string(), z.number().int().safe().transform(String)], {
		errorMap: () => ({ message: 'must be a text or a whole number that JSON can carry exactly' }),
	})
	.nullish()
	.transform((value) => value?.trim() || null);

const time = z.unknown().transform((value, context) => {
	if (value === null || value === undefined || value === '') return null;
	const moment = readTime(value);
	if (moment === null) {
		context.addIssue({ code: 'custom', message: 'must be a date and time such as 2026-03-14T09:26:53Z' });
		return z.NEVER;
	}
	return moment;
});

/** Rubles as text or number. What it is worth in minor units is decided with the currency. */
const cost = z.union([z.string(), z.number()], {
	errorMap: () => ({ message: 'must be an amount such as 1490.50' }),
});

const subject = z.object({ name: text, project: text }).passthrough();
const course = z.object({ name: text, subject: subject.nullable().catch(null) }).passthrough();
const item = z
	.object({ cost, number_lessons: text, course: course.nullable().catch(null), package_id: text })
	.passthrough();

const user = z
	.object({ first_name: text, last_name: text, phone: text, email: text, telegram_id: text, telegram_tag: text })
	.passthrough();

/** `compaign` is how the platform spells it. An empty PHP array stands for no tags. */
const utm = z.record(text).catch({});

const courseOrder = z
	.object({
		status: z
			.string({ invalid_type_error: 'must be a text', required_error: 'is missing' })
			.trim()
			.min(1, 'is empty')
			.max(100, 'is longer than 100 characters'),
		amount: text,
		created_at: time,
		updated_at: time,
		code: id,
		payment_id: id,
		invoice_id: id,
		payment_method: text,
		currency: z
			.string({ invalid_type_error: 'must be a text such as RUB' })
			.nullish()
			.transform((value) => value?.trim().toUpperCase().replace(/^RUR$/, 'RUB') || 'RUB')
			.refine((value) => /^[A-Z]{3}$/.test(value), 'must be a code of three letters such as RUB'),
		course_order_items: z
			.array(item, { invalid_type_error: 'must be a list' })
			.nullish()
			.transform((value) => value ?? []),
		user: user.nullable().catch(null),
		utm,
		domain: text,
	})
	.passthrough();

const NO_OBJECT = 'must be a JSON object in UTF-8';

const bodySchema = z
	.object({ course_order: courseOrder }, { invalid_type_error: NO_OBJECT, required_error: NO_OBJECT })
	.passthrough();

/**
 * The body of the platform (PA1), checked and put in order: texts trimmed, empty ones null, numbers where a text is
 * meant made text, times UTC ISO, currency a code. Fields that are not known are kept.
 */
export type PlatformBody = z.infer<typeof bodySchema>;

/**
 * Checks a parsed body.
 *
 * @throws BodyMismatchError naming every field that cannot be read
 */
export function readBody(body: unknown): PlatformBody {
	const result = bodySchema.safeParse(body);
	if (result.success) return result.data;
	throw new BodyMismatchError(
		result.error.issues.map(({ path, message }) => ({
			field: path.join('.') || 'body',
			reason: message === 'Required' ? 'is missing' : message,
		})),
	);
}
