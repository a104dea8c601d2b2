import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import {
	codePatternOption,
	completionOption,
	includeRawOption,
	limitFields,
	outputField,
	readId,
	readLimit,
	readPolicy,
	readText,
	timeZoneField,
	type PolicyParameters,
} from '../../shared/fields';
import { listOutput } from '../../shared/listOutput';
import { listRecords, type RecordFilter } from '../../shared/records';
import type { Operation } from '../../shared/run';

const showOnlyForGetAll = { resource: ['record'], operation: ['getAll'] };

export const description: INodeProperties[] = [
	{
		displayName: 'Visits From',
		name: 'startDate',
		type: 'string',
		default: '',
		placeholder: 'e.g. 2026-03-01',
		description: 'First day of the visits. Empty for no bound.',
		displayOptions: { show: showOnlyForGetAll },
	},
	{
		displayName: 'Visits Until',
		name: 'endDate',
		type: 'string',
		default: '',
		placeholder: 'e.g. 2026-03-31',
		description: 'Last day of the visits, included. Empty for no bound.',
		displayOptions: { show: showOnlyForGetAll },
	},
	...limitFields(showOnlyForGetAll),
	outputField(showOnlyForGetAll),
	timeZoneField(showOnlyForGetAll),
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add Option',
		default: {},
		displayOptions: { show: showOnlyForGetAll },
		options: [
			{
				displayName: 'Client ID',
				name: 'clientId',
				type: 'string',
				default: '',
				placeholder: 'e.g. 501001',
				description: 'Only records of this client of YCLIENTS',
			},
			codePatternOption,
			completionOption,
			{
				displayName: 'Created From',
				name: 'createdFrom',
				type: 'string',
				default: '',
				placeholder: 'e.g. 2026-03-01',
				description: 'First day on which the booking was made',
			},
			{
				displayName: 'Created Until',
				name: 'createdUntil',
				type: 'string',
				default: '',
				placeholder: 'e.g. 2026-03-31',
				description: 'Last day on which the booking was made, included',
			},
			{
				displayName: 'Include Deleted',
				name: 'includeDeleted',
				type: 'boolean',
				default: true,
				description: 'Whether deleted records come along, as cancelled bookings. Without them a deletion simply vanishes.',
			},
			includeRawOption,
			{
				displayName: 'Staff ID',
				name: 'staffId',
				type: 'string',
				default: '',
				placeholder: 'e.g. 9001',
				description: 'Only records of this member of the staff',
			},
		],
	},
];

interface Options extends PolicyParameters {
	clientId?: unknown;
	createdFrom?: unknown;
	createdUntil?: unknown;
	includeDeleted?: boolean;
	includeRaw?: boolean;
	staffId?: unknown;
}

/** Records by the day of the visit (the nightly full pass, YL9) or other filters. */
export const execute: Operation = async function (
	this: IExecuteFunctions,
	itemIndex,
	connect,
): Promise<IDataObject | IDataObject[]> {
	const options = this.getNodeParameter('options', itemIndex, {}) as Options;
	const policy = readPolicy({ ...options, timeZone: this.getNodeParameter('timeZone', itemIndex) });
	const filter: RecordFilter = [
		...day('start_date', readText.call(this, itemIndex, 'startDate'), 'Visits From'),
		...day('end_date', readText.call(this, itemIndex, 'endDate'), 'Visits Until'),
		...day('c_start_date', options.createdFrom, 'Created From'),
		...day('c_end_date', options.createdUntil, 'Created Until'),
		...number('client_id', options.clientId, 'The client ID'),
		...number('staff_id', options.staffId, 'The staff ID'),
		...(options.includeDeleted === false ? [] : [['with_deleted', 1] as const]),
	];
	const limit = readLimit.call(this, itemIndex);
	const client = await connect();
	const records = await listRecords(client, filter, limit);
	return listOutput.call(this, itemIndex, client, records, policy, { includeRaw: options.includeRaw });
};

/** @throws RangeError when it is no day */
function day(name: string, value: unknown, what: string): RecordFilter {
	const typed = String(value ?? '').trim();
	if (typed === '') return [];
	const [date] = /^\d{4}-\d\d-\d\d(?=$|T)/.exec(typed) ?? [];
	if (date === undefined || Number.isNaN(Date.parse(date))) {
		throw new RangeError(`"${what}" must be a day such as 2026-03-31`);
	}
	return [[name, date]];
}

function number(name: string, value: unknown, what: string): RecordFilter {
	return String(value ?? '').trim() === '' ? [] : [[name, readId(value, what)]];
}
