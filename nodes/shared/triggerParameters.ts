import { fromParameter, webhookDescriptionFields, type INodeProperties, type IWebhookDescription } from 'n8n-workflow';

/** The webhook of a trigger that has {@link pathParameter} and {@link respondParameter}. */
export function respondingWebhook(): IWebhookDescription {
	return {
		name: 'default',
		httpMethod: 'POST',
		isFullPath: true,
		responseData: '',
		// Read from the parameters directly: as expressions they would cost a tenth of the whole request.
		...webhookDescriptionFields({ path: fromParameter('path'), responseMode: fromParameter('respond') }),
	};
}

/** Where the trigger listens. */
export function pathParameter(path: string): INodeProperties {
	return {
		displayName: 'Path',
		name: 'path',
		type: 'string',
		default: path,
		required: true,
		placeholder: `e.g. ${path}`,
		description: 'End of the address. Different for every workflow.',
	};
}

/**
 * When the provider gets its answer; the values are n8n's response modes.
 *
 * @param whenStored what it means for the provider that the workflow answers
 * @param atOnce what it means that n8n answers before the workflow has begun
 */
export function respondParameter(
	whenStored: string,
	atOnce = 'An event is lost when n8n stops before the workflow has stored it',
): INodeProperties {
	return {
		displayName: 'Respond',
		name: 'respond',
		type: 'options',
		options: [
			{
				name: 'After the Event Is Stored (Acknowledge Payment Node)',
				value: 'responseNode',
				description: whenStored,
			},
			{
				name: 'Immediately',
				value: 'onReceived',
				description: atOnce,
			},
		],
		default: 'responseNode',
	};
}
