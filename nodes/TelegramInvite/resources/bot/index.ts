import type { INodeProperties } from 'n8n-workflow';

import * as checkRights from './checkRights.operation';

export const operations = { checkRights: checkRights.execute };

export const description: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['bot'] } },
		options: [
			{
				name: 'Check Rights',
				value: 'checkRights',
				description: 'Tell whether the bot may invite and remove people in a channel or group',
				action: 'Check the rights of the bot',
			},
		],
		default: 'checkRights',
	},
	...checkRights.description,
];
