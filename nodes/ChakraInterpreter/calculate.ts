import { type BirthDate, readBirthDate, readToday } from './calculation/date';
import { type DigitPairs, digitPairs } from './calculation/digitPairs';
import { ChakraInputError, Findings, type Warning, describe } from './calculation/issues';
import { type Layout, type Matrix, destinyMatrix } from './calculation/matrix';
import { type PointsOptions, type PointsReading, readPoints } from './calculation/points';
import { shapeOfPoints } from './calculation/pointsShape';
import { type Scale, type ScaleMeaning, type ScalePreset, readScale } from './calculation/scale';

export { ChakraInputError } from './calculation/issues';

export type System = 'destiny_matrix' | 'digit_pairs' | 'points';

/** Everything a client or a workflow may say; wrong values of any type are reported, never guessed. */
export interface CalculationInput {
	/** Left out: `points` when points are given, else `destiny_matrix`. */
	system?: System;
	/** `DD.MM.YYYY`, `D.M.YYYY`, `YYYY-MM-DD` or an ISO date-time. */
	birthDate?: unknown;
	/** One of the shapes of domain/chakras.md §4, or its JSON text. */
	points?: unknown;
	/** Scale of the points' values; 0-10 unless said. */
	scale?: Scale | ScalePreset;
	/** Which end a list of seven numbers begins with; `bottom_up` unless said. */
	order?: PointsOptions['order'];
	scaleMeaning?: ScaleMeaning;
	/** Refuse points that leave a chakra out. */
	requireAll?: boolean;
	/** Move values outside the scale to its nearest end, with a warning. */
	clamp?: boolean;
	layout?: Layout;
	/** Last acceptable birth date, `YYYY-MM-DD` or a moment taken in UTC; the current day unless said. */
	today?: string | Date;
}

interface Common {
	/** `YYYY-MM-DD`, null when no date was given. */
	birthDate: string | null;
	warnings: Warning[];
}

export type MatrixResult = { system: 'destiny_matrix' } & Common & Matrix;
export type DigitPairsResult = { system: 'digit_pairs'; scaleMeaning: ScaleMeaning } & Common & DigitPairs;
export type PointsResult = { system: 'points'; scaleMeaning: ScaleMeaning } & Common & PointsReading;
export type CalculationResult = MatrixResult | DigitPairsResult | PointsResult;

type Settings = PointsOptions & { layout: Layout };

const SYSTEMS = ['destiny_matrix', 'digit_pairs', 'points'] as const;

/**
 * Turns a birth date or a client's points into the numbers of the seven chakras (domain/chakras.md §2 and §4).
 * With the system `points` a birth date is only checked and passed on.
 *
 * @throws ChakraInputError with every issue of the input: `code`, `path` into the input, `message`
 */
export function calculate(input: CalculationInput): CalculationResult {
	const findings = new Findings();
	const system = chooseSystem(input, findings);
	const settings = readSettings(input, findings);
	const date = readDate(input, system, findings);
	const result = compute(system, input, date, settings, findings);
	if (findings.issues.length > 0 || result === null) throw new ChakraInputError(findings.issues);
	return { ...result, birthDate: date?.iso ?? null, warnings: findings.warnings };
}

type Computed =
	| Omit<MatrixResult, keyof Common>
	| Omit<DigitPairsResult, keyof Common>
	| Omit<PointsResult, keyof Common>;

function compute(
	system: System,
	{ points }: CalculationInput,
	date: BirthDate | null,
	settings: Settings | null,
	findings: Findings,
): Computed | null {
	if (!settings) return null;
	const { scaleMeaning, layout } = settings;
	if (system === 'points') {
		const reading = readPoints(points, settings, 'points', findings);
		return reading && { system, scaleMeaning, ...reading };
	}
	if (!date) return null;
	return system === 'digit_pairs'
		? { system, scaleMeaning, ...digitPairs(date, scaleMeaning) }
		: { system, ...destinyMatrix(date, layout) };
}

function chooseSystem({ system, points }: CalculationInput, findings: Findings): System {
	const automatic = shapeOfPoints(points).kind === 'empty' ? 'destiny_matrix' : 'points';
	return readChoice('system', system, SYSTEMS, automatic, findings);
}

function readDate({ birthDate, today }: CalculationInput, system: System, findings: Findings): BirthDate | null {
	const absent = birthDate === undefined || birthDate === null || birthDate === '';
	if (absent && system !== 'points') findings.issue('EMPTY_INPUT', 'birthDate', 'There is no birth date');
	if (absent) return null;
	const lastDay = readToday(today ?? new Date());
	if (lastDay === null) {
		findings.issue('BAD_OPTION', 'today', 'A date like 2026-11-20 is expected');
		return null;
	}
	return readBirthDate(birthDate, lastDay, 'birthDate', findings);
}

function readSettings(input: CalculationInput, findings: Findings): Settings | null {
	const scale = readScale(input.scale ?? '0-10');
	if (scale === null) findings.issue('BAD_OPTION', 'scale', 'A preset, or min and max with min below max, is expected');
	const choices = {
		order: readChoice('order', input.order, ['bottom_up', 'top_down'], 'bottom_up', findings),
		scaleMeaning: readChoice(
			'scaleMeaning',
			input.scaleMeaning,
			['balanced_is_better', 'more_is_better'],
			'balanced_is_better',
			findings,
		),
		layout: readChoice('layout', input.layout, ['centre_manipura', 'centre_anahata'], 'centre_manipura', findings),
		requireAll: input.requireAll ?? false,
		clamp: input.clamp ?? false,
	};
	return scale && { scale, ...choices };
}

function readChoice<T extends string>(
	path: string,
	given: T | undefined,
	choices: readonly T[],
	usual: T,
	findings: Findings,
): T {
	if (given === undefined) return usual;
	if (choices.includes(given)) return given;
	findings.issue('BAD_OPTION', path, `${describe(given)} is not one of ${choices.join(', ')}`);
	return usual;
}
