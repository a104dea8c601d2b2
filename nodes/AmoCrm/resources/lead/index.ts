import type { INodeProperties } from 'n8n-workflow';

import { eachItem } from '../../shared/run';
import * as create from './create.operation';
import * as findActive from './findActive.operation';
import * as update from './update.operation';

export const operations = {
	create: eachItem(create.execute),
	findActive: eachItem(findActive.execute),
	update: eachItem(update.execute),
};

export const description: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['lead'] } },
		options: [
			{
				name: 'Create',
				value: 'create',
				description: 'Create a lead, for a contact or without one',
				action: 'Create a lead',
			},
			{
				name: 'Find Active',
				value: 'findActive',
				description: "Find the contact's last updated active lead over all pipelines",
				action: 'Find the active lead of a contact',
			},
			{
				name: 'Update',
				value: 'update',
				description: 'Move a lead, or change its fields and tags',
				action: 'Update a lead',
			},
		],
		default: 'findActive',
	},
	...findActive.description,
	...create.description,
	...update.description,
];
