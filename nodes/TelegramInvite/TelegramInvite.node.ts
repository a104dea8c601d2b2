import {
	NodeConnectionTypes,
	type IDataObject,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';

import { chosenOperation, type Operations } from '../shared/chosenOperation';
import { runItems, type ItemWork } from '../shared/runItems';
import * as botResource from './resources/bot';
import * as inviteLink from './resources/inviteLink';
import * as joinRequest from './resources/joinRequest';
import * as member from './resources/member';
import * as message from './resources/message';
import { Bot } from './shared/bot';
import { readCredentials, testBotToken } from './shared/credentials';
import { toNodeError } from './shared/nodeError';

type Operation = (this: IExecuteFunctions, itemIndex: number, bot: Bot) => Promise<IDataObject>;

const OPERATIONS: Operations<Operation> = {
	bot: botResource.operations,
	inviteLink: inviteLink.operations,
	joinRequest: joinRequest.operations,
	member: member.operations,
	message: message.operations,
};

const DEFAULT_MAX_WAIT_SECONDS = 60;

export class TelegramInvite implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Telegram Invite',
		name: 'telegramInvite',
		icon: { light: 'file:../../icons/telegram-invite.svg', dark: 'file:../../icons/telegram-invite.dark.svg' },
		group: ['output'],
		version: 1,
		subtitle: '={{ $parameter["operation"] + ": " + $parameter["resource"] }}',
		description: 'Let paying people into Telegram channels and groups, take them out again, and write to them',
		defaults: { name: 'Telegram Invite' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'telegramInviteApi', required: true, testedBy: 'telegramInviteTokenTest' }],
		properties: [
			{
				displayName: 'Resource',
				name: 'resource',
				type: 'options',
				noDataExpression: true,
				options: [
					{ name: 'Bot', value: 'bot' },
					{ name: 'Invite Link', value: 'inviteLink' },
					{ name: 'Join Request', value: 'joinRequest' },
					{ name: 'Member', value: 'member' },
					{ name: 'Message', value: 'message' },
				],
				default: 'inviteLink',
			},
			...botResource.description,
			...inviteLink.description,
			...joinRequest.description,
			...member.description,
			...message.description,
		],
	};

	methods = {
		credentialTest: { telegramInviteTokenTest: testBotToken },
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const work: ItemWork = async (itemIndex) => {
			try {
				return await runItem.call(this, itemIndex);
			} catch (error) {
				// Here already: what a node that goes on puts out has to be in these words, too.
				throw toNodeError(this.getNode(), error, itemIndex);
			}
		};
		return [await runItems(this, work)];
	}
}

async function runItem(this: IExecuteFunctions, itemIndex: number): Promise<IDataObject> {
	const run = chosenOperation(this, OPERATIONS, itemIndex);
	const { includeInput = false, maxWaitSeconds = DEFAULT_MAX_WAIT_SECONDS } = this.getNodeParameter(
		'options',
		itemIndex,
		{},
	) as { includeInput?: boolean; maxWaitSeconds?: number };
	const credentials = readCredentials(await this.getCredentials('telegramInviteApi', itemIndex));
	const bot = new Bot(this, credentials, maxWaitSeconds * 1000);
	const result = await run.call(this, itemIndex, bot);
	// Ops have to put the new id wherever the old one is written.
	if (bot.migratedToChatId !== null) result.migratedToChatId = bot.migratedToChatId;
	return includeInput ? { ...this.getInputData()[itemIndex]?.json, telegram: result } : result;
}
