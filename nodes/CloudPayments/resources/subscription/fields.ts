import type { INodeProperties } from 'n8n-workflow';

export const intervalField: INodeProperties = {
	displayName: 'Interval',
	name: 'interval',
	type: 'options',
	options: [
		{ name: 'Day', value: 'Day' },
		{ name: 'Month', value: 'Month', description: 'A calendar month' },
		{ name: 'Week', value: 'Week' },
	],
	default: 'Day',
};

export const periodField: INodeProperties = {
	displayName: 'Every',
	name: 'period',
	type: 'number',
	typeOptions: { minValue: 1, numberPrecision: 0 },
	default: 30,
	description: 'How many intervals lie between two charges. At most a year.',
};
