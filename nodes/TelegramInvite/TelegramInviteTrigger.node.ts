import {
	fromParameter,
	NodeConnectionTypes,
	webhookDescriptionFields,
	type IHookFunctions,
	type INodeType,
	type INodeTypeDescription,
	type IWebhookFunctions,
	type IWebhookResponseData,
} from 'n8n-workflow';

import { endRequest } from '../shared/endRequest';
import { recentCredentials } from '../shared/recentCredentials';
import { bodySize } from '../shared/requestBody';
import { pathParameter } from '../shared/triggerParameters';
import { takeIn, type IntakeSettings } from './intake';
import { Bot } from './shared/bot';
import { readCredentials, testBotToken } from './shared/credentials';
import { toNodeError } from './shared/nodeError';
import { isRegistered, register, unregister } from './shared/registration';
import type { EventChoice } from './updateKinds';
import { webhookSecret, type WebhookOwner } from './webhookSecret';

const REGISTRATION_WAIT_MS = 30_000;

export class TelegramInviteTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Telegram Invite Trigger',
		name: 'telegramInviteTrigger',
		icon: { light: 'file:../../icons/telegram-invite.svg', dark: 'file:../../icons/telegram-invite.dark.svg' },
		group: ['trigger'],
		// Not 1: for that version n8n evaluates an expression on every request, for an option of its oldest Webhook node.
		version: 2,
		subtitle: '={{ $parameter["events"].join(", ") }}',
		description: 'Starts the workflow when people write to a bot, press its buttons, ask to join, come or leave',
		defaults: { name: 'Telegram Invite Trigger' },
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'telegramInviteApi', required: true, testedBy: 'telegramInviteTokenTest' }],
		webhooks: [
			{
				name: 'default',
				httpMethod: 'POST',
				isFullPath: true,
				// Telegram gets its 200 when the workflow has come to its end; it delivers a failed or killed run again.
				responseMode: 'lastNode',
				responseData: 'noData',
				// Read from the parameters directly: as an expression it would cost a tenth of the whole request.
				...webhookDescriptionFields({ path: fromParameter('path') }),
			},
		],
		triggerPanel: {
			header: '',
			executionsHelp: {
				inactive:
					'Press "Listen", then write to the bot. <b>While you listen, and after it until you publish the workflow again, the published workflow gets nothing</b>: a bot delivers to one address only. Use a second bot to try things out.',
				active:
					'The workflow runs on every chosen event. Telegram delivers it again, for up to 24 hours, until the workflow has run to its end without an error.',
			},
			activationHint: 'Publish the workflow: the node then tells Telegram where to deliver, by itself.',
		},
		properties: [
			{
				displayName:
					'A bot delivers to one address only. Another trigger for the same bot, of this or any other kind, takes the events away from this one.',
				name: 'notice',
				type: 'notice',
				default: '',
			},
			pathParameter('telegram-invite'),
			{
				displayName: 'Events',
				name: 'events',
				type: 'multiOptions',
				options: [
					{
						name: 'Bot Blocked or Unblocked',
						value: 'botBlocked',
						description: 'Somebody no longer wants to hear from the bot, or wants to again',
					},
					{ name: 'Button', value: 'button', description: 'Somebody presses a button that has press data' },
					{ name: 'Command', value: 'command', description: 'Somebody writes /start, /pay or the like to the bot' },
					{
						name: 'Join Request',
						value: 'joinRequest',
						description: 'Somebody asks to join. The bot needs the right to invite users.',
					},
					{
						name: 'Member Change',
						value: 'memberChange',
						description: 'Somebody joins or leaves. The bot must be an administrator.',
					},
					{ name: 'Message', value: 'message', description: 'Somebody writes anything else to the bot' },
				],
				default: ['botBlocked', 'button', 'command', 'joinRequest', 'memberChange'],
				required: true,
				description: 'What starts the workflow. In groups, commands and messages are left.',
			},
			{
				displayName: 'Options',
				name: 'options',
				type: 'collection',
				placeholder: 'Add Option',
				default: {},
				options: [
					{
						displayName: 'Chat IDs',
						name: 'chatIds',
						type: 'string',
						default: '',
						placeholder: 'e.g. -1001234567890, -1009876543210',
						description: 'Join requests and member changes of other chats are left. Empty for all chats.',
					},
					{
						displayName: 'Drop Pending Updates',
						name: 'dropPending',
						type: 'boolean',
						default: false,
						description: 'Whether to throw away what has piled up at Telegram when the workflow is published',
					},
					{
						displayName: 'Include Raw Update',
						name: 'includeRaw',
						type: 'boolean',
						default: false,
						description: 'Whether to put the update of Telegram into "raw"',
					},
				],
			},
		],
	};

	methods = {
		credentialTest: { telegramInviteTokenTest: testBotToken },
	};

	webhookMethods = {
		default: {
			async checkExists(this: IHookFunctions): Promise<boolean> {
				return await withBot(this, async (bot, url) => await isRegistered(bot, url, readEvents.call(this)));
			},
			async create(this: IHookFunctions): Promise<boolean> {
				return await withBot(this, async (bot, url, botToken) => {
					const { dropPending = false } = this.getNodeParameter('options', {}) as { dropPending?: boolean };
					const secret = webhookSecret(botToken, ownerOf.call(this));
					await register(bot, { url, secret, events: readEvents.call(this), dropPending });
					return true;
				});
			},
			async delete(this: IHookFunctions): Promise<boolean> {
				try {
					return await withBot(this, async (bot, url) => {
						await unregister(bot, url);
						return true;
					});
				} catch (error) {
					// A revoked token must not keep anybody from switching the workflow off.
					this.logger.warn(`Telegram goes on delivering: ${(error as Error).message}`);
					return false;
				}
			},
		},
	};

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		const intake = takeIn(
			{
				body: this.getBodyData(),
				secret: this.getHeaderData()['x-telegram-bot-api-secret-token'],
				bodyBytes: bodySize(this),
			},
			await readSettings.call(this),
		);
		if ('event' in intake) return { workflowData: [[{ json: { ...intake.event } }]] };
		const { status, message } = intake;
		return endRequest(this, status, status === 200 ? message : { error: message });
	}
}

async function withBot<T>(
	context: IHookFunctions,
	work: (bot: Bot, url: string, botToken: string) => Promise<T>,
): Promise<T> {
	try {
		const credentials = readCredentials(await context.getCredentials('telegramInviteApi'));
		const url = context.getNodeWebhookUrl('default') ?? '';
		return await work(new Bot(context, credentials, REGISTRATION_WAIT_MS), url, credentials.botToken);
	} catch (error) {
		throw toNodeError(context.getNode(), error);
	}
}

async function readSettings(this: IWebhookFunctions): Promise<IntakeSettings> {
	const { chatIds = '', includeRaw = false } = this.getNodeParameter('options', {}) as {
		chatIds?: string;
		includeRaw?: boolean;
	};
	return {
		secret: await readSecret.call(this),
		events: readEvents.call(this),
		chatIds: String(chatIds)
			.split(',')
			.map((id) => id.trim())
			.filter(Boolean),
		includeRaw,
	};
}

/** A credential that is gone counts as one without a token: a throw would let strangers fill the executions list. */
async function readSecret(this: IWebhookFunctions): Promise<string | null> {
	try {
		const { botToken } = readCredentials(await recentCredentials(this, 'telegramInviteApi'));
		return webhookSecret(botToken, ownerOf.call(this));
	} catch {
		return null;
	}
}

function readEvents(this: IHookFunctions | IWebhookFunctions): EventChoice[] {
	return this.getNodeParameter('events', []) as EventChoice[];
}

/** n8n registers and runs the test listener of the editor in the mode "manual". */
function ownerOf(this: IHookFunctions | IWebhookFunctions): WebhookOwner {
	return {
		workflowId: String(this.getWorkflow().id),
		nodeId: this.getNode().id,
		isTest: this.getMode() === 'manual',
	};
}
