import { NodeOperationError, type IExecuteFunctions } from 'n8n-workflow';

/** A node's operations by resource and operation, as its parameters name them. */
export type Operations<Operation> = Readonly<Record<string, Readonly<Record<string, Operation>>>>;

/**
 * The operation the item asks for.
 *
 * @throws NodeOperationError when the node has none of that name, as after an expression in its parameters
 */
export function chosenOperation<Operation>(
	context: IExecuteFunctions,
	operations: Operations<Operation>,
	itemIndex: number,
): Operation {
	const resource = context.getNodeParameter('resource', itemIndex) as string;
	const operation = context.getNodeParameter('operation', itemIndex) as string;
	const run = operations[resource]?.[operation];
	if (!run) {
		throw new NodeOperationError(context.getNode(), `There is no operation "${operation}" for "${resource}"`, { itemIndex });
	}
	return run;
}
