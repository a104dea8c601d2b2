import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ENGINES, START_TIMEOUT_MS } from './ledger';
import { LEDGER_DIR, ledgerSql, type TestDatabase } from '../support/postgres';

const FILES = readdirSync(LEDGER_DIR).sort();
const NAMES = FILES.map((file) => file.slice(4, -4));

/** A folder with the first migrations of the ledger. */
function withMigrations<T>(count: number, use: (dir: string) => T): T {
	const dir = mkdtempSync(join(tmpdir(), 'ledger-'));
	try {
		for (const file of FILES.slice(0, count)) copyFileSync(join(LEDGER_DIR, file), join(dir, file));
		return use(dir);
	} finally {
		rmSync(dir, { recursive: true });
	}
}

const bundleWith = (count: number, file: string, sql: string) =>
	withMigrations(count, (dir) => {
		writeFileSync(join(dir, file), sql);
		return ledgerSql(dir);
	});

describe('OP1: the bundle', () => {
	it('has nothing that n8n would replace', () => {
		expect(ledgerSql()).not.toMatch(/\$\d|\{\{|\$[({<[/]/);
	});

	it.each([
		['a gap in the numbers', '004_late.sql', 'SELECT', /004_late\.sql: expected a name like 003_name\.sql/],
		['a number used twice', '002_again.sql', 'SELECT', /002_input\.sql: expected a name like 003_name\.sql/],
		['a name out of order', 'late.sql', 'SELECT', /late\.sql: expected a name like 003_name\.sql/],
		['a placeholder', '003_late.sql', 'SELECT $1', /003_late\.sql: "\$1" would be taken for a placeholder/],
		['an expression', '003_late.sql', "SELECT '{{ x }}'", /003_late\.sql: "\{\{" would be taken/],
		[
			'the tag of the bundle',
			'003_late.sql',
			'SELECT $ledger_x$x$ledger_x$',
			/003_late\.sql: the tag \$ledger_/,
		],
	])('refuses %s', (_what, file, sql, message) => {
		expect(() => bundleWith(2, file, sql)).toThrow(message);
	});

	it('is the same text from a checkout with CRLF', () => {
		const crlf = withMigrations(1, (dir) => {
			const file = join(dir, String(FILES[0]));
			writeFileSync(file, readFileSync(file, 'utf8').replaceAll('\n', '\r\n'));
			return ledgerSql(dir);
		});
		expect(crlf).toBe(withMigrations(1, ledgerSql));
	});
});

describe.each(ENGINES)('OP1: set-up on %s', (_name, open) => {
	let database: TestDatabase;
	beforeAll(async () => {
		database = await open();
	}, START_TIMEOUT_MS);
	afterAll(() => database.close(), START_TIMEOUT_MS);
	beforeEach(() => database.pool.query('DROP SCHEMA IF EXISTS fulfillment CASCADE'));

	/** Runs the text as one simple query, as n8n's Postgres node does; returns the rows of all its statements. */
	async function run(sql: string): Promise<unknown[]> {
		const results = (await database.pool.query(sql)) as unknown as Array<{ rows: unknown[] }>;
		return results.flatMap(({ rows }) => rows);
	}

	it('installs everything and answers one row', async () => {
		expect(await run(ledgerSql())).toEqual([{ schema_version: FILES.length, applied: NAMES }]);
		const { rows } = await database.pool.query(
			'SELECT version, name FROM fulfillment.schema_migrations ORDER BY version',
		);
		expect(rows).toEqual(NAMES.map((name, index) => ({ version: index + 1, name })));
	});

	it('a second run changes nothing and keeps the data', async () => {
		await run(ledgerSql());
		await database.pool.query(`SELECT fulfillment.create_order(
			'{"pipeline": "p", "provider": "x", "amount_minor": 1, "currency": "RUB"}')`);
		expect(await run(ledgerSql())).toEqual([{ schema_version: FILES.length, applied: [] }]);
		expect((await database.pool.query('SELECT FROM fulfillment.orders')).rowCount).toBe(1);
	});

	it('10 runners at once: one applies, the others find it done', async () => {
		const runs = await Promise.all(Array.from({ length: 10 }, () => run(ledgerSql())));
		const applied = runs.map(([row]) => (row as { applied: string[] }).applied);
		expect(applied.filter((names) => names.length > 0)).toEqual([NAMES]);
	});

	it.each(FILES.map((_file, index) => index + 1))('upgrades from migration %i', async (count) => {
		expect(await run(withMigrations(count, ledgerSql))).toEqual([
			{ schema_version: count, applied: NAMES.slice(0, count) },
		]);
		expect(await run(ledgerSql())).toEqual([{ schema_version: FILES.length, applied: NAMES.slice(count) }]);
	});

	it('refuses a migration that was changed after it was applied', async () => {
		await run(ledgerSql());
		const changed = bundleWith(2, '002_input.sql', '-- changed');
		await expect(run(changed)).rejects.toThrow('Ledger migration 002_input was changed after it was applied');
	});

	it('a migration that fails leaves nothing of the run behind', async () => {
		await expect(
			run(bundleWith(2, '003_broken.sql', 'CREATE TABLE fulfillment.half (); SELECT 1 / 0;')),
		).rejects.toThrow('division by zero');
		expect((await database.pool.query("SELECT to_regnamespace('fulfillment') AS found")).rows).toEqual([
			{ found: null },
		]);
	});
});
