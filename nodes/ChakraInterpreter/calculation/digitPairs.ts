import { type ChakraId, perChakra } from './chakras';
import type { BirthDate } from './date';
import { SCALE_PRESETS, type ScaleMeaning, type State, scoreOf, stateOf } from './scale';

export interface DigitPairs {
	/** 0..18 per chakra. */
	values: Record<ChakraId, number>;
	/** 0..100 per chakra. */
	scores: Record<ChakraId, number>;
	states: Record<ChakraId, State>;
}

/** Scale of a sum of two digits. */
export const PAIR_SCALE = SCALE_PRESETS['0-18'];

/**
 * Sums of neighbouring digits of DDMMYYYY, from Muladhara (first and second) up, not reduced (domain/chakras.md §2.3).
 */
export function digitPairs({ day, month, year }: BirthDate, meaning: ScaleMeaning): DigitPairs {
	const written = `${String(day).padStart(2, '0')}${String(month).padStart(2, '0')}${year}`;
	const digits = [...written].map(Number);
	const values = perChakra((_, index) => (digits[index] ?? 0) + (digits[index + 1] ?? 0));
	const scores = perChakra((id) => scoreOf(values[id], PAIR_SCALE));
	return { values, scores, states: perChakra((id) => stateOf(scores[id], meaning)) };
}
