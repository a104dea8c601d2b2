import fc from 'fast-check';

import { toPaymentEvent, UnreadableEventError, type EventOptions } from '../../../nodes/StripeCheckout/event';
import { eventTypesFor } from '../../../nodes/StripeCheckout/eventTypes';
import { PAYMENT_EVENT_KINDS, paymentEventSchema } from '../../../nodes/shared/paymentEvent';
import { CHARGE, CREATED, DISPUTE, INVOICE, OLD_INVOICE, SESSION, stripeEvent, SUBSCRIPTION } from './events';
import { stripeVectors } from './vectors';

type Fields = Record<string, unknown>;

const COMPLETED = 'checkout.session.completed';
const UPDATED = 'customer.subscription.updated';

const read = (type: string, object: Fields, previous?: Fields, options?: EventOptions) =>
	toPaymentEvent(stripeEvent(type, object, {}, previous), options);
const session = (change: Fields, options?: EventOptions) =>
	read(COMPLETED, { ...SESSION, ...change }, undefined, options);

describe('a paid session (ST3)', () => {
	it('becomes one payment event', () => {
		const event = stripeEvent(COMPLETED, SESSION);
		expect(toPaymentEvent(event)).toEqual({
			version: 1,
			provider: 'stripe',
			kind: 'paid',
			eventKey: 'evt_1',
			orderRef: 'order-1',
			providerPaymentId: 'pi_1',
			amountMinor: 4900,
			currency: 'EUR',
			occurredAt: '2026-09-21T14:13:20.000Z',
			isTest: false,
			reason: 'paid',
			customer: {
				name: 'Olena',
				email: 'buyer@example.com',
				phone: '+380440000001',
				telegramId: '4503599627370495',
				telegramUsername: null,
			},
			items: [],
			subscription: null,
			utm: { source: 'mail' },
			raw: event,
		});
	});

	it('of a subscription belongs to it, and is known by its invoice', () => {
		const event = session({ payment_intent: null, invoice: 'in_1', subscription: 'sub_1', mode: 'subscription' });
		expect(event).toMatchObject({ kind: 'paid', providerPaymentId: 'in_1' });
		expect(event.subscription).toEqual({
			planId: null,
			subscriptionId: 'sub_1',
			name: null,
			paymentNumber: 1,
			nextPaymentAt: null,
			renews: true,
			errorCode: null,
		});
	});

	it('with a free trial is paid without a charge', () => {
		const event = session({
			payment_status: 'no_payment_required', amount_total: 0, payment_intent: null, invoice: null, subscription: 'sub_1',
		});
		expect(event).toMatchObject({ kind: 'paid', amountMinor: 0, providerPaymentId: 'sub_1' });
		expect(event.subscription?.paymentNumber).toBeNull();
	});

	const sessions = stripeVectors.filter(({ payload }) => payload.includes('checkout.session.'));
	it.each(sessions)('of the vector $name is read', ({ payload }) => {
		expect(toPaymentEvent(JSON.parse(payload))).toMatchObject({
			provider: 'stripe', orderRef: '123456789', amountMinor: 4900, currency: 'EUR', isTest: true,
			customer: { telegramId: '123456789', name: 'Олена Ü' },
		});
	});
});

describe('kinds (ST7, providers/stripe.md §5)', () => {
	it.each<[string, string, Fields, string, Fields?]>([
		['a paid session', COMPLETED, SESSION, 'paid'],
		['a session waiting for the bank', COMPLETED, { ...SESSION, payment_status: 'unpaid' }, 'other'],
		['a session without a payment status', COMPLETED, { ...SESSION, payment_status: null }, 'other'],
		['a session of a status we do not know', COMPLETED, { ...SESSION, payment_status: 'processing' }, 'other'],
		['a delayed payment that came', 'checkout.session.async_payment_succeeded', SESSION, 'paid'],
		['a delayed payment refused', 'checkout.session.async_payment_failed', SESSION, 'failed'],
		['an expired session', 'checkout.session.expired', SESSION, 'expired'],
		['a session event of the future', 'checkout.session.thawed', SESSION, 'other'],
		['the first invoice', 'invoice.paid', { ...INVOICE, billing_reason: 'subscription_create' }, 'other'],
		['a later invoice', 'invoice.paid', INVOICE, 'renewed'],
		['an invoice after a change of plan', 'invoice.paid', { ...INVOICE, billing_reason: 'subscription_update' }, 'renewed'],
		['an invoice without a subscription', 'invoice.paid', { ...INVOICE, parent: null }, 'other'],
		['an unpaid invoice', 'invoice.payment_failed', INVOICE, 'failed'],
		['an upcoming invoice', 'invoice.upcoming', { ...INVOICE, id: null }, 'other'],
		['renewal off', UPDATED, { ...SUBSCRIPTION, cancel_at_period_end: true }, 'canceled', { cancel_at_period_end: false }],
		['renewal on again', UPDATED, SUBSCRIPTION, 'subscription_resumed', { cancel_at_period_end: true }],
		['an end set by date', UPDATED, { ...SUBSCRIPTION, cancel_at: CREATED + 5 }, 'canceled', { cancel_at: null }],
		['an end by date taken back', UPDATED, SUBSCRIPTION, 'subscription_resumed', { cancel_at: CREATED + 5 }],
		[
			'another end of what ends anyway', UPDATED, { ...SUBSCRIPTION, cancel_at_period_end: true, cancel_at: CREATED + 9 },
			'other', { cancel_at: CREATED + 5 },
		],
		['another change', UPDATED, { ...SUBSCRIPTION, cancel_at_period_end: true }, 'other', { status: 'past_due' }],
		['an update without previous values', UPDATED, SUBSCRIPTION, 'other'],
		['a new subscription', 'customer.subscription.created', SUBSCRIPTION, 'other'],
		['the end of a subscription', 'customer.subscription.deleted', SUBSCRIPTION, 'subscription_ended'],
		['a refund', 'charge.refunded', CHARGE, 'refunded'],
		['a charge', 'charge.succeeded', CHARGE, 'other'],
		['a refund that failed', 'refund.failed', { amount: 500, currency: 'eur', charge: 'ch_1' }, 'other'],
		['a refund by its old name', 'charge.refund.updated', { amount: 500, currency: 'eur', charge: 'ch_1' }, 'other'],
		['a dispute', 'charge.dispute.created', DISPUTE, 'disputed'],
		['an inquiry', 'charge.dispute.created', { ...DISPUTE, status: 'warning_needs_response' }, 'other'],
		['an inquiry turned dispute', 'charge.dispute.updated', DISPUTE, 'disputed', { status: 'warning_under_review' }],
		['evidence in a dispute', 'charge.dispute.updated', DISPUTE, 'other', { status: 'under_review' }],
		[
			'evidence in an inquiry', 'charge.dispute.updated', { ...DISPUTE, status: 'warning_under_review' },
			'other', { status: 'warning_needs_response' },
		],
		['a dispute won', 'charge.dispute.closed', { ...DISPUTE, status: 'won' }, 'dispute_won'],
		['an inquiry closed', 'charge.dispute.closed', { ...DISPUTE, status: 'warning_closed' }, 'dispute_won'],
		['a dispute lost', 'charge.dispute.closed', { ...DISPUTE, status: 'lost' }, 'refunded'],
		['a dispute closed in a way we do not know', 'charge.dispute.closed', { ...DISPUTE, status: 'prevented' }, 'other'],
		['money of a dispute', 'charge.dispute.funds_withdrawn', DISPUTE, 'other'],
		['something else', 'customer.created', { id: 'cus_1' }, 'other'],
	])('%s: %s', (_name, type, object, kind, ...[previous]) => {
		const event = read(type, object, previous);
		expect(event.kind).toBe(kind);
		expect(paymentEventSchema.safeParse(event).success).toBe(true);
	});

	it('says why a completed session is not paid yet', () => {
		expect(session({ payment_status: 'unpaid' }).reason).toBe('unpaid: waiting for the bank');
	});
});

describe('fields', () => {
	it.each<[string, Fields, EventOptions, string | null]>([
		['metadata first', { client_reference_id: 'other' }, {}, 'order-1'],
		['then the client reference', { metadata: {} }, {}, 'order-1'],
		['metadata of spaces counts as none', { metadata: { order_ref: ' ' } }, {}, 'order-1'],
		['another key', { metadata: { order_ref: 'a', code: 'b' } }, { orderKey: 'code' }, 'b'],
		['a key every object has', { client_reference_id: null }, { orderKey: 'constructor' }, null],
		['nothing', { metadata: null, client_reference_id: null }, {}, null],
	])('order number: %s', (_name, change, options, orderRef) => {
		expect(session(change, options).orderRef).toBe(orderRef);
	});

	it.each<[unknown, string | null]>([
		['4503599627370495', '4503599627370495'],
		[' 42 ', '42'],
		['@olena', null],
		['-100200', null],
		['1e3', null],
		['4٢', null],
		['9'.repeat(21), null],
		['', null],
		[42, null],
	])('ST2 Telegram id %j is %j', (tg_id, telegramId) => {
		expect(session({ metadata: { tg_id } }).customer.telegramId).toBe(telegramId);
		expect(session({ metadata: { user: tg_id } }, { telegramKey: 'user' }).customer.telegramId).toBe(telegramId);
	});

	it('the Telegram id is never guessed from the client reference', () => {
		expect(session({ metadata: {}, client_reference_id: '42' }).customer.telegramId).toBeNull();
	});

	it.each([['jpy', 'JPY'], ['kwd', 'KWD'], ['eur', 'EUR']])('%s keeps the minor units as they came', (currency, code) => {
		expect(session({ currency, amount_total: 500 })).toMatchObject({ amountMinor: 500, currency: code });
	});

	it('expanded objects are known by their number', () => {
		expect(session({ payment_intent: { id: 'pi_2', object: 'payment_intent' } }).providerPaymentId).toBe('pi_2');
	});

	it('the email filled in beforehand is taken when the buyer gave none', () => {
		expect(session({ customer_details: null, customer_email: 'a@example.com' }).customer).toMatchObject({
			email: 'a@example.com', name: null, phone: null,
		});
	});

	it('an unreadable phone is null', () => {
		expect(session({ customer_details: { phone: 'call me' } }).customer.phone).toBeNull();
	});

	it.each([['live', true, false], ['test', false, true]])('%s mode', (_name, livemode, isTest) => {
		expect(toPaymentEvent(stripeEvent(COMPLETED, SESSION, { livemode })).isTest).toBe(isTest);
	});

	it('raw can be left out', () => {
		expect(session({}, { includeRaw: false })).not.toHaveProperty('raw');
	});

	it.each([['new', INVOICE, 'in_1'], ['old', OLD_INVOICE, 'pi_9']])('an invoice of the %s shape', (_name, invoice, id) => {
		expect(read('invoice.paid', invoice)).toMatchObject({
			kind: 'renewed',
			orderRef: 'order-1',
			providerPaymentId: id,
			amountMinor: 4900,
			customer: { telegramId: '42', email: 'buyer@example.com' },
			subscription: {
				subscriptionId: 'sub_1',
				planId: 'price_1',
				nextPaymentAt: '2026-10-21T14:13:20.000Z',
				renews: true,
			},
		});
	});

	it('a refused renewal names what was due and no paid time', () => {
		const event = read('invoice.payment_failed', { ...INVOICE, amount_paid: 0 });
		expect(event).toMatchObject({ kind: 'failed', amountMinor: 4900, reason: 'subscription_cycle' });
		expect(event.subscription).toMatchObject({ subscriptionId: 'sub_1', nextPaymentAt: null });
	});

	it.each([
		['new', SUBSCRIPTION],
		[
			'old',
			{
				...SUBSCRIPTION,
				items: { data: [{ price: { id: 'price_1', nickname: 'Club' } }] },
				current_period_end: CREATED + 1000,
			},
		],
	])('a subscription of the %s shape ends with the paid period', (_name, subscription) => {
		const event = read(UPDATED, { ...subscription, cancel_at_period_end: true }, { cancel_at_period_end: false });
		expect(event).toMatchObject({ orderRef: 'order-1', providerPaymentId: 'sub_1', amountMinor: null, currency: null });
		expect(event.subscription).toEqual({
			planId: 'price_1',
			subscriptionId: 'sub_1',
			name: 'Club',
			paymentNumber: null,
			nextPaymentAt: '2026-09-21T14:30:00.000Z',
			renews: false,
			errorCode: null,
		});
	});

	it('an end by date is that date', () => {
		const event = read(UPDATED, { ...SUBSCRIPTION, cancel_at: CREATED }, { cancel_at: null });
		expect(event.subscription).toMatchObject({ nextPaymentAt: '2026-09-21T14:13:20.000Z', renews: false });
	});

	it('a subscription that is over has no next payment', () => {
		const event = read('customer.subscription.deleted', {
			...SUBSCRIPTION, status: 'canceled', cancellation_details: { reason: 'payment_failed' },
		});
		expect(event).toMatchObject({ reason: 'payment_failed', subscription: { nextPaymentAt: null, renews: false } });
	});

	it('a refund is all that went back so far', () => {
		expect(read('charge.refunded', CHARGE)).toMatchObject({
			orderRef: 'order-1', providerPaymentId: 'pi_1', amountMinor: 1500, customer: { telegramId: '42', name: 'Olena' },
		});
	});

	it('a charge without a payment intent is known by its own number', () => {
		expect(read('charge.refunded', { ...CHARGE, payment_intent: null }).providerPaymentId).toBe('ch_1');
	});

	it('a lost dispute takes its amount', () => {
		expect(read('charge.dispute.closed', { ...DISPUTE, status: 'lost', amount: 700 })).toMatchObject({
			kind: 'refunded', amountMinor: 700, providerPaymentId: 'pi_1', reason: 'lost: fraudulent',
		});
	});

	it('what was looked up fills in order, buyer and subscription', () => {
		const origin = { metadata: { order_ref: 'order-7', tg_id: '77' }, subscriptionId: 'sub_7' };
		expect(read('charge.dispute.created', DISPUTE, undefined, { origin })).toMatchObject({
			kind: 'disputed', orderRef: 'order-7', customer: { telegramId: '77' }, subscription: { subscriptionId: 'sub_7' },
		});
		expect(read('charge.refunded', CHARGE, undefined, { origin }).orderRef).toBe('order-1');
	});
});

describe('an event that cannot be read', () => {
	it.each<[string, unknown, string]>([
		['null', null, 'body'],
		['a list', [], 'body'],
		['no id', stripeEvent(COMPLETED, SESSION, { id: '' }), 'id'],
		['no time', stripeEvent(COMPLETED, SESSION, { created: undefined }), 'created'],
		['a time beyond all calendars', stripeEvent(COMPLETED, SESSION, { created: 1e300 }), 'created'],
		['no mode', stripeEvent(COMPLETED, SESSION, { livemode: undefined }), 'livemode'],
		['no object', stripeEvent(COMPLETED, SESSION, { data: {} }), 'data.object'],
		['a fraction of a cent', stripeEvent(COMPLETED, { ...SESSION, amount_total: 49.5 }), 'data.object.amount_total'],
		['an amount as text', stripeEvent(COMPLETED, { ...SESSION, amount_total: '4900' }), 'data.object.amount_total'],
		['a negative amount', stripeEvent(COMPLETED, { ...SESSION, amount_total: -1 }), 'data.object.amount_total'],
		['an inexact amount', stripeEvent(COMPLETED, { ...SESSION, amount_total: 2 ** 60 }), 'data.object.amount_total'],
		['a payment without an amount', stripeEvent(COMPLETED, { ...SESSION, amount_total: null }), 'data.object'],
		['a payment without a currency', stripeEvent(COMPLETED, { ...SESSION, currency: null }), 'data.object'],
		['a currency that is none', stripeEvent(COMPLETED, { ...SESSION, currency: 'euro' }), 'currency'],
		['a subscription without a number', stripeEvent(UPDATED, { ...SUBSCRIPTION, id: 7 }), 'data.object.id'],
	])('%s', (_name, event, field) => {
		expect(() => toPaymentEvent(event)).toThrow(UnreadableEventError);
		expect(() => toPaymentEvent(event)).toThrow(`Stripe field "${field}"`);
	});

	it('never becomes another error, and a readable one always fits the schema', () => {
		const types = [...eventTypesFor(['other']), 'charge.updated'];
		const fields = fc.constantFrom(
			...Object.keys({ ...SESSION, ...INVOICE, ...SUBSCRIPTION, ...CHARGE, ...DISPUTE }),
		);
		fc.assert(
			fc.property(fc.constantFrom(...types), fc.dictionary(fields, fc.anything()), (type, object) => {
				try {
					expect(paymentEventSchema.safeParse(read(type, object)).success).toBe(true);
				} catch (error) {
					expect(error).toBeInstanceOf(UnreadableEventError);
				}
			}),
			{ numRuns: 300 },
		);
	});
});

describe('the event types of kinds', () => {
	it('are exactly the needed ones', () => {
		expect(eventTypesFor(['paid', 'refunded', 'dispute_won'])).toEqual([
			'charge.dispute.closed',
			'charge.refunded',
			'checkout.session.async_payment_succeeded',
			'checkout.session.completed',
		]);
		expect(eventTypesFor([])).toEqual([]);
	});

	it('can each become the kind they are asked for', () => {
		const all = eventTypesFor(['other']);
		expect(all).toContain('refund.failed');
		for (const kind of PAYMENT_EVENT_KINDS) expect(all).toEqual(expect.arrayContaining(eventTypesFor([kind])));
		expect(all).toHaveLength(13);
	});
});
