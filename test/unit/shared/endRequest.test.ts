import type { IWebhookFunctions } from 'n8n-workflow';

import { endRequest } from '../../../nodes/shared/endRequest';

function contextWithResponse() {
	const sent: unknown[] = [];
	const response = {
		status: (status: number) => {
			sent.push(status);
			return response;
		},
		send: (body: unknown) => sent.push('send', body),
		json: (body: unknown) => sent.push('json', body),
	};
	return { sent, context: { getResponseObject: () => response } as unknown as IWebhookFunctions };
}

it.each([
	['an object as JSON', 401, { error: 'Signature missing' }, 'json'],
	['a text as it is', 200, 'success', 'send'],
	['an empty text as it is', 200, '', 'send'],
])('answers %s and starts nothing', (_name, status, body, how) => {
	const { context, sent } = contextWithResponse();
	expect(endRequest(context, status, body)).toEqual({ noWebhookResponse: true });
	expect(sent).toEqual([status, how, body]);
});
