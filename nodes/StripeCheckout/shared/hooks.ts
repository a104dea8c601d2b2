import { NodeOperationError, type IHookFunctions } from 'n8n-workflow';

import type { PaymentEventKind } from '../../shared/paymentEvent';
import { eventTypesFor } from '../eventTypes';
import { isRegistered, register, unregister, type Ask, type KnownEndpoint, type WantedEndpoint } from '../registration';
import { stripeRequest, toNodeError } from './transport';

/** Whether Stripe calls the trigger as it should; by hand, that is the user's own business. */
export async function checkExists(this: IHookFunctions): Promise<boolean> {
	if (isManual.call(this)) return true;
	const known = knownEndpoint.call(this);
	try {
		return await isRegistered(asker.call(this), known, wantedEndpoint.call(this));
	} catch (error) {
		// Failing would take the trigger off line because Stripe or the network has a bad moment while n8n starts.
		if (isStarting.call(this) && known.secret !== undefined) return true;
		throw toNodeError(this.getNode(), error);
	}
}

/** Registers the address, or puts its registration right. */
export async function create(this: IHookFunctions): Promise<boolean> {
	try {
		const endpoint = await register(asker.call(this), knownEndpoint.call(this), wantedEndpoint.call(this));
		Object.assign(this.getWorkflowStaticData('node'), endpoint);
		return true;
	} catch (error) {
		throw toNodeError(this.getNode(), error);
	}
}

/**
 * Removes what {@link create} has registered, also when the registration is by hand by now. What could not be removed
 * is remembered and used again; a throw would make n8n keep the address of a workflow that is not published any more.
 */
export async function remove(this: IHookFunctions): Promise<boolean> {
	try {
		await unregister(asker.call(this), knownEndpoint.call(this));
	} catch (error) {
		const { message } = toNodeError(this.getNode(), error);
		this.logger.warn(`The webhook endpoint could not be removed from Stripe, remove it there by hand: ${message}`);
		return false;
	}
	const stored = this.getWorkflowStaticData('node');
	delete stored.endpointId;
	delete stored.secret;
	return true;
}

function isManual(this: IHookFunctions): boolean {
	return this.getNodeParameter('registration') === 'manual';
}

/** n8n runs the hooks of published workflows at every start and when another main process takes over. */
function isStarting(this: IHookFunctions): boolean {
	return ['init', 'leadershipChange'].includes(this.getActivationMode());
}

function asker(this: IHookFunctions): Ask {
	return async (request) => await stripeRequest.call(this, request);
}

function knownEndpoint(this: IHookFunctions): KnownEndpoint {
	return readEndpoint(this.getWorkflowStaticData('node'));
}

function wantedEndpoint(this: IHookFunctions): WantedEndpoint {
	const url = this.getNodeWebhookUrl('default');
	if (!url) throw new NodeOperationError(this.getNode(), 'n8n has no address for this trigger: check its path');
	return { url, enabledEvents: eventTypesFor(this.getNodeParameter('events', []) as PaymentEventKind[]) };
}

/** What static data says of an endpoint of ours. */
export function readEndpoint(stored: object): KnownEndpoint {
	const { endpointId, secret } = stored as Record<string, unknown>;
	return {
		endpointId: typeof endpointId === 'string' ? endpointId : undefined,
		secret: typeof secret === 'string' ? secret : undefined,
	};
}
