import { randomUUID } from 'node:crypto';
import { z } from 'zod';

import { STRIPE_VERSION } from './eventTypes';
import type { StripeAnswer, StripeRequest } from './shared/client';
import { readObject } from './shared/readObject';
import { StripeRefusal } from './shared/refusal';

const PATH = '/v1/webhook_endpoints';

/** What is remembered of an endpoint: Stripe tells its secret only once, when it is made (providers/stripe.md §3). */
export interface KnownEndpoint {
	endpointId?: string;
	secret?: string;
}

export interface WantedEndpoint {
	url: string;
	/** Event types, sorted. */
	enabledEvents: readonly string[];
}

export type Ask = (request: StripeRequest) => Promise<StripeAnswer>;

/**
 * Whether the remembered endpoint still does what is wanted, so that nothing has to be registered.
 *
 * @throws StripeRefusal or NoAnswerError when Stripe cannot be asked
 */
export async function isRegistered(ask: Ask, known: KnownEndpoint, wanted: WantedEndpoint): Promise<boolean> {
	const endpoint = await findKnown(ask, known);
	return endpoint !== null && isSameDoor(endpoint, wanted) && isAsWanted(endpoint, wanted);
}

/**
 * Sees to it that exactly one endpoint of Stripe calls the address, that its secret is known, and that its version and
 * events are the wanted ones. Safe to repeat: what is there is put right, what cannot be used is made anew. A new
 * endpoint is made before old ones go, so that no event falls between them.
 *
 * @returns what has to be remembered
 * @throws StripeRefusal or NoAnswerError when Stripe cannot be asked
 */
export async function register(
	ask: Ask,
	known: KnownEndpoint,
	wanted: WantedEndpoint,
): Promise<Required<KnownEndpoint>> {
	const endpoint = await findKnown(ask, known);
	const isUsable = endpoint !== null && known.secret !== undefined && isSameDoor(endpoint, wanted);
	const current = isUsable
		? { endpointId: endpoint.id, secret: known.secret ?? '' }
		: await create(ask, wanted);
	if (isUsable && !isAsWanted(endpoint, wanted)) await update(ask, endpoint.id, wanted);

	const others = (await list(ask)).filter(({ url, id }) => url === wanted.url && id !== current.endpointId);
	const obsolete = new Set(others.map(({ id }) => id));
	if (endpoint && endpoint.id !== current.endpointId) obsolete.add(endpoint.id);
	for (const id of obsolete) await remove(ask, id);
	return current;
}

/**
 * Removes the remembered endpoint; one that is gone already is fine.
 *
 * @throws StripeRefusal or NoAnswerError when Stripe cannot be asked
 */
export async function unregister(ask: Ask, { endpointId }: KnownEndpoint): Promise<void> {
	if (endpointId !== undefined) await remove(ask, endpointId);
}

const endpointSchema = z.object({
	id: z.string().min(1),
	url: z.string(),
	status: z.string(),
	enabled_events: z.array(z.string()),
	api_version: z.string().nullable().catch(null),
	secret: z.string().min(1).optional(),
});

type Endpoint = z.infer<typeof endpointSchema>;

/** Address and version cannot be wrong and put right: the version is fixed when an endpoint is made. */
function isSameDoor(endpoint: Endpoint, { url }: WantedEndpoint): boolean {
	return endpoint.url === url && endpoint.api_version === STRIPE_VERSION;
}

function isAsWanted({ status, enabled_events }: Endpoint, { enabledEvents }: WantedEndpoint): boolean {
	return status === 'enabled' && [...enabled_events].sort().join() === [...enabledEvents].sort().join();
}

async function findKnown(ask: Ask, { endpointId, secret }: KnownEndpoint): Promise<Endpoint | null> {
	if (endpointId === undefined || secret === undefined) return null;
	const answer = await unlessGone(ask({ method: 'GET', path: `${PATH}/${endpointId}` }));
	return answer && readObject(endpointSchema, answer.body, 'Webhook Endpoint');
}

async function list(ask: Ask): Promise<Endpoint[]> {
	const { body } = await ask({ method: 'GET', path: PATH, query: { limit: 100 } });
	return readObject(z.object({ data: z.array(endpointSchema) }), body, 'list of Webhook Endpoints').data;
}

async function create(ask: Ask, { url, enabledEvents }: WantedEndpoint): Promise<Required<KnownEndpoint>> {
	const form = {
		url,
		enabled_events: [...enabledEvents],
		api_version: STRIPE_VERSION,
		description: 'n8n: Stripe Checkout Trigger',
	};
	// A key that could come again would bring back the answer about an endpoint that is deleted by then.
	const { body } = await ask({ method: 'POST', path: PATH, form, idempotencyKey: `endpoint-${randomUUID()}` });
	const { id, secret } = readObject(endpointSchema, body, 'Webhook Endpoint');
	if (secret === undefined) throw new RangeError('Stripe has made a webhook endpoint without telling its secret');
	return { endpointId: id, secret };
}

async function update(ask: Ask, endpointId: string, { enabledEvents }: WantedEndpoint): Promise<void> {
	const form = { enabled_events: [...enabledEvents], disabled: false };
	await ask({ method: 'POST', path: `${PATH}/${endpointId}`, form, idempotencyKey: `endpoint-${randomUUID()}` });
}

async function remove(ask: Ask, endpointId: string): Promise<void> {
	await unlessGone(ask({ method: 'DELETE', path: `${PATH}/${endpointId}` }));
}

async function unlessGone(answer: Promise<StripeAnswer>): Promise<StripeAnswer | null> {
	return await answer.catch(async (error: unknown) =>
		error instanceof StripeRefusal && error.status === 404 ? null : await Promise.reject(error),
	);
}
