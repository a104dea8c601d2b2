import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { newClientCode } from '../../clientCode';
import type { Operation } from '../../shared/run';

const MAX_CODES = 10_000;

export const description: INodeProperties[] = [
	{
		displayName: 'How Many',
		name: 'count',
		type: 'number',
		typeOptions: { minValue: 1, maxValue: MAX_CODES, numberPrecision: 0 },
		default: 1,
		description: 'How many different codes to make',
		displayOptions: { show: { resource: ['clientCode'], operation: ['generate'] } },
	},
];

/** New codes (YL1). Whether one is taken already only its store can tell. */
export const execute: Operation = async function (this: IExecuteFunctions, itemIndex): Promise<IDataObject> {
	const count = Number(this.getNodeParameter('count', itemIndex));
	if (!Number.isSafeInteger(count) || count < 1 || count > MAX_CODES) {
		throw new RangeError(`The number of codes must be a whole number from 1 to ${MAX_CODES}`);
	}
	const codes = new Set<string>();
	while (codes.size < count) codes.add(newClientCode());
	const [code] = codes;
	return { code, codes: [...codes] };
};
