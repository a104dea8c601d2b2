import { createHash } from 'node:crypto';

import { number, objectOrNull, text } from '../lenient';
import { readPages } from '../paging';
import type { YClientsClient } from './client';
import { YClientsError } from './yclientsError';

/** The largest page live clients ask for (providers/yclients.md §2). */
const PAGE_SIZE = 200;

export type RecordFilter = ReadonlyArray<readonly [name: string, value: string | number]>;

/**
 * All records a filter lets through, as YCLIENTS gives them.
 *
 * @param limit records after which no more is read
 * @throws YClientsError
 * @throws PagingError when the list cannot be read to its end
 */
export async function listRecords(client: YClientsClient, filter: RecordFilter, limit?: number): Promise<unknown[]> {
	const size = Math.min(PAGE_SIZE, limit ?? PAGE_SIZE);
	return await readPages(
		async (page) => {
			const path = `records/${client.companyId}`;
			const query: RecordFilter = [...filter, ['page', page], ['count', size]];
			const { data, meta } = await client.ask({ method: 'GET', path, query });
			return { rows: readRows(data), total: number.parse(meta.total_count) || null };
		},
		{ size, keyOf, limit },
	);
}

/** One record as it is now; null when there is none, or none any more. @throws YClientsError */
export async function getRecord(client: YClientsClient, recordId: string): Promise<Record<string, unknown> | null> {
	const path = `record/${client.companyId}/${recordId}`;
	const reply = await client.ask({ method: 'GET', path }).catch(notFoundAsNull);
	if (!reply) return null;
	const record = objectOrNull(reply.data);
	if (!record || text.parse(record.id) !== recordId) {
		throw new YClientsError('unreadable', 'YCLIENTS answered with something that is not this record', 'Try again later.');
	}
	return record;
}

export function notFoundAsNull(error: unknown): null {
	if (error instanceof YClientsError && error.failure === 'notFound') return null;
	throw error;
}

/** Rows of a list, also of one PHP has made an object of. @throws YClientsError when it is none */
export function readRows(data: unknown): unknown[] {
	if (Array.isArray(data)) return data;
	const rows = objectOrNull(data);
	if (rows && Object.keys(rows).every((key) => /^\d+$/.test(key))) return Object.values(rows);
	if (data === null) return [];
	throw new YClientsError('unreadable', 'YCLIENTS answered with something that is no list', 'Try again later.');
}

function keyOf(row: unknown): string {
	return text.parse(objectOrNull(row)?.id) ?? createHash('sha256').update(JSON.stringify(row)).digest('hex');
}
