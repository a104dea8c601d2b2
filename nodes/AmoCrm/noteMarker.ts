/**
 * Makes sure that a note tells which payment it is about: a repeated attempt looks for it (providers/amocrm.md §5
 * "Notes are not idempotent").
 */
export function withMarker(text: string, marker: string): string {
	return hasMarker(text, marker) ? text : `${text.trimEnd()}\nPayment ID: ${marker}`;
}

/** Whether a note is about this payment. The note of a refund names the payment too, but is not about it. */
export function hasMarker(text: string, marker: string): boolean {
	if (!containsWord(text, marker)) return false;
	return marker.startsWith('refund:') || !containsWord(text, `refund:${marker}`);
}

function containsWord(text: string, word: string): boolean {
	const escaped = word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
	return new RegExp(`(?<![\\p{L}\\p{N}_:-])${escaped}(?![\\p{L}\\p{N}_-])`, 'u').test(text);
}
