import type { INodeProperties } from 'n8n-workflow';

import * as cancel from './cancel.operation';
import * as create from './create.operation';

export const operations = { cancel: cancel.execute, create: create.execute };

export const description: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['order'] } },
		options: [
			{
				name: 'Cancel',
				value: 'cancel',
				description: 'Make a payment link unusable',
				action: 'Cancel an order',
			},
			{
				name: 'Create',
				value: 'create',
				description: 'Make a link the buyer pays an order with',
				action: 'Create an order',
			},
		],
		default: 'create',
	},
	...cancel.description,
	...create.description,
];
