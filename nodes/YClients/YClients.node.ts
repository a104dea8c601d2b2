import {
	NodeConnectionTypes,
	type IDataObject,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';

import { chosenOperation, type Operations } from '../shared/chosenOperation';
import { runItems, type ItemWork } from '../shared/runItems';
import * as clientResource from './resources/client';
import * as clientCode from './resources/clientCode';
import * as loyaltyCard from './resources/loyaltyCard';
import * as record from './resources/record';
import * as webhook from './resources/webhook';
import { YClientsClient } from './shared/client';
import { readCredentials } from './shared/credentials';
import { testCredential } from './shared/credentialTest';
import { toNodeError } from './shared/nodeError';
import type { Operation } from './shared/run';

const OPERATIONS: Operations<Operation> = {
	client: clientResource.operations,
	clientCode: clientCode.operations,
	loyaltyCard: loyaltyCard.operations,
	record: record.operations,
	webhook: webhook.operations,
};

export class YClients implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'YClients',
		name: 'yClients',
		icon: { light: 'file:../../icons/yclients.svg', dark: 'file:../../icons/yclients.dark.svg' },
		group: ['input'],
		version: 1,
		subtitle: '={{ $parameter["operation"] + ": " + $parameter["resource"] }}',
		description: 'Read and make bookings in YCLIENTS or Altegio, and find out whose they are',
		defaults: { name: 'YClients' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [
			{
				name: 'yClientsApi',
				required: true,
				testedBy: 'yClientsApiTest',
				displayOptions: { hide: { operation: ['generate', 'match'] } },
			},
		],
		properties: [
			{
				displayName: 'Resource',
				name: 'resource',
				type: 'options',
				noDataExpression: true,
				options: [
					{ name: 'Client', value: 'client' },
					{ name: 'Client Code', value: 'clientCode' },
					{ name: 'Loyalty Card', value: 'loyaltyCard' },
					{ name: 'Record', value: 'record', description: 'A booking' },
					{ name: 'Webhook', value: 'webhook' },
				],
				default: 'record',
			},
			...clientResource.description,
			...clientCode.description,
			...loyaltyCard.description,
			...record.description,
			...webhook.description,
		],
	};

	methods = {
		credentialTest: { yClientsApiTest: testCredential },
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const work: ItemWork = async (itemIndex) => {
			try {
				return await runItem.call(this, itemIndex);
			} catch (error) {
				// Here already: what a node that goes on puts out has to be in these words, too.
				throw toNodeError(this.getNode(), error, itemIndex);
			}
		};
		return [await runItems(this, work)];
	}
}

async function runItem(this: IExecuteFunctions, itemIndex: number): Promise<IDataObject | IDataObject[]> {
	const run = chosenOperation(this, OPERATIONS, itemIndex);
	return await run.call(this, itemIndex, async () => {
		return new YClientsClient(this, readCredentials(await this.getCredentials('yClientsApi', itemIndex)));
	});
}
