import { digitSum, fold } from './arcana';
import { CHAKRA_IDS, type ChakraId } from './chakras';
import type { BirthDate } from './date';

/** Numbers of one chakra, each an arcana 1..22; `emotions` is the row's key. */
export interface ChartRow {
	physics: number;
	energy: number;
	emotions: number;
}

export type Chart = Record<ChakraId, ChartRow>;

/**
 * `centre_manipura` puts the comfort zone E on Manipura. `centre_anahata` reproduces the three deviations of a popular
 * site together: centre on Anahata, D from the whole date, third total from the first two (domain/chakras.md §2.2).
 */
export type Layout = 'centre_manipura' | 'centre_anahata';

/** All numbers of the octagram by their customary letters. */
export type MatrixBase = ReturnType<typeof baseOf>;

export interface Matrix {
	base: MatrixBase;
	chart: Chart;
	totals: ChartRow;
	purposes: { personal: number; social: number; spiritual: number; planetary: number };
}

/** The 22 arcana chart of a birth date (domain/chakras.md §2.1). */
export function destinyMatrix(date: BirthDate, layout: Layout): Matrix {
	const base = baseOf(date, layout);
	const chart = chartOf(base, layout);
	const totals = totalsOf(chart);
	if (layout === 'centre_anahata') totals.emotions = fold(totals.physics + totals.energy);
	return { base, chart, totals, purposes: purposesOf(base) };
}

/** Plain sum of each column, folded once. */
export function totalsOf(chart: Chart): ChartRow {
	const total = (column: keyof ChartRow) => fold(CHAKRA_IDS.reduce((sum, id) => sum + chart[id][column], 0));
	return { physics: total('physics'), energy: total('energy'), emotions: total('emotions') };
}

function baseOf({ day, month, year }: BirthDate, layout: Layout) {
	const A = fold(day);
	const B = month;
	const C = fold(digitSum(year));
	const D = layout === 'centre_anahata' ? fold(digitSum(day) + digitSum(month) + digitSum(year)) : fold(A + B + C);
	const E = fold(A + B + C + D);
	const J = fold(A + E);
	const K = fold(B + E);
	const L = fold(C + E);
	const M = fold(D + E);
	const F = fold(A + B);
	const G = fold(B + C);
	const H = fold(C + D);
	const I = fold(D + A);
	return {
		A, B, C, D, E, F, G, H, I, J, K, L, M,
		N: fold(D + M),
		O: fold(A + J),
		P: fold(B + K),
		Q: fold(C + L),
		R: fold(L + M),
		R1: fold(M + fold(L + M)),
		R2: fold(L + fold(L + M)),
		S: fold(J + E),
		T: fold(K + E),
	};
}

function chartOf(base: MatrixBase, layout: Layout): Chart {
	const { A, B, C, D, E, J, K, L, M, N, O, P, Q, S, T } = base;
	const lower =
		layout === 'centre_anahata'
			? { anahata: row(E, E), manipura: row(L, M), svadhisthana: row(Q, N) }
			: { anahata: row(S, T), manipura: row(E, E), svadhisthana: row(L, M) };
	return { sahasrara: row(A, B), ajna: row(O, P), vishuddha: row(J, K), ...lower, muladhara: row(C, D) };
}

function row(physics: number, energy: number): ChartRow {
	return { physics, energy, emotions: fold(physics + energy) };
}

function purposesOf({ A, B, C, D, F, G, H, I }: MatrixBase): Matrix['purposes'] {
	const personal = fold(fold(B + D) + fold(A + C));
	const social = fold(fold(F + H) + fold(G + I));
	const spiritual = fold(personal + social);
	return { personal, social, spiritual, planetary: fold(social + spiritual) };
}
