import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

import { Pool } from 'pg';

import { POOL_SIZE, type TestDatabase } from './postgres';

/** Starts an in-memory PGlite behind its socket server on a free loopback port, in a process of its own. */
export async function openPglite(): Promise<TestDatabase> {
	const server = fork(join(__dirname, 'pgliteServer.js'), [String(POOL_SIZE)], { execArgv: [] });
	const failed = once(server, 'exit').then(() => {
		throw new Error('The PGlite server ended before it was ready');
	});
	const [{ port }] = (await Promise.race([once(server, 'message'), failed])) as [{ port: number }];
	const pool = new Pool({ host: '127.0.0.1', port, user: 'postgres', database: 'postgres', max: POOL_SIZE });
	return {
		pool,
		async close() {
			await pool.end();
			const ended = once(server, 'exit');
			server.disconnect();
			await ended;
		},
	};
}
