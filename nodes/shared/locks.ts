const tails = new Map<string, Promise<void>>();

/**
 * Runs work while nobody else in this process works on any of these keys. Keys are taken in one order, so nobody waits
 * in a circle; all nodes share them, so a key begins with the name of its service. Several n8n workers do not see each
 * other.
 */
export async function withLocks<T>(keys: Iterable<string>, work: () => Promise<T>): Promise<T> {
	const releases: Array<() => void> = [];
	for (const key of [...new Set(keys)].sort()) releases.push(await acquire(key));
	try {
		return await work();
	} finally {
		releases.forEach((release) => release());
	}
}

async function acquire(key: string): Promise<() => void> {
	const before = tails.get(key) ?? Promise.resolve();
	let release = (): void => undefined;
	const held = new Promise<void>((resolve) => {
		release = resolve;
	});
	const tail = before.then(async () => await held);
	tails.set(key, tail);
	await before;
	return () => {
		if (tails.get(key) === tail) tails.delete(key);
		release();
	};
}
