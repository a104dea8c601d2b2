import { MAX_BODY_BYTES } from '../shared/bodyLimit';
import { FormLimitError, type FormTree } from '../shared/formTree';
import type { PaymentEvent, PaymentEventKind } from '../shared/paymentEvent';
import { storable } from '../shared/storable';
import { readFields } from './body';
import { CHECK_CODES } from './checkCode';
import { toPaymentEvent, UnreadableNotificationError, type EventOptions, type NotificationType } from './event';
import { optionalText } from './lenient';
import { readDecline, type Decline } from './reasonCodes';
import { verify, type SignatureScheme, type SignedNotification } from './signature';

export interface NotificationRequest extends Pick<SignedNotification, 'rawBody' | 'contentType' | 'headers'> {
	/** By the address it came to. */
	type: NotificationType;
	receivedAt: Date;
}

export interface IntakeSettings {
	/** The API Secret; empty counts as missing. */
	secret: string;
	scheme: SignatureScheme;
	kinds: readonly PaymentEventKind[];
	event: Pick<EventOptions, 'includeRaw'>;
}

/** The payment event, and with a refused charge what it means for the buyer and for another try. */
export type CloudPaymentsEvent = PaymentEvent & { decline?: Decline };

/** The answer that ends a request. 200 with a code is the provider's own form of answer. */
export type Answer =
	| { status: 200; body: { code: number } }
	| { status: 401 | 413 | 422; body: { error: string } };

export type Intake = { event: CloudPaymentsEvent } | { answer: Answer };

/**
 * Decides what becomes of a notification (providers/cloudpayments.md §4, §5). Nothing of the body is read before it is
 * known to be genuine. Fails closed, and never throws on what a stranger sends: any answer but code 0 makes the
 * provider decline a Check, and repeat everything else for about two days. No answer holds a secret or a value of the
 * body.
 */
export function takeIn(request: NotificationRequest, settings: IntakeSettings): Intake {
	const { rawBody, contentType, type, receivedAt } = request;
	if (rawBody && rawBody.length > MAX_BODY_BYTES) return refuse(413, `Body over ${MAX_BODY_BYTES} bytes`);
	const { valid, reason = '' } = verify({ ...request, secret: settings.secret, scheme: settings.scheme });
	if (!valid || !rawBody) return refuse(401, reason);
	try {
		const fields = readFields(rawBody, contentType);
		const event = toPaymentEvent(type, fields, { ...settings.event, receivedAt });
		if (!settings.kinds.includes(event.kind)) return { answer: { status: 200, body: { code: codeOfUnwanted(type) } } };
		return { event: storable({ ...event, ...(type === 'fail' ? { decline: declineOf(fields) } : {}) }) };
	} catch (error) {
		if (error instanceof FormLimitError) return refuse(413, error.message);
		return refuse(422, error instanceof UnreadableNotificationError ? error.message : 'Notification cannot be read');
	}
}

/** Nobody looks at a Check that was not asked for, so nobody may say yes to it. */
function codeOfUnwanted(type: NotificationType): number {
	return type === 'check' ? CHECK_CODES.notAcceptable : 0;
}

function declineOf({ ReasonCode: code, CardHolderMessage: message }: FormTree): Decline {
	return readDecline(optionalText.parse(code) ?? '', optionalText.parse(message));
}

function refuse(status: 401 | 413 | 422, error: string): Intake {
	return { answer: { status, body: { error } } };
}
