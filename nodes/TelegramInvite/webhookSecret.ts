import { createHmac } from 'node:crypto';

/** Which node the secret is for; the test listener of the editor has one of its own. */
export interface WebhookOwner {
	workflowId: string;
	nodeId: string;
	isTest: boolean;
}

/**
 * The text Telegram has to send along with every update (providers/telegram.md §5 `secret_token`): 64 hex digits.
 * Derived, so that nothing has to be stored; only who knows the token can make it.
 */
export function webhookSecret(botToken: string, { workflowId, nodeId, isTest }: WebhookOwner): string {
	return createHmac('sha256', botToken)
		.update(`${workflowId}:${nodeId}:${isTest ? 'test' : 'production'}`, 'utf8')
		.digest('hex');
}
