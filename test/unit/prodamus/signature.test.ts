import { parse } from 'node:querystring';
import HmacSHA256 from 'crypto-js/hmac-sha256';
import fc from 'fast-check';

import { parseBody } from '../../../nodes/Prodamus/body';
import { phpText } from '../../../nodes/Prodamus/phpText';
import { canonicalJson, sign, verify } from '../../../nodes/Prodamus/signature';
import { encodeForm, flattenForm, type FormTree, type FormValue } from '../../../nodes/shared/formTree';
import { prodamusVectors } from './vectors';

const SECRET = 'test-key';

describe('the shared vectors', () => {
	it('are all there', () => {
		expect(prodamusVectors).toHaveLength(8);
	});

	describe.each(prodamusVectors)(
		'$name',
		({ data, flat, urlencodedBody, secret, sign: expected, canonicalJson: text, valid }) => {
			it('has the canonical text and the signature', () => {
				expect(canonicalJson(data)).toBe(text);
				expect(sign(data, secret)).toBe(expected);
			});

			it('verifies from the tree, the flat form and the urlencoded body', () => {
				expect(verify(data, expected, secret)).toBe(valid);
				expect(verify(parseBody(flat), expected, secret)).toBe(valid);
				expect(verify(parseBody(parse(urlencodedBody ?? '')), expected, secret)).toBe(valid);
			});

			it('agrees with an independent HMAC', () => {
				expect(HmacSHA256(text, secret).toString()).toBe(expected);
			});
		},
	);
});

describe('canonicalJson', () => {
	it.each<[string, object, string]>([
		['sorts by UTF-8 bytes, upper case before _ before lower case', { b: '', _: '', B: '' }, '{"B":"","_":"","b":""}'],
		['does not sort naturally', { a2: '', a10: '' }, '{"a10":"","a2":""}'],
		['puts a private-use key before an emoji key, unlike UTF-16', { '😀': '', '\ue000': '' }, '{"\ue000":"","😀":""}'],
		['puts 10 after 2', { k: { 10: 'c', 2: 'b', 1: 'a' } }, '{"k":{"1":"a","2":"b","10":"c"}}'],
		['puts -2 before 1', { 1: 'b', '-2': 'a' }, '{"-2":"a","1":"b"}'],
		[
			'compares integers beyond 2^53 exactly',
			{ '9007199254740993': 'b', '9007199254740992': 'a' },
			'{"9007199254740992":"a","9007199254740993":"b"}',
		],
		['takes keys 0..n-1 for a list', { k: { 1: 'b', 0: 'a' } }, '{"k":["a","b"]}'],
		['leaves keys from 1 an object', { k: { 1: 'a', 2: 'b' } }, '{"k":{"1":"a","2":"b"}}'],
		['leaves keys with a hole an object', { k: { 0: 'a', 2: 'b' } }, '{"k":{"0":"a","2":"b"}}'],
		['takes a leading zero for text', { k: { '00': 'a' } }, '{"k":{"00":"a"}}'],
		['casts true, false and null', { a: true, b: false, c: null }, '{"a":"1","b":"","c":""}'],
		['casts numbers', { a: 1000, b: 0.5, c: -3, d: 1.0 }, '{"a":"1000","b":"0.5","c":"-3","d":"1"}'],
		['escapes every slash', { 'a/b': '/x/y/' }, '{"a\\/b":"\\/x\\/y\\/"}'],
		['escapes the line separators', { a: '\u2028\u2029' }, '{"a":"\\u2028\\u2029"}'],
		['writes control characters in lower case', { a: '\u0000\u001f\u000b' }, '{"a":"\\u0000\\u001f\\u000b"}'],
		['uses the short escapes', { a: '\b\f\n\r\t"\\' }, '{"a":"\\b\\f\\n\\r\\t\\"\\\\"}'],
		['leaves DEL, emoji and angle brackets raw', { a: "\u007f😀<&>'" }, '{"a":"\u007f😀<&>\'"}'],
		['does not normalise', { a: 'é', b: 'é' }, '{"a":"é","b":"é"}'],
		['keeps spaces around a value', { a: ' x ' }, '{"a":" x "}'],
		['writes an empty array', { a: [], b: {} }, '{"a":[],"b":[]}'],
		['leaves out what is undefined', { a: undefined, b: '1' }, '{"b":"1"}'],
		['keeps the order of a list', { a: ['z', 'a'] }, '{"a":["z","a"]}'],
	])('%s', (_name, data, expected) => {
		expect(canonicalJson(data)).toBe(expected);
	});

	it.each([
		['a number PHP prints differently', { a: 0.1 + 0.2 }],
		['a number with an exponent', { a: 1e25 }],
		['a small number', { a: 0.00001 }],
		['an unsafe integer', { a: 2 ** 60 }],
		['NaN', { a: Number.NaN }],
		['infinity', { a: Infinity }],
		['a date', { a: new Date(0) }],
		['a map', { a: new Map() }],
		['a function', { a: () => 1 }],
		['a bigint', { a: 1n }],
		['a symbol', { a: Symbol('x') }],
		['a lone surrogate in a value', { a: '\ud800' }],
		['a lone surrogate in a key', { '\udc00': 'a' }],
	])('refuses %s', (_name, data) => {
		expect(() => canonicalJson(data)).toThrow(RangeError);
		expect(verify(data, 'a'.repeat(64), SECRET)).toBe(false);
	});
});

describe('verify', () => {
	const data = { order_num: '1', sum: '10.00' };
	const signature = sign(data, SECRET);

	it('accepts any letter case', () => {
		expect(verify(data, signature.toUpperCase(), SECRET)).toBe(true);
	});

	it.each([
		['another secret', data, signature, 'other'],
		['an empty secret', data, HmacSHA256(canonicalJson(data), '').toString(), ''],
		['a cut signature', data, signature.slice(1), SECRET],
		['a longer signature', data, `${signature}0`, SECRET],
		['an empty signature', data, '', SECRET],
		['no signature', data, undefined, SECRET],
		['a list of signatures', data, [signature], SECRET],
		['an object that turns into the signature', data, { toString: () => signature }, SECRET],
		['a signature with a null byte', data, `${signature.slice(0, -1)}\0`, SECRET],
		[
			'a signature in full-width digits',
			data,
			signature.replace(/\d/g, (d) => String.fromCharCode(0xff10 + Number(d))),
			SECRET,
		],
		['no data', undefined, signature, SECRET],
		['null', null, signature, SECRET],
		['text', 'order_num=1', signature, SECRET],
	])('refuses %s', (_name, given, givenSignature, secret) => {
		expect(verify(given, givenSignature, secret)).toBe(false);
	});

	it('refuses to sign with an empty secret', () => {
		expect(() => sign(data, '')).toThrow(RangeError);
	});

	it.each([
		[32, true],
		[33, false],
	])('with %i levels below the root is %p', (levels, expected) => {
		const canonical = `${'{"a":'.repeat(levels)}"1"${'}'.repeat(levels)}`;
		const signed = HmacSHA256(canonical, SECRET).toString();
		expect(verify(JSON.parse(canonical), signed, SECRET)).toBe(expected);
	});

	it('refuses a cycle, deep nesting, many nodes and much text without throwing', () => {
		const cycle: Record<string, unknown> = {};
		cycle.self = cycle;
		let deep: Record<string, unknown> = {};
		for (let level = 0; level < 50_000; level++) deep = { deep };
		const wide = Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`k${index}`, '1']));
		const long = { a: 'x'.repeat(2_000_000) };
		const trap = {
			get a() {
				throw new Error('trap');
			},
		};
		for (const hostile of [cycle, deep, wide, long, trap]) expect(verify(hostile, signature, SECRET)).toBe(false);
	});
});

/** Text without lone surrogates, with everything that needs an escape well represented. */
const text = fc.oneof(
	fc.string({ unit: 'grapheme' }),
	fc.string({
		unit: fc.constantFrom('/', '"', '\\', '\u2028', '\n', '\0', '\u007f', '+', ' ', '&', '=', '%', '[', ']', 'ж', '😀'),
	}),
);
const key = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,7}$/);
const { tree } = fc.letrec<{ tree: FormTree; value: FormValue }>((tie) => ({
	tree: fc.dictionary(key, tie('value'), { minKeys: 1, maxKeys: 5, noNullPrototype: true }),
	value: fc.oneof(
		{ maxDepth: 4, withCrossShrink: true },
		text,
		tie('tree'),
		fc.array(tie('value'), { minLength: 1, maxLength: 12 }),
	),
}));

describe('for any tree of texts', () => {
	it('a signature survives a urlencoded form read by n8n', () => {
		fc.assert(
			fc.property(tree, (data) => {
				const pairs = flattenForm(data, phpText);
				fc.pre(pairs.length <= 1000);
				const received = parseBody(parse(encodeForm(pairs), undefined, undefined, { maxKeys: 1000 }));
				expect(received).toEqual(data);
				expect(verify(received, sign(data, SECRET), SECRET)).toBe(true);
			}),
		);
	});

	it('the order of the fields does not matter', () => {
		fc.assert(
			fc.property(tree, fc.infiniteStream(fc.nat()), (data, randoms) => {
				const shuffled = flattenForm(data, phpText)
					.map((pair) => ({ pair, rank: randoms.next().value as number }))
					.sort((left, right) => left.rank - right.rank)
					.map(({ pair }) => pair);
				expect(sign(parseBody(Object.fromEntries(shuffled)), SECRET)).toBe(sign(data, SECRET));
			}),
		);
	});

	it('changing any field breaks the signature', () => {
		fc.assert(
			fc.property(tree, fc.nat(), text, (data, at, replacement) => {
				const signature = sign(data, SECRET);
				const pairs = flattenForm(data, phpText);
				const index = at % pairs.length;
				fc.pre(pairs[index]![1] !== replacement);
				const forged = pairs.map(([name, value], position): [string, string] => [
					name,
					position === index ? replacement : value,
				]);
				expect(verify(parseBody(Object.fromEntries(forged)), signature, SECRET)).toBe(false);
				const missing = pairs.filter((_, position) => position !== index);
				expect(verify(parseBody(Object.fromEntries(missing)), signature, SECRET)).toBe(false);
			}),
		);
	});

	it('nothing a stranger can put into JSON makes verify throw', () => {
		fc.assert(
			fc.property(fc.jsonValue({ maxDepth: 6 }), fc.jsonValue(), (body, signature) => {
				expect(verify(body, signature, SECRET)).toBe(false);
			}),
		);
	});
});
