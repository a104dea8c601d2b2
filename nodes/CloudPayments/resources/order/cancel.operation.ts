import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { stableRequestId } from '../../requestId';
import { requestIdField } from '../../shared/fields';
import { readRequiredText, readText } from '../../shared/parameters';
import { demand } from '../../shared/transport';

const showOnlyForCancel = { resource: ['order'], operation: ['cancel'] };

export const description: INodeProperties[] = [
	{
		displayName: 'Order ID',
		name: 'orderId',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. f2K8LV6reGE9WBFn',
		description: 'The "orderId" Order: Create gave. Not your own order number, and not the number of a transaction.',
		displayOptions: { show: showOnlyForCancel },
	},
	requestIdField(showOnlyForCancel, 'the same for one order'),
];

/** `{canceled: true, orderId, requestId}`. */
export async function execute(this: IExecuteFunctions, itemIndex: number): Promise<IDataObject> {
	const orderId = readRequiredText.call(this, itemIndex, 'orderId', 'Order ID');
	const requestId = readText.call(this, itemIndex, 'requestId') || stableRequestId('order-cancel', orderId);
	await demand.call(this, itemIndex, { path: 'orders/cancel', requestId, fields: { Id: orderId } });
	return { canceled: true, orderId, requestId };
}
