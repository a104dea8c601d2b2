import { LAST_ARCANA } from './arcana';

/** A level scale; both ends belong to it. */
export interface Scale {
	min: number;
	max: number;
}

/** Level scales people use, by the name ops choose them by (domain/chakras.md §4). */
export const SCALE_PRESETS = {
	'0-10': { min: 0, max: 10 },
	'0-100': { min: 0, max: 100 },
	'1-5': { min: 1, max: 5 },
	'1-7': { min: 1, max: 7 },
	'1-10': { min: 1, max: 10 },
	'4-16': { min: 4, max: 16 },
	'-100..100': { min: -100, max: 100 },
	'0-18': { min: 0, max: 18 },
} as const satisfies Record<string, Scale>;

export type ScalePreset = keyof typeof SCALE_PRESETS | 'arcana';

/** What a value is measured on: a level scale, or the arcana numbers 1..22, which are labels without a level. */
export type ValueScale = Scale | 'arcana';

/** `balanced_is_better`: the middle is balance. `more_is_better`: the top is balance and the middle is mixed. */
export type ScaleMeaning = 'balanced_is_better' | 'more_is_better';

export type State = 'deficient' | 'balanced' | 'excessive' | 'mixed';

const LOW = 33;
const HIGH = 67;

/** Place of a level on its scale in whole percent, halves up. */
export function scoreOf(value: number, { min, max }: Scale): number {
	return Math.floor((100 * (value - min)) / (max - min) + 0.5);
}

/** State of a score 0..100; the bounds are our convention (domain/chakras.md §4). */
export function stateOf(score: number, meaning: ScaleMeaning): State {
	if (score < LOW) return 'deficient';
	if (meaning === 'more_is_better') return score > HIGH ? 'balanced' : 'mixed';
	return score > HIGH ? 'excessive' : 'balanced';
}

/** The ends of a scale as numbers. */
export function boundsOf(scale: ValueScale): Scale {
	return scale === 'arcana' ? { min: 1, max: LAST_ARCANA } : scale;
}

/** The scale as a message names it: `0-10`, `-100..100`, `1-22 (arcana)`. */
export function nameScale(scale: ValueScale): string {
	const { min, max } = boundsOf(scale);
	const range = min < 0 ? `${min}..${max}` : `${min}-${max}`;
	return scale === 'arcana' ? `${range} (arcana)` : range;
}

/** The narrowest usual scale that has room for a value, as a hint for an out-of-range message. */
export function suggestScale(value: number): string | null {
	const fitting = Object.entries(SCALE_PRESETS)
		.filter(([, { min, max }]) => value >= min && value <= max)
		.sort(([, a], [, b]) => a.max - a.min - (b.max - b.min));
	return fitting[0]?.[0] ?? null;
}

/**
 * A scale as given by the caller: a preset's name or its two ends.
 *
 * @returns null when it is neither, or when the ends are not finite or not in order
 */
export function readScale(raw: unknown): ValueScale | null {
	if (raw === 'arcana') return 'arcana';
	if (typeof raw === 'string') {
		return Object.hasOwn(SCALE_PRESETS, raw) ? SCALE_PRESETS[raw as keyof typeof SCALE_PRESETS] : null;
	}
	if (typeof raw !== 'object' || raw === null) return null;
	const { min, max } = raw as Record<string, unknown>;
	if (typeof min !== 'number' || typeof max !== 'number') return null;
	return Number.isFinite(max - min) && min < max ? { min, max } : null;
}
