import type { IDisplayOptions, IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import type { BookingPolicy, Completion } from '../booking';
import { isTimeZone } from '../../shared/wallTime';
import { codeTest, DEFAULT_CODE_PATTERN } from '../clientCode';

type Show = NonNullable<IDisplayOptions['show']>;

/** Zone of the branch. */
export function timeZoneField(show: Show): INodeProperties {
	return {
		displayName: 'Time Zone of the Branch',
		name: 'timeZone',
		type: 'string',
		default: '',
		placeholder: 'e.g. Europe/Moscow',
		description:
			'YCLIENTS tells times by the clock on the wall of the branch. Without it, the offset in the record is believed, which can be wrong around a change of clocks.',
		displayOptions: { show },
	};
}

/** One record by its number. */
export function recordIdField(show: Show): INodeProperties {
	return {
		displayName: 'Record ID',
		name: 'recordId',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. 700100001',
		description: 'Number of the booking in YCLIENTS',
		displayOptions: { show },
	};
}

/** Whether a list becomes one item or many. */
export function outputField(show: Show): INodeProperties {
	return {
		displayName: 'Output',
		name: 'output',
		type: 'options',
		options: [
			{
				name: 'One Item per Record',
				value: 'items',
				description: 'No records, no items',
			},
			{
				name: 'One Item With All Records',
				value: 'list',
				description: 'All in "records", so that one step can store them together',
			},
		],
		default: 'list',
		displayOptions: { show },
	};
}

/** Form of a client code. */
export const codePatternOption: INodeProperties = {
	displayName: 'Code Pattern',
	name: 'codePattern',
	type: 'string',
	default: DEFAULT_CODE_PATTERN,
	description: 'Regular expression a client code has to match completely, in Latin capitals',
};

/** When a booking counts as done. */
export const completionOption: INodeProperties = {
	displayName: 'Completed When',
	name: 'completion',
	type: 'options',
	options: [
		{ name: 'The Client Came', value: 'attended' },
		{
			name: 'The Client Came and All Is Paid',
			value: 'attended_and_paid',
			description: 'Only for branches that enter payments in YCLIENTS',
		},
	],
	default: 'attended',
};

/** Whether the record goes along as YCLIENTS gave it. */
export const includeRawOption: INodeProperties = {
	displayName: 'Include Raw Record',
	name: 'includeRaw',
	type: 'boolean',
	default: false,
	description: 'Whether to put the record of YCLIENTS into "record"',
};

/** How a record is read, of the node's parameters. */
export interface PolicyParameters {
	timeZone?: unknown;
	codePattern?: string;
	completion?: Completion;
}

/** @throws RangeError when zone or pattern are none */
export function readPolicy({ timeZone, codePattern, completion }: PolicyParameters): BookingPolicy {
	const pattern = codePattern?.trim() || DEFAULT_CODE_PATTERN;
	codeTest(pattern);
	return { timeZone: readTimeZone(timeZone), codePattern: pattern, completion };
}

/** @throws RangeError when there is no such zone */
export function readTimeZone(parameter: unknown): string | undefined {
	const zone = String(parameter ?? '').trim();
	if (zone === '') return undefined;
	if (!isTimeZone(zone)) throw new RangeError(`There is no time zone "${zone}"; write it as Europe/Moscow`);
	return zone;
}

/** A text parameter without the spaces around it; numbers become text. */
export function readText(this: IExecuteFunctions, itemIndex: number, name: string): string {
	return String(this.getNodeParameter(name, itemIndex, '') ?? '').trim();
}

/** @throws RangeError when it is no number of something in YCLIENTS */
export function readId(value: unknown, what: string): string {
	const id = String(value ?? '').trim();
	if (!/^[1-9]\d{0,18}$/.test(id)) throw new RangeError(`${what} must be a number such as 700100001`);
	return id;
}

/** @throws RangeError */
export function readRecordId(this: IExecuteFunctions, itemIndex: number): string {
	return readId(this.getNodeParameter('recordId', itemIndex), 'The record ID');
}

/** The records to read at most; undefined for all. @throws RangeError when the limit is none */
export function readLimit(this: IExecuteFunctions, itemIndex: number): number | undefined {
	if (this.getNodeParameter('returnAll', itemIndex) === true) return undefined;
	const limit = Number(this.getNodeParameter('limit', itemIndex));
	if (!Number.isSafeInteger(limit) || limit < 1) throw new RangeError('The limit must be a whole number from 1 up');
	return limit;
}

/** Choice between all results and the first ones. */
export function limitFields(show: Show): INodeProperties[] {
	return [
		{
			displayName: 'Return All',
			name: 'returnAll',
			type: 'boolean',
			default: false,
			description: 'Whether to return all results or only up to a given limit',
			displayOptions: { show },
		},
		{
			displayName: 'Limit',
			name: 'limit',
			type: 'number',
			typeOptions: { minValue: 1 },
			default: 50,
			description: 'Max number of results to return',
			displayOptions: { show: { ...show, returnAll: [false] } },
		},
	];
}
