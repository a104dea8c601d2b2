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

import { storable } from '../shared/storable';
import * as account from './resources/account';
import * as check from './resources/check';
import * as notification from './resources/notification';
import * as order from './resources/order';
import * as payment from './resources/payment';
import * as receipt from './resources/receipt';
import * as subscription from './resources/subscription';

type Operation = (this: IExecuteFunctions, itemIndex: number) => Promise<IDataObject | IDataObject[]>;

const OPERATIONS: Readonly<Record<string, Readonly<Record<string, Operation>>>> = {
	account: account.operations,
	check: check.operations,
	notification: notification.operations,
	order: order.operations,
	payment: payment.operations,
	receipt: receipt.operations,
	subscription: subscription.operations,
};

export class CloudPayments implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'CloudPayments',
		name: 'cloudPayments',
		icon: { light: 'file:../../icons/cloudpayments.svg', dark: 'file:../../icons/cloudpayments.dark.svg' },
		group: ['output'],
		version: 1,
		subtitle: '={{ $parameter["operation"] + ": " + $parameter["resource"] }}',
		description: 'Create payment links, charge, refund and look up payments, manage subscriptions at CloudPayments',
		defaults: { name: 'CloudPayments' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'cloudPaymentsApi', required: true }],
		properties: [
			{
				displayName: 'Resource',
				name: 'resource',
				type: 'options',
				noDataExpression: true,
				options: [
					{ name: 'Account', value: 'account' },
					{ name: 'Check', value: 'check' },
					{ name: 'Notification', value: 'notification' },
					{ name: 'Order', value: 'order' },
					{ name: 'Payment', value: 'payment' },
					{ name: 'Receipt', value: 'receipt' },
					{ name: 'Subscription', value: 'subscription' },
				],
				default: 'order',
			},
			...account.description,
			...check.description,
			...notification.description,
			...order.description,
			...payment.description,
			...receipt.description,
			...subscription.description,
		],
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const output: INodeExecutionData[] = [];
		for (let itemIndex = 0; itemIndex < this.getInputData().length; itemIndex++) {
			try {
				const resource = this.getNodeParameter('resource', itemIndex);
				const operation = this.getNodeParameter('operation', itemIndex);
				const run = OPERATIONS[resource]?.[operation];
				if (!run) {
					throw new NodeOperationError(this.getNode(), `There is no operation "${operation}" for "${resource}"`, {
						itemIndex,
					});
				}
				for (const json of [await run.call(this, itemIndex)].flat()) {
					output.push({ json: storable(json), pairedItem: { item: itemIndex } });
				}
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
