import type { INodeProperties } from 'n8n-workflow';

import * as generate from './generate.operation';

export const operations = { generate: generate.execute };

export const description: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['clientCode'] } },
		options: [
			{
				name: 'Generate',
				value: 'generate',
				description: 'Make new client codes, such as ABC12345',
				action: 'Generate client codes',
			},
		],
		default: 'generate',
	},
	...generate.description,
];
