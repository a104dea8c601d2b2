import { createHmac } from 'node:crypto';

/** Which node the secret is for; the test listener of the editor has one of its own. */
export interface WebhookOwner {
	workflowId: string;
	nodeId: string;
	isTest: boolean;
}

/**
 * The secret at the end of the trigger's address: YCLIENTS signs nothing (providers/yclients.md §4). Derived from
 * the user token, so that nothing has to be stored; 64 hex digits.
 */
export function webhookSecret(userToken: string, { workflowId, nodeId, isTest }: WebhookOwner): string {
	return createHmac('sha256', userToken)
		.update(`${workflowId}:${nodeId}:${isTest ? 'test' : 'production'}`, 'utf8')
		.digest('hex');
}

/** An address with its secret. */
export function withSecret(url: string, secret: string): string {
	return `${url}?secret=${encodeURIComponent(secret)}`;
}
