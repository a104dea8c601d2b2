import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';

import { Client } from 'pg';

import { RuntimeProblem } from './errors';
import { ROOT } from './paths';
import { killProcess, stopProcess } from './processes';

/** How to reach the ledger; the same fields as n8n's Postgres credential. */
export interface LedgerAddress {
	host: string;
	port: number;
	database: string;
	user: string;
	password: string;
}

/** PGlite as a PostgreSQL server on loopback. It can be started again after a stop or a kill, on the same data. */
export class LedgerServer {
	readonly address: LedgerAddress;
	private child?: ChildProcess;

	constructor(
		/** Folder of the data, or `memory://`. */
		private readonly dataDir: string,
		port: number,
	) {
		this.address = { host: '127.0.0.1', port, database: 'postgres', user: 'postgres', password: 'postgres' };
	}

	async start(): Promise<void> {
		const child = fork(join(ROOT, 'runtime/ledgerServer.ts'), [this.dataDir, String(this.address.port)], {
			execPath: process.execPath,
			execArgv: ['--import', 'tsx'],
			cwd: ROOT,
			stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
		});
		let errors = '';
		child.stderr?.on('data', (chunk: Buffer) => (errors = `${errors}${chunk}`.slice(-2000)));
		this.child = child;
		await new Promise<void>((resolve, reject) => {
			child.once('message', () => resolve());
			child.once('exit', () => reject(new RuntimeProblem(`The ledger's database did not start.\n${errors}`)));
		});
	}

	async stop(): Promise<void> {
		if (this.child) await stopProcess(this.child, 5_000);
	}

	/** Ends the server as a power cut would. */
	async kill(): Promise<void> {
		if (this.child) await killProcess(this.child);
	}

	/** Runs one statement on a connection of its own, so that nothing stays open across a restart of the server. */
	async query<Row extends Record<string, unknown>>(sql: string, values: unknown[] = []): Promise<Row[]> {
		const client = new Client(this.address);
		await client.connect();
		try {
			return (await client.query<Row>(sql, values)).rows;
		} finally {
			await client.end();
		}
	}
}
