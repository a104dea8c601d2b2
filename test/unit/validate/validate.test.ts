import { readEarlierIssues, readNames, readRules } from '../../../nodes/ValidateRequest/parameters';
import { validate, type FieldRule } from '../../../nodes/ValidateRequest/validate';

const rule = (overrides: Partial<FieldRule>): FieldRule => ({
	field: 'field',
	type: 'text',
	value: undefined,
	required: false,
	maxLength: 200,
	...overrides,
});
const codes = (rules: FieldRule[], anyOf?: string[]) => validate(rules, anyOf).issues.map(({ field, code }) => `${field} ${code}`);

describe('validate', () => {
	test('cleans what it accepts', () => {
		const { values, issues } = validate([
			rule({ field: 'email', type: 'email', value: ' Buyer@Example.COM ' }),
			rule({ field: 'phone', type: 'phone', value: '8 (999) 000-00-01' }),
			rule({ field: 'name', value: '  Анна-Мария ' }),
			rule({ field: 'price', type: 'amount', value: '1000.50', currency: 'RUB' }),
			rule({ field: 'count', type: 'integer', value: '3', minimum: 1 }),
			rule({ field: 'telegram_id', type: 'integer', value: '4503599627370495', minimum: 1 }),
			rule({ field: 'language', type: 'oneOf', value: 'uk', choices: ['ru', 'uk'] }),
			rule({ field: 'absent' }),
		]);
		expect(issues).toEqual([]);
		expect(values).toEqual({
			email: 'buyer@example.com',
			phone: '+79990000001',
			name: 'Анна-Мария',
			price: 100050,
			count: 3,
			telegram_id: 4_503_599_627_370_495,
			language: 'uk',
			absent: null,
		});
	});

	test('PC3: neither e-mail nor phone names both fields', () => {
		const rules = [rule({ field: 'email', type: 'email', value: '' }), rule({ field: 'phone', type: 'phone', value: null })];
		expect(codes(rules, ['email', 'phone'])).toEqual(['email ONE_OF_REQUIRED', 'phone ONE_OF_REQUIRED']);
	});

	test('PC3: one of the two is enough, and a wrong one is reported once', () => {
		const phone = rule({ field: 'phone', type: 'phone', value: undefined });
		expect(codes([rule({ field: 'email', type: 'email', value: 'a@example.com' }), phone], ['email', 'phone'])).toEqual([]);
		expect(codes([rule({ field: 'email', type: 'email', value: 'nonsense' }), phone], ['email', 'phone'])).toEqual([
			'email WRONG_FORMAT',
		]);
	});

	test('collects every problem in one answer', () => {
		expect(
			codes([
				rule({ field: 'email', type: 'email', value: 'not-an-address' }),
				rule({ field: 'phone', type: 'phone', value: '12' }),
				rule({ field: 'price', type: 'amount', value: '', required: true, currency: 'RUB' }),
				rule({ field: 'name', value: 'x'.repeat(201) }),
			]),
		).toEqual(['email WRONG_FORMAT', 'phone WRONG_FORMAT', 'price REQUIRED', 'name TOO_LONG']);
	});

	test.each([
		['email', 'a@b'],
		['email', 'a b@example.com'],
		['email', ['a@example.com']],
		['email', { toString: () => 'a@example.com' }],
		['phone', 'call me'],
		['phone', 79990000001],
		['text', 'two\nlines'],
		['text', 'zero\u0000byte'],
		['text', true],
		['integer', '1.5'],
		['integer', Number.NaN],
		['integer', '9'.repeat(30)],
		['integer', '9999999999999999'],
		['integer', -1],
		['amount', '0'],
		['amount', '-5'],
		['amount', '1.005'],
		['amount', '1e3'],
		['amount', 'a lot'],
		['oneOf', 'de'],
	] as const)('refuses %s %p', (type, value) => {
		expect(codes([rule({ type, value, currency: 'RUB', minimum: 0, choices: ['ru'] })])).toEqual(['field WRONG_FORMAT']);
	});

	test('messages say what would be right', () => {
		const [issue] = validate([rule({ field: 'price', type: 'amount', value: 'x', currency: 'RUB' })]).issues;
		expect(issue?.message).toBe('price must be an amount above zero in RUB, such as 1000 or 1000.50');
	});
});

describe('settings of the node', () => {
	test('earlier problems come as a list, as its JSON text, or not at all', () => {
		const issue = { path: 'points[3].value', code: 'VALUE_NOT_A_NUMBER', message: 'no number' };
		const expected = [{ field: 'points[3].value', code: 'VALUE_NOT_A_NUMBER', message: 'no number' }];
		expect(readEarlierIssues([issue])).toEqual(expected);
		expect(readEarlierIssues(JSON.stringify([issue]))).toEqual(expected);
		expect(readEarlierIssues(undefined)).toEqual([]);
		expect(readEarlierIssues('')).toEqual([]);
	});

	test('a wrong setting is named', () => {
		expect(() => readRules([{ name: '', type: 'text', value: 1 }])).toThrow('"Fields" is wrong at 0.name');
		expect(() => readRules([{ name: 'x', type: 'colour', value: 1 }])).toThrow('"Fields" is wrong at 0.type');
		expect(() => readRules([{ name: 'x', type: 'amount', currency: 'rubles', value: 1 }])).toThrow('three capital letters');
		expect(() => readEarlierIssues([{ message: 1 }])).toThrow('"Problems Found Earlier" is wrong at 0.code');
	});

	test('a currency may be typed in lower case', () => {
		expect(readRules([{ name: 'price', type: 'amount', currency: ' rub ', value: 1 }])[0]?.currency).toBe('RUB');
	});

	test('names are split at commas', () => {
		expect(readNames(' email, phone ,,')).toEqual(['email', 'phone']);
	});
});
