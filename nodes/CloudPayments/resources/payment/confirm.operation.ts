import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { stableRequestId } from '../../requestId';
import { jsonData, readReceipt } from '../../shared/extras';
import { amountField, receiptFields, requestIdField, transactionIdField } from '../../shared/fields';
import { readText, readTransactionId, toAmount } from '../../shared/parameters';
import { demand } from '../../shared/transport';

const showOnlyForConfirm = { resource: ['payment'], operation: ['confirm'] };

export const description: INodeProperties[] = [
	transactionIdField(showOnlyForConfirm),
	amountField(showOnlyForConfirm, 'How much of the held money to take. At most what is held.'),
	...receiptFields(showOnlyForConfirm, { isRequired: false }),
	requestIdField(showOnlyForConfirm, 'the same for one transaction and amount'),
];

/**
 * `{confirmed: true, transactionId, amountMinor, requestId}`; that the money came is told by the Confirm notification.
 */
export async function execute(this: IExecuteFunctions, itemIndex: number): Promise<IDataObject> {
	const transactionId = readTransactionId.call(this, itemIndex);
	const amount = toAmount(this.getNodeParameter('amount', itemIndex), 'RUB');
	const requestId =
		readText.call(this, itemIndex, 'requestId') || stableRequestId('confirm', transactionId, amount.minor);
	await demand.call(this, itemIndex, {
		path: 'payments/confirm',
		requestId,
		fields: {
			TransactionId: transactionId,
			Amount: amount.decimal,
			JsonData: jsonData(undefined, readReceipt.call(this, itemIndex, ''), amount, 'RUB'),
		},
	});
	return { confirmed: true, transactionId: String(transactionId), amountMinor: amount.minor, requestId };
}
