import type { CalculationResult } from '../calculate';
import { CHAKRA_IDS, type ChakraId } from '../calculation/chakras';
import { PAIR_SCALE } from '../calculation/digitPairs';
import type { ChartRow } from '../calculation/matrix';
import type { PointItem } from '../calculation/points';
import type { Scale, State } from '../calculation/scale';

/** A chakra measured on a level scale. */
export interface LevelEntry {
	kind: 'level';
	chakra: ChakraId;
	value: number;
	scale: Scale;
	score: number;
	state: State;
}

/** A chakra or a named point that carries an arcana: `number`, the key of `row` when there is a row of three. */
export interface ArcanaEntry {
	kind: 'arcana';
	chakra: ChakraId | null;
	number: number;
	row?: ChartRow;
	name?: string;
	aspect?: string;
}

export type Entry = LevelEntry | ArcanaEntry;

/** What a reading is about, bottom up, whatever system the numbers come from. */
export function entriesOf(result: CalculationResult): Entry[] {
	switch (result.system) {
		case 'destiny_matrix':
			return CHAKRA_IDS.map((chakra) => {
				const row = result.chart[chakra];
				return { kind: 'arcana', chakra, number: row.emotions, row };
			});
		case 'digit_pairs':
			return CHAKRA_IDS.map((chakra) => ({
				kind: 'level',
				chakra,
				value: result.values[chakra],
				scale: PAIR_SCALE,
				score: result.scores[chakra],
				state: result.states[chakra],
			}));
		case 'points':
			return result.items.map(entryOfPoint);
	}
}

export function isLevel(entry: Entry): entry is LevelEntry {
	return entry.kind === 'level';
}

export function isArcana(entry: Entry): entry is ArcanaEntry {
	return entry.kind === 'arcana';
}

function entryOfPoint({ chakra, value, scale, score, state, name, aspect, row }: PointItem): Entry {
	if (chakra && scale !== 'arcana' && score !== undefined && state !== undefined) {
		return { kind: 'level', chakra, value, scale, score, state };
	}
	return { kind: 'arcana', chakra, number: value, row, name, aspect };
}
