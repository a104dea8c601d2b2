import type { JsonObject } from './json';
import { isObject } from './json';
import type { ElementErrors } from './problem';
import { Problem, Violations } from './problem';

/** Most elements of a write, and of `complex` (providers/amocrm.md §8.3, §4). */
export const MOST_WRITTEN = 250;
export const MOST_COMPLEX = 50;

/** One element of a top-level array; `requestId` is its own or its position. */
export interface Element {
	readonly requestId: string;
	readonly source: JsonObject;
}

/** @throws Problem 400 when the body is no array of objects, empty or too long */
export function readElements(body: unknown, most = MOST_WRITTEN): Element[] {
	if (!Array.isArray(body)) throw new Problem(400, 'The request body must be an array of elements');
	if (body.length === 0) throw new Problem(400, 'The request body is empty');
	if (body.length > most) throw new Problem(400, `No more than ${most} elements are allowed in one request`);
	return body.map((source: unknown, index) => {
		if (!isObject(source)) throw new Problem(400, `Element ${index} must be an object`);
		const { request_id: given } = source;
		const hasOwn = typeof given === 'string' || typeof given === 'number';
		return { source, requestId: String(hasOwn ? given : index) };
	});
}

/**
 * Checks every element before any of them takes effect.
 *
 * @throws Problem 400 that names all bad elements; then nothing may be saved
 */
export function checkAll<Change>(
	elements: readonly Element[],
	check: (source: JsonObject, violations: Violations) => Change,
): Change[] {
	const refused: ElementErrors[] = [];
	const changes = elements.map(({ source, requestId }) => {
		const violations = new Violations();
		const change = check(source, violations);
		if (violations.errors.length > 0) refused.push({ request_id: requestId, errors: violations.errors });
		return change;
	});
	if (refused.length > 0) throw new Problem(400, 'Request validation failed', refused);
	return changes;
}

/** {@link checkAll} for a request of one object. @throws Problem 400 */
export function checkOne<Change>(
	body: unknown,
	check: (source: JsonObject, violations: Violations) => Change,
): Change {
	if (!isObject(body)) throw new Problem(400, 'The request body must be an object');
	const [change] = checkAll([{ source: body, requestId: '0' }], check);
	return change as Change;
}
