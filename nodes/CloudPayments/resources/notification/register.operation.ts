import { randomUUID } from 'node:crypto';
import { NodeOperationError, type IDataObject, type IExecuteFunctions, type INodeProperties } from 'n8n-workflow';

import { readText } from '../../shared/parameters';
import {
	getSettings,
	SETTABLE_TYPES,
	settingsFor,
	updateSettings,
	type NotificationSettings,
	type SettableType,
} from './settings';

const showOnlyForRegister = { resource: ['notification'], operation: ['register'] };
const LOOPBACK_HOSTS: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

export const description: INodeProperties[] = [
	{
		displayName:
			'A site has one address per type: this takes the old ones away. Keep the output: Restore puts them back. The address of Check can only be set in the cabinet.',
		name: 'registerNotice',
		type: 'notice',
		default: '',
		displayOptions: { show: showOnlyForRegister },
	},
	{
		displayName: 'Address',
		name: 'address',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. https://n8n.example.com/webhook/cloudpayments',
		description: 'Production URL of the CloudPayments Trigger without the type at its end',
		displayOptions: { show: showOnlyForRegister },
	},
	{
		displayName: 'Types',
		name: 'types',
		type: 'multiOptions',
		options: [
			{ name: 'Cancel', value: 'cancel' },
			{ name: 'Confirm', value: 'confirm' },
			{ name: 'Fail', value: 'fail' },
			{ name: 'Pay', value: 'pay' },
			{ name: 'Recurrent', value: 'recurrent' },
			{ name: 'Refund', value: 'refund' },
		],
		default: ['cancel', 'confirm', 'fail', 'pay', 'recurrent', 'refund'],
		required: true,
		displayOptions: { show: showOnlyForRegister },
	},
];

/**
 * One `{type, changed, settings, previous}` per type. All old settings are read before the first is changed, and when
 * one cannot be changed, those changed before it are put back: what the shop had is never lost half-way.
 */
export async function execute(this: IExecuteFunctions, itemIndex: number): Promise<IDataObject[]> {
	const prefix = readAddress(readText.call(this, itemIndex, 'address'));
	const chosen = this.getNodeParameter('types', itemIndex, []) as string[];
	const plan: Change[] = [];
	for (const type of SETTABLE_TYPES.filter((name) => chosen.includes(name))) {
		const previous = await getSettings.call(this, itemIndex, type);
		plan.push({ type, previous, settings: settingsFor(`${prefix}/${type}`) });
	}
	if (plan.length === 0) throw new RangeError('No type of notification is chosen');
	await carryOut.call(this, itemIndex, plan.filter(isChange));
	return plan.map((change) => ({ ...change, changed: isChange(change) }) as unknown as IDataObject);
}

interface Change {
	type: SettableType;
	previous: NotificationSettings;
	settings: NotificationSettings;
}

function isChange({ previous, settings }: Change): boolean {
	return (Object.keys(settings) as Array<keyof NotificationSettings>).some((key) => settings[key] !== previous[key]);
}

async function carryOut(this: IExecuteFunctions, itemIndex: number, changes: readonly Change[]): Promise<void> {
	const begun: Change[] = [];
	try {
		for (const change of changes) {
			begun.push(change);
			await updateSettings.call(this, itemIndex, change.type, change.settings, randomUUID());
		}
	} catch (error) {
		const lost = await putBack.call(this, itemIndex, begun);
		throw new NodeOperationError(this.getNode(), error as Error, {
			itemIndex,
			description:
				lost.length === 0
					? 'The old addresses are in place. See the message for the reason.'
					: `Set these by hand in the cabinet, they could not be put back: ${lost.join(', ')}`,
		});
	}
}

/** @returns what could not be put back, as `type: address` */
async function putBack(this: IExecuteFunctions, itemIndex: number, changes: readonly Change[]): Promise<string[]> {
	const lost: string[] = [];
	for (const { type, previous } of changes) {
		try {
			await updateSettings.call(this, itemIndex, type, previous, randomUUID());
		} catch {
			lost.push(`${type}: ${previous.address ?? 'none'}`);
		}
	}
	return lost;
}

/** The cabinet refuses other ports, and notifications follow no redirect (providers/cloudpayments.md §4). */
function readAddress(text: string): string {
	const url = URL.canParse(text) ? new URL(text) : null;
	const isOwn = url?.protocol === 'http:' && LOOPBACK_HOSTS.has(url.hostname);
	const isPublic = url?.protocol === 'https:' && url.port === '';
	if (!url || !(isOwn || isPublic) || url.search || url.hash || url.username || url.password) {
		throw new RangeError('Address must be https on the usual port, such as https://n8n.example.com/webhook/cloudpayments');
	}
	return url.href.replace(/\/+$/, '');
}
