import type { INodeProperties } from 'n8n-workflow';

import * as get from './get.operation';
import * as register from './register.operation';
import * as restore from './restore.operation';

export const operations = { get: get.execute, register: register.execute, restore: restore.execute };

export const description: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['notification'] } },
		options: [
			{
				name: 'Get',
				value: 'get',
				description: 'See where a type of notification is sent',
				action: 'Get the address of a notification',
			},
			{
				name: 'Register',
				value: 'register',
				description: 'Send notifications to the CloudPayments Trigger, and give out the old addresses',
				action: 'Register the addresses of notifications',
			},
			{
				name: 'Restore',
				value: 'restore',
				description: 'Put an old address back',
				action: 'Restore the address of a notification',
			},
		],
		default: 'get',
	},
	...get.description,
	...register.description,
	...restore.description,
];
