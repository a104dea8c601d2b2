import type { INodeProperties } from 'n8n-workflow';

/** What a collection of key and value pairs holds. */
export interface Pairs {
	pair?: Array<{ key?: string; value?: unknown }>;
}

export function readPairs({ pair = [] }: Pairs): Array<[key: string, value: unknown]> {
	return pair.map(({ key = '', value }) => [key, value]);
}

/** Option that replaces the key made of the execution. */
export const ownKeyOption: INodeProperties = {
	displayName: 'Idempotency Key',
	name: 'idempotencyKey',
	type: 'string',
	default: '',
	placeholder: 'e.g. refund-1042',
	description:
		'With the same key, Stripe does it once within 24 hours, however many executions ask. Without it, once per execution.',
};

/** Metadata put on the object that is made. */
export const metadataOption: INodeProperties = {
	displayName: 'Metadata',
	name: 'metadata',
	type: 'fixedCollection',
	typeOptions: { multipleValues: true, multipleValueButtonText: 'Add Entry' },
	placeholder: 'Add Entry',
	default: {},
	options: [
		{
			displayName: 'Entry',
			name: 'pair',
			values: [
				{ displayName: 'Key', name: 'key', type: 'string', default: '', description: 'At most 40 characters' },
				{ displayName: 'Value', name: 'value', type: 'string', default: '', description: 'At most 500 characters' },
			],
		},
	],
};
