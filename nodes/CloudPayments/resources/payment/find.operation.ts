import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { readRequiredText } from '../../shared/parameters';
import { transactionOf } from '../../shared/transactions';
import { callCloudPayments } from '../../shared/transport';

export const description: INodeProperties[] = [
	{
		displayName: 'Order Number',
		name: 'invoiceId',
		type: 'string',
		default: '',
		required: true,
		description: 'Your own number of the order. The last operation with it is found, be it a payment or a refund.',
		displayOptions: { show: { resource: ['payment'], operation: ['find'] } },
	},
];

/** `{found: true}` and a `Transaction`, or `{found: false, orderRef}`: that nothing is there is an answer (CP2). */
export async function execute(this: IExecuteFunctions, itemIndex: number): Promise<IDataObject> {
	const orderRef = readRequiredText.call(this, itemIndex, 'invoiceId', 'Order Number');
	const envelope = await callCloudPayments.call(this, itemIndex, {
		path: 'v2/payments/find',
		fields: { InvoiceId: orderRef },
	});
	if (!envelope.success && /^not found/i.test(envelope.message ?? '')) return { found: false, orderRef };
	return { found: true, ...transactionOf.call(this, itemIndex, envelope) };
}
