import type { INodeProperties } from 'n8n-workflow';

import { sharedDescription } from './fields';
import * as find from './find.operation';
import * as register from './register.operation';

export const operations = { find: find.execute, register: register.execute };

export const description: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['payment'] } },
		options: [
			{
				name: 'Find',
				value: 'find',
				description: 'Find the contact and the active lead of a payment, without changing anything',
				action: 'Find the contact and lead of a payment',
			},
			{
				name: 'Register',
				value: 'register',
				description: 'Put a payment on its lead: find or create contact and lead, write fields and totals, add a note',
				action: 'Register a payment',
			},
		],
		default: 'register',
	},
	...sharedDescription,
	...register.description,
];
