import { createHash } from 'node:crypto';

const MAX_KEY_LENGTH = 255;

/**
 * An idempotency key that is the same whenever all parts are (providers/stripe.md §1).
 *
 * @param purpose first part of the key, so that it can be recognised in Stripe's request log
 */
export function hashedKey(purpose: string, parts: readonly unknown[]): string {
	const digest = createHash('sha256').update(JSON.stringify(parts), 'utf8').digest('hex');
	return `${purpose}-${digest}`;
}

/**
 * A key given by hand, or undefined when it is empty.
 *
 * @throws RangeError when Stripe would not take it
 */
export function readOwnKey(value: unknown): string | undefined {
	const key = String(value ?? '').trim();
	if (key === '') return undefined;
	if (key.length > MAX_KEY_LENGTH || !/^[\x21-\x7e]+$/.test(key)) {
		throw new RangeError(
			`The idempotency key must be 1 to ${MAX_KEY_LENGTH} Latin letters, digits and signs without spaces`,
		);
	}
	return key;
}
