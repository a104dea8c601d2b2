import { z } from 'zod';
import type { IExecuteFunctions } from 'n8n-workflow';

import { optionalText } from '../../lenient';
import { demand, unreadable } from '../../shared/transport';

/** Types whose address the API can set. That of Check is set in the cabinet only (providers/cloudpayments.md §3). */
export const SETTABLE_TYPES = ['pay', 'fail', 'confirm', 'refund', 'recurrent', 'cancel'] as const;
export type SettableType = (typeof SETTABLE_TYPES)[number];

/** Where and how a type of notification is sent. One address per type: setting it takes the old one away. */
export interface NotificationSettings {
	isEnabled: boolean;
	address: string | null;
	httpMethod: 'GET' | 'POST';
	encoding: string;
	format: string;
}

const modelSchema = z.object({
	IsEnabled: z.boolean(),
	Address: optionalText,
	HttpMethod: optionalText,
	Encoding: optionalText,
	Format: optionalText,
});

/** What the trigger understands. */
export function settingsFor(address: string): NotificationSettings {
	return { isEnabled: true, address, httpMethod: 'POST', encoding: 'UTF8', format: 'CloudPayments' };
}

/** @throws NodeApiError when the API refuses or answers something else */
export async function getSettings(
	this: IExecuteFunctions,
	itemIndex: number,
	type: string,
): Promise<NotificationSettings> {
	const answer = await demand.call(this, itemIndex, { path: `site/notifications/${type}/get` });
	const { data: model } = modelSchema.safeParse(answer);
	if (!model) throw unreadable.call(this, itemIndex, 'settings of a notification');
	return {
		isEnabled: model.IsEnabled,
		address: model.Address,
		httpMethod: model.HttpMethod?.toUpperCase() === 'POST' ? 'POST' : 'GET',
		encoding: model.Encoding ?? 'UTF8',
		format: model.Format ?? 'CloudPayments',
	};
}

/** Sends all five values, because those left out would fall back to GET and switched off. */
export async function updateSettings(
	this: IExecuteFunctions,
	itemIndex: number,
	type: SettableType,
	settings: NotificationSettings,
	requestId: string,
): Promise<void> {
	await demand.call(this, itemIndex, {
		path: `site/notifications/${type}/update`,
		requestId,
		fields: {
			IsEnabled: settings.isEnabled,
			Address: settings.address ?? undefined,
			HttpMethod: settings.httpMethod,
			Encoding: settings.encoding,
			Format: settings.format,
		},
	});
}
