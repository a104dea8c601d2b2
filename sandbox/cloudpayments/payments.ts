import type { CardFace, ReadCard } from './cards';
import { DAY_MS } from './moments';
import type { Notifications } from './notifications';
import type { PaymentTerms, Recurrent, Token, Transaction } from './objects';
import { REASON } from './reasons';
import { Refusal } from './refusal';
import type { DueTask } from './schedule';
import type { Site } from './site';
import type { Tokens } from './tokens';

/** Money that is held this long is let go (providers/cloudpayments.md §3). */
const HOLD_MS = 7 * DAY_MS;
const REFUNDABLE_MS = 365 * DAY_MS;

/** What pays, and what its bank is going to say. */
interface Means {
	readonly method: Transaction['method'];
	readonly card: CardFace | null;
	/** Who else has to say yes after the shop did. */
	readonly waitsFor: 'nobody' | 'payer' | 'bank';
	readonly reasonCode: number;
	/** Of later charges. */
	readonly tokenReasonCode: number;
	/** The token that pays; null for a payer who is there. */
	readonly token: string | null;
}

/** Begins the subscription that comes with a first payment. @returns its id */
type StartSubscription = (recurrent: Recurrent, payment: Transaction, token: string) => string;

/** Payments and refunds from the first question to the shop to their end. */
export class Payments {
	/** Of the payments that are not over. */
	private readonly means = new Map<number, Means>();

	constructor(
		private readonly site: Site,
		private readonly tokens: Tokens,
		private readonly notifications: Notifications,
		private readonly startSubscription: StartSubscription,
	) {}

	/** A payer types a card. */
	async payByCard(terms: PaymentTerms, card: ReadCard): Promise<Transaction> {
		const { face, asksFor3ds, reasonCode, tokenReasonCode } = card;
		const waitsFor = asksFor3ds ? 'payer' : 'nobody';
		return await this.ask(this.begin(terms, {
			method: 'card', card: face, waitsFor, reasonCode, tokenReasonCode, token: null,
		}));
	}

	/**
	 * A saved card is charged, or a saved account of SBP, whose bank takes its time.
	 *
	 * @param isScheduled a charge of a subscription; its outcome is known at once
	 */
	async payByToken(terms: PaymentTerms, token: Token, isScheduled = false): Promise<Transaction> {
		const { card, token: text } = token;
		const reasonCode = this.tokens.takeReasonCode(token);
		return await this.ask(this.begin(terms, {
			method: card === null ? 'sbp' : 'card',
			card,
			waitsFor: card === null && !isScheduled ? 'bank' : 'nobody',
			reasonCode,
			tokenReasonCode: token.reasonCode,
			token: text,
		}));
	}

	/** A link to pay through SBP; nobody is asked before the payer opens it. @throws Refusal for another currency */
	beginSbp(terms: PaymentTerms): Transaction {
		if (terms.currency !== 'RUB') throw new Refusal('Currency must be RUB');
		return this.begin(terms, {
			method: 'sbp', card: null, waitsFor: 'bank', reasonCode: 0, tokenReasonCode: 0, token: null,
		});
	}

	/** The payer has opened the bank's app: the shop is asked once. */
	async openSbp(transaction: Transaction): Promise<Transaction> {
		return transaction.status === 'Created' ? await this.ask(transaction) : transaction;
	}

	/** The payer's bank has decided on a payment or a refund through SBP. @throws Refusal when nothing waits for it */
	async settleSbp(transaction: Transaction, isOk: boolean): Promise<Transaction> {
		if (transaction.method !== 'sbp') throw new Refusal('Not a payment through SBP');
		await this.openSbp(transaction);
		if (transaction.type === 'refund') return this.settleRefund(transaction, isOk);
		if (transaction.status === 'Declined') return transaction;
		if (transaction.status !== 'Pending') throw new Refusal(`Payment is ${transaction.status}`);
		return this.finish(transaction, isOk ? this.meansOf(transaction).reasonCode : REASON.sbpRejected);
	}

	/** The payer is back from the page of the card's bank. @throws Refusal when nobody waits for that */
	authenticate(transaction: Transaction, isOk: boolean): Transaction {
		if (transaction.status !== 'AwaitingAuthentication') throw new Refusal(`Payment is ${transaction.status}`);
		return this.finish(transaction, isOk ? this.meansOf(transaction).reasonCode : REASON.authenticationFailed);
	}

	/** Takes held money, or less of it. @throws Refusal when there is none, or not as much */
	confirm(transaction: Transaction, amountMinor: number): Transaction {
		if (transaction.status !== 'Authorized') throw new Refusal('Transaction cannot be confirmed in its current status');
		if (amountMinor > transaction.amountMinor) throw new Refusal('Amount exceeds the authorized amount');
		transaction.amountMinor = amountMinor;
		transaction.status = 'Completed';
		transaction.confirmedAt = this.site.clock.iso();
		this.notifications.tell('confirm', transaction);
		return transaction;
	}

	/** Lets held money go. @throws Refusal when there is none */
	void(transaction: Transaction): Transaction {
		if (transaction.status !== 'Authorized') throw new Refusal('Transaction cannot be voided in its current status');
		transaction.status = 'Cancelled';
		this.notifications.tell('cancel', transaction);
		return transaction;
	}

	/**
	 * Gives money back. Through SBP the bank decides later.
	 *
	 * @returns the refund, a transaction of its own
	 * @throws Refusal when it is not a taken payment of the last year, or the sum of its refunds would be over it
	 */
	refund(payment: Transaction, amountMinor: number, jsonData: string | null): Transaction {
		if (payment.type !== 'payment' || payment.status !== 'Completed') {
			throw new Refusal('Transaction cannot be refunded in its current status');
		}
		if (this.site.clock.now() - Date.parse(payment.createdAt) > REFUNDABLE_MS) {
			throw new Refusal('Transaction is too old to be refunded');
		}
		if (amountMinor < 1 || payment.refundedMinor + amountMinor > payment.amountMinor) {
			throw new Refusal('Amount exceeds what is left of the payment');
		}
		payment.refundedMinor += amountMinor;
		const { method, card, transactionId: originalTransactionId } = payment;
		const refund = this.site.addTransaction(
			{ ...payment, amountMinor, jsonData: jsonData ?? payment.jsonData, saveCard: null, recurrent: null },
			{ type: 'refund', method, card, token: null, originalTransactionId },
		);
		refund.status = 'Pending';
		return method === 'sbp' ? refund : this.settleRefund(refund, true);
	}

	/** The next held money to let go. */
	nextDue(): DueTask | null {
		const held = [...this.site.transactions.values()].filter(({ status }) => status === 'Authorized');
		const [oldest] = held.sort((left, right) => endOfHold(left) - endOfHold(right));
		if (!oldest) return null;
		return { at: endOfHold(oldest), run: async () => void this.void(oldest) };
	}

	/** Forgets whom it was waiting for. */
	reset(): void {
		this.means.clear();
	}

	private begin(terms: PaymentTerms, means: Means): Transaction {
		const { method, card, token } = means;
		const transaction = this.site.addTransaction(terms, {
			type: 'payment', method, card, token, originalTransactionId: null,
		});
		this.means.set(transaction.transactionId, means);
		return transaction;
	}

	/** Check comes first, then whoever else has to agree. */
	private async ask(transaction: Transaction): Promise<Transaction> {
		const means = this.meansOf(transaction);
		transaction.status = 'Pending';
		const { code, reasonCode } = await this.notifications.check(transaction);
		transaction.checkCode = code;
		if (reasonCode !== 0) return this.finish(transaction, reasonCode);
		if (means.waitsFor === 'nobody') return this.finish(transaction, means.reasonCode);
		if (means.waitsFor === 'payer') transaction.status = 'AwaitingAuthentication';
		return transaction;
	}

	private finish(transaction: Transaction, reasonCode: number): Transaction {
		const means = this.meansOf(transaction);
		this.means.delete(transaction.transactionId);
		const order = transaction.orderId === null ? undefined : this.site.orders.get(transaction.orderId);
		// Somebody else may have paid the link meanwhile, or the shop has taken it back.
		const isLate = order !== undefined && order.status !== 'Created';
		transaction.reasonCode = reasonCode === 0 && isLate ? REASON.unableToProcess : reasonCode;
		if (transaction.reasonCode !== 0) {
			transaction.status = 'Declined';
			this.notifications.tell('fail', transaction);
			return transaction;
		}
		if (order) order.status = 'Paid';
		const isOneStage = transaction.scheme === 'Single';
		transaction.status = isOneStage ? 'Completed' : 'Authorized';
		transaction.authorizedAt = this.site.clock.iso();
		transaction.confirmedAt = isOneStage ? transaction.authorizedAt : null;
		this.saveToken(transaction, means);
		this.notifications.tell('pay', transaction);
		return transaction;
	}

	/** A token needs an account and the shop's setting; a subscription cannot be without one (§8). */
	private saveToken(payment: Transaction, means: Means): void {
		const { accountId, card, token, saveCard, recurrent } = payment;
		if (accountId === null || token !== null) return;
		const isWanted = card === null ? saveCard === true : saveCard !== false;
		if (recurrent === null && !(this.site.savesCards && isWanted)) return;
		payment.token = this.tokens.save(card, accountId, means.tokenReasonCode).token;
		if (recurrent) payment.subscriptionId = this.startSubscription(recurrent, payment, payment.token);
	}

	private settleRefund(refund: Transaction, isOk: boolean): Transaction {
		if (refund.status !== 'Pending') throw new Refusal(`Refund is ${refund.status}`);
		refund.reasonCode = isOk ? 0 : REASON.sbpRejected;
		refund.status = isOk ? 'Completed' : 'Declined';
		if (isOk) {
			refund.confirmedAt = this.site.clock.iso();
			this.notifications.tell('refund', refund);
		} else {
			this.site.transaction(refund.originalTransactionId ?? 0).refundedMinor -= refund.amountMinor;
		}
		return refund;
	}

	private meansOf(transaction: Transaction): Means {
		const means = this.means.get(transaction.transactionId);
		if (!means) throw new Refusal(`Payment is ${transaction.status}`);
		return means;
	}
}

function endOfHold({ authorizedAt }: Transaction): number {
	return Date.parse(authorizedAt ?? '') + HOLD_MS;
}
