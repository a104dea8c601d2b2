import { parse } from 'node:querystring';
import fc from 'fast-check';

import { parseBody } from '../../../nodes/Prodamus/body';
import { buildPayUrl, buildShortLinkUrl, linkTotal, type PaymentLink } from '../../../nodes/Prodamus/link';
import { normalizePageUrl } from '../../../nodes/Prodamus/pageUrl';
import { verify } from '../../../nodes/Prodamus/signature';

const PAGE = 'https://shop.payform.example';
const SECRET = 'test-key';
const LINK: PaymentLink = {
	orderId: 'ord-1',
	currency: 'rub',
	items: [{ name: 'Разбор «Чакры» / 50% + подарок', price: '1000', quantity: 1 }],
	customerPhone: '8 (999) 000-00-01',
	customerEmail: 'buyer+1@example.com',
	paymentsLimit: 1,
};

/** What PHP sees behind the address, and whether it holds the right signature. */
function open(url: string) {
	const { signature, ...fields } = parseBody(parse(new URL(url).search.slice(1)));
	return { fields, isSigned: verify(fields, signature, SECRET) };
}

describe('buildPayUrl (PC2)', () => {
	it('goes straight to payment with everything encoded and signed', () => {
		const url = buildPayUrl(PAGE, LINK, SECRET);
		expect(url).toMatch(/^https:\/\/shop\.payform\.example\/\?do=pay&[\w.%&=~-]+$/);
		expect(open(url)).toEqual({
			isSigned: true,
			fields: {
				do: 'pay',
				order_id: 'ord-1',
				products: [{ name: 'Разбор «Чакры» / 50% + подарок', price: '1000.00', quantity: '1' }],
				currency: 'rub',
				customer_phone: '+79990000001',
				customer_email: 'buyer+1@example.com',
				payments_limit: '1',
			},
		});
	});

	it('a price edited in the address breaks the signature', () => {
		expect(open(buildPayUrl(PAGE, LINK, SECRET).replace('1000.00', '1.00')).isSigned).toBe(false);
	});

	it('sends every parameter under its own name', () => {
		const url = buildPayUrl(
			PAGE,
			{
				...LINK,
				items: [
					{
						name: 'A',
						price: 10.5,
						quantity: 2,
						sku: 's',
						type: 'course',
						taxType: '0',
						paymentMethod: '4',
						paymentObject: '13',
					},
				],
				customerExtra: 'extra',
				discount: '1',
				expiresAt: new Date('2026-03-14T21:30:00Z'),
				paymentMethod: 'SBP',
				availablePaymentMethods: ['AC', 'SBP'],
				installmentsDisabled: true,
				urlReturn: 'https://example.com/back',
				urlSuccess: 'https://example.com/done?a=1&b=2',
				urlNotification: 'https://example.com/hook',
				jsonNotifications: true,
				demoMode: true,
				paidContent: 'Thanks',
				sys: 'code',
				params: { tg_id: '42' },
				utm: { source: 'mail' },
			},
			SECRET,
		);
		expect(open(url)).toMatchObject({
			isSigned: true,
			fields: {
				products: [
					{
						name: 'A',
						price: '10.50',
						quantity: '2',
						sku: 's',
						type: 'course',
						tax: { tax_type: '0' },
						paymentMethod: '4',
						paymentObject: '13',
					},
				],
				customer_extra: 'extra',
				discount_value: '1.00',
				link_expired: '2026-03-15 00:30',
				payment_method: 'SBP',
				available_payment_methods: 'AC|SBP',
				installments_disabled: '1',
				urlReturn: 'https://example.com/back',
				urlSuccess: 'https://example.com/done?a=1&b=2',
				urlNotification: 'https://example.com/hook',
				callbackType: 'json',
				demo_mode: '1',
				paid_content: 'Thanks',
				sys: 'code',
				_param_tg_id: '42',
				utm_source: 'mail',
			},
		});
	});

	it('leaves out what is empty', () => {
		const bare: PaymentLink = {
			orderId: '1',
			currency: 'rub',
			items: [{ name: 'A', price: '1', quantity: 1, sku: '' }],
			sys: '',
			availablePaymentMethods: [],
			params: {},
		};
		const { fields } = open(buildPayUrl(PAGE, bare, SECRET));
		expect(Object.keys(fields).sort()).toEqual(['currency', 'do', 'order_id', 'products']);
		expect(fields.products).toEqual([{ name: 'A', price: '1.00', quantity: '1' }]);
	});

	it('sells a subscription without items', () => {
		const url = buildPayUrl(
			PAGE,
			{
				...LINK,
				items: [],
				subscription: { planId: '593600', startsAt: '2026-05-01T09:00:00Z', trialDays: 3, maxRenewals: 12 },
			},
			SECRET,
		);
		expect(open(url)).toMatchObject({
			isSigned: true,
			fields: {
				subscription: '593600',
				subscription_date_start: '2026-05-01 12:00',
				subscription_demo_period: '3',
				subscription_limit_autopayments: '12',
			},
		});
		expect(open(url).fields).not.toHaveProperty('products');
	});

	it.each<[string, Partial<PaymentLink>, RegExp]>([
		['no order number', { orderId: ' ' }, /order number/],
		['no item', { items: [] }, /item/],
		['an item without a name', { items: [{ name: ' ', price: '1', quantity: 1 }] }, /name/],
		['a price that is a word', { items: [{ name: 'A', price: 'free', quantity: 1 }] }, /price/],
		['a price with three decimals', { items: [{ name: 'A', price: '1.001', quantity: 1 }] }, /price/],
		['a negative price', { items: [{ name: 'A', price: '-1', quantity: 1 }] }, /price/],
		['a price of zero', { items: [{ name: 'A', price: '0', quantity: 1 }] }, /total/],
		['half a piece', { items: [{ name: 'A', price: '1', quantity: 0.5 }] }, /quantity/],
		[
			'no piece',
			{
				items: [
					{ name: 'A', price: '1', quantity: 0 },
					{ name: 'B', price: '1', quantity: 1 },
				],
			},
			/quantity/,
		],
		['a sum too large to be exact', { items: [{ name: 'A', price: '99999999999.00', quantity: 9_000_000 }] }, /total/],
		['a discount that leaves nothing', { discount: '1000' }, /total/],
		['a phone that is none', { customerPhone: 'call me' }, /phone/],
		['an email that is none', { customerEmail: 'buyer' }, /email/],
		['a payments limit of zero', { paymentsLimit: 0 }, /payments limit/],
		['a relative success URL', { urlSuccess: '/done' }, /success URL/],
		['a script as return URL', { urlReturn: 'javascript:alert(1)' }, /return URL/],
		['a notification URL without sys', { urlNotification: 'https://example.com/' }, /sys/],
		['a dot in a parameter name', { params: { 'a.b': '1' } }, /_param_a\.b/],
		['a space in a parameter name', { params: { 'a b': '1' } }, /_param_a b/],
		['a bracket in a tag name', { utm: { 'a[b]': '1' } }, /utm_a\[b\]/],
		['an empty parameter name', { params: { '': '1' } }, /_param_/],
		['an unknown tax type', { items: [{ name: 'A', price: '1', quantity: 1, taxType: '3' }] }, /tax type/],
		[
			'an unknown receipt object',
			{ items: [{ name: 'A', price: '1', quantity: 1, paymentObject: '14' }] },
			/payment object/,
		],
		['a subscription by name', { subscription: { planId: 'club' } }, /subscription/],
		['a start that is a word', { subscription: { planId: '1', startsAt: 'soon' } }, /time/],
		['a lone surrogate', { orderId: '\ud800' }, /surrogate/],
		['an endless name', { items: [{ name: 'Ж'.repeat(2000), price: '1', quantity: 1 }] }, /characters/],
	])('refuses %s', (_name, change, message) => {
		const attempt = () => buildPayUrl(PAGE, { ...LINK, ...change }, SECRET);
		expect(attempt).toThrow(RangeError);
		expect(attempt).toThrow(message);
	});

	it('refuses an empty secret', () => {
		expect(() => buildPayUrl(PAGE, LINK, '')).toThrow(RangeError);
	});

	it('is signed for any texts', () => {
		const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }).filter((value) => value.trim() !== '');
		fc.assert(
			fc.property(text, text, text, (orderId, name, value) => {
				const link = {
					...LINK,
					orderId,
					items: [{ name, price: '1', quantity: 1 }],
					customerExtra: value,
					params: { x: value },
				};
				const { fields, isSigned } = open(buildPayUrl(PAGE, link, SECRET));
				expect(isSigned).toBe(true);
				expect(fields).toMatchObject({ order_id: orderId, customer_extra: value, _param_x: value });
			}),
		);
	});
});

describe('buildShortLinkUrl', () => {
	it('is unsigned unless a secret is given', () => {
		expect(buildShortLinkUrl(PAGE, LINK)).toMatch(/\?do=link&/);
		expect(buildShortLinkUrl(PAGE, LINK)).not.toContain('signature');
		expect(open(buildShortLinkUrl(PAGE, LINK, SECRET))).toMatchObject({ isSigned: true, fields: { do: 'link' } });
	});

	it('refuses a lone surrogate unsigned as well', () => {
		expect(() => buildShortLinkUrl(PAGE, { ...LINK, orderId: '\ud800' })).toThrow(RangeError);
	});
});

describe('linkTotal', () => {
	it('is exact where floats are not', () => {
		expect(
			linkTotal({
				...LINK,
				items: [
					{ name: 'A', price: '0.10', quantity: 3 },
					{ name: 'B', price: '19.99', quantity: 100 },
				],
			}),
		).toBe(199_930);
	});

	it('takes the discount off', () => {
		expect(linkTotal({ ...LINK, discount: '99.50' })).toBe(90_050);
	});

	it('is unknown for a subscription', () => {
		expect(linkTotal({ ...LINK, subscription: { planId: '1' } })).toBeNull();
	});
});

describe('normalizePageUrl', () => {
	it.each([
		['https://shop.payform.example', 'https://shop.payform.example/'],
		[' https://pay.example.com/shop ', 'https://pay.example.com/shop/'],
		['http://127.0.0.1:8080/', 'http://127.0.0.1:8080/'],
		['http://[::1]:8080/', 'http://[::1]:8080/'],
	])('%p is %p', (input, expected) => {
		expect(normalizePageUrl(input)).toBe(expected);
	});

	it.each([
		'',
		'shop.payform.example',
		'http://shop.payform.example/',
		'ftp://127.0.0.1/',
		'http://127.0.0.1.example.com/',
		'https://user:pass@shop.payform.example/',
		'https://shop.payform.example/?do=pay',
		'https://shop.payform.example/#x',
	])('refuses %p', (input) => {
		expect(() => normalizePageUrl(input)).toThrow(RangeError);
	});
});
