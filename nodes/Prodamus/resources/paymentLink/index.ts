import type { INodeProperties } from 'n8n-workflow';

import * as create from './create.operation';

export const operations = { create: create.execute };

export const description: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['paymentLink'] } },
		options: [
			{
				name: 'Create',
				value: 'create',
				description: 'Make a link the buyer pays an order with',
				action: 'Create a payment link',
			},
		],
		default: 'create',
	},
	...create.description,
];
