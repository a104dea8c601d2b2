import type { INodeProperties } from 'n8n-workflow';

import * as test from './test.operation';

export const operations = { test: test.execute };

export const description: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['account'] } },
		options: [
			{
				name: 'Test',
				value: 'test',
				description: 'Find out whether the keys are right',
				action: 'Test the account',
			},
		],
		default: 'test',
	},
	...test.description,
];
