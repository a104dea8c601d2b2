import {
	NodeApiError,
	NodeOperationError,
	type IDataObject,
	type IExecuteFunctions,
	type INode,
	type INodeExecutionData,
} from 'n8n-workflow';

/** What a node does for one item; a list becomes one item each. */
export type ItemWork = (itemIndex: number) => Promise<IDataObject | IDataObject[]>;

/** Makes what the work threw the error n8n shows. */
export type ToNodeError = (node: INode, error: unknown, itemIndex: number) => NodeApiError | NodeOperationError;

/**
 * Works on the input items one after the other; see {@link runItem}.
 *
 * @returns what came of them, in their order
 */
export async function runItems(
	context: IExecuteFunctions,
	work: ItemWork,
	toNodeError?: ToNodeError,
): Promise<INodeExecutionData[]> {
	const output: INodeExecutionData[] = [];
	for (let itemIndex = 0; itemIndex < context.getInputData().length; itemIndex++) {
		output.push(...(await runItem(context, itemIndex, work, toNodeError)));
	}
	return output;
}

/**
 * Works on one input item. Everything that comes of it is paired with it, also the item `{error}` with the message of a
 * failure the node may go on after.
 *
 * @param toNodeError not asked for the item `{error}`: that has the message just as the work threw it
 * @throws NodeApiError or NodeOperationError, with the item, when the node may not go on
 */
export async function runItem(
	context: IExecuteFunctions,
	itemIndex: number,
	work: ItemWork,
	toNodeError: ToNodeError = wrapUnlessApiError,
): Promise<INodeExecutionData[]> {
	try {
		return [await work(itemIndex)].flat().map((json) => ({ json, pairedItem: { item: itemIndex } }));
	} catch (error) {
		if (context.continueOnFail()) return [{ json: { error: (error as Error).message }, pairedItem: { item: itemIndex } }];
		throw toNodeError(context.getNode(), error, itemIndex);
	}
}

/** Wrapped, a NodeApiError would lose its HTTP status. n8n itself does not wrap a NodeOperationError again. */
function wrapUnlessApiError(node: INode, error: unknown, itemIndex: number): NodeApiError | NodeOperationError {
	if (error instanceof NodeApiError) return error;
	return new NodeOperationError(node, error as Error, { itemIndex });
}
