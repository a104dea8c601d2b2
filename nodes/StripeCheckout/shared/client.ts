import { createHash } from 'node:crypto';
import { sleep } from 'n8n-workflow';

import { encodeForm, flattenForm, type FormTree } from '../../shared/formTree';
import { callApi, NoAnswerError, type ApiAnswer, type Caller } from '../../shared/http';
import { limiterFor, type RateLimiter } from '../../shared/rateLimiter';
import { STRIPE_VERSION } from '../eventTypes';
import type { StripeCredentials } from './credentials';
import { readRefusal } from './refusal';

const MAX_TRIES = 3;
const FIRST_WAIT_MS = 500;
const MAX_WAIT_MS = 20_000;

/** A test account may be called 25 times a second, a live one more often. */
const CALLS_PER_SECOND = 20;

/** Every POST has an idempotency key: with it Stripe does a thing once, however often it is asked. */
export type StripeRequest =
	| { method: 'GET' | 'DELETE'; path: string; query?: FormTree }
	| { method: 'POST'; path: string; form: FormTree; idempotencyKey: string };

export interface StripeAnswer {
	/** The object or list Stripe answered with. */
	body: Record<string, unknown>;
	/** Not done now: the stored answer to an earlier request with the same key. */
	isReplay: boolean;
}

/**
 * Asks Stripe, and asks again where that is safe: after a lost connection, 409, 429 and 5xx, as far as Stripe does not
 * forbid it (providers/stripe.md §1). All requests of one key wait while Stripe wants a pause.
 *
 * @throws StripeRefusal when Stripe says no
 * @throws NoAnswerError when nothing came back
 */
export async function askStripe(
	caller: Caller,
	credentials: StripeCredentials,
	request: StripeRequest,
): Promise<StripeAnswer> {
	const limiter = limiterFor(limiterKey(credentials), { perSecond: CALLS_PER_SECOND });
	for (let attempt = 1; ; attempt++) {
		const outcome = await limiter.run(async () => await attemptOnce(caller, credentials, request));
		if ('answer' in outcome && isSuccess(outcome.answer)) return readAnswer(outcome.answer);
		const waitMs = attempt < MAX_TRIES ? waitBeforeRetry(outcome, attempt) : null;
		if (waitMs === null) throw 'answer' in outcome ? readRefusal(outcome.answer) : outcome.failure;
		await pause(outcome, waitMs, limiter);
	}
}

/**
 * Asks Stripe once, without waiting for anybody: for the webhook, where a provider waits for the answer.
 *
 * @throws StripeRefusal when Stripe says no
 * @throws NoAnswerError when nothing came back in time
 */
export async function askStripeOnce(
	caller: Caller,
	credentials: StripeCredentials,
	request: StripeRequest,
	timeoutMs: number,
): Promise<StripeAnswer> {
	const answer = await send(caller, credentials, request, timeoutMs);
	if (!isSuccess(answer)) throw readRefusal(answer);
	return readAnswer(answer);
}

type Outcome = { answer: ApiAnswer } | { failure: NoAnswerError };

async function attemptOnce(caller: Caller, credentials: StripeCredentials, request: StripeRequest): Promise<Outcome> {
	return await send(caller, credentials, request).then(
		(answer) => ({ answer }),
		async (error: unknown) => (error instanceof NoAnswerError ? { failure: error } : await Promise.reject(error)),
	);
}

async function send(
	caller: Caller,
	{ apiUrl, secretKey }: StripeCredentials,
	request: StripeRequest,
	timeoutMs?: number,
): Promise<ApiAnswer> {
	const { method, path } = request;
	const headers = { authorization: `Bearer ${secretKey}`, 'stripe-version': STRIPE_VERSION };
	if (request.method !== 'POST') {
		const query = encodeForm(flattenForm(request.query ?? {}));
		return await callApi(caller, { method, url: `${apiUrl}${path}${query && `?${query}`}`, headers, timeoutMs });
	}
	return await callApi(caller, {
		method,
		url: `${apiUrl}${path}`,
		headers: {
			...headers,
			'content-type': 'application/x-www-form-urlencoded',
			'idempotency-key': request.idempotencyKey,
		},
		body: encodeForm(flattenForm(request.form)),
		timeoutMs,
	});
}

function isSuccess({ status, json }: ApiAnswer): boolean {
	return status >= 200 && status < 300 && typeof json === 'object' && json !== null;
}

function readAnswer({ json, headers }: ApiAnswer): StripeAnswer {
	return { body: json as Record<string, unknown>, isReplay: headers['idempotent-replayed'] === 'true' };
}

/** Milliseconds to wait, or null when asking again is of no use or would take too long. */
function waitBeforeRetry(outcome: Outcome, attempt: number): number | null {
	const backoffMs = FIRST_WAIT_MS * 2 ** (attempt - 1) * (1 + Math.random() / 4);
	if ('failure' in outcome) return backoffMs;
	const { status, headers } = outcome.answer;
	const advice = headers['stripe-should-retry'];
	const isWorthwhile = advice === undefined ? status === 409 || status === 429 || status >= 500 : advice === 'true';
	if (!isWorthwhile) return null;
	const askedFor = headers['retry-after'] ?? '';
	const waitMs = /^\d{1,6}$/.test(askedFor) ? Math.max(Number(askedFor) * 1000, backoffMs) : backoffMs;
	return waitMs <= MAX_WAIT_MS ? waitMs : null;
}

async function pause(outcome: Outcome, waitMs: number, limiter: RateLimiter): Promise<void> {
	const isForAll = 'answer' in outcome && outcome.answer.status === 429;
	if (isForAll) limiter.pause(waitMs);
	else await sleep(waitMs);
}

function limiterKey({ apiUrl, secretKey }: StripeCredentials): string {
	return `stripe:${apiUrl}:${createHash('sha256').update(secretKey).digest('hex')}`;
}
