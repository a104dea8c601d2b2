import type { IExecuteFunctions } from 'n8n-workflow';

import { hashedKey } from '../idempotency';

/**
 * A key for what has no number of its own: the same when n8n retries the node within this execution, different for
 * every other item, run and execution.
 *
 * @param details what is asked for, so that a changed request is not taken for the old one
 */
export function executionKey(
	this: IExecuteFunctions,
	itemIndex: number,
	purpose: string,
	details: readonly unknown[],
): string {
	const { $runIndex } = this.getWorkflowDataProxy(itemIndex);
	return hashedKey(purpose, [this.getExecutionId(), this.getNode().id, $runIndex, itemIndex, ...details]);
}
