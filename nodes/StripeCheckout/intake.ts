import { MAX_BODY_BYTES } from '../shared/bodyLimit';
import type { PaymentEvent, PaymentEventKind } from '../shared/paymentEvent';
import { storable } from '../shared/storable';
import { toPaymentEvent, UnreadableEventError, type EventOptions, type PaymentOrigin } from './event';
import { verify } from './signature';

export interface WebhookRequest {
	/** Empty when n8n kept none, as for a multipart form. */
	rawBody: Buffer;
	/** Header `Stripe-Signature`. */
	signature: unknown;
	/** Size of the body; what is known of it before it is looked at. */
	bodyBytes: number;
	/** Unix seconds. */
	now: number;
}

export interface IntakeSettings {
	/** Signing secrets; empty ones count as missing. */
	secrets: readonly string[];
	toleranceSeconds: number;
	kinds: readonly PaymentEventKind[];
	event: Omit<EventOptions, 'origin'>;
}

export interface Answer {
	status: 200 | 401 | 413 | 422 | 503;
	message: string;
}

/** A payment Stripe has to be asked about, and how to go on with its answer. */
export interface OpenQuestion {
	paymentIntentId: string;
	resume: (origin: PaymentOrigin) => { event: PaymentEvent } | Answer;
}

/** An event to run the workflow with, the answer that ends the request, or a question that comes first. */
export type Intake = { event: PaymentEvent } | Answer | OpenQuestion;

/**
 * Decides what becomes of a request to the webhook (providers/stripe.md §3–§5). Fails closed, and never throws on what
 * a stranger sends. Anything but 200 makes Stripe send a live event again for three days. No answer holds a secret.
 */
export function takeIn(request: WebhookRequest, settings: IntakeSettings): Intake {
	if (request.bodyBytes > MAX_BODY_BYTES) return { status: 413, message: `Body over ${MAX_BODY_BYTES} bytes` };
	const { secrets, toleranceSeconds } = settings;
	const { rawBody, signature: header, now } = request;
	const { valid, reason = '' } = verify({ rawBody, header, secrets, now, toleranceSeconds });
	if (!valid) return { status: 401, message: reason };
	return answerUnreadable((): Intake => {
		const stripeEvent: unknown = JSON.parse(rawBody.toString('utf8'));
		if (isThinEvent(stripeEvent)) return ignored();
		const read = (origin?: PaymentOrigin) => toPaymentEvent(stripeEvent, { ...settings.event, origin });
		const event = read();
		if (!settings.kinds.includes(event.kind)) return ignored();
		const paymentIntentId = paymentToLookUp(event);
		if (paymentIntentId === null) return { event: storable(event) };
		return {
			paymentIntentId,
			resume: (origin) => answerUnreadable(() => ({ event: storable(read(origin)) })),
		};
	});
}

function ignored(): Answer {
	return { status: 200, message: 'ignored' };
}

/** Thin events have another body; no endpoint of ours asks for them. */
function isThinEvent(event: unknown): boolean {
	return typeof event === 'object' && event !== null && (event as { object?: unknown }).object === 'v2.core.event';
}

/** Money that went back carries no order number when it was a subscription's, and never in a dispute. */
const LOOKED_UP_KINDS: ReadonlySet<PaymentEventKind> = new Set(['refunded', 'disputed', 'dispute_won']);

function paymentToLookUp({ kind, orderRef, providerPaymentId }: PaymentEvent): string | null {
	if (orderRef !== null || !LOOKED_UP_KINDS.has(kind)) return null;
	return providerPaymentId !== null && /^pi_\w+$/.test(providerPaymentId) ? providerPaymentId : null;
}

function answerUnreadable<T>(read: () => T): T | Answer {
	try {
		return read();
	} catch (error) {
		const message = error instanceof UnreadableEventError ? error.message : 'Event cannot be read';
		return { status: 422, message };
	}
}
