import {
	fromParameter,
	NodeConnectionTypes,
	webhookDescriptionFields,
	type INodeType,
	type INodeTypeDescription,
	type IWebhookFunctions,
	type IWebhookResponseData,
} from 'n8n-workflow';

import { endRequest } from '../shared/endRequest';
import { nothingToRegister } from '../shared/nothingToRegister';
import type { PaymentEventKind } from '../shared/paymentEvent';
import { recentCredentials } from '../shared/recentCredentials';
import { readBytes } from '../shared/requestBody';
import { pathParameter, respondingWebhook, respondParameter } from '../shared/triggerParameters';
import { readCredentials, testCredentialFormat, type PlatformCredentials } from './credentials';
import { takeIn, type IntakeSettings } from './intake';

interface Options {
	acceptLegacySecret?: boolean;
	includeRaw?: boolean;
	paidStatuses?: string;
	refundedStatuses?: string;
}

export class PlatformPaymentTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Platform Payment Trigger',
		name: 'platformPaymentTrigger',
		icon: { light: 'file:../../icons/platform-payment.svg', dark: 'file:../../icons/platform-payment.dark.svg' },
		group: ['trigger'],
		// Not 1: for that version n8n evaluates an expression on every request, to ask for an option of its oldest Webhook node.
		version: 2,
		subtitle: '={{ $parameter["path"] }}',
		description: 'Starts the workflow on a signed payment notification of a course platform',
		defaults: { name: 'Platform Payment Trigger' },
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'platformPaymentApi', required: true, testedBy: 'platformPaymentFormatTest' }],
		webhooks: [
			respondingWebhook(),
			{
				// The second of the two names n8n has; it tells the requests apart.
				name: 'setup',
				httpMethod: 'GET',
				isFullPath: true,
				responseMode: 'onReceived',
				...webhookDescriptionFields({ path: fromParameter('healthPath') }),
			},
		],
		triggerPanel: {
			header: '',
			executionsHelp: {
				inactive:
					'Press "Listen" and send a test payment from the platform to the test URL. For live payments, publish the workflow and give the production URL to the platform.',
				active:
					'The workflow runs on every payment notification sent to the production URL. The GET address only tells whether the workflow is reachable.',
			},
			activationHint: 'Publish the workflow, then enter the production URL (POST) in the settings of the platform.',
		},
		properties: [
			{
				displayName:
					'The platform sends a JSON body with "course_order" and, in the header X-Signature, the HMAC-SHA256 of that body. The paid sum is the sum of the costs of its items, never its "amount".',
				name: 'notice',
				type: 'notice',
				default: '',
			},
			pathParameter('platform/payment'),
			{
				displayName: 'Health Path',
				name: 'healthPath',
				type: 'string',
				default: 'platform/health',
				required: true,
				placeholder: 'e.g. platform/health',
				description:
					'End of the address that answers a GET with {"status":"ok"} while the workflow is published. Different for every workflow.',
			},
			{
				displayName: 'Events',
				name: 'events',
				type: 'multiOptions',
				options: [
					{ name: 'Other', value: 'other', description: 'Any other status, such as created or pending' },
					{ name: 'Paid', value: 'paid', description: 'The money has come' },
					{ name: 'Refunded', value: 'refunded', description: 'The money went back' },
				],
				default: ['paid', 'refunded'],
				required: true,
				description: 'What starts the workflow. All else that is genuine is answered with 202 and left.',
			},
			respondParameter('The platform learns what became of the payment. Needs the Acknowledge Payment node.'),
			{
				displayName: 'Options',
				name: 'options',
				type: 'collection',
				placeholder: 'Add Option',
				default: {},
				options: [
					{
						displayName: 'Accept Legacy Secret',
						name: 'acceptLegacySecret',
						type: 'boolean',
						default: false,
						description:
							'Whether a request without X-Signature is genuine when X-Webhook-Secret holds the legacy secret. It proves nothing about the body: only until the platform signs.',
					},
					{
						displayName: 'Include Raw Fields',
						name: 'includeRaw',
						type: 'boolean',
						default: true,
						description:
							'Whether to put the checked body into "raw". The CRM needs it for subjects, method and promo code.',
					},
					{
						displayName: 'Paid Statuses',
						name: 'paidStatuses',
						type: 'string',
						default: 'success, paid, completed',
						placeholder: 'e.g. success, paid',
						description: 'Words of the status that mean the money has come, separated by commas',
					},
					{
						displayName: 'Refunded Statuses',
						name: 'refundedStatuses',
						type: 'string',
						default: 'refund, refunded',
						placeholder: 'e.g. refunded',
						description: 'Words of the status that mean the money went back, separated by commas',
					},
				],
			},
		],
	};

	methods = {
		credentialTest: { platformPaymentFormatTest: testCredentialFormat },
	};

	/** Nothing to register: the address is entered at the platform by hand. */
	webhookMethods = { default: nothingToRegister };

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		if (this.getWebhookName() === 'setup') return { webhookResponse: { status: 'ok' } };
		const request = { rawBody: await readBytes(this), headers: this.getHeaderData() };
		const intake = takeIn(request, await readSettings.call(this));
		if ('event' in intake) return { workflowData: [[{ json: intake.event }]], webhookResponse: { status: 'received' } };
		return endRequest(this, intake.answer.status, intake.answer.body);
	}
}

async function readSettings(this: IWebhookFunctions): Promise<IntakeSettings> {
	const { acceptLegacySecret, includeRaw, paidStatuses, refundedStatuses } = this.getNodeParameter(
		'options',
		{},
	) as Options;
	const { secret, legacySecret } = await readSecrets.call(this);
	return {
		secret,
		...(acceptLegacySecret === true ? { legacySecret } : {}),
		kinds: this.getNodeParameter('events', []) as PaymentEventKind[],
		event: { includeRaw, paidStatuses: paidStatuses?.split(','), refundedStatuses: refundedStatuses?.split(',') },
	};
}

/**
 * A credential that is gone counts as one without a secret: a throw would let strangers fill the list of executions.
 */
async function readSecrets(this: IWebhookFunctions): Promise<PlatformCredentials> {
	try {
		return readCredentials(await recentCredentials(this, 'platformPaymentApi'));
	} catch {
		return readCredentials({});
	}
}
