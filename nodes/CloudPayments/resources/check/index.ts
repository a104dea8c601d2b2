import type { INodeProperties } from 'n8n-workflow';

import * as answer from './answer.operation';

export const operations = { answer: answer.execute };

export const description: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['check'] } },
		options: [
			{
				name: 'Answer',
				value: 'answer',
				description: 'Tell the waiting CloudPayments whether a payment may go on',
				action: 'Answer a check',
			},
		],
		default: 'answer',
	},
	...answer.description,
];
