/** Writes one line. The runtime is quiet or loud depending on who started it. */
export type Log = (line: string) => void;

/**
 * Runs a step that takes longer than a glance, and says so: a line at the start, a sign of life every ten seconds, and
 * a line with the seconds at the end.
 */
export async function withProgress<T>(log: Log, title: string, step: () => Promise<T>): Promise<T> {
	const started = Date.now();
	const seconds = () => `${Math.round((Date.now() - started) / 1000)} s`;
	log(`${title} …`);
	const timer = setInterval(() => log(`  still at it: ${title} (${seconds()})`), 10_000);
	try {
		const result = await step();
		log(`  done in ${seconds()}`);
		return result;
	} finally {
		clearInterval(timer);
	}
}
