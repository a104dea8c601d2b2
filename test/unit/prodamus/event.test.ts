import fc from 'fast-check';

import { toPaymentEvent, UnreadableNotificationError, type EventOptions } from '../../../nodes/Prodamus/event';
import type { FormTree } from '../../../nodes/shared/formTree';
import { paymentEventSchema } from '../../../nodes/shared/paymentEvent';
import { prodamusVectors } from './vectors';

const PAYMENT: FormTree = {
	date: '2026-03-14T09:26:53+03:00',
	order_id: '48211907',
	order_num: 'shop-1042',
	sum: '1000.00',
	currency: 'rub',
	customer_phone: '8 (999) 000-00-01',
	customer_email: 'buyer@example.com',
	customer_extra: 'note',
	attempt: '1',
	products: [{ name: 'Reading', price: '500.00', quantity: '2', sum: '1000.00', sku: 'R-1' }],
	payment_status: 'success',
	payment_status_description: 'Paid in full',
	payment_init: 'manual',
};

const BLOCK: FormTree = {
	id: '593600',
	profile_id: '1209736',
	active: '1',
	active_manager: '1',
	active_user: '1',
	name: 'Club',
	date_next_payment: '2026-05-01 12:30:37',
	current_attempt: '1',
	payment_num: '2',
	autopayment: '1',
};

/** A notification of the subscription URL: no payment_status, order_id 0 (providers/prodamus.md §5). */
function subscriptionEvent(block: FormTree, fields: FormTree = {}): FormTree {
	return {
		date: '2026-04-01T12:36:02+03:00',
		order_id: '0',
		order_num: '',
		sum: '990.00',
		...fields,
		subscription: { ...BLOCK, ...block },
	};
}

const read = (fields: FormTree, options?: EventOptions) => toPaymentEvent({ ...PAYMENT, ...fields }, options);

describe('a payment (PC5)', () => {
	it('becomes one event with minor units and UTC', () => {
		expect(toPaymentEvent(PAYMENT)).toEqual({
			version: 1,
			provider: 'prodamus',
			kind: 'paid',
			eventKey: 'order:48211907:success',
			orderRef: 'shop-1042',
			providerPaymentId: '48211907',
			amountMinor: 100_000,
			currency: 'RUB',
			occurredAt: '2026-03-14T06:26:53.000Z',
			isTest: false,
			reason: 'Paid in full',
			customer: {
				name: null,
				email: 'buyer@example.com',
				phone: '+79990000001',
				telegramId: null,
				telegramUsername: null,
			},
			items: [{ name: 'Reading', quantity: 2, priceMinor: 50_000, sku: 'R-1' }],
			subscription: null,
			utm: {},
			raw: PAYMENT,
		});
	});

	it('keeps its key when it is delivered again', () => {
		expect(read({ attempt: '7' }).eventKey).toBe(read({ attempt: '1' }).eventKey);
	});

	it('leaves raw out on request', () => {
		expect(toPaymentEvent(PAYMENT, { includeRaw: false })).not.toHaveProperty('raw');
	});

	it('is in rubles without a currency', () => {
		expect(read({ currency: '' }).currency).toBe('RUB');
		expect(
			toPaymentEvent(Object.fromEntries(Object.entries(PAYMENT).filter(([key]) => key !== 'currency'))).currency,
		).toBe('RUB');
	});

	it('reads numbers of a JSON body', () => {
		expect(read({ order_id: 48211907, sum: 1000.5 })).toMatchObject({
			amountMinor: 100_050,
			eventKey: 'order:48211907:success',
		});
	});

	it('collects utm tags', () => {
		expect(read({ utm_source: 'mail', utm_campaign: 'spring', utm_term: '', utm: 'x', 'utm_a b': 'x' }).utm).toEqual({
			source: 'mail',
			campaign: 'spring',
		});
	});

	it.each<[string, FormTree, unknown]>([
		['a phone nobody can read', { customer_phone: '12' }, null],
		['a phone that is a list', { customer_phone: ['+79990000001'] }, null],
		['no phone', { customer_phone: '' }, null],
	])('has no phone for %s', (_name, fields, phone) => {
		expect(read(fields).customer.phone).toBe(phone);
	});

	it('reads a zone-less date as Moscow time', () => {
		expect(read({ date: '2026-03-14 00:30' }).occurredAt).toBe('2026-03-13T21:30:00.000Z');
	});
});

describe('statuses (PC7)', () => {
	it.each([
		['success', 'paid'],
		['SUCCESS', 'paid'],
		['order_canceled', 'canceled'],
		['Order_Denied', 'failed'],
		['order_approved', 'other'],
		['succes', 'other'],
	])('%s is %s', (status, kind) => {
		expect(read({ payment_status: status })).toMatchObject({ kind, eventKey: `order:48211907:${status.toLowerCase()}` });
	});

	it('no status at all is not a payment', () => {
		expect(read({ payment_status: '' }).kind).toBe('other');
		expect(read({ payment_status: ['success'] }).kind).toBe('other');
	});
});

describe('the order number', () => {
	const without = { order_num: '', _param_order: 'from-param' };

	it('comes from order_num first', () => {
		expect(read({ _param_order: 'x' }, { orderParam: 'order' }).orderRef).toBe('shop-1042');
	});

	it('falls back to the configured parameter, then to the note when that is allowed, never to order_id', () => {
		expect(read(without, { orderParam: 'order', orderFromCustomerExtra: true }).orderRef).toBe('from-param');
		expect(read(without, { orderFromCustomerExtra: true }).orderRef).toBe('note');
		expect(read(without).orderRef).toBeNull();
	});
});

describe('test payments (PC7)', () => {
	it.each<[string, FormTree, EventOptions]>([
		['demo_mode', { demo_mode: '1' }, {}],
		['demo_mode as a number', { demo_mode: 1 }, {}],
		['demo_mode as a boolean', { demo_mode: true }, {}],
		['is_test', { is_test: 'yes' }, {}],
		['the subscription', { subscription: { ...BLOCK, demo: '1' } }, {}],
		['the demo secret', {}, { demoSecret: true }],
	])('are told by %s', (_name, fields, options) => {
		expect(read(fields, options).isTest).toBe(true);
	});

	it.each<[string, FormTree, EventOptions]>([
		['an empty demo_mode', { demo_mode: '' }, {}],
		['demo_mode off', { demo_mode: '0', is_test: 'no', subscription: { ...BLOCK, demo: '0' } }, {}],
		[
			'a subscription demo flag that means a trial',
			{ subscription: { ...BLOCK, demo: '1' } },
			{ subscriptionDemoIsTest: false },
		],
	])('are not told by %s', (_name, fields, options) => {
		expect(read(fields, options).isTest).toBe(false);
	});
});

describe('subscriptions (PC9)', () => {
	it('a first payment is paid and keyed by its number', () => {
		const event = read({ subscription: { ...BLOCK, payment_num: '1', autopayment: '0' } });
		expect(event).toMatchObject({
			kind: 'paid',
			eventKey: 'subscription:1209736:payment:1',
			subscription: {
				planId: '593600',
				subscriptionId: '1209736',
				name: 'Club',
				paymentNumber: 1,
				nextPaymentAt: '2026-05-01T09:30:37.000Z',
				renews: true,
				errorCode: null,
			},
		});
	});

	it('a renewal has no payment_status', () => {
		const vector = prodamusVectors.find(({ name }) => name === 'subscription-auto-payment');
		expect(toPaymentEvent(vector?.data as FormTree)).toMatchObject({
			kind: 'renewed',
			eventKey: 'subscription:1209736:payment:2',
			providerPaymentId: '48300169',
			amountMinor: 99_000,
			occurredAt: '2026-04-01T09:36:02.000Z',
			orderRef: null,
		});
	});

	it('a renewal told by both webhook URLs is one event', () => {
		const plain = read({ payment_init: 'auto', subscription: BLOCK });
		const own = toPaymentEvent(subscriptionEvent({ type: 'action', action_code: 'auto_payment' }, { order_id: '5' }));
		expect([plain.kind, own.kind]).toEqual(['renewed', 'renewed']);
		expect(plain.eventKey).toBe(own.eventKey);
	});

	it.each<[string, FormTree, object]>([
		['a renewal', { type: 'action', action_code: 'auto_payment' }, { kind: 'renewed' }],
		[
			'the first charge told as an action',
			{ action_code: 'auto_payment', autopayment: '0', payment_num: '1' },
			{ kind: 'paid' },
		],
		[
			'a refused charge',
			{ type: 'notification', notification_code: 'auto_payment', error_code: 'insufficient_funds', error: 'No money' },
			{ kind: 'failed', reason: 'No money', subscription: expect.objectContaining({ errorCode: 'insufficient_funds' }) },
		],
		[
			'a charge with an error under the action code',
			{ action_code: 'auto_payment', error_code: 'card_lost' },
			{ kind: 'failed' },
		],
		[
			'the last refused charge',
			{ action_code: 'deactivation', last_attempt: 'YES', error_code: 'card_expired' },
			{ kind: 'subscription_ended', subscription: expect.objectContaining({ renews: false }) },
		],
		[
			'a deactivation, whose flags still say active',
			{ type: 'action', action_code: 'deactivation', action_reason: 'deactivated', date: '2026-04-01 10:00' },
			{
				kind: 'canceled',
				occurredAt: '2026-04-01T07:00:00.000Z',
				subscription: expect.objectContaining({ renews: false }),
			},
		],
		['a deactivation with attempts left', { action_code: 'deactivation', last_attempt: 'no' }, { kind: 'canceled' }],
		[
			'a reactivation, whose flags still say inactive',
			{ action_code: 'reactivation', active: '0', active_manager: '0' },
			{ kind: 'subscription_resumed', subscription: expect.objectContaining({ renews: true }) },
		],
		[
			'the end',
			{ action_code: 'finish', action_reason: 'completed', date_next_payment: '' },
			{ kind: 'subscription_ended', subscription: expect.objectContaining({ nextPaymentAt: null, renews: false }) },
		],
		['a reminder', { type: 'notification', notification_code: 'auto_payment_reminder' }, { kind: 'other' }],
		['a charge notice without an error', { notification_code: 'auto_payment' }, { kind: 'other' }],
		['an unknown action', { action_code: 'upgraded' }, { kind: 'other' }],
		[
			'a switched-off renewal',
			{ action_code: 'auto_payment', active_user: '0' },
			{ kind: 'renewed', subscription: expect.objectContaining({ renews: false }) },
		],
		[
			'a zero date',
			{ action_code: 'auto_payment', date_next_payment: '0000-00-00 00:00:00' },
			{ subscription: expect.objectContaining({ nextPaymentAt: null }) },
		],
	])('%s', (_name, block, expected) => {
		const event = toPaymentEvent(subscriptionEvent(block));
		expect(event).toMatchObject(expected);
		expect(paymentEventSchema.parse(event)).toEqual(event);
	});

	it('an echoed payment_status does not turn an ended subscription into a payment', () => {
		const fields = { order_id: '5', payment_status: 'success' };
		const kindOf = (block: FormTree) => toPaymentEvent(subscriptionEvent(block, fields)).kind;
		expect(kindOf({ action_code: 'deactivation' })).toBe('canceled');
		expect(kindOf({ action_code: 'finish' })).toBe('subscription_ended');
		expect(kindOf({ notification_code: 'auto_payment', error_code: 'card_limit' })).toBe('failed');
		expect(kindOf({ notification_code: 'auto_payment_reminder' })).toBe('other');
	});

	it('off, on and off again are three events, and each keeps its key', () => {
		const off = { action_code: 'deactivation', date: '2026-04-02 10:00' };
		const on = { action_code: 'reactivation', date: '2026-04-02 11:00' };
		const offAgain = { action_code: 'deactivation', date: '2026-04-02 12:00' };
		const keys = [off, on, offAgain].map((block) => toPaymentEvent(subscriptionEvent(block)).eventKey);
		expect(new Set(keys).size).toBe(3);
		expect(toPaymentEvent(subscriptionEvent(off, { attempt: '9' })).eventKey).toBe(keys[0]);
	});

	it('a refused charge and the later success of the same number are two events', () => {
		const refused = toPaymentEvent(subscriptionEvent({ notification_code: 'auto_payment', error_code: 'card_limit' }));
		const captured = toPaymentEvent(subscriptionEvent({ action_code: 'auto_payment' }));
		expect(refused.eventKey).not.toBe(captured.eventKey);
	});

	it('an old notification without a profile is keyed by the order', () => {
		const event = toPaymentEvent(subscriptionEvent({ action_code: 'auto_payment', profile_id: '' }, { order_id: '5' }));
		expect(event).toMatchObject({ kind: 'renewed', eventKey: 'order:5:auto_payment', subscription: null });
	});

	it('a plan number echoed from the link is no subscription', () => {
		expect(read({ subscription: '593600' })).toMatchObject({ kind: 'paid', subscription: null });
	});
});

describe('what cannot be read is refused with the field named', () => {
	it.each<[string, FormTree, string]>([
		['an amount that is a word', { sum: 'many' }, 'sum'],
		['an amount with a group separator', { sum: '1 000.00' }, 'sum'],
		['a negative amount', { sum: '-5.00' }, 'sum'],
		['a third of a kopeck', { sum: '0.333' }, 'sum'],
		['no amount', { sum: '' }, 'sum'],
		['an amount that is a list', { sum: ['1000.00'] }, 'sum'],
		['a currency in words', { currency: 'rubles' }, 'currency'],
		['an impossible date', { date: '2026-02-31T10:00:00+03:00' }, 'date'],
		['an impossible hour', { date: '2026-02-01T24:00:00+03:00' }, 'date'],
		['an impossible offset', { date: '2026-02-01T20:00:00+99:00' }, 'date'],
		['a date that is a word', { date: 'today' }, 'date'],
		['no date', { date: '' }, 'date'],
		['no order id', { order_id: '' }, 'order_id'],
		['a price that is a word', { products: [{ name: 'A', price: 'x' }] }, 'products[0][price]'],
		['a quantity of zero', { products: [{ name: 'A', quantity: '0' }] }, 'products[0][quantity]'],
		[
			'a next payment that is a word',
			{ subscription: { ...BLOCK, date_next_payment: 'soon' } },
			'subscription[date_next_payment]',
		],
		['an endless order id', { order_id: '1'.repeat(400) }, 'eventKey'],
	])('%s', (_name, fields, field) => {
		const attempt = () => read(fields);
		expect(attempt).toThrow(UnreadableNotificationError);
		expect(attempt).toThrow(expect.objectContaining({ field, reason: expect.stringMatching(/.+/) }));
	});

	it('an event that nothing identifies', () => {
		expect(() => toPaymentEvent(subscriptionEvent({ action_code: 'finish', profile_id: '' }))).toThrow(
			expect.objectContaining({ field: 'order_id' }),
		);
	});

	it('a missing amount is fine where no money moved', () => {
		expect(read({ payment_status: 'order_canceled', sum: '' }).amountMinor).toBeNull();
	});

	it('never shows the content of a field', () => {
		expect(() => read({ sum: 'secret-text' })).toThrow(
			expect.not.objectContaining({ message: expect.stringContaining('secret-text') }),
		);
	});
});

it('any fields give a valid event or a clear refusal', () => {
	const value = fc.oneof(
		fc.string(),
		fc.constantFrom('', '0', '1', 'success', 'auto_payment'),
		fc.jsonValue({ maxDepth: 2 }),
	);
	const record = (keys: string[]) =>
		fc.record(Object.fromEntries(keys.map((key) => [key, value])), { requiredKeys: [] });
	const notification = fc
		.tuple(
			record([...Object.keys(PAYMENT), 'demo_mode', 'utm_source', '_param_x']),
			record([...Object.keys(BLOCK), 'action_code']),
		)
		.map(([fields, subscription]) => ({ ...PAYMENT, ...fields, subscription }) as FormTree);
	fc.assert(
		fc.property(notification, (fields) => {
			try {
				const event = toPaymentEvent(fields, { orderParam: 'x', orderFromCustomerExtra: true });
				expect(paymentEventSchema.safeParse(event).success).toBe(true);
			} catch (error) {
				expect(error).toBeInstanceOf(UnreadableNotificationError);
			}
		}),
		{ numRuns: 500 },
	);
});
