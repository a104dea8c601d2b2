import { createHmac } from 'node:crypto';

/** HMAC-SHA256 over `t.body` with the secret as it is, hex (providers/stripe.md §3). */
export function signPayload(payload: string, secret: string, timestamp: number): string {
	return createHmac('sha256', secret).update(`${timestamp}.${payload}`, 'utf8').digest('hex');
}

/** `t=…,v1=…[,v1=…]`, one `v1` per signature. */
export function signatureHeader(timestamp: number, signatures: readonly string[]): string {
	return [`t=${timestamp}`, ...signatures.map((signature) => `v1=${signature}`)].join(',');
}
