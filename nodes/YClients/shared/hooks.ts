import type { IHookFunctions } from 'n8n-workflow';

import { isRegistered } from '../hookSettings';
import { withSecret } from '../webhookSecret';
import { YClientsClient } from './client';
import { readCredentials } from './credentials';
import { readPolicy, type PolicyParameters } from './fields';
import { toNodeError } from './nodeError';
import { getSettings, register, unregister } from './registration';
import { secretOf } from './secret';

/** Whether YCLIENTS calls the trigger as it should; by hand, that is the user's own business. */
export async function checkExists(this: IHookFunctions): Promise<boolean> {
	try {
		const { client, url, isManual } = await connect.call(this);
		return isManual || isRegistered(await getSettings(client), url);
	} catch (error) {
		// Failing would take the trigger off line because YCLIENTS or the network has a bad moment while n8n starts.
		if (isStarting.call(this)) return true;
		throw toNodeError(this.getNode(), error);
	}
}

/** Adds the address to the branch's webhooks; others' addresses stay. */
export async function create(this: IHookFunctions): Promise<boolean> {
	try {
		const { client, url } = await connect.call(this);
		await register(client, url);
		return true;
	} catch (error) {
		throw toNodeError(this.getNode(), error);
	}
}

/**
 * Takes the address out again, unless it was added by hand; others' addresses stay. A throw would make
 * n8n keep the address of a workflow that is not published any more.
 */
export async function remove(this: IHookFunctions): Promise<boolean> {
	try {
		const { client, url, isManual } = await connect.call(this);
		if (!isManual) await unregister(client, url);
		return true;
	} catch (error) {
		const { message } = toNodeError(this.getNode(), error);
		this.logger.warn(`The address could not be taken out of YCLIENTS' webhooks, remove it there by hand: ${message}`);
		return false;
	}
}

async function connect(this: IHookFunctions): Promise<{ client: YClientsClient; url: string; isManual: boolean }> {
	readPolicy({
		...(this.getNodeParameter('options', {}) as PolicyParameters),
		timeZone: this.getNodeParameter('timeZone', ''),
	});
	const credentials = readCredentials(await this.getCredentials('yClientsApi'));
	const secret = secretOf.call(this, credentials);
	if (secret === null) {
		throw new RangeError('Registration Manual needs a Webhook Secret in the credential: put a long random text there');
	}
	const address = this.getNodeWebhookUrl('default');
	if (!address) throw new RangeError('n8n has no address for this trigger: check its path');
	return {
		client: new YClientsClient(this, credentials),
		url: withSecret(address, secret),
		isManual: this.getNodeParameter('registration') === 'manual',
	};
}

/** n8n runs the hooks of published workflows at every start and when another main process takes over. */
function isStarting(this: IHookFunctions): boolean {
	return ['init', 'leadershipChange'].includes(this.getActivationMode());
}
