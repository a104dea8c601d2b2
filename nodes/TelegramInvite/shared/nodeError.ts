import { NodeApiError, NodeOperationError, type INode } from 'n8n-workflow';

import { NoAnswerError } from '../../shared/http';
import { BotApiError } from './answers';
import { FloodWaitError } from './bot';
import { refusalAdvice } from './refusals';

/** A failure in the words of a person: what Telegram said, and what to do about it. */
export function toNodeError(node: INode, error: unknown, itemIndex?: number): NodeApiError | NodeOperationError {
	const explained = explain(error);
	if (!explained) return new NodeOperationError(node, error as Error, { itemIndex });
	const { message, description, httpCode } = explained;
	return new NodeApiError(node, { message }, { itemIndex, message, description, httpCode });
}

function explain(error: unknown): { message: string; description: string; httpCode?: string } | null {
	if (error instanceof BotApiError) {
		return {
			message: `Telegram refused: ${error.description}`,
			description: refusalAdvice(error),
			httpCode: String(error.code),
		};
	}
	if (error instanceof FloodWaitError) {
		return {
			message: error.message,
			description: 'Run the item again after that time, or let the node wait longer (option Maximum Wait).',
			httpCode: '429',
		};
	}
	if (error instanceof NoAnswerError) {
		return {
			// Without the code: n8n would put a text of its own in place, which says to repeat the call.
			message: error.mayHaveArrived ? 'Telegram did not answer' : 'Telegram cannot be reached',
			description: error.mayHaveArrived
				? `It is not known whether it was done (${error.code}). Look into the chat before you repeat it.`
				: `Check the base URL in the credential and the network of n8n (${error.code}).`,
		};
	}
	return null;
}
