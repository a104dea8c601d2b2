/** Number of the last arcana. Arcana are labels, not levels: 18 is not "more" than 3. */
export const LAST_ARCANA = 22;

/** Sum of the decimal digits of a whole number from 0 up. */
export function digitSum(n: number): number {
	return [...String(n)].reduce((sum, digit) => sum + Number(digit), 0);
}

/**
 * Brings a whole number from 1 up into 1..22 by adding its decimal digits; 22 stays 22 (domain/chakras.md §2.1).
 */
export function fold(n: number): number {
	let folded = n;
	while (folded > LAST_ARCANA) folded = digitSum(folded);
	return folded;
}
