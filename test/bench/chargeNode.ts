import type { ICredentialDataDecryptedObject, IDataObject, INodeExecutionData } from 'n8n-workflow';

// With its ending, because tsx would take the description beside it, CloudPayments.node.json.
import { CloudPayments } from '../../nodes/CloudPayments/CloudPayments.node.js';
import type { Renewal } from '../ledger/plans';
import { executeContext } from '../support/nodeContext';

/** Runs the node "Charge Card" of the renewals workflow once, for all these renewals. */
export async function chargeCards(
	renewals: Renewal[],
	credential: ICredentialDataDecryptedObject,
): Promise<IDataObject[]> {
	const node = new CloudPayments();
	const parameters = renewals.map((renewal) => ({
		resource: 'payment',
		operation: 'chargeToken',
		invoiceId: renewal.order_ref,
		accountId: renewal.user_id,
		token: renewal.token,
		amount: (Number(renewal.amount_minor) / 100).toFixed(2),
		currency: String(renewal.currency),
		initiator: 'schedule',
		additionalFields: { description: String(renewal.description), email: '' },
		receiptItems: {},
		receiptDetails: {},
		requestId: renewal.request_id,
	}));
	const context = executeContext({
		node,
		parameters,
		items: renewals.map(() => ({ json: {} })),
		credentials: { cloudPaymentsApi: credential },
		continueOnFail: true,
	});
	const [output = []] = (await node.execute.call(context)) as INodeExecutionData[][];
	return output.map(({ json }) => json);
}
