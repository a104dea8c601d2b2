import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { toEntry } from '../../recordEntry';
import {
	codePatternOption,
	completionOption,
	includeRawOption,
	readPolicy,
	readRecordId,
	recordIdField,
	timeZoneField,
	type PolicyParameters,
} from '../../shared/fields';
import { getRecord } from '../../shared/records';
import type { Operation } from '../../shared/run';
import { YClientsError } from '../../shared/yclientsError';

const showOnlyForGet = { resource: ['record'], operation: ['get'] };

export const description: INodeProperties[] = [
	recordIdField(showOnlyForGet),
	timeZoneField(showOnlyForGet),
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add Option',
		default: {},
		displayOptions: { show: showOnlyForGet },
		options: [codePatternOption, completionOption, includeRawOption],
	},
];

/** One booking as it is now. */
export const execute: Operation = async function (this: IExecuteFunctions, itemIndex, connect): Promise<IDataObject> {
	const options = this.getNodeParameter('options', itemIndex, {}) as PolicyParameters & { includeRaw?: boolean };
	const policy = readPolicy({ ...options, timeZone: this.getNodeParameter('timeZone', itemIndex) });
	const recordId = readRecordId.call(this, itemIndex);
	const client = await connect();
	const record = await getRecord(client, recordId);
	if (!record) {
		throw new YClientsError(
			'notFound',
			`YCLIENTS has no record ${recordId}`,
			'It was deleted, or belongs to another branch than that of the credential.',
			404,
		);
	}
	return { ...toEntry(record, client.companyId, policy, options) } as unknown as IDataObject;
};
