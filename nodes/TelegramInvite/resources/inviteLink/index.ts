import type { INodeProperties } from 'n8n-workflow';

import * as create from './create.operation';
import * as revoke from './revoke.operation';

export const operations = { create: create.execute, revoke: revoke.execute };

export const description: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['inviteLink'] } },
		options: [
			{
				name: 'Create',
				value: 'create',
				description: 'Make a personal link into a channel or group',
				action: 'Create an invite link',
			},
			{
				name: 'Revoke',
				value: 'revoke',
				description: 'Make a link useless; who has come by it stays',
				action: 'Revoke an invite link',
			},
		],
		default: 'create',
	},
	...create.description,
	...revoke.description,
];
