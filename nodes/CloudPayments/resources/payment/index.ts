import type { INodeProperties } from 'n8n-workflow';

import * as chargeToken from './chargeToken.operation';
import * as confirm from './confirm.operation';
import * as createSbpLink from './createSbpLink.operation';
import * as find from './find.operation';
import * as get from './get.operation';
import * as getAll from './getAll.operation';
import * as refund from './refund.operation';
import * as voidPayment from './void.operation';

export const operations = {
	chargeToken: chargeToken.execute,
	confirm: confirm.execute,
	createSbpLink: createSbpLink.execute,
	find: find.execute,
	get: get.execute,
	getAll: getAll.execute,
	refund: refund.execute,
	void: voidPayment.execute,
};

export const description: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['payment'] } },
		options: [
			{
				name: 'Charge Token',
				value: 'chargeToken',
				description: 'Charge a saved card without the buyer',
				action: 'Charge a saved card',
			},
			{
				name: 'Confirm',
				value: 'confirm',
				description: 'Take the money of a two-stage payment',
				action: 'Confirm a payment',
			},
			{
				name: 'Create SBP Link',
				value: 'createSbpLink',
				description: 'Make a link the buyer pays with in the app of the bank',
				action: 'Create an SBP link',
			},
			{
				name: 'Find',
				value: 'find',
				description: 'Find the last operation with an order number',
				action: 'Find a payment by order number',
			},
			{
				name: 'Get',
				value: 'get',
				description: 'Get a transaction by its ID',
				action: 'Get a payment',
			},
			{
				name: 'Get Many',
				value: 'getAll',
				description: 'List the operations of a time, for reconciliation and statistics',
				action: 'Get many payments',
			},
			{
				name: 'Refund',
				value: 'refund',
				description: 'Give money back, in full or in part',
				action: 'Refund a payment',
			},
			{
				name: 'Void',
				value: 'void',
				description: 'Release the held money of a two-stage payment',
				action: 'Void a payment',
			},
		],
		default: 'find',
	},
	...chargeToken.description,
	...confirm.description,
	...createSbpLink.description,
	...find.description,
	...get.description,
	...getAll.description,
	...refund.description,
	...voidPayment.description,
];
