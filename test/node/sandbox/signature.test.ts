import vectors from '../../fixtures/prodamus-vectors.json';
import { parseUrlencoded, toPairs, toTree } from '../../../sandbox/prodamus/phpForm';
import { canonicalJson, signTree, type Signable } from '../../../sandbox/prodamus/signature';

describe('signature of the stand-in (providers/prodamus.md §3, §8)', () => {
	it('knows the vectors', () => {
		expect(vectors.length).toBeGreaterThanOrEqual(8);
	});

	it.each(vectors.map((vector) => [vector.name, vector] as const))('signs %s as the vendor', (_name, vector) => {
		const data = vector.data as unknown as { [key: string]: Signable };
		expect(canonicalJson(data)).toBe(vector.canonicalJson);
		expect(signTree(data, vector.secret)).toBe(vector.sign);
	});

	it.each(vectors.map((vector) => [vector.name, vector] as const))('reads the form body of %s', (_name, vector) => {
		if (vector.urlencodedBody !== null) {
			expect(signTree(parseUrlencoded(vector.urlencodedBody), vector.secret)).toBe(vector.sign);
		}
		const flat = Object.entries(vector.flat).map(([key, value]): [string, string] => [key, String(value)]);
		expect(signTree(toTree(flat), vector.secret)).toBe(vector.sign);
	});

	it('changes with every value and with the secret', () => {
		const base = signTree({ sum: '1000.00' }, 'a');
		expect(signTree({ sum: '1000.01' }, 'a')).not.toBe(base);
		expect(signTree({ sum: '1000.00' }, 'b')).not.toBe(base);
	});

	it('leaves only the top-level signature out', () => {
		expect(canonicalJson({ signature: 'x', a: { signature: 'y' } })).toBe('{"a":{"signature":"y"}}');
	});

	it.each([
		['a hole', { p: { 0: 'a', 2: 'b' } }, '{"p":{"0":"a","2":"b"}}'],
		['keys from 1', { p: { 1: 'a', 2: 'b' } }, '{"p":{"1":"a","2":"b"}}'],
		['line separators', { p: '\u2028\u2029' }, '{"p":"\\u2028\\u2029"}'],
		['emoji keys by UTF-8 bytes', { '\u{1F600}': '1', '\uFF5E': '2' }, '{"\uFF5E":"2","\u{1F600}":"1"}'],
		['an empty list', { p: [] }, '{"p":[]}'],
	])('writes %s the PHP way', (_name, data, expected) => {
		expect(canonicalJson(data)).toBe(expected);
	});
});

describe('forms as PHP reads them', () => {
	it('turns dots and spaces of a name into underscores', () => {
		expect({ ...parseUrlencoded('_param_a.b=1&c%20d=2') }).toEqual({ _param_a_b: '1', c_d: '2' });
	});

	it('lets the last of repeated names win and appends to []', () => {
		expect(JSON.stringify(parseUrlencoded('a=1&a=2&b[]=x&b[]=y'))).toBe('{"a":"2","b":["x","y"]}');
	});

	it('keeps hostile names as plain keys', () => {
		const tree = parseUrlencoded('__proto__[polluted]=1&constructor[prototype][polluted]=1&toString=2');
		expect(({} as Record<string, unknown>).polluted).toBeUndefined();
		expect(tree.toString).toBe('2');
	});

	it('drops what PHP drops: fields beyond 1000 and nesting beyond 64', () => {
		const many = Array.from({ length: 1500 }, (_, index) => `f${index}=1`).join('&');
		expect(Object.keys(parseUrlencoded(many))).toHaveLength(1000);
		expect(Object.keys(parseUrlencoded(`a${'[b]'.repeat(5000)}=1`))).toHaveLength(0);
	});

	it('writes back what it read', () => {
		const pairs: Array<[string, string]> = [['products[0][name]', 'x'], ['products[1][name]', 'y'], ['sum', '1']];
		expect(toPairs(toTree(pairs))).toEqual(pairs);
	});
});
