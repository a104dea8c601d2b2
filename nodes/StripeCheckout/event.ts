import { z } from 'zod';

import {
	PAYMENT_EVENT_VERSION,
	paymentEventSchema,
	type PaymentEvent,
	type PaymentEventKind,
} from '../shared/paymentEvent';
import { toE164 } from '../shared/phone';
import { readCharge, readRefund } from './events/charge';
import { readDispute } from './events/dispute';
import { OBJECT, subscriptionKnownBy, toIso, unixSeconds, type Facts, type FactsReader } from './events/fields';
import { readInvoice } from './events/invoice';
import { readSession } from './events/session';
import { readSubscription } from './events/subscription';
import { readAs, UnreadableEventError } from './events/unreadable';

export { UnreadableEventError };

/** What Stripe had to be asked for, because the event does not say it (providers/stripe.md §5 "Version traps"). */
export interface PaymentOrigin {
	/** Of the payment and of the subscription it belongs to. */
	metadata: Readonly<Record<string, string>>;
	subscriptionId: string | null;
}

export interface EventOptions {
	/** Metadata key of our order number. @default order_ref */
	orderKey?: string;
	/** Metadata key of the buyer's Telegram id. @default tg_id */
	telegramKey?: string;
	/** Keep the event as it came in `raw`. On by default. */
	includeRaw?: boolean;
	origin?: PaymentOrigin;
}

/**
 * Reads a verified event (providers/stripe.md §4, §5) as a payment event: amounts in minor units as Stripe counts them,
 * times in UTC, phone in E.164 or null. Contacts and other texts are never a reason to refuse: unreadable, they are
 * null.
 *
 * @param event the parsed body
 * @throws UnreadableEventError when the event has no identity, time or mode, when an amount or a currency that is there
 * cannot be read, or when money that moved has none
 */
export function toPaymentEvent(event: unknown, options: EventOptions = {}): PaymentEvent {
	const envelope = readAs(envelopeSchema, event, '');
	const facts = readFacts(envelope);
	if (MONEY_KINDS.has(facts.kind) && (facts.amountMinor === null || facts.currency === null)) {
		throw new UnreadableEventError(OBJECT, `no amount or no currency in ${envelope.type}`);
	}
	const { orderKey = 'order_ref', telegramKey = 'tg_id', includeRaw = true, origin } = options;
	const metadata = { ...origin?.metadata, ...facts.metadata };
	const { name = null, email = null, phone = null } = facts.customer ?? {};
	const telegramId = textAt(metadata, telegramKey);
	return readAs(paymentEventSchema, {
		version: PAYMENT_EVENT_VERSION,
		provider: 'stripe',
		kind: facts.kind,
		eventKey: envelope.id,
		orderRef: textAt(metadata, orderKey) ?? facts.clientReferenceId ?? null,
		providerPaymentId: facts.providerPaymentId,
		amountMinor: facts.amountMinor,
		currency: facts.currency?.toUpperCase() ?? null,
		occurredAt: toIso(envelope.created),
		isTest: !envelope.livemode,
		reason: facts.reason,
		customer: {
			name,
			email,
			phone: phone === null ? null : toE164(phone),
			telegramId: telegramId !== null && /^\d{1,20}$/.test(telegramId) ? telegramId : null,
			telegramUsername: null,
		},
		items: [],
		subscription: facts.subscription ?? (origin?.subscriptionId ? subscriptionKnownBy(origin.subscriptionId) : null),
		utm: utm(metadata),
		...(includeRaw ? { raw: event } : {}),
	}, '');
}

/** Kinds after which somebody counts money. */
const MONEY_KINDS: ReadonlySet<PaymentEventKind> = new Set([
	'paid',
	'renewed',
	'refunded',
	'disputed',
	'dispute_won',
]);

const envelopeSchema = z.object({
	id: z.string().min(1),
	type: z.string().min(1),
	created: unixSeconds,
	livemode: z.boolean(),
	data: z.object({
		object: z.record(z.unknown()),
		previous_attributes: z.record(z.unknown()).nullish(),
	}),
});

const READERS: ReadonlyArray<readonly [prefix: string, read: FactsReader]> = [
	['checkout.session.', readSession],
	['invoice.', readInvoice],
	['customer.subscription.', readSubscription],
	['charge.dispute.', readDispute],
	['refund.', readRefund],
	['charge.refund.', readRefund],
	['charge.', readCharge],
];

const NO_FACTS: Facts = {
	kind: 'other',
	providerPaymentId: null,
	amountMinor: null,
	currency: null,
	reason: null,
	metadata: {},
	subscription: null,
};

function readFacts({ type, data }: z.infer<typeof envelopeSchema>): Facts {
	const read = READERS.find(([prefix]) => type.startsWith(prefix))?.[1];
	const facts = read ? read(data.object, type, data.previous_attributes ?? {}) : NO_FACTS;
	return { ...facts, reason: facts.reason ?? type };
}

/** Own keys only: an ops person may name a metadata key that every object has. */
function textAt(metadata: Readonly<Record<string, string>>, key: string): string | null {
	return (Object.hasOwn(metadata, key) ? metadata[key]?.trim() : '') || null;
}

/** `utm_source` in the metadata as `{source: …}`. */
function utm(metadata: Readonly<Record<string, string>>): Record<string, string> {
	const tags = Object.entries(metadata).flatMap(([key, value]) => {
		const name = /^utm_(\w+)$/.exec(key)?.[1];
		return name !== undefined && value.trim() !== '' ? [[name, value.trim()] as const] : [];
	});
	return Object.fromEntries(tags);
}
