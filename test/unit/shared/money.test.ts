import fc from 'fast-check';

import { currencyExponent, toDecimal, toMinor } from '../../../nodes/shared/money';

describe('toMinor', () => {
	it.each<[string | number, string, number]>([
		['1000.00', 'RUB', 100_000],
		['1000.5', 'rub', 100_050],
		['0,99', 'EUR', 99],
		['0', 'RUB', 0],
		['007', 'RUB', 700],
		[' 12.30 ', 'RUB', 1230],
		[19.99, 'USD', 1999],
		[0.29, 'USD', 29],
		['1.000', 'RUB', 100],
		['500', 'JPY', 500],
		['500.00', 'JPY', 500],
		['1.234', 'KWD', 1234],
		['90071992547409.91', 'RUB', 9_007_199_254_740_991],
	])('%p %s is %i', (amount, currency, minor) => {
		expect(toMinor(amount, currency)).toBe(minor);
	});

	it.each([
		'',
		' ',
		'-1',
		'+1',
		'1.001',
		'1e3',
		'0x10',
		'1 000',
		'1.',
		'.5',
		'1,000.00',
		'NaN',
		'Infinity',
		'90071992547409.92',
		'9999999999999999',
		'１０',
		'1\n2',
		'12abc',
	])('%p is no amount', (amount) => {
		expect(toMinor(amount, 'RUB')).toBeNull();
	});

	it.each([Number.NaN, Infinity, -1, 0.001, 1e21, 0.1 + 0.2])('%p is no amount', (amount) => {
		expect(toMinor(amount, 'RUB')).toBeNull();
	});

	it('has no fractions of a yen', () => {
		expect(toMinor('500.5', 'JPY')).toBeNull();
	});
});

describe('toDecimal', () => {
	it.each<[number, string, string]>([
		[100_050, 'RUB', '1000.50'],
		[5, 'RUB', '0.05'],
		[0, 'RUB', '0.00'],
		[500, 'JPY', '500'],
		[1, 'KWD', '0.001'],
	])('%i %s is %s', (minor, currency, text) => {
		expect(toDecimal(minor, currency)).toBe(text);
	});

	it.each([-1, 1.5, Number.NaN, 2 ** 53])('refuses %p', (minor) => {
		expect(() => toDecimal(minor, 'RUB')).toThrow(RangeError);
	});

	it('is undone by toMinor', () => {
		fc.assert(
			fc.property(fc.nat({ max: 999_999_999_999_999 }), fc.constantFrom('RUB', 'JPY', 'KWD'), (minor, currency) => {
				expect(toMinor(toDecimal(minor, currency), currency)).toBe(minor);
			}),
		);
	});
});

test('currencyExponent knows the exceptions in any case', () => {
	expect([currencyExponent('jpy'), currencyExponent('KWD'), currencyExponent('RUB')]).toEqual([0, 3, 2]);
});
