/**
 * Makes text fit for PostgreSQL's `jsonb`, which refuses the zero byte and half surrogate pairs: the former are dropped, the
 * latter become U+FFFD. Goes through lists and objects, keys included. A provider may pass on whatever a buyer typed, and an
 * event that cannot be stored would be sent again for ever.
 */
export function storable<T>(value: T): T {
	return convert(value) as T;
}

function convert(value: unknown): unknown {
	if (typeof value === 'string') return cleanText(value);
	if (Array.isArray(value)) return value.map(convert);
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(Object.entries(value).map(([key, entry]) => [cleanText(key), convert(entry)]));
}

function cleanText(text: string): string {
	return text.replaceAll('\u0000', '').replace(LONE_SURROGATES, '\uFFFD');
}

const LONE_SURROGATES = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g;
