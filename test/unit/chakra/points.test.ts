import fc from 'fast-check';

import { calculate, ChakraInputError } from '../../../nodes/ChakraInterpreter/calculate';
import { CHAKRA_IDS, perChakra } from '../../../nodes/ChakraInterpreter/calculation/chakras';
import type { PointsResult } from '../../../nodes/ChakraInterpreter/calculate';
import { findings, issuesOf, points, TODAY } from './support';

const QUIZ = [12, 7, 13, 16, 4, 8, 10];

function levels({ items }: PointsResult): string {
	return items.map(({ score, state }) => `${score}${state?.[0]}`).join(' ');
}

function values({ items }: PointsResult): Array<[string | null, number]> {
	return items.map(({ chakra, value }) => [chakra, value]);
}

describe('points of a client (PC1)', () => {
	it('W9: reads a map of English names', () => {
		const result = points({ root: 8, sacral: 3, solar: 6, heart: 5, throat: 2, thirdEye: 7, crown: 4 });
		expect(levels(result)).toBe('80e 30d 60b 50b 20d 70e 40b');
		expect(result).toMatchObject({ strongest: 'muladhara', weakest: 'vishuddha', missing: [], warnings: [] });
	});

	it('W10: reads seven numbers on the scale of a quiz, under both meanings', () => {
		expect(levels(points(QUIZ, { scale: { min: 4, max: 16 } }))).toBe('67b 25d 75e 100e 0d 33b 50b');
		const better = points(QUIZ, { scale: '4-16', scaleMeaning: 'more_is_better' });
		expect(better.items.map(({ state }) => state)).toEqual([
			'mixed', 'deficient', 'balanced', 'balanced', 'deficient', 'mixed', 'mixed',
		]);
	});

	it('turns a list from the top down', () => {
		const result = points([7, 6, 5, 4, 3, 2, 1], { order: 'top_down' });
		expect(values(result)).toEqual(CHAKRA_IDS.map((id, index) => [id, index + 1]));
	});

	it('gives a wrong number of a top-down list its place in the list', () => {
		expect(findings({ points: [7, 6, 5, 4, 3, 2, 'x'], order: 'top_down' })).toEqual(['VALUE_NOT_A_NUMBER points[6]']);
	});

	it.each([
		['chakra', 'value'], ['key', 'score'], ['id', 'level'], ['чакра', 'балл'], ['Чакра', 'Бал'], ['chakra', 'percent'],
		['key', 'points'], ['name', 'value'],
	])('reads a list with the fields %s and %s, bottom up', (key, value) => {
		const list = [{ [key]: 'crown', [value]: '4' }, { [key]: 'корневая', [value]: ' 2,5 ' }];
		expect(values(points(list))).toEqual([['muladhara', 2.5], ['sahasrara', 4]]);
	});

	it.each([
		[[{ chakra: 'root', value: 7 }]], [{ root: 7 }], [[7, 7, 7, 7, 7, 7, 7]], [{ root: [7, 7, 14] }],
	])('reads the JSON text of %j like the value itself, once', (value) => {
		expect(points(` ${JSON.stringify(value)} `)).toEqual(points(value));
		expect(findings({ system: 'points', points: JSON.stringify(JSON.stringify(value)) })).toEqual([
			'BAD_POINTS_SHAPE points',
		]);
	});

	it('lists what was not said and assumes nothing', () => {
		const result = points({ root: 5, heart: 5 });
		expect(result.items).toHaveLength(2);
		expect(result.missing).toEqual(['svadhisthana', 'manipura', 'vishuddha', 'ajna', 'sahasrara']);
		expect(findings({ points: { root: 5, heart: '' }, requireAll: true })).toEqual([
			'VALUE_NOT_A_NUMBER points.heart', 'MISSING_CHAKRA points.svadhisthana', 'MISSING_CHAKRA points.manipura',
			'MISSING_CHAKRA points.vishuddha', 'MISSING_CHAKRA points.ajna', 'MISSING_CHAKRA points.sahasrara',
		]);
	});

	it('names the lower chakra on a tie, and none without levels', () => {
		expect(points([5, 5, 5, 5, 5, 5, 5])).toMatchObject({ strongest: 'muladhara', weakest: 'muladhara' });
		expect(points([5, 9, 1, 9, 1, 5, 5])).toMatchObject({ strongest: 'svadhisthana', weakest: 'manipura' });
		expect(points([{ name: 'Talento', value: 5 }])).toMatchObject({ strongest: null, weakest: null });
	});

	describe('values', () => {
		it.each([null, '', ' ', 'five', '5 apples', '5%', '1e1', '0x5', '1,5,5', true, false, NaN, Infinity, {}, 10n])(
			'refuses %p: not a number',
			(value: unknown) => {
				expect(findings({ points: [{ chakra: 'root', value }] })).toEqual(['VALUE_NOT_A_NUMBER points[0].value']);
			},
		);

		it('refuses a point without a value, and says which field was wrong', () => {
			expect(findings({ points: [{ chakra: 'root' }] })).toEqual(['VALUE_NOT_A_NUMBER points[0].value']);
			expect(findings({ points: [{ chakra: 'root', score: 'x' }] })).toEqual(['VALUE_NOT_A_NUMBER points[0].score']);
		});

		it('names the scale and suggests another when a value is outside', () => {
			const [issue] = issuesOf({ points: { root: 40 } });
			expect(issue).toMatchObject({ code: 'VALUE_OUT_OF_RANGE', path: 'points.root' });
			expect(issue?.message).toContain('0-10');
			expect(issue?.message).toContain('0-100');
			expect(issuesOf({ points: { root: 4000 } })[0]?.message).not.toContain('another scale');
		});

		it.each([
			['0-10', 0, 10], ['0-100', 0, 100], ['1-5', 1, 5], ['1-7', 1, 7], ['1-10', 1, 10], ['4-16', 4, 16],
			['-100..100', -100, 100], ['0-18', 0, 18],
		] as const)('scale %s: its ends are 0 and 100 %%, the next numbers are outside', (scale, min, max) => {
			expect(points({ root: min, crown: max }, { scale }).items.map(({ score }) => score)).toEqual([0, 100]);
			expect(findings({ points: { root: min - 1, crown: max + 1 }, scale })).toEqual([
				'VALUE_OUT_OF_RANGE points.root', 'VALUE_OUT_OF_RANGE points.crown',
			]);
		});

		it('moves a value to the end of the scale when asked to, and says so', () => {
			const result = points({ root: -3, crown: 12 }, { clamp: true });
			expect(values(result)).toEqual([['muladhara', 0], ['sahasrara', 10]]);
			expect(result.warnings.map(({ code, path }) => [code, path])).toEqual([
				['VALUE_CLAMPED', 'points.root'], ['VALUE_CLAMPED', 'points.crown'],
			]);
		});

		it('rounds the score half up and puts 33 and 67 into the middle', () => {
			const result = points([32, 33, 67, 68, 32.5, 67.4, 67.5], { scale: '0-100' });
			expect(levels(result)).toBe('32d 33b 67b 68e 33b 67b 68e');
		});

		it.each([
			'0-5', 'toString', 7, { min: 5, max: 5 }, { min: 9, max: 1 }, { min: 0, max: Infinity }, { min: '0', max: 9 },
		])('refuses the scale %j before looking at a value', (scale) => {
			expect(findings({ points: { root: 5 }, scale: scale as '0-10' })).toEqual(['BAD_OPTION scale']);
		});
	});

	describe('arcana', () => {
		it.each([[1], [22]])('accepts %i for a named point', (value) => {
			expect(points([{ name: 'Talento', value }]).items[0]).toMatchObject({ chakra: null, value, scale: 'arcana' });
		});

		it.each([
			[0, 'VALUE_OUT_OF_RANGE'], [23, 'VALUE_OUT_OF_RANGE'], [7.5, 'VALUE_NOT_INTEGER'], ['7,5', 'VALUE_NOT_INTEGER'],
		])('refuses %j: %s', (value, code) => {
			expect(findings({ points: [{ name: 'Talento', value }] })).toEqual([`${code} points[0].value`]);
			expect(findings({ points: { root: value }, scale: 'arcana' })).toEqual([`${code} points.root`]);
		});

		it('has no score and no state', () => {
			const [item] = points({ root: 18 }, { scale: 'arcana' }).items;
			expect(item).toEqual({ chakra: 'muladhara', value: 18, scale: 'arcana' });
		});

		it('reads the points of the older site: names, chakras and aspects', () => {
			const result = points([
				{ name: 'Zona de confort', chakra: 'Anahata', aspect: 'Fisica', value: 6 },
				{ name: 'Energía masculina', value: 20 },
				{ chakra: 'Muladhara', aspect: 'Física', value: 12 },
				{ chakra: 'Muladhara', aspect: 'Energia', value: 3 },
			]);
			expect(result.items).toEqual([
				{ chakra: 'muladhara', value: 12, scale: 'arcana', aspect: 'Física' },
				{ chakra: 'muladhara', value: 3, scale: 'arcana', aspect: 'Energia' },
				{ chakra: 'anahata', value: 6, scale: 'arcana', name: 'Zona de confort', aspect: 'Fisica' },
				{ chakra: null, value: 20, scale: 'arcana', name: 'Energía masculina' },
			]);
		});

		it('takes a name that is a chakra for the chakra, and a database id for nothing', () => {
			expect(values(points([{ name: 'Heart', value: 7 }]))).toEqual([['anahata', 7]]);
			expect(points([{ id: 15, name: 'Talento', value: 7 }]).items[0]).toMatchObject({ chakra: null, name: 'Talento' });
			expect(points([{ id: 'heart', name: 'Talento', value: 7 }]).items[0]).toMatchObject({ chakra: 'anahata' });
			expect(values(points([{ id: 15, name: 'Heart', value: 7 }]))).toEqual([['anahata', 7]]);
		});
	});

	describe('identity', () => {
		it('refuses an unknown chakra and lists the seven ids', () => {
			const [issue] = issuesOf({ points: { liver: 5 } });
			expect(issue).toMatchObject({ code: 'UNKNOWN_CHAKRA', path: 'points.liver' });
			for (const id of CHAKRA_IDS) expect(issue?.message).toContain(id);
			expect(findings({ points: [{ chakra: 'liver', value: 5 }] })).toEqual(['UNKNOWN_CHAKRA points[0].chakra']);
			expect(findings({ points: [{ chakra: 'liver', name: 'Talento', value: 5 }] })).toEqual([
				'UNKNOWN_CHAKRA points[0].chakra',
			]);
		});

		it('refuses a point without any', () => {
			expect(findings({ points: [{ value: 5 }, { name: ' ', value: 5 }, {}] })).toEqual([
				'POINT_WITHOUT_KEY points[0]', 'POINT_WITHOUT_KEY points[1]', 'POINT_WITHOUT_KEY points[2]',
				'VALUE_NOT_A_NUMBER points[2].value',
			]);
		});

		it('uses the same point once when its values agree, and refuses it when they do not', () => {
			const result = points([{ chakra: 'root', value: 5 }, { chakra: 'Муладхара', value: '5' }]);
			expect(values(result)).toEqual([['muladhara', 5]]);
			expect(result.warnings.map(({ code, path }) => [code, path])).toEqual([['DUPLICATE_SAME', 'points[1]']]);
			expect(findings({ points: { root: 5, base: 6 } })).toEqual(['DUPLICATE_POINT points.base']);
			expect(findings({ points: [{ name: 'Talento', value: 5 }, { name: 'TALENTO', value: 6 }] })).toEqual([
				'DUPLICATE_POINT points[1]',
			]);
			expect(findings({ points: { root: [1, 2, 3], base: [2, 1, 3] } })).toEqual(['DUPLICATE_POINT points.base']);
		});

		it('collects everything that is wrong', () => {
			const list = [{ chakra: 'root', value: 99 }, { chakra: 'x', value: 'y' }, 5, { value: null }];
			expect(findings({ points: list })).toEqual([
				'VALUE_OUT_OF_RANGE points[0].value', 'UNKNOWN_CHAKRA points[1].chakra', 'VALUE_NOT_A_NUMBER points[1].value',
				'BAD_POINTS_SHAPE points[2]', 'POINT_WITHOUT_KEY points[3]', 'VALUE_NOT_A_NUMBER points[3].value',
			]);
		});
	});

	describe('ready chart', () => {
		it('keeps the three numbers and uses emotions as the key', () => {
			const result = points({ sahasrara: [15, 5, 20], root: ['19', 12, 4] });
			expect(result.items).toEqual([
				{ chakra: 'muladhara', value: 4, scale: 'arcana', row: { physics: 19, energy: 12, emotions: 4 } },
				{ chakra: 'sahasrara', value: 20, scale: 'arcana', row: { physics: 15, energy: 5, emotions: 20 } },
			]);
			expect(result.warnings).toEqual([]);
		});

		it('warns about a key that does not follow from the two numbers before it', () => {
			expect(points({ crown: [15, 5, 21] }).warnings).toMatchObject([
				{ code: 'CHART_INCONSISTENT', path: 'points.crown' },
			]);
		});

		it('adds the totals when it is complete', () => {
			const chart = { crown: [15, 5, 20], brow: [9, 16, 7], throat: [21, 11, 5], heart: [9, 17, 8], solar: [6, 6, 12],
				sacral: [7, 18, 7], root: [19, 12, 4] };
			expect(points(chart).totals).toEqual({ physics: 14, energy: 13, emotions: 9 });
			expect(points({ root: [19, 12, 4] }).totals).toBeUndefined();
		});

		it('refuses rows of another length or form', () => {
			expect(findings({ points: { root: [1, 2], heart: [1, 2, 23], solar: 5, crown: [1, 2, [3]] } })).toEqual([
				'WRONG_COUNT points.root', 'VALUE_OUT_OF_RANGE points.heart[2]', 'BAD_POINTS_SHAPE points.solar',
				'VALUE_NOT_A_NUMBER points.crown[2]',
			]);
		});
	});

	describe('shape', () => {
		it.each([undefined, null, '', '  ', [], {}, '[]', '{}', 'null'])('tells %j from points', (empty) => {
			expect(findings({ system: 'points', points: empty })).toEqual(['EMPTY_INPUT points']);
			expect(calculate({ points: empty, birthDate: '15.05.1990', today: TODAY }).system).toBe('destiny_matrix');
		});

		it('prefers points when there are any', () => {
			expect(calculate({ points: { root: 5 }, birthDate: '15.05.1990', today: TODAY }).system).toBe('points');
		});

		it.each([
			5, true, 'text', '{"root":', '7', '"root"', () => 5, Symbol('x'), 10n,
			Array.from({ length: 201 }, () => 5), Object.fromEntries(Array.from({ length: 201 }, (_, i) => [`k${i}`, 5])),
		])('refuses %#: neither list nor map nor JSON of one, or too many', (value: unknown) => {
			expect(findings({ points: value })).toEqual(['BAD_POINTS_SHAPE points']);
		});

		it.each([1, 6, 8, 28, 200])('refuses a list of %i numbers', (length) => {
			expect(findings({ points: Array.from({ length }, () => 5) })).toEqual(['WRONG_COUNT points']);
		});

		it.each([
			['system', { system: 'tarot' }], ['order', { order: 'sideways' }], ['layout', { layout: 'centre_ajna' }],
			['scaleMeaning', { scaleMeaning: 'less' }],
		])('refuses an unknown %s', (path, option) => {
			expect(findings({ birthDate: '15.05.1990', points: { root: 5 }, ...(option as object) })).toEqual([
				`BAD_OPTION ${path}`,
			]);
		});
	});

	describe('hostile input', () => {
		it.each([
			['a prototype key', '{"__proto__": {"root": 5}, "root": 5}', 'UNKNOWN_CHAKRA points.__proto__'],
			['a prototype key of a point', '[{"__proto__": {"chakra": "root", "value": 5}}]', 'POINT_WITHOUT_KEY points[0]'],
			['an inherited method', '{"constructor": 5}', 'UNKNOWN_CHAKRA points.constructor'],
			['deep nesting', `${'['.repeat(40_000)}${']'.repeat(40_000)}`, 'BAD_POINTS_SHAPE points[0]'],
			['a huge JSON text', `[${'5,'.repeat(5_000_000)}5]`, 'BAD_POINTS_SHAPE points'],
			['a huge text', 'x'.repeat(20_000_000), 'BAD_POINTS_SHAPE points'],
		])('refuses %s', (_, value, first) => {
			expect(findings({ points: value })[0]).toBe(first);
			expect(({} as Record<string, unknown>).chakra).toBeUndefined();
		});

		it('refuses a million items at once', () => {
			expect(findings({ points: Array.from({ length: 1e6 }, () => ({ chakra: 'root', value: 5 })) })).toEqual([
				'BAD_POINTS_SHAPE points',
			]);
		});

		it('keeps messages and paths short whatever a key is called', () => {
			const [issue] = issuesOf({ points: { ['x'.repeat(1e6)]: 5 } });
			expect(issue?.path.length).toBeLessThan(120);
			expect(issue?.message.length).toBeLessThan(200);
		});

		it('gives a result or issues for any JSON, and a result only with values on their scale', () => {
			fc.assert(
				fc.property(fc.anything({ withNullPrototype: true, withBigInt: true, withDate: true, withMap: true }), (value) => {
					try {
						for (const { value: n, scale } of points(value).items) {
							const { min, max } = scale === 'arcana' ? { min: 1, max: 22 } : scale;
							expect(n).toBeGreaterThanOrEqual(min);
							expect(n).toBeLessThanOrEqual(max);
						}
					} catch (error) {
						expect(error).toBeInstanceOf(ChakraInputError);
						expect((error as ChakraInputError).issues.length).toBeGreaterThan(0);
					}
				}),
				{ numRuns: 2000 },
			);
		});

		it('divides any subset of the chakras into items and missing ones', () => {
			fc.assert(
				fc.property(fc.subarray([...CHAKRA_IDS], { minLength: 1 }), fc.integer({ min: 0, max: 10 }), (ids, value) => {
					const all = perChakra(() => value);
					const result = points(Object.fromEntries(ids.map((id) => [id, all[id]])));
					expect(result.items.map(({ chakra }) => chakra)).toEqual(ids);
					expect([...ids, ...result.missing].sort()).toEqual([...CHAKRA_IDS].sort());
				}),
			);
		});
	});
});
