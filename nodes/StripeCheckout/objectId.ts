/**
 * The number of a Stripe object, checked before it becomes part of an address.
 *
 * @param prefixes what such numbers begin with, e.g. `['pi', 'ch']`
 * @param what names the field in the error
 * @throws RangeError saying how such a number looks
 */
export function readObjectId(value: unknown, prefixes: readonly string[], what: string): string {
	const id = String(value ?? '').trim();
	if (/^[a-z]+_\w{1,250}$/.test(id) && prefixes.some((prefix) => id.startsWith(`${prefix}_`))) return id;
	const examples = prefixes.map((prefix) => `${prefix}_…`).join(' or ');
	throw new RangeError(`${what} must look like ${examples}, not "${id.slice(0, 100)}"`);
}
