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
		const work: ItemWork = async (itemIndex) => await chosenOperation(this, OPERATIONS, itemIndex).call(this, itemIndex);
		return [await runItems(this, work)];
	}
}
