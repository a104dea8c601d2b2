import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { NOTIFICATION_TYPES } from '../../event';
import { getSettings } from './settings';

const showOnlyForGet = { resource: ['notification'], operation: ['get'] };

export const description: INodeProperties[] = [
	{
		displayName: 'Type',
		name: 'type',
		type: 'options',
		options: [
			{ name: 'Cancel', value: 'cancel' },
			{ name: 'Check', value: 'check' },
			{ name: 'Confirm', value: 'confirm' },
			{ name: 'Fail', value: 'fail' },
			{ name: 'Pay', value: 'pay' },
			{ name: 'Recurrent', value: 'recurrent' },
			{ name: 'Refund', value: 'refund' },
		],
		default: 'pay',
		displayOptions: { show: showOnlyForGet },
	},
];

/** `{type, settings}`, see {@link NotificationSettings}. */
export async function execute(this: IExecuteFunctions, itemIndex: number): Promise<IDataObject> {
	const given = this.getNodeParameter('type', itemIndex) as string;
	const type = NOTIFICATION_TYPES.find((name) => name === given);
	if (!type) throw new RangeError('Type must be a type of notification such as pay');
	return { type, settings: { ...(await getSettings.call(this, itemIndex, type)) } };
}
