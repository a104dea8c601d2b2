/** Runs one statement on the ledger. */
export type LedgerQuery = (sql: string, values?: unknown[]) => Promise<Record<string, unknown>[]>;

const IDENTIFIER = /^[a-z_]+$/;

/**
 * Lets time pass for orders, events and plans by moving everything the ledger remembers of them into the past. The clock
 * of the database cannot be moved. The loyalty tables stay: their entries are never changed.
 */
export async function passTime(query: LedgerQuery, hours: number): Promise<void> {
	const columns = await query(`
		SELECT c.table_name, c.column_name FROM information_schema.columns c
		JOIN information_schema.tables t USING (table_schema, table_name)
		WHERE c.table_schema = 'fulfillment' AND t.table_type = 'BASE TABLE' AND c.data_type = 'timestamp with time zone'
			AND c.table_name ~ '^(orders|events|subscriptions|alerts|plan|membership|renewal)'`);
	const shifts = new Map<string, string[]>();
	for (const { table_name: table, column_name: column } of columns) {
		if (!IDENTIFIER.test(String(table)) || !IDENTIFIER.test(String(column))) throw new Error(`Strange column ${String(column)}`);
		shifts.set(String(table), [...(shifts.get(String(table)) ?? []), `${String(column)} = ${String(column)} - make_interval(hours => $1)`]);
	}
	for (const [table, parts] of shifts) await query(`UPDATE fulfillment.${table} SET ${parts.join(', ')}`, [hours]);
}
