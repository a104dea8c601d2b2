import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { transactionIdField } from '../../shared/fields';
import { readTransactionId } from '../../shared/parameters';
import { transactionOf } from '../../shared/transactions';
import { callCloudPayments } from '../../shared/transport';

export const description: INodeProperties[] = [transactionIdField({ resource: ['payment'], operation: ['get'] })];

/** A `Transaction` (CP2). */
export async function execute(this: IExecuteFunctions, itemIndex: number): Promise<IDataObject> {
	const fields = { TransactionId: readTransactionId.call(this, itemIndex) };
	const envelope = await callCloudPayments.call(this, itemIndex, { path: 'payments/get', fields });
	return { ...transactionOf.call(this, itemIndex, envelope) };
}
