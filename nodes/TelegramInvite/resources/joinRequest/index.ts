import type { INodeProperties } from 'n8n-workflow';

import * as approve from './approve.operation';
import * as decline from './decline.operation';

export const operations = { approve: approve.execute, decline: decline.execute };

export const description: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['joinRequest'] } },
		options: [
			{
				name: 'Approve',
				value: 'approve',
				description: 'Let somebody in who has asked',
				action: 'Approve a join request',
			},
			{
				name: 'Decline',
				value: 'decline',
				description: 'Turn somebody away who has asked',
				action: 'Decline a join request',
			},
		],
		default: 'approve',
	},
	...approve.description,
	...decline.description,
];
