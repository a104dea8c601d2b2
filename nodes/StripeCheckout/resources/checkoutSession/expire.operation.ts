import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { readSession } from '../../session';
import { executionKey } from '../../shared/executionKey';
import { StripeRefusal } from '../../shared/refusal';
import { stripeRequest } from '../../shared/transport';
import { readSessionId, sessionIdField } from './sessionId';

export const description: INodeProperties[] = [sessionIdField('expire')];

/** Ends an open session, so that it can no longer be paid. One that has expired already is a success. */
export async function execute(this: IExecuteFunctions, itemIndex: number): Promise<IDataObject> {
	const path = `/v1/checkout/sessions/${readSessionId.call(this, itemIndex)}`;
	const idempotencyKey = executionKey.call(this, itemIndex, 'expire', [path]);
	const expire = { method: 'POST', path: `${path}/expire`, form: {}, idempotencyKey } as const;
	const answer = await stripeRequest
		.call(this, expire, itemIndex)
		.catch(async (error: unknown) => (await findExpired.call(this, itemIndex, path, error)) ?? Promise.reject(error));
	return { ...readSession(answer.body, Date.now()) };
}

async function findExpired(this: IExecuteFunctions, itemIndex: number, path: string, error: unknown) {
	if (!(error instanceof StripeRefusal) || error.status !== 400) return null;
	const current = await stripeRequest.call(this, { method: 'GET', path }, itemIndex);
	return current.body.status === 'expired' ? current : null;
}
