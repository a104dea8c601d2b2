import { Pool } from 'pg';

import { LedgerServer } from '../../runtime/ledger';
import { freePort } from '../../runtime/processes';
import { POOL_SIZE, type TestDatabase } from './postgres';

/** Starts PGlite as `npm start` does, but in memory and on a free port. */
export async function openPglite(): Promise<TestDatabase> {
	const server = new LedgerServer(IN_MEMORY, await freePort());
	await server.start();
	const pool = new Pool({ ...server.address, max: POOL_SIZE });
	return {
		pool,
		async close() {
			await pool.end();
			await server.stop();
		},
	};
}

/** PGlite's own word for a database that leaves nothing behind. */
const IN_MEMORY = 'memory://';
