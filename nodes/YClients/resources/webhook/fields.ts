import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { withoutSecret, type HookSettings } from '../../hookSettings';
import { readText } from '../../shared/fields';

/** The address an operation is about. */
export function urlField(operation: 'add' | 'remove'): INodeProperties {
	return {
		displayName: 'URL',
		name: 'url',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. https://n8n.example.com/webhook/yclients?secret=…',
		description: 'What stands behind "?" does not count when the same address is looked for',
		displayOptions: { show: { resource: ['webhook'], operation: [operation] } },
	};
}

/** @throws RangeError when it is no web address */
export function readUrl(this: IExecuteFunctions, itemIndex: number): string {
	const url = readText.call(this, itemIndex, 'url');
	if (!/^https?:\/\/\S+$/i.test(url) || !URL.canParse(url)) {
		throw new RangeError('The URL must be an address such as https://n8n.example.com/webhook/yclients');
	}
	return url;
}

/** The settings without the secrets that stand in addresses. */
export function settingsOutput({ urls, active, flags }: HookSettings): IDataObject {
	return { active, urls: urls.map(withoutSecret), flags: { ...flags } };
}
