import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { instantOf, inZone } from '../../branchTime';
import {
	codePatternOption,
	completionOption,
	includeRawOption,
	outputField,
	readPolicy,
	readText,
	timeZoneField,
	type PolicyParameters,
} from '../../shared/fields';
import { listOutput } from '../../shared/listOutput';
import { listRecords } from '../../shared/records';
import type { Operation } from '../../shared/run';

const showOnlyForGetChanges = { resource: ['record'], operation: ['getChanges'] };

/** 26 hours: more than any two zones lie apart, while nobody knows in which one YCLIENTS reads `changed_after`. */
const DEFAULT_OVERLAP_MINUTES = 1_560;

export const description: INodeProperties[] = [
	{
		displayName: 'Changed Since',
		name: 'since',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. 2026-03-10T09:00:00Z',
		description:
			'Beginning of the last run that went well: its "nextSince", or for the first run 30 days back. Time with its zone.',
		displayOptions: { show: showOnlyForGetChanges },
	},
	outputField(showOnlyForGetChanges),
	timeZoneField(showOnlyForGetChanges),
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add Option',
		default: {},
		displayOptions: { show: showOnlyForGetChanges },
		options: [
			codePatternOption,
			completionOption,
			includeRawOption,
			{
				displayName: 'Overlap (Minutes)',
				name: 'overlapMinutes',
				type: 'number',
				typeOptions: { minValue: 0, numberPrecision: 0 },
				default: DEFAULT_OVERLAP_MINUTES,
				description:
					'How far before "Changed Since" to begin. 26 hours hold for every zone; once you have seen that changes come at once, two intervals of the schedule are enough.',
			},
		],
	},
];

interface Options extends PolicyParameters {
	includeRaw?: boolean;
	overlapMinutes?: number;
}

/**
 * All records that were made, changed or deleted since the last run (YL9; providers/yclients.md §5). There is no
 * upper bound: if YCLIENTS read its zone in another way, that would hide fresh changes for hours, and a row that
 * changes while pages are read would leave the window and shift its neighbours.
 */
export const execute: Operation = async function (
	this: IExecuteFunctions,
	itemIndex,
	connect,
): Promise<IDataObject | IDataObject[]> {
	const options = this.getNodeParameter('options', itemIndex, {}) as Options;
	const policy = readPolicy({ ...options, timeZone: this.getNodeParameter('timeZone', itemIndex) });
	const since = readInstant(readText.call(this, itemIndex, 'since'));
	const overlapMinutes = readMinutes(options.overlapMinutes ?? DEFAULT_OVERLAP_MINUTES);
	const client = await connect();
	const nextSince = new Date().toISOString();
	// With the clock of the branch and its offset: right whether YCLIENTS heeds the offset or not.
	const changedAfter = inZone(since - overlapMinutes * 60_000, policy.timeZone ?? 'UTC');
	const records = await listRecords(client, [
		['changed_after', changedAfter],
		['with_deleted', 1],
	]);
	const summary = { includeRaw: options.includeRaw, changedAfter, nextSince };
	return listOutput.call(this, itemIndex, client, records, policy, summary);
};

function readInstant(text: string): number {
	const instant = instantOf(text);
	if (instant === null) throw new RangeError('"Changed Since" must be a time with its zone: 2026-03-10T09:00:00Z');
	return Date.parse(instant);
}

function readMinutes(value: unknown): number {
	const minutes = Number(value);
	if (!Number.isFinite(minutes) || minutes < 0) throw new RangeError('The overlap must be minutes from 0 up');
	return minutes;
}
