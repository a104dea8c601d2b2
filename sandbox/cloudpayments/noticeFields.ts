import { toDecimal } from '../../nodes/shared/money';
import type { NotificationType } from './addresses';
import { formText } from './moments';
import type { Subscription, Transaction } from './objects';
import { reasonOf } from './reasons';
import type { FormFields } from './wire';

/** Amounts have two decimals whatever the currency. */
export function decimal(minor: number): string {
	return toDecimal(minor, 'RUB');
}

const CARD_TYPES = ['check', 'pay', 'fail', 'confirm'] as const;
const ALL_TYPES = [...CARD_TYPES, 'refund', 'cancel'] as const;
type TransactionType = (typeof ALL_TYPES)[number];

/** Empty text is a field without a value: it is sent, too. */
type Value = (transaction: Transaction, now: string) => string | number | null;

const never: Value = () => null;
const fromPayer = (text: string): Value => ({ ipAddress }) => (ipAddress === null ? null : text);

/** Which fields a type has, in the order of sending (the table of providers/cloudpayments.md §4). */
const FIELDS: ReadonlyArray<readonly [name: string, types: readonly TransactionType[], value: Value]> = [
	['TransactionId', ALL_TYPES, ({ transactionId }) => transactionId],
	['PaymentTransactionId', ['refund'], ({ originalTransactionId }) => originalTransactionId],
	['Amount', ALL_TYPES, ({ amountMinor }) => decimal(amountMinor)],
	['Currency', CARD_TYPES, ({ currency }) => currency],
	['PaymentAmount', CARD_TYPES, ({ amountMinor }) => decimal(amountMinor)],
	['PaymentCurrency', CARD_TYPES, ({ currency }) => currency],
	['OperationType', ['check', 'pay', 'fail', 'refund'], ({ type }) => (type === 'refund' ? 'Refund' : 'Payment')],
	['InvoiceId', ALL_TYPES, ({ invoiceId }) => invoiceId],
	['AccountId', ALL_TYPES, ({ accountId }) => accountId],
	['SubscriptionId', CARD_TYPES, ({ subscriptionId }) => subscriptionId],
	['Name', CARD_TYPES, ({ name }) => name],
	['Email', ALL_TYPES, ({ email }) => email],
	['DateTime', ALL_TYPES, (_transaction, now) => formText(now)],
	['IpAddress', CARD_TYPES, ({ ipAddress }) => ipAddress],
	['IpCountry', CARD_TYPES, fromPayer('RU')],
	['IpCity', CARD_TYPES, fromPayer('Санкт-Петербург')],
	['IpRegion', CARD_TYPES, fromPayer('Санкт-Петербург')],
	['IpDistrict', CARD_TYPES, fromPayer('Северо-Западный федеральный округ')],
	['IpLatitude', CARD_TYPES, fromPayer('59.93')],
	['IpLongitude', CARD_TYPES, fromPayer('30.31')],
	['CardId', ['check', 'pay', 'fail'], never],
	['CardFirstSix', CARD_TYPES, ({ card }) => card?.firstSix ?? null],
	['CardLastFour', CARD_TYPES, ({ card }) => card?.lastFour ?? null],
	['CardType', CARD_TYPES, ({ card }) => card?.type ?? null],
	['CardExpDate', CARD_TYPES, ({ card }) => card?.expDate ?? null],
	['CardProduct', ['check', 'pay'], never],
	['Issuer', CARD_TYPES, ({ card }) => (card === null ? null : 'Sandbox Bank')],
	['IssuerBankCountry', CARD_TYPES, ({ card }) => (card === null ? null : 'RU')],
	['Description', CARD_TYPES, ({ description }) => description],
	['AuthCode', ['pay', 'confirm'], ({ card }) => (card === null ? null : 'A1B2C3')],
	['Token', ['pay', 'fail', 'confirm'], ({ token }) => token],
	['TokenRecipient', ['check'], never],
	['TestMode', CARD_TYPES, ({ isTest }) => (isTest ? 1 : 0)],
	['Status', ['check', 'pay', 'confirm'], statusText],
	['Reason', ['fail'], ({ reasonCode }) => reasonOf(reasonCode ?? 0).name],
	['ReasonCode', ['fail'], ({ reasonCode }) => reasonCode],
	['GatewayName', ['pay'], ({ isTest }) => (isTest ? 'Test' : 'Sandbox Bank')],
	['Rrn', ['pay', 'fail', 'confirm', 'refund', 'cancel'], never],
	['TotalFee', ['pay'], () => '0.00'],
	['VatAboveTotalFee', ['pay'], () => '0.00'],
	['ProcessorAndPartnerFee', ['pay'], () => '0.00'],
	['VatWithinProcessorFee', ['pay'], () => '0.00'],
	['RetryAfter', ['fail'], never],
	['ProviderMessage', ['fail'], never],
	['CustomFields', ['pay', 'fail', 'refund'], never],
	['FallBackScenarioDeclinedTransactionId', ['pay', 'fail'], never],
	['PaymentMethod', CARD_TYPES, ({ method }) => (method === 'sbp' ? 'Sbp' : null)],
	['Data', ALL_TYPES, ({ jsonData }) => jsonData],
];

/** At Check the money is not there yet: what the payment is going to be. */
function statusText({ status, scheme }: Transaction): string {
	if (status === 'Completed' || status === 'Authorized') return status;
	return scheme === 'Single' ? 'Completed' : 'Authorized';
}

/** The form of a notification about a payment or a refund. @param now UTC ISO */
export function transactionFields(
	type: Exclude<NotificationType, 'recurrent'>,
	transaction: Transaction,
	now: string,
): FormFields {
	return FIELDS.filter(([, types]) => types.includes(type)).map(([name, , value]) => {
		return [name, String(value(transaction, now) ?? '')];
	});
}

/** The form of a notification about a subscription (§4, Recurrent). */
export function recurrentFields(subscription: Subscription): FormFields {
	const { lastAt, nextAt, maxPeriods } = subscription;
	return [
		['Id', subscription.id],
		['AccountId', subscription.accountId],
		['Description', subscription.description],
		['Email', subscription.email ?? ''],
		['Amount', decimal(subscription.amountMinor)],
		['Currency', subscription.currency],
		['RequireConfirmation', subscription.requireConfirmation ? '1' : '0'],
		['StartDate', formText(subscription.startAt)],
		['Interval', subscription.interval],
		['Period', String(subscription.period)],
		['Status', subscription.status],
		['SuccessfulTransactionsNumber', String(subscription.successes)],
		['FailedTransactionsNumber', String(subscription.failures)],
		['MaxPeriods', maxPeriods === null ? '' : String(maxPeriods)],
		['LastTransactionDate', lastAt === null ? '' : formText(lastAt)],
		['NextTransactionDate', nextAt === null ? '' : formText(nextAt)],
	];
}
