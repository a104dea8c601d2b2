'use strict';

const { createHash } = require('node:crypto');
const { readFileSync, readdirSync } = require('node:fs');
const { join } = require('node:path');

const FILE_NAME = /^(\d{3})_([a-z][a-z0-9_]*)\.sql$/;

/** What n8n's expressions or its PostgreSQL driver would replace in a query text. */
const PLACEHOLDERS = /\$\d|\$[({<[/]|\{\{/;

/**
 * Reads the migrations of a folder, ordered by their number.
 *
 * @param {string} dir folder with `NNN_name.sql` files, numbered from 001 without gaps
 * @returns {Array<{version: number, name: string, sql: string, checksum: string}>}
 * @throws {Error} naming the file that breaks the numbering, the naming or the rules for the text
 */
function readMigrations(dir) {
	const files = readdirSync(dir)
		.filter((file) => file.endsWith('.sql'))
		.sort();
	return files.map((file, index) => {
		const [, number, name] = FILE_NAME.exec(file) ?? [];
		if (Number(number) !== index + 1) {
			throw new Error(
				`Migration ${file}: expected a name like ${String(index + 1).padStart(3, '0')}_name.sql`,
			);
		}
		// A checkout with CRLF line ends is the same migration.
		const sql = readFileSync(join(dir, file), 'utf8').replace(/\r\n/g, '\n');
		const placeholder = PLACEHOLDERS.exec(sql);
		if (placeholder)
			throw new Error(`Migration ${file}: "${placeholder[0]}" would be taken for a placeholder`);
		if (sql.includes('$ledger_')) throw new Error(`Migration ${file}: the tag $ledger_ is the bundle's own`);
		return { version: index + 1, name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
	});
}

/** The statement that applies one migration unless it was applied, and refuses one that was changed since. */
function migrationStatement({ version, name, sql, checksum }) {
	const number = String(version).padStart(3, '0');
	return `DO $ledger_${number}$
DECLARE
  v_checksum text := (SELECT m.checksum FROM fulfillment.schema_migrations m WHERE m.version = ${version});
BEGIN
  IF v_checksum IS NULL THEN
    EXECUTE $ledger_sql_${number}$
${sql}$ledger_sql_${number}$;
    INSERT INTO fulfillment.schema_migrations (version, name, checksum)
    VALUES (${version}, '${name}', '${checksum}');
    PERFORM set_config('fulfillment.applied', ltrim(current_setting('fulfillment.applied') || ' ${name}'), true);
  ELSIF v_checksum <> '${checksum}' THEN
    RAISE EXCEPTION 'Ledger migration ${number}_${name} was changed after it was applied: % is not ${checksum}',
      v_checksum USING HINT = 'A released migration stays as it is: put the change into a new one.';
  END IF;
END
$ledger_${number}$;
`;
}

/**
 * Joins the ledger's migrations into one SQL text that installs or upgrades the schema `fulfillment`.
 *
 * The text is made for one query of n8n's Postgres node: sent as a whole it is one transaction, it contains nothing
 * that reads as a placeholder, and only its last statement answers a row: `schema_version` (number of the newest migration)
 * and `applied` (names applied by this run). It may be run again at any time, also by two runners at once.
 *
 * @param {string} dir folder with the `NNN_name.sql` files
 * @returns {string}
 */
function bundleLedger(dir) {
	return `-- Sets up or upgrades the ledger. Generated from the migrations in ledger/; change those.
DO $ledger_begin$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('fulfillment.schema_migrations', 0));
  PERFORM set_config('fulfillment.applied', '', true);
END
$ledger_begin$;
CREATE SCHEMA IF NOT EXISTS fulfillment;
CREATE TABLE IF NOT EXISTS fulfillment.schema_migrations (
  version integer PRIMARY KEY,
  name text NOT NULL,
  checksum text NOT NULL,
  applied_at timestamptz NOT NULL DEFAULT now()
);
${readMigrations(dir).map(migrationStatement).join('')}SELECT max(m.version) AS schema_version,
  string_to_array(current_setting('fulfillment.applied'), ' ') AS applied
FROM fulfillment.schema_migrations m;
`;
}

module.exports = { bundleLedger };
