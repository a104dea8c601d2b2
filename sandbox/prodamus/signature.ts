import HmacSHA256 from 'crypto-js/hmac-sha256';
import { isIndex, isListOf } from './phpForm';

/** Data as a merchant's program holds it before it is cast to text. */
export type Signable = string | number | boolean | null | readonly Signable[] | { readonly [key: string]: Signable };

/**
 * HMAC-SHA256 over {@link canonicalJson}, hex (providers/prodamus.md §3). Written apart from the product's signature,
 * with another HMAC library, so that a mistake there does not go unnoticed here.
 */
export function signTree(tree: { readonly [key: string]: Signable }, secret: string): string {
	return HmacSHA256(canonicalJson(tree), secret).toString();
}

/** The exact text that is signed: sorted on every level, without spaces and without the top-level `signature`. */
export function canonicalJson(tree: { readonly [key: string]: Signable }): string {
	return write(Object.fromEntries(Object.entries(tree).filter(([key]) => key !== 'signature')));
}

function write(value: Signable): string {
	if (value === null || typeof value !== 'object') return quote(cast(value));
	const keys = Object.keys(value).sort(compareKeys);
	const members = new Map(Object.entries(value as { readonly [key: string]: Signable }));
	const written = keys.map((key) => [key, write(members.get(key) ?? null)] as const);
	if (isListOf(keys)) return `[${written.map(([, text]) => text).join(',')}]`;
	return `{${written.map(([key, text]) => `${quote(key)}:${text}`).join(',')}}`;
}

/** PHP's cast to string. */
function cast(leaf: string | number | boolean | null): string {
	if (leaf === true) return '1';
	if (leaf === false || leaf === null) return '';
	return String(leaf);
}

/** PHP's `ksort`: integers by value, everything else by the bytes of UTF-8. */
function compareKeys(left: string, right: string): number {
	if (isIndex(left) && isIndex(right)) return Number(left) - Number(right);
	return Buffer.compare(Buffer.from(left), Buffer.from(right));
}

const SHORT_ESCAPES: Readonly<Record<string, string>> = {
	'"': '\\"', '\\': '\\\\', '/': '\\/', '\b': '\\b', '\f': '\\f', '\n': '\\n', '\r': '\\r', '\t': '\\t',
};

/** PHP's `json_encode` of a string with `JSON_UNESCAPED_UNICODE`. */
function quote(text: string): string {
	let quoted = '';
	for (const character of text) {
		const code = character.charCodeAt(0);
		const isEscaped = code < 0x20 || code === 0x2028 || code === 0x2029;
		const long = isEscaped ? `\\u${code.toString(16).padStart(4, '0')}` : character;
		quoted += SHORT_ESCAPES[character] ?? long;
	}
	return `"${quoted}"`;
}
