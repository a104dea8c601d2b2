/**
 * Why a request has not done what it should. After `uncertain` a write may have been carried out all the same: it
 * must be looked for before it is sent again.
 */
export type Failure =
	| 'unauthorized'
	| 'forbidden'
	| 'unpaid'
	| 'notFound'
	| 'refused'
	| 'tooManyRequests'
	| 'blocked'
	| 'unavailable'
	| 'uncertain'
	| 'unreadable';

/** YCLIENTS has not done what it was asked for. No part of it holds a token. */
export class YClientsError extends Error {
	override readonly name = 'YClientsError';

	constructor(
		readonly failure: Failure,
		message: string,
		/** What a person can do about it. */
		readonly advice: string,
		/** HTTP status; null when there was no answer. */
		readonly status: number | null = null,
	) {
		super(message);
	}
}
