import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import { buildReceipt, type Receipt, type ReceiptItem } from '../receipt';
import type { Amount } from './parameters';

/** What the receipt fields of the node hold; null without items. */
export function readReceipt(this: IExecuteFunctions, itemIndex: number, email: string): Receipt | null {
	const { item: items = [] } = this.getNodeParameter('receiptItems', itemIndex, {}) as { item?: ReceiptItem[] };
	const details = this.getNodeParameter('receiptDetails', itemIndex, {}) as Omit<Receipt, 'items'>;
	return items.length === 0 ? null : { email, ...details, items };
}

/**
 * The receipt of a payment or of the charges of a subscription.
 *
 * @throws RangeError when it is wrong or its total is another than the amount
 */
export function receiptOver(receipt: Receipt, amount: Amount, currency: string): object {
	const { customerReceipt, totalMinor } = buildReceipt(receipt, currency);
	if (totalMinor !== amount.minor) throw new RangeError('The total of the receipt must be the amount');
	return customerReceipt;
}

/**
 * `JsonData` of a payment: the user's own data, and the receipt where the provider looks for it
 * (providers/cloudpayments.md §3, §9). Text, because that is what every version of the API takes.
 *
 * @throws RangeError when the receipt is wrong or its total is another than the amount
 */
export function jsonData(
	data: IDataObject | undefined,
	receipt: Receipt | null,
	amount: Amount,
	currency: string,
): string | undefined {
	if (receipt === null) return data && JSON.stringify(data);
	const own = data?.cloudPayments as IDataObject | undefined;
	const customerReceipt = receiptOver(receipt, amount, currency);
	return JSON.stringify({ ...data, cloudPayments: { ...own, customerReceipt } });
}
