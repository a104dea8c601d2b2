/** What a client reads under `error` (providers/stripe.md §1). */
export interface ErrorDetails {
	readonly type: 'invalid_request_error' | 'idempotency_error' | 'card_error' | 'api_error';
	readonly message: string;
	readonly code?: string;
	/** Name of the parameter as it was sent, with brackets. */
	readonly param?: string;
}

/** A call that is refused. */
export class ApiError extends Error {
	constructor(
		readonly status: number,
		readonly details: ErrorDetails,
	) {
		super(details.message);
	}
}

/** Parameters that were refused before anything happened: such an answer is not kept for its idempotency key. */
export class ParameterError extends ApiError {
	constructor(message: string, param?: string, code?: string) {
		super(400, { type: 'invalid_request_error', message, ...(code && { code }), ...(param && { param }) });
	}
}

/** An object in a state that does not allow the call. */
export class StateError extends ApiError {
	constructor(message: string, code?: string, param?: string) {
		super(400, { type: 'invalid_request_error', message, ...(code && { code }), ...(param && { param }) });
	}
}

/** @param param the parameter that names the object; in the address of the call it is `id`, and the status is 404 */
export function noSuch(kind: string, id: string, param = 'id'): ApiError {
	const message = `No such ${kind}: '${id}'`;
	return new ApiError(param === 'id' ? 404 : 400, {
		type: 'invalid_request_error', code: 'resource_missing', message, param,
	});
}
