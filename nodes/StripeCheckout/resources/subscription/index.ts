import type { INodeProperties } from 'n8n-workflow';

import * as cancel from './cancel.operation';

export const operations = { cancel: cancel.execute };

export const description: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['subscription'] } },
		options: [
			{
				name: 'Cancel',
				value: 'cancel',
				description: 'Stop the charges, now or at the end of the paid period',
				action: 'Cancel a subscription',
			},
		],
		default: 'cancel',
	},
	...cancel.description,
];
