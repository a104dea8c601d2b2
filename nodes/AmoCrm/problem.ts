import { z } from 'zod';

/** One complaint of amoCRM about one part of a request. */
export interface ValidationError {
	/** The element of a batch, by its index; null when amoCRM does not say. */
	element: number | null;
	/** For example `NotSupportedChoice`. */
	code: string;
	/** Inside the element, for example `custom_fields_values.0.field_id`. */
	path: string;
	detail: string;
}

/** The body of a refusal (providers/amocrm.md §8.1). */
export interface Problem {
	/** What a person can read; never empty. */
	reason: string;
	/** amoCRM's own number, for example 113 for an address that is not allowed. */
	code: string;
	errors: ValidationError[];
}

const words = z.coerce.string().nullish().catch(null);

const problemSchema = z.object({
	title: words,
	detail: words,
	code: words,
	'validation-errors': z
		.array(
			z.object({
				request_id: words,
				errors: z.array(z.object({ code: words, path: words, detail: words })).catch([]),
			}),
		)
		.nullish()
		.catch(null),
});

const MAX_LENGTH = 300;

/** Reads a refusal; a body that is no JSON (a page of the load balancer) still gives its words. */
export function readProblem(json: unknown, text: string): Problem {
	const problem = problemSchema.safeParse(json).data;
	if (!problem) return { reason: plainWords(text), code: '', errors: [] };
	const errors = (problem['validation-errors'] ?? []).flatMap(({ request_id, errors: found }) =>
		found.map(({ code, path, detail }): ValidationError => ({
			element: request_id && /^\d+$/.test(request_id) ? Number(request_id) : null,
			code: code ?? '',
			path: path ?? '',
			detail: detail ?? '',
		})),
	);
	const [first] = errors;
	const described = first ? `${first.path} ${first.code}: ${first.detail}`.trim() : '';
	const reason = [problem.detail || problem.title || '', described].filter((part) => part !== '').join(' – ');
	return { reason: reason === '' ? plainWords(text) : reason.slice(0, MAX_LENGTH), code: problem.code ?? '', errors };
}

function plainWords(text: string): string {
	const readable = text
		.replace(/<(script|style)\b.*?<\/\1>|<[^>]*>/gis, ' ')
		.replace(/\s+/g, ' ')
		.trim();
	return readable === '' ? 'an answer without text' : readable.slice(0, MAX_LENGTH);
}
