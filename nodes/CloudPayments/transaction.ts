import { z } from 'zod';

import { toMinor } from '../shared/money';
import type { PaymentEvent } from '../shared/paymentEvent';
import { toTree } from './body';
import { toPaymentEvent, type NotificationType } from './event';
import { optionalText } from './lenient';
import { readDecline, type Decline } from './reasonCodes';
import { readUtc } from './time';

/** What became of a transaction. Anything but the first four is not final. */
export type Outcome = 'paid' | 'authorized' | 'declined' | 'canceled' | 'threeDSecure' | 'pending';

/** A transaction of the API (providers/cloudpayments.md §3). */
export interface Transaction {
	transactionId: string | null;
	type: 'payment' | 'refund' | 'payout';
	/** The provider's own word. */
	status: string | null;
	outcome: Outcome;
	/** True for a payment whose money was taken; never for a refund or a payout. */
	paid: boolean;
	amountMinor: number | null;
	currency: string | null;
	orderRef: string | null;
	accountId: string | null;
	email: string | null;
	description: string | null;
	subscriptionId: string | null;
	/** For further charges without the buyer; works only on the site that issued it. */
	cardToken: string | null;
	cardLastFour: string | null;
	isTest: boolean;
	/** Whether money of this payment went back; the API does not tell how much. */
	refunded: boolean;
	/** The payment a refund belongs to. */
	originalTransactionId: string | null;
	createdAt: string | null;
	authorizedAt: string | null;
	confirmedAt: string | null;
	decline: Decline | null;
	/** The event its notification makes, with the same key; null for what is not final or cannot be read (CP14). */
	event: PaymentEvent | null;
}

const modelSchema = z
	.object({
		TransactionId: optionalText,
		Type: optionalText,
		Status: optionalText,
		Amount: optionalText,
		Currency: optionalText,
		InvoiceId: optionalText,
		AccountId: optionalText,
		Email: optionalText,
		Description: optionalText,
		SubscriptionId: optionalText,
		Token: optionalText,
		CardLastFour: optionalText,
		TestMode: optionalText,
		Refunded: optionalText,
		OriginalTransactionId: optionalText,
		CreatedDateIso: optionalText,
		AuthDateIso: optionalText,
		ConfirmDateIso: optionalText,
		ReasonCode: optionalText,
		CardHolderMessage: optionalText,
		AcsUrl: optionalText,
		JsonData: optionalText,
	})
	.passthrough();

type Model = z.infer<typeof modelSchema>;

/** Null for what is no transaction. */
export function readTransaction(answer: unknown): Transaction | null {
	const { data: model } = modelSchema.safeParse(answer);
	if (!model) return null;
	const type = typeOf(model);
	const outcome = outcomeOf(model);
	return {
		transactionId: model.TransactionId,
		type,
		status: model.Status,
		outcome,
		paid: type === 'payment' && outcome === 'paid',
		amountMinor: model.Amount === null ? null : toMinor(model.Amount, model.Currency ?? 'RUB'),
		currency: model.Currency?.toUpperCase() ?? null,
		orderRef: model.InvoiceId,
		accountId: model.AccountId,
		email: model.Email,
		description: model.Description,
		subscriptionId: model.SubscriptionId,
		cardToken: model.Token,
		cardLastFour: model.CardLastFour,
		isTest: model.TestMode === 'true' || model.TestMode === '1',
		refunded: model.Refunded === 'true',
		originalTransactionId: model.OriginalTransactionId,
		createdAt: utc(model.CreatedDateIso),
		authorizedAt: utc(model.AuthDateIso),
		confirmedAt: utc(model.ConfirmDateIso),
		decline: outcome === 'declined' ? readDecline(model.ReasonCode ?? '', model.CardHolderMessage) : null,
		event: type === 'payout' ? null : eventOf(model, type, outcome),
	};
}

/** The examples show 0 for payments and 2 for payouts; refunds are known by the payment they name, too. */
function typeOf({ Type: type, OriginalTransactionId: original }: Model): Transaction['type'] {
	if (type === '2') return 'payout';
	return type === '1' || (type === null && original !== null) ? 'refund' : 'payment';
}

const OUTCOMES: ReadonlyMap<string, Outcome> = new Map([
	['completed', 'paid'],
	['authorized', 'authorized'],
	['declined', 'declined'],
	['cancelled', 'canceled'],
]);

/** A status wins over everything; without one, a refusal is known by its reason, and 3-D Secure by the bank's page. */
function outcomeOf({ Status: status, ReasonCode: reason, AcsUrl: bankPage }: Model): Outcome {
	if (status !== null) return OUTCOMES.get(status.toLowerCase()) ?? (bankPage === null ? 'pending' : 'threeDSecure');
	if (bankPage !== null) return 'threeDSecure';
	return reason !== null && reason !== '0' ? 'declined' : 'pending';
}

const NOTIFICATIONS: ReadonlyMap<Outcome, NotificationType> = new Map([
	['paid', 'pay'],
	['authorized', 'pay'],
	['declined', 'fail'],
	['canceled', 'cancel'],
]);

function eventOf(model: Model, type: 'payment' | 'refund', outcome: Outcome): PaymentEvent | null {
	const notification = type === 'payment' ? NOTIFICATIONS.get(outcome) : outcome === 'paid' ? 'refund' : undefined;
	if (!notification) return null;
	try {
		const fields = toTree({
			...model,
			DateTime: model.ConfirmDateIso ?? model.AuthDateIso ?? model.CreatedDateIso,
			Data: model.JsonData,
			PaymentTransactionId: type === 'refund' ? model.OriginalTransactionId : null,
		});
		return toPaymentEvent(notification, fields);
	} catch {
		return null;
	}
}

function utc(text: string | null): string | null {
	return text === null ? null : readUtc(text);
}
