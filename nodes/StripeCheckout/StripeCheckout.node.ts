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
import * as checkoutSession from './resources/checkoutSession';
import * as customerPortal from './resources/customerPortal';
import * as refund from './resources/refund';
import * as subscription from './resources/subscription';
import { toNodeError } from './shared/transport';

type Operation = (this: IExecuteFunctions, itemIndex: number) => Promise<IDataObject>;

const OPERATIONS: Operations<Operation> = {
	checkoutSession: checkoutSession.operations,
	customerPortal: customerPortal.operations,
	refund: refund.operations,
	subscription: subscription.operations,
};

export class StripeCheckout implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Stripe Checkout',
		name: 'stripeCheckout',
		icon: { light: 'file:../../icons/stripe-checkout.svg', dark: 'file:../../icons/stripe-checkout.dark.svg' },
		group: ['output'],
		version: 1,
		subtitle: '={{ $parameter["operation"] + ": " + $parameter["resource"] }}',
		description: 'Take payments with Stripe Checkout, refund them and cancel subscriptions',
		defaults: { name: 'Stripe Checkout' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'stripeCheckoutApi', required: true }],
		properties: [
			{
				displayName: 'Resource',
				name: 'resource',
				type: 'options',
				noDataExpression: true,
				options: [
					{ name: 'Checkout Session', value: 'checkoutSession' },
					{ name: 'Customer Portal', value: 'customerPortal' },
					{ name: 'Refund', value: 'refund' },
					{ name: 'Subscription', value: 'subscription' },
				],
				default: 'checkoutSession',
			},
			...checkoutSession.description,
			...customerPortal.description,
			...refund.description,
			...subscription.description,
		],
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const work: ItemWork = async (itemIndex) => await chosenOperation(this, OPERATIONS, itemIndex).call(this, itemIndex);
		return [await runItems(this, work, toNodeError)];
	}
}
