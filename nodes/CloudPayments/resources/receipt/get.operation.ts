import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { readRequiredText, toObject } from '../../shared/parameters';
import { demand, unreadable } from '../../shared/transport';
import { receiptIdField } from './fields';

export const description: INodeProperties[] = [receiptIdField('get')];

/** `{receiptId, receipt}`: the receipt in the provider's own words, fiscal data in `receipt.AdditionalData`. */
export async function execute(this: IExecuteFunctions, itemIndex: number): Promise<IDataObject> {
	const receiptId = readRequiredText.call(this, itemIndex, 'receiptId', 'Receipt ID');
	const model = await demand.call(this, itemIndex, { path: 'kkt/receipt/get', fields: { Id: receiptId } });
	const receipt = toObject(model, 'Receipt');
	if (!receipt) throw unreadable.call(this, itemIndex, 'a receipt');
	return { receiptId, receipt };
}
