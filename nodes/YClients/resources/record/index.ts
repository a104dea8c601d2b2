import type { INodeProperties } from 'n8n-workflow';

import * as create from './create.operation';
import * as get from './get.operation';
import * as getAll from './getAll.operation';
import * as getChanges from './getChanges.operation';
import * as match from './match.operation';

export const operations = {
	create: create.execute,
	get: get.execute,
	getAll: getAll.execute,
	getChanges: getChanges.execute,
	match: match.execute,
};

export const description: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['record'] } },
		options: [
			{
				name: 'Create',
				value: 'create',
				description: 'Make a booking with the code of the client in its comment',
				action: 'Create a record',
			},
			{
				name: 'Get',
				value: 'get',
				description: 'Read a booking as it is now',
				action: 'Get a record',
			},
			{
				name: 'Get Changes',
				value: 'getChanges',
				description: 'Read what was made, changed or deleted since the last time',
				action: 'Get changed records',
			},
			{
				name: 'Get Many',
				value: 'getAll',
				description: 'Read bookings by the day of the visit',
				action: 'Get many records',
			},
			{
				name: 'Match to Users',
				value: 'match',
				description: 'Find out by code, email and phone whose the bookings are',
				action: 'Match records to users',
			},
		],
		default: 'getChanges',
	},
	...create.description,
	...get.description,
	...getAll.description,
	...getChanges.description,
	...match.description,
];
