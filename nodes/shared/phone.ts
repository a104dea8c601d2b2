/**
 * Brings a phone number as people type it to E.164, or null when it is none.
 *
 * A number with `+` or `00` keeps its country. Without one, the habits of the CIS apply: `8` or `7` before ten digits and
 * bare ten digits starting with 9 are Russian or Kazakh (`+7`). More than ten digits are read as written with their
 * country code; anything shorter is refused, not guessed.
 */
export function toE164(input: string): string | null {
	const typed = input.trim();
	if (!/^[+\d][\d\s().\-\u00a0]*$/.test(typed)) return null;
	const digits = typed.replace(/\D/g, '');
	if (typed.startsWith('+')) return inRange(digits);
	if (digits.startsWith('00')) return inRange(digits.slice(2));
	if (/^[78]\d{10}$/.test(digits)) return `+7${digits.slice(1)}`;
	if (/^9\d{9}$/.test(digits)) return `+7${digits}`;
	return digits.length > 10 ? inRange(digits) : null;
}

function inRange(digits: string): string | null {
	return /^[1-9]\d{6,14}$/.test(digits) ? `+${digits}` : null;
}
