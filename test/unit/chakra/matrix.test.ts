import fc from 'fast-check';

import { fold } from '../../../nodes/ChakraInterpreter/calculation/arcana';
import { CHAKRA_IDS } from '../../../nodes/ChakraInterpreter/calculation/chakras';
import type { MatrixResult } from '../../../nodes/ChakraInterpreter/calculate';
import { allDates, matrix } from './support';

const TOP_DOWN = [...CHAKRA_IDS].reverse();

function rows({ chart }: MatrixResult): string {
	return TOP_DOWN.map((id) => [chart[id].physics, chart[id].energy, chart[id].emotions].join('-')).join('; ');
}

function totals(result: MatrixResult): number[] {
	return [result.totals.physics, result.totals.energy, result.totals.emotions];
}

function letters({ base }: MatrixResult): string {
	const of = (names: string) => [...names].map((name) => base[name as keyof typeof base]).join(' ');
	return [of('ABCDE'), of('JKLM'), of('OP'), of('ST')].join(' / ');
}

describe('destiny matrix (PC6)', () => {
	it.each([
		['W1', '15.05.1990', '15 5 19 12 6 / 21 11 7 18 / 9 16 / 9 17',
			'15-5-20; 9-16-7; 21-11-5; 9-17-8; 6-6-12; 7-18-7; 19-12-4', [14, 13, 9]],
		['W2', '31.12.1999', '4 12 10 8 7 / 11 19 17 15 / 15 4 / 18 8',
			'4-12-16; 15-4-19; 11-19-3; 18-8-8; 7-7-14; 17-15-5; 10-8-18', [10, 10, 11]],
		['W3', '29.02.2000', '11 2 2 15 3 / 14 5 5 18 / 7 7 / 17 8',
			'11-2-13; 7-7-14; 14-5-19; 17-8-7; 3-3-6; 5-18-5; 2-15-17', [14, 13, 9]],
		['W4', '14.04.1999', '14 4 10 10 11 / 7 15 21 21 / 21 19 / 18 8',
			'14-4-18; 21-19-4; 7-15-22; 18-8-8; 11-11-22; 21-21-6; 10-10-20', [3, 16, 1]],
	])('%s: %s gives the letters, rows and totals of the worked example', (_, date, base, chart, sums) => {
		const result = matrix(date);
		expect(letters(result)).toBe(base);
		expect(rows(result)).toBe(chart);
		expect(totals(result)).toEqual(sums);
	});

	it('reproduces the older site with the layout centre_anahata', () => {
		const result = matrix('15.05.1990', 'centre_anahata');
		expect(result.base.D).toBe(3);
		expect(rows(result)).toBe('15-5-20; 9-16-7; 21-11-5; 6-6-12; 7-9-16; 8-12-20; 19-3-22');
		expect(totals(result)).toEqual([13, 8, 21]);
	});

	it('adds the ancestral square, the lines and the purposes', () => {
		const { base, purposes } = matrix('15.05.1990');
		expect({ F: base.F, G: base.G, H: base.H, I: base.I }).toEqual({ F: 20, G: 6, H: 4, I: 9 });
		expect({ N: base.N, Q: base.Q, R: base.R, R1: base.R1, R2: base.R2 }).toEqual({ N: 3, Q: 8, R: 7, R1: 7, R2: 14 });
		expect(purposes).toEqual({ personal: 6, social: 21, spiritual: 9, planetary: 3 });
	});

	it('keeps 22 and adds the digits of anything larger', () => {
		expect([1, 22, 23, 28, 31, 99, 102, 131].map(fold)).toEqual([1, 22, 5, 10, 4, 18, 3, 5]);
	});

	it('folds every whole number from 1 up into 1..22', () => {
		fc.assert(
			fc.property(fc.integer({ min: 1 }), (n) => {
				const folded = fold(n);
				expect(folded).toBeGreaterThanOrEqual(1);
				expect(folded).toBeLessThanOrEqual(22);
				expect(folded % 9).toBe(n % 9);
			}),
		);
	});

	it('gives arcana 1..22 in every cell of every date from 1900 on', () => {
		const numbers = new Set<number>();
		for (const date of allDates()) {
			const { chart, totals: sums, base, purposes } = matrix(date);
			for (const row of [...Object.values(chart), sums, base, purposes]) {
				for (const n of Object.values(row)) numbers.add(n);
			}
		}
		expect([...numbers].sort((a, b) => a - b)).toEqual(Array.from({ length: 22 }, (_, index) => index + 1));
	});
});
