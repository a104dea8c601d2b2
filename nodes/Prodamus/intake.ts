import { MAX_BODY_BYTES } from '../shared/bodyLimit';
import { FormLimitError, type FormTree } from '../shared/formTree';
import type { PaymentEvent, PaymentEventKind } from '../shared/paymentEvent';
import { storable } from '../shared/storable';
import { parseBody } from './body';
import { toPaymentEvent, UnreadableNotificationError, type EventOptions } from './event';
import { verify } from './signature';

export interface NotificationRequest {
	/** As n8n parsed it: flat form, `{data, files}` or JSON. */
	body: unknown;
	/** Header `Sign`. */
	signature: unknown;
	/** Size of the body; what is known of it before it is looked at. */
	bodyBytes: number;
}

export interface IntakeSettings {
	/** Keys notifications may be signed with; empty ones count as missing. */
	secrets: readonly string[];
	kinds: readonly PaymentEventKind[];
	event: Omit<EventOptions, 'demoSecret'>;
}

/** Either an event to run the workflow with, or the answer that ends the request. */
export type Intake = { event: PaymentEvent } | { status: 200 | 401 | 413 | 422; message: string };

/**
 * Decides what becomes of a request to the webhook (providers/prodamus.md §4). Fails closed, and never throws on what a
 * stranger sends. 401 and 422 make Prodamus repeat the notification for 68 hours, so that nothing is lost while a wrong
 * setting is put right. No answer holds a secret.
 */
export function takeIn(request: NotificationRequest, settings: IntakeSettings): Intake {
	const secrets = [...new Set(settings.secrets.filter((secret) => secret !== ''))];
	if (secrets.length === 0) {
		return {
			status: 401,
			message: 'No secret key is set: fill in Secret Key in the Prodamus credential of this trigger',
		};
	}
	if (request.bodyBytes > MAX_BODY_BYTES) return { status: 413, message: `Body over ${MAX_BODY_BYTES} bytes` };
	try {
		const notification = separateSignature(parseBody(request.body), request.signature);
		const secret = matchSecret(notification, secrets);
		if (!secret) return { status: 401, message: 'Signature missing or wrong' };
		const event = toPaymentEvent(notification.fields, { ...settings.event, demoSecret: secret.isDemo });
		return settings.kinds.includes(event.kind) ? { event: storable(event) } : { status: 200, message: 'success' };
	} catch (error) {
		if (error instanceof FormLimitError) return { status: 413, message: error.message };
		if (error instanceof UnreadableNotificationError) return { status: 422, message: error.message };
		return { status: 422, message: 'Notification cannot be read' };
	}
}

interface Notification {
	fields: FormTree;
	signature: unknown;
}

/** Some senders put the signature into the body instead of the header; it is never part of what is signed. */
function separateSignature(tree: FormTree, header: unknown): Notification {
	if (header !== undefined && header !== '') return { fields: tree, signature: header };
	const { sign, signature, ...fields } = tree;
	return { fields, signature: sign ?? signature };
}

/** Pages that Prodamus itself keeps in test mode sign with `demo` appended to the secret. */
function matchSecret({ fields, signature }: Notification, secrets: readonly string[]): { isDemo: boolean } | null {
	const text = typeof signature === 'string' ? signature.trim() : signature;
	if (secrets.some((secret) => verify(fields, text, secret))) return { isDemo: false };
	if (secrets.some((secret) => verify(fields, text, `${secret}demo`))) return { isDemo: true };
	return null;
}
