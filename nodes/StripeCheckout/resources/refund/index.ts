import type { INodeProperties } from 'n8n-workflow';

import * as create from './create.operation';

export const operations = { create: create.execute };

export const description: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['refund'] } },
		options: [
			{
				name: 'Create',
				value: 'create',
				description: 'Send a payment back, in full or in part',
				action: 'Create a refund',
			},
		],
		default: 'create',
	},
	...create.description,
];
