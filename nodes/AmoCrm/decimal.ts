import { toMinor } from '../shared/money';

/** The account's currency has hundredths; amoCRM knows no other (providers/amocrm.md §4). */
const CURRENCY = 'RUB';

/**
 * Reads an amount given to the node: `"1000.50"` is 100050.
 *
 * @throws Error for anything that is not a plain decimal from 0 up with at most two places
 */
export function amountToMinor(amount: string, what: string): number {
	const minor = toMinor(amount, CURRENCY);
	if (minor !== null) return minor;
	throw new Error(`${what} has to be a number from 0 up with at most two decimals, such as 1000.50`);
}

/**
 * Reads a number that somebody or something has put into a field: with spaces between thousands, a comma, a sign or a
 * currency behind it. More than two decimals are rounded.
 *
 * @returns hundredths; 0 for an empty field; null when it holds no number
 */
export function storedToMinor(value: unknown): number | null {
	if (value === null || value === undefined) return 0;
	const text = String(value)
		.replace(/[\s\u00a0\u202f]/g, '')
		.replace(/(?:₽|руб\.?|р\.?)$/i, '');
	if (text === '') return 0;
	const match = /^(-?)(\d{1,13})(?:[.,](\d+))?$/.exec(text);
	if (!match) return null;
	const fraction = (match[3] ?? '').padEnd(3, '0');
	const hundredths = Number(`${match[2]}${fraction.slice(0, 2)}`) + (Number(fraction[2]) >= 5 ? 1 : 0);
	return match[1] === '-' && hundredths !== 0 ? -hundredths : hundredths;
}

/** Hundredths as the shortest decimal text: 150050 is `1500.5`, 150000 is `1500`. */
export function minorToText(minor: number): string {
	const digits = String(Math.abs(minor)).padStart(3, '0');
	const fraction = digits.slice(-2).replace(/0+$/, '');
	return `${minor < 0 ? '-' : ''}${digits.slice(0, -2)}${fraction === '' ? '' : `.${fraction}`}`;
}

/** Budgets are whole units (providers/amocrm.md §4 "price"): rounded half up. */
export function minorToWhole(minor: number): number {
	return Math.floor((minor + 50) / 100);
}
