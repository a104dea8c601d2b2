import fc from 'fast-check';

import { BodyMismatchError, type Issue } from '../../../nodes/PlatformPayment/body';
import { toPaymentEvent, type EventOptions } from '../../../nodes/PlatformPayment/event';
import { paymentEventSchema } from '../../../nodes/shared/paymentEvent';
import { bodyWith, COURSE_ORDER, type CourseOrderFields } from './order';

const read = (fields: CourseOrderFields = {}, options?: EventOptions) => toPaymentEvent(bodyWith(fields), options);

function issuesOf(body: unknown): readonly Issue[] {
	try {
		toPaymentEvent(body);
	} catch (error) {
		if (error instanceof BodyMismatchError) return error.issues;
		throw error;
	}
	return [];
}

const issues = (fields: CourseOrderFields) => issuesOf(bodyWith(fields));
const withUser = (fields: CourseOrderFields) => read({ user: { ...COURSE_ORDER.user, ...fields } }).customer;
const withCosts = (...costs: unknown[]) => ({ course_order_items: costs.map((cost) => ({ cost })) });

describe('a paid order (PA1)', () => {
	it('becomes one payment event', () => {
		expect(read()).toEqual({
			version: 1,
			provider: 'platform',
			kind: 'paid',
			eventKey: 'payment:pay-70011:paid',
			orderRef: '51422',
			providerPaymentId: 'pay-70011',
			amountMinor: 349_050,
			currency: 'RUB',
			occurredAt: '2026-03-14T06:26:53.000Z',
			isTest: false,
			reason: 'success',
			customer: {
				name: 'Anna Example',
				email: 'anna@example.com',
				phone: '+79990000001',
				telegramId: '700000001',
				telegramUsername: 'anna_example',
			},
			items: [
				{ name: 'Math, year', quantity: 1, priceMinor: 249_050, sku: '17' },
				{ name: 'Physics', quantity: 1, priceMinor: 100_000, sku: null },
			],
			subscription: null,
			utm: { source: 'site', medium: 'cpc', campaign: 'spring', ym: '123' },
			raw: expect.any(Object),
		});
	});

	it('keeps in raw what the note needs, put in order (PA8)', () => {
		expect(read({ unknown_field: [1] }).raw).toMatchObject({
			course_order: {
				code: 'SPRING',
				invoice_id: '51422',
				payment_method: 'sbp',
				domain: 'school.example',
				created_at: '2026-03-14T06:20:00.000Z',
				unknown_field: [1],
				course_order_items: [
					{ number_lessons: '24', course: { name: 'Math, year', subject: { name: 'Math', project: 'ЕГЭ' } } },
					{ course: { subject: { project: 'ОГЭ' } }, package_id: null },
				],
				user: { email: 'anna@example.com', telegram_tag: '@anna_example' },
			},
		});
	});

	it('leaves raw out on demand', () => {
		expect(read({}, { includeRaw: false })).not.toHaveProperty('raw');
	});
});

describe('the sum (PA3)', () => {
	it.each<[unknown[], number]>([
		[['0.10', '0.20'], 30],
		[[0.1, 0.2], 30],
		[['1490,50'], 149_050],
		[[' 1490 '], 149_000],
		[['19.99', '19.99', '19.99'], 5997],
		[['0'], 0],
		[['1.500'], 150],
	])('of the costs %j is %d, exactly', (costs, minor) => {
		expect(read({ ...withCosts(...costs), amount: 1 }).amountMinor).toBe(minor);
	});

	it('never comes from amount', () => {
		expect(read({ amount: '99999.00' }).amountMinor).toBe(349_050);
		expect(read({ amount: null }).amountMinor).toBe(349_050);
		expect(issues({ course_order_items: [] })).toEqual([
			{ field: 'course_order.course_order_items', reason: 'is empty, so there is no sum' },
		]);
	});

	it.each<[unknown, string]>([
		['free', 'is no amount in RUB'],
		['', 'is no amount in RUB'],
		['-1', 'is no amount in RUB'],
		['1 490', 'is no amount in RUB'],
		['1.005', 'is no amount in RUB'],
		[0.1 + 0.2, 'is no amount in RUB'],
		['1e3', 'is no amount in RUB'],
		[1e21, 'is no amount in RUB'],
		['999999999999999', 'is no amount in RUB'],
		[null, 'must be an amount such as 1490.50'],
		[undefined, 'must be an amount such as 1490.50'],
		[true, 'must be an amount such as 1490.50'],
		[['1'], 'must be an amount such as 1490.50'],
	])('is refused for the cost %j', (cost, reason) => {
		expect(issues(withCosts('1', cost))).toEqual([
			{ field: 'course_order.course_order_items.1.cost', reason },
		]);
	});

	it('is refused when it cannot be exact', () => {
		expect(issues(withCosts(...Array<string>(2).fill('90071992547409.91')))).toEqual([
			{ field: 'course_order.course_order_items', reason: 'costs add up to more than can be exact' },
		]);
	});

	it('is that of the costs for any of them', () => {
		fc.assert(
			fc.property(fc.array(fc.nat(10_000_000), { minLength: 1, maxLength: 20 }), (kopecks) => {
				const costs = kopecks.map((sum) => `${Math.floor(sum / 100)}.${String(sum % 100).padStart(2, '0')}`);
				const total = kopecks.reduce((left, right) => left + right, 0);
				expect(read(withCosts(...costs)).amountMinor).toBe(total);
			}),
		);
	});

	it('may be missing from what is no payment', () => {
		expect(read({ status: 'created', course_order_items: null })).toMatchObject({ kind: 'other', amountMinor: null });
		expect(issues({ status: 'refunded', course_order_items: undefined })).toHaveLength(1);
	});
});

describe('the currency', () => {
	it.each<[unknown, string]>([
		[undefined, 'RUB'],
		[null, 'RUB'],
		['', 'RUB'],
		['rur', 'RUB'],
		[' kzt ', 'KZT'],
	])('%j is %s', (currency, code) => {
		expect(read({ currency }).currency).toBe(code);
	});

	it.each<unknown>(['rubles', '₽', 643])('%j is refused', (currency) => {
		expect(issues({ currency }).map(({ field }) => field)).toEqual(['course_order.currency']);
	});
});

describe('the kind', () => {
	it.each([
		['success', 'paid'],
		['Paid', 'paid'],
		[' COMPLETED ', 'paid'],
		['refund', 'refunded'],
		['refunded', 'refunded'],
		['pending', 'other'],
		['unpaid', 'other'],
		['paid_partly', 'other'],
	])('of the status "%s" is %s', (status, kind) => {
		expect(read({ status }).kind).toBe(kind);
	});

	it('follows the word lists', () => {
		const options = { paidStatuses: [' Оплачен ', 'done'], refundedStatuses: ['back', 'done'] };
		expect(['оплачен', 'success', 'back', 'done'].map((status) => read({ status }, options).kind)).toEqual([
			'paid',
			'other',
			'refunded',
			'refunded',
		]);
	});

	it.each<[unknown, string]>([
		[undefined, 'is missing'],
		['', 'is empty'],
		['  ', 'is empty'],
		[1, 'must be a text'],
		['x'.repeat(101), 'is longer than 100 characters'],
	])('needs a status, not %j', (status, reason) => {
		expect(issues({ status })).toEqual([{ field: 'course_order.status', reason }]);
	});
});

describe('the event key', () => {
	it('is the same for every delivery, whatever else changes in the body', () => {
		const later = read({ updated_at: '2026-03-15T00:00:00Z', utm: {}, amount: 1, extra: 'x' });
		expect(later.eventKey).toBe(read().eventKey);
	});

	it('is the same for words of one meaning, so that one payment is paid once', () => {
		expect(read({ status: 'completed' }).eventKey).toBe('payment:pay-70011:paid');
		expect(read({ status: 'Refund' }).eventKey).toBe('payment:pay-70011:refunded');
		expect(read({ status: 'Pending' }).eventKey).toBe('payment:pay-70011:pending');
	});

	it('falls back to the invoice, then to code and time', () => {
		const { eventKey, providerPaymentId } = read({ payment_id: null });
		expect([eventKey, providerPaymentId]).toEqual(['invoice:51422:paid', null]);
		expect(read({ payment_id: ' ', invoice_id: undefined })).toMatchObject({
			eventKey: 'code:SPRING:2026-03-14T06:20:00.000Z:paid',
			orderRef: null,
		});
	});

	it('does not take a code alone: two buyers may share a promo code', () => {
		const other = { payment_id: null, invoice_id: null, created_at: '2026-03-14T09:20:01+03:00' };
		expect(read({ payment_id: null, invoice_id: null }).eventKey).not.toBe(read(other).eventKey);
		expect(issues({ payment_id: null, invoice_id: null, created_at: null })).toEqual([
			{
				field: 'course_order.payment_id',
				reason: 'is missing, and so is invoice_id, or code with created_at, to tell payments apart',
			},
		]);
	});

	it.each<unknown>([2 ** 53, 1.5, true, ['a'], {}])('does not take the id %j', (paymentId) => {
		expect(issues({ payment_id: paymentId }).map(({ field }) => field)).toEqual(['course_order.payment_id']);
	});

	it('of 300 characters is the longest', () => {
		expect(issues({ payment_id: 'x'.repeat(300) }).map(({ field }) => field)).toEqual(['eventKey']);
	});
});

describe('times', () => {
	it.each<[unknown, string]>([
		['2026-03-14T09:26:53Z', '2026-03-14T09:26:53.000Z'],
		['2026-03-14T09:26:53.123456+00:00', '2026-03-14T09:26:53.123Z'],
		['2026-03-14 09:26:53', '2026-03-14T09:26:53.000Z'],
		['2026-03-14 09:26', '2026-03-14T09:26:00.000Z'],
		['2026-03-14T09:26:53+0300', '2026-03-14T06:26:53.000Z'],
		['2026-03-14 09:26:53 +0300', '2026-03-14T06:26:53.000Z'],
		[1_773_480_413, '2026-03-14T09:26:53.000Z'],
		['1773480413', '2026-03-14T09:26:53.000Z'],
		[1_773_480_413_250, '2026-03-14T09:26:53.250Z'],
	])('%j is %s', (written, iso) => {
		expect(read({ updated_at: written }).occurredAt).toBe(iso);
	});

	it('fall back to created_at', () => {
		expect(read({ updated_at: null }).occurredAt).toBe('2026-03-14T06:20:00.000Z');
	});

	it.each<unknown>([
		'2026-02-30T00:00:00Z',
		'2026-13-01 00:00',
		'2026-03-14',
		'2026-03-14T25:00:00Z',
		'yesterday',
		{},
		12,
		true,
	])('%j is refused', (written) => {
		expect(issues({ updated_at: written })).toEqual([
			{ field: 'course_order.updated_at', reason: 'must be a date and time such as 2026-03-14T09:26:53Z' },
		]);
	});

	it('are needed', () => {
		expect(issues({ updated_at: null, created_at: '' })).toEqual([
			{ field: 'course_order.updated_at', reason: 'is missing, and so is created_at' },
		]);
	});
});

describe('the customer', () => {
	it('may be missing', () => {
		const nobody = { name: null, email: null, phone: null, telegramId: null, telegramUsername: null };
		for (const user of [undefined, null, [], 'x', {}]) expect(read({ user }).customer).toEqual(nobody);
	});

	it.each<[CourseOrderFields, object]>([
		[{ phone: 79_990_000_002 }, { phone: '+79990000002' }],
		[{ phone: '12' }, { phone: null }],
		[{ phone: null }, { phone: null }],
		[{ email: '-' }, { email: null }],
		[{ email: 7 }, { email: null }],
		[{ telegram_id: '700000002' }, { telegramId: '700000002' }],
		[{ telegram_id: 0 }, { telegramId: null }],
		[{ telegram_id: '@x' }, { telegramId: null }],
		[{ telegram_id: 2 ** 60 }, { telegramId: null }],
		[{ telegram_tag: 'anna' }, { telegramUsername: 'anna' }],
		[{ telegram_tag: 'https://t.me/anna_x' }, { telegramUsername: 'anna_x' }],
		[{ telegram_tag: 'no such name' }, { telegramUsername: null }],
		[{ last_name: '' }, { name: 'Anna' }],
		[{ first_name: null, last_name: null }, { name: null }],
	])('%j gives %j', (fields, expected) => {
		expect(withUser(fields)).toMatchObject(expected);
	});
});

describe('items', () => {
	it('have the name of the course, else of the subject, else none', () => {
		const names = [{ name: 'A', subject: { name: 'B' } }, { subject: { name: 'B' } }, { subject: null }, null, 'x'];
		const items = read({ course_order_items: names.map((course) => ({ cost: 1, course })) }).items;
		expect(items.map(({ name }) => name)).toEqual(['A', 'B', '', '', '']);
	});

	it.each<unknown>(['x', {}, 5])('are not %j', (items) => {
		expect(issues({ course_order_items: items })).toEqual([
			{ field: 'course_order.course_order_items', reason: 'must be a list' },
		]);
	});
});

describe('utm', () => {
	it.each<[unknown, object]>([
		[undefined, {}],
		[null, {}],
		[[], {}],
		['x', {}],
		[{ compaign: 'a' }, { campaign: 'a' }],
		[{ compaign: 'a', campaign: 'b' }, { campaign: 'b' }],
		[{ compaign: 'a', campaign: '' }, { campaign: 'a' }],
		[{ source: 5, term: {} }, { source: '5' }],
	])('%j gives %j', (utm, tags) => {
		expect(read({ utm }).utm).toEqual(tags);
	});
});

describe('hostile bodies', () => {
	it.each<unknown>([undefined, null, 'x', 1, []])('%j is no body', (body) => {
		expect(issuesOf(body)).toEqual([{ field: 'body', reason: 'must be a JSON object in UTF-8' }]);
	});

	it.each<unknown>([{}, { course_order: null }, { course_order: 'x' }, { course_order: [] }])('%j has no order', (body) => {
		expect(issuesOf(body).map(({ field }) => field)).toEqual(['course_order']);
	});

	it('name all fields at once, and no value', () => {
		const found = issues({ status: '', currency: 'secret!', payment_id: {}, course_order_items: [{ cost: null }] });
		expect(found.map(({ field }) => field)).toEqual([
			'course_order.status',
			'course_order.payment_id',
			'course_order.currency',
			'course_order.course_order_items.0.cost',
		]);
		expect(JSON.stringify(found)).not.toContain('secret');
	});

	it('do not reach a prototype', () => {
		const body = JSON.stringify(bodyWith()).replace(/\}$/, ',"__proto__":{"polluted":1}}');
		const event = toPaymentEvent(JSON.parse(body.replace('"utm":{', '"utm":{"__proto__":{"polluted":1},')));
		expect(({} as Record<string, unknown>).polluted).toBeUndefined();
		expect((event.raw as Record<string, unknown>).polluted).toBeUndefined();
		expect((event.utm as Record<string, unknown>).polluted).toBeUndefined();
	});

	it('give a valid event or issues, whatever the fields hold', () => {
		const names = Object.keys(COURSE_ORDER);
		fc.assert(
			fc.property(fc.dictionary(fc.constantFrom(...names), fc.anything(), { maxKeys: 4 }), (fields) => {
				try {
					expect(paymentEventSchema.safeParse(toPaymentEvent(bodyWith(fields))).success).toBe(true);
				} catch (error) {
					expect(error).toBeInstanceOf(BodyMismatchError);
				}
			}),
			{ numRuns: 500 },
		);
	});
});
