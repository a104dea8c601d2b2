import type { INodeProperties } from 'n8n-workflow';

import * as createSession from './createSession.operation';

export const operations = { createSession: createSession.execute };

export const description: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['customerPortal'] } },
		options: [
			{
				name: 'Create Session',
				value: 'createSession',
				description: 'Make an address where a customer manages the subscription',
				action: 'Create a customer portal session',
			},
		],
		default: 'createSession',
	},
	...createSession.description,
];
