const ZERO_DECIMAL = new Set(
	'bif clp djf gnf jpy kmf krw mga pyg rwf ugx vnd vuv xaf xof xpf'.split(' '),
);
const THREE_DECIMAL = new Set('bhd jod kwd omr tnd'.split(' '));
const TWO_DECIMAL = new Set(
	('aed amd aud azn bgn brl byn cad chf cny czk dkk eur gbp gel hkd huf idr ils inr isk kgs kzt mdl mxn myr nok nzd ' +
		'php pln ron rsd rub sar sek sgd thb try uah usd uzs zar').split(' '),
);

/** Digits after the point (providers/stripe.md §2); null when the currency is not supported. Lower case only. */
export function decimalsOf(currency: string): number | null {
	if (TWO_DECIMAL.has(currency)) return 2;
	if (ZERO_DECIMAL.has(currency)) return 0;
	return THREE_DECIMAL.has(currency) ? 3 : null;
}

/** Minor units as people read money: `49.00 EUR`. */
export function amountText(minor: number, currency: string): string {
	const decimals = decimalsOf(currency) ?? 0;
	const digits = String(minor).padStart(decimals + 1, '0');
	const whole = digits.slice(0, digits.length - decimals);
	const fraction = digits.slice(digits.length - decimals);
	return `${whole}${fraction && `.${fraction}`}\u00a0${currency.toUpperCase()}`;
}

/** Unit price times quantity, half a minor unit rounded up. @param unitAmount minor units, up to 12 decimal places */
export function lineAmount(unitAmount: string, quantity: number): number {
	const [whole = '0', fraction = ''] = unitAmount.split('.');
	const scale = 10n ** 12n;
	const scaled = BigInt(`${whole}${fraction.padEnd(12, '0')}`) * BigInt(quantity);
	return Number((scaled + scale / 2n) / scale);
}
