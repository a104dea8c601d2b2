import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { toMoment } from '../../shared/parameters';
import { demand, unreadable } from '../../shared/transport';
import { readTransaction } from '../../transaction';

const showOnlyForGetAll = { resource: ['payment'], operation: ['getAll'] };

const PAGE_SIZE = 100;
/** A hundred thousand payments; more is a mistake in the dates, or a service that does not turn its pages. */
const MAX_PAGES = 1000;

export const description: INodeProperties[] = [
	{
		displayName: 'Created From',
		name: 'createdFrom',
		type: 'dateTime',
		default: '',
		required: true,
		description: 'Without a zone: UTC',
		displayOptions: { show: showOnlyForGetAll },
	},
	{
		displayName: 'Created To',
		name: 'createdTo',
		type: 'dateTime',
		default: '',
		required: true,
		description: 'Without a zone: UTC',
		displayOptions: { show: showOnlyForGetAll },
	},
	{
		displayName: 'Statuses',
		name: 'statuses',
		type: 'multiOptions',
		options: [
			{ name: 'Authorized', value: 'Authorized' },
			{ name: 'Canceled', value: 'Cancelled' },
			{ name: 'Completed', value: 'Completed' },
			{ name: 'Declined', value: 'Declined' },
		],
		default: [],
		description: 'All statuses when none is chosen',
		displayOptions: { show: showOnlyForGetAll },
	},
	{
		displayName: 'Return All',
		name: 'returnAll',
		type: 'boolean',
		default: false,
		description: 'Whether to return all results or only up to a given limit',
		displayOptions: { show: showOnlyForGetAll },
	},
	{
		displayName: 'Limit',
		name: 'limit',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 50,
		description: 'Max number of results to return',
		displayOptions: { show: { ...showOnlyForGetAll, returnAll: [false] } },
	},
];

/** One `Transaction` per operation created in the time, oldest first (CP12, CP14). */
export async function execute(this: IExecuteFunctions, itemIndex: number): Promise<IDataObject[]> {
	const from = toMoment(this.getNodeParameter('createdFrom', itemIndex), 'Created From');
	const to = toMoment(this.getNodeParameter('createdTo', itemIndex), 'Created To');
	if (from > to) throw new RangeError('Created From must not be after Created To');
	const statuses = this.getNodeParameter('statuses', itemIndex, []) as string[];
	const returnAll = this.getNodeParameter('returnAll', itemIndex, false) as boolean;
	const limit = returnAll ? Number.POSITIVE_INFINITY : (this.getNodeParameter('limit', itemIndex, 50) as number);
	const transactions: IDataObject[] = [];
	for (let page = 1; transactions.length < limit; page++) {
		if (page > MAX_PAGES) throw new RangeError('More than 100,000 operations: choose a shorter time');
		const models = await demand.call(this, itemIndex, {
			path: 'v2/payments/list',
			fields: {
				CreatedDateGte: from.toISOString(),
				CreatedDateLte: to.toISOString(),
				PageNumber: page,
				TimeZone: 'UTC',
				Statuses: statuses.length > 0 ? statuses : undefined,
			},
		});
		if (!Array.isArray(models)) throw unreadable.call(this, itemIndex, 'a list of payments');
		for (const model of models) {
			const transaction = readTransaction(model);
			if (!transaction) throw unreadable.call(this, itemIndex, 'a transaction');
			transactions.push({ ...transaction });
		}
		if (models.length < PAGE_SIZE) break;
	}
	return transactions.slice(0, limit);
}
