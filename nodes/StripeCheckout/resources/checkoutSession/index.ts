import type { INodeProperties } from 'n8n-workflow';

import * as create from './create.operation';
import * as expire from './expire.operation';
import * as get from './get.operation';

export const operations = { create: create.execute, expire: expire.execute, get: get.execute };

export const description: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['checkoutSession'] } },
		options: [
			{
				name: 'Create',
				value: 'create',
				description: 'Make a payment page, or find the one the order has already',
				action: 'Create a checkout session',
			},
			{
				name: 'Expire',
				value: 'expire',
				description: 'End an open session, so that it can no longer be paid',
				action: 'Expire a checkout session',
			},
			{
				name: 'Get',
				value: 'get',
				description: 'Look up whether a session has been paid',
				action: 'Get a checkout session',
			},
		],
		default: 'create',
	},
	...create.description,
	...expire.description,
	...get.description,
];
