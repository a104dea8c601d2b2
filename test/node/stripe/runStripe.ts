import { StripeCheckout } from '../../../nodes/StripeCheckout/StripeCheckout.node';
import { executeContext, type ExecuteSetup } from '../../support/nodeContext';
import { API_KEY } from './fakeStripe';

export interface StripeRun extends Partial<Omit<ExecuteSetup, 'node'>> {
	apiUrl?: string;
	executionId?: string;
	runIndex?: number;
}

/** Runs the Stripe Checkout node in a context that also has an execution and a run. */
export async function runStripe({ apiUrl = '', executionId = '7', runIndex = 0, ...setup }: StripeRun) {
	const node = new StripeCheckout();
	const credentials = { stripeCheckoutApi: { secretKey: ` ${API_KEY}\n`, webhookSecret: '', apiUrl } };
	const context = Object.assign(executeContext({ node, credentials, ...setup }), {
		getExecutionId: () => executionId,
		getWorkflowDataProxy: () => ({ $runIndex: runIndex }),
	});
	const [output = []] = await node.execute.call(context);
	return output;
}
