import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { readObjectId } from '../../objectId';

/** The field that names a session. */
export function sessionIdField(operation: string): INodeProperties {
	return {
		displayName: 'Session ID',
		name: 'sessionId',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. cs_live_a1b2c3',
		displayOptions: { show: { resource: ['checkoutSession'], operation: [operation] } },
	};
}

/** @throws RangeError when it is no number of a session */
export function readSessionId(this: IExecuteFunctions, itemIndex: number): string {
	return readObjectId(this.getNodeParameter('sessionId', itemIndex, ''), ['cs'], 'The session ID');
}
