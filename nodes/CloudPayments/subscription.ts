import { z } from 'zod';

import { toMinor } from '../shared/money';
import { optionalText } from './lenient';
import { readUtc } from './time';

/** A subscription of the API (providers/cloudpayments.md §3). */
export interface Subscription {
	/** `sc_…` */
	subscriptionId: string;
	/** `Active`, `PastDue`, `Rejected`, `Cancelled` or `Expired`. */
	status: string | null;
	/** Whether it is going to be charged again. */
	renews: boolean;
	accountId: string | null;
	email: string | null;
	description: string | null;
	amountMinor: number | null;
	currency: string | null;
	/** `Day`, `Week` or `Month`; charged every `period` of them. */
	interval: string | null;
	period: number | null;
	maxPeriods: number | null;
	successfulPayments: number | null;
	/** In a row. */
	failedPayments: number | null;
	startsAt: string | null;
	lastPaymentAt: string | null;
	nextPaymentAt: string | null;
}

const modelSchema = z.object({
	Id: z.string().min(1),
	Status: optionalText,
	AccountId: optionalText,
	Email: optionalText,
	Description: optionalText,
	Amount: optionalText,
	Currency: optionalText,
	Interval: optionalText,
	Period: optionalText,
	MaxPeriods: optionalText,
	SuccessfulTransactionsNumber: optionalText,
	FailedTransactionsNumber: optionalText,
	StartDateIso: optionalText,
	LastTransactionDateIso: optionalText,
	NextTransactionDateIso: optionalText,
});

/** Null for what is no subscription. */
export function readSubscription(answer: unknown): Subscription | null {
	const { data: model } = modelSchema.safeParse(answer);
	if (!model) return null;
	return {
		subscriptionId: model.Id,
		status: model.Status,
		renews: model.Status === 'Active' || model.Status === 'PastDue',
		accountId: model.AccountId,
		email: model.Email,
		description: model.Description,
		amountMinor: model.Amount === null ? null : toMinor(model.Amount, model.Currency ?? 'RUB'),
		currency: model.Currency?.toUpperCase() ?? null,
		interval: model.Interval,
		period: count(model.Period),
		maxPeriods: count(model.MaxPeriods),
		successfulPayments: count(model.SuccessfulTransactionsNumber),
		failedPayments: count(model.FailedTransactionsNumber),
		startsAt: utc(model.StartDateIso),
		lastPaymentAt: utc(model.LastTransactionDateIso),
		nextPaymentAt: utc(model.NextTransactionDateIso),
	};
}

function count(text: string | null): number | null {
	return text !== null && /^\d{1,9}$/.test(text) ? Number(text) : null;
}

function utc(text: string | null): string | null {
	return text === null ? null : readUtc(text);
}
