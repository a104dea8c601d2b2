/** Marks that stand in place of digits where the user may not see phones. */
const MASKED = /[*•●#xх_…]/iu;

/** Fewer make no number a person could be called at. */
const MIN_DIGITS = 10;

/** The digits of a phone; null when there are too few, or some are hidden (providers/yclients.md §1, §6). */
export function phoneDigits(phone: string | null): string | null {
	if (phone === null || MASKED.test(phone)) return null;
	const digits = phone.normalize('NFKC').replace(/\D/g, '');
	return digits.length >= MIN_DIGITS ? digits : null;
}

/**
 * The number with its country: 11 digits that begin with 8 are Russian as dialled at home, 10 digits lack the
 * country.
 *
 * @param digits what {@link phoneDigits} gives
 */
export function withCountry(digits: string, defaultCountryCode: string): string {
	if (/^8\d{10}$/.test(digits)) return `7${digits.slice(1)}`;
	return digits.length === MIN_DIGITS ? `${defaultCountryCode}${digits}` : digits;
}

/** What two ways to write one number have in common. */
export function lastTen(digits: string): string {
	return digits.slice(-MIN_DIGITS);
}
