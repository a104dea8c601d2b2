import { z } from 'zod';

import { allowedUpdates, type EventChoice } from '../updateKinds';
import type { Bot } from './bot';

const MAX_CONNECTIONS = 40;

const webhookInfo = z.object({ url: z.string(), allowed_updates: z.array(z.string()).default([]) });
const done = z.literal(true);

/** Whether Telegram delivers to this address, and exactly the updates the events need. */
export async function isRegistered(bot: Bot, url: string, events: readonly EventChoice[]): Promise<boolean> {
	const info = await bot.call('getWebhookInfo', {}, webhookInfo);
	return info.url === url && info.allowed_updates.sort().join() === allowedUpdates(events).join();
}

export interface Registration {
	url: string;
	/** Sent along with every update. */
	secret: string;
	events: readonly EventChoice[];
	/** Whether updates that have piled up are thrown away. */
	dropPending: boolean;
}

/**
 * Has Telegram deliver to an address; a bot has only one, so any other is replaced (providers/telegram.md §5).
 *
 * @throws RangeError without events: an empty list would make Telegram send nearly everything
 */
export async function register(bot: Bot, { url, secret, events, dropPending }: Registration): Promise<void> {
	if (events.length === 0) throw new RangeError('Choose at least one event');
	await bot.call(
		'setWebhook',
		{
			url,
			secret_token: secret,
			allowed_updates: allowedUpdates(events),
			max_connections: MAX_CONNECTIONS,
			drop_pending_updates: dropPending,
		},
		done,
	);
}

/** Ends the delivery, unless another workflow has taken the bot over. Updates wait at Telegram for 24 hours. */
export async function unregister(bot: Bot, url: string): Promise<void> {
	const info = await bot.call('getWebhookInfo', {}, webhookInfo);
	if (info.url === url) await bot.call('deleteWebhook', {}, done);
}
