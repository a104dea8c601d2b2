import { z } from 'zod';

import type { ApiAnswer } from '../../shared/http';

const MAX_TEXT_LENGTH = 300;

const text = z.string().min(1).nullable().catch(null);
const errorSchema = z.object({
	error: z.object({ type: text, code: text, decline_code: text, message: text, param: text }),
});

/** Stripe has answered, and the answer is no. The message holds no key. */
export class StripeRefusal extends Error {
	override readonly name = 'StripeRefusal';

	constructor(
		readonly status: number,
		readonly type: string | null,
		readonly code: string | null,
		readonly param: string | null,
		reason: string,
	) {
		const details = [code, param].filter((detail) => detail !== null);
		super(`Stripe refused: ${reason}${details.length > 0 ? ` (${details.join(', ')})` : ''}`);
	}

	/** What a person can do about it. */
	get advice(): string {
		if (this.type === 'idempotency_error') {
			return 'Within the last 24 hours the same key was sent with other details. Send the same details again, or raise Attempt (or change the idempotency key) to begin anew.';
		}
		if (this.code === 'url_invalid' || (this.param === 'url' && this.status === 400)) {
			return 'Stripe only calls public https addresses: set WEBHOOK_URL of n8n, or choose Registration: Manual and forward the events yourself.';
		}
		if (this.code === 'resource_missing') {
			return 'Nothing with this number exists for this key. Test and live objects are kept apart: check that the key in the credential is of the right mode.';
		}
		if (this.code === 'charge_already_refunded') return 'The whole payment has been refunded before.';
		switch (this.status) {
			case 401:
				return 'Copy the secret key in the credential anew: Stripe does not know it, or it was revoked.';
			case 402:
				return 'The payment itself was refused. The buyer has to pay in another way.';
			case 403:
				return 'The key in the credential may not do this. Give the restricted key the right, or use another key.';
			case 409:
				return 'The same request is still under way. Try again in a moment.';
			case 429:
				return 'Stripe gets too many requests from this account. Try again later.';
		}
		if (this.status >= 500) {
			return 'Stripe has trouble of its own. Try again later: with the same idempotency key nothing is done twice.';
		}
		if (this.status >= 300 && this.status < 400) return 'The address redirects: check the API URL in the credential.';
		return this.param === null
			? 'Check the fields of this node.'
			: `Check the field of this node that becomes "${this.param}".`;
	}
}

/** The refusal in an answer whose status is not 2xx (providers/stripe.md §1 "Errors"). */
export function readRefusal({ status, json, text: body }: ApiAnswer): StripeRefusal {
	const error = errorSchema.safeParse(json).data?.error;
	const reason = plainText(error?.message ?? (error ? 'no reason given' : body));
	const { type = null, code = null, decline_code = null, param = null } = error ?? {};
	return new StripeRefusal(status, type, decline_code ?? code, param, reason);
}

function plainText(text: string): string {
	const words = text
		.replace(/<(script|style)\b.*?<\/\1>|<[^>]*>/gis, ' ')
		.replace(/\b(sk|rk|pk|whsec)_\w+/g, '$1_…')
		.replace(/\s+/g, ' ')
		.trim();
	if (words === '') return 'an answer without text';
	return words.length > MAX_TEXT_LENGTH ? `${words.slice(0, MAX_TEXT_LENGTH)}…` : words;
}
