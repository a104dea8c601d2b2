import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import { z } from 'zod';

import { toKopecks } from '../../kopecks';
import { id, number, objectOrNull, text } from '../../lenient';
import { readPages } from '../../paging';
import { phoneDigits } from '../../phoneDigits';
import type { YClientsClient } from '../../shared/client';
import { limitFields, readLimit, readText } from '../../shared/fields';
import { readRows } from '../../shared/records';
import type { Operation } from '../../shared/run';
import { storable } from '../../../shared/storable';

const showOnlyForSearch = { resource: ['client'], operation: ['search'] };

export const description: INodeProperties[] = [
	{
		displayName: 'Search For',
		name: 'query',
		type: 'string',
		default: '',
		placeholder: 'e.g. +79990000001',
		description: 'Part of a phone, name or card number. Empty for all clients.',
		displayOptions: { show: showOnlyForSearch },
	},
	...limitFields(showOnlyForSearch),
];

/** The largest page of this search, and all it can tell (providers/yclients.md §3). */
const PAGE_SIZE = 200;
const FIELDS = [
	'id', 'name', 'phone', 'email', 'discount', 'first_visit_date', 'last_visit_date', 'sold_amount', 'visits_count',
];

/** Clients of the branch, one item each. */
export const execute: Operation = async function (this: IExecuteFunctions, itemIndex, connect): Promise<IDataObject[]> {
	const query = readText.call(this, itemIndex, 'query');
	const limit = readLimit.call(this, itemIndex);
	const rows = await searchClients(await connect(), query, limit);
	return storable(rows.flatMap(readClient));
};

async function searchClients(client: YClientsClient, query: string, limit: number | undefined): Promise<unknown[]> {
	const size = Math.min(PAGE_SIZE, limit ?? PAGE_SIZE);
	const filters = query === '' ? [] : [{ type: 'quick_search', state: { value: query } }];
	return await readPages(
		async (page) => {
			const { data, meta } = await client.ask({
				method: 'POST',
				path: `company/${client.companyId}/clients/search`,
				body: { page, page_size: size, fields: FIELDS, operation: 'AND', filters },
				isRead: true,
			});
			return { rows: readRows(data), total: number.parse(meta.total_count) || null };
		},
		{ size, keyOf: (row) => id.parse(objectOrNull(row)?.id) ?? JSON.stringify(row), limit },
	);
}

const clientSchema = z.object({
	id: id.pipe(z.string()),
	name: text,
	phone: text,
	email: text,
	discount: number,
	first_visit_date: text,
	last_visit_date: text,
	sold_amount: z.unknown(),
	visits_count: number,
});

function readClient(row: unknown): IDataObject[] {
	const { data: client } = clientSchema.safeParse(row);
	if (!client) return [];
	return [
		{
			clientId: client.id,
			name: client.name,
			phone: phoneDigits(client.phone),
			email: client.email?.toLowerCase() ?? null,
			discountPercent: client.discount,
			firstVisitDate: client.first_visit_date,
			lastVisitDate: client.last_visit_date,
			soldKopecks: toKopecks(client.sold_amount),
			visitsCount: client.visits_count,
		},
	];
}
