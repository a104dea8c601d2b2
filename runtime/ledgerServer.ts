/**
 * The ledger's PostgreSQL for a machine that has none: PGlite behind its socket server, in a process of its own, so that
 * it can be stopped and killed like a database. Usage: `tsx runtime/ledgerServer.ts <data folder> <port>`.
 */
import { mkdirSync } from 'node:fs';

import { PGlite } from '@electric-sql/pglite';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';

const STOP_GRACE_MS = 3_000;

async function main(): Promise<void> {
	const [dataDir, port] = process.argv.slice(2);
	if (!dataDir || !port) throw new Error('usage: ledgerServer.ts <data folder> <port>');
	if (!dataDir.includes('://')) mkdirSync(dataDir, { recursive: true });
	const db = await PGlite.create(dataDir);
	const server = new PGLiteSocketServer({ db, host: '127.0.0.1', port: Number(port), maxConnections: 50 });
	await server.start();
	process.send?.('ready');

	let stopping = false;
	const stop = async () => {
		if (stopping) return;
		stopping = true;
		// A client that does not hang up must not keep the database alive; PGlite bears a sudden end.
		setTimeout(() => process.exit(0), STOP_GRACE_MS).unref();
		await server.stop();
		await db.close();
		process.exit(0);
	};
	process.on('SIGTERM', stop);
	// Ctrl-C reaches the whole terminal group; the parent decides the order in which its children end.
	process.on('SIGINT', () => {});
	// A parent that died without a word must not leave a database running.
	process.on('disconnect', stop);
}

main().catch((error) => {
	console.error(error);
	process.exit(1);
});
