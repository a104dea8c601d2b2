import fc from 'fast-check';
import { parse } from 'node:querystring';

import { readAmount, readCurrency } from '../../../nodes/StripeCheckout/amount';
import { hashedKey, readOwnKey } from '../../../nodes/StripeCheckout/idempotency';
import { readMetadata } from '../../../nodes/StripeCheckout/metadata';
import { readObjectId } from '../../../nodes/StripeCheckout/objectId';
import { orderKey, readSession, sessionForm, type SessionRequest } from '../../../nodes/StripeCheckout/session';
import { readCredentials } from '../../../nodes/StripeCheckout/shared/credentials';
import { encodeForm, expandForm, flattenForm, type FormTree } from '../../../nodes/shared/formTree';

const REQUEST: SessionRequest = {
	mode: 'payment',
	items: [{ name: 'Course', amountMinor: 4900, currency: 'eur', quantity: 1 }],
	orderRef: 'order-1',
	metadata: { order_ref: 'order-1', tg_id: '42' },
	successUrl: 'https://example.com/ok?s={CHECKOUT_SESSION_ID}&a=1 2',
};

/** What Stripe makes of the body. */
const received = (request: SessionRequest) =>
	expandForm(parse(encodeForm(flattenForm(sessionForm(request)))), { maxDepth: 9, maxKeys: 999 });

describe('the form of a session', () => {
	it('puts the metadata on the session and on the payment, which survives it', () => {
		expect(received(REQUEST)).toEqual({
			mode: 'payment',
			line_items: [
				{ price_data: { currency: 'eur', unit_amount: '4900', product_data: { name: 'Course' } }, quantity: '1' },
			],
			success_url: 'https://example.com/ok?s={CHECKOUT_SESSION_ID}&a=1 2',
			client_reference_id: 'order-1',
			metadata: { order_ref: 'order-1', tg_id: '42' },
			payment_intent_data: { metadata: { order_ref: 'order-1', tg_id: '42' } },
		});
	});

	it('puts them on the subscription in that mode', () => {
		const form = received({
			...REQUEST,
			mode: 'subscription',
			trialDays: 7,
			items: [
				{ priceId: 'price_1', quantity: 2 },
				{ name: 'Club', amountMinor: 900, currency: 'eur', interval: 'month', quantity: 1 },
			],
		});
		expect(form).not.toHaveProperty('payment_intent_data');
		expect(form).toMatchObject({
			subscription_data: { metadata: { order_ref: 'order-1', tg_id: '42' }, trial_period_days: '7' },
			line_items: [
				{ price: 'price_1', quantity: '2' },
				{ price_data: { recurring: { interval: 'month' }, unit_amount: '900' } },
			],
		});
	});

	it('names the index of every list, and leaves out what is empty', () => {
		const form = sessionForm({ ...REQUEST, cancelUrl: '', customerEmail: '', metadata: {}, orderRef: '' });
		const names = flattenForm(form).map(([name]) => name);
		expect(names).toContain('line_items[0][price_data][product_data][name]');
		expect(names.join()).not.toMatch(/\[\]|cancel_url|customer|metadata|reference/);
	});

	it('carries the options', () => {
		const options = {
			cancelUrl: 'https://example.com/', customerId: 'cus_1', customerEmail: 'a@example.com', locale: 'uk',
			expiresAt: 1_790_000_000, allowPromotionCodes: true, automaticTax: true, collectPhone: true,
		};
		expect(received({ ...REQUEST, ...options })).toMatchObject({
			cancel_url: 'https://example.com/', customer: 'cus_1', customer_email: 'a@example.com', locale: 'uk',
			expires_at: '1790000000', allow_promotion_codes: 'true', automatic_tax: { enabled: 'true' },
			phone_number_collection: { enabled: 'true' },
		});
		const off = received({ ...REQUEST, allowPromotionCodes: false, automaticTax: false, collectPhone: false });
		expect(Object.keys(off).join()).not.toMatch(/promotion|tax|phone/);
	});

	it('comes back from its body whatever is in it', () => {
		const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 });
		const key = text.filter((name) => !/[[\]]/.test(name) && !/^(__proto__|constructor|prototype)$/.test(name));
		fc.assert(
			fc.property(fc.dictionary(key, text), text, fc.nat(), (metadata, name, amountMinor) => {
				const items = [{ name, amountMinor, currency: 'eur', quantity: 3 }];
				// A key of digits only becomes a list when read, so each gets a letter.
				const lettered = Object.fromEntries(Object.entries(metadata).map(([k, value]) => [`k${k}`, value]));
				const form: FormTree = received({ ...REQUEST, items, metadata: lettered });
				const mirrored = form.payment_intent_data as FormTree | undefined;
				expect(form.metadata ?? {}).toEqual(lettered);
				expect(mirrored?.metadata ?? {}).toEqual(lettered);
				expect(form.line_items).toEqual([
					{ price_data: { currency: 'eur', unit_amount: String(amountMinor), product_data: { name } }, quantity: '3' },
				]);
			}),
		);
	});
});

describe('the key of an order (ST8)', () => {
	const key = orderKey('order-1', 1, REQUEST);

	it('is the same for the same order and price, whatever else changes', () => {
		expect(key).toMatch(/^checkout-[0-9a-f]{64}$/);
		const same = { successUrl: 'https://example.com/', locale: 'uk', expiresAt: 1, customerEmail: 'a@example.com' };
		expect(orderKey('order-1', 1, { ...REQUEST, ...same })).toBe(key);
	});

	it('is another one for everything that makes the price, the order and the attempt', () => {
		const item = { name: 'Course', amountMinor: 4900, currency: 'eur', quantity: 1 };
		const others = [
			orderKey('order-2', 1, REQUEST),
			orderKey('order-1', 2, REQUEST),
			orderKey('order-1', 1, { ...REQUEST, mode: 'subscription' }),
			orderKey('order-1', 1, { ...REQUEST, trialDays: 7 }),
			orderKey('order-1', 1, { ...REQUEST, allowPromotionCodes: true }),
			orderKey('order-1', 1, { ...REQUEST, automaticTax: true }),
			...[
				{ ...item, name: 'Other' }, { ...item, amountMinor: 4901 }, { ...item, currency: 'usd' }, { ...item, quantity: 2 },
				{ ...item, interval: 'month' }, { priceId: 'price_1', quantity: 1 },
			].map((changed) => orderKey('order-1', 1, { ...REQUEST, items: [changed] })),
			orderKey('order-1', 1, { ...REQUEST, items: [item, item] }),
		];
		expect(new Set([key, ...others]).size).toBe(others.length + 1);
	});

	it('does not run parts together', () => {
		expect(hashedKey('x', ['ab', 'c'])).not.toBe(hashedKey('x', ['a', 'bc']));
	});

	it.each([['', undefined], ['  ', undefined], [' pay-1 ', 'pay-1'], ['x'.repeat(255), 'x'.repeat(255)]])(
		'by hand: "%s"', (given, read) => expect(readOwnKey(given)).toBe(read),
	);

	it.each(['x'.repeat(256), 'a b', 'ключ', 'a\nb'])('by hand, refused: "%s"', (given) => {
		expect(() => readOwnKey(given)).toThrow(/idempotency key/);
	});
});

describe('metadata limits', () => {
	const many = (count: number) => Array.from({ length: count }, (_, index) => [`k${index}`, 'v'] as const);

	it('trims, drops empty values and lets the last of a key win', () => {
		const metadata = readMetadata([[' a ', ' 1 '], ['b', ''], ['c', null], ['d', undefined], ['', ' '], ['n', 0], ['a', '2']]);
		expect(metadata).toEqual({ a: '2', n: '0' });
	});

	it('reaches the limits, counted in characters', () => {
		expect(Object.keys(readMetadata(many(50)))).toHaveLength(50);
		expect(readMetadata([['ключ'.repeat(10), '😀'.repeat(500)]])).toEqual({ ['ключ'.repeat(10)]: '😀'.repeat(500) });
	});

	it.each<[string, Array<readonly [string, string]>, RegExp]>([
		['51 keys', many(51), /51 metadata keys, "k50" is over the limit of 50/],
		['a key of 41 characters', [['x'.repeat(41), '1']], /"x{41}" has 41 characters, over 40/],
		['a value of 501 characters', [['note', 'x'.repeat(501)]], /"note" has 501 characters, over 500/],
		['a bracket', [['a[b', '1']], /"a\[b" must not have brackets/],
		['the other bracket', [['b]', '1']], /"b\]" must not have brackets/],
		['a value without a key', [[' ', '1']], /no key/],
	])('%s are refused by name', (_name, pairs, message) => {
		expect(() => readMetadata(pairs)).toThrow(message);
	});

	it('a key of the prototype is an ordinary key', () => {
		const metadata = readMetadata([['__proto__', 'x']]);
		expect(Object.entries(metadata)).toEqual([['__proto__', 'x']]);
		expect(({} as Record<string, unknown>).x).toBeUndefined();
	});
});

describe('amounts', () => {
	it.each<[unknown, string, number]>([
		[4900, 'eur', 4900], ['4900', 'EUR', 4900], [' 1 ', 'usd', 1], [0, 'eur', 0], [500, 'jpy', 500], [501, 'jpy', 501],
		[5120, 'kwd', 5120], [500, 'ugx', 500], [500, 'isk', 500],
	])('%j %s', (value, currency, amount) => {
		expect(readAmount(value, currency, 'It')).toBe(amount);
	});

	it.each<[unknown, string, RegExp]>([
		[49.5, 'eur', /The amount of "Course" must be a whole number of minor units .* not "49.5"/],
		['49.00', 'eur', /not "49.00"/], ['49,00', 'eur', /whole/], ['', 'eur', /whole/], [null, 'eur', /whole/],
		[undefined, 'eur', /whole/], [-1, 'eur', /whole/], [Number.NaN, 'eur', /whole/], [1e21, 'eur', /whole/],
		['1e3', 'eur', /whole/], [5125, 'KWD', /end in 0: .*KWD/], [550, 'ugx', /end in 00: .*UGX/], [501, 'ISK', /end in 00/],
	])('%j %s is refused by name', (value, currency, message) => {
		expect(() => readAmount(value, currency, 'The amount of "Course"')).toThrow(message);
	});

	it('a currency is three letters', () => {
		expect(readCurrency(' EUR ')).toBe('eur');
		for (const text of ['', 'euro', '€', 'e1r']) expect(() => readCurrency(text)).toThrow(/ISO code/);
	});
});

describe('numbers of objects', () => {
	it.each(['', 'sub_1', 'cs_', 'cs_1/../x', 'cs_1?a', 'cs_%2e', '../cs_1', null])('%j is no session', (id) => {
		expect(() => readObjectId(id, ['cs'], 'The session ID')).toThrow(/The session ID must look like cs_…/);
	});

	it('are trimmed', () => expect(readObjectId(' cs_test_1\n', ['pi', 'cs'], 'x')).toBe('cs_test_1'));
});

describe('a session in an answer', () => {
	const now = Date.parse('2026-11-20T12:00:00Z');
	const url = 'https://x.example/';
	const answer = { id: 'cs_test_1', livemode: false, status: 'open', url, expires_at: now / 1000 + 1 };

	it('is open until its time is over', () => {
		expect(readSession(answer, now)).toMatchObject({
			status: 'open', url: 'https://x.example/', expiresAt: '2026-11-20T12:00:01.000Z',
		});
		expect(readSession(answer, now + 1000)).toMatchObject({ status: 'expired', url: null });
	});

	it('that is complete stays so', () => {
		expect(readSession({ ...answer, status: 'complete' }, now + 1e9).status).toBe('complete');
	});

	it('has nulls where Stripe says nothing', () => {
		expect(readSession({ id: 'cs_1', livemode: true }, now)).toEqual({
			sessionId: 'cs_1', url: null, status: null, paymentStatus: null, amountMinor: null, currency: null, orderRef: null,
			telegramId: null, expiresAt: null, paymentIntentId: null, subscriptionId: null, customerId: null,
			customer: { name: null, email: null, phone: null }, metadata: {}, livemode: true,
		});
	});

	it.each([null, [], 'x', { id: 'pi_1', livemode: true }, { id: 'cs_1' }])('%j is none', (body) => {
		expect(() => readSession(body, now)).toThrow(/no Checkout Session/);
	});
});

describe('the credential', () => {
	it('is trimmed', () => {
		const stored = { secretKey: ' k\n', webhookSecret: '\twhsec_x ', apiUrl: ' https://api.stripe.com/ ' };
		expect(readCredentials(stored)).toEqual({
			secretKey: 'k', webhookSecret: 'whsec_x', apiUrl: 'https://api.stripe.com',
		});
		expect(readCredentials({})).toEqual({ secretKey: '', webhookSecret: '', apiUrl: 'https://api.stripe.com' });
	});

	it.each(['http://127.0.0.1:4010', 'http://localhost:1', 'http://[::1]:1'])('may stay on this machine: %s', (apiUrl) => {
		expect(readCredentials({ apiUrl }).apiUrl).toBe(apiUrl);
	});

	it.each(['http://api.stripe.com', 'ftp://127.0.0.1', 'api.stripe.com', 'https://a:b@x.example', 'https://x.example/?a',
		'http://127.0.0.1.example', 'https://x.example/#a'])('is never sent to %s', (apiUrl) => {
		expect(() => readCredentials({ apiUrl })).toThrow(/API URL/);
	});
});
