/**
 * Does work for the numbers 0, 1, … below `count`, begun in this order, so many at once. After a failure none is begun;
 * those under way end first, because a mutation that nobody waits for is one of unknown outcome.
 *
 * @returns the results in the order of the numbers
 * @throws the failure of the lowest number
 */
export async function sideBySide<T>(
	count: number,
	atOnce: number,
	work: (index: number) => Promise<T>,
): Promise<T[]> {
	const outcomes: Array<PromiseSettledResult<T>> = [];
	let next = 0;
	let hasFailed = false;
	const worker = async (): Promise<void> => {
		while (next < count && !hasFailed) {
			const index = next++;
			const [outcome] = await Promise.allSettled([work(index)]);
			outcomes[index] = outcome;
			hasFailed ||= outcome.status === 'rejected';
		}
	};
	await Promise.all(Array.from({ length: atOnce }, worker));
	return outcomes.map((outcome) => {
		if (outcome.status === 'rejected') throw outcome.reason;
		return outcome.value;
	});
}
