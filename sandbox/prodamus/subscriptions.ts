import type { Clock } from './clock';
import { moscowIso, moscowText } from './clock';
import { METHODS } from './link';
import type { Link } from './payform';
import { commissionFields, rubles } from './notificationFields';
import type { NotificationSender } from './notificationSender';
import type { NumberSeries } from './numberSeries';
import type { Plan } from './plans';
import type { PageSettings } from './settings';
import type { ChargeError, Subscription } from './subscription';
import { CHARGE_ERRORS, dueAt, isExhausted, isRunning, subscriptionBlock } from './subscription';

/** Charges tried before a renewal is given up, and the pause between them. */
export const MAX_CHARGE_ATTEMPTS = 3;
const CHARGE_PAUSE_MS = 86_400_000;
const DAY_MS = 86_400_000;

/** A change of a subscription that is refused; the message is the text of the answer. */
export class SubscriptionError extends Error {}

/** The subscriptions of the page and the events they send. */
export class Subscriptions {
	private readonly byProfile = new Map<string, Subscription>();

	constructor(
		private readonly settings: PageSettings,
		private readonly clock: Clock,
		private readonly numbers: NumberSeries,
		private readonly sender: NotificationSender,
	) {}

	/** All subscriptions, oldest first. */
	get all(): readonly Subscription[] {
		return [...this.byProfile.values()];
	}

	/** @throws SubscriptionError when there is none */
	get(profileId: string): Subscription {
		const subscription = this.byProfile.get(profileId);
		if (!subscription) throw new SubscriptionError(`subscription profile ${profileId} not found`);
		return subscription;
	}

	/**
	 * Starts a subscription with its first payment. A start date in the past is shifted by one period.
	 *
	 * @returns the block for the payment's own webhook
	 */
	start(plan: Plan, link: Link): Record<string, string> {
		const now = this.clock.now();
		const { subscriptionStart, renewalLimit } = link.order;
		const startsAt = subscriptionStart && subscriptionStart > now ? subscriptionStart : null;
		const nextPaymentAt = startsAt ?? this.periodAfter(plan, subscriptionStart ?? now);
		const subscription: Subscription = {
			profileId: this.numbers.next(),
			plan,
			phone: link.contact.phone ?? '',
			email: link.contact.email,
			renewalLimit,
			createdAt: now,
			firstPaymentAt: now,
			lastPaymentAt: now,
			nextPaymentAt,
			nextChargeAt: nextPaymentAt,
			renewals: 0,
			failedAttempts: 0,
			chargeError: null,
			isActiveByManager: true,
			isActiveByUser: true,
			completedAt: null,
			discount: null,
		};
		this.byProfile.set(subscription.profileId, subscription);
		const paymentDate = moscowText(now).slice(0, 16);
		return { ...subscriptionBlock(subscription, this.isTest), type: 'action', payment_date: paymentDate };
	}

	/** Charges the next period successfully; the clock moves to the due date. */
	renew(profileId: string): Subscription {
		const subscription = this.requireRunning(profileId);
		this.clock.advanceTo(subscription.nextChargeAt);
		const now = this.clock.now();
		const sumMinor = this.renewalPrice(subscription);
		subscription.renewals += 1;
		subscription.lastPaymentAt = now;
		subscription.nextPaymentAt = this.periodAfter(subscription.plan, subscription.nextPaymentAt);
		subscription.nextChargeAt = subscription.nextPaymentAt;
		const currentAttempt = String(subscription.failedAttempts + 1);
		subscription.failedAttempts = 0;
		this.send(subscription, sumMinor, this.numbers.next(), {
			type: 'action',
			action_code: 'auto_payment',
			payment_date: moscowText(now).slice(0, 16),
			current_attempt: currentAttempt,
		});
		this.useDiscount(subscription);
		return subscription;
	}

	/** A charge fails; the last of three ends the subscription at once (`deactivation` with `last_attempt=yes`). */
	failCharge(profileId: string, error: ChargeError): Subscription {
		const subscription = this.requireRunning(profileId);
		this.clock.advanceTo(subscription.nextChargeAt);
		const now = this.clock.now();
		subscription.failedAttempts += 1;
		subscription.nextChargeAt = new Date(now.getTime() + CHARGE_PAUSE_MS);
		const isLast = subscription.failedAttempts >= MAX_CHARGE_ATTEMPTS;
		if (isLast) {
			subscription.isActiveByManager = false;
			subscription.completedAt = now;
		}
		this.send(subscription, this.renewalPrice(subscription), '0', {
			...(isLast
				? { type: 'action', action_code: 'deactivation', action_reason: 'deactivated' }
				: { type: 'notification', notification_code: 'auto_payment' }),
			error_code: error,
			error: CHARGE_ERRORS[error],
			current_attempt: String(subscription.failedAttempts),
			max_attempts: String(MAX_CHARGE_ATTEMPTS),
			last_attempt: isLast ? 'yes' : 'no',
		});
		return subscription;
	}

	/** Announces the next charge. */
	remind(profileId: string): Subscription {
		const subscription = this.requireRunning(profileId);
		this.send(subscription, this.renewalPrice(subscription), '0', {
			type: 'notification',
			notification_code: 'auto_payment_reminder',
		});
		return subscription;
	}

	/** It will not renew; access lasts until the end of the paid period. By the buyer it is final. */
	deactivate(profileId: string, by: 'manager' | 'user'): Subscription {
		const subscription = this.requireRunning(profileId);
		if (by === 'user') subscription.isActiveByUser = false;
		else subscription.isActiveByManager = false;
		this.send(subscription, 0, '0', {
			type: 'action',
			action_code: 'deactivation',
			action_reason: 'deactivated',
			last_attempt: 'no',
		});
		return subscription;
	}

	/** The manager switches renewal on again. */
	reactivate(profileId: string): Subscription {
		const subscription = this.requireChangeable(profileId);
		if (!subscription.isActiveByUser) throw new SubscriptionError('the subscriber has unsubscribed');
		if (subscription.isActiveByManager) return subscription;
		subscription.isActiveByManager = true;
		this.send(subscription, 0, '0', { type: 'action', action_code: 'reactivation', action_reason: 'reactivated' });
		return subscription;
	}

	/** The paid period of a subscription that does not renew is over; the clock moves there. */
	finish(profileId: string): Subscription {
		const subscription = this.requireChangeable(profileId);
		this.clock.advanceTo(subscription.nextPaymentAt);
		subscription.completedAt = this.clock.now();
		this.send(subscription, 0, '0', { type: 'action', action_code: 'finish', action_reason: 'completed' });
		return subscription;
	}

	/** Lets charges fail from now on, or succeed again with null. */
	setChargeError(profileId: string, error: ChargeError | null): Subscription {
		const subscription = this.requireChangeable(profileId);
		subscription.chargeError = error;
		return subscription;
	}

	/** Moves the next charge forward. */
	setNextPayment(profileId: string, moment: Date): void {
		const subscription = this.requireChangeable(profileId);
		if (moment < subscription.nextPaymentAt) {
			throw new SubscriptionError('date must not be earlier than the current next payment date');
		}
		subscription.nextPaymentAt = moment;
		subscription.nextChargeAt = moment;
	}

	/** @param renewals how many renewals get it; 0 is without limit */
	setDiscount(profileId: string, minor: number, renewals: number): void {
		const subscription = this.requireChangeable(profileId);
		if (minor <= 0 || minor > subscription.plan.costMinor) {
			throw new SubscriptionError('discount_value must be greater than 0 and not exceed the price');
		}
		subscription.discount = { minor, remaining: renewals };
	}

	/** Lets time pass: every charge and every end that falls due until `moment` happens, in order. */
	advanceTo(moment: Date): void {
		for (let due = this.nextDue(moment); due; due = this.nextDue(moment)) {
			if (!isRunning(due) || isExhausted(due)) this.finish(due.profileId);
			else if (due.chargeError) this.failCharge(due.profileId, due.chargeError);
			else this.renew(due.profileId);
		}
		this.clock.advanceTo(moment);
	}

	reset(): void {
		this.byProfile.clear();
	}

	private nextDue(moment: Date): Subscription | undefined {
		return this.all
			.filter((subscription) => !subscription.completedAt && dueAt(subscription) <= moment)
			.sort((left, right) => dueAt(left).getTime() - dueAt(right).getTime())[0];
	}

	private get isTest(): boolean {
		return this.settings.mode !== 'live';
	}

	private requireChangeable(profileId: string): Subscription {
		const subscription = this.get(profileId);
		if (subscription.completedAt) {
			const { id } = subscription.plan;
			throw new SubscriptionError(`subscription ${id} completed, data modification is prohibited`);
		}
		return subscription;
	}

	private requireRunning(profileId: string): Subscription {
		const subscription = this.requireChangeable(profileId);
		if (!isRunning(subscription)) throw new SubscriptionError('the subscription is deactivated');
		return subscription;
	}

	private periodAfter(plan: Plan, moment: Date): Date {
		return new Date(moment.getTime() + plan.periodDays * DAY_MS);
	}

	private renewalPrice({ plan, discount }: Subscription): number {
		return plan.costMinor - (discount?.minor ?? 0);
	}

	private useDiscount(subscription: Subscription): void {
		const { discount } = subscription;
		if (!discount || discount.remaining === 0) return;
		discount.remaining -= 1;
		if (discount.remaining === 0) subscription.discount = null;
	}

	/**
	 * Tells one event. `order_num` is empty, `payment_status` and `currency` are absent, as in the vendor's sample.
	 *
	 * @param sumMinor what is charged, discount taken off
	 */
	private send(
		subscription: Subscription,
		sumMinor: number,
		orderId: string,
		event: Readonly<Record<string, string>>,
	): void {
		const url = this.settings.subscriptionWebhookUrl;
		const [card] = METHODS;
		if (url === null || !card) return;
		this.sender.accept({
			url,
			format: this.settings.webhookFormat,
			secret: this.settings.webhookSecret(''),
			paymentId: orderId,
			fields: {
				date: moscowIso(this.clock.now()),
				order_id: orderId,
				order_num: '',
				domain: this.settings.domain,
				sum: rubles(sumMinor),
				customer_phone: subscription.phone,
				customer_email: subscription.email,
				customer_extra: '',
				payment_type: 'Автоплатеж',
				payment_init: 'auto',
				...commissionFields(card, sumMinor),
				discount_value: rubles(subscription.discount?.minor ?? 0),
				subscription: { ...subscriptionBlock(subscription, this.isTest), ...event },
			},
		});
	}
}
