import fc from 'fast-check';

import { secureCompare } from '../../../nodes/shared/secureCompare';

describe('secureCompare', () => {
	it('tells equal from different texts of any length', () => {
		fc.assert(
			fc.property(fc.string(), fc.string(), (left, right) => {
				expect(secureCompare(left, right)).toBe(left === right);
				expect(secureCompare(left, left)).toBe(true);
			}),
		);
	});

	it('sees case and trailing null bytes', () => {
		expect(secureCompare('abc', 'ABC')).toBe(false);
		expect(secureCompare('abc', 'abc\0')).toBe(false);
	});
});
