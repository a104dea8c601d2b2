import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { readCard, toAmount } from '../../loyaltyCard';
import { readId, readText } from '../../shared/fields';
import type { Operation } from '../../shared/run';
import { YClientsError } from '../../shared/yclientsError';

const showOnlyForTransaction = { resource: ['loyaltyCard'], operation: ['transaction'] };

export const description: INodeProperties[] = [
	{
		displayName: 'Card ID',
		name: 'cardId',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. 880001',
		displayOptions: { show: showOnlyForTransaction },
	},
	{
		displayName: 'Amount in Hundredths',
		name: 'amountMinor',
		type: 'number',
		typeOptions: { numberPrecision: 0 },
		default: 0,
		description: 'Above zero puts points on the card, below zero takes them off. 1050 is 10.50.',
		displayOptions: { show: showOnlyForTransaction },
	},
	{
		displayName: 'Key',
		name: 'key',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. yclients:555001:record:700100001:1',
		description:
			'Your own number of the posting. YCLIENTS would post twice what is sent twice: by this number in the title a person can tell.',
		displayOptions: { show: showOnlyForTransaction },
	},
	{
		displayName: 'Title',
		name: 'title',
		type: 'string',
		default: '',
		placeholder: 'e.g. Points for the visit',
		description: 'What the card\'s history shows. The key is put behind it.',
		displayOptions: { show: showOnlyForTransaction },
	},
];

/**
 * Puts points on a card of YCLIENTS' own programme or takes them off; never sent twice (providers/yclients.md §8).
 */
export const execute: Operation = async function (this: IExecuteFunctions, itemIndex, connect): Promise<IDataObject> {
	const cardId = readId(this.getNodeParameter('cardId', itemIndex), 'The card ID');
	const amountMinor = readAmount(this.getNodeParameter('amountMinor', itemIndex));
	const key = readKey(readText.call(this, itemIndex, 'key'));
	const title = `${readText.call(this, itemIndex, 'title')} [${key}]`.trim();
	const client = await connect();
	const { data } = await client
		.ask({
			method: 'POST',
			path: `company/${client.companyId}/loyalty/cards/${cardId}/manual_transaction`,
			body: { amount: toAmount(amountMinor), title },
		})
		.catch((error: unknown) => throwWithKey(error, key));
	const { balanceMinor = null } = readCard(data) ?? {};
	return { cardId, amountMinor, key, title, balanceMinor };
};

function readAmount(value: unknown): number {
	const amount = Number(value);
	if (!Number.isSafeInteger(amount) || amount === 0) {
		throw new RangeError('The amount must be whole hundredths above or below zero');
	}
	return amount;
}

function readKey(key: string): string {
	if (!/^[\w.:-]{1,100}$/.test(key)) throw new RangeError('The key must be up to 100 letters, digits and "_.:-"');
	return key;
}

function throwWithKey(error: unknown, key: string): never {
	if (!(error instanceof YClientsError) || error.failure !== 'uncertain') throw error;
	const { failure, message, status } = error;
	throw new YClientsError(
		failure,
		message,
		`It is not known whether the points were posted. Look for "${key}" in the history of the card before you repeat it.`,
		status,
	);
}
