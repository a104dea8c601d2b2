import type { IDataObject, IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';

import { endRequest } from '../../shared/endRequest';
import { recentCredentials } from '../../shared/recentCredentials';
import { bodySize } from '../../shared/requestBody';
import { coalesce } from '../coalescer';
import { takeIn, type Notice, type RecordEvent } from '../intake';
import { YClientsClient } from './client';
import { readCredentials, type YClientsCredentials } from './credentials';
import type { PolicyParameters } from './fields';
import { ownerOf, secretOf } from './secret';
import { verifyNotice } from './verifyNotice';

const DEFAULT_WAIT_SECONDS = 2;
const MAX_WAIT_SECONDS = 30;

interface Options extends PolicyParameters {
	includeRaw?: boolean;
	waitSeconds?: number;
}

/**
 * Takes a notification in. It is answered at once, and then looked up: how long YCLIENTS waits for an answer is not
 * known, and a notification that gets lost is made up for by the next synchronisation (providers/yclients.md §4).
 * Never throws.
 */
export async function answerWebhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
	const receivedAt = new Date().toISOString();
	const credentials = await readCredentialsOrNone.call(this);
	const intake = takeIn(
		{
			body: this.getBodyData(),
			secret: (this.getQueryData() as IDataObject).secret,
			bodyBytes: bodySize(this),
		},
		{
			secret: credentials && secretOf.call(this, credentials),
			companyId: credentials?.companyId ?? '',
			events: this.getNodeParameter('events', []) as RecordEvent[],
		},
	);
	if ('status' in intake) {
		const { status, message } = intake;
		return endRequest(this, status, status === 200 ? { message } : { error: message });
	}
	this.getResponseObject().status(200).json({ message: 'received' });
	const { waitSeconds = DEFAULT_WAIT_SECONDS, ...options } = this.getNodeParameter('options', {}) as Options;
	const notices = await takeAlong.call(this, intake.notices, waitSeconds);
	if (notices.length === 0 || !credentials) return { noWebhookResponse: true };
	const client = new YClientsClient(this, credentials);
	const { includeRaw = true, ...reading } = options;
	const parameters = { ...reading, timeZone: this.getNodeParameter('timeZone', '') };
	const verify = { parameters, includeRaw, receivedAt };
	const items = await Promise.all(notices.map(async (notice) => await verifyNotice(client, notice, verify)));
	return { workflowData: [items.map((json) => ({ json: json as unknown as IDataObject }))], noWebhookResponse: true };
}

async function takeAlong(
	this: IWebhookFunctions,
	notices: readonly Notice[],
	waitSeconds: unknown,
): Promise<Notice[]> {
	const seconds = Math.min(Math.max(Number(waitSeconds) || 0, 0), MAX_WAIT_SECONDS);
	const { workflowId, nodeId, isTest } = ownerOf.call(this);
	const owner = `${workflowId} ${nodeId} ${isTest}`;
	const taken = await Promise.all(notices.map(async (notice) => await coalesce(owner, notice, seconds * 1000)));
	return taken.filter((notice) => notice !== null);
}

/**
 * A credential that is gone or unreadable counts as none: a throw would let strangers fill the list of executions.
 */
async function readCredentialsOrNone(this: IWebhookFunctions): Promise<YClientsCredentials | null> {
	try {
		return readCredentials(await recentCredentials(this, 'yClientsApi'));
	} catch {
		return null;
	}
}
