import { NodeApiError, NodeOperationError, type IDataObject, type IExecuteFunctions } from 'n8n-workflow';

import { AmoError } from './amoError';
import type { AmoClient } from './client';

/** For each input item what comes of it: one item, several, or why there is none. */
export type Results = Array<IDataObject | IDataObject[] | Error>;

/** Works on all items at once. */
export type Operation = (this: IExecuteFunctions, client: AmoClient) => Promise<Results>;

/** Works on one item. */
export type ItemOperation = (
	this: IExecuteFunctions,
	itemIndex: number,
	client: AmoClient,
) => Promise<IDataObject | IDataObject[]>;

/** One item after the other, until one fails that the node may not go on after. */
export function eachItem(run: ItemOperation): Operation {
	return async function (this: IExecuteFunctions, client) {
		const results: Results = [];
		for (let itemIndex = 0; itemIndex < this.getInputData().length; itemIndex++) {
			const result = await run.call(this, itemIndex, client).catch(asError);
			results.push(result);
			if (result instanceof Error && !this.continueOnFail()) break;
		}
		return results;
	};
}

/** What amoCRM or the node itself has to say, with the item and with what to do about it. */
export function nodeError(
	context: IExecuteFunctions,
	error: Error,
	itemIndex: number,
): NodeApiError | NodeOperationError {
	if (error instanceof AmoError) {
		return new NodeApiError(
			context.getNode(),
			{ message: error.message },
			{ itemIndex, httpCode: error.status, message: error.message, description: error.advice },
		);
	}
	return new NodeOperationError(context.getNode(), error, { itemIndex });
}

export function asError(error: unknown): Error {
	return error instanceof Error ? error : new Error(String(error));
}
