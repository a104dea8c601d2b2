import { type Agent, request as httpRequest } from 'node:http';

import { waitUntil } from '../../runtime/processes';
import type { Stack } from '../../runtime/stack';
import type { WorkflowFile } from '../../runtime/workflows';

/** At once, when a burst has no other wish. */
export const CONCURRENCY = 10;
export const BARE_PATH = 'bench/bare';

/** A form as a provider sends it. */
export interface Notification {
	body: string;
	/** Its signature, under the provider's own names. */
	headers: Record<string, string>;
}

/** A workflow of n8n's own Webhook and Respond nodes, with the execution settings of `like`. */
export function bareWorkflow(like: WorkflowFile): WorkflowFile {
	return {
		...like,
		id: 'PfBenchBare00001',
		name: 'Bench: bare webhook',
		nodes: [
			{
				id: '00000000-0000-4000-8000-00000000b001',
				name: 'Webhook',
				type: 'n8n-nodes-base.webhook',
				typeVersion: 2.1,
				parameters: { httpMethod: 'POST', path: BARE_PATH, responseMode: 'responseNode', options: {} },
				...{ position: [0, 0], webhookId: '00000000-0000-4000-8000-00000000b002' },
			},
			{
				id: '00000000-0000-4000-8000-00000000b003',
				name: 'Respond',
				type: 'n8n-nodes-base.respondToWebhook',
				typeVersion: 1.5,
				parameters: { respondWith: 'text', responseBody: 'success', options: {} },
				...{ position: [220, 0] },
			},
		],
		connections: { Webhook: { main: [[{ node: 'Respond', type: 'main', index: 0 }]] } },
	};
}

/** Sends all with so many at once; returns the milliseconds of each. Any answer but 200 ends the measurement. */
export async function sendAll(
	url: string,
	notifications: Notification[],
	agent: Agent,
	concurrency = CONCURRENCY,
): Promise<number[]> {
	const times: number[] = [];
	const queue = [...notifications];
	const worker = async () => {
		for (let next = queue.pop(); next; next = queue.pop()) {
			const started = performance.now();
			const status = await post(url, next, agent);
			if (status !== 200) throw new Error(`${url} answered ${status}`);
			times.push(performance.now() - started);
		}
	};
	await Promise.all(Array.from({ length: concurrency }, worker));
	return times;
}

async function post(url: string, { body, headers }: Notification, agent: Agent): Promise<number | undefined> {
	const contentType = 'application/x-www-form-urlencoded';
	return await new Promise((resolve, reject) => {
		const request = httpRequest(
			url,
			{
				method: 'POST',
				agent,
				headers: { 'content-type': contentType, 'content-length': Buffer.byteLength(body), ...headers },
			},
			(response) => {
				response.resume();
				response.once('end', () => resolve(response.statusCode));
			},
		);
		request.once('error', reject);
		request.end(body);
	});
}

/** Waits until all that was received is done, and everybody is told: the next burst begins on an idle n8n. */
export async function drained(stack: Stack): Promise<void> {
	const open = async () => {
		const [row] = await stack.ledger.query<{ open: string }>(
			`SELECT (SELECT count(*) FROM fulfillment.events WHERE status NOT IN ('done', 'ignored'))
				+ (SELECT count(*) FROM fulfillment.plan_notices WHERE status = 'due') AS open`,
		);
		return Number(row?.open);
	};
	await waitUntil(async () => (await open()) === 0, {
		timeoutMs: 120_000,
		everyMs: 50,
		otherwise: () => 'Not everything that was received is done',
	});
}
