import type { ChildProcess } from 'node:child_process';
import { createServer } from 'node:net';

import { RuntimeProblem } from './errors';

/** Waits until the child is gone; SIGTERM first, SIGKILL after the grace period. */
export async function stopProcess(child: ChildProcess, graceMs: number): Promise<void> {
	if (child.exitCode !== null || child.signalCode !== null) return;
	const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
	child.kill('SIGTERM');
	const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
	await gone;
	clearTimeout(timer);
}

/** Ends the child at once, as a power cut would, and waits until it is gone. */
export async function killProcess(child: ChildProcess): Promise<void> {
	if (child.exitCode !== null || child.signalCode !== null) return;
	const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
	child.kill('SIGKILL');
	await gone;
}

/** Throws a message that names the port, its purpose and the option that changes it, when something listens there. */
export async function requireFreePort(port: number, purpose: string, option: string): Promise<void> {
	await new Promise<void>((resolve, reject) => {
		const probe = createServer();
		probe.once('error', (error: NodeJS.ErrnoException) => {
			reject(
				error.code === 'EADDRINUSE'
					? new RuntimeProblem(
							`Port ${port} (${purpose}) is already in use. Stop what listens there, or choose another port: ` +
								`npm start -- ${option} <port>`,
						)
					: error,
			);
		});
		probe.listen(port, '127.0.0.1', () => probe.close(() => resolve()));
	});
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
	return await new Promise((resolve, reject) => {
		const probe = createServer();
		probe.once('error', reject);
		probe.listen(0, '127.0.0.1', () => {
			const address = probe.address();
			const port = typeof address === 'object' && address ? address.port : 0;
			probe.close(() => resolve(port));
		});
	});
}

/**
 * A port for n8n, which takes the next one as well. Below those that systems give to outgoing connections, so that neither
 * is taken by chance before n8n starts.
 */
export async function freePortForN8n(): Promise<number> {
	for (;;) {
		const port = 20_000 + 2 * Math.floor(Math.random() * 6_000);
		try {
			await requireFreePort(port, 'n8n', '');
			await requireFreePort(port + 1, 'n8n', '');
			return port;
		} catch {
			// Taken: another one.
		}
	}
}

/** Polls until the condition holds; throws with the given words when it does not in time. */
export async function waitUntil(
	condition: () => Promise<boolean>,
	{ timeoutMs, everyMs = 200, otherwise }: { timeoutMs: number; everyMs?: number; otherwise: () => string },
): Promise<void> {
	const end = Date.now() + timeoutMs;
	for (;;) {
		if (await condition()) return;
		if (Date.now() > end) throw new RuntimeProblem(otherwise());
		await new Promise((resolve) => setTimeout(resolve, everyMs));
	}
}
