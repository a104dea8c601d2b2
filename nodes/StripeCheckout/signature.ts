import { createHmac } from 'node:crypto';

import { secureCompare } from '../shared/secureCompare';

export interface SignedRequest {
	/** The body exactly as it came: JSON that was parsed and written again has other bytes. */
	rawBody: Buffer | string;
	/** Header `Stripe-Signature`. */
	header: unknown;
	/** Signing secrets with their prefix `whsec_`; any of them may have signed. Empty ones count as missing. */
	secrets: readonly string[];
	/** Unix seconds. */
	now: number;
	/** Greatest age of the signature, in seconds. */
	toleranceSeconds: number;
}

export interface Verdict {
	valid: boolean;
	/** Why not; holds nothing of the secrets and nothing of the header. */
	reason?: string;
}

/**
 * Whether Stripe has signed a webhook request (providers/stripe.md §3). While a secret is rolled, the header carries
 * one `v1` for each: all of them are tried. Made for hostile input: nothing is thrown, comparison takes constant time.
 */
export function verify({ rawBody, header, secrets, now, toleranceSeconds }: SignedRequest): Verdict {
	const known = [...new Set(secrets.map((secret) => secret.trim()))].filter((secret) => secret !== '');
	if (known.length === 0) return { valid: false, reason: 'No signing secret is known' };
	if (typeof header !== 'string' || header === '') return { valid: false, reason: 'Header Stripe-Signature missing' };

	const { timestamp, signatures } = readHeader(header);
	if (timestamp === null) return { valid: false, reason: 'Header Stripe-Signature has no time' };
	if (signatures.length === 0) return { valid: false, reason: 'Header Stripe-Signature has no v1 signature' };

	const genuine = known.some((secret) => {
		const expected = createHmac('sha256', secret).update(`${timestamp}.`).update(rawBody).digest('hex');
		return signatures.some((signature) => secureCompare(signature, expected));
	});
	if (!genuine) return { valid: false, reason: 'Signature wrong' };
	// Written so that a tolerance that is no number refuses.
	if (!(now - Number(timestamp) <= toleranceSeconds)) return { valid: false, reason: 'Signature too old' };
	return { valid: true };
}

/** `t=<unix>,v1=<hex>[,v1=<hex>][,v0=<hex>]`; schemes other than `v1` prove nothing. */
function readHeader(header: string): { timestamp: string | null; signatures: string[] } {
	const parts = header.split(',').map((part) => {
		const [name = '', ...value] = part.split('=');
		return { name, value: value.join('=') };
	});
	const timestamp = parts.find(({ name }) => name === 't')?.value ?? '';
	return {
		timestamp: /^\d{1,15}$/.test(timestamp) ? timestamp : null,
		signatures: parts.filter(({ name }) => name === 'v1').map(({ value }) => value),
	};
}
