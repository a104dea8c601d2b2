import { amountToMinor, minorToText, minorToWhole, storedToMinor } from '../../../nodes/AmoCrm/decimal';
import type { StoredField } from '../../../nodes/AmoCrm/entities';
import { readStoredFields } from '../../../nodes/AmoCrm/entities';
import { FieldDraft, isWritten, type FieldAction } from '../../../nodes/AmoCrm/fieldDraft';
import { encodeValue, isNothing, unite } from '../../../nodes/AmoCrm/fieldValues';
import { findDefinition, isFilled, textOf } from '../../../nodes/AmoCrm/storedFields';
import { toUnixSeconds } from '../../../nodes/AmoCrm/zonedTime';
import { field, phone, SUBJECTS } from './support';

describe('numbers', () => {
	it.each<[unknown, number | null]>([
		['1500.5', 150_050],
		['1 500,50 ₽', 150_050],
		['1\u00a0500 руб.', 150_000],
		[1500.5, 150_050],
		[0, 0],
		['', 0],
		[null, 0],
		[undefined, 0],
		['0.005', 1],
		['1.004', 100],
		['-12.3', -1_230],
		['-0', 0],
		['much', null],
		['1.2.3', null],
		['1e3', null],
		['--1', null],
	])('a stored %j is %j hundredths', (stored, minor) => {
		expect(storedToMinor(stored)).toBe(minor);
	});

	it.each([
		[150_050, '1500.5'],
		[150_000, '1500'],
		[5, '0.05'],
		[0, '0'],
		[-1_230, '-12.3'],
		[-5, '-0.05'],
	])('%i hundredths are written %s', (minor, text) => {
		expect(minorToText(minor)).toBe(text);
		expect(storedToMinor(text)).toBe(minor);
	});

	it('sums of kopecks stay exact', () => {
		let minor = 0;
		for (let count = 0; count < 1000; count++) {
			minor = (storedToMinor(minorToText(minor)) ?? 0) + amountToMinor('0.10', 'It');
		}
		expect(minorToText(minor)).toBe('100');
	});

	it('budgets are whole, rounded half up', () => {
		expect([149, 150, 100, 0].map(minorToWhole)).toEqual([1, 2, 1, 0]);
	});

	it('a given amount is strict', () => {
		expect(amountToMinor('1000,5', 'The amount')).toBe(100_050);
		expect(() => amountToMinor('1 000', 'The amount')).toThrow('The amount has to be a number');
	});
});

describe('times', () => {
	const utc = (...parts: [number, number, number, number?, number?]) => Date.UTC(...parts) / 1000;

	it.each([
		['2026-05-01T10:00:00Z', utc(2026, 4, 1, 10)],
		['2026-05-01T10:00:00.500+03:00', utc(2026, 4, 1, 7)],
		['2026-05-01 10:00', utc(2026, 4, 1, 7)],
		['2026-05-01T10:00:30.9', utc(2026, 4, 1, 7) + 30],
		['01.05.2026 10:00', utc(2026, 4, 1, 7)],
		['2026-05-01', utc(2026, 3, 30, 21)],
		['1777629600', 1_777_629_600],
	])('%s is an instant, in Moscow', (text, seconds) => {
		expect(toUnixSeconds(text, 'second', 'Europe/Moscow')).toBe(seconds);
	});

	it('a day is its midnight in the zone of the account', () => {
		expect(toUnixSeconds('2026-05-01T22:30:00Z', 'day', 'Europe/Moscow')).toBe(utc(2026, 4, 1, 21));
		expect(toUnixSeconds('2026-05-01T22:30:00Z', 'day', 'America/New_York')).toBe(utc(2026, 4, 1, 4));
		expect(toUnixSeconds('2026-05-01', 'day', 'Asia/Kathmandu')).toBe(utc(2026, 3, 30, 18, 15));
	});

	it('knows about the change of clocks', () => {
		expect(toUnixSeconds('2026-03-29 00:30', 'second', 'Europe/Berlin')).toBe(utc(2026, 2, 28, 23, 30));
		expect(toUnixSeconds('2026-03-29 01:30', 'second', 'Europe/Berlin')).toBe(utc(2026, 2, 29, 0, 30));
		expect(toUnixSeconds('2026-03-29 03:30', 'second', 'Europe/Berlin')).toBe(utc(2026, 2, 29, 1, 30));
		expect(toUnixSeconds('2026-10-25 23:00', 'second', 'Europe/Berlin')).toBe(utc(2026, 9, 25, 22));
	});

	it.each(['soon', '2026-02-30', '2026-13-01', '2026-05-01 25:00', '32.01.2026', '', '12'])('%j is none', (text) => {
		expect(toUnixSeconds(text, 'second', 'UTC')).toBeNull();
	});
});

describe('values in the form of their field', () => {
	const encode = (type: string, value: unknown) => encodeValue(field(type), value, 'Europe/Moscow');

	it.each<[string, unknown, unknown[]]>([
		['text', 5, [{ value: '5' }]],
		['textarea', 'a\nb', [{ value: 'a\nb' }]],
		['url', 'https://x.example', [{ value: 'https://x.example' }]],
		['tracking_data', 'advcake', [{ value: 'advcake' }]],
		['numeric', '55,7558', [{ value: '55.7558' }]],
		['numeric', 12.5, [{ value: '12.5' }]],
		['monetary', '100.50', [{ value: '100.50' }]],
		['checkbox', 'Да', [{ value: true }]],
		['checkbox', false, [{ value: false }]],
		['date_time', '2026-05-01T10:00:00Z', [{ value: Date.UTC(2026, 4, 1, 10) / 1000 }]],
		['date', '2026-05-01', [{ value: Date.UTC(2026, 3, 30, 21) / 1000 }]],
		['multitext', '+79990000001, +79990000002', [
			{ value: '+79990000001', enum_code: 'WORK' },
			{ value: '+79990000002', enum_code: 'WORK' },
		]],
		['smart_address', [{ value: 'Riga', enum_code: 'city' }], [{ value: 'Riga', enum_code: 'city' }]],
		['legal_entity', '{"name":"X"}', [{ value: { name: 'X' } }]],
		['chained_list', [{ catalog_id: 1, catalog_element_id: 2 }], [{ catalog_id: 1, catalog_element_id: 2 }]],
	])('%s takes %j', (type, value, values) => {
		expect(encode(type, value)).toEqual({ values });
	});

	it('a date of an expression is its ISO text', () => {
		const at = new Date(Date.UTC(2026, 4, 1));
		expect(encode('date_time', at).values).toEqual([{ value: at.getTime() / 1000 }]);
	});

	it.each([
		['numeric', 'NaN'],
		['numeric', '1e5'],
		['checkbox', 'maybe'],
		['date', 'soon'],
		['select', 'Nothing'],
	])('%s does not take %j', (type, value) => {
		expect(encode(type, value)).toEqual({ values: [], problem: expect.any(String) });
	});

	it('choices go by label or id, and a label may hold a comma', () => {
		const encodeChoices = (value: unknown) => encodeValue(SUBJECTS, value, 'UTC');
		expect(encodeChoices('physics, APPLIED')).toEqual({ values: [{ enum_id: 1052 }] });
		expect(encodeChoices('Maths; 1053\nMaths')).toEqual({ values: [{ enum_id: 1051 }, { enum_id: 1053 }] });
		expect(encodeChoices([1051, 'Biology'])).toEqual({ values: [{ enum_id: 1051 }, { enum_id: 1053 }] });
		expect(encodeChoices(['Maths', 'Chemistry'])).toEqual({
			values: [{ enum_id: 1051 }],
			problem: 'has no choice "Chemistry"',
		});
		expect(encodeChoices('Chemistry')).toEqual({ values: [], problem: 'has no choice "Chemistry"' });
	});

	it('nothing is never written', () => {
		expect([null, undefined, '', ' ', [], [''], Number.NaN].map(isNothing)).toEqual(Array(7).fill(true));
		expect([0, false, '0', ['a']].map(isNothing)).toEqual(Array(4).fill(false));
	});

	it('a multi-select keeps what it holds, each choice once', () => {
		const stored = [{ enum_id: 1051, value: 'Maths' }, { value: 'Biology' }];
		expect(unite(SUBJECTS, stored as never, [{ enum_id: 1053 }, { enum_id: 1052 }])).toEqual([
			{ enum_id: 1051 },
			{ value: 'Biology' },
			{ enum_id: 1052 },
		]);
	});

	it('a phone keeps its other numbers, however the new one is written', () => {
		const values = [{ value: '8 999 123-45-67', enum: 'MOB' }];
		const [stored] = readStoredFields([{ ...phone(), values }]);
		const definition = field('multitext', { code: 'PHONE' });
		const added = [{ value: '+79991234567' }, { value: '+79990000002', enum_code: 'WORK' }];
		expect(unite(definition, stored?.values ?? [], added)).toEqual([
			{ value: '8 999 123-45-67', enum_code: 'MOB' },
			{ value: '+79990000002', enum_code: 'WORK' },
		]);
	});
});

describe('fields by id, code or name', () => {
	const definitions = [
		field('text', { id: 5, name: '7', code: 'A' }),
		field('text', { id: 6, name: 'a', code: null }),
		field('text', { id: 7, name: 'Total', code: 'TOTAL' }),
	];

	it.each([
		['7', 7],
		['A', 5],
		[' total ', 7],
		['missing', undefined],
		['', undefined],
	])('%j is %j', (ref, id) => {
		expect(findDefinition(definitions, ref)?.id).toBe(id);
	});

	it('what is not filled is absent, null or blank', () => {
		const stored = readStoredFields([
			{ field_id: 1, values: [{ value: ' ' }] },
			{ field_id: 2, values: null },
			{ field_id: 3, values: [{ value: null, enum_id: 9 }] },
			{ field_id: 4, values: [{ value: 0 }] },
		]);
		expect(['1', '2', '3', '4', '5'].map((ref) => isFilled(stored, ref))).toEqual([false, false, true, true, false]);
		expect(textOf(stored, '4')).toBe('0');
		expect(readStoredFields(null)).toEqual([]);
		expect(readStoredFields('x')).toEqual([]);
	});
});

describe('a draft of fields', () => {
	const TOTAL = field('numeric', { id: 1, name: 'Total' });
	const NAME = field('text', { id: 2, name: 'Name' });
	const draft = (stored: object[] = []) =>
		new FieldDraft(readStoredFields(stored) as StoredField[], {
			definitions: [TOTAL, NAME, SUBJECTS],
			zone: 'UTC',
		});
	const apply = (target: FieldDraft, name: string, action: FieldAction, value: unknown) =>
		target.apply({ field: name, action, value });

	it('counts on from what is stored, and from what it has written itself', () => {
		const target = draft([{ field_id: 1, values: [{ value: '1 000,5' }] }]);
		apply(target, 'total', 'add', '0.1');
		apply(target, 'total', 'add', 0.2);
		expect(target.entries()).toEqual([{ field_id: 1, values: [{ value: '1000.8' }] }]);
		expect(target.warnings).toEqual([]);
	});

	it('tells of a number below zero', () => {
		const target = draft();
		apply(target, 'Total', 'add', '-5');
		expect(target.entries()[0]?.values).toEqual([{ value: '-5' }]);
		expect(target.warnings).toEqual(['Field "Total" went below zero: -5']);
	});

	it('fills only what is empty', () => {
		const target = draft([{ field_id: 2, values: [{ value: 'x' }] }]);
		expect(apply(target, 'Name', 'fillEmpty', 'y')).toBe(false);
		expect(apply(target, 'Total', 'fillEmpty', '1')).toBe(true);
		expect(apply(target, 'Total', 'fillEmpty', '2')).toBe(false);
		expect(target.entries()).toEqual([{ field_id: 1, values: [{ value: '1' }] }]);
	});

	it('unites or replaces choices', () => {
		const stored = [{ field_id: 105, values: [{ enum_id: 1051, value: 'Maths' }] }];
		const united = draft(stored);
		apply(united, 'Subjects', 'set', 'Biology');
		expect(united.entries()[0]?.values).toEqual([{ enum_id: 1051 }, { enum_id: 1053 }]);
		const replaced = draft(stored);
		apply(replaced, 'Subjects', 'replace', 'Biology');
		expect(replaced.entries()[0]?.values).toEqual([{ enum_id: 1053 }]);
	});

	it('leaves out what it cannot write, says so, and asks for newer lists only where they may help', () => {
		const target = draft([{ field_id: 1, values: [{ value: 'much' }] }]);
		apply(target, 'Total', 'add', '1');
		apply(target, 'Total', 'set', 'x');
		apply(target, 'Total', 'add', 'y');
		expect(target.hasUnknown).toBe(false);
		apply(target, 'Subjects', 'set', 'Chemistry');
		expect(target.hasUnknown).toBe(true);
		apply(target, 'Missing', 'set', '1');
		expect(target.entries()).toEqual([]);
		expect(target.warnings).toEqual([
			'Field "Total" was left out: it holds "much", which is no number',
			'Field "Total" was left out: it takes a number, not "x"',
			'Field "Total" was left out: it holds "much", which is no number',
			'Field "Subjects" was left out: it has no choice "Chemistry"',
			'Field "Missing" was left out: the account has no such field',
		]);
	});

	it('recognises what it has written', () => {
		const entries = [
			{ field_id: 1, values: [{ value: '1500.5' }] },
			{ field_id: 105, values: [{ enum_id: 1051 }] },
		];
		const total = (value: unknown) => ({ field_id: 1, values: [{ value }] });
		const subjects = { field_id: 105, values: [{ enum_id: 1051, value: 'Maths' }] };
		expect(isWritten(entries, readStoredFields([total(1500.5), subjects]))).toBe(true);
		expect(isWritten(entries, readStoredFields([total('1500.50'), subjects]))).toBe(true);
		expect(isWritten(entries, readStoredFields([total('1500'), subjects]))).toBe(false);
		expect(isWritten(entries, readStoredFields([total('1500.5')]))).toBe(false);
		const more = { field_id: 105, values: [{ enum_id: 1051 }, { enum_id: 1052 }] };
		expect(isWritten(entries, readStoredFields([total('1500.5'), more]))).toBe(false);
	});
});
