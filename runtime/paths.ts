import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

/** The checkout. */
export const ROOT = dirname(__dirname);
export const PACKAGE_NAME = 'n8n-nodes-payment-fulfillment';

/** What `npm start` keeps between two starts. */
export const DATA_DIR = join(ROOT, '.data');

/**
 * Where the pinned n8n lives: outside the checkout and named by its lock file, so that a second clone, or a clean one,
 * does not install 2 GB again.
 */
export function runtimeCacheDir(): string {
	const base =
		process.env.PAYMENT_FULFILLMENT_CACHE ??
		join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), PACKAGE_NAME);
	const lock = createHash('sha256').update(readFileSync(join(ROOT, 'runtime/package-lock.json')));
	return join(base, `n8n-${lock.digest('hex').slice(0, 16)}`);
}
