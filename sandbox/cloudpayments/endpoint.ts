import type { Input } from './input';

/** An answer with HTTP 200 (providers/cloudpayments.md §2). */
export interface Envelope {
	readonly Success: boolean;
	readonly Message: string | null;
	readonly Model?: unknown;
	readonly ErrorCode?: number;
}

/** A method of the API. */
export interface Endpoint {
	/** Below the origin, without a slash at the beginning. */
	readonly path: string;
	/** A form body is refused. */
	readonly isJsonOnly?: boolean;
	/** @throws Refusal */
	serve(input: Input): Envelope | Promise<Envelope>;
}

/** It was done, and there is nothing to show. */
export const DONE: Envelope = { Success: true, Message: null };

export function success(model: unknown): Envelope {
	return { Success: true, Message: null, Model: model };
}

export function refusal(message: string): Envelope {
	return { Success: false, Message: message };
}
