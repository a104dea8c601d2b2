import { getRequestHelperFunctions } from 'n8n-core/dist/execution-engine/node-execution-context/utils/request-helpers';
import type {
	ICredentialDataDecryptedObject,
	IExecuteFunctions,
	IHttpRequestOptions,
	ILoadOptionsFunctions,
	INode,
	INodeExecutionData,
} from 'n8n-workflow';

import { AmoCrmApi } from '../../../credentials/AmoCrmApi.credentials';
import { AmoCrm } from '../../../nodes/AmoCrm/AmoCrm.node';
import { executeContext, type ExecuteSetup } from '../../support/nodeContext';

export type AmoSetup = Omit<ExecuteSetup, 'node'>;

/**
 * Runs the node with n8n's own authenticated requests: the token is put on by our credential, an OAuth2 token by n8n,
 * which also renews it.
 */
export async function runAmo(setup: AmoSetup): Promise<INodeExecutionData[]> {
	const [output = []] = (await new AmoCrm().execute.call(authenticatedContext(setup))) as INodeExecutionData[][];
	return output;
}

export async function loadAmoOptions(
	method: keyof AmoCrm['methods']['loadOptions'],
	setup: AmoSetup,
	current: Record<string, unknown> = {},
): Promise<Array<{ name: string; value: unknown }>> {
	const context = {
		...authenticatedContext(setup),
		getCurrentNodeParameter: (name: string) => current[name],
	} as unknown as ILoadOptionsFunctions;
	const options = await new AmoCrm().methods.loadOptions[method].call(context);
	return options.map(({ name, value }) => ({ name, value }));
}

function authenticatedContext(setup: AmoSetup): IExecuteFunctions {
	const context = executeContext({ ...setup, node: new AmoCrm() });
	const node: INode = {
		...context.getNode(),
		credentials: { amoCrmOAuth2Api: { id: 'credential-1', name: 'amoCRM' } },
	};
	type Arguments = Parameters<typeof getRequestHelperFunctions>;
	const additionalData = { credentialsHelper: credentialsHelper(setup) } as unknown as Arguments[2];
	const helpers = getRequestHelperFunctions({} as Arguments[0], node, additionalData);
	const silent = { debug: () => undefined, warn: () => undefined };
	return { ...context, helpers, logger: silent, getMode: () => 'trigger' } as unknown as IExecuteFunctions;
}

function credentialsHelper({ credentials }: AmoSetup) {
	const oauth = credentials?.amoCrmOAuth2Api;
	return {
		getParentTypes: (type: string) => (type === 'amoCrmOAuth2Api' ? ['oAuth2Api'] : []),
		preAuthentication: async () => undefined,
		runPreAuthentication: async () => undefined,
		authenticate: async (data: ICredentialDataDecryptedObject, _type: string, options: IHttpRequestOptions) => {
			const { authenticate } = new AmoCrmApi();
			if (typeof authenticate !== 'function') throw new Error('The credential authenticates by a function');
			return await authenticate(data, options);
		},
		getDecrypted: async () => oauth,
		updateCredentialsOauthTokenData: async (_node: unknown, _type: string, data: ICredentialDataDecryptedObject) => {
			Object.assign(oauth ?? {}, { oauthTokenData: data.oauthTokenData });
		},
	};
}
