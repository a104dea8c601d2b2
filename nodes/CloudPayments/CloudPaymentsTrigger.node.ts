import {
	fromParameter,
	NodeConnectionTypes,
	webhookDescriptionFields,
	type INodeType,
	type INodeTypeDescription,
	type IWebhookDescription,
	type IWebhookFunctions,
	type IWebhookResponseData,
} from 'n8n-workflow';

import { endRequest } from '../shared/endRequest';
import { nothingToRegister } from '../shared/nothingToRegister';
import type { PaymentEventKind } from '../shared/paymentEvent';
import { recentCredentials } from '../shared/recentCredentials';
import { readBytes } from '../shared/requestBody';
import { respondParameter } from '../shared/triggerParameters';
import { NOTIFICATION_TYPES, type NotificationType } from './event';
import { takeIn, type IntakeSettings } from './intake';
import { readCredentials } from './shared/credentials';
import type { SignatureScheme } from './signature';

/**
 * Where a type of notification arrives. A Check is always answered by the workflow: an answer at once would say yes.
 */
function webhookFor(type: NotificationType): IWebhookDescription {
	return {
		name: 'default',
		httpMethod: 'POST',
		isFullPath: true,
		responseData: '',
		// Read from the parameters directly: as expressions they would cost a tenth of the whole request.
		...webhookDescriptionFields({
			path: {
				template: `={{$parameter["path"]}}/${type}`,
				resolve: ({ path }) => `${String(path)}/${type}`,
			},
			responseMode:
				type === 'check'
					? { template: 'responseNode', resolve: () => 'responseNode' }
					: fromParameter('respond'),
		}),
	};
}

export class CloudPaymentsTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'CloudPayments Trigger',
		name: 'cloudPaymentsTrigger',
		icon: { light: 'file:../../icons/cloudpayments.svg', dark: 'file:../../icons/cloudpayments.dark.svg' },
		group: ['trigger'],
		// Not 1: for that version n8n evaluates an expression on every request, to ask for an option of its oldest Webhook node.
		version: 2,
		subtitle: '={{ $parameter["path"] }}',
		description: 'Starts the workflow on a genuine CloudPayments notification',
		defaults: { name: 'CloudPayments Trigger' },
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'cloudPaymentsApi', required: true }],
		webhooks: NOTIFICATION_TYPES.map(webhookFor),
		triggerPanel: {
			header: '',
			executionsHelp: {
				inactive:
					'Paste the test URLs into the notification settings of a test site, press "Listen", and pay with a test card. For live payments, publish the workflow and use the production URLs.',
				active:
					'The workflow runs on every notification sent to a production URL. CloudPayments repeats a notification that was not answered with code 0 up to 100 times; a Check is not repeated, the payment is declined.',
			},
			activationHint: 'Publish the workflow, then paste each production URL into the notification of its type.',
		},
		properties: [
			{
				displayName:
					'Each type of notification has its own address, ending in check, pay, fail, confirm, refund, recurrent or cancel. Paste each into the notification of that type in the settings of the site: POST, UTF-8, format CloudPayments. The CloudPayments node can do it for all types but Check.',
				name: 'notice',
				type: 'notice',
				default: '',
			},
			{
				displayName: 'Path',
				name: 'path',
				type: 'string',
				default: 'cloudpayments',
				required: true,
				placeholder: 'e.g. cloudpayments',
				description: 'What the addresses have in common, before the type. Different for every workflow.',
			},
			{
				displayName: 'Events',
				name: 'events',
				type: 'multiOptions',
				options: [
					{ name: 'Authorized', value: 'authorized', description: 'Money of a two-stage payment is held, not taken' },
					{ name: 'Canceled', value: 'canceled', description: 'Held money released, or a subscription that renews no more' },
					{ name: 'Check', value: 'check', description: 'CloudPayments asks whether it may charge. The workflow must answer.' },
					{ name: 'Failed', value: 'failed', description: 'A charge was refused. The buyer may try again.' },
					{ name: 'Other', value: 'other', description: 'Statuses without a meaning for fulfilment' },
					{ name: 'Paid', value: 'paid', description: 'Money taken for an order' },
					{ name: 'Refunded', value: 'refunded', description: 'Money went back, in full or in part' },
					{ name: 'Renewed', value: 'renewed', description: 'Money taken for a subscription' },
					{ name: 'Subscription Ended', value: 'subscription_ended', description: 'Three charges in a row were refused' },
				],
				default: [
					'authorized',
					'canceled',
					'check',
					'failed',
					'paid',
					'refunded',
					'renewed',
					'subscription_ended',
				],
				required: true,
				description:
					'What starts the workflow. All else that is genuine is answered with code 0 and left; a Check nobody looks at is declined with code 13.',
			},
			respondParameter(
				'CloudPayments repeats the notification until the ledger has it. Needs the Acknowledge Payment node.',
				'An event is lost when n8n stops before the workflow has stored it. A Check waits for the workflow all the same.',
			),
			{
				displayName: 'Options',
				name: 'options',
				type: 'collection',
				placeholder: 'Add Option',
				default: {},
				options: [
					{
						displayName: 'Include Raw Fields',
						name: 'includeRaw',
						type: 'boolean',
						default: true,
						description: 'Whether to put the fields of CloudPayments into "raw", card token included',
					},
					{
						displayName: 'Signature Scheme',
						name: 'scheme',
						type: 'options',
						options: [
							{
								name: 'CloudPayments (Content-HMAC)',
								value: 'cloudpayments',
								description: 'What CloudPayments and TipTop Pay send',
							},
							{
								name: 'Legacy Gateway (X-Signature)',
								value: 'legacy',
								description:
									'Only for a gateway of your own that signs the sorted values. CloudPayments itself never does, and it is weaker.',
							},
						],
						default: 'cloudpayments',
					},
				],
			},
		],
	};

	/** Nothing to register: addresses are set in the cabinet, or by the CloudPayments node, which keeps the old ones. */
	webhookMethods = { default: nothingToRegister };

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		const { path } = this.getRequestObject();
		const type = NOTIFICATION_TYPES.find((name) => path.endsWith(`/${name}`));
		if (!type) {
			return endRequest(this, 404, { error: 'The address does not end in a type of notification' });
		}
		const rawBody = await readBytes(this);
		const headers = this.getHeaderData();
		const intake = takeIn(
			{ type, rawBody, contentType: headers['content-type'], headers, receivedAt: new Date() },
			await readSettings.call(this),
		);
		if ('event' in intake) return { workflowData: [[{ json: { ...intake.event } }]], webhookResponse: { code: 0 } };
		return endRequest(this, intake.answer.status, intake.answer.body);
	}
}

async function readSettings(this: IWebhookFunctions): Promise<IntakeSettings> {
	const { scheme = 'cloudpayments', includeRaw } = this.getNodeParameter('options', {}) as {
		scheme?: SignatureScheme;
		includeRaw?: boolean;
	};
	return {
		secret: await readSecret.call(this),
		scheme,
		kinds: this.getNodeParameter('events', []) as PaymentEventKind[],
		event: { includeRaw },
	};
}

/**
 * A credential that is gone counts as one without a secret: a throw would let strangers fill the list of executions.
 */
async function readSecret(this: IWebhookFunctions): Promise<string> {
	try {
		return readCredentials(await recentCredentials(this, 'cloudPaymentsApi')).apiSecret;
	} catch {
		return '';
	}
}
