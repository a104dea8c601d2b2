import { isLoopbackUrl } from '../../shared/loopback';
import { ApiError, badRequest, tooManyRequests } from '../apiError';
import type { CallParameters } from '../callParameters';
import { updateJson } from '../updateQueue';
import type { WebhookSettings } from '../webhook';
import type { World } from '../world';
import type { Method } from './method';
import { Described } from './method';

const DEFAULT_CONNECTIONS = 40;
const MAX_CONNECTIONS = 100;
const MAX_SECRET_LENGTH = 256;
const PORTS = new Set(['', '443', '80', '88', '8443']);
const MAX_POLL_SECONDS = 50;
const POLL_STEP_MS = 20;

export const setWebhook: Method = (call, world) => {
	if (call.text('url') === '') return deleteWebhook(call, world);
	const { webhook, updates } = world;
	if (!webhook.mayBeSet()) throw tooManyRequests(1);
	const settings = readSettings(call);
	allowTypes(call, world);
	const isSame = JSON.stringify(webhook.settings) === JSON.stringify(settings);
	if (isSame && !call.flag('drop_pending_updates')) return new Described(true, 'Webhook is already set');
	if (call.flag('drop_pending_updates')) updates.drop();
	webhook.set(settings);
	return new Described(true, 'Webhook was set');
};

export const deleteWebhook: Method = (call, { webhook, updates }) => {
	if (call.flag('drop_pending_updates')) updates.drop();
	if (webhook.settings === null) return new Described(true, 'Webhook is already deleted');
	webhook.set(null);
	return new Described(true, 'Webhook was deleted');
};

export const getWebhookInfo: Method = (_call, { webhook, updates }) => {
	const { settings, lastError } = webhook;
	return {
		url: settings?.url ?? '',
		has_custom_certificate: false,
		pending_update_count: updates.waiting.length,
		...(lastError ? { last_error_date: lastError.at, last_error_message: lastError.text } : {}),
		...(settings ? { max_connections: settings.maxConnections } : {}),
		...(updates.allowedTypes ? { allowed_updates: updates.allowedTypes } : {}),
	};
};

/** Hands out updates; a higher `offset` confirms those before it, a negative one all but the newest. */
export const getUpdates: Method = async (call, world) => {
	const { webhook, updates, polls } = world;
	requireNoWebhook(world);
	const offset = call.integer('offset', 0, -(2 ** 31), 2 ** 31);
	const limit = call.integer('limit', 100, 1, 100);
	const deadline = Date.now() + call.integer('timeout', 0, 0, MAX_POLL_SECONDS) * 1000;
	allowTypes(call, world);
	updates.expire();
	const confirmed = offset < 0 ? updates.waiting.slice(0, offset) : updates.waiting.filter(({ id }) => id < offset);
	for (const update of confirmed) updates.settle(update, 'delivered');
	const isNewest = polls.begin();
	while (updates.waiting.length === 0 && Date.now() < deadline) {
		await new Promise((resolve) => setTimeout(resolve, POLL_STEP_MS));
		if (!isNewest()) {
			const reason = 'terminated by other getUpdates request; make sure that only one bot instance is running';
			throw new ApiError(409, reason);
		}
		if (webhook.settings) throw new ApiError(409, 'terminated by setWebhook request');
	}
	return updates.waiting.slice(0, limit).map(updateJson);
};

function requireNoWebhook({ webhook }: World): void {
	if (!webhook.settings) return;
	const reason =
		"can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first";
	throw new ApiError(409, reason);
}

/** Left out, the former choice stays; what is no list is as if left out. */
function allowTypes(call: CallParameters, { updates }: World): void {
	if (call.text('allowed_updates') === '') return;
	const given = call.json('allowed_updates', "can't parse allowed_updates");
	if (Array.isArray(given) && given.every((name) => typeof name === 'string')) updates.allow(given);
}

function readSettings(call: CallParameters): WebhookSettings {
	const url = call.text('url');
	const secret = call.text('secret_token');
	const address = url.includes('://') ? url : `https://${url}`;
	if (!URL.canParse(address)) throw badRequest('invalid webhook URL specified');
	if (!isLoopbackUrl(address)) {
		const { protocol, port } = new URL(address);
		if (protocol !== 'https:') throw badRequest('bad webhook: An HTTPS URL must be provided for webhook');
		if (!PORTS.has(port)) throw badRequest('bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443');
	}
	if (secret.length > MAX_SECRET_LENGTH) throw badRequest('secret token is too long');
	if (!/^[A-Za-z0-9_-]*$/.test(secret)) throw badRequest('secret token contains unallowed characters');
	const maxConnections = call.integer('max_connections', DEFAULT_CONNECTIONS, 1, MAX_CONNECTIONS);
	return { url: address, secret: secret === '' ? null : secret, maxConnections };
}
