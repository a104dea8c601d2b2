import { randomBytes } from 'node:crypto';
import { join } from 'node:path';

import { Client, type ClientConfig, Pool } from 'pg';

import { bundleLedger } from '../../scripts/bundleLedger';

/** A database of its own, empty until a test fills it. */
export interface TestDatabase {
	pool: Pool;
	/** Ends the connections and removes the database. */
	close(): Promise<void>;
}

/** Connections a test may use at once. */
export const POOL_SIZE = 50;

/** Where the PostgreSQL server for tests is: the PG* environment, else 127.0.0.1:5432 as `postgres`. */
function serverConfig(): ClientConfig {
	const { env } = process;
	return {
		host: env.PGHOST ?? '127.0.0.1',
		port: Number(env.PGPORT ?? 5432),
		user: env.PGUSER ?? 'postgres',
		password: env.PGPASSWORD,
		database: env.PGDATABASE ?? 'postgres',
	};
}

async function administrate(statement: string): Promise<void> {
	const config = serverConfig();
	const client = new Client(config);
	try {
		await client.connect();
	} catch (error) {
		throw new Error(
			`No PostgreSQL server answers at ${config.host}:${config.port} as user ${config.user} (${String(error)}). ` +
				'These tests need one, version 13 or newer: start it there, for example with ' +
				'`docker run --rm -p 5432:5432 -e POSTGRES_HOST_AUTH_METHOD=trust postgres:16`, ' +
				'or point PGHOST, PGPORT, PGUSER, PGPASSWORD and PGDATABASE to yours. ' +
				'The user must be allowed to create databases.',
			{ cause: error },
		);
	}
	await client.query(statement).finally(() => client.end());
}

/**
 * Creates a temporary database on the PostgreSQL server for tests.
 *
 * @throws Error that says how to provide a server when none answers
 */
export async function openPostgres(): Promise<TestDatabase> {
	const database = `fulfillment_test_${randomBytes(8).toString('hex')}`;
	await administrate(`CREATE DATABASE ${database}`);
	const pool = new Pool({ ...serverConfig(), database, max: POOL_SIZE });
	return {
		pool,
		async close() {
			await pool.end();
			await administrate(`DROP DATABASE ${database}`);
		},
	};
}

/** The folder of the ledger's migrations. */
export const LEDGER_DIR = join(__dirname, '../../ledger');

/** The SQL text that installs the ledger, or what a folder of other migrations makes of it. */
export function ledgerSql(dir = LEDGER_DIR): string {
	return bundleLedger(dir);
}
