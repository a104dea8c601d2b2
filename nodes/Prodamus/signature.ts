import { createHmac } from 'node:crypto';

import { isListOfKeys, type FormLeaf } from '../shared/formTree';
import { secureCompare } from '../shared/secureCompare';
import { phpText } from './phpText';

/** Bounds of what is worth checking; a genuine notification stays far below them. */
const MAX_DEPTH = 32;
const MAX_NODES = 10_000;
const MAX_CHARACTERS = 1_048_576;

/**
 * Signs links, REST calls and notifications: HMAC-SHA256 of {@link canonicalJson}, lower-case hex
 * (providers/prodamus.md §3).
 *
 * @param data all fields as a tree, without the signature itself
 * @throws RangeError for an empty secret and for data that cannot be signed, see {@link canonicalJson}
 */
export function sign(data: object, secret: string): string {
	if (secret === '') throw new RangeError('An empty secret signs nothing');
	return createHmac('sha256', secret).update(canonicalJson(data), 'utf8').digest('hex');
}

/**
 * Whether a signature belongs to the data, in any letter case and compared in constant time. Made for hostile input:
 * whatever cannot be signed is simply not valid, and nothing is thrown.
 */
export function verify(data: unknown, signature: unknown, secret: string): boolean {
	if (typeof signature !== 'string' || !/^[0-9a-f]{64}$/i.test(signature)) return false;
	if (typeof data !== 'object' || data === null) return false;
	try {
		return secureCompare(signature.toLowerCase(), sign(data, secret));
	} catch {
		return false;
	}
}

/**
 * The exact text PHP signs: every leaf cast to a string, keys sorted by `ksort` on every level, JSON without spaces,
 * unicode left raw, `/` escaped, U+2028 and U+2029 written as `\u2028` and `\u2029` (providers/prodamus.md §3).
 * An object whose keys are 0..n-1 is a list; fields that are undefined do not exist.
 *
 * @throws RangeError for data that PHP could not hold or would print differently (functions, dates, lone surrogates,
 * imprecise numbers), that is nested too deeply or that is too large
 */
export function canonicalJson(data: object): string {
	const size = { nodes: 0, characters: 0 };

	const quote = (text: string): string => {
		size.characters += text.length;
		if (size.characters > MAX_CHARACTERS) throw new RangeError('Too much text to sign');
		if (/\p{Surrogate}/u.test(text)) throw new RangeError('A lone surrogate has no UTF-8 form');
		return JSON.stringify(text).replace(/[/\u2028\u2029]/g, (character) => ESCAPES[character] ?? character);
	};

	const write = (value: unknown, depth: number): string => {
		size.nodes += 1;
		if (depth > MAX_DEPTH || size.nodes > MAX_NODES) throw new RangeError('Too large a tree to sign');
		if (isLeaf(value)) return quote(phpText(value));
		const entries = entriesOf(value);
		entries.sort(([left], [right]) => compareKeys(left, right));
		if (isListOfKeys(entries.map(([key]) => key))) {
			return `[${entries.map(([, child]) => write(child, depth + 1)).join(',')}]`;
		}
		return `{${entries.map(([key, child]) => `${quote(key)}:${write(child, depth + 1)}`).join(',')}}`;
	};

	return write(data, 0);
}

const ESCAPES: Readonly<Record<string, string>> = { '/': '\\/', '\u2028': '\\u2028', '\u2029': '\\u2029' };

function isLeaf(value: unknown): value is FormLeaf {
	return value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

function entriesOf(value: unknown): Array<[string, unknown]> {
	// By tag, because an object made by an n8n expression has another realm's prototype.
	const tag = Object.prototype.toString.call(value);
	if (tag !== '[object Object]' && tag !== '[object Array]') throw new RangeError(`PHP has no ${tag}`);
	return Object.entries(value as object).filter(([, child]) => child !== undefined);
}

/** PHP's `ksort`: integers by value, all other keys by their UTF-8 bytes. */
function compareKeys(left: string, right: string): number {
	if (isInteger(left) && isInteger(right)) {
		const [a, b] = [BigInt(left), BigInt(right)];
		return a < b ? -1 : Number(a > b);
	}
	// JavaScript's own order is that of the bytes, and cheap, unless one of the keys holds an emoji or the like.
	if (!SURROGATE.test(left) && !SURROGATE.test(right)) return left < right ? -1 : Number(left > right);
	return Buffer.compare(Buffer.from(left, 'utf8'), Buffer.from(right, 'utf8'));
}

const SURROGATE = /[\uD800-\uDFFF]/;

function isInteger(key: string): boolean {
	return /^(?:0|-?[1-9]\d{0,17})$/.test(key);
}
