import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { fieldDefinitions, pipelines, users, type EntityType } from '../../api/catalogs';
import type { AmoClient } from '../../shared/client';
import { eachItem } from '../../shared/run';

export const operations = {
	customFields: eachItem(async function (this: IExecuteFunctions, itemIndex: number, client: AmoClient) {
		const entity = this.getNodeParameter('entity', itemIndex) as EntityType;
		return (await fieldDefinitions(client, entity)).map(({ id, enums, ...field }): IDataObject => ({
			id: String(id),
			...field,
			enums: enums.map((choice) => ({ id: String(choice.id), value: choice.value })),
		}));
	}),
	pipelines: eachItem(async function (this: IExecuteFunctions, _itemIndex: number, client: AmoClient) {
		return (await pipelines(client)).map((pipeline): IDataObject => ({ ...pipeline }));
	}),
	users: eachItem(async function (this: IExecuteFunctions, _itemIndex: number, client: AmoClient) {
		return (await users(client)).map((user): IDataObject => ({ ...user }));
	}),
};

export const description: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['list'] } },
		options: [
			{
				name: 'Custom Fields',
				value: 'customFields',
				description: 'List fields with their IDs, codes, types and choices',
				action: 'List custom fields',
			},
			{
				name: 'Pipelines',
				value: 'pipelines',
				description: 'List pipelines with their statuses',
				action: 'List pipelines',
			},
			{
				name: 'Users',
				value: 'users',
				description: 'List users; without administrator rights only the own one, by ID',
				action: 'List users',
			},
		],
		default: 'pipelines',
	},
	{
		displayName: 'Fields Of',
		name: 'entity',
		type: 'options',
		options: [
			{ name: 'Companies', value: 'companies' },
			{ name: 'Contacts', value: 'contacts' },
			{ name: 'Customers', value: 'customers' },
			{ name: 'Leads', value: 'leads' },
		],
		default: 'leads',
		displayOptions: { show: { resource: ['list'], operation: ['customFields'] } },
	},
];
