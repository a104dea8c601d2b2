import type { INodeProperties } from 'n8n-workflow';

import * as setActivity from './setActivity.operation';
import * as setDiscount from './setDiscount.operation';
import * as setNextPaymentDate from './setNextPaymentDate.operation';

export const operations = {
	setActivity: setActivity.execute,
	setDiscount: setDiscount.execute,
	setNextPaymentDate: setNextPaymentDate.execute,
};

export const description: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['subscription'] } },
		options: [
			{
				name: 'Set Activity',
				value: 'setActivity',
				description: 'Pause or resume a subscription, or unsubscribe the buyer',
				action: 'Set the activity of a subscription',
			},
			{
				name: 'Set Discount',
				value: 'setDiscount',
				description: 'Make the next payments cheaper',
				action: 'Set the discount of a subscription',
			},
			{
				name: 'Set Next Payment Date',
				value: 'setNextPaymentDate',
				description: 'Put the next payment off',
				action: 'Set the next payment date of a subscription',
			},
		],
		default: 'setActivity',
	},
	...setActivity.description,
	...setDiscount.description,
	...setNextPaymentDate.description,
];
