import fc from 'fast-check';

import {
	clientCodeFrom,
	DEFAULT_CODE_PATTERN,
	findClientCodes,
	foldCode,
	newClientCode,
	withClientCode,
} from '../../../nodes/YClients/clientCode';

describe('codes in a comment', () => {
	it.each<[string, string, string[]]>([
		['as it should be', 'Код клиента: ABC12345', ['ABC12345']],
		['in small letters', 'код клиента: abc12345', ['ABC12345']],
		['in capitals', 'КОД КЛИЕНТА: ABC12345', ['ABC12345']],
		['without a colon', 'Код клиента ABC12345', ['ABC12345']],
		['with a hyphen', 'Код клиента - ABC12345', ['ABC12345']],
		['with a dash', 'Код клиента — ABC12345', ['ABC12345']],
		['with an equals sign', 'Код клиента=ABC12345', ['ABC12345']],
		['with many spaces', '  Код \t клиента  :   ABC12345  ', ['ABC12345']],
		['over two lines', 'Код клиента:\nABC12345', ['ABC12345']],
		['with hard spaces', 'Код\u00a0клиента:\u00a0ABC12345', ['ABC12345']],
		['with zero-width characters', 'К\u200bод клиента: AB\u200dC12\ufeff345', ['ABC12345']],
		['in Cyrillic look-alikes', 'Код клиента: АВС12345', ['ABC12345']],
		['in mixed look-alikes', 'Код клиента: ХРМ48210', ['XPM48210']],
		['with a label in Latin look-alikes', 'Koд клиeнтa: ABC12345', ['ABC12345']],
		['in full-width characters', 'Код клиента：ＡＢＣ１２３４５', ['ABC12345']],
		['amid words', 'Перезвоните, пожалуйста. Код клиента: XKM48210. Спасибо!', ['XKM48210']],
		['in brackets', '(код клиента: ABC12345)', ['ABC12345']],
		['twice', 'Код клиента: ABC12345, код клиента abc12345', ['ABC12345']],
		['of two', 'Код клиента: ABC12345; код клиента: XYZ00001', ['ABC12345', 'XYZ00001']],
		['of another label', 'Промокод клиента: ABC12345', []],
		['of a longer word', 'Код клиентам: ABC12345', []],
		['glued to the label', 'Код клиентаABC12345', []],
		['without a label', 'ABC12345', []],
		['too short', 'Код клиента: ABC1234', []],
		['too long', 'Код клиента: ABC123456', []],
		['with a tail', 'Код клиента: ABC12345-6', []],
		['with O for 0', 'Код клиента: ABC1234O', []],
		['with I for 1', 'Код клиента: ABCI2345', []],
		['with a letter that has no Latin twin', 'Код клиента: АБВ12345', []],
		['broken by a space', 'Код клиента: ABC 12345', []],
		['that lacks', 'Код клиента:', []],
		['in nothing', '', []],
	])('%s', (_name, comment, codes) => expect(findClientCodes(comment).codes).toEqual(codes));

	it('tells when something else stands behind the label', () => {
		expect(findClientCodes('Код клиента: ABC1234')).toEqual({ codes: [], hasUnreadable: true });
		expect(findClientCodes('Код клиента: ABC1234, код клиента: ABC12345')).toEqual({
			codes: ['ABC12345'],
			hasUnreadable: true,
		});
		expect(findClientCodes('Код клиента:').hasUnreadable).toBe(false);
		expect(findClientCodes('без кода').hasUnreadable).toBe(false);
	});

	it('go by the whole pattern', () => {
		expect(findClientCodes('Код клиента: VIP1', 'VIP\\d').codes).toEqual(['VIP1']);
		expect(findClientCodes('Код клиента: VIP12', 'VIP\\d').codes).toEqual([]);
		expect(findClientCodes('Код клиента: BB1', 'A|BB\\d').codes).toEqual(['BB1']);
		expect(findClientCodes('Код клиента: ABB1', 'A|BB\\d').codes).toEqual([]);
		expect(() => findClientCodes('', '[')).toThrow(new RangeError('The code pattern "[" is no regular expression'));
	});

	it('are found fast in a long text', () => {
		const started = Date.now();
		findClientCodes(`${'код '.repeat(50_000)}${'клиента '.repeat(50_000)}${'-'.repeat(100_000)}`);
		expect(Date.now() - started).toBeLessThan(3_000);
	});
});

describe('new codes', () => {
	it('YL1 have the form ABC12345, without letters that look like digits', () => {
		for (let count = 0; count < 500; count++) expect(newClientCode()).toMatch(/^[A-HJ-NP-Z]{3}\d{5}$/);
	});

	it('are not made twice', () => {
		const codes = new Set(Array.from({ length: 2_000 }, newClientCode));
		expect(codes.size).toBeGreaterThan(1_995);
	});

	it('use every byte of the seed and every letter and digit', () => {
		const zeros = new Uint8Array(12);
		expect(clientCodeFrom(zeros)).toBe('AAA00000');
		expect(clientCodeFrom(Uint8Array.from(zeros, (_, at) => (at === 11 ? 23 : 0)))).toBe('ZAA00000');
		for (let at = 0; at < 12; at++) {
			const seed = Uint8Array.from({ length: 12 }, (_, index) => (index === at ? 1 : 0));
			expect(clientCodeFrom(seed)).not.toBe('AAA00000');
		}
		expect(() => clientCodeFrom(new Uint8Array(11))).toThrow(RangeError);
	});

	it('are found again when they are written into a comment', () => {
		fc.assert(
			fc.property(
				fc.uint8Array({ minLength: 12, maxLength: 12 }),
				fc.string({ unit: 'grapheme' }),
				(seed, words) => {
					const code = clientCodeFrom(seed);
					expect(findClientCodes(withClientCode(words, code)).codes).toEqual([code]);
				},
			),
		);
	});
});

describe('a comment with a code', () => {
	it.each([
		['', 'Код клиента: ABC12345'],
		['  ', 'Код клиента: ABC12345'],
		['Перезвоните', 'Код клиента: ABC12345. Перезвоните'],
		['Код клиента: ABC12345', 'Код клиента: ABC12345'],
		['код клиента XYZ99999. Перезвоните', 'Код клиента: ABC12345. Перезвоните'],
		['Окно, код клиента: \u200bХУZ99999, тихо', 'Код клиента: ABC12345. Окно, , тихо'],
		['Промокод клиента: XYZ99999', 'Код клиента: ABC12345. Промокод клиента: XYZ99999'],
	])('made of "%s"', (comment, expected) => expect(withClientCode(comment, 'ABC12345')).toBe(expected));
});

it('codes are compared in one form', () => {
	expect(foldCode(' авс12345\u200b ')).toBe('ABC12345');
	expect(new RegExp(DEFAULT_CODE_PATTERN).test(foldCode('ABC12345'))).toBe(true);
});
