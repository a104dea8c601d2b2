import { parse } from 'node:querystring';

import { parseBody } from '../../../nodes/Prodamus/body';
import { FormLimitError } from '../../../nodes/shared/formTree';

describe('parseBody', () => {
	it('expands the flat form of n8n', () => {
		expect(parseBody(parse('products[0][name]=A&products[0][price]=1.00&subscription[id]=7&sum=1.00'))).toEqual({
			products: [{ name: 'A', price: '1.00' }],
			subscription: { id: '7' },
			sum: '1.00',
		});
	});

	it('takes the wrapper off a multipart body', () => {
		expect(parseBody({ data: { 'products[0][name]': 'A', sum: '1.00' }, files: {} })).toEqual({
			products: [{ name: 'A' }],
			sum: '1.00',
		});
	});

	it.each([
		['data as text', { data: 'x', files: 'y' }],
		['a third field', { data: { a: '1' }, files: { b: '2' }, sum: '1' }],
	])('does not take fields named like the wrapper for one: %s', (_name, body) => {
		expect(parseBody(body)).toEqual(body);
	});

	it('copies a JSON tree', () => {
		const tree = { products: [{ name: 'A', tags: [] }], n: 1, yes: true, none: null };
		const copy = parseBody(tree);
		expect(copy).toEqual(tree);
		expect(copy.products).not.toBe(tree.products);
	});

	it.each([[undefined], [null], ['text'], [[{ a: 1 }]], [7]])('gives an empty tree for %p', (body) => {
		expect(parseBody(body)).toEqual({});
	});

	it('refuses more fields than n8n reads and deeper nesting than any notification', () => {
		const wide = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`k${index}`, '1']));
		let deep: object = {};
		for (let level = 0; level < 10_000; level++) deep = { deep };
		expect(() => parseBody(wide)).toThrow(FormLimitError);
		expect(() => parseBody({ list: Object.values(wide) })).toThrow(FormLimitError);
		expect(() => parseBody(deep)).toThrow(FormLimitError);
		expect(() => parseBody({ [`a${'[b]'.repeat(10_000)}`]: '1' })).toThrow(FormLimitError);
	});
});
