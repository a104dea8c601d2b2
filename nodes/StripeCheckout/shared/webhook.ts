import type { IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';

import { endRequest } from '../../shared/endRequest';
import { NoAnswerError } from '../../shared/http';
import type { PaymentEvent, PaymentEventKind } from '../../shared/paymentEvent';
import { recentCredentials } from '../../shared/recentCredentials';
import { bodySize } from '../../shared/requestBody';
import type { EventOptions } from '../event';
import { takeIn, type Answer, type OpenQuestion } from '../intake';
import { findOrigin } from '../origin';
import { askStripeOnce } from './client';
import { readCredentials, type StripeCredentials } from './credentials';
import { readEndpoint } from './hooks';
import { StripeRefusal } from './refusal';

/** Per question. Stripe gives up on a webhook after a time it does not publish; two questions have to fit in. */
const LOOK_UP_TIMEOUT_MS = 4_000;

/** Stripe takes any 2xx; this says to a person in its dashboard what became of the event. */
const RECEIVED = { received: true };

interface Options extends Omit<EventOptions, 'origin'> {
	toleranceSeconds?: number;
}

/** Takes a request of Stripe in: an execution, or an answer and none. Never throws. */
export async function answerWebhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
	const rawBody = this.getRequestObject().rawBody ?? Buffer.alloc(0);
	const credentials = await readCredentialsOrNone.call(this);
	const { toleranceSeconds = 300, ...event } = this.getNodeParameter('options', {}) as Options;
	const intake = takeIn(
		{
			rawBody,
			signature: this.getHeaderData()['stripe-signature'],
			bodyBytes: bodySize(this),
			now: Math.floor(Date.now() / 1000),
		},
		{
			secrets: [readEndpoint(this.getWorkflowStaticData('node')).secret ?? '', credentials?.webhookSecret ?? ''],
			toleranceSeconds,
			kinds: this.getNodeParameter('events', []) as PaymentEventKind[],
			event,
		},
	);
	const result = 'resume' in intake ? await lookUp.call(this, intake, credentials) : intake;
	if ('event' in result) return { workflowData: [[{ json: result.event }]], webhookResponse: RECEIVED };

	const { status, message } = result;
	return endRequest(this, status, status === 200 ? { ...RECEIVED, message } : { error: message });
}

/** While Stripe does not say whose payment it was, it is asked to send the event again. */
async function lookUp(
	this: IWebhookFunctions,
	{ paymentIntentId, resume }: OpenQuestion,
	credentials: StripeCredentials | null,
): Promise<{ event: PaymentEvent } | Answer> {
	if (!credentials?.secretKey) {
		return { status: 503, message: 'The credential of this trigger has no secret key to look the payment up with' };
	}
	try {
		const origin = await findOrigin(
			async (request) => await askStripeOnce(this, credentials, request, LOOK_UP_TIMEOUT_MS),
			paymentIntentId,
		);
		return resume(origin);
	} catch (error) {
		const reason = error instanceof StripeRefusal || error instanceof NoAnswerError ? error.message : 'no usable answer';
		return { status: 503, message: `The payment could not be looked up: ${reason}` };
	}
}

/** A credential that is gone or unreadable counts as none: a throw would let strangers fill the list of executions. */
async function readCredentialsOrNone(this: IWebhookFunctions): Promise<StripeCredentials | null> {
	try {
		return readCredentials(await recentCredentials(this, 'stripeCheckoutApi'));
	} catch {
		return null;
	}
}
