import {
	NodeConnectionTypes,
	NodeOperationError,
	type IDataObject,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';

import { calculateItem } from './calculateItem';
import { LoyaltyInputError } from './inputError';

export class LoyaltyCalculator implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Loyalty Calculator',
		name: 'loyaltyCalculator',
		icon: { light: 'file:../../icons/loyalty.svg', dark: 'file:../../icons/loyalty.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: '={{ $parameter["rulesFrom"] === "json" ? "rules as JSON" : $parameter["tierBasis"] }}',
		description: "Work out loyalty points, balance and level from a customer's bookings, and say why",
		defaults: { name: 'Loyalty Calculator' },
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		usableAsTool: true,
		properties: [
			{
				displayName: 'Customer ID',
				name: 'customerId',
				type: 'string',
				default: '',
				placeholder: 'e.g. {{ $json.customerId }}',
				description: 'Whose points these are. Only passed on to the output. Each item is one customer.',
			},
			{
				displayName: 'Events',
				name: 'events',
				type: 'json',
				default: '={{ $json.events }}',
				required: true,
				description:
					'What is known of this customer: a list of record, burn, burn_cancel and adjust events, each with the time it became known. The order does not matter.',
			},
			{
				displayName: 'As Of',
				name: 'asOf',
				type: 'string',
				default: '={{ $now.toISO() }}',
				required: true,
				description:
					'Moment of the balance: points that became active or expired until then are counted so. When there are later events, the last one decides.',
			},
			{
				displayName: 'Expiring Soon Within (Days)',
				name: 'expiringWithinDays',
				type: 'number',
				typeOptions: { minValue: 0, maxValue: 3650, numberPrecision: 0 },
				default: 30,
				description: 'How far ahead to look for points that will expire',
			},
			{
				displayName: 'Rules',
				name: 'rulesFrom',
				type: 'options',
				options: [
					{
						name: 'As JSON',
						value: 'json',
						description: 'All settings as one object, in kopecks and basis points',
					},
					{
						name: 'Set Below',
						value: 'fields',
						description: 'Fields in roubles and percent',
					},
				],
				default: 'fields',
				description: 'Where the rules of the programme come from',
			},
			{
				displayName: 'Rules as JSON',
				name: 'rulesJson',
				type: 'json',
				default:
					'{\n  "tiers": [{ "name": "Standard", "threshold": 0, "rateBps": 300 }],\n  "tz": "Europe/Moscow"\n}',
				required: true,
				displayOptions: { show: { rulesFrom: ['json'] } },
				description:
					'Settings that are left out have their default. Amounts in kopecks, rates in basis points (500 is 5%).',
			},
			{
				displayName: 'Programme Is On',
				name: 'enabled',
				type: 'boolean',
				default: true,
				displayOptions: { show: { rulesFrom: ['fields'] } },
				description: 'Whether points are given. Off: no booking is output for posting, and the figures are empty.',
			},
			{
				displayName: 'Levels Go By',
				name: 'tierBasis',
				type: 'options',
				options: [
					{
						name: 'Money Spent',
						value: 'lifetime_spend',
						description: 'What was due for completed bookings',
					},
					{
						name: 'Visits',
						value: 'visits',
						description: 'How many visits were completed',
					},
				],
				default: 'lifetime_spend',
				displayOptions: { show: { rulesFrom: ['fields'] } },
				description: 'What moves a customer up',
			},
			{
				displayName: 'Levels',
				name: 'levels',
				type: 'fixedCollection',
				typeOptions: { multipleValues: true, sortable: true },
				placeholder: 'Add Level',
				default: { level: [{ name: 'Standard', percent: 3, spentFrom: 0, visitsFrom: 0 }] },
				displayOptions: { show: { rulesFrom: ['fields'] } },
				description: 'From the lowest to the highest. The first begins at 0.',
				options: [
					{
						displayName: 'Level',
						name: 'level',
						values: [
							{
								displayName: 'Name',
								name: 'name',
								type: 'string',
								default: '',
								placeholder: 'e.g. Silver',
								required: true,
								description: 'Name of the level as the customer sees it',
							},
							{
								displayName: 'Percent',
								name: 'percent',
								type: 'number',
								typeOptions: { minValue: 0, maxValue: 100, numberPrecision: 2 },
								default: 3,
								description: 'Part of the price that is given as points',
							},
							{
								displayName: 'Spent From (Roubles)',
								name: 'spentFrom',
								type: 'number',
								typeOptions: { minValue: 0, numberPrecision: 2 },
								default: 0,
								displayOptions: { show: { '/tierBasis': ['lifetime_spend'] } },
								description: 'Money spent before, from which the level applies',
							},
							{
								displayName: 'Visits From',
								name: 'visitsFrom',
								type: 'number',
								typeOptions: { minValue: 0, numberPrecision: 0 },
								default: 0,
								displayOptions: { show: { '/tierBasis': ['visits'] } },
								description: 'Visits completed before, from which the level applies',
							},
						],
					},
				],
			},
			{
				displayName: 'Period for Levels',
				name: 'window',
				type: 'options',
				options: [
					{
						name: 'Last Days',
						value: 'rolling_days',
						description: 'Only visits of the last days; a level can be lost again',
					},
					{
						name: 'Lifetime',
						value: 'lifetime',
						description: 'All visits that are known',
					},
				],
				default: 'lifetime',
				displayOptions: { show: { rulesFrom: ['fields'] } },
				description: 'Which visits count for the level',
			},
			{
				displayName: 'Days',
				name: 'windowDays',
				type: 'number',
				typeOptions: { minValue: 1, maxValue: 36500, numberPrecision: 0 },
				default: 365,
				displayOptions: { show: { rulesFrom: ['fields'], window: ['rolling_days'] } },
				description: 'How many days the period has, counted back from the visit',
			},
			{
				displayName: 'Time Zone',
				name: 'timezone',
				type: 'string',
				default: 'Europe/Moscow',
				placeholder: 'e.g. Asia/Vladivostok',
				required: true,
				displayOptions: { show: { rulesFrom: ['fields'] } },
				description: 'Time zone of the branch. Its midnights end days and let points expire.',
			},
			{
				displayName: 'More Rules',
				name: 'moreRules',
				type: 'collection',
				placeholder: 'Add Rule',
				default: {},
				displayOptions: { show: { rulesFrom: ['fields'] } },
				options: [
					{
						displayName: 'Bill Payable With Points (Percent)',
						name: 'burnLimitPercent',
						type: 'number',
						typeOptions: { minValue: 0, maxValue: 100, numberPrecision: 2 },
						default: 30,
						description: 'Largest part of a bill that points may pay. Burn events must then give billKopecks.',
					},
					{
						displayName: 'Bookings That Earn',
						name: 'completion',
						type: 'options',
						options: [
							{
								name: 'Attended',
								value: 'attended',
								description: 'The customer came',
							},
							{
								name: 'Attended and Paid',
								value: 'attended_and_paid',
								description: 'The customer came, and the booking does not say paid: false',
							},
						],
						default: 'attended',
						description: 'When a booking counts as completed',
					},
					{
						displayName: 'Excluded Service IDs',
						name: 'excludedServiceIds',
						type: 'string',
						default: '',
						placeholder: 'e.g. 9001, 9002',
						description: 'Services that earn nothing and do not count for the level, such as certificates',
					},
					{
						displayName: 'Expiry (Days)',
						name: 'expiryDays',
						type: 'number',
						typeOptions: { minValue: 0, maxValue: 36500, numberPrecision: 0 },
						default: 365,
						description: 'Points are valid so many days after the day of the visit',
					},
					{
						displayName: 'Expiry (Months)',
						name: 'expiryMonths',
						type: 'number',
						typeOptions: { minValue: 0, maxValue: 36500, numberPrecision: 0 },
						default: 12,
						description: 'Points are valid so many months after the day of the visit. Not together with days.',
					},
					{
						displayName: 'Goods Earn',
						name: 'goodsEarn',
						type: 'boolean',
						default: false,
						description: 'Whether goods sold in a visit earn points and count for the level',
					},
					{
						displayName: 'Minimum Amount (Roubles)',
						name: 'minimumAmount',
						type: 'number',
						typeOptions: { minValue: 0, numberPrecision: 2 },
						default: 0,
						description: 'Bookings below it earn nothing',
					},
					{
						displayName: 'Most Points per Booking',
						name: 'maxPointsPerRecord',
						type: 'number',
						typeOptions: { minValue: 0, numberPrecision: 0 },
						default: 500,
						description: 'What one booking gives at most',
					},
					{
						displayName: 'Most Points per Day',
						name: 'maxPointsPerDay',
						type: 'number',
						typeOptions: { minValue: 0, numberPrecision: 0 },
						default: 1000,
						description: 'What all bookings of one day give at most',
					},
					{
						displayName: 'Negative Balance',
						name: 'negativeBalance',
						type: 'options',
						options: [
							{
								name: 'Allow',
								value: 'allow',
								description: 'Points taken back after they were spent are owed; the next ones repay them',
							},
							{
								name: 'Write Off',
								value: 'clamp',
								description: 'The balance stops at zero, and the rest is forgiven',
							},
						],
						default: 'allow',
						description: 'What happens when points are taken back that were spent already',
					},
					{
						displayName: 'Pending (Days)',
						name: 'pendingDays',
						type: 'number',
						typeOptions: { minValue: 0, maxValue: 36500, numberPrecision: 0 },
						default: 14,
						description: 'How long after the visit points cannot be spent yet',
					},
					{
						displayName: 'Point Value (Roubles)',
						name: 'pointValue',
						type: 'number',
						typeOptions: { minValue: 0.01, numberPrecision: 2 },
						default: 1,
						description: 'What one point is worth',
					},
					{
						displayName: 'Rounding',
						name: 'rounding',
						type: 'options',
						options: [
							{
								name: 'Down',
								value: 'floor',
							},
							{
								name: 'Half to Even',
								value: 'half_even',
							},
							{
								name: 'Half Up',
								value: 'half_up',
							},
							{
								name: 'Up',
								value: 'ceil',
							},
						],
						default: 'floor',
						description: 'How a booking is rounded to whole points',
					},
				],
			},
		],
	};

	/**
	 * One item per customer: `{customerId}` and the fields of `Statement`. Wrong rules or a wrong history give an error,
	 * or with continueOnFail `{customerId, error, issues?: [{field, message}]}`.
	 */
	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const output: INodeExecutionData[] = [];
		for (let index = 0; index < this.getInputData().length; index++) {
			const customerId = String(this.getNodeParameter('customerId', index, ''));
			const pairedItem = { item: index };
			try {
				output.push({ json: { customerId, ...calculateItem(this, index) }, pairedItem });
			} catch (error) {
				if (!this.continueOnFail()) throw toNodeError(this, error, index);
				output.push({ json: { customerId, ...problemOf(error) }, pairedItem });
			}
		}
		return [output];
	}
}

function problemOf(error: unknown): IDataObject {
	const { message } = error as Error;
	if (!(error instanceof LoyaltyInputError)) return { error: message };
	return { error: message, issues: error.issues.map((issue) => ({ ...issue })) };
}

function toNodeError(context: IExecuteFunctions, error: unknown, itemIndex: number): NodeOperationError {
	if (!(error instanceof LoyaltyInputError)) {
		return new NodeOperationError(context.getNode(), error as Error, { itemIndex });
	}
	const message = "The rules or the customer's history cannot be used";
	return new NodeOperationError(context.getNode(), message, { itemIndex, description: error.message });
}
