import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { toObject } from '../../shared/parameters';
import { SETTABLE_TYPES, updateSettings } from './settings';

const showOnlyForRestore = { resource: ['notification'], operation: ['restore'] };

export const description: INodeProperties[] = [
	{
		displayName: 'Type',
		name: 'type',
		type: 'string',
		default: '={{ $json.type }}',
		required: true,
		placeholder: 'e.g. pay',
		description: 'One of cancel, confirm, fail, pay, recurrent and refund',
		displayOptions: { show: showOnlyForRestore },
	},
	{
		displayName: 'Settings',
		name: 'settings',
		type: 'json',
		default: '={{ $json.previous }}',
		required: true,
		description: 'The "previous" Register gave for this type',
		displayOptions: { show: showOnlyForRestore },
	},
];

const settingsSchema = z.object({
	isEnabled: z.boolean(),
	address: z.string().nullable(),
	httpMethod: z.enum(['GET', 'POST']),
	encoding: z.string(),
	format: z.string(),
});

/** `{type, restored: true, settings}`. */
export async function execute(this: IExecuteFunctions, itemIndex: number): Promise<IDataObject> {
	const given = this.getNodeParameter('type', itemIndex) as string;
	const type = SETTABLE_TYPES.find((name) => name === given);
	if (!type) throw new RangeError('Type must be one of cancel, confirm, fail, pay, recurrent and refund');
	const written = toObject(this.getNodeParameter('settings', itemIndex), 'Settings');
	const { data: settings } = settingsSchema.safeParse(written);
	if (!settings) throw new RangeError('Settings must be the "previous" that Register gave');
	await updateSettings.call(this, itemIndex, type, settings, randomUUID());
	return { type, restored: true, settings };
}
