import { z } from 'zod';

import type { PaymentEvent, PaymentEventKind } from '../../shared/paymentEvent';

/** What one event says, before it takes the shape all providers share. */
export interface Facts {
	kind: PaymentEventKind;
	/** `pi_…` where there is one, else the number of what was paid. */
	providerPaymentId: string | null;
	amountMinor: number | null;
	/** As Stripe writes it, lower case. */
	currency: string | null;
	reason: string | null;
	metadata: Readonly<Record<string, string>>;
	clientReferenceId?: string | null;
	customer?: Contact;
	subscription: PaymentEvent['subscription'];
}

export interface Contact {
	name: string | null;
	email: string | null;
	phone: string | null;
}

/** Reads the object of an event; `previous` holds the former values of what an update has changed. */
export type FactsReader = (object: unknown, type: string, previous: Readonly<Record<string, unknown>>) => Facts;

/** Where the object of an event lies within it. */
export const OBJECT = 'data.object';

/** Trimmed text; empty, absent or no text is null. */
export const optionalText = z
	.string()
	.transform((value) => value.trim() || null)
	.nullable()
	.catch(null);

/** The number of another object, which may have been expanded in its place. */
export const reference = z
	.union([z.string().min(1), z.object({ id: z.string().min(1) }).transform(({ id }) => id)])
	.nullable()
	.catch(null);

/** Metadata as Stripe keeps it: text by key. Anything else under a key is left out. */
export const metadata = z
	.record(z.unknown())
	.catch({})
	.transform((record) =>
		Object.fromEntries(
			Object.entries(record).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
		),
	);

/** Minor units; absent is null. Anything but a whole number from 0 up makes the event unreadable. */
export const amount = z
	.number()
	.int()
	.nonnegative()
	.safe()
	.nullish()
	.transform((value) => value ?? null);

/** Unix seconds up to the year 9999. */
export const unixSeconds = z.number().int().nonnegative().max(253_402_300_799);

/** Unix seconds where they are a courtesy: unreadable is null. */
export const optionalSeconds = unixSeconds.nullable().catch(null);

export const contact = z
	.object({ name: optionalText, email: optionalText, phone: optionalText })
	.catch({ name: null, email: null, phone: null });

/** UTC, ISO 8601. */
export function toIso(seconds: number): string;
export function toIso(seconds: number | null): string | null;
export function toIso(seconds: number | null): string | null {
	return seconds === null ? null : new Date(seconds * 1000).toISOString();
}

/** A subscription of which no more is known than its number. */
export function subscriptionKnownBy(subscriptionId: string): NonNullable<PaymentEvent['subscription']> {
	return {
		planId: null,
		subscriptionId,
		name: null,
		paymentNumber: null,
		nextPaymentAt: null,
		renews: true,
		errorCode: null,
	};
}
