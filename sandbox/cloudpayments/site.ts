import { randomBytes } from 'node:crypto';
import { Clock } from './clock';
import type { Order, PaymentTerms, Receipt, SbpLink, Subscription, Transaction } from './objects';
import { Refusal } from './refusal';

/** Growing numbers that do not repeat after a restart: a ledger that is kept must not see an old one again. */
class NumberSeries {
	private last = Math.floor(Date.now() / 10);

	next(): number {
		this.last += 1;
		return this.last;
	}
}

/** The shop's site (terminal) with everything that belongs to it. Numbers go on when the rest is forgotten. */
export class Site {
	readonly clock = new Clock();
	readonly numbers = new NumberSeries();
	readonly transactions = new Map<number, Transaction>();
	readonly orders = new Map<string, Order>();
	readonly subscriptions = new Map<string, Subscription>();
	readonly sbpLinks = new Map<number, SbpLink>();
	readonly receipts = new Map<string, Receipt>();
	/** Setting of the cabinet: whether cards are saved at all. */
	savesCards = true;
	/** Origin of the pages, set when it is known. */
	url = '';

	constructor(
		readonly publicId: string,
		readonly testMode: boolean,
	) {}

	/** @throws Refusal when there is none */
	transaction(id: number | string): Transaction {
		return found(this.transactions.get(Number(id)));
	}

	/** @throws Refusal when there is none */
	order(id: string): Order {
		return found(this.orders.get(id));
	}

	/** @throws Refusal when there is none */
	subscription(id: string): Subscription {
		return found(this.subscriptions.get(id));
	}

	/** Adds a transaction without an outcome. */
	addTransaction(
		terms: PaymentTerms,
		more: Pick<Transaction, 'type' | 'method' | 'card' | 'token' | 'originalTransactionId'>,
	): Transaction {
		const transaction: Transaction = {
			...terms,
			...more,
			transactionId: this.numbers.next(),
			status: 'Created',
			reasonCode: null,
			checkCode: null,
			refundedMinor: 0,
			createdAt: this.clock.iso(),
			authorizedAt: null,
			confirmedAt: null,
		};
		this.transactions.set(transaction.transactionId, transaction);
		return transaction;
	}

	/** Forgets what happened and sets the clock right. */
	forget(): void {
		const forgotten: ReadonlyArray<{ clear(): void }> = [
			this.transactions, this.orders, this.subscriptions, this.sbpLinks, this.receipts,
		];
		for (const collection of forgotten) collection.clear();
		this.savesCards = true;
		this.clock.reset();
	}
}

/** Letters and digits nobody can guess, as the ids of this service are. */
export function newId(prefix: string, bytes: number): string {
	return `${prefix}${randomBytes(bytes).toString('hex')}`;
}

/** @throws Refusal with the words of the service for what it does not have */
export function found<Item>(item: Item | undefined): Item {
	if (item === undefined) throw new Refusal('Not found');
	return item;
}
