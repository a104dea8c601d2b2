import type { IHookFunctions, IWebhookFunctions } from 'n8n-workflow';

import { webhookSecret, type WebhookOwner } from '../webhookSecret';
import type { YClientsCredentials } from './credentials';

/**
 * What the trigger's address ends with: the credential's secret, else one of its own; null when there has to be the
 * former.
 */
export function secretOf(
	this: IHookFunctions | IWebhookFunctions,
	credentials: Pick<YClientsCredentials, 'userToken' | 'webhookSecret'>,
): string | null {
	if (credentials.webhookSecret !== '') return credentials.webhookSecret;
	const isManual = this.getNodeParameter('registration', 'automatic') === 'manual';
	return isManual ? null : webhookSecret(credentials.userToken, ownerOf.call(this));
}

/** n8n registers and runs the test listener of the editor in the mode "manual". */
export function ownerOf(this: IHookFunctions | IWebhookFunctions): WebhookOwner {
	return {
		workflowId: String(this.getWorkflow().id),
		nodeId: this.getNode().id,
		isTest: this.getMode() === 'manual',
	};
}
