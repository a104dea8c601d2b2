import { moscowText } from './clock';
import { rubles } from './notificationFields';
import type { Plan } from './plans';

/** Reasons for which a renewal fails (providers/prodamus.md §5). */
export const CHARGE_ERRORS = {
	card_expired: 'Истёк срок действия карты',
	operation_rejected: 'Операция отклонена',
	insufficient_funds: 'Недостаточно средств',
	operation_denied: 'Операция запрещена',
	card_limit: 'Превышен лимит по карте',
	card_lost: 'Карта утеряна',
	'3ds_error': 'Ошибка 3-D Secure',
	system_error: 'Системная ошибка',
} as const;
export type ChargeError = keyof typeof CHARGE_ERRORS;

/** One buyer's subscription. */
export interface Subscription {
	readonly profileId: string;
	readonly plan: Plan;
	readonly phone: string;
	readonly email: string;
	readonly renewalLimit: number | null;
	readonly createdAt: Date;
	readonly firstPaymentAt: Date;
	lastPaymentAt: Date;
	/** End of the paid period: the next charge, or the end of access. */
	nextPaymentAt: Date;
	/** When the next charge is tried; later than `nextPaymentAt` after a failed one. */
	nextChargeAt: Date;
	renewals: number;
	failedAttempts: number;
	/** Why charges fail for now; null lets them succeed. */
	chargeError: ChargeError | null;
	isActiveByManager: boolean;
	isActiveByUser: boolean;
	completedAt: Date | null;
	/** Taken off the next renewals; `remaining` 0 is without limit. */
	discount: { minor: number; remaining: number } | null;
}

/** Whether it renews by itself. */
export function isRunning(subscription: Subscription): boolean {
	return subscription.isActiveByManager && subscription.isActiveByUser && !subscription.completedAt;
}

/** Whether it had all the renewals it may have. */
export function isExhausted({ renewalLimit, renewals }: Subscription): boolean {
	return renewalLimit !== null && renewals >= renewalLimit;
}

/** When its next charge or its end falls due. */
export function dueAt(subscription: Subscription): Date {
	return isRunning(subscription) && !isExhausted(subscription)
		? subscription.nextChargeAt
		: subscription.nextPaymentAt;
}

/**
 * The `subscription` block of a webhook (providers/prodamus.md §5).
 *
 * @param isTest whether the page takes no real money
 */
export function subscriptionBlock(subscription: Subscription, isTest: boolean): Record<string, string> {
	const { plan, discount, completedAt } = subscription;
	return {
		id: plan.id,
		profile_id: subscription.profileId,
		name: plan.name,
		cost: rubles(plan.costMinor),
		active: flag(isRunning(subscription)),
		active_manager: flag(subscription.isActiveByManager),
		active_user: flag(subscription.isActiveByUser),
		limit_autopayments: subscription.renewalLimit === null ? '' : String(subscription.renewalLimit),
		autopayments_num: String(subscription.renewals),
		next_payment_discount: discount ? rubles(discount.minor) : '',
		next_payment_discount_num: discount && discount.remaining > 0 ? String(discount.remaining) : '',
		date_create: moscowText(subscription.createdAt),
		date_first_payment: moscowText(subscription.firstPaymentAt),
		date_last_payment: moscowText(subscription.lastPaymentAt),
		date_next_payment: moscowText(subscription.nextPaymentAt),
		date_completion: completedAt ? moscowText(completedAt) : '',
		payment_num: String(subscription.renewals + 1),
		autopayment: flag(subscription.renewals > 0),
		demo: flag(isTest),
	};
}

function flag(isSet: boolean): string {
	return isSet ? '1' : '0';
}
