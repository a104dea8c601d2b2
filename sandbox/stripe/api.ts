import type { Request, RequestHandler, Response } from 'express';
import type { Account } from './account';
import { ApiError, ParameterError } from './apiError';
import type { ApiJournal, ApiRequest } from './apiJournal';
import { maskKey, withoutSecrets } from './apiJournal';
import type { Events } from './events';
import { expand } from './expand';
import type { Fault, Faults } from './faults';
import type { Form, FormTree, FormValue } from './form';
import { parseForm } from './form';
import type { IdempotencyKeys, StoredAnswer } from './idempotency';
import { newId } from './ids';
import { DEFAULT_API_VERSION } from './objects';

/** Does what a call asks for, at once. `expand` is not among the parameters. */
export type Handler = (parameters: FormTree, id: string) => object;

interface Call {
	readonly request: Request;
	readonly response: Response;
	readonly requestId: string;
	readonly path: string;
	readonly idempotencyKey: string | null;
	/** What has been read of the form so far. */
	fields: Record<string, string>;
}

/** Calls that cannot be retried with hope: the client has to change them (`Stripe-Should-Retry`). */
const isWorthRepeating = (status: number) => status === 409 || status === 429 || status >= 500;

/** How every API call is treated: key, faults, form, idempotency, errors, journal (providers/stripe.md §1). */
export class Api {
	constructor(
		private readonly secretKey: string,
		private readonly account: Account,
		private readonly events: Events,
		private readonly keys: IdempotencyKeys,
		private readonly faults: Faults,
		private readonly journal: ApiJournal,
		private readonly log: (line: string) => void,
	) {}

	/** Serves calls with `handler`. Needs the raw body as a Buffer. */
	serve(handler: Handler): RequestHandler {
		return async (request, response) => {
			const path = `/v1${request.path.replace(/\/$/, '')}`;
			const key = request.method === 'POST' ? request.get('idempotency-key') : undefined;
			const idempotencyKey = key ?? null;
			const call: Call = { request, response, path, idempotencyKey, requestId: newId('req', 14), fields: {} };
			const fault = this.faults.take(path);
			if (fault?.kind === 'drop') return this.drop(call);
			try {
				await this.run(call, handler, fault);
			} catch (error) {
				this.answer(call, answerTo(error, call.requestId), 'refused');
			}
		};
	}

	private async run(call: Call, handler: Handler, fault: Fault | undefined): Promise<void> {
		const { request, requestId, idempotencyKey: key } = call;
		this.authenticate(request);
		const failure = fault?.kind === 'fail' ? faultAnswer(fault.status, requestId) : null;
		const isApplied = fault?.kind === 'fail' && fault.apply;
		// A 500 comes from the call itself and is kept for its key; anything else from a gateway before it.
		if (failure && !isApplied && failure.status !== 500) return this.answer(call, failure, 'fault');
		const form = readForm(request);
		call.fields = Object.fromEntries(form.pairs);
		checkVersion(request);
		const earlier = key === null ? null : this.keys.begin(key, call.path, canonical(form));
		if (earlier) return this.answer(call, earlier, 'replayed');
		if (fault?.kind === 'delay') await new Promise((resolve) => setTimeout(resolve, fault.ms));
		const isBroken = failure !== null && !isApplied;
		const { answer, isKept } = isBroken ? { answer: failure, isKept: true } : this.execute(call, handler, form);
		if (key !== null) {
			if (isKept) this.keys.keep(key, answer);
			else this.keys.release(key);
		}
		if (failure) this.answer(call, failure, 'fault');
		else this.answer(call, answer, answer.status < 400 ? 'executed' : 'refused');
	}

	private execute(call: Call, handler: Handler, form: Form): { answer: StoredAnswer; isKept: boolean } {
		const { requestId, request, idempotencyKey } = call;
		try {
			const cause = { id: requestId, idempotency_key: idempotencyKey };
			const id = typeof request.params.id === 'string' ? request.params.id : '';
			const { expand: paths, ...parameters } = form.tree;
			const result = this.events.during(cause, () => handler(parameters, id));
			const body = JSON.stringify(expand(this.account, result, pathsOf(paths)), null, 2);
			return { answer: { status: 200, body, requestId }, isKept: true };
		} catch (error) {
			if (!(error instanceof ApiError)) this.log(`Stripe: ${error instanceof Error ? error.stack : String(error)}`);
			return { answer: answerTo(error, requestId), isKept: !(error instanceof ParameterError) };
		}
	}

	/** Bearer, or Basic with the key as the user. */
	private authenticate(request: Request): void {
		const [scheme = '', value = ''] = (request.get('authorization') ?? '').split(' ');
		const isBasic = scheme.toLowerCase() === 'basic';
		const key = isBasic ? Buffer.from(value, 'base64').toString('utf8').split(':')[0] ?? '' : value;
		if (key === '' || (!isBasic && scheme.toLowerCase() !== 'bearer')) {
			throw unauthorized('You did not provide an API key. Send it as: Authorization: Bearer YOUR_SECRET_KEY');
		}
		if (key !== this.secretKey) throw unauthorized(`Invalid API Key provided: ${maskKey(key)}`);
	}

	private drop(call: Call): void {
		this.record(call, 'fault', null);
		call.response.socket?.destroy();
	}

	private answer(call: Call, answer: StoredAnswer, outcome: ApiRequest['outcome']): void {
		const { response, request, requestId, idempotencyKey } = call;
		this.record(call, outcome, answer.status);
		response.status(answer.status).type('json').set({
			'Request-Id': requestId,
			'Stripe-Version': request.get('stripe-version') ?? DEFAULT_API_VERSION,
			'Stripe-Should-Retry': String(isWorthRepeating(answer.status)),
			...(idempotencyKey !== null && { 'Idempotency-Key': idempotencyKey, 'Original-Request': answer.requestId }),
			...(outcome === 'replayed' && { 'Idempotent-Replayed': 'true' }),
		});
		response.send(answer.body);
	}

	private record(call: Call, outcome: ApiRequest['outcome'], status: number | null): void {
		const { request, path, requestId, fields, idempotencyKey } = call;
		const { method } = request;
		this.journal.record({
			at: new Date().toISOString(),
			requestId,
			method,
			path,
			headers: withoutSecrets(request.headers),
			fields,
			idempotencyKey,
			stripeVersion: request.get('stripe-version') ?? null,
			outcome,
			status,
		});
		this.log(`Stripe: ${method} ${path}: ${status ?? 'cut off'}, ${outcome}`);
	}
}

function readForm(request: Request): Form {
	const query = new URL(request.originalUrl, 'http://localhost').search.slice(1);
	const body: unknown = request.body;
	if (request.method === 'GET' || !Buffer.isBuffer(body) || body.length === 0) return parseForm(query);
	if (!(request.get('content-type') ?? '').startsWith('application/x-www-form-urlencoded')) {
		throw new ParameterError(
			'Invalid request (check that your POST content type is application/x-www-form-urlencoded).',
		);
	}
	return parseForm(body.toString('utf8'));
}

function checkVersion(request: Request): void {
	const version = request.get('stripe-version');
	if (version !== undefined && !/^\d{4}-\d\d-\d\d(\.[a-z]+)?$/.test(version)) {
		throw new ParameterError(`Invalid Stripe API version: ${version}`);
	}
}

/** The same for the same parameters in any order. */
function canonical({ pairs }: Form): string {
	return JSON.stringify(pairs.map((pair) => JSON.stringify(pair)).sort());
}

function pathsOf(paths: FormValue | undefined): readonly string[] {
	return Array.isArray(paths) ? paths.filter((path): path is string => typeof path === 'string') : [];
}

function unauthorized(message: string): ApiError {
	return new ApiError(401, { type: 'invalid_request_error', message });
}

function answerTo(error: unknown, requestId: string): StoredAnswer {
	if (!(error instanceof ApiError)) return faultAnswer(500, requestId);
	return { status: error.status, body: JSON.stringify({ error: error.details }, null, 2), requestId };
}

function faultAnswer(status: number, requestId: string): StoredAnswer {
	const details = FAULT_DETAILS.get(status) ?? { type: status >= 500 ? 'api_error' : 'invalid_request_error' };
	const message = `Sandbox fault ${status}`;
	return { status, body: JSON.stringify({ error: { ...details, message } }, null, 2), requestId };
}

const FAULT_DETAILS: ReadonlyMap<number, { type: string; code?: string }> = new Map([
	[402, { type: 'card_error', code: 'card_declined' }],
	[429, { type: 'invalid_request_error', code: 'rate_limit' }],
]);
