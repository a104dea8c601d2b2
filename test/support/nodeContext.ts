import {
	NodeHelpers,
	type ICredentialDataDecryptedObject,
	type IExecuteFunctions,
	type IN8nHttpFullResponse,
	type INode,
	type INodeExecutionData,
	type INodeParameters,
	type INodeType,
	type IWebhookFunctions,
	type WebhookType,
} from 'n8n-workflow';
import type { Request, Response } from 'express';
import { getRequestHelperFunctions } from 'n8n-core/dist/execution-engine/node-execution-context/utils/request-helpers';

/** What a test says about the node it runs; everything else has the default of the node's description. */
export interface NodeSetup {
	node: INodeType;
	/** For all items, or one set per item. */
	parameters?: INodeParameters | INodeParameters[];
	/** By credential type. A type that is not here does not exist, as when nobody has chosen a credential. */
	credentials?: Readonly<Record<string, ICredentialDataDecryptedObject>>;
}

export interface ExecuteSetup extends NodeSetup {
	/** One empty item by default. */
	items?: INodeExecutionData[];
	continueOnFail?: boolean;
}

export type ExecuteContext = IExecuteFunctions & { sentResponses: IN8nHttpFullResponse[] };

/** An execute context with n8n's own HTTP helper and parameter defaults; what a node of ours calls and no more. */
export function executeContext(setup: ExecuteSetup): ExecuteContext {
	const node = nodeOf(setup.node);
	const sentResponses: IN8nHttpFullResponse[] = [];
	const context = {
		sentResponses,
		getNode: () => node,
		getInputData: () => setup.items ?? [{ json: {} }],
		getNodeParameter: (name: string, itemIndex: number, fallback?: unknown) =>
			readParameter(setup, itemIndex, name, fallback),
		getCredentials: async (type: string) => readCredential(setup, type),
		continueOnFail: () => setup.continueOnFail === true,
		sendResponse: (response: IN8nHttpFullResponse) => sentResponses.push(response),
		helpers: { httpRequest: httpHelper(node) },
	};
	return context as unknown as ExecuteContext;
}

/** Runs a node's `execute` and returns its outputs. */
export async function runNode(setup: ExecuteSetup): Promise<INodeExecutionData[][]> {
	const { execute } = setup.node;
	if (!execute) throw new Error('The node has no execute()');
	return (await execute.call(executeContext(setup))) as INodeExecutionData[][];
}

export interface WebhookSetup extends NodeSetup {
	request: Request;
	response: Response;
	webhookName?: WebhookType;
}

/** A webhook context around a real request and response. */
export function webhookContext(setup: WebhookSetup): IWebhookFunctions {
	const node = nodeOf(setup.node);
	const { request, response } = setup;
	const context = {
		getNode: () => node,
		getMode: () => 'webhook',
		getWebhookName: () => setup.webhookName ?? 'default',
		getRequestObject: () => request,
		getResponseObject: () => response,
		getBodyData: () => request.body as unknown,
		getHeaderData: () => request.headers,
		getQueryData: () => request.query,
		getParamsData: () => request.params,
		getNodeParameter: (name: string, fallback?: unknown) => readParameter(setup, 0, name, fallback),
		getCredentials: async (type: string) => readCredential(setup, type),
		helpers: { httpRequest: httpHelper(node) },
	};
	return context as unknown as IWebhookFunctions;
}

function nodeOf({ description }: INodeType): INode {
	const version = Array.isArray(description.version) ? Math.max(...description.version) : description.version;
	return {
		id: 'node',
		name: description.displayName,
		type: description.name,
		typeVersion: version,
		position: [0, 0],
		parameters: {},
	};
}

function readParameter(setup: NodeSetup, itemIndex: number, path: string, fallback: unknown): unknown {
	const given = Array.isArray(setup.parameters) ? setup.parameters[itemIndex] : setup.parameters;
	const { description } = setup.node;
	const all = NodeHelpers.getNodeParameters(
		description.properties,
		given ?? {},
		true,
		false,
		nodeOf(setup.node),
		description,
	);
	let value: unknown = all;
	for (const key of path.split('.')) value = (value as Record<string, unknown> | undefined)?.[key];
	if (value !== undefined) return value;
	if (fallback !== undefined) return fallback;
	throw new Error(`Could not get parameter "${path}"`);
}

function readCredential({ credentials }: NodeSetup, type: string): ICredentialDataDecryptedObject {
	const credential = credentials?.[type];
	if (!credential) throw new Error(`Node does not have any credentials set for "${type}"`);
	return credential;
}

function httpHelper(node: INode): IExecuteFunctions['helpers']['httpRequest'] {
	// The helper needs neither a workflow nor additional data for a plain request.
	type Arguments = Parameters<typeof getRequestHelperFunctions>;
	return getRequestHelperFunctions({} as Arguments[0], node, {} as Arguments[2]).httpRequest;
}
