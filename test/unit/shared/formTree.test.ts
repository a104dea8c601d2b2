import fc from 'fast-check';

import { encodeForm, expandForm, FormLimitError, flattenForm, isListOfKeys } from '../../../nodes/shared/formTree';

const LIMITS = { maxDepth: 4, maxKeys: 20 };

describe('expandForm', () => {
	it.each<[string, object, object]>([
		['nests by brackets', { 'a[b][c]': '1' }, { a: { b: { c: '1' } } }],
		['makes a list of 0..n-1 in any order', { 'a[2]': 'z', 'a[0]': 'x', 'a[1]': 'y' }, { a: ['x', 'y', 'z'] }],
		['keeps a level with a hole an object', { 'a[0]': 'x', 'a[2]': 'z' }, { a: { 0: 'x', 2: 'z' } }],
		['keeps the root an object', { 0: 'x', 1: 'y' }, { 0: 'x', 1: 'y' }],
		['appends to a[]', { 'a[]': ['x', 'y'] }, { a: ['x', 'y'] }],
		['appends to a[] after the highest index', { 'a[4]': 'x', 'a[]': 'y' }, { a: { 4: 'x', 5: 'y' } }],
		['makes a level for a[][b]', { 'a[][b]': 'x' }, { a: [{ b: 'x' }] }],
		['keeps the list a repeated field was read as', { a: ['x', 'y'] }, { a: ['x', 'y'] }],
		['lets a nested field replace a plain one', { a: '1', 'a[b]': '2' }, { a: { b: '2' } }],
		[
			'takes unbalanced brackets for part of the name',
			{ 'a[b': '1', ']': '2', '[c]': '3' },
			{ 'a[b': '1', ']': '2', '[c]': '3' },
		],
		['keeps dots, spaces and null bytes', { 'a.b c\0': '1' }, { 'a.b c\0': '1' }],
		['leaves out what no form has', { a: undefined, b: () => 1, c: '1' }, { c: '1' }],
	])('%s', (_name, flat, tree) => {
		expect(expandForm(flat, LIMITS)).toEqual(tree);
	});

	it('drops prototype keys on every level', () => {
		const hostile = JSON.parse(
			'{"__proto__": {"polluted": "1"}, "constructor": {"prototype": {"polluted": "1"}}, "a[__proto__][polluted]": "1",' +
				'"a[constructor][prototype][polluted]": "1", "__proto__[polluted]": "1", "b": {"__proto__": {"polluted": "1"}, "c": "1"},' +
				'"prototype": "1"}',
		) as object;
		const tree = expandForm(hostile, { maxDepth: 9, maxKeys: 99 });
		expect(tree).toEqual({ b: { c: '1' } });
		expect(Object.keys(tree)).toEqual(['b']);
		expect(({} as Record<string, unknown>).polluted).toBeUndefined();
	});

	it('counts fields on every level and stops at the limits', () => {
		expect(() => expandForm({ a: Array.from({ length: 19 }, () => '1') }, LIMITS)).not.toThrow();
		expect(() => expandForm({ a: Array.from({ length: 20 }, () => '1') }, LIMITS)).toThrow(FormLimitError);
		expect(() => expandForm({ a: { b: { c: { d: '1' } } } }, LIMITS)).not.toThrow();
		expect(() => expandForm({ a: { b: { c: { d: { e: '1' } } } } }, LIMITS)).toThrow(FormLimitError);
		expect(() => expandForm({ 'a[b][c]': { d: { e: '1' } } }, LIMITS)).toThrow(FormLimitError);
	});

	it('throws nothing but FormLimitError for any JSON', () => {
		fc.assert(
			fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (fields) => {
				try {
					expandForm(fields, LIMITS);
				} catch (error) {
					expect(error).toBeInstanceOf(FormLimitError);
				}
			}),
		);
	});

	it('reads a long key in linear time', () => {
		const started = Date.now();
		expandForm({ [`a${'['.repeat(500_000)}`]: '1', [`a${'[b]'.repeat(3)}${']'.repeat(500_000)}`]: '2' }, LIMITS);
		expect(Date.now() - started).toBeLessThan(2000);
	});
});

describe('flattenForm and encodeForm', () => {
	it('write brackets and leave out what a form cannot carry', () => {
		expect(flattenForm({ a: [{ b: 1.5, c: true }], d: null, e: [], f: {}, g: '' })).toEqual([
			['a[0][b]', '1.5'],
			['a[0][c]', 'true'],
			['g', ''],
		]);
	});

	it('write leaves as they are told', () => {
		expect(flattenForm({ a: true }, (leaf) => (leaf === true ? '1' : ''))).toEqual([['a', '1']]);
	});

	it('escape every reserved character', () => {
		expect(encodeForm([['a[0]', "Курс *!'()~ +&="]])).toBe(
			'a%5B0%5D=%D0%9A%D1%83%D1%80%D1%81%20%2A%21%27%28%29~%20%2B%26%3D',
		);
	});

	it('refuse a lone surrogate', () => {
		expect(() => encodeForm([['a', '\ud800']])).toThrow(RangeError);
	});
});

describe('isListOfKeys', () => {
	it.each([
		[[], true],
		[['0'], true],
		[['1', '0'], true],
		[['1'], false],
		[['00'], false],
		[['0', 'a'], false],
	])('%p is %p', (keys, expected) => {
		expect(isListOfKeys(keys)).toBe(expected);
	});
});
