import { z } from 'zod';
import type { Account } from './account';
import { ParameterError, StateError } from './apiError';
import { EVENT_TYPES } from './eventTypes';
import { randomText } from './ids';
import type { WebhookEndpoint } from './objects';
import { boolean, mergeMetadata, metadata, refuse, text, url } from './parameters';

const MAX_ENDPOINTS = 16;
/** For how long a replaced secret still signs (providers/stripe.md §3). */
const OLD_SECRET_MS = 86_400_000;

const enabledEvents = z.array(
	z.string().superRefine((type, ctx) => {
		if (!EVENT_TYPES.has(type)) refuse(ctx, `Invalid enabled_events: ${type} is not a type of event`);
	}),
).min(1);

export const newEndpoint = z.object({
	url,
	enabled_events: enabledEvents,
	api_version: z.string().regex(/^\d{4}-\d\d-\d\d(\.[a-z]+)?$/, 'not an API version').optional(),
	description: text().optional(),
	metadata: metadata.optional(),
	connect: boolean.optional(),
}).strict();

/** The API version of an endpoint is fixed at its creation. */
export const endpointChange = z.object({
	url: url.optional(),
	enabled_events: enabledEvents.optional(),
	description: text().optional(),
	metadata: metadata.optional(),
	disabled: boolean.optional(),
}).strict();

interface Secrets {
	readonly current: string;
	readonly old: string | null;
	/** Milliseconds since 1970. */
	readonly oldUntil: number;
}

/** The webhook endpoints and their signing secrets. */
export class Endpoints {
	private readonly secrets = new Map<string, Secrets>();

	constructor(private readonly account: Account) {}

	/** Only this answer holds the secret. */
	create(given: z.output<typeof newEndpoint>): WebhookEndpoint & { readonly secret: string } {
		if (this.account.endpoints.all.length >= MAX_ENDPOINTS) {
			throw new StateError(`You have reached the maximum of ${MAX_ENDPOINTS} webhook endpoints.`);
		}
		if (given.connect) throw new ParameterError('This account has no connected accounts', 'connect');
		const endpoint = this.account.endpoints.add({
			...this.account.newObject('we', 'webhook_endpoint'),
			api_version: given.api_version ?? null,
			description: given.description ?? null,
			enabled_events: given.enabled_events,
			metadata: mergeMetadata({}, given.metadata),
			status: 'enabled',
			url: given.url,
		});
		return { ...endpoint, secret: this.newSecret(endpoint.id, null) };
	}

	update(id: string, change: z.output<typeof endpointChange>): WebhookEndpoint {
		const endpoint = this.account.endpoints.get(id);
		endpoint.url = change.url ?? endpoint.url;
		endpoint.enabled_events = change.enabled_events ?? endpoint.enabled_events;
		endpoint.description = change.description ?? endpoint.description;
		endpoint.metadata = mergeMetadata(endpoint.metadata, change.metadata);
		if (change.disabled !== undefined) endpoint.status = change.disabled ? 'disabled' : 'enabled';
		return endpoint;
	}

	delete(id: string): { id: string; object: 'webhook_endpoint'; deleted: true } {
		this.account.endpoints.get(id);
		this.account.endpoints.delete(id);
		this.secrets.delete(id);
		return { id, object: 'webhook_endpoint', deleted: true };
	}

	/** Those that get an event of this type. */
	listeningTo(type: string): readonly WebhookEndpoint[] {
		return this.account.endpoints.all.filter(
			({ status, enabled_events: types }) => status === 'enabled' && (types.includes('*') || types.includes(type)),
		);
	}

	/** Makes a new secret; the old one signs too for another day. */
	roll(id: string): string {
		this.account.endpoints.get(id);
		return this.newSecret(id, this.secrets.get(id)?.current ?? null);
	}

	/** What signs now, the newest first; none for an endpoint that is gone. */
	secretsOf(id: string): readonly string[] {
		const secrets = this.secrets.get(id);
		if (!secrets) return [];
		const { current, old, oldUntil } = secrets;
		return old !== null && Date.now() < oldUntil ? [current, old] : [current];
	}

	private newSecret(id: string, old: string | null): string {
		const current = `whsec_${randomText(32)}`;
		this.secrets.set(id, { current, old, oldUntil: Date.now() + OLD_SECRET_MS });
		return current;
	}
}
