import { toMinor } from '../shared/money';
import {
	PAYMENT_EVENT_VERSION,
	paymentEventSchema,
	type PaymentEvent,
	type PaymentEventKind,
} from '../shared/paymentEvent';
import { toE164 } from '../shared/phone';
import { BodyMismatchError, readBody, type PlatformBody } from './body';

export const DEFAULT_PAID_STATUSES = ['success', 'paid', 'completed'];
export const DEFAULT_REFUNDED_STATUSES = ['refund', 'refunded'];

export interface EventOptions {
	/** Words of `course_order.status` that mean the money has come, in any letter case. */
	paidStatuses?: readonly string[];
	/** Words that mean it went back. A word of both lists means that. */
	refundedStatuses?: readonly string[];
	/** Keep the validated body in `raw`. On by default. */
	includeRaw?: boolean;
}

type CourseOrder = PlatformBody['course_order'];

/**
 * Reads a verified body of the platform (PA1) as a payment event. The sum is that of the items' `cost`, never `amount`
 * (PA3). What the event has no place for (subject, project, lessons, method, promo code) stays in `raw`.
 *
 * @param body the parsed JSON
 * @throws BodyMismatchError when money, time or identity cannot be read, or the body has another shape
 */
export function toPaymentEvent(body: unknown, options: EventOptions = {}): PaymentEvent {
	const checkedBody = readBody(body);
	const order = checkedBody.course_order;
	const kind = kindOf(order, options);
	const items = readItems(order);
	return checked({
		version: PAYMENT_EVENT_VERSION,
		provider: 'platform',
		kind,
		eventKey: eventKey(order, kind),
		orderRef: order.invoice_id,
		providerPaymentId: order.payment_id,
		amountMinor: paidSum(items, kind),
		currency: order.currency,
		occurredAt: occurredAt(order),
		isTest: false,
		reason: order.status,
		customer: customer(order),
		items,
		subscription: null,
		utm: utm(order),
		...(options.includeRaw === false ? {} : { raw: checkedBody }),
	});
}

function kindOf({ status }: CourseOrder, options: EventOptions): PaymentEventKind {
	const means = (words: readonly string[]) => words.some((word) => word.trim().toLowerCase() === status.toLowerCase());
	if (means(options.refundedStatuses ?? DEFAULT_REFUNDED_STATUSES)) return 'refunded';
	return means(options.paidStatuses ?? DEFAULT_PAID_STATUSES) ? 'paid' : 'other';
}

/**
 * The payment and what became of it. Words of one meaning count as one: a payment that turns from `success` to
 * `completed` is paid once. `code` may be a promo code many buyers share, so it identifies an order only together with
 * the time at which that was made.
 */
function eventKey(order: CourseOrder, kind: PaymentEventKind): string {
	const outcome = kind === 'other' ? order.status.toLowerCase() : kind;
	if (order.payment_id !== null) return `payment:${order.payment_id}:${outcome}`;
	if (order.invoice_id !== null) return `invoice:${order.invoice_id}:${outcome}`;
	if (order.code !== null && order.created_at !== null) return `code:${order.code}:${order.created_at}:${outcome}`;
	throw mismatch('payment_id', 'is missing, and so is invoice_id, or code with created_at, to tell payments apart');
}

function occurredAt({ updated_at: updatedAt, created_at: createdAt }: CourseOrder): string {
	const moment = updatedAt ?? createdAt;
	if (moment === null) throw mismatch('updated_at', 'is missing, and so is created_at');
	return moment;
}

function readItems({ course_order_items: bought, currency }: CourseOrder): PaymentEvent['items'] {
	return bought.map(({ cost, course, package_id: packageId }, index) => {
		const priceMinor = toMinor(cost, currency);
		if (priceMinor === null) throw mismatch(`course_order_items.${index}.cost`, `is no amount in ${currency}`);
		return { name: course?.name ?? course?.subject?.name ?? '', quantity: 1, priceMinor, sku: packageId };
	});
}

function paidSum(items: PaymentEvent['items'], kind: PaymentEventKind): number | null {
	if (items.length === 0) {
		if (kind === 'other') return null;
		throw mismatch('course_order_items', 'is empty, so there is no sum');
	}
	const sum = items.reduce((total, { priceMinor }) => total + (priceMinor ?? 0), 0);
	if (!Number.isSafeInteger(sum)) throw mismatch('course_order_items', 'costs add up to more than can be exact');
	return sum;
}

function customer({ user }: CourseOrder): PaymentEvent['customer'] {
	const names = [user?.first_name, user?.last_name].filter(Boolean).join(' ');
	return {
		name: names || null,
		email: matched(user?.email, /^[^\s@]+@[^\s@]+$/),
		phone: user?.phone ? toE164(user.phone) : null,
		telegramId: matched(user?.telegram_id, /^[1-9]\d*$/),
		telegramUsername: matched(user?.telegram_tag?.replace(/^(?:@|(?:https?:\/\/)?t\.me\/)/i, ''), /^\w+$/),
	};
}

function matched(value: string | null | undefined, pattern: RegExp): string | null {
	return value && pattern.test(value) ? value : null;
}

function utm({ utm: { compaign = null, ...tags } }: CourseOrder): Record<string, string> {
	const entries = Object.entries({ ...tags, campaign: tags.campaign ?? compaign });
	return Object.fromEntries(entries.flatMap(([name, value]) => (value ? [[name, value]] : [])));
}

function checked(event: PaymentEvent): PaymentEvent {
	const result = paymentEventSchema.safeParse(event);
	if (result.success) return result.data;
	throw new BodyMismatchError(
		result.error.issues.map(({ path, message }) => ({ field: path.join('.'), reason: message })),
	);
}

function mismatch(field: string, reason: string): BodyMismatchError {
	return new BodyMismatchError([{ field: `course_order.${field}`, reason }]);
}
