import { currencyExponent } from '../shared/money';

/** Stripe counts these in hundredths although they have none (providers/stripe.md §2, last line). */
const COUNTED_IN_HUNDREDTHS: ReadonlySet<string> = new Set(['ISK', 'UGX']);

/**
 * An amount in minor units of its currency: cents, kopecks, whole yen, thousandths of a dinar.
 *
 * @param value a whole number, or its digits
 * @param what names the amount in errors, e.g. `The amount of "Course"`
 * @throws RangeError for a fraction, a negative or unreadable amount, and for one Stripe takes in no such currency
 */
export function readAmount(value: unknown, currency: string, what: string): number {
	const text = String(value ?? '').trim();
	const amount = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
	if (Number.isNaN(amount)) {
		throw new RangeError(`${what} must be a whole number of minor units (4900 for 49.00), not "${text}"`);
	}
	const code = currency.toUpperCase();
	if (currencyExponent(code) === 3 && amount % 10 !== 0) {
		throw new RangeError(`${what} must end in 0: Stripe takes ${code} in thousandths, but only whole hundredths`);
	}
	if (COUNTED_IN_HUNDREDTHS.has(code) && amount % 100 !== 0) {
		throw new RangeError(`${what} must end in 00: Stripe counts ${code} in hundredths, but takes no fractions of it`);
	}
	return amount;
}

/**
 * A currency as Stripe writes it.
 *
 * @throws RangeError when it is no ISO code of three letters
 */
export function readCurrency(text: string): string {
	const currency = text.trim().toLowerCase();
	if (!/^[a-z]{3}$/.test(currency)) throw new RangeError(`The currency must be an ISO code such as EUR, not "${text}"`);
	return currency;
}
