import type { Rules } from './rules';

/** Whole-number division of numbers from zero up. @throws RangeError when the result is too large to be exact */
export function divide(dividend: bigint, divisor: bigint, rounding: Rules['rounding']): number {
	const whole = dividend / divisor;
	const rest = dividend % divisor;
	const result = Number(roundsUp(rounding, whole, 2n * rest - divisor, rest > 0n) ? whole + 1n : whole);
	if (!Number.isSafeInteger(result)) throw new RangeError('The points are more than can be counted exactly');
	return result;
}

/** @param beyondHalf below, at or above zero: how the rest compares with half a point */
function roundsUp(rounding: Rules['rounding'], whole: bigint, beyondHalf: bigint, hasRest: boolean): boolean {
	switch (rounding) {
		case 'floor':
			return false;
		case 'ceil':
			return hasRest;
		case 'half_up':
			return beyondHalf >= 0n;
		case 'half_even':
			return beyondHalf > 0n || (beyondHalf === 0n && whole % 2n === 1n);
	}
}
