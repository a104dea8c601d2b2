import { NodeApiError, NodeOperationError, type INode } from 'n8n-workflow';

import { YClientsError } from './yclientsError';

/** The error n8n shows: what YCLIENTS said, what to do about it and, where there is one, the item. */
export function toNodeError(node: INode, error: unknown, itemIndex?: number): NodeApiError | NodeOperationError {
	if (error instanceof NodeApiError || error instanceof NodeOperationError) return error;
	if (!(error instanceof YClientsError)) {
		return new NodeOperationError(node, error instanceof Error ? error : String(error), { itemIndex });
	}
	const { message, advice: description, status } = error;
	const httpCode = status === null ? undefined : String(status);
	return new NodeApiError(node, { message }, { itemIndex, message, description, httpCode });
}
