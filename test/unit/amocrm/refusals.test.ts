import { hasNextPage, listOf, readContact, readLead, rowsOf } from '../../../nodes/AmoCrm/entities';
import { readProblem } from '../../../nodes/AmoCrm/problem';
import { repair } from '../../../nodes/AmoCrm/repair';

const error = (path: string, element: number | null = 0, code = 'NotSupportedChoice') => ({
	element,
	code,
	path,
	detail: 'bad',
});

const nameOf = (id: unknown) => `"#${String(id)}"`;
const entry = (id: number, ...enums: number[]) => ({
	field_id: id,
	values: enums.length > 0 ? enums.map((enum_id) => ({ enum_id })) : [{ value: 'x' }],
});

describe('PA11 repairing a refused request', () => {
	it('leaves out several fields at once, by their places in what was sent', () => {
		const bodies = [{ id: 1, custom_fields_values: [entry(1), entry(2), entry(3)] }];
		const repaired = repair(
			bodies,
			[error('custom_fields_values.0.field_id'), error('custom_fields_values.2.values')],
			nameOf,
		);
		expect(repaired.bodies).toEqual([{ id: 1, custom_fields_values: [entry(2)] }]);
		expect(repaired.warnings[0]).toEqual([
			'Field "#1" was left out: NotSupportedChoice custom_fields_values.0.field_id bad',
			'Field "#3" was left out: NotSupportedChoice custom_fields_values.2.values bad',
		]);
		expect(bodies[0]?.custom_fields_values).toHaveLength(3);
	});

	it('leaves out one choice of several, and the field with its last choice: an empty one would be erased', () => {
		const body = { custom_fields_values: [entry(1, 10, 11), entry(2, 20)] };
		const paths = ['custom_fields_values.0.values.1.enum_id', 'custom_fields_values.1.values.0.enum_id'];
		const repaired = repair([body], paths.map((path) => error(path)), nameOf);
		expect(repaired.bodies).toEqual([{ custom_fields_values: [entry(1, 10)] }]);
		const more = [...paths, 'custom_fields_values.0.values.0.enum_id'].map((path) => error(path));
		const all = repair([{ id: 1, ...body }], more, nameOf);
		expect(all.bodies).toEqual([{ id: 1 }]);
	});

	it('reaches into the contact of a complex lead', () => {
		const body = {
			custom_fields_values: [entry(1)],
			_embedded: { contacts: [{ name: 'A', custom_fields_values: [entry(5), entry(6)] }], tags: [{ name: 't' }] },
		};
		const repaired = repair(
			[body],
			[error('_embedded.contacts.0.custom_fields_values.0.field_id'), error('_embedded.tags.0.name')],
			nameOf,
		);
		expect(repaired.bodies).toEqual([
			{ custom_fields_values: [entry(1)], _embedded: { contacts: [{ name: 'A', custom_fields_values: [entry(6)] }] } },
		]);
	});

	it('finds the element of a batch by its number', () => {
		const bodies = [{ custom_fields_values: [entry(1)] }, { custom_fields_values: [entry(2)] }];
		const repaired = repair(bodies, [error('custom_fields_values.0.field_id', 1)], nameOf);
		expect(repaired.bodies).toEqual([bodies[0], {}]);
		expect(repaired.refusals).toEqual([null, null]);
	});

	it('drops what a lead can do without, and refuses it where it cannot', () => {
		const bodies = [{ price: 1, tags_to_add: [{ name: 't' }], status_id: 5 }, { status_id: 6 }];
		const repaired = repair(bodies, [error('price'), error('tags_to_add.0.name'), error('status_id', 1)], nameOf);
		expect(repaired.bodies).toEqual([{ status_id: 5 }, { status_id: 6 }]);
		expect(repaired.refusals).toEqual([null, 'NotSupportedChoice status_id bad']);
	});

	it.each([
		['an element that is not named', error('custom_fields_values.0.field_id', null)],
		['an element that is not there', error('custom_fields_values.0.field_id', 9)],
	])('changes nothing about %s', (_name, one) => {
		const bodies = [{ custom_fields_values: [entry(1)] }, { custom_fields_values: [entry(2)] }];
		expect(repair(bodies, [one], nameOf)).toMatchObject({ bodies, isChanged: false });
	});

	it('a single element needs no name', () => {
		const body = { id: 1, custom_fields_values: [entry(1)] };
		const repaired = repair([body], [error('custom_fields_values.0', null)], nameOf);
		expect(repaired.bodies).toEqual([{ id: 1 }]);
	});

	it.each(['custom_fields_values.7.field_id', 'custom_fields_values.__proto__.x', '__proto__', 'constructor', ''])(
		'a path that leads nowhere refuses the element: %j',
		(path) => {
			const repaired = repair([{ custom_fields_values: [entry(1)] }], [error(path)], nameOf);
			expect(repaired.refusals[0]).toContain('NotSupportedChoice');
			expect(repaired.bodies).toEqual([{ custom_fields_values: [entry(1)] }]);
		},
	);
});

describe('the words of a refusal', () => {
	it('are the detail and the first complaint', () => {
		const body = {
			title: 'Bad Request',
			detail: 'Request validation failed',
			'validation-errors': [
				{
					request_id: '3',
					errors: [{ code: 'NotSupportedChoice', path: 'custom_fields_values.0.field_id', detail: 'Not valid' }],
				},
			],
		};
		expect(readProblem(body, '')).toEqual({
			reason: 'Request validation failed – custom_fields_values.0.field_id NotSupportedChoice: Not valid',
			code: '',
			errors: [{ element: 3, code: 'NotSupportedChoice', path: 'custom_fields_values.0.field_id', detail: 'Not valid' }],
		});
	});

	it.each<[unknown, string, string]>([
		[undefined, '<html><style>a{}</style><h1>429</h1> Too  many</html>', '429 Too many'],
		[undefined, '', 'an answer without text'],
		[null, 'null', 'null'],
		[{ title: 'Forbidden', code: 113 }, '', 'Forbidden'],
		[{ detail: null, title: 'X', 'validation-errors': 'no list' }, '', 'X'],
		[{ detail: 'X', 'validation-errors': [{ errors: 'no list' }, 5] }, '', 'X'],
		[[], '[]', '[]'],
	])('of %j %s are %s', (json, text, reason) => {
		expect(readProblem(json, text).reason).toBe(reason);
	});

	it('are cut', () => {
		expect(readProblem({ detail: 'x'.repeat(10_000) }, '').reason.length).toBeLessThanOrEqual(300);
		expect(readProblem(undefined, 'x'.repeat(10_000)).reason.length).toBeLessThanOrEqual(300);
	});
});

describe('answers', () => {
	it('nothing found is an empty list', () => {
		expect(listOf(null, 'leads', readLead)).toEqual([]);
		expect(listOf({}, 'leads', readLead)).toEqual([]);
		expect(hasNextPage(null)).toBe(false);
	});

	it('a list may come in an envelope or bare, and a broken row hides no other', () => {
		const row = { id: '5', pipeline_id: 7, status_id: 1, price: '100', custom_fields_values: null };
		expect(rowsOf([row], 'leads')).toEqual([row]);
		const leads = listOf({ _embedded: { leads: [{ id: {} }, row, null] } }, 'leads', readLead);
		expect(leads).toEqual([expect.objectContaining({ id: '5', price: 100, fields: [], contactIds: [] })]);
	});

	it('the main contact of a lead comes first', () => {
		const contacts = [{ id: 1, is_main: false }, { id: 2, is_main: true }];
		expect(readLead({ id: 5, pipeline_id: 7, status_id: 1, _embedded: { contacts } })?.contactIds).toEqual(['2', '1']);
	});

	it('a contact may come without fields and leads', () => {
		const bare = { id: '1', name: '', updatedAt: 0, isDeleted: false, fields: [], leadIds: [] };
		expect(readContact({ id: 1 })).toEqual(bare);
	});
});
