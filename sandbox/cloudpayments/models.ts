import { decimal } from './noticeFields';
import { isoText, slashDate } from './moments';
import type { Order, Subscription, Transaction } from './objects';
import { reasonOf } from './reasons';
import { isRunning } from './subscriptions';

/** Numbers of the statuses; those of the waiting ones are nowhere documented. */
const STATUS_CODES: Readonly<Record<Transaction['status'], number>> = {
	Created: 0, Pending: 0, AwaitingAuthentication: 1, Authorized: 2, Completed: 3, Cancelled: 4, Declined: 5,
};

const CURRENCY_CODES = new Map([['RUB', 0], ['EUR', 1], ['USD', 2], ['KZT', 13]]);
const INTERVAL_CODES = { Week: 0, Month: 1, Day: 2 };
const SUBSCRIPTION_CODES: Readonly<Record<Subscription['status'], number>> = {
	Active: 0, PastDue: 1, Cancelled: 2, Rejected: 3, Expired: 4,
};

/** A date in both forms the service writes it in (providers/cloudpayments.md §2). */
function dates(name: string, iso: string | null): Record<string, string | null> {
	return { [name]: iso && slashDate(iso), [`${name}Iso`]: iso && isoText(iso) };
}

/** A transaction as the API shows it. */
export function transactionModel(transaction: Transaction, publicId: string): Record<string, unknown> {
	const { card, status, reasonCode, type, currency, originalTransactionId: original } = transaction;
	const isOver = reasonCode !== null;
	return {
		PublicId: publicId,
		TransactionId: transaction.transactionId,
		Amount: Number(decimal(transaction.amountMinor)),
		Currency: currency,
		CurrencyCode: CURRENCY_CODES.get(currency) ?? null,
		PaymentAmount: Number(decimal(transaction.amountMinor)),
		PaymentCurrency: currency,
		InvoiceId: transaction.invoiceId,
		AccountId: transaction.accountId,
		Email: transaction.email,
		Description: transaction.description,
		JsonData: transaction.jsonData,
		...dates('CreatedDate', transaction.createdAt),
		...dates('AuthDate', transaction.authorizedAt),
		...dates('ConfirmDate', transaction.confirmedAt),
		AuthCode: card !== null && transaction.authorizedAt !== null ? 'A1B2C3' : null,
		TestMode: transaction.isTest,
		Rrn: null,
		OriginalTransactionId: original,
		IpAddress: transaction.ipAddress,
		CardFirstSix: card?.firstSix ?? null,
		CardLastFour: card?.lastFour ?? null,
		CardExpDate: card?.expDate ?? null,
		CardType: card?.type ?? null,
		Issuer: card && 'Sandbox Bank',
		IssuerBankCountry: card && 'RU',
		Status: status,
		StatusCode: STATUS_CODES[status],
		CultureName: 'ru-RU',
		Reason: isOver ? reasonOf(reasonCode).name : null,
		ReasonCode: reasonCode ?? 0,
		CardHolderMessage: isOver ? reasonOf(reasonCode).text : null,
		Type: type === 'refund' ? 1 : 0,
		Refunded: type === 'payment' && transaction.refundedMinor > 0,
		Name: transaction.name,
		Token: transaction.token,
		SubscriptionId: transaction.subscriptionId,
		GatewayName: transaction.isTest ? 'Test' : 'Sandbox Bank',
		PaymentMethod: transaction.method === 'sbp' ? 'Sbp' : null,
		TotalFee: 0,
	};
}

/** A payment link as the API shows it. @param site origin of the pages */
export function orderModel(order: Order, site: string): Record<string, unknown> {
	return {
		Id: order.id,
		Number: order.number,
		Amount: Number(decimal(order.amountMinor)),
		Currency: order.currency,
		CurrencyCode: CURRENCY_CODES.get(order.currency) ?? null,
		Email: order.email,
		Phone: order.phone,
		Description: order.description,
		InvoiceId: order.invoiceId,
		AccountId: order.accountId,
		JsonData: order.jsonData,
		RequireConfirmation: order.scheme === 'Dual',
		Url: `${site}/d/${order.id}`,
		CultureName: order.cultureName,
		...dates('CreatedDate', order.createdAt),
		Status: order.status,
		StatusCode: { Created: 0, Paid: 1, Cancelled: 2 }[order.status],
		InternalId: order.number,
	};
}

/** A subscription as the API shows it. */
export function subscriptionModel(subscription: Subscription): Record<string, unknown> {
	const { status, interval, customerReceipt } = subscription;
	return {
		Id: subscription.id,
		AccountId: subscription.accountId,
		Description: subscription.description,
		Email: subscription.email,
		Amount: Number(decimal(subscription.amountMinor)),
		Currency: subscription.currency,
		CurrencyCode: CURRENCY_CODES.get(subscription.currency) ?? null,
		RequireConfirmation: subscription.requireConfirmation,
		...dates('StartDate', subscription.startAt),
		Interval: interval,
		IntervalCode: INTERVAL_CODES[interval],
		Period: subscription.period,
		MaxPeriods: subscription.maxPeriods,
		CultureName: 'ru-RU',
		Status: status,
		StatusCode: SUBSCRIPTION_CODES[status],
		SuccessfulTransactionsNumber: subscription.successes,
		FailedTransactionsNumber: subscription.failures,
		...dates('LastTransactionDate', subscription.lastAt),
		...dates('NextTransactionDate', isRunning(subscription) ? subscription.nextAt : null),
		Receipt: customerReceipt,
	};
}
