import { CHECK_CODES, judgeCheck, type CheckedPayment, type ExpectedOrder } from '../../../nodes/CloudPayments/checkCode';
import { readDecline } from '../../../nodes/CloudPayments/reasonCodes';

describe('readDecline (CP6, CP11)', () => {
	it.each<[string | number, string | null, string | null, string]>([
		['5051', 'InsufficientFunds', 'temporary', 'На карте не хватает денег'],
		[5051, 'InsufficientFunds', 'temporary', 'На карте не хватает денег'],
		[' 5054 ', 'ExpiredCard', 'soft', 'Проверьте данные карты'],
		['5005', 'DoNotHonor', 'hard', 'Обратитесь в свой банк или возьмите другую карту'],
		['5082', 'IncorrectCVV', null, 'CVV указан неверно'],
		['5034', 'SuspectedFraud', 'hard', 'Обратитесь в свой банк или возьмите другую карту'],
		['5059', 'SuspectedFraud', null, 'Обратитесь в свой банк или возьмите другую карту'],
		['5014', 'InvalidCardNumber', 'soft', 'Проверьте данные карты'],
		['5015', 'NoSuchIssuer', null, 'Проверьте данные карты'],
		['5096', 'SystemError', 'temporary', 'Попробуйте позже'],
		['3004', 'CheckOrderExpired', null, 'Срок заказа истёк. Оформите новый'],
		['6003', null, null, 'Попробуйте позже'],
		['', null, null, 'Попробуйте позже'],
		['__proto__', null, null, 'Попробуйте позже'],
	])('%j is %s, %s: %s', (code, name, declineClass, ru) => {
		expect(readDecline(code)).toMatchObject({ name, class: declineClass, buyerText: { ru } });
		expect(readDecline(code).buyerText.en).toMatch(/^[A-Z][A-Za-z. ]+$/);
	});

	it('knows all hard, soft and temporary codes of the table', () => {
		const codes = Array.from({ length: 1000 }, (_, index) => String(5000 + index));
		const ofClass = (name: string) => codes.filter((code) => readDecline(code).class === name);
		expect(ofClass('hard')).toEqual(['5001', '5003', '5005', '5012', '5017', '5033', '5034', '5057']);
		expect(ofClass('soft')).toEqual(['5013', '5014', '5030', '5054', '5055', '5063']);
		expect(ofClass('temporary')).toEqual(['5051', '5065', '5096']);
	});

	it('gives texts of its own each time', () => {
		readDecline('5051').buyerText.ru = 'changed';
		expect(readDecline('5051').buyerText.ru).toBe('На карте не хватает денег');
	});
});

describe('judgeCheck (CP13)', () => {
	const now = new Date('2026-08-14T09:31:05Z');
	const payment: CheckedPayment = { amountMinor: 149_000, currency: 'RUB', accountId: 'u-77', isTest: false };
	const order: ExpectedOrder = {
		amountMinor: 149_000,
		currency: 'RUB',
		status: 'pending',
		accountId: 'u-77',
		expiresAt: new Date('2026-08-15T00:00:00Z'),
	};
	interface Changes {
		payment?: Partial<CheckedPayment>;
		order?: Partial<ExpectedOrder>;
		allowTest?: boolean;
	}
	const judge = (changes: Changes = {}) =>
		CHECK_CODES[
			judgeCheck({ ...payment, ...changes.payment }, { ...order, ...changes.order }, {
				now,
				allowTest: changes.allowTest ?? false,
			})
		];

	it.each<[string, Changes, number]>([
		['everything right', {}, 0],
		['a second try after a failed one', { order: { status: 'failed' } }, 0],
		['no account asked for', { order: { accountId: null }, payment: { accountId: null } }, 0],
		['an order without an end', { order: { expiresAt: null } }, 0],
		['another account', { payment: { accountId: 'u-78' } }, 11],
		['no account', { payment: { accountId: null } }, 11],
		['another amount', { payment: { amountMinor: 148_999 } }, 12],
		['more than the amount', { payment: { amountMinor: 149_001 } }, 12],
		['another currency', { payment: { currency: 'KZT' } }, 12],
		['no amount', { payment: { amountMinor: null } }, 12],
		['a paid order', { order: { status: 'paid' } }, 13],
		['a refunded order', { order: { status: 'refunded' } }, 13],
		['an unknown status', { order: { status: 'odd' } }, 13],
		['a test payment', { payment: { isTest: true } }, 13],
		['a test payment that is allowed', { payment: { isTest: true }, allowTest: true }, 0],
		['an expired order', { order: { status: 'expired' } }, 20],
		['the very end of the order', { order: { expiresAt: now } }, 20],
		['a millisecond before it', { order: { expiresAt: new Date(now.getTime() + 1) } }, 0],
	])('%s', (_name, changes, code) => {
		expect(judge(changes)).toBe(code);
	});

	it('an order that is not there', () => {
		expect(CHECK_CODES[judgeCheck(payment, null, { now, allowTest: true })]).toBe(10);
	});
});
