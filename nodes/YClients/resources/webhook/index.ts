import type { INodeProperties } from 'n8n-workflow';

import * as add from './add.operation';
import * as get from './get.operation';
import * as remove from './remove.operation';

export const operations = { add: add.execute, get: get.execute, remove: remove.execute };

export const description: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['webhook'] } },
		options: [
			{
				name: 'Add URL',
				value: 'add',
				description: 'Have the branch notify an address about records; others stay',
				action: 'Add a webhook URL',
			},
			{
				name: 'Get Settings',
				value: 'get',
				description: 'Read who is notified about what',
				action: 'Get webhook settings',
			},
			{
				name: 'Remove URL',
				value: 'remove',
				description: 'Take one address out; others stay',
				action: 'Remove a webhook URL',
			},
		],
		default: 'get',
	},
	...add.description,
	...remove.description,
];
