import { createHmac } from 'node:crypto';

import { secureCompare } from '../shared/secureCompare';
import { bodyFormat, formPairs } from './body';

/**
 * - `cloudpayments`: what the provider sends (providers/cloudpayments.md §5).
 * - `legacy`: an own gateway that signs the sorted values (§6). Weak: names are not signed, and a `;` can move between
 *   neighbouring values.
 */
export type SignatureScheme = 'cloudpayments' | 'legacy';

export interface SignedNotification {
	/** The bytes of the body exactly as they came; undefined when n8n has not kept them (multipart). */
	rawBody: Uint8Array | undefined;
	contentType: string | undefined;
	/** Names in any letter case. */
	headers: Readonly<Record<string, unknown>>;
	/** The API Secret. Empty: nothing is valid. */
	secret: string;
	scheme: SignatureScheme;
}

export interface Verdict {
	valid: boolean;
	/** Why not; fit to be answered to a stranger. */
	reason?: string;
}

/**
 * Whether a notification comes from the provider. `Content-HMAC` decides alone when it is there; only without it
 * `X-Content-HMAC` is looked at (§5). The two schemes never stand in for each other. Made for hostile input: nothing is
 * thrown.
 */
export function verify(notification: SignedNotification): Verdict {
	if (notification.secret === '') return { valid: false, reason: 'No API secret is set' };
	return notification.scheme === 'legacy' ? verifyLegacy(notification) : verifyHmac(notification);
}

function verifyHmac({ rawBody, contentType, headers, secret }: SignedNotification): Verdict {
	const ofBytes = header(headers, 'content-hmac');
	if (ofBytes !== undefined) return compare(ofBytes, rawBody, secret, 'base64');
	const ofText = header(headers, 'x-content-hmac');
	if (ofText === undefined) return { valid: false, reason: 'Signature missing' };
	return compare(ofText, rawBody && decodedMessage(rawBody, contentType), secret, 'base64');
}

function verifyLegacy({ rawBody, contentType, headers, secret }: SignedNotification): Verdict {
	const signature = header(headers, 'x-signature');
	if (signature === undefined) return { valid: false, reason: 'Signature missing' };
	return compare(signature, rawBody && legacyMessage(rawBody, contentType), secret, 'hex');
}

/** Undefined when there is nothing a genuine sender could have signed. */
type Message = string | Uint8Array | undefined;

/**
 * What `X-Content-HMAC` signs: JSON as it is, a form after `+` became a blank and the whole body was percent-decoded.
 * Decoding is not injective: a buyer's text may turn into further fields, so a form in which a name occurs twice is
 * refused.
 */
function decodedMessage(rawBody: Uint8Array, contentType: string | undefined): Message {
	const format = bodyFormat(contentType);
	if (format !== 'form') return format === 'json' ? rawBody : undefined;
	const body = formText(rawBody);
	if (body === undefined) return undefined;
	const names = formPairs(body.encoded).map(([name]) => name);
	return new Set(names).size === names.length ? body.decoded : undefined;
}

/**
 * What the legacy scheme signs. In the system it comes from, every JSON body signed the empty text: those are refused.
 */
function legacyMessage(rawBody: Uint8Array, contentType: string | undefined): Message {
	const body = bodyFormat(contentType) === 'form' ? formText(rawBody) : undefined;
	const fields = new Map(body && formPairs(body.encoded));
	fields.delete('Signature');
	if (fields.size === 0) return undefined;
	const sorted = [...fields].sort(([left], [right]) => Buffer.compare(Buffer.from(left), Buffer.from(right)));
	return sorted.map(([, value]) => `${value};`).join('');
}

/** A form as it came and percent-decoded; undefined for what is no UTF-8 in either form. */
function formText(rawBody: Uint8Array): { encoded: string; decoded: string } | undefined {
	try {
		const encoded = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(rawBody);
		return { encoded, decoded: decodeURIComponent(encoded.replaceAll('+', ' ')) };
	} catch {
		return undefined;
	}
}

/** Compares the text of the digest, which has one right spelling: decoders of base64 and hex forgive too much. */
function compare(value: unknown, message: Message, secret: string, encoding: 'base64' | 'hex'): Verdict {
	const isRight =
		message !== undefined &&
		typeof value === 'string' &&
		secureCompare(value.trim(), createHmac('sha256', secret).update(message).digest(encoding));
	return isRight ? { valid: true } : { valid: false, reason: 'Signature wrong' };
}

function header(headers: SignedNotification['headers'], name: string): unknown {
	return Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1];
}
