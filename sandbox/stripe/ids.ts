import { randomInt } from 'node:crypto';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Letters and digits nobody can guess. */
export function randomText(length: number): string {
	return Array.from({ length }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
}

/** An id as Stripe writes them, e.g. `pi_3Kx…` for the prefix `pi`. */
export function newId(prefix: string, length = 24): string {
	return `${prefix}_${randomText(length)}`;
}
