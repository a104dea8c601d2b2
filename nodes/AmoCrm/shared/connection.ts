import { createHash } from 'node:crypto';
import {
	NodeOperationError,
	type IExecuteFunctions,
	type IHttpRequestOptions,
	type ILoadOptionsFunctions,
} from 'n8n-workflow';
import { z } from 'zod';

import { callApi, type Caller } from '../../shared/http';
import { limiterFor } from '../../shared/rateLimiter';
import { accountUrl } from '../account';
import { AmoClient } from './client';

const TIMEOUT_MS = 30_000;
const DEFAULT_PER_SECOND = 6;
const MAX_PER_SECOND = 50;

type Context = IExecuteFunctions | ILoadOptionsFunctions;

/**
 * The client for the credential that is chosen on the node.
 *
 * @param authentication the parameter of that name
 */
export async function connect(context: Context, authentication: unknown): Promise<AmoClient> {
	const isOAuth2 = authentication === 'oAuth2';
	const type = isOAuth2 ? 'amoCrmOAuth2Api' : 'amoCrmApi';
	const credentials = await context.getCredentials(type);
	const baseUrl = baseUrlOf(context, credentials);
	// An OAuth2 token changes every day, its integration does not.
	const owner = String(isOAuth2 ? credentials.clientId : credentials.accessToken);
	const key = `amocrm:${new URL(baseUrl).host}:${createHash('sha256').update(owner).digest('hex')}`;
	const wanted = Math.floor(Number(credentials.requestsPerSecond));
	const perSecond = wanted >= 1 ? Math.min(wanted, MAX_PER_SECOND) : DEFAULT_PER_SECOND;
	const caller = authenticated(context, type, isOAuth2);
	return new AmoClient({
		baseUrl,
		key,
		limiter: limiterFor(key, { perSecond }),
		send: async (request) => await callApi(caller, { ...request, timeoutMs: TIMEOUT_MS }),
	});
}

function baseUrlOf(context: Context, credentials: object): string {
	try {
		return accountUrl(credentials);
	} catch (error) {
		throw new NodeOperationError(context.getNode(), error as Error);
	}
}

/**
 * n8n puts the token on. An OAuth2 token it renews after a 401, once, for which the 401 has to be an error; one that
 * stays is an answer like any other.
 */
function authenticated(context: Context, type: string, isRenewable: boolean): Caller {
	const ignoreHttpStatusErrors = isRenewable ? { ignore: true as const, except: [401] } : true;
	return {
		helpers: {
			httpRequest: async (options: IHttpRequestOptions): Promise<unknown> =>
				await context.helpers.httpRequestWithAuthentication
					.call(context, type, { ...options, ignoreHttpStatusErrors })
					.catch(answerOfUnauthorized),
		},
	};
}

const unauthorizedSchema = z.object({
	response: z.object({ status: z.literal(401), headers: z.record(z.unknown()).catch({}), data: z.unknown() }),
});

function answerOfUnauthorized(error: unknown): object {
	let cause = error;
	for (;;) {
		const answer = unauthorizedSchema.safeParse(cause).data?.response;
		if (answer) return { statusCode: answer.status, headers: answer.headers, body: answer.data };
		const deeper = (cause as { cause?: unknown }).cause;
		if (!(deeper instanceof Error)) break;
		cause = deeper;
	}
	const { code, message } = cause as { code?: unknown; message: string };
	if (typeof code === 'string' && code !== 'EAUTH') throw error;
	// Not the network: the credential was never connected, could not be renewed, or is for another account.
	return { statusCode: 401, headers: {}, body: { detail: message } };
}
