/** Sum of whole numbers. @throws RangeError when it is too large to be exact */
export function exactSum(numbers: Iterable<number>): number {
	let total = 0;
	for (const number of numbers) {
		total += number;
		if (!Number.isSafeInteger(total)) throw new RangeError('The amounts add up to more than can be counted exactly');
	}
	return total;
}
