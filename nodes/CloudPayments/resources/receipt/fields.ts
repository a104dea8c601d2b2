import type { INodeProperties } from 'n8n-workflow';

export function receiptIdField(operation: string): INodeProperties {
	return {
		displayName: 'Receipt ID',
		name: 'receiptId',
		type: 'string',
		default: '',
		required: true,
		description: 'The "receiptId" Receipt: Create gave',
		displayOptions: { show: { resource: ['receipt'], operation: [operation] } },
	};
}
