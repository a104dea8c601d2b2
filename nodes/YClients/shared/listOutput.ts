import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import { storable } from '../../shared/storable';
import type { BookingPolicy } from '../booking';
import { toEntries } from '../recordEntry';
import type { YClientsClient } from './client';

/** Records as items or as one item, as the parameter `output` says. */
export function listOutput(
	this: IExecuteFunctions,
	itemIndex: number,
	client: YClientsClient,
	records: readonly unknown[],
	policy: BookingPolicy,
	{ includeRaw, ...summary }: { includeRaw?: boolean } & IDataObject,
): IDataObject | IDataObject[] {
	const { entries, unreadable } = toEntries(records, client.companyId, policy, { includeRaw });
	const items = storable(entries) as unknown as IDataObject[];
	if (this.getNodeParameter('output', itemIndex) === 'items') return items;
	const { companyId, calls } = client;
	return { companyId, records: items, count: items.length, unreadable, calls, ...summary };
}
