import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';

import { chosenOperation, type Operations } from '../shared/chosenOperation';
import { loadOptions } from './loadOptions';
import * as contact from './resources/contact';
import * as lead from './resources/lead';
import * as list from './resources/list';
import * as note from './resources/note';
import * as payment from './resources/payment';
import { connect } from './shared/connection';
import { nodeError, type Operation } from './shared/run';

const OPERATIONS: Operations<Operation> = {
	contact: contact.operations,
	lead: lead.operations,
	list: list.operations,
	note: note.operations,
	payment: payment.operations,
};

export class AmoCrm implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'amoCRM',
		name: 'amoCrm',
		icon: { light: 'file:../../icons/amocrm.svg', dark: 'file:../../icons/amocrm.dark.svg' },
		group: ['output'],
		version: 1,
		subtitle: '={{ $parameter["operation"] + ": " + $parameter["resource"] }}',
		description: 'Register payments in amoCRM or Kommo, and work with contacts, leads and notes',
		defaults: { name: 'amoCRM' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [
			{ name: 'amoCrmApi', required: true, displayOptions: { show: { authentication: ['accessToken'] } } },
			{ name: 'amoCrmOAuth2Api', required: true, displayOptions: { show: { authentication: ['oAuth2'] } } },
		],
		properties: [
			{
				displayName: 'Authentication',
				name: 'authentication',
				type: 'options',
				options: [
					{ name: 'Long-Lived Token', value: 'accessToken' },
					{ name: 'OAuth2', value: 'oAuth2' },
				],
				default: 'accessToken',
			},
			{
				displayName: 'Resource',
				name: 'resource',
				type: 'options',
				noDataExpression: true,
				options: [
					{ name: 'Contact', value: 'contact' },
					{ name: 'Lead', value: 'lead' },
					{ name: 'List', value: 'list' },
					{ name: 'Note', value: 'note' },
					{ name: 'Payment', value: 'payment' },
				],
				default: 'payment',
			},
			...payment.description,
			...contact.description,
			...lead.description,
			...note.description,
			...list.description,
		],
	};

	methods = { loadOptions };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const run = chosenOperation(this, OPERATIONS, 0);
		const client = await connect(this, this.getNodeParameter('authentication', 0));
		const results = await run.call(this, client);
		const output: INodeExecutionData[] = [];
		results.forEach((result, itemIndex) => {
			if (!(result instanceof Error)) {
				output.push(...[result].flat().map((json) => ({ json, pairedItem: { item: itemIndex } })));
			} else if (this.continueOnFail()) {
				output.push({ json: { error: result.message }, pairedItem: { item: itemIndex } });
			} else {
				throw nodeError(this, result, itemIndex);
			}
		});
		return [output];
	}
}
