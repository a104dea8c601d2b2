import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import type { FormTree } from '../../../shared/formTree';
import { readSession } from '../../session';
import { stripeRequest } from '../../shared/transport';
import { readSessionId, sessionIdField } from './sessionId';

export const description: INodeProperties[] = [
	sessionIdField('get'),
	{
		displayName: 'Include Line Items',
		name: 'includeLineItems',
		type: 'boolean',
		default: false,
		description: 'Whether to put what was sold into "lineItems"',
		displayOptions: { show: { resource: ['checkoutSession'], operation: ['get'] } },
	},
];

/** The session as it is now. */
export async function execute(this: IExecuteFunctions, itemIndex: number): Promise<IDataObject> {
	const path = `/v1/checkout/sessions/${readSessionId.call(this, itemIndex)}`;
	const isExpanded = this.getNodeParameter('includeLineItems', itemIndex, false) === true;
	const query: FormTree = isExpanded ? { expand: ['line_items'] } : {};
	const { body } = await stripeRequest.call(this, { method: 'GET', path, query }, itemIndex);
	return { ...readSession(body, Date.now()) };
}
