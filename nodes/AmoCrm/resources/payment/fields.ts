import type { INodeProperties } from 'n8n-workflow';

import {
	customerDetails,
	customerFields,
	excludedStatuses,
	telegramIdField,
	telegramUsernameField,
	totalsFields,
} from '../../shared/fields';

const show = { resource: ['payment'], operation: ['find', 'register'] };

/** What finding and registering both have to know. */
export const sharedDescription: INodeProperties[] = [
	{
		displayName: 'Payment ID',
		name: 'paymentId',
		type: 'string',
		default: '',
		placeholder: 'e.g. pay_1001',
		description: 'Optional here: a lead that has this payment already is taken before the active one',
		displayOptions: { show: { resource: ['payment'], operation: ['find'] } },
	},
	{
		displayName: 'Payment ID',
		name: 'paymentId',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. pay_1001',
		description: "The payment's own number at the provider; for a refund mostly that of the payment that goes back",
		displayOptions: { show: { resource: ['payment'], operation: ['register'] } },
	},
	{
		displayName: 'Sign',
		name: 'sign',
		type: 'options',
		options: [
			{ name: 'Payment', value: 'payment', description: 'Money has come in' },
			{ name: 'Refund', value: 'refund', description: 'Money goes back: totals are lowered, nothing is created' },
		],
		default: 'payment',
		displayOptions: { show },
	},
	...customerFields(show),
	...customerDetails(show),
	telegramIdField(show),
	telegramUsernameField(show),
	excludedStatuses(show),
	...totalsFields(show),
];
