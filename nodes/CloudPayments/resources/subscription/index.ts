import type { INodeProperties } from 'n8n-workflow';

import * as cancel from './cancel.operation';
import * as create from './create.operation';
import * as find from './find.operation';
import * as get from './get.operation';
import * as update from './update.operation';

export const operations = {
	cancel: cancel.execute,
	create: create.execute,
	find: find.execute,
	get: get.execute,
	update: update.execute,
};

export const description: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['subscription'] } },
		options: [
			{
				name: 'Cancel',
				value: 'cancel',
				description: 'Stop the charges. Gives no money back.',
				action: 'Cancel a subscription',
			},
			{
				name: 'Create',
				value: 'create',
				description: 'Have CloudPayments charge a saved card regularly',
				action: 'Create a subscription',
			},
			{
				name: 'Find',
				value: 'find',
				description: 'Find the subscriptions of a buyer',
				action: 'Find subscriptions',
			},
			{
				name: 'Get',
				value: 'get',
				description: 'Get a subscription by its ID',
				action: 'Get a subscription',
			},
			{
				name: 'Update',
				value: 'update',
				description: 'Change the amount, the interval or the next charge',
				action: 'Update a subscription',
			},
		],
		default: 'create',
	},
	...cancel.description,
	...create.description,
	...find.description,
	...get.description,
	...update.description,
];
