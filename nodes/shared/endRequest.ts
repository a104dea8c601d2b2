import type { IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';

/**
 * Ends a request to a trigger without starting the workflow.
 *
 * @param body a text is sent as it is, an object as JSON
 * @returns what the trigger's `webhook()` has to return
 */
export function endRequest(context: IWebhookFunctions, status: number, body: string | object): IWebhookResponseData {
	const response = context.getResponseObject().status(status);
	if (typeof body === 'string') response.send(body);
	else response.json(body);
	return { noWebhookResponse: true };
}
