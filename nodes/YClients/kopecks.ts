import { number } from './lenient';

/**
 * Roubles of a record as whole kopecks: YCLIENTS sends whole numbers, floats and texts (providers/yclients.md §2).
 *
 * @returns null when there is no amount, or a negative one
 */
export function toKopecks(roubles: unknown): number | null {
	const kopecks = Math.round((number.parse(roubles) ?? Number.NaN) * 100);
	return Number.isSafeInteger(kopecks) && kopecks >= 0 ? kopecks : null;
}
