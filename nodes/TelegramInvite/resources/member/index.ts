import type { INodeProperties } from 'n8n-workflow';

import * as check from './check.operation';
import * as remove from './remove.operation';

export const operations = { check: check.execute, remove: remove.execute };

export const description: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['member'] } },
		options: [
			{
				name: 'Check',
				value: 'check',
				description: 'Tell whether somebody is in a channel or group',
				action: 'Check a member',
			},
			{
				name: 'Remove',
				value: 'remove',
				description: 'Take somebody out of a channel or group and revoke their link',
				action: 'Remove a member',
			},
		],
		default: 'check',
	},
	...check.description,
	...remove.description,
];
