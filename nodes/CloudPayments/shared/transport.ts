import { NodeApiError, NodeOperationError, sleep, type IExecuteFunctions } from 'n8n-workflow';

import { callApi, NoAnswerError, type ApiAnswer, type ApiRequest } from '../../shared/http';
import { withLocks } from '../../shared/locks';
import { limiterFor, type RateLimiter } from '../../shared/rateLimiter';
import { adviceForStatus, readEnvelope, readRefusal, UNKNOWN_OUTCOME, type Envelope } from './answers';
import { readCredentials, type CloudPaymentsCredentials } from './credentials';

/** The API limits calls at once only (providers/cloudpayments.md §2); this holds up none that take a quarter of a second. */
const PER_SECOND_FOR_EACH_AT_ONCE = 6;

/** The API may take five minutes, and a payment given up on is one of unknown outcome. */
const WRITE_TIMEOUT_MS = 300_000;
const READ_TIMEOUT_MS = 60_000;

/** Pauses before the second, third, … try. */
const BUSY_PAUSES_MS = [1000, 2000, 4000, 8000];
const READ_PAUSES_MS = [500, 2000];

export interface ApiCall {
	/** Below the base address, such as `payments/refund`. */
	path: string;
	/** Sent as JSON; fields that are undefined are left out. */
	fields?: Readonly<Record<string, unknown>>;
	/** `X-Request-ID` of a mutation; without it the call is one that only reads. */
	requestId?: string;
}

/** The credential of the node; an error that says what to fill in when a key is missing. */
export async function getCloudPaymentsCredentials(
	this: IExecuteFunctions,
	itemIndex: number,
): Promise<CloudPaymentsCredentials> {
	const credentials = readCredentials(await this.getCredentials('cloudPaymentsApi', itemIndex));
	if (credentials.publicId === '' || credentials.apiSecret === '') {
		throw new NodeOperationError(this.getNode(), 'The CloudPayments credential has no Public ID or no API Secret', {
			itemIndex,
			description: 'Copy both from the settings of the site in the cabinet.',
		});
	}
	return credentials;
}

/**
 * Calls the API and returns what it answered, whether it said yes or no. Waits its turn, and again on 429. Reads are
 * repeated when no answer or an error of the server comes; mutations only when they cannot have arrived.
 *
 * @throws NodeApiError when there is no answer of the API, with what is known of the outcome and what to do
 */
export async function callCloudPayments(this: IExecuteFunctions, itemIndex: number, call: ApiCall): Promise<Envelope> {
	const answer = await send.call(this, itemIndex, call);
	const envelope = answer.status === 200 ? readEnvelope(answer.json) : null;
	if (envelope) return envelope;
	const isWrite = call.requestId !== undefined;
	// A 401 and the errors of a proxy come as HTML; nothing of it is worth showing.
	const message =
		answer.status === 200 ? 'CloudPayments answered something else than JSON' : `CloudPayments answered ${answer.status}`;
	const advice = answer.status === 200 && isWrite ? UNKNOWN_OUTCOME : adviceForStatus(answer.status, isWrite);
	throw failure.call(this, itemIndex, message, advice, answer.status);
}

/**
 * Calls the API for something that is done or not.
 *
 * @returns the model
 * @throws NodeApiError also when the API said no, with its reason
 */
export async function demand(this: IExecuteFunctions, itemIndex: number, call: ApiCall): Promise<unknown> {
	const envelope = await callCloudPayments.call(this, itemIndex, call);
	if (envelope.success) return envelope.model;
	throw refused.call(this, itemIndex, envelope);
}

/** The error of a call the API said no to. */
export function refused(this: IExecuteFunctions, itemIndex: number, envelope: Envelope): NodeApiError {
	const { reason, advice } = readRefusal(envelope);
	return failure.call(this, itemIndex, `CloudPayments refused: ${reason}`, advice, 200);
}

/** The error of an answer that lacks what it must have. */
export function unreadable(this: IExecuteFunctions, itemIndex: number, what: string): NodeApiError {
	return failure.call(this, itemIndex, `CloudPayments answered without ${what}`, 'Look it up in the cabinet.', 200);
}

async function send(this: IExecuteFunctions, itemIndex: number, call: ApiCall): Promise<ApiAnswer> {
	const credentials = await getCloudPaymentsCredentials.call(this, itemIndex);
	const { apiUrl, publicId, apiSecret, callsAtOnce } = credentials;
	const isWrite = call.requestId !== undefined;
	const site = `cloudpayments ${apiUrl} ${publicId}`;
	// The number is part of the key, because a limiter keeps its limits and the number may be changed.
	const limiter = limiterFor(`${site} ${callsAtOnce}`, {
		perSecond: callsAtOnce * PER_SECOND_FOR_EACH_AT_ONCE,
		concurrent: callsAtOnce,
	});
	const request: ApiRequest = {
		method: 'POST',
		url: `${apiUrl}/${call.path}`,
		headers: {
			accept: 'application/json',
			authorization: `Basic ${Buffer.from(`${publicId}:${apiSecret}`).toString('base64')}`,
			'content-type': 'application/json',
			...(call.requestId === undefined ? {} : { 'x-request-id': call.requestId }),
		},
		body: JSON.stringify(call.fields ?? {}),
		timeoutMs: isWrite ? WRITE_TIMEOUT_MS : READ_TIMEOUT_MS,
	};
	// There is a first answer to repeat only when the first call has ended.
	return await withLocks(isWrite ? [`${site} ${call.requestId}`] : [], async () => {
		return await exchange.call(this, itemIndex, request, limiter, isWrite);
	});
}

async function exchange(
	this: IExecuteFunctions,
	itemIndex: number,
	request: ApiRequest,
	limiter: RateLimiter,
	isWrite: boolean,
): Promise<ApiAnswer> {
	const busyPauses = [...BUSY_PAUSES_MS];
	const failurePauses = [...READ_PAUSES_MS];
	for (;;) {
		const outcome = await limiter.run(async () => await callApi(this, request)).catch(asNoAnswer);
		const pauses = outcome instanceof NoAnswerError || outcome.status !== 429 ? failurePauses : busyPauses;
		const pause = isRepeatable(outcome, isWrite) ? pauses.shift() : undefined;
		if (pause !== undefined) {
			if (pauses === busyPauses) limiter.pause(pause);
			await sleep(pause);
			continue;
		}
		if (!(outcome instanceof NoAnswerError)) return outcome;
		const advice =
			isWrite && outcome.mayHaveArrived
				? UNKNOWN_OUTCOME
				: 'The request did not get through. Check the connection and the service in the credential, then try again.';
		// n8n puts words of its own in place of a message that holds the code.
		throw failure.call(this, itemIndex, 'CloudPayments gave no answer', `${advice} Network error: ${outcome.code}.`);
	}
}

function asNoAnswer(error: unknown): NoAnswerError {
	if (error instanceof NoAnswerError) return error;
	throw error;
}

function isRepeatable(outcome: ApiAnswer | NoAnswerError, isWrite: boolean): boolean {
	if (outcome instanceof NoAnswerError) return !isWrite || !outcome.mayHaveArrived;
	return outcome.status === 429 || (!isWrite && outcome.status >= 500);
}

function failure(
	this: IExecuteFunctions,
	itemIndex: number,
	message: string,
	description: string,
	status?: number,
): NodeApiError {
	const httpCode = status === undefined ? {} : { httpCode: String(status) };
	return new NodeApiError(this.getNode(), { message }, { itemIndex, message, description, ...httpCode });
}
