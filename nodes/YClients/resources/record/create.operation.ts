import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { instantOf, inZone } from '../../branchTime';
import { codeTest, DEFAULT_CODE_PATTERN, foldCode, withClientCode } from '../../clientCode';
import { bookRecord, findByApiId, type BookingRequest } from '../../shared/bookRecord';
import { codePatternOption, readId, readText, readTimeZone, timeZoneField } from '../../shared/fields';
import type { Operation } from '../../shared/run';
import { toE164 } from '../../../shared/phone';

const showOnlyForCreate = { resource: ['record'], operation: ['create'] };

export const description: INodeProperties[] = [
	{
		displayName: 'Client Name',
		name: 'clientName',
		type: 'string',
		default: '',
		required: true,
		displayOptions: { show: showOnlyForCreate },
	},
	{
		displayName: 'Phone',
		name: 'phone',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. +79990000001',
		displayOptions: { show: showOnlyForCreate },
	},
	{
		displayName: 'Email',
		name: 'email',
		type: 'string',
		default: '',
		placeholder: 'e.g. name@example.com',
		displayOptions: { show: showOnlyForCreate },
	},
	{
		displayName: 'Client Code',
		name: 'clientCode',
		type: 'string',
		default: '',
		placeholder: 'e.g. ABC12345',
		description: 'Put in front of the comment, so that the booking is found to be this client\'s',
		displayOptions: { show: showOnlyForCreate },
	},
	{
		displayName: 'Staff ID',
		name: 'staffId',
		type: 'string',
		default: '',
		placeholder: 'e.g. 9001',
		description: 'Who does it. Empty for anybody.',
		displayOptions: { show: showOnlyForCreate },
	},
	{
		displayName: 'Service IDs',
		name: 'serviceIds',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. 3068094, 3068101',
		displayOptions: { show: showOnlyForCreate },
	},
	{
		displayName: 'Time',
		name: 'datetime',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. 2026-03-28T18:30:00+03:00',
		description: 'Beginning of the visit, with its zone',
		displayOptions: { show: showOnlyForCreate },
	},
	timeZoneField(showOnlyForCreate),
	{
		displayName: 'API ID',
		name: 'apiId',
		type: 'string',
		default: '',
		placeholder: 'e.g. 3f7a1c0e5b2d4f68',
		description:
			'Your own number of the booking. With it, the bookings of that day are looked through first, and the booking is made only once.',
		displayOptions: { show: showOnlyForCreate },
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add Option',
		default: {},
		displayOptions: { show: showOnlyForCreate },
		options: [
			codePatternOption,
			{
				displayName: 'Comment',
				name: 'comment',
				type: 'string',
				default: '',
				description: 'Words of the client. Codes in it give way to the client code.',
			},
			{
				displayName: 'Remind by Email (Hours Before)',
				name: 'notifyByEmail',
				type: 'number',
				typeOptions: { minValue: 0, numberPrecision: 0 },
				default: 24,
				description: 'How long before the visit YCLIENTS writes to the client. 0 for never.',
			},
			{
				displayName: 'Remind by SMS (Hours Before)',
				name: 'notifyBySms',
				type: 'number',
				typeOptions: { minValue: 0, numberPrecision: 0 },
				default: 6,
				description: 'How long before the visit YCLIENTS writes to the client. 0 for never.',
			},
			{
				displayName: 'SMS Code',
				name: 'smsCode',
				type: 'string',
				default: '',
				description: 'The code the client was sent, where the branch confirms phones',
			},
		],
	},
];

interface Options {
	codePattern?: string;
	comment?: string;
	notifyByEmail?: number;
	notifyBySms?: number;
	smsCode?: string;
}

/** Makes a booking with the client's code in its comment (YL1). */
export const execute: Operation = async function (this: IExecuteFunctions, itemIndex, connect): Promise<IDataObject> {
	const text = (name: string) => readText.call(this, itemIndex, name);
	const { codePattern, comment = '', notifyByEmail = 0, notifyBySms = 0, smsCode = '' } = this.getNodeParameter(
		'options',
		itemIndex,
		{},
	) as Options;
	const clientCode = readClientCode(text('clientCode'), codePattern);
	const staffId = text('staffId');
	const request: BookingRequest = {
		name: readName(text('clientName')),
		phone: readPhone(text('phone')),
		email: text('email'),
		comment: clientCode === null ? comment.trim() : withClientCode(comment.trim(), clientCode),
		apiId: readApiId(text('apiId')),
		staffId: staffId === '' ? '0' : readId(staffId, 'The staff ID'),
		serviceIds: readServiceIds(text('serviceIds')),
		datetime: readTime(text('datetime'), readTimeZone(text('timeZone'))),
		notifyByEmailHours: readHours(notifyByEmail),
		notifyBySmsHours: readHours(notifyBySms),
		smsCode: smsCode.trim(),
	};
	const client = await connect();
	const known = request.apiId === '' ? null : await findByApiId(client, request);
	const { recordId, recordHash } = known ?? (await bookRecord(client, request));
	return {
		companyId: client.companyId,
		recordId,
		recordHash,
		isNew: known === null,
		clientCode,
		comment: request.comment,
		apiId: request.apiId || null,
	};
};

function readName(name: string): string {
	if (name === '') throw new RangeError('The client name is missing');
	return name;
}

/** In the form the documentation shows: digits with the country. */
function readPhone(typed: string): string {
	const phone = toE164(typed);
	if (phone === null) throw new RangeError('The phone must be a number with its country, such as +79990000001');
	return phone.slice(1);
}

function readClientCode(typed: string, pattern = DEFAULT_CODE_PATTERN): string | null {
	if (typed === '') return null;
	const code = foldCode(typed);
	if (!codeTest(pattern)(code)) throw new RangeError('The client code must look like ABC12345');
	return code;
}

function readApiId(apiId: string): string {
	if (!/^[\w.:-]{0,100}$/.test(apiId)) throw new RangeError('The API ID must be up to 100 letters, digits and "_.:-"');
	return apiId;
}

function readServiceIds(typed: string): string[] {
	const ids = typed.split(/[\s,;]+/).filter((part) => part !== '');
	if (ids.length === 0) throw new RangeError('There is no service to book: write its ID');
	return ids.map((id) => readId(id, 'Each service ID'));
}

/** As the clock of the branch shows it, where its zone is known. */
function readTime(typed: string, timeZone: string | undefined): string {
	const instant = instantOf(typed);
	if (instant === null) throw new RangeError('The time must have its zone, such as 2026-03-28T18:30:00+03:00');
	return timeZone === undefined ? typed.replace(' ', 'T') : inZone(Date.parse(instant), timeZone);
}

function readHours(value: unknown): number {
	const hours = Number(value);
	if (!Number.isSafeInteger(hours) || hours < 0) throw new RangeError('Hours before the visit must be a whole number');
	return hours;
}
