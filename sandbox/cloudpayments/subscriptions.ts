import type { Interval } from './moments';
import { addPeriods, DAY_MS } from './moments';
import type { Notifications } from './notifications';
import type { PaymentTerms, Recurrent, Subscription, Transaction } from './objects';
import type { Payments } from './payments';
import { Refusal } from './refusal';
import type { DueTask } from './schedule';
import type { Site } from './site';
import { newId } from './site';
import type { Tokens } from './tokens';

/** Refused charges in a row after which a subscription is given up (providers/cloudpayments.md §3). */
const MAX_FAILURES = 3;
const MAX_INTERVAL_DAYS = 366;

type Plan = Pick<
	Subscription,
	| 'accountId' | 'token' | 'email' | 'description' | 'amountMinor' | 'currency' | 'requireConfirmation' | 'startAt'
	| 'interval' | 'period' | 'maxPeriods' | 'customerReceipt'
>;

/** What may be changed later. */
export type PlanChange = Partial<Omit<Plan, 'accountId' | 'token' | 'email'>>;

/** The subscriptions and their charges by the stand-in's clock. */
export class Subscriptions {
	constructor(
		private readonly site: Site,
		private readonly tokens: Tokens,
		private readonly notifications: Notifications,
		private readonly payments: Payments,
	) {}

	/** @throws Refusal for a start in the past or an interval of more than a year */
	create(plan: Plan): Subscription {
		this.checkTimes(plan.startAt, plan.interval, plan.period);
		const subscription = this.add(plan);
		this.notifications.tellSubscription(subscription);
		return subscription;
	}

	/** Begins with a payment that is made; it counts as the first one. A start that has passed by now does not. */
	startWith(recurrent: Recurrent, payment: Transaction, token: string): string {
		const { interval, period, amountMinor, startAt, maxPeriods } = recurrent;
		const now = this.site.clock.iso();
		const subscription = this.add({
			accountId: payment.accountId ?? '',
			token,
			email: payment.email,
			description: payment.description ?? '',
			amountMinor: amountMinor ?? payment.amountMinor,
			currency: payment.currency,
			requireConfirmation: payment.scheme === 'Dual',
			startAt: startAt !== null && startAt > now ? startAt : addPeriods(now, interval, period),
			interval,
			period,
			maxPeriods,
			customerReceipt: null,
		});
		this.countSuccess(subscription);
		this.notifications.tellSubscription(subscription);
		return subscription.id;
	}

	/** Changes what is given. Any change wakes a subscription that is over; the shop is not told (§3). */
	update(id: string, change: PlanChange): Subscription {
		const subscription = this.site.subscription(id);
		const { startAt, interval = subscription.interval, period = subscription.period } = change;
		this.checkTimes(startAt ?? null, interval, period);
		Object.assign(subscription, change);
		const isOver = !isRunning(subscription);
		if (isOver) Object.assign(subscription, { status: 'Active', failures: 0 });
		if (startAt !== undefined) subscription.nextAt = startAt;
		else if (isOver || change.interval !== undefined || change.period !== undefined) {
			subscription.nextAt = this.nextCharge(subscription);
		}
		return subscription;
	}

	/** No further charges. */
	cancel(id: string): void {
		const subscription = this.site.subscription(id);
		if (!isRunning(subscription)) return;
		Object.assign(subscription, { status: 'Cancelled', nextAt: null });
		this.notifications.tellSubscription(subscription);
	}

	/** The next charge, whosever it is. */
	nextDue(): DueTask | null {
		const due = [...this.site.subscriptions.values()].filter(({ nextAt }) => nextAt !== null);
		const [first] = due.sort((left, right) => timeOf(left) - timeOf(right));
		return first ? { at: timeOf(first), run: async () => await this.charge(first) } : null;
	}

	private add(plan: Plan): Subscription {
		const id = newId('sc_', 14);
		const subscription: Subscription = {
			...plan, id, status: 'Active', successes: 0, failures: 0, lastAt: null, nextAt: plan.startAt,
		};
		this.site.subscriptions.set(id, subscription);
		return subscription;
	}

	private async charge(subscription: Subscription): Promise<void> {
		const due = subscription.nextAt;
		const token = this.tokens.get(subscription.token, subscription.accountId);
		const { status } = await this.payments.payByToken(this.termsOf(subscription), token, true);
		// The buyer or the shop may have changed it while the shop was asked.
		if (!isRunning(subscription) || subscription.nextAt !== due) return;
		const before = subscription.status;
		if (status === 'Declined') this.countFailure(subscription);
		else this.countSuccess(subscription);
		if (subscription.status !== before) this.notifications.tellSubscription(subscription);
	}

	private countSuccess(subscription: Subscription): void {
		subscription.successes += 1;
		subscription.failures = 0;
		subscription.lastAt = this.site.clock.iso();
		const isLast = subscription.maxPeriods !== null && subscription.successes >= subscription.maxPeriods;
		subscription.status = isLast ? 'Expired' : 'Active';
		subscription.nextAt = isLast ? null : this.nextCharge(subscription);
	}

	/** Tried again the next day, three times at most. */
	private countFailure(subscription: Subscription): void {
		subscription.failures += 1;
		const isLast = subscription.failures >= MAX_FAILURES;
		subscription.status = isLast ? 'Rejected' : 'PastDue';
		subscription.nextAt = isLast ? null : new Date(this.site.clock.now() + DAY_MS).toISOString();
	}

	/** The first moment of the plan that is still to come. */
	private nextCharge({ startAt, interval, period }: Subscription): string {
		const now = this.site.clock.now();
		for (let count = 0; ; count += 1) {
			const moment = addPeriods(startAt, interval, count * period);
			if (Date.parse(moment) > now) return moment;
		}
	}

	private termsOf(subscription: Subscription): PaymentTerms {
		const { accountId, email, description, amountMinor, currency, customerReceipt, id } = subscription;
		return {
			amountMinor,
			currency,
			scheme: subscription.requireConfirmation ? 'Dual' : 'Single',
			invoiceId: null,
			accountId,
			email,
			name: null,
			description,
			jsonData: customerReceipt === null ? null : `{"cloudPayments":{"customerReceipt":${customerReceipt}}}`,
			ipAddress: null,
			saveCard: null,
			recurrent: null,
			subscriptionId: id,
			orderId: null,
			isTest: this.site.testMode,
		};
	}

	private checkTimes(startAt: string | null, interval: Interval, period: number): void {
		if (startAt !== null && Date.parse(startAt) <= this.site.clock.now()) {
			throw new Refusal('StartDate must be in the future');
		}
		const days = { Day: 1, Week: 7, Month: 30 }[interval] * period;
		if (period < 1 || days > MAX_INTERVAL_DAYS) throw new Refusal('Period is invalid');
	}
}

/** Whether it is going to be charged again. */
export function isRunning({ status }: Subscription): boolean {
	return status === 'Active' || status === 'PastDue';
}

function timeOf({ nextAt }: Subscription): number {
	return Date.parse(nextAt ?? '');
}
