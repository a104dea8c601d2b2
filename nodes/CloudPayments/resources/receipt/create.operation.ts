import { z } from 'zod';
import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { buildReceipt } from '../../receipt';
import { stableRequestId } from '../../requestId';
import { readReceipt } from '../../shared/extras';
import { receiptFields, requestIdField } from '../../shared/fields';
import { readRequiredText, readText } from '../../shared/parameters';
import { demand, unreadable } from '../../shared/transport';

const showOnlyForCreate = { resource: ['receipt'], operation: ['create'] };

export const description: INodeProperties[] = [
	{
		displayName: 'Seller INN',
		name: 'inn',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. 7700000000',
		displayOptions: { show: showOnlyForCreate },
	},
	{
		displayName: 'Receipt Type',
		name: 'receiptType',
		type: 'options',
		options: [
			{ name: 'Expense', value: 'Expense', description: 'Money paid out to a customer' },
			{ name: 'Expense Return', value: 'ExpenseReturn' },
			{ name: 'Income', value: 'Income', description: 'A payment' },
			{ name: 'Income Return', value: 'IncomeReturn', description: 'A refund' },
		],
		default: 'Income',
		displayOptions: { show: showOnlyForCreate },
	},
	{
		displayName: 'Order Number',
		name: 'invoiceId',
		type: 'string',
		default: '',
		required: true,
		displayOptions: { show: showOnlyForCreate },
	},
	{
		displayName: 'Account ID',
		name: 'accountId',
		type: 'string',
		default: '',
		displayOptions: { show: showOnlyForCreate },
	},
	...receiptFields(showOnlyForCreate, { isRequired: true }),
	requestIdField(showOnlyForCreate, 'the same for one type, order number and total'),
];

const queuedSchema = z.object({ Id: z.string().min(1) });

/** `{receiptId, status: 'Queued', orderRef, amountMinor, requestId}`: the receipt is made later (CP13). */
export async function execute(this: IExecuteFunctions, itemIndex: number): Promise<IDataObject> {
	const receipt = readReceipt.call(this, itemIndex, '');
	if (!receipt) throw new RangeError('A receipt needs at least one item');
	const { customerReceipt, totalMinor } = buildReceipt(receipt, 'RUB');
	const orderRef = readRequiredText.call(this, itemIndex, 'invoiceId', 'Order Number');
	const inn = readRequiredText.call(this, itemIndex, 'inn', 'Seller INN');
	if (!/^(?:\d{10}|\d{12})$/.test(inn)) throw new RangeError('Seller INN must have 10 or 12 digits');
	const type = readText.call(this, itemIndex, 'receiptType');
	const requestId =
		readText.call(this, itemIndex, 'requestId') || stableRequestId('receipt', type, orderRef, totalMinor);
	const answer = await demand.call(this, itemIndex, {
		path: 'kkt/receipt',
		requestId,
		fields: {
			Inn: inn,
			Type: type,
			InvoiceId: orderRef,
			AccountId: readText.call(this, itemIndex, 'accountId') || undefined,
			CustomerReceipt: customerReceipt,
		},
	});
	const { data: queued } = queuedSchema.safeParse(answer);
	if (!queued) throw unreadable.call(this, itemIndex, 'the ID of the receipt');
	return { receiptId: queued.Id, status: 'Queued', orderRef, amountMinor: totalMinor, requestId };
}
