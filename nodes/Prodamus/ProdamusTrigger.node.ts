import {
	NodeConnectionTypes,
	type INodeType,
	type INodeTypeDescription,
	type IWebhookFunctions,
	type IWebhookResponseData,
} from 'n8n-workflow';

import { endRequest } from '../shared/endRequest';
import { nothingToRegister } from '../shared/nothingToRegister';
import type { PaymentEventKind } from '../shared/paymentEvent';
import { recentCredentials } from '../shared/recentCredentials';
import { bodySize } from '../shared/requestBody';
import { pathParameter, respondingWebhook, respondParameter } from '../shared/triggerParameters';
import type { EventOptions } from './event';
import { takeIn, type IntakeSettings } from './intake';
import { readCredentials, testCredentialFormat } from './shared/credentials';

export class ProdamusTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Prodamus Trigger',
		name: 'prodamusTrigger',
		icon: { light: 'file:../../icons/prodamus.svg', dark: 'file:../../icons/prodamus.dark.svg' },
		group: ['trigger'],
		// Not 1: for that version n8n evaluates an expression on every request, to ask for an option of its oldest Webhook node.
		version: 2,
		subtitle: '={{ $parameter["path"] }}',
		description: 'Starts the workflow on a genuine Prodamus notification',
		defaults: { name: 'Prodamus Trigger' },
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'prodamusApi', required: true, testedBy: 'prodamusFormatTest' }],
		webhooks: [respondingWebhook()],
		triggerPanel: {
			header: '',
			executionsHelp: {
				inactive:
					'Paste the test URL into the settings of a Prodamus page in demo mode, press "Listen", and pay in demo mode. For live payments, publish the workflow and paste the production URL into both URL fields of the page.',
				active:
					'The workflow runs on every notification sent to the production URL. Prodamus repeats a notification that was not answered with 200 for about 68 hours.',
			},
			activationHint: 'Publish the workflow, then paste the production URL into both URL fields of the payment page.',
		},
		properties: [
			{
				displayName:
					'In Prodamus, paste the production URL of this node into Settings, "URL-адреса для уведомлений", and once more into Settings, Subscriptions: renewals and cancellations go to that second field only.',
				name: 'notice',
				type: 'notice',
				default: '',
			},
			pathParameter('prodamus'),
			{
				displayName: 'Events',
				name: 'events',
				type: 'multiOptions',
				options: [
					{ name: 'Canceled', value: 'canceled', description: 'Order called off, or renewal switched off' },
					{ name: 'Failed', value: 'failed', description: 'Instalments refused, or a renewal not charged' },
					{ name: 'Other', value: 'other', description: 'Reminders and statuses without a meaning for fulfilment' },
					{ name: 'Paid', value: 'paid', description: 'First payment of an order or a subscription' },
					{ name: 'Renewed', value: 'renewed', description: 'Later payment of a subscription' },
					{ name: 'Subscription Ended', value: 'subscription_ended', description: 'Access ends now' },
					{ name: 'Subscription Resumed', value: 'subscription_resumed', description: 'Renewal switched on again' },
				],
				default: ['canceled', 'failed', 'paid', 'renewed', 'subscription_ended', 'subscription_resumed'],
				required: true,
				description: 'What starts the workflow. All else that is genuine is answered with 200 and left.',
			},
			respondParameter('Prodamus repeats the notification until the ledger has it. Needs the Acknowledge Payment node.'),
			{
				displayName: 'Options',
				name: 'options',
				type: 'collection',
				placeholder: 'Add Option',
				default: {},
				options: [
					{
						displayName: 'Customer Note as Order Number',
						name: 'orderFromCustomerExtra',
						type: 'boolean',
						default: false,
						description:
							'Whether to take the customer note as the order number when there is no other. Buyers can edit the note.',
					},
					{
						displayName: 'Include Raw Fields',
						name: 'includeRaw',
						type: 'boolean',
						default: true,
						description: 'Whether to put the fields of Prodamus into "raw"',
					},
					{
						displayName: 'Order Number Parameter',
						name: 'orderParam',
						type: 'string',
						default: '',
						placeholder: 'e.g. order',
						description: 'Custom parameter of the link that holds the order number when order_num is empty; without _param_',
					},
					{
						displayName: 'Subscription Demo Flag Means Test',
						name: 'subscriptionDemoIsTest',
						type: 'boolean',
						default: true,
						description:
							'Whether a subscription marked "demo" counts as a test payment. Switch off only if your page marks trial periods so.',
					},
				],
			},
		],
	};

	methods = {
		credentialTest: { prodamusFormatTest: testCredentialFormat },
	};

	/** Nothing to register: the address is pasted into the payment page by hand, and Prodamus cannot be asked about it. */
	webhookMethods = { default: nothingToRegister };

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		const intake = takeIn(
			{
				body: this.getBodyData(),
				signature: this.getHeaderData().sign,
				bodyBytes: bodySize(this),
			},
			await readSettings.call(this),
		);
		if ('event' in intake) return { workflowData: [[{ json: intake.event }]], webhookResponse: 'success' };
		const { status, message } = intake;
		return endRequest(this, status, status === 200 ? message : { error: message });
	}
}

async function readSettings(this: IWebhookFunctions): Promise<IntakeSettings> {
	return {
		secrets: await readSecrets.call(this),
		kinds: this.getNodeParameter('events', []) as PaymentEventKind[],
		event: this.getNodeParameter('options', {}) as EventOptions,
	};
}

/** A credential that is gone counts as one without a key: a throw would let strangers fill the list of executions. */
async function readSecrets(this: IWebhookFunctions): Promise<string[]> {
	try {
		const { webhookSecret, secretKey } = readCredentials(await recentCredentials(this, 'prodamusApi'));
		return [webhookSecret, secretKey];
	} catch {
		return [];
	}
}
