import {
	NodeApiError,
	NodeOperationError,
	type IExecuteFunctions,
	type IHookFunctions,
	type INode,
} from 'n8n-workflow';

import { NoAnswerError } from '../../shared/http';
import { askStripe, type StripeAnswer, type StripeRequest } from './client';
import { readCredentials } from './credentials';
import { StripeRefusal } from './refusal';

/**
 * Asks Stripe with the credential of the node.
 *
 * @param itemIndex the item it is for; none when a webhook endpoint is registered
 * @throws StripeRefusal when Stripe says no; NoAnswerError when nothing came back; both are fit for {@link toNodeError}
 * @throws RangeError when the credential has no key or a bad address
 */
export async function stripeRequest(
	this: IExecuteFunctions | IHookFunctions,
	request: StripeRequest,
	itemIndex?: number,
): Promise<StripeAnswer> {
	const credentials = readCredentials(await this.getCredentials('stripeCheckoutApi', itemIndex));
	if (credentials.secretKey === '') {
		throw new RangeError(
			'The Stripe Checkout credential has no secret key: copy it from Developers, API keys, in Stripe',
		);
	}
	return await askStripe(this, credentials, request);
}

/** The error n8n shows: the provider's reason, what to do about it and, where there is one, the item. */
export function toNodeError(node: INode, error: unknown, itemIndex?: number): NodeApiError | NodeOperationError {
	if (error instanceof StripeRefusal) {
		const { message, advice: description, status } = error;
		return new NodeApiError(node, { message }, { itemIndex, message, description, httpCode: String(status) });
	}
	if (error instanceof NoAnswerError) {
		// Without the network's code: n8n would put a text of its own in the place of a message that holds one.
		const message = error.mayHaveArrived ? 'Stripe gave no answer' : 'Stripe could not be reached';
		const description = `${error.code}. Try again: with the same idempotency key nothing is done twice. If it stays so, check the API URL in the credential and the network.`;
		return new NodeApiError(node, { message }, { itemIndex, message, description });
	}
	if (error instanceof NodeApiError || error instanceof NodeOperationError) return error;
	return new NodeOperationError(node, error instanceof Error ? error : String(error), { itemIndex });
}
