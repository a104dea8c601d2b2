import { z } from 'zod';

import type { FormTree } from '../shared/formTree';
import { toMinor } from '../shared/money';
import {
	PAYMENT_EVENT_VERSION,
	paymentEventSchema,
	type PaymentEvent,
	type PaymentEventKind,
} from '../shared/paymentEvent';
import { optionalText } from './lenient';
import { readUtc } from './time';

/** Every type has an address of its own: nothing in a notification says which it is (providers/cloudpayments.md §1). */
export const NOTIFICATION_TYPES = ['check', 'pay', 'fail', 'confirm', 'refund', 'recurrent', 'cancel'] as const;
export type NotificationType = (typeof NOTIFICATION_TYPES)[number];

/** A rightly signed notification whose money, time or identity cannot be read. Names the field, never its content. */
export class UnreadableNotificationError extends Error {
	override readonly name = 'UnreadableNotificationError';

	constructor(
		readonly field: string,
		readonly reason: string,
	) {
		super(`CloudPayments field "${field}": ${reason}`);
	}
}

export interface EventOptions {
	/** Keep the provider's fields in `raw`. On by default. */
	includeRaw?: boolean;
	/** When the notification came, UTC. Counts where it carries no time of its own: Recurrent, own gateways. */
	receivedAt?: Date;
}

/**
 * Reads a verified notification (providers/cloudpayments.md §4) as a payment event.
 *
 * A Pay of a two-stage payment is `authorized`; the money comes with its Confirm. A charge with a subscription is
 * `renewed`. The amount of a refund is that of this refund alone, which is why it has a `refundId`, and its currency is
 * not told. Recurrent events carry no amount: no money moves with them.
 *
 * @param type any letter case
 * @param fields as `readFields` returns them, or flat text fields
 * @throws UnreadableNotificationError when an amount, a currency, a time or an id that is needed cannot be read
 * @throws RangeError for a type that does not exist
 */
export function toPaymentEvent(type: string, fields: FormTree, options: EventOptions = {}): PaymentEvent {
	const notification: Notification = { ...notificationSchema.parse(fields), type: readType(type) };
	const kind = kindOf(notification);
	const event: PaymentEvent = {
		version: PAYMENT_EVENT_VERSION,
		provider: 'cloudpayments',
		kind,
		eventKey: eventKey(notification, kind),
		orderRef: notification.InvoiceId,
		...identity(notification, kind),
		amountMinor: amount(notification),
		currency: notification.Currency?.toUpperCase() ?? null,
		occurredAt: occurredAt(notification, options.receivedAt),
		isTest: ['1', 'true'].includes(lower(notification.TestMode)),
		reason: notification.Reason ?? notification.Status,
		customer: {
			name: notification.Name,
			email: notification.Email,
			phone: null,
			telegramId: null,
			telegramUsername: null,
		},
		items: [],
		subscription: subscription(notification),
		utm: {},
		...(options.includeRaw === false ? {} : { raw: fields }),
	};
	return checked(event);
}

const notificationSchema = z.object({
	TransactionId: optionalText,
	PaymentTransactionId: optionalText,
	Amount: optionalText,
	Currency: optionalText,
	DateTime: optionalText,
	TestMode: optionalText,
	Status: optionalText,
	Reason: optionalText,
	ReasonCode: optionalText,
	InvoiceId: optionalText,
	Email: optionalText,
	Name: optionalText,
	Description: optionalText,
	SubscriptionId: optionalText,
	Id: optionalText,
	SuccessfulTransactionsNumber: optionalText,
	FailedTransactionsNumber: optionalText,
	StartDate: optionalText,
	LastTransactionDate: optionalText,
	NextTransactionDate: optionalText,
});

type Notification = z.infer<typeof notificationSchema> & { type: NotificationType };

function readType(type: string): NotificationType {
	const known = NOTIFICATION_TYPES.find((name) => name === type.toLowerCase());
	if (!known) throw new RangeError(`There is no notification of the type "${type}"`);
	return known;
}

/** Any other status is not final (§3). */
const CHARGE_KINDS: ReadonlyMap<string, PaymentEventKind> = new Map([
	['completed', 'paid'],
	['authorized', 'authorized'],
]);

/**
 * `Active` and `PastDue` change nothing: each charge comes as Pay or Fail as well. `Expired` means that the agreed
 * number of charges is made, and the last of them bought a period that still runs.
 */
const SUBSCRIPTION_KINDS: ReadonlyMap<string, PaymentEventKind> = new Map([
	['cancelled', 'canceled'],
	['expired', 'canceled'],
	['rejected', 'subscription_ended'],
]);

function kindOf({ type, Status, SubscriptionId }: Notification): PaymentEventKind {
	switch (type) {
		case 'check':
			return 'check';
		case 'fail':
			return 'failed';
		case 'refund':
			return 'refunded';
		case 'cancel':
			return 'canceled';
	}
	if (Status === null) throw new UnreadableNotificationError('Status', 'missing');
	if (type === 'recurrent') return SUBSCRIPTION_KINDS.get(lower(Status)) ?? 'other';
	const kind = CHARGE_KINDS.get(lower(Status)) ?? 'other';
	return kind === 'paid' && SubscriptionId !== null ? 'renewed' : kind;
}

/**
 * The transaction and what became of it; for a subscription its state and counters (§4). Pay and Confirm of one
 * captured payment share a key, so that the provider's list of payments can tell it too.
 */
function eventKey(notification: Notification, kind: PaymentEventKind): string {
	const { type, Status, SuccessfulTransactionsNumber: successes, FailedTransactionsNumber: failures } = notification;
	if (type === 'recurrent') {
		return `subscription:${needed(notification, 'Id')}:${lower(Status)}:${successes ?? 0}:${failures ?? 0}`;
	}
	const outcome = kind === 'renewed' ? 'paid' : kind === 'other' ? `${type}:${lower(Status)}` : kind;
	return `transaction:${needed(notification, 'TransactionId')}:${outcome}`;
}

/** A refund is a transaction of its own, and must not be taken for the payment it belongs to. */
function identity(notification: Notification, kind: PaymentEventKind): Pick<PaymentEvent, 'providerPaymentId' | 'refundId'> {
	if (kind !== 'refunded') return { providerPaymentId: notification.TransactionId };
	return { providerPaymentId: notification.PaymentTransactionId, refundId: needed(notification, 'TransactionId') };
}

function amount(notification: Notification): number | null {
	if (notification.type === 'recurrent') return null;
	const hasNoCurrency = notification.type === 'refund' || notification.type === 'cancel';
	// Amounts have two decimals at most, whatever the currency (§2).
	const currency = hasNoCurrency ? (notification.Currency ?? 'RUB') : needed(notification, 'Currency');
	const minor = toMinor(needed(notification, 'Amount'), currency);
	if (minor === null) throw new UnreadableNotificationError('Amount', `not an amount in ${currency}`);
	return minor;
}

function occurredAt(notification: Notification, receivedAt: Date | undefined): string {
	if (notification.DateTime !== null) return time('DateTime', notification.DateTime);
	if (receivedAt) return receivedAt.toISOString();
	if (notification.LastTransactionDate !== null) return time('LastTransactionDate', notification.LastTransactionDate);
	if (notification.StartDate !== null) return time('StartDate', notification.StartDate);
	throw new UnreadableNotificationError('DateTime', 'missing');
}

function time(field: string, text: string): string {
	const moment = readUtc(text);
	if (moment === null) throw new UnreadableNotificationError(field, 'not a date and time');
	return moment;
}

function subscription(notification: Notification): PaymentEvent['subscription'] {
	if (notification.type !== 'recurrent') {
		if (notification.SubscriptionId === null) return null;
		return {
			planId: null,
			subscriptionId: notification.SubscriptionId,
			name: notification.Description,
			paymentNumber: null,
			nextPaymentAt: null,
			renews: true,
			errorCode: notification.ReasonCode,
		};
	}
	const { SuccessfulTransactionsNumber: successes, NextTransactionDate: next } = notification;
	return {
		planId: null,
		subscriptionId: needed(notification, 'Id'),
		name: notification.Description,
		paymentNumber: successes !== null && /^\d{1,9}$/.test(successes) ? Number(successes) : null,
		nextPaymentAt: next === null ? null : time('NextTransactionDate', next),
		renews: ['active', 'pastdue'].includes(lower(notification.Status)),
		errorCode: null,
	};
}

function needed(notification: Notification, field: 'Amount' | 'Currency' | 'Id' | 'TransactionId'): string {
	const value = notification[field];
	if (value === null) throw new UnreadableNotificationError(field, 'missing');
	return value;
}

function checked(event: PaymentEvent): PaymentEvent {
	const result = paymentEventSchema.safeParse(event);
	if (result.success) return result.data;
	const [issue] = result.error.issues;
	throw new UnreadableNotificationError(issue?.path.join('.') ?? 'event', issue?.message ?? 'unreadable');
}

function lower(text: string | null): string {
	return text?.toLowerCase() ?? '';
}
