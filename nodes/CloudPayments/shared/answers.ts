import { z } from 'zod';

import { readDecline } from '../reasonCodes';

/**
 * What the API answers with HTTP 200 (providers/cloudpayments.md §2). Success speaks of the request, not of the
 * payment.
 */
const envelopeSchema = z.object({
	Success: z.boolean(),
	Message: z.string().nullish(),
	Model: z.unknown(),
});

export interface Envelope {
	success: boolean;
	message: string | null;
	model: unknown;
}

/** Null when the answer has another shape. */
export function readEnvelope(json: unknown): Envelope | null {
	const { data } = envelopeSchema.safeParse(json);
	return data ? { success: data.Success, message: data.Message?.trim() || null, model: data.Model ?? null } : null;
}

const refusedModelSchema = z
	.object({
		ReasonCode: z.union([z.number(), z.string()]).nullish(),
		Reason: z.string().nullish(),
		CardHolderMessage: z.string().nullish(),
	})
	.catch({});

export interface Refusal {
	reason: string;
	advice: string;
}

/** Why the API said no, and what a person can do about it. */
export function readRefusal({ message, model }: Envelope): Refusal {
	const { ReasonCode: code, Reason: name, CardHolderMessage: holderText } = refusedModelSchema.parse(model);
	if (message !== null) {
		return {
			reason: message,
			advice: /not found/i.test(message)
				? 'Check the ID, and that it belongs to the site of this credential.'
				: 'Check the fields of this node against the state of the payment in the cabinet.',
		};
	}
	if (!code) return { reason: 'no reason given', advice: 'Look the operation up in the cabinet.' };
	const decline = readDecline(code);
	return {
		reason: [`${name?.trim() || decline.name || 'reason'} (${decline.code})`, holderText?.trim()].filter(Boolean).join(': '),
		advice: decline.buyerText.en,
	};
}

/** What to do about an HTTP status other than 200. */
export function adviceForStatus(status: number, isWrite: boolean): string {
	if (status === 401) return 'Compare Public ID and API Secret in the credential with the settings of the site.';
	if (status === 429) return 'Too many requests at once. Let fewer workflows run at the same time, or try again later.';
	if (status >= 300 && status < 400) return 'The service redirects: choose the right service in the credential.';
	if (status < 500) return 'Check the service chosen in the credential.';
	return isWrite ? UNKNOWN_OUTCOME : 'CloudPayments has trouble of its own. Try again later.';
}

/** A mutation of which nobody knows whether it was carried out. */
export const UNKNOWN_OUTCOME =
	'It is not known whether CloudPayments did it. Look it up by order number first; or run the same step again within an hour with the same Request ID: it is then not done twice.';
