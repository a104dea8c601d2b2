import type { CardFace } from './cards';
import type { Interval } from './moments';

export type TransactionStatus =
	/** An SBP link nobody has paid yet. */
	| 'Created'
	/** The shop (Check) or the payer's bank (SBP) is being asked. */
	| 'Pending'
	| 'AwaitingAuthentication'
	| 'Authorized'
	| 'Completed'
	| 'Cancelled'
	| 'Declined';

/** A wish for regular charges that comes along with a first payment. */
export interface Recurrent {
	readonly interval: Interval;
	readonly period: number;
	/** That of the first payment when null. */
	readonly amountMinor: number | null;
	/** One period after the first payment when null. */
	readonly startAt: string | null;
	readonly maxPeriods: number | null;
}

/** What is to be paid, by whom and for what. */
export interface PaymentTerms {
	readonly amountMinor: number;
	readonly currency: string;
	/** `Dual` only holds the money until it is confirmed. */
	readonly scheme: 'Single' | 'Dual';
	readonly invoiceId: string | null;
	readonly accountId: string | null;
	readonly email: string | null;
	/** As on the card. */
	readonly name: string | null;
	readonly description: string | null;
	/** JSON text. */
	readonly jsonData: string | null;
	readonly ipAddress: string | null;
	/** What the payer or the request wants; null leaves it to the shop's setting. */
	readonly saveCard: boolean | null;
	readonly recurrent: Recurrent | null;
	readonly subscriptionId: string | null;
	readonly orderId: string | null;
	readonly isTest: boolean;
}

/** A payment or a refund. Times are UTC, amounts in minor units. */
export interface Transaction extends Omit<PaymentTerms, 'amountMinor' | 'subscriptionId'> {
	readonly transactionId: number;
	readonly type: 'payment' | 'refund';
	readonly method: 'card' | 'sbp';
	/** Null for SBP. */
	readonly card: CardFace | null;
	status: TransactionStatus;
	amountMinor: number;
	subscriptionId: string | null;
	/** 0 for an approved one, null while it is open. */
	reasonCode: number | null;
	/** What the shop answered to Check; null when it was not asked or gave no code. */
	checkCode: number | null;
	/** For further charges; null when the card was not saved. */
	token: string | null;
	/** Refunds on their way included. */
	refundedMinor: number;
	/** The payment a refund belongs to. */
	readonly originalTransactionId: number | null;
	readonly createdAt: string;
	authorizedAt: string | null;
	confirmedAt: string | null;
}

/** A saved card, or account of SBP. */
export interface Token {
	readonly token: string;
	readonly accountId: string;
	/** Null for SBP. */
	readonly card: CardFace | null;
	/** What the bank usually says to its charges. */
	readonly reasonCode: number;
}

/** A payment link (`orders/create`). */
export interface Order {
	readonly id: string;
	readonly number: number;
	readonly amountMinor: number;
	readonly currency: string;
	readonly description: string;
	readonly email: string | null;
	readonly phone: string | null;
	readonly invoiceId: string | null;
	readonly accountId: string | null;
	readonly jsonData: string | null;
	readonly scheme: PaymentTerms['scheme'];
	readonly recurrent: Recurrent | null;
	readonly offerUri: string | null;
	readonly successUrl: string | null;
	readonly failUrl: string | null;
	readonly cultureName: string;
	readonly createdAt: string;
	status: 'Created' | 'Paid' | 'Cancelled';
}

/** Regular charges of a token. */
export interface Subscription {
	readonly id: string;
	readonly accountId: string;
	readonly token: string;
	readonly email: string | null;
	description: string;
	amountMinor: number;
	currency: string;
	requireConfirmation: boolean;
	startAt: string;
	interval: Interval;
	period: number;
	maxPeriods: number | null;
	status: 'Active' | 'PastDue' | 'Rejected' | 'Cancelled' | 'Expired';
	/** Paid charges, the first payment included when it began the subscription. */
	successes: number;
	/** Refused charges in a row. */
	failures: number;
	lastAt: string | null;
	/** The next charge or the next try of one; null when there is none. */
	nextAt: string | null;
	/** Of every charge, as JSON text. */
	customerReceipt: string | null;
}

/** A link to pay through SBP. */
export interface SbpLink {
	readonly transactionId: number;
	readonly expiresAt: string;
	readonly successUrl: string | null;
}

/** A receipt under 54-FZ that was asked for. */
export interface Receipt {
	readonly id: string;
	readonly inn: string;
	readonly type: string;
	readonly invoiceId: string | null;
	readonly accountId: string | null;
	readonly amountMinor: number;
	readonly customerReceipt: object;
	readonly createdAt: string;
}
