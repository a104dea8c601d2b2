import type { Account } from './account';
import type { ApiJournal, ApiRequest, RequestFilter } from './apiJournal';
import type { Buyer } from './checkout';
import type { Deliveries, Delivery, HandDelivery, ReleaseOrder } from './deliveries';
import type { Faults } from './faults';
import type { IdempotencyKeys } from './idempotency';
import type { CheckoutSession, Dispute, Invoice, Refund, StripeEvent, Subscription } from './objects';
import type { Services } from './services';

/** Which events are meant; all that are given must hold. */
export interface EventFilter {
	readonly type?: string;
	/** Id of the object the event is about. */
	readonly objectId?: string;
}

/** Which deliveries are meant; all that are given must hold. */
export type DeliveryFilter = Partial<Pick<Delivery, 'eventId' | 'type' | 'endpointId' | 'status'>>;

const PATIENCE_MS = 30_000;

/** Drives the stand-in: what a test, the control API or the dashboard may do to it. Answers are copies. */
export class StripeControl {
	private readonly account: Account;

	constructor(
		private readonly services: Services,
		private readonly sent: Deliveries,
		private readonly faults: Faults,
		private readonly keys: IdempotencyKeys,
		private readonly journal: ApiJournal,
	) {
		this.account = services.account;
	}

	/** A buyer opens the session's page and pays. A declined card leaves the session open. */
	pay(sessionId: string, buyer: Buyer = {}): CheckoutSession {
		return structuredClone(this.services.checkout.pay(sessionId, buyer));
	}

	/** The bank has decided on a delayed payment. */
	settleDelayed(sessionId: string, succeeded: boolean): CheckoutSession {
		return structuredClone(this.services.checkout.settle(sessionId, succeeded));
	}

	/** The session runs out, as it does by itself at `expires_at`. */
	expire(sessionId: string): CheckoutSession {
		return structuredClone(this.services.sessions.expire(sessionId));
	}

	/** Gives money back by hand. @param amount minor units, all that is left when absent */
	refund(paymentIntentId: string, amount?: number): Refund {
		return structuredClone(this.services.refunds.create({ payment_intent: paymentIntentId, amount }));
	}

	/** The buyer's bank takes the payment back. */
	dispute(paymentIntentId: string): Dispute {
		return structuredClone(this.services.refunds.dispute(paymentIntentId));
	}

	closeDispute(paymentIntentId: string, outcome: 'won' | 'lost'): Dispute {
		return structuredClone(this.services.refunds.closeDispute(paymentIntentId, outcome));
	}

	/** The next period is charged, or the open invoice of a failed charge again. */
	renew(subscriptionId: string, options: { readonly fail?: boolean } = {}): Invoice {
		return structuredClone(this.services.subscriptions.renew(subscriptionId, options.fail ?? false));
	}

	/** The subscription is over at once. */
	endSubscription(subscriptionId: string): Subscription {
		return structuredClone(this.services.subscriptions.end(subscriptionId));
	}

	setCancelAtPeriodEnd(subscriptionId: string, cancel: boolean): Subscription {
		return structuredClone(this.services.subscriptions.update(subscriptionId, { cancel_at_period_end: cancel }));
	}

	/** Everything that happened, oldest first. */
	events({ type, objectId }: EventFilter = {}): readonly StripeEvent[] {
		const found = this.account.events.all.filter((event) => isWanted(event.type, type));
		return structuredClone(found.filter(({ data }) => isWanted(data.object.id, objectId)));
	}

	/** Every attempt to deliver an event, oldest first. */
	deliveries(filter: DeliveryFilter = {}): readonly Delivery[] {
		return this.sent.journal.filter(({ eventId, type, endpointId, status }) => {
			return isWanted(eventId, filter.eventId) && isWanted(type, filter.type) &&
				isWanted(endpointId, filter.endpointId) && isWanted(status, filter.status);
		});
	}

	/**
	 * Sends an event by hand to every endpoint that gets its type, all copies at once.
	 *
	 * @returns the statuses, null where no answer came
	 */
	async deliver(eventId: string, how: Partial<HandDelivery> = {}): Promise<ReadonlyArray<number | null>> {
		return await this.sent.deliver(this.account.events.get(eventId), { copies: 1, ...how });
	}

	/** Keeps deliveries back until {@link releaseDeliveries}. */
	holdDeliveries(): void {
		this.sent.hold();
	}

	/** Sends what was held one after another; events named by id go first, in this order. */
	async releaseDeliveries(order: ReleaseOrder = 'given'): Promise<void> {
		await this.sent.release(order);
	}

	/**
	 * Resolves when nothing is on its way, retries included; what is held back does not count.
	 *
	 * @throws Error naming what is still on its way after 30 seconds
	 */
	async waitForDeliveries(timeoutMs = PATIENCE_MS): Promise<void> {
		await this.sent.settled(timeoutMs);
	}

	/** API calls, oldest first. */
	requests(filter: RequestFilter = {}): readonly ApiRequest[] {
		return this.journal.select(filter);
	}

	countRequests(filter: RequestFilter = {}): number {
		return this.journal.select(filter).length;
	}

	/**
	 * The next `count` API calls (to paths that begin with `path`) are answered `status` without effect. A 500 comes from
	 * the call itself, so it is kept for the idempotency key and repeated; any other status is not.
	 */
	failNext(count: number, options: { readonly status: number; readonly path?: string }): void {
		this.faults.add({ kind: 'fail', apply: false, ...options }, count);
	}

	/** The next `count` API calls are served after `ms`. */
	delayNext(count: number, ms: number): void {
		this.faults.add({ kind: 'delay', ms }, count);
	}

	/** The next `count` API calls get no answer and no effect. */
	dropNext(count: number): void {
		this.faults.add({ kind: 'drop' }, count);
	}

	/** The next `count` API calls take effect but are answered `status`; the same key gets the true answer later. */
	applyThenFailNext(count: number, status: number): void {
		this.faults.add({ kind: 'fail', apply: true, status }, count);
	}

	/** Cuts off every API call while it is down. */
	down(isDown: boolean): void {
		this.faults.isDown = isDown;
	}

	/** Makes a new signing secret; both sign for a day. @returns the new one */
	rollSecret(endpointId: string): string {
		return this.services.endpoints.roll(endpointId);
	}

	/** What the endpoint's events are signed with now, the newest first: for an event a test makes up itself. */
	signingSecrets(endpointId: string): readonly string[] {
		return this.services.endpoints.secretsOf(endpointId);
	}

	/** Forgets buyers, payments, events, faults and the journals. Endpoints with their secrets and prices stay. */
	reset(): void {
		this.services.sessions.stop();
		this.sent.reset();
		this.account.forgetBuyers();
		this.faults.clear();
		this.keys.clear();
		this.journal.clear();
	}
}

function isWanted<Value>(value: Value, wanted: Value | undefined): boolean {
	return wanted === undefined || value === wanted;
}
