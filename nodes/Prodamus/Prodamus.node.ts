import {
	NodeApiError,
	NodeConnectionTypes,
	NodeOperationError,
	type IDataObject,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
	type JsonObject,
} from 'n8n-workflow';

import { chosenOperation, type Operations } from '../shared/chosenOperation';
import * as paymentLink from './resources/paymentLink';
import * as subscription from './resources/subscription';
import { testCredentialFormat } from './shared/credentials';

type Operation = (this: IExecuteFunctions, itemIndex: number) => Promise<IDataObject>;

const OPERATIONS: Operations<Operation> = {
	paymentLink: paymentLink.operations,
	subscription: subscription.operations,
};

export class Prodamus implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Prodamus',
		name: 'prodamus',
		icon: { light: 'file:../../icons/prodamus.svg', dark: 'file:../../icons/prodamus.dark.svg' },
		group: ['output'],
		version: 1,
		subtitle: '={{ $parameter["operation"] + ": " + $parameter["resource"] }}',
		description: 'Create signed Prodamus payment links and manage subscriptions',
		defaults: { name: 'Prodamus' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'prodamusApi', required: true, testedBy: 'prodamusFormatTest' }],
		properties: [
			{
				displayName: 'Resource',
				name: 'resource',
				type: 'options',
				noDataExpression: true,
				options: [
					{ name: 'Payment Link', value: 'paymentLink' },
					{ name: 'Subscription', value: 'subscription' },
				],
				default: 'paymentLink',
			},
			...paymentLink.description,
			...subscription.description,
		],
	};

	methods = {
		credentialTest: { prodamusFormatTest: testCredentialFormat },
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const output: INodeExecutionData[] = [];
		for (let itemIndex = 0; itemIndex < this.getInputData().length; itemIndex++) {
			try {
				const run = chosenOperation(this, OPERATIONS, itemIndex);
				output.push({ json: await run.call(this, itemIndex), pairedItem: { item: itemIndex } });
			} catch (error) {
				if (this.continueOnFail()) {
					output.push({ json: { error: (error as Error).message }, pairedItem: { item: itemIndex } });
					continue;
				}
				if (error instanceof NodeApiError)
					throw new NodeApiError(this.getNode(), error as unknown as JsonObject, { itemIndex });
				throw new NodeOperationError(this.getNode(), error as Error, { itemIndex });
			}
		}
		return [output];
	}
}
