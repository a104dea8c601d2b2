/** Two contestants measured in alternating rounds of one run, because the machine is never equally fast twice. */
export interface Comparison {
	/** What is compared, and in which unit. */
	name: string;
	unit: string;
	subject: number[];
	baseline: number[];
	/** Median over the rounds of subject / baseline. */
	ratio: number;
}

/**
 * Runs `subject` and `baseline` in turn, after one round each that does not count, and swaps who goes first.
 *
 * @param rounds at least 5
 */
export async function alternate(
	name: string,
	unit: string,
	rounds: number,
	subject: () => Promise<number> | number,
	baseline: () => Promise<number> | number,
): Promise<Comparison> {
	const result: Comparison = { name, unit, subject: [], baseline: [], ratio: 0 };
	await subject();
	await baseline();
	for (let round = 0; round < rounds; round++) {
		if (round % 2 === 0) {
			result.subject.push(await subject());
			result.baseline.push(await baseline());
		} else {
			result.baseline.push(await baseline());
			result.subject.push(await subject());
		}
	}
	result.ratio = median(result.subject.map((value, index) => value / (result.baseline[index] ?? Number.NaN)));
	return result;
}

export function median(values: number[]): number {
	const sorted = [...values].sort((a, b) => a - b);
	const middle = Math.floor(sorted.length / 2);
	return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

export function percentile(values: number[], share: number): number {
	const sorted = [...values].sort((a, b) => a - b);
	return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;
}
