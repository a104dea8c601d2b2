import { MAX_BODY_BYTES } from '../shared/bodyLimit';
import type { PaymentEvent, PaymentEventKind } from '../shared/paymentEvent';
import { storable } from '../shared/storable';
import { BodyMismatchError, type Issue } from './body';
import { toPaymentEvent, type EventOptions } from './event';
import { verify, type SignedRequest } from './signature';

export interface IntakeSettings {
	secret: string;
	/** Given only where the old header is accepted. */
	legacySecret?: string;
	kinds: readonly PaymentEventKind[];
	event: EventOptions;
}

/** The answer that ends a request. */
export interface Answer {
	status: 202 | 401 | 413 | 422;
	body: { status: 'skipped' } | { error: string; issues?: readonly Issue[] };
}

export type Intake = { event: PaymentEvent } | { answer: Answer };

/**
 * Decides what becomes of a request to the webhook (PA1, PA2). Nothing of the body is read before it is known to be
 * genuine. Fails closed, and never throws on what a stranger sends. No answer holds a secret or a value of the body.
 */
export function takeIn(request: Pick<SignedRequest, 'rawBody' | 'headers'>, settings: IntakeSettings): Intake {
	const { rawBody } = request;
	if (rawBody && rawBody.length > MAX_BODY_BYTES) return refuse(413, `Body over ${MAX_BODY_BYTES} bytes`);
	const { valid, reason = '' } = verify({ ...request, secret: settings.secret, legacySecret: settings.legacySecret });
	if (!valid) return refuse(401, reason);
	try {
		const event = toPaymentEvent(parseJson(rawBody), settings.event);
		if (!settings.kinds.includes(event.kind)) return { answer: { status: 202, body: { status: 'skipped' } } };
		return { event: storable(event) };
	} catch (error) {
		if (!(error instanceof BodyMismatchError)) return refuse(422, 'The body cannot be read');
		return { answer: { status: 422, body: { error: 'The body does not match', issues: error.issues } } };
	}
}

function refuse(status: Answer['status'], error: string): Intake {
	return { answer: { status, body: { error } } };
}

/** Undefined for what is not JSON. Strict UTF-8, because a broken name would be stored for good. */
function parseJson(rawBody: Uint8Array | undefined): unknown {
	try {
		return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(rawBody));
	} catch {
		return undefined;
	}
}
