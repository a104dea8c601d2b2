import type { INodeProperties } from 'n8n-workflow';

import * as getAll from './getAll.operation';
import * as transaction from './transaction.operation';

export const operations = { getAll: getAll.execute, transaction: transaction.execute };

export const description: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['loyaltyCard'] } },
		options: [
			{
				name: 'Get Many',
				value: 'getAll',
				description: 'Read the cards of a client',
				action: 'Get many loyalty cards',
			},
			{
				name: 'Post Points',
				value: 'transaction',
				description: "Put points on a card of YCLIENTS' own programme, or take them off",
				action: 'Post points to a loyalty card',
			},
		],
		default: 'transaction',
	},
	...getAll.description,
	...transaction.description,
];
