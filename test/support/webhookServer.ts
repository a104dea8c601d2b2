import { createServer, type IncomingMessage } from 'node:http';
import { parse as parseQuerystring } from 'node:querystring';
import type { AddressInfo } from 'node:net';
import express, { type Request, type Response } from 'express';
import type { INodeExecutionData, IWebhookResponseData } from 'n8n-workflow';

import { webhookContext, type NodeSetup } from './nodeContext';

export interface WebhookServer {
	url: string;
	/** The items of every execution that was started. */
	executions: INodeExecutionData[][];
	/** What webhook() threw; n8n would store a failed execution for each. */
	thrown: unknown[];
	close: () => Promise<void>;
}

/**
 * Puts a trigger's `webhook()` behind a real HTTP server that reads bodies and treats the result as n8n does at
 * typeVersion 1. In response mode `responseNode` the workflow is taken to answer 200 `acknowledged`.
 */
export async function serveWebhook(
	setup: NodeSetup & { respond?: 'responseNode' | 'onReceived' },
): Promise<WebhookServer> {
	const executions: INodeExecutionData[][] = [];
	const thrown: unknown[] = [];
	const app = express();
	app.use(async (request: Request, response: Response) => {
		if (!(await readBody(request))) {
			response.status(422).send('Failed to parse request body');
			return;
		}
		const result: IWebhookResponseData = await setup.node
			.webhook!.call(webhookContext({ ...setup, request, response }))
			.catch((error: unknown) => {
				thrown.push(error);
				response.status(500).send('Workflow could not be started!');
				return { noWebhookResponse: true };
			});
		const [items] = result.workflowData ?? [];
		if (items) executions.push(items);
		if (result.noWebhookResponse) return;
		response.status(200).send(items && setup.respond !== 'onReceived' ? 'acknowledged' : result.webhookResponse);
	});
	const server = createServer(app);
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
		executions,
		thrown,
		close: () => new Promise((resolve, reject) => server.close((error) => (error ? reject(error) : resolve()))),
	};
}

/** n8n's body rules: flat form keys, `{data, files}` without raw bytes for multipart, no body for unknown types. */
async function readBody(request: Request): Promise<boolean> {
	const raw = await readBytes(request);
	const type = request.headers['content-type'] ?? '';
	if (type.startsWith('multipart/form-data')) {
		request.body = { data: await readMultipart(raw, type), files: {} };
		return true;
	}
	Object.assign(request, { rawBody: raw });
	if (type.startsWith('application/x-www-form-urlencoded')) {
		request.body = parseQuerystring(raw.toString('utf8'), undefined, undefined, { maxKeys: 1000 });
	} else if (type.startsWith('application/json') && raw.length > 0) {
		try {
			request.body = JSON.parse(raw.toString('utf8'));
		} catch {
			return false;
		}
	} else {
		request.body = type.startsWith('text/plain') ? raw.toString('utf8') : undefined;
	}
	return true;
}

async function readBytes(stream: IncomingMessage): Promise<Buffer> {
	const chunks: Buffer[] = [];
	for await (const chunk of stream) chunks.push(chunk as Buffer);
	return Buffer.concat(chunks);
}

async function readMultipart(raw: Buffer, contentType: string): Promise<Record<string, unknown>> {
	const form = await new globalThis.Response(new Uint8Array(raw), {
		headers: { 'content-type': contentType },
	}).formData();
	const names = [...new Set(form.keys())];
	return Object.fromEntries(
		names.map((name) => {
			const values = form.getAll(name);
			return [name, values.length > 1 ? values : values[0]];
		}),
	);
}
