import { toDecimal } from '../../nodes/shared/money';
import { moscowIso } from './clock';
import type { PaymentMethod } from './link';
import type { Payment } from './payform';
import type { PhpTree } from './phpForm';

/** Ends of a payment as the webhook names them. */
export const STATUS_TEXTS = {
	success: 'Успешная оплата',
	order_canceled: 'Заказ отменён покупателем',
	order_denied: 'Банк отказал в рассрочке',
} as const;
export type FinalStatus = keyof typeof STATUS_TEXTS;

/** Two decimals, as every amount in a webhook. */
export function rubles(minor: number): string {
	return toDecimal(minor, 'RUB');
}

/** `commission` in percent and `commission_sum`, rounded to the kopeck. */
export function commissionFields(method: PaymentMethod, sumMinor: number): Record<string, string> {
	return {
		commission: String(method.commissionPermille / 10),
		commission_sum: rubles(Math.round((sumMinor * method.commissionPermille) / 1000)),
	};
}

/**
 * The body of a payment's webhook without `attempt` (providers/prodamus.md §4).
 *
 * @param subscription the block of the subscription this payment started, if it did
 */
export function paymentFields(
	payment: Payment,
	status: FinalStatus,
	at: Date,
	domain: string,
	subscription: Record<string, string> | null,
): PhpTree {
	const { order, contact } = payment.link;
	return {
		date: moscowIso(at),
		order_id: payment.id,
		order_num: order.orderNum,
		domain,
		sum: rubles(order.totalMinor),
		currency: order.currency,
		customer_phone: contact.phone ?? '',
		customer_email: contact.email,
		customer_extra: order.extra,
		payment_type: payment.method.paymentType,
		...commissionFields(payment.method, order.totalMinor),
		products: order.items.map(({ name, priceMinor, quantity }) => ({
			name,
			price: rubles(priceMinor),
			quantity: String(quantity),
			sum: rubles(priceMinor * quantity),
		})),
		payment_status: status,
		payment_status_description: STATUS_TEXTS[status],
		payment_init: 'manual',
		...order.echo,
		...(subscription ? { subscription } : {}),
	};
}
