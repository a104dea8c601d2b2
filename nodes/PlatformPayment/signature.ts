import { createHmac } from 'node:crypto';

import { secureCompare } from '../shared/secureCompare';

export interface SignedRequest {
	/** The bytes of the body exactly as they came; undefined when n8n has not kept them (multipart). */
	rawBody: Uint8Array | undefined;
	/** Names in any letter case. */
	headers: Readonly<Record<string, unknown>>;
	/** Key of `X-Signature`. Empty: nothing is valid. */
	secret: string;
	/** What `X-Webhook-Secret` must hold. Absent or empty: that header proves nothing. */
	legacySecret?: string;
}

export interface Verdict {
	valid: boolean;
	/** Why not; fit to be answered to a stranger. */
	reason?: string;
}

/**
 * Whether a request comes from the platform (PA1): `X-Signature` is the HMAC-SHA256 of the raw body as 64 hex digits in
 * either letter case, optionally after `sha256=`. Without that header, and only with a legacy secret,
 * `X-Webhook-Secret` is compared with it. An `X-Signature` that is there decides alone. Made for hostile input: nothing
 * is thrown.
 */
export function verify({ rawBody, headers, secret, legacySecret }: SignedRequest): Verdict {
	if (secret === '') return { valid: false, reason: 'No secret is set' };
	const signature = header(headers, 'x-signature');
	if (signature !== undefined) return rawBody ? verdict(isSignature(signature, rawBody, secret)) : WRONG;
	const password = header(headers, 'x-webhook-secret');
	if (!legacySecret || password === undefined) return { valid: false, reason: 'Signature missing' };
	return verdict(typeof password === 'string' && secureCompare(password.trim(), legacySecret));
}

const WRONG: Verdict = { valid: false, reason: 'Signature wrong' };

function verdict(isRight: boolean): Verdict {
	return isRight ? { valid: true } : WRONG;
}

function isSignature(value: unknown, rawBody: Uint8Array, secret: string): boolean {
	const hex = typeof value === 'string' ? /^(?:sha256=)?([0-9a-f]{64})$/i.exec(value.trim())?.[1] : undefined;
	if (hex === undefined) return false;
	return secureCompare(hex.toLowerCase(), createHmac('sha256', secret).update(rawBody).digest('hex'));
}

function header(headers: SignedRequest['headers'], name: string): unknown {
	return Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1];
}
