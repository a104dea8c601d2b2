/**
 * Currencies whose minor unit is not a hundredth (ISO 4217). ISK and UGX have no fractions either, but providers count
 * them in hundredths, and so does this package.
 */
const EXPONENTS: Readonly<Record<string, number>> = {
	BIF: 0, CLP: 0, DJF: 0, GNF: 0, JPY: 0, KMF: 0, KRW: 0, PYG: 0, RWF: 0, VND: 0, VUV: 0, XAF: 0, XOF: 0, XPF: 0,
	BHD: 3, IQD: 3, JOD: 3, KWD: 3, LYD: 3, OMR: 3, TND: 3,
};

/** Decimal places of a currency's minor unit; 2 unless ISO 4217 says otherwise. */
export function currencyExponent(currency: string): number {
	return EXPONENTS[currency.toUpperCase()] ?? 2;
}

/**
 * Turns a provider's decimal amount into minor units without going through a float:
 * `("1000.5", "RUB")` is `100050`.
 *
 * @param amount digits with an optional point or comma; a number is read by its shortest decimal form
 * @returns minor units, or null when the text is no amount, is negative, has more decimals than the currency, or is
 * too large to be exact
 */
export function toMinor(amount: string | number, currency: string): number | null {
	const match = /^(\d{1,15})(?:[.,](\d+))?$/.exec(String(amount).trim());
	if (!match) return null;
	const exponent = currencyExponent(currency);
	const fraction = match[2] ?? '';
	if (/[^0]/.test(fraction.slice(exponent))) return null;
	const minor = Number(`${match[1]}${fraction.slice(0, exponent).padEnd(exponent, '0')}`);
	return Number.isSafeInteger(minor) ? minor : null;
}

/** Minor units as the decimal text providers expect: `(100050, "RUB")` is `"1000.50"`. */
export function toDecimal(amountMinor: number, currency: string): string {
	if (!Number.isSafeInteger(amountMinor) || amountMinor < 0) {
		throw new RangeError(`An amount in minor units is a whole number from 0 up, not ${amountMinor}`);
	}
	const exponent = currencyExponent(currency);
	if (exponent === 0) return String(amountMinor);
	const digits = String(amountMinor).padStart(exponent + 1, '0');
	return `${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`;
}
