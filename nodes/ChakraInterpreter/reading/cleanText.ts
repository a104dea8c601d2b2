/**
 * Text of a stranger made fit for every output: no control characters (XML forbids them), no marks that reverse the
 * reading direction, no halves of surrogate pairs, no runs of spaces.
 */
export function cleanText(text: string): string {
	return text
		.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\s]+/gu, ' ')
		.replace(/[\u202a-\u202e\u2066-\u2069\ufffe\uffff]|\p{Surrogate}/gu, '')
		.trim();
}

/** Cuts to at most `length` UTF-16 units, at a word where there is one, never inside a surrogate pair. */
export function shorten(text: string, length: number): string {
	if (text.length <= length) return text;
	const kept = takeUnits(text, length - 1);
	const lastSpace = kept.lastIndexOf(' ');
	return `${lastSpace > length / 2 ? kept.slice(0, lastSpace) : kept}…`;
}

/** The longest beginning of whole code points with at most `length` UTF-16 units. */
export function takeUnits(text: string, length: number): string {
	const splitsPair = /[\ud800-\udbff]/.test(text.charAt(length - 1));
	return text.slice(0, splitsPair ? length - 1 : length);
}

/** Sentences of a paragraph, each with its final mark and closing quotes; joined by a space they are the paragraph. */
export function splitSentences(text: string): string[] {
	return text.split(/(?<=[.!?…][»”"')]*)\s+/u);
}
