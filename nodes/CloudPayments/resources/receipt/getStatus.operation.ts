import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { readRequiredText } from '../../shared/parameters';
import { demand, unreadable } from '../../shared/transport';
import { receiptIdField } from './fields';

export const description: INodeProperties[] = [receiptIdField('getStatus')];

/** `{receiptId, status}`; the status is `Queued`, `Processed` or `NotFound`. */
export async function execute(this: IExecuteFunctions, itemIndex: number): Promise<IDataObject> {
	const receiptId = readRequiredText.call(this, itemIndex, 'receiptId', 'Receipt ID');
	const status = await demand.call(this, itemIndex, { path: 'kkt/receipt/status/get', fields: { Id: receiptId } });
	if (typeof status !== 'string') throw unreadable.call(this, itemIndex, 'the status of the receipt');
	return { receiptId, status };
}
