import { z } from 'zod';

/** Version of the shape below. A reader that meets a higher number must refuse it rather than guess. */
export const PAYMENT_EVENT_VERSION = 1;

/**
 * What happened to the money, in one vocabulary for all providers.
 *
 * - `check`: the provider asks whether it may charge. `authorized`: money is held, not captured.
 * - `paid`: captured. `renewed`: a subscription charge after the first one was captured.
 * - `failed`: a charge was refused. `canceled`: the buyer or the shop called the order or the renewal off.
 * - `refunded`: money went back, in full or in part; the amount is all that went back of this payment so far, unless
 *   `refundId` is set.
 * - `disputed`: the buyer's bank took the money back until the dispute is decided. `dispute_won`: the shop has it again.
 * - `expired`: the offer ran out unpaid.
 * - `subscription_ended`: access ends now. `subscription_resumed`: a cancelled renewal is on again.
 * - `other`: genuine, but without a meaning for fulfilment (a reminder, a status we do not know).
 */
export const PAYMENT_EVENT_KINDS = [
	'check',
	'authorized',
	'paid',
	'renewed',
	'failed',
	'refunded',
	'disputed',
	'dispute_won',
	'canceled',
	'subscription_ended',
	'subscription_resumed',
	'expired',
	'other',
] as const;

const text = z.string().min(1);

const customerSchema = z.object({
	name: text.nullable(),
	email: text.nullable(),
	/** E.164, for example `+79990000001`. */
	phone: z
		.string()
		.regex(/^\+\d{7,15}$/)
		.nullable(),
	/** A string, because a Telegram id takes up to 52 bits and must survive every JSON reader. */
	telegramId: z.string().regex(/^\d+$/).nullable(),
	telegramUsername: text.nullable(),
});

const itemSchema = z.object({
	name: z.string(),
	quantity: z.number().positive(),
	/** Price of one piece in minor units of the event's currency. */
	priceMinor: z.number().int().nonnegative().nullable(),
	sku: text.nullable(),
});

const subscriptionSchema = z.object({
	/** The plan; the same for all its subscribers. */
	planId: text.nullable(),
	/** This buyer's subscription at the provider. */
	subscriptionId: text,
	name: text.nullable(),
	/** 1 for the first charge, 2 for the first renewal, … */
	paymentNumber: z.number().int().nonnegative().nullable(),
	/** UTC, ISO 8601. Access that has been paid for lasts until then. */
	nextPaymentAt: z.string().datetime().nullable(),
	/** False once the renewal is switched off. */
	renews: z.boolean(),
	/** The provider's code of a refused charge. */
	errorCode: text.nullable(),
});

/** One verified fact from a provider. Money in minor units, time in UTC, see design §4. */
export const paymentEventSchema = z.object({
	version: z.literal(PAYMENT_EVENT_VERSION),
	provider: text,
	kind: z.enum(PAYMENT_EVENT_KINDS),
	/** Stable over the provider's redeliveries; unique within the provider. Never a hash of the body. */
	eventKey: z.string().min(1).max(300),
	/** Our order number as the provider echoes it. */
	orderRef: text.nullable(),
	providerPaymentId: text.nullable(),
	/** Set when `amountMinor` is this refund alone and not the total returned so far; the provider's number of the refund. */
	refundId: z.string().min(1).max(300).optional(),
	amountMinor: z.number().int().nonnegative().nullable(),
	/** ISO 4217, upper case. */
	currency: z
		.string()
		.regex(/^[A-Z]{3}$/)
		.nullable(),
	occurredAt: z.string().datetime(),
	isTest: z.boolean(),
	/** The provider's own words for the status or the refusal. */
	reason: text.nullable(),
	customer: customerSchema,
	items: z.array(itemSchema),
	subscription: subscriptionSchema.nullable(),
	utm: z.record(z.string()),
	/** The provider's fields as received and verified; absent when the trigger was told to leave them out. */
	raw: z.record(z.unknown()).optional(),
});

export type PaymentEvent = z.infer<typeof paymentEventSchema>;
export type PaymentEventKind = (typeof PAYMENT_EVENT_KINDS)[number];
