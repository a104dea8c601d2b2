import { bodyFormat, readFields } from '../../../nodes/CloudPayments/body';
import { FormLimitError } from '../../../nodes/shared/formTree';
import { vector } from './vectors';

const FORM = 'application/x-www-form-urlencoded; charset=utf-8';
const read = (body: string | Buffer, contentType = FORM) => readFields(Buffer.from(body), contentType);

describe('bodyFormat', () => {
	it.each<[string | undefined, 'form' | 'json' | null]>([
		['application/x-www-form-urlencoded', 'form'],
		[' Application/X-WWW-Form-URLencoded ; charset=utf-8', 'form'],
		['application/json;charset=utf-8', 'json'],
		['application/jsonp', null],
		['text/plain', null],
		['', null],
		[undefined, null],
	])('of %j is %s', (type, format) => {
		expect(bodyFormat(type)).toBe(format);
	});
});

describe('a form', () => {
	it('gives its fields decoded, with Data as a tree', () => {
		expect(read(vector('pay-form-both-headers').rawBody)).toMatchObject({
			TransactionId: '2347811905',
			AccountId: 'user+17@example.com',
			SubscriptionId: '',
			Name: 'IVAN PETROV',
			Description: 'Тариф «Профи» 100% + бонус, 30 дней',
			Data: { plan: 'pro', days: 30, note: 'a+b=c & d' },
		});
	});

	it('keeps Data that is no JSON tree as text', () => {
		expect(read('Data=plain&CustomFields=%5B%7B%22a%22%3A1%7D%5D')).toEqual({ Data: 'plain', CustomFields: [{ a: 1 }] });
		expect(read('Data=5').Data).toBe('5');
		expect(read('Data=%7Bbroken').Data).toBe('{broken');
		expect(read('Note=%7B%22a%22%3A1%7D').Note).toBe('{"a":1}');
	});

	it('is read as well as it can be when it is no UTF-8', () => {
		const windows1251 = Buffer.concat([Buffer.from('Name='), Buffer.from([0xc0]), Buffer.from('&Amount=1.00&Issuer=%C0')]);
		expect(read(windows1251)).toEqual({ Name: '\ufffd', Amount: '1.00', Issuer: '\ufffd' });
	});

	it('takes the last of repeated names', () => {
		expect(read('a=1&a=2')).toEqual({ a: '2' });
	});
});

describe('JSON', () => {
	it('gives its fields, numbers and Data as they are', () => {
		const { rawBody, contentType } = vector('check-json-nested-data');
		expect(read(rawBody, contentType)).toMatchObject({
			TransactionId: 2347811950,
			Amount: 990.5,
			Data: { cart: [{ sku: 'A-1', qty: 2 }], cloudPayments: { recurrent: { interval: 'Day', period: 30 } } },
		});
	});

	it('may hold Data as text', () => {
		expect(read('{"Data":"{\\"a\\":1}"}', 'application/json')).toEqual({ Data: { a: 1 } });
	});

	it('is recognised without a type', () => {
		expect(readFields(Buffer.from(' {"a":1}'), undefined)).toEqual({ a: 1 });
		expect(readFields(Buffer.from('a=%7B'), undefined)).toEqual({ a: '{' });
	});

	it.each(['', 'null', '[1]', '"x"', '1', '{broken'])('%j has no fields', (body) => {
		expect(read(body, 'application/json')).toEqual({});
	});
});

describe('hostile bodies', () => {
	it('do not reach a prototype', () => {
		expect(read('__proto__=1&constructor=2&a=1')).toEqual({ a: '1' });
		const fields = read('Data=%7B%22__proto__%22%3A%7B%22x%22%3A1%7D%2C%22a%22%3A1%7D');
		expect(fields).toEqual({ Data: { a: 1 } });
		expect(({} as Record<string, unknown>).x).toBeUndefined();
	});

	it('are not read beyond the limits', () => {
		const many = Array.from({ length: 1001 }, (_, index) => `k${index}=1`).join('&');
		expect(() => read(many)).toThrow(FormLimitError);
		const deep = `{"Data":${'{"a":'.repeat(20)}1${'}'.repeat(20)}}`;
		expect(() => read(deep, 'application/json')).toThrow(FormLimitError);
	});
});
