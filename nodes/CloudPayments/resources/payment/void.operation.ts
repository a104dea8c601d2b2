import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { stableRequestId } from '../../requestId';
import { requestIdField, transactionIdField } from '../../shared/fields';
import { readText, readTransactionId } from '../../shared/parameters';
import { demand } from '../../shared/transport';

const showOnlyForVoid = { resource: ['payment'], operation: ['void'] };

export const description: INodeProperties[] = [
	transactionIdField(showOnlyForVoid),
	requestIdField(showOnlyForVoid, 'the same for one transaction'),
];

/** `{voided: true, transactionId, requestId}`. */
export async function execute(this: IExecuteFunctions, itemIndex: number): Promise<IDataObject> {
	const transactionId = readTransactionId.call(this, itemIndex);
	const requestId = readText.call(this, itemIndex, 'requestId') || stableRequestId('void', transactionId);
	await demand.call(this, itemIndex, {
		path: 'payments/void',
		requestId,
		fields: { TransactionId: transactionId },
	});
	return { voided: true, transactionId: String(transactionId), requestId };
}
