import type { IExecuteFunctions } from 'n8n-workflow';

import { readTransaction, type Transaction } from '../transaction';
import type { Envelope } from './answers';
import { refused, unreadable } from './transport';

/**
 * The transaction of an answer. A declined one comes with Success false and no message: that is a result
 * (providers/cloudpayments.md §2).
 *
 * @throws NodeApiError when the API refused the request itself, or answered with something else
 */
export function transactionOf(this: IExecuteFunctions, itemIndex: number, envelope: Envelope): Transaction {
	const { success, message, model } = envelope;
	if (!success && (message !== null || model === null)) throw refused.call(this, itemIndex, envelope);
	const transaction = readTransaction(model);
	if (!transaction?.transactionId) throw unreadable.call(this, itemIndex, 'a transaction');
	return transaction;
}
