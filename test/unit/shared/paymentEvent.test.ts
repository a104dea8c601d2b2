import { PAYMENT_EVENT_KINDS, paymentEventSchema, type PaymentEvent } from '../../../nodes/shared/paymentEvent';

const event: PaymentEvent = {
	version: 1,
	provider: 'prodamus',
	kind: 'paid',
	eventKey: 'order:1:success',
	orderRef: 'order-1',
	providerPaymentId: '1',
	amountMinor: 100_000,
	currency: 'RUB',
	occurredAt: '2026-03-14T06:26:53.000Z',
	isTest: false,
	reason: null,
	customer: { name: null, email: 'buyer@example.com', phone: '+79990000001', telegramId: null, telegramUsername: null },
	items: [{ name: 'Reading', quantity: 1, priceMinor: 100_000, sku: null }],
	subscription: null,
	utm: {},
};

describe('paymentEventSchema', () => {
	it.each(PAYMENT_EVENT_KINDS)('takes the kind %s', (kind) => {
		expect(paymentEventSchema.parse({ ...event, kind })).toEqual({ ...event, kind });
	});

	it('tells a refund by itself from the total of all', () => {
		const refund = { ...event, kind: 'refunded', refundId: '5'.repeat(300) };
		expect(paymentEventSchema.parse(refund)).toEqual(refund);
		expect(paymentEventSchema.parse({ ...event, kind: 'refunded' })).not.toHaveProperty('refundId');
	});

	it.each<[string, object]>([
		['a newer version', { version: 2 }],
		['an unknown kind', { kind: 'success' }],
		['an empty key', { eventKey: '' }],
		['an empty number of a refund', { refundId: '' }],
		['an endless number of a refund', { refundId: '5'.repeat(301) }],
		['no number of a refund', { refundId: null }],
		['a fraction of a kopeck', { amountMinor: 0.5 }],
		['a negative amount', { amountMinor: -1 }],
		['an amount beyond exact numbers', { amountMinor: Infinity }],
		['a currency in lower case', { currency: 'rub' }],
		['a time with an offset', { occurredAt: '2026-03-14T09:26:53+03:00' }],
		['a phone as typed', { customer: { ...event.customer, phone: '8 999 000 00 01' } }],
		['a Telegram id as a number', { customer: { ...event.customer, telegramId: 7 } }],
		['an item without a quantity', { items: [{ name: 'Reading', quantity: 0, priceMinor: null, sku: null }] }],
	])('refuses %s', (_name, change) => {
		expect(paymentEventSchema.safeParse({ ...event, ...change }).success).toBe(false);
	});
});
