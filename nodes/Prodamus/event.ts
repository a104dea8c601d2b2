import { z } from 'zod';

import { toMinor } from '../shared/money';
import {
	PAYMENT_EVENT_VERSION,
	paymentEventSchema,
	type PaymentEvent,
	type PaymentEventKind,
} from '../shared/paymentEvent';
import { toE164 } from '../shared/phone';
import type { FormTree } from '../shared/formTree';
import { parseTime } from './moscowTime';

/** A rightly signed notification whose money, time or identity cannot be read. Names the field, never its content. */
export class UnreadableNotificationError extends Error {
	override readonly name = 'UnreadableNotificationError';

	constructor(
		readonly field: string,
		readonly reason: string,
	) {
		super(`Prodamus field "${field}": ${reason}`);
	}
}

export interface EventOptions {
	/** Name of the `_param_<name>` that holds our order number when `order_num` is empty. */
	orderParam?: string;
	/** Take `customer_extra` as the order number when nothing better is there; buyers can edit it. */
	orderFromCustomerExtra?: boolean;
	/** Keep the provider's fields in `raw`. On by default. */
	includeRaw?: boolean;
	/** The signature was made with the page's demo secret (providers/prodamus.md §4 "Test payments"). */
	demoSecret?: boolean;
	/** Read `subscription[demo]` = 1 as a test payment. On by default; off if the page uses trial periods it marks so. */
	subscriptionDemoIsTest?: boolean;
}

/**
 * Reads a verified notification (providers/prodamus.md §4, §5) as a payment event: amounts in minor units, times in
 * UTC, phone in E.164 or null. Contacts and other texts are never a reason to refuse: unreadable, they are null.
 *
 * @param tree the fields as {@link parseBody} returns them, without the signature
 * @throws UnreadableNotificationError when an amount, a quantity, a currency or a time that is there cannot be read,
 * when a payment has none, or when nothing identifies the event
 */
export function toPaymentEvent(tree: FormTree, options: EventOptions = {}): PaymentEvent {
	const fields = readFields(tree);
	const kind = kindOf(fields);
	const currency = (fields.currency ?? 'rub').toUpperCase();
	const event: PaymentEvent = {
		version: PAYMENT_EVENT_VERSION,
		provider: 'prodamus',
		kind,
		eventKey: eventKey(fields, kind),
		orderRef: orderRef(fields, tree, options),
		providerPaymentId: prodamusOrderId(fields),
		amountMinor: amount(fields, kind, currency),
		currency,
		occurredAt: occurredAt(fields, kind),
		isTest: isTest(fields, options),
		reason:
			fields.subscription?.error ??
			fields.payment_status_description ??
			fields.subscription?.action_reason ??
			fields.subscription?.notification_code ??
			fields.payment_status,
		customer: {
			name: null,
			email: fields.customer_email,
			phone: fields.customer_phone === null ? null : toE164(fields.customer_phone),
			telegramId: null,
			telegramUsername: null,
		},
		items: items(fields, currency),
		subscription: subscription(fields, kind),
		utm: utm(tree),
		...(options.includeRaw === false ? {} : { raw: tree }),
	};
	return checked(event);
}

/** Trimmed text; empty, absent or not a single value is null. */
const optionalText = z
	.union([z.string(), z.number().transform(String), z.boolean().transform((flag) => (flag ? '1' : '0'))])
	.transform((value) => value.trim() || null)
	.nullable()
	.catch(null);

const productSchema = z.object({
	name: optionalText,
	price: optionalText,
	quantity: optionalText,
	sku: optionalText,
});

const subscriptionSchema = z.object({
	type: optionalText,
	action_code: optionalText,
	action_reason: optionalText,
	notification_code: optionalText,
	error_code: optionalText,
	error: optionalText,
	last_attempt: optionalText,
	date: optionalText,
	payment_date: optionalText,
	id: optionalText,
	profile_id: optionalText,
	name: optionalText,
	active: optionalText,
	active_manager: optionalText,
	active_user: optionalText,
	date_next_payment: optionalText,
	payment_num: optionalText,
	autopayment: optionalText,
	demo: optionalText,
});

const notificationSchema = z.object({
	date: optionalText,
	order_id: optionalText,
	order_num: optionalText,
	sum: optionalText,
	currency: optionalText,
	customer_phone: optionalText,
	customer_email: optionalText,
	customer_extra: optionalText,
	payment_status: optionalText,
	payment_status_description: optionalText,
	payment_init: optionalText,
	demo_mode: optionalText,
	is_test: optionalText,
	products: z.array(productSchema).catch([]),
	// A link for a subscription echoes its plan number here; only a block tells about a subscriber.
	subscription: subscriptionSchema.nullable().catch(null),
});

type Notification = z.infer<typeof notificationSchema>;

function readFields(tree: FormTree): Notification {
	return notificationSchema.parse(tree);
}

const STATUS_KINDS: ReadonlyMap<string, PaymentEventKind> = new Map([
	['success', 'paid'],
	['order_canceled', 'canceled'],
	['order_denied', 'failed'],
]);

/** Providers/prodamus.md §5. What the subscription block says goes before `payment_status`, which may be an echo. */
function kindOf(fields: Notification): PaymentEventKind {
	const block = fields.subscription;
	switch (lower(block?.action_code)) {
		case 'deactivation':
			return lower(block?.last_attempt) === 'yes' ? 'subscription_ended' : 'canceled';
		case 'finish':
			return 'subscription_ended';
		case 'reactivation':
			return 'subscription_resumed';
	}
	const isCharge = lower(block?.action_code) === 'auto_payment' || lower(block?.notification_code) === 'auto_payment';
	if (isCharge && block?.error_code) return 'failed';
	if (block?.notification_code) return 'other';
	const kind = chargeKind(fields);
	return kind === 'paid' && isRenewal(fields) ? 'renewed' : kind;
}

/** A successful renewal comes without `payment_status`. */
function chargeKind({ payment_status: status, subscription: block }: Notification): PaymentEventKind {
	if (status !== null) return STATUS_KINDS.get(lower(status)) ?? 'other';
	return lower(block?.action_code) === 'auto_payment' ? 'paid' : 'other';
}

function isRenewal({ payment_status, payment_init, subscription: block }: Notification): boolean {
	if (!block) return false;
	if (block.autopayment !== null) return block.autopayment === '1';
	return payment_status === null || lower(payment_init) === 'auto';
}

/**
 * Stable over redeliveries (providers/prodamus.md §4 "Idempotency keys"). A subscription's charge is known by its
 * number, its other events by the time inside the block: the outer `date` of a deactivation need not be its own time,
 * and may be the same for the reactivation and the deactivation after it (vendor samples).
 */
function eventKey(fields: Notification, kind: PaymentEventKind): string {
	const block = fields.subscription;
	const orderId = prodamusOrderId(fields);
	if (block?.profile_id) {
		const subscriber = `subscription:${block.profile_id}`;
		if (isCaptured(kind) && block.payment_num) return `${subscriber}:payment:${block.payment_num}`;
		const code = block.action_code ?? block.notification_code;
		if (code && !isCaptured(kind)) return `${subscriber}:${lower(code)}:${kind}:${occurredAt(fields, kind)}`;
	}
	if (orderId === null) {
		throw new UnreadableNotificationError('order_id', 'missing, and no subscription block identifies the event');
	}
	const status = fields.payment_status ?? block?.action_code ?? block?.notification_code ?? kind;
	return `order:${orderId}:${lower(status)}`;
}

function prodamusOrderId({ order_id: id }: Notification): string | null {
	return id === '0' ? null : id;
}

function orderRef(fields: Notification, tree: FormTree, options: EventOptions): string | null {
	const param = options.orderParam ? optionalText.parse(tree[`_param_${options.orderParam}`]) : null;
	return fields.order_num ?? param ?? (options.orderFromCustomerExtra ? fields.customer_extra : null);
}

function amount(fields: Notification, kind: PaymentEventKind, currency: string): number | null {
	if (fields.sum !== null) return money('sum', fields.sum, currency);
	if (isCaptured(kind)) throw new UnreadableNotificationError('sum', 'missing from a payment');
	return null;
}

function money(field: string, text: string, currency: string): number {
	const minor = toMinor(text, currency);
	if (minor === null) throw new UnreadableNotificationError(field, `not an amount in ${currency}`);
	return minor;
}

function isCaptured(kind: PaymentEventKind): boolean {
	return kind === 'paid' || kind === 'renewed';
}

function occurredAt({ date, subscription: block }: Notification, kind: PaymentEventKind): string {
	if (block?.date && !isCaptured(kind)) return time('subscription[date]', block.date);
	if (date !== null) return time('date', date);
	if (block?.payment_date) return time('subscription[payment_date]', block.payment_date);
	throw new UnreadableNotificationError('date', 'missing');
}

function time(field: string, text: string): string {
	const moment = parseTime(text);
	if (!moment) throw new UnreadableNotificationError(field, 'not a date and time');
	return moment.toISOString();
}

function isTest(fields: Notification, options: EventOptions): boolean {
	const subscriptionDemo = options.subscriptionDemoIsTest !== false && isOn(fields.subscription?.demo);
	return options.demoSecret === true || isOn(fields.demo_mode) || isOn(fields.is_test) || subscriptionDemo;
}

function isOn(flag: string | null | undefined): boolean {
	return flag !== null && flag !== undefined && !['0', 'no', 'false'].includes(lower(flag));
}

function items(fields: Notification, currency: string): PaymentEvent['items'] {
	return fields.products.map((product, index) => ({
		name: product.name ?? '',
		quantity: quantity(`products[${index}][quantity]`, product.quantity ?? '1'),
		priceMinor: product.price === null ? null : money(`products[${index}][price]`, product.price, currency),
		sku: product.sku,
	}));
}

function quantity(field: string, text: string): number {
	const value = /^\d{1,9}(?:\.\d{1,6})?$/.test(text) ? Number(text) : 0;
	if (value <= 0) throw new UnreadableNotificationError(field, 'not a quantity');
	return value;
}

function subscription({ subscription: block }: Notification, kind: PaymentEventKind): PaymentEvent['subscription'] {
	if (!block?.profile_id) return null;
	const isSwitchedOff = [block.active, block.active_manager, block.active_user].includes('0');
	return {
		planId: block.id,
		subscriptionId: block.profile_id,
		name: block.name,
		paymentNumber: block.payment_num !== null && /^\d{1,9}$/.test(block.payment_num) ? Number(block.payment_num) : null,
		nextPaymentAt: nextPaymentAt(block.date_next_payment),
		// The flags of a deactivation and a reactivation show the state before it (vendor samples).
		renews: kind === 'subscription_resumed' || (kind !== 'canceled' && kind !== 'subscription_ended' && !isSwitchedOff),
		errorCode: block.error_code,
	};
}

function nextPaymentAt(text: string | null): string | null {
	const isNever = text === null || text.startsWith('0000-00-00');
	return isNever ? null : time('subscription[date_next_payment]', text);
}

/** `utm_source=x` as `{source: 'x'}`. */
function utm(tree: FormTree): Record<string, string> {
	const tags = Object.entries(tree).flatMap(([key, value]) => {
		const name = /^utm_(\w+)$/.exec(key)?.[1];
		const text = optionalText.parse(value);
		return name !== undefined && text !== null ? [[name, text] as const] : [];
	});
	return Object.fromEntries(tags);
}

function checked(event: PaymentEvent): PaymentEvent {
	const result = paymentEventSchema.safeParse(event);
	if (result.success) return result.data;
	const [issue] = result.error.issues;
	throw new UnreadableNotificationError(issue?.path.join('.') ?? 'event', issue?.message ?? 'unreadable');
}

function lower(text: string | null | undefined): string {
	return text?.toLowerCase() ?? '';
}
