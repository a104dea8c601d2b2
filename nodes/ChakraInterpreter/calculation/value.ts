import { type Findings, describe } from './issues';
import { type ValueScale, boundsOf, nameScale, suggestScale } from './scale';

const DECIMAL = /^[+-]?\d{1,15}(?:[.,]\d{1,15})?$/;

/**
 * Reads one value on its scale: a number, or its text with a decimal point or comma. `Number("")` is 0 in JavaScript,
 * so nothing is converted that does not look like a number.
 *
 * @param clamp move a value outside the scale to its nearest end (warning `VALUE_CLAMPED`) instead of refusing it
 * @returns null when an issue was recorded
 */
export function readValue(
	raw: unknown,
	{ scale, clamp, path, findings }: { scale: ValueScale; clamp: boolean; path: string; findings: Findings },
): number | null {
	const value = toNumber(raw);
	if (value === null) {
		findings.issue('VALUE_NOT_A_NUMBER', path, `A number is expected, not ${describe(raw)}`);
		return null;
	}
	if (scale === 'arcana' && !Number.isInteger(value)) {
		findings.issue('VALUE_NOT_INTEGER', path, `An arcana is a whole number 1-22, not ${value}`);
		return null;
	}
	const { min, max } = boundsOf(scale);
	if (value >= min && value <= max) return value;
	if (clamp) {
		const nearest = value < min ? min : max;
		findings.warn('VALUE_CLAMPED', path, `${value} was moved to ${nearest}, the end of the scale ${nameScale(scale)}`);
		return nearest;
	}
	findings.issue('VALUE_OUT_OF_RANGE', path, outOfRange(value, scale));
	return null;
}

function toNumber(raw: unknown): number | null {
	if (typeof raw === 'number') return Number.isFinite(raw) ? raw : null;
	if (typeof raw !== 'string') return null;
	const text = raw.trim();
	return DECIMAL.test(text) ? Number(text.replace(',', '.')) : null;
}

function outOfRange(value: number, scale: ValueScale): string {
	const suggestion = scale === 'arcana' ? null : suggestScale(value);
	const hint = suggestion === null ? '' : `; if the values are on another scale, choose it, for example ${suggestion}`;
	return `${value} is outside the scale ${nameScale(scale)}${hint}`;
}
