import type { FormLeaf } from '../shared/formTree';

/**
 * A leaf as PHP casts it to a string: `true` is `1`, `false` and `null` are empty, numbers are decimal
 * (providers/prodamus.md §3, step 2).
 *
 * @throws RangeError for a number that PHP may print differently; such a number has to be given as text
 */
export function phpText(leaf: FormLeaf): string {
	if (typeof leaf === 'string') return leaf;
	if (leaf === null || leaf === false) return '';
	if (leaf === true) return '1';
	const digits = String(leaf);
	if (Number.isSafeInteger(leaf) || isPlainDecimal(digits)) return digits;
	throw new RangeError(`The number ${digits} has no exact form in PHP: give it as text`);
}

/** PHP prints up to 14 significant digits and turns to exponents below 0.0001. */
function isPlainDecimal(digits: string): boolean {
	return /^-?\d+\.\d+$/.test(digits) && !/^-?0\.0000/.test(digits) && digits.replace(/^-?0?\.?0*|\D/g, '').length <= 14;
}
