import {
	NodeConnectionTypes,
	type IDataObject,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';

import { chosenOperation, type Operations } from '../shared/chosenOperation';
import { runItem, type ItemWork } from '../shared/runItems';
import { storable } from '../shared/storable';
import * as account from './resources/account';
import * as check from './resources/check';
import * as notification from './resources/notification';
import * as order from './resources/order';
import * as payment from './resources/payment';
import * as receipt from './resources/receipt';
import * as subscription from './resources/subscription';
import { readCredentials } from './shared/credentials';
import { sideBySide } from './shared/sideBySide';

type Operation = (this: IExecuteFunctions, itemIndex: number) => Promise<IDataObject | IDataObject[]>;

const OPERATIONS: Operations<Operation> = {
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
		const { callsAtOnce } = readCredentials(await this.getCredentials('cloudPaymentsApi', 0));
		const work: ItemWork = async (itemIndex) =>
			storable(await chosenOperation(this, OPERATIONS, itemIndex).call(this, itemIndex));
		const outputs = await sideBySide(this.getInputData().length, callsAtOnce, async (itemIndex) => {
			return await runItem(this, itemIndex, work);
		});
		return [outputs.flat()];
	}
}
