import type { INodeProperties } from 'n8n-workflow';

import { eachItem } from '../../shared/run';
import * as create from './create.operation';
import * as fillEmpty from './fillEmpty.operation';
import * as find from './find.operation';

export const operations = {
	create: eachItem(create.execute),
	fillEmpty: eachItem(fillEmpty.execute),
	find: eachItem(find.execute),
};

export const description: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['contact'] } },
		options: [
			{
				name: 'Create',
				value: 'create',
				description: 'Create a contact, whether or not there is one like it',
				action: 'Create a contact',
			},
			{
				name: 'Fill Empty Fields',
				value: 'fillEmpty',
				description: 'Write fields that the contact has no value for, and leave the others alone',
				action: 'Fill empty fields of a contact',
			},
			{
				name: 'Find',
				value: 'find',
				description: 'Find the contact that has exactly this Telegram ID, phone or email',
				action: 'Find a contact',
			},
		],
		default: 'find',
	},
	...find.description,
	...create.description,
	...fillEmpty.description,
];
