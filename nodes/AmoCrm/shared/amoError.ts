import type { Problem, ValidationError } from '../problem';

/**
 * Why a request has not done what it should. After `uncertain` a write may have been carried out all the same: what
 * is stored has to be read before it is sent again (providers/amocrm.md §8.1).
 */
export type Failure =
	| 'badRequest'
	| 'unauthorized'
	| 'unpaid'
	| 'forbidden'
	| 'notFound'
	| 'unprocessable'
	| 'tooManyRequests'
	| 'unavailable'
	| 'uncertain'
	| 'unexpected';

/** No further request of this credential has a chance for now. */
const HOPELESS: ReadonlySet<Failure> = new Set(['unauthorized', 'unpaid', 'forbidden', 'tooManyRequests']);

export class AmoError extends Error {
	override readonly name = 'AmoError';

	constructor(
		readonly failure: Failure,
		message: string,
		/** What a person can do about it. */
		readonly advice: string,
		/** HTTP status; empty when there was no answer. */
		readonly status: string = '',
		readonly errors: readonly ValidationError[] = [],
	) {
		super(message);
	}

	get isHopeless(): boolean {
		return HOPELESS.has(this.failure);
	}
}

/** How long nothing is sent after a refusal that repeating would make worse. */
export const BLOCK_MS = 5 * 60_000;

/**
 * The error for an answer that is none of success, 429 and 5xx.
 *
 * @param requestId amoCRM's own name for the request, for its support
 */
export function refusal(status: number, problem: Problem, requestId: string): AmoError {
	const { failure, advice } = meaningOf(status, problem);
	const trace = requestId === '' ? '' : ` (request ${requestId})`;
	return new AmoError(failure, `amoCRM refused: ${problem.reason}`, `${advice}${trace}`, String(status), problem.errors);
}

function meaningOf(status: number, { code }: Problem): { failure: Failure; advice: string } {
	if (status >= 300 && status < 400) {
		return { failure: 'unexpected', advice: 'The account redirects: put its present host into the credential.' };
	}
	switch (status) {
		case 400:
			return { failure: 'badRequest', advice: 'Compare the values and fields of this node with those of the account.' };
		case 401:
			return {
				failure: 'unauthorized',
				advice:
					code === '101'
						? 'The account host in the credential is wrong.'
						: 'The token is not valid any more: make a new one, or connect the OAuth2 credential again.',
			};
		case 402:
			return { failure: 'unpaid', advice: 'The amoCRM account is not paid for. Nothing can be saved until it is.' };
		case 403:
			return {
				failure: 'forbidden',
				advice:
					code === '113'
						? "The account allows only listed IP addresses: add this server's address to its list."
						: 'Either the integration lacks the rights, or amoCRM has blocked it for too many requests: ask its support, and lower Requests per Second.',
			};
		case 404:
			return { failure: 'notFound', advice: 'Check the id, and the account host in the credential.' };
		case 422:
			return { failure: 'unprocessable', advice: 'amoCRM cannot process these values. Check them.' };
		default:
			return { failure: 'unexpected', advice: 'Check the account host in the credential.' };
	}
}
