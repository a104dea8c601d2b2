import { createHash, timingSafeEqual } from 'node:crypto';

/**
 * Compares two strings in a time that depends on neither of them.
 * Both sides are hashed first, so that a difference in length leaks nothing and never throws.
 */
export function secureCompare(actual: string, expected: string): boolean {
	const digest = (value: string) => createHash('sha256').update(value, 'utf8').digest();
	return timingSafeEqual(digest(actual), digest(expected));
}
