import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import { z } from 'zod';

import { optionalText } from '../../events/fields';
import { readObjectId } from '../../objectId';
import { executionKey } from '../../shared/executionKey';
import { readObject } from '../../shared/readObject';
import { stripeRequest } from '../../shared/transport';

const showOnlyForCreateSession = { resource: ['customerPortal'], operation: ['createSession'] };

export const description: INodeProperties[] = [
	{
		displayName: 'Customer ID',
		name: 'customerId',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. cus_AbCdEfGh',
		displayOptions: { show: showOnlyForCreateSession },
	},
	{
		displayName: 'Return URL',
		name: 'returnUrl',
		type: 'string',
		default: '',
		placeholder: 'e.g. https://example.com/account',
		description: 'Where the customer goes back to. Without it, the address set in the portal\'s own settings.',
		displayOptions: { show: showOnlyForCreateSession },
	},
];

const portalSchema = z.object({
	id: z.string(),
	url: z.string(),
	customer: z.string(),
	return_url: optionalText,
	livemode: z.boolean(),
});

/** A short-lived address where a customer sees invoices, changes the card and cancels. */
export async function execute(this: IExecuteFunctions, itemIndex: number): Promise<IDataObject> {
	const customer = readObjectId(this.getNodeParameter('customerId', itemIndex, ''), ['cus'], 'The customer ID');
	const returnUrl = String(this.getNodeParameter('returnUrl', itemIndex, '') ?? '').trim();
	const form = { customer, ...(returnUrl === '' ? {} : { return_url: returnUrl }) };
	const idempotencyKey = executionKey.call(this, itemIndex, 'portal', [form]);
	const path = '/v1/billing_portal/sessions';
	const { body } = await stripeRequest.call(this, { method: 'POST', path, form, idempotencyKey }, itemIndex);
	const portal = readObject(portalSchema, body, 'Customer Portal Session');
	return {
		portalSessionId: portal.id,
		url: portal.url,
		customerId: portal.customer,
		returnUrl: portal.return_url,
		livemode: portal.livemode,
	};
}
