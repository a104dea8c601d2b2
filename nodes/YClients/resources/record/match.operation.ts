import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import { z } from 'zod';

import { flag, objectOrNull, text } from '../../lenient';
import { UserMatcher } from '../../match';
import { codePatternOption } from '../../shared/fields';
import type { Operation } from '../../shared/run';

const showOnlyForMatch = { resource: ['record'], operation: ['match'] };

export const description: INodeProperties[] = [
	{
		displayName: 'Records',
		name: 'records',
		type: 'json',
		default: '={{ $json.records }}',
		required: true,
		description:
			'List of records as this node or the trigger puts them out. "linkedUserId" and "pointsPosted" in a record tell whose it was and whether it holds points.',
		displayOptions: { show: showOnlyForMatch },
	},
	{
		displayName: 'Users',
		name: 'users',
		type: 'json',
		default: '={{ $json.users }}',
		required: true,
		description:
			'List of users with their ID, code, email and phone: at least all users who share a code, an email or the last 10 digits of a phone with one of the records',
		displayOptions: { show: showOnlyForMatch },
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add Option',
		default: {},
		displayOptions: { show: showOnlyForMatch },
		options: [
			codePatternOption,
			{
				displayName: 'Default Country Code',
				name: 'defaultCountryCode',
				type: 'string',
				default: '7',
				description: 'For phones written without a country',
			},
			{
				displayName: 'Phone Country Guard',
				name: 'phoneCountryGuard',
				type: 'boolean',
				default: true,
				description: 'Whether a phone that agrees in its last 10 digits but not in its country goes to review',
			},
		],
	},
];

interface Options {
	codePattern?: string;
	defaultCountryCode?: string;
	phoneCountryGuard?: boolean;
}

const linkSchema = z.object({ linkedUserId: text, pointsPosted: flag });

/** Whose the records are, and which ones a person has to look at (YL4, YL10). Nothing is asked from YCLIENTS. */
export const execute: Operation = async function (this: IExecuteFunctions, itemIndex): Promise<IDataObject> {
	const { defaultCountryCode, ...options } = this.getNodeParameter('options', itemIndex, {}) as Options;
	const users = readList(this.getNodeParameter('users', itemIndex), 'Users');
	const matcher = new UserMatcher(users, {
		...options,
		...(defaultCountryCode !== undefined && { defaultCountryCode: readCountryCode(defaultCountryCode) }),
	});
	const records = readList(this.getNodeParameter('records', itemIndex), 'Records').map((record) => {
		const entry = objectOrNull(record);
		if (!entry) throw new RangeError('"Records" must be a list of records');
		return { ...entry, match: matcher.match(entry.booking ?? entry, linkSchema.parse(entry)) };
	});
	const count = (is: (match: ReturnType<UserMatcher['match']>) => boolean) =>
		records.filter(({ match }) => is(match)).length;
	return {
		records: records as unknown as IDataObject[],
		matched: count(({ userId, review }) => userId !== null && !review),
		review: count(({ review }) => review),
		nobody: count(({ userId, review }) => userId === null && !review),
	};
};

/** @throws RangeError when it is no list */
function readList(parameter: unknown, what: string): unknown[] {
	const list = typeof parameter === 'string' ? parseJson(parameter) : parameter;
	if (!Array.isArray(list)) throw new RangeError(`"${what}" must be a list`);
	return list as unknown[];
}

function parseJson(json: string): unknown {
	try {
		return JSON.parse(json);
	} catch {
		return null;
	}
}

function readCountryCode(code: string): string {
	const digits = code.trim().replace(/^\+/, '');
	if (!/^[1-9]\d{0,2}$/.test(digits)) throw new RangeError('The default country code must be 1 to 3 digits, such as 7');
	return digits;
}
