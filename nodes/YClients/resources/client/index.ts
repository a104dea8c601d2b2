import type { INodeProperties } from 'n8n-workflow';

import * as search from './search.operation';

export const operations = { search: search.execute };

export const description: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['client'] } },
		options: [
			{
				name: 'Search',
				value: 'search',
				description: 'Find clients of the branch by phone, name or card',
				action: 'Search clients',
			},
		],
		default: 'search',
	},
	...search.description,
];
