import {
	NodeConnectionTypes,
	type IHookFunctions,
	type INodeType,
	type INodeTypeDescription,
	type IWebhookFunctions,
	type IWebhookResponseData,
} from 'n8n-workflow';

import { pathParameter, respondingWebhook, respondParameter } from '../shared/triggerParameters';
import { checkExists, create, remove } from './shared/hooks';
import { answerWebhook } from './shared/webhook';

export class StripeCheckoutTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Stripe Checkout Trigger',
		name: 'stripeCheckoutTrigger',
		icon: { light: 'file:../../icons/stripe-checkout.svg', dark: 'file:../../icons/stripe-checkout.dark.svg' },
		group: ['trigger'],
		// Not 1: for that version n8n evaluates an expression on every request, to ask for an option of its oldest Webhook node.
		version: 2,
		subtitle: '={{ $parameter["path"] }}',
		description: 'Starts the workflow on a genuine Stripe event about a payment or a subscription',
		defaults: { name: 'Stripe Checkout Trigger' },
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'stripeCheckoutApi', required: true }],
		webhooks: [respondingWebhook()],
		triggerPanel: {
			header: '',
			executionsHelp: {
				inactive:
					'Press "Listen", then pay with a test card. Stripe must be able to reach the test URL. For live payments, publish the workflow: the node then registers the production URL in Stripe by itself, unless Registration is Manual.',
				active:
					'The workflow runs on every chosen event. Stripe repeats a live event that was not answered with 200 for three days.',
			},
			activationHint: 'Publish the workflow: the node then registers its production URL in Stripe.',
		},
		properties: [
			pathParameter('stripe'),
			{
				displayName: 'Registration',
				name: 'registration',
				type: 'options',
				options: [
					{
						name: 'Automatic',
						value: 'automatic',
						description: 'Publishing the workflow registers its address in Stripe, unpublishing removes it',
					},
					{
						name: 'Manual',
						value: 'manual',
						description: 'You add the address in Stripe and put its signing secret into the credential',
					},
				],
				default: 'automatic',
			},
			{
				displayName:
					'In Stripe, open Developers, Webhooks, add the production URL of this node with API version 2026-07-29.dahlia and the events below, and put its signing secret (whsec_…) into the credential.',
				name: 'notice',
				type: 'notice',
				default: '',
				displayOptions: { show: { registration: ['manual'] } },
			},
			{
				displayName: 'Events',
				name: 'events',
				type: 'multiOptions',
				options: [
					{ name: 'Canceled', value: 'canceled', description: 'Renewal of a subscription switched off' },
					{ name: 'Dispute Won', value: 'dispute_won', description: 'The money of a dispute stays with you' },
					{ name: 'Disputed', value: 'disputed', description: 'The bank of the buyer took the money back for now' },
					{ name: 'Expired', value: 'expired', description: 'A session ran out unpaid' },
					{ name: 'Failed', value: 'failed', description: 'A delayed payment, or the charge of a subscription, refused' },
					{ name: 'Other', value: 'other', description: 'Events without a meaning for fulfilment, such as an inquiry' },
					{ name: 'Paid', value: 'paid', description: 'The money of a session is there, or none was due' },
					{ name: 'Refunded', value: 'refunded', description: 'Money went back, in full or in part, or a dispute was lost' },
					{ name: 'Renewed', value: 'renewed', description: 'Later payment of a subscription' },
					{ name: 'Subscription Ended', value: 'subscription_ended', description: 'Access ends now' },
					{ name: 'Subscription Resumed', value: 'subscription_resumed', description: 'Renewal switched on again' },
				],
				default: [
					'canceled', 'dispute_won', 'disputed', 'expired', 'failed', 'paid', 'refunded', 'renewed',
					'subscription_ended', 'subscription_resumed',
				],
				required: true,
				description: 'What starts the workflow. All else that is genuine is answered with 200 and left.',
			},
			respondParameter('Stripe repeats the event until the ledger has it. Needs the Acknowledge Payment node.'),
			{
				displayName: 'Options',
				name: 'options',
				type: 'collection',
				placeholder: 'Add Option',
				default: {},
				options: [
					{
						displayName: 'Include Raw Event',
						name: 'includeRaw',
						type: 'boolean',
						default: true,
						description: 'Whether to put the event of Stripe into "raw"',
					},
					{
						displayName: 'Order Number Key',
						name: 'orderKey',
						type: 'string',
						default: 'order_ref',
						description: 'Metadata key of the order number. Without it, the client reference ID of the session is taken.',
					},
					{
						displayName: 'Signature Tolerance (Seconds)',
						name: 'toleranceSeconds',
						type: 'number',
						typeOptions: { minValue: 1, numberPrecision: 0 },
						default: 300,
						description: 'How old a signature may be. Stripe signs every repetition anew.',
					},
					{
						displayName: 'Telegram ID Key',
						name: 'telegramKey',
						type: 'string',
						default: 'tg_id',
						description: 'Metadata key of the buyer\'s number in Telegram',
					},
				],
			},
		],
	};

	webhookMethods = {
		default: {
			async checkExists(this: IHookFunctions): Promise<boolean> {
				return await checkExists.call(this);
			},
			async create(this: IHookFunctions): Promise<boolean> {
				return await create.call(this);
			},
			async delete(this: IHookFunctions): Promise<boolean> {
				return await remove.call(this);
			},
		},
	};

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		return await answerWebhook.call(this);
	}
}
