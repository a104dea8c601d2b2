import {
	resolveWebhookDescriptionField,
	webhookDescriptionIsNativelyResolvable,
	type INode,
	type INodeParameters,
} from 'n8n-workflow';

import { pathParameter, respondingWebhook, respondParameter } from '../../../nodes/shared/triggerParameters';

it('listens and answers as the two parameters say, without an expression', () => {
	const webhook = respondingWebhook();
	const parameters: INodeParameters = {
		[pathParameter('shop').name]: 'orders',
		[respondParameter('Stored').name]: 'onReceived',
	};
	const node = { parameters } as INode;
	expect(resolveWebhookDescriptionField(node, webhook, 'path')).toEqual({ resolved: true, value: 'orders' });
	expect(resolveWebhookDescriptionField(node, webhook, 'responseMode')).toEqual({ resolved: true, value: 'onReceived' });
	expect(webhookDescriptionIsNativelyResolvable(webhook)).toBe(true);
});

it('says what each choice means for the provider', () => {
	const descriptions = (parameter: ReturnType<typeof respondParameter>) =>
		parameter.options?.map((option) => 'value' in option && [option.value, option.description]);
	expect(descriptions(respondParameter('Stored', 'Lost'))).toEqual([
		['responseNode', 'Stored'],
		['onReceived', 'Lost'],
	]);
	expect(descriptions(respondParameter('Stored'))).toEqual([
		['responseNode', 'Stored'],
		['onReceived', expect.stringContaining('lost')],
	]);
});
