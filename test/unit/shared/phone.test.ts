import fc from 'fast-check';

import { toE164 } from '../../../nodes/shared/phone';

describe('toE164', () => {
	it.each([
		['+79990000001', '+79990000001'],
		['8 (999) 000-00-01', '+79990000001'],
		['+7 (999) 000-00-01', '+79990000001'],
		['7 999 000 00 01', '+79990000001'],
		['9990000001', '+79990000001'],
		['00 44 20 7946 0000', '+442079460000'],
		['+44 20 7946 0000', '+442079460000'],
		['380440000001', '+380440000001'],
		['+7\u00a0999.000.00.01', '+79990000001'],
	])('%s is %s', (typed, expected) => {
		expect(toE164(typed)).toBe(expected);
	});

	it.each([
		'',
		' ',
		'12345',
		'+',
		'+0 999 000 00 01',
		'call me',
		'+7999abc0001',
		'999-00-01',
		'+1234567890123456',
		'+７９９９',
	])('%p is none', (typed) => {
		expect(toE164(typed)).toBeNull();
	});

	it('returns E.164 or nothing for any text, and leaves E.164 as it is', () => {
		fc.assert(
			fc.property(fc.string({ unit: fc.constantFrom(...'+0123456789 ()-') }), (typed) => {
				const phone = toE164(typed);
				if (phone === null) return;
				expect(phone).toMatch(/^\+[1-9]\d{6,14}$/);
				expect(toE164(phone)).toBe(phone);
			}),
		);
	});
});
