import { getRequestHelperFunctions } from 'n8n-core/dist/execution-engine/node-execution-context/utils/request-helpers';
import type {
	ICredentialDataDecryptedObject,
	IDataObject,
	IExecuteFunctions,
	IHttpRequestOptions,
	INodeExecutionData,
	INodeParameters,
} from 'n8n-workflow';

import { AmoCrmApi } from '../../credentials/AmoCrmApi.credentials';
// With its ending, because tsx would take the description beside it, AmoCrm.node.json.
import { AmoCrm } from '../../nodes/AmoCrm/AmoCrm.node.js';
import { executeContext } from '../support/nodeContext';

/** Runs the amoCRM node once, with n8n's own authenticated requests; one item for each set of parameters. */
export async function runAmoNode(
	parameters: INodeParameters[],
	credential: ICredentialDataDecryptedObject,
): Promise<IDataObject[]> {
	const node = new AmoCrm();
	const items = parameters.map(() => ({ json: {} }));
	const context = executeContext({ node, parameters, items, credentials: { amoCrmApi: credential } });
	type Arguments = Parameters<typeof getRequestHelperFunctions>;
	const additionalData = { credentialsHelper: credentialsHelper() } as unknown as Arguments[2];
	const helpers = getRequestHelperFunctions({} as Arguments[0], context.getNode(), additionalData);
	const authenticated = { ...context, helpers } as unknown as IExecuteFunctions;
	const [output = []] = (await node.execute.call(authenticated)) as INodeExecutionData[][];
	return output.map(({ json }) => json);
}

function credentialsHelper() {
	const { authenticate } = new AmoCrmApi();
	return {
		getParentTypes: () => [],
		preAuthentication: async () => undefined,
		authenticate: async (data: ICredentialDataDecryptedObject, _type: string, options: IHttpRequestOptions) => {
			if (typeof authenticate !== 'function') throw new Error('The credential authenticates by a function');
			return await authenticate(data, options);
		},
	};
}
