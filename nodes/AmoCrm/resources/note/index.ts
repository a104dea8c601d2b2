import type { INodeProperties } from 'n8n-workflow';

import { eachItem } from '../../shared/run';
import * as create from './create.operation';

export const operations = { create: eachItem(create.execute) };

export const description: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['note'] } },
		options: [
			{
				name: 'Create',
				value: 'create',
				description: 'Add a note to a lead',
				action: 'Create a note',
			},
		],
		default: 'create',
	},
	...create.description,
];
