import {
	calculate,
	ChakraInputError,
	type CalculationInput,
	type CalculationResult,
	type DigitPairsResult,
	type MatrixResult,
	type PointsResult,
} from '../../../nodes/ChakraInterpreter/calculate';
import type { Issue } from '../../../nodes/ChakraInterpreter/calculation/issues';

export const TODAY = '2026-11-20';

interface ResultOf {
	destiny_matrix: MatrixResult;
	digit_pairs: DigitPairsResult;
	points: PointsResult;
}

export function calculated<S extends keyof ResultOf>(system: S, input: CalculationInput): ResultOf[S] {
	const result: CalculationResult = calculate({ today: TODAY, ...input, system });
	return result as ResultOf[S];
}

export function matrix(birthDate: string, layout?: CalculationInput['layout']): MatrixResult {
	return calculated('destiny_matrix', { birthDate, layout });
}

export function pairs(birthDate: string): DigitPairsResult {
	return calculated('digit_pairs', { birthDate });
}

export function points(value: unknown, options: CalculationInput = {}): PointsResult {
	return calculated('points', { points: value, ...options });
}

/** The issues of an input that must be refused. */
export function issuesOf(input: CalculationInput): Issue[] {
	try {
		calculate({ today: TODAY, ...input });
	} catch (error) {
		if (error instanceof ChakraInputError) return error.issues;
		throw error;
	}
	throw new Error('The input was accepted');
}

/** `code path` of every issue: short to compare, still complete. */
export function findings(input: CalculationInput): string[] {
	return issuesOf(input).map(({ code, path }) => `${code} ${path}`);
}

/** Every day from 1900 to the day the tests take for today. */
export function allDates(): string[] {
	const day = 86_400_000;
	const first = Date.UTC(1900, 0, 1);
	const count = (Date.parse(TODAY) - first) / day + 1;
	return Array.from({ length: count }, (_, index) => new Date(first + index * day).toISOString().slice(0, 10));
}
