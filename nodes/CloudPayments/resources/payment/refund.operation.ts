import { z } from 'zod';
import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { optionalText } from '../../lenient';
import { stableRequestId } from '../../requestId';
import { jsonData, readReceipt } from '../../shared/extras';
import { amountField, receiptFields, requestIdField, transactionIdField } from '../../shared/fields';
import { readText, readTransactionId, toAmount } from '../../shared/parameters';
import { demand } from '../../shared/transport';

const showOnlyForRefund = { resource: ['payment'], operation: ['refund'] };

export const description: INodeProperties[] = [
	transactionIdField(showOnlyForRefund),
	amountField(
		showOnlyForRefund,
		'How much goes back. For all of it: what was paid less what went back already, which CloudPayments does not tell.',
	),
	...receiptFields(showOnlyForRefund, { isRequired: false }),
	requestIdField(
		showOnlyForRefund,
		'the same for one transaction and amount, so fill it in for a second refund of the same amount within an hour',
	),
];

const refundSchema = z.object({ TransactionId: optionalText }).catch({ TransactionId: null });

/**
 * `{accepted: true, refundTransactionId, transactionId, amountMinor, requestId}` (CP2, CP10). Through SBP the money has
 * not gone yet: the Refund notification tells.
 */
export async function execute(this: IExecuteFunctions, itemIndex: number): Promise<IDataObject> {
	const transactionId = readTransactionId.call(this, itemIndex);
	const amount = toAmount(this.getNodeParameter('amount', itemIndex), 'RUB');
	const requestId =
		readText.call(this, itemIndex, 'requestId') || stableRequestId('refund', transactionId, amount.minor);
	const model = await demand.call(this, itemIndex, {
		path: 'payments/refund',
		requestId,
		fields: {
			TransactionId: transactionId,
			Amount: amount.decimal,
			JsonData: jsonData(undefined, readReceipt.call(this, itemIndex, ''), amount, 'RUB'),
		},
	});
	return {
		accepted: true,
		refundTransactionId: refundSchema.parse(model).TransactionId,
		transactionId: String(transactionId),
		amountMinor: amount.minor,
		requestId,
	};
}
