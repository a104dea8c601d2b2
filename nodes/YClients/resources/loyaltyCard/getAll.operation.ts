import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { readCard } from '../../loyaltyCard';
import { readId } from '../../shared/fields';
import { readRows } from '../../shared/records';
import type { Operation } from '../../shared/run';

export const description: INodeProperties[] = [
	{
		displayName: 'Client ID',
		name: 'clientId',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. 501001',
		description: 'Number of the client in YCLIENTS',
		displayOptions: { show: { resource: ['loyaltyCard'], operation: ['getAll'] } },
	},
];

/** The cards of a client, one item each. */
export const execute: Operation = async function (this: IExecuteFunctions, itemIndex, connect): Promise<IDataObject[]> {
	const clientId = readId(this.getNodeParameter('clientId', itemIndex), 'The client ID');
	const client = await connect();
	const { data } = await client.ask({ method: 'GET', path: `loyalty/client_cards/${clientId}` });
	return readRows(data).flatMap((row) => {
		const card = readCard(row);
		return card ? [{ clientId, ...card }] : [];
	});
};
