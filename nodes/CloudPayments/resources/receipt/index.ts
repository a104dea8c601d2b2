import type { INodeProperties } from 'n8n-workflow';

import * as create from './create.operation';
import * as get from './get.operation';
import * as getStatus from './getStatus.operation';

export const operations = { create: create.execute, get: get.execute, getStatus: getStatus.execute };

export const description: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['receipt'] } },
		options: [
			{
				name: 'Create',
				value: 'create',
				description: 'Have the cash register issue a receipt under 54-FZ',
				action: 'Create a receipt',
			},
			{
				name: 'Get',
				value: 'get',
				description: 'Get an issued receipt with its fiscal data',
				action: 'Get a receipt',
			},
			{
				name: 'Get Status',
				value: 'getStatus',
				description: 'See whether a receipt is issued',
				action: 'Get the status of a receipt',
			},
		],
		default: 'create',
	},
	...create.description,
	...get.description,
	...getStatus.description,
];
