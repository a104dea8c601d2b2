/** A request as PHP sees it: text leaves, nested by the brackets in the field names. Objects have no prototype. */
export type PhpValue = string | PhpValue[] | PhpTree;
export interface PhpTree {
	[key: string]: PhpValue;
}

/** PHP's `max_input_vars` and `max_input_nesting_level`: what lies beyond is dropped on arrival. */
const MAX_FIELDS = 1000;
const MAX_DEPTH = 64;

/**
 * Builds the tree PHP would put into `$_REQUEST`: `products[0][name]` nests, `a[]` appends, a repeated name keeps the
 * last value, and dots and spaces before the first bracket become underscores. A level whose keys are 0..n-1 is an array.
 */
export function toTree(pairs: Iterable<readonly [string, string]>): PhpTree {
	const root = emptyTree();
	let count = 0;
	for (const [name, value] of pairs) {
		const path = fieldPath(name);
		if (!path || path.length > MAX_DEPTH) continue;
		count += 1;
		if (count > MAX_FIELDS) break;
		assign(root, path, value);
	}
	return mapValues(root, listsAsArrays);
}

/** Reads a query string or an `application/x-www-form-urlencoded` body. */
export function parseUrlencoded(text: string): PhpTree {
	return toTree(new URLSearchParams(text));
}

/** The inverse of {@link toTree}: `[name with brackets, value]` in the order of the tree. */
export function toPairs(tree: PhpTree): Array<[string, string]> {
	return Object.entries(tree).flatMap(([key, value]) => pairsOf(key, value));
}

/** The value of a field when it is text, otherwise an empty string. */
export function textOf(tree: PhpTree, key: string): string {
	const value = tree[key];
	return typeof value === 'string' ? value : '';
}

/** A tree without prototype, so that `__proto__` is a key like any other. */
export function emptyTree(): PhpTree {
	return Object.create(null) as PhpTree;
}

function pairsOf(name: string, value: PhpValue): Array<[string, string]> {
	if (typeof value === 'string') return [[name, value]];
	return Object.entries(value).flatMap(([key, child]) => pairsOf(`${name}[${key}]`, child));
}

function fieldPath(name: string): string[] | null {
	const trimmed = name.replace(/^ +/, '');
	const bracket = trimmed.indexOf('[');
	const base = (bracket < 0 ? trimmed : trimmed.slice(0, bracket)).replace(/[ .]/g, '_');
	if (base === '') return null;
	const path = [base];
	if (bracket >= 0) for (const match of trimmed.slice(bracket).matchAll(/\[([^\]]*)\]/g)) path.push(match[1] ?? '');
	return path;
}

function assign(root: PhpTree, path: readonly string[], value: string): void {
	let level = root;
	path.forEach((part, index) => {
		const key = part === '' ? nextIndex(level) : part;
		if (index === path.length - 1) {
			level[key] = value;
			return;
		}
		const child = level[key];
		const next = typeof child === 'object' && !Array.isArray(child) ? child : emptyTree();
		level[key] = next;
		level = next;
	});
}

function nextIndex(level: PhpTree): string {
	const indexes = Object.keys(level).filter(isIndex).map(Number);
	return String(indexes.length === 0 ? 0 : Math.max(...indexes) + 1);
}

function listsAsArrays(value: PhpValue): PhpValue {
	if (typeof value === 'string') return value;
	const children = mapValues(value as PhpTree, listsAsArrays);
	return isListOf(Object.keys(children)) ? Object.values(children) : children;
}

function mapValues(tree: PhpTree, change: (value: PhpValue) => PhpValue): PhpTree {
	const result = emptyTree();
	for (const [key, value] of Object.entries(tree)) result[key] = change(value);
	return result;
}

/** Whether PHP turns the key into an integer. */
export function isIndex(key: string): boolean {
	return /^(0|-?[1-9]\d{0,17})$/.test(key);
}

/** Whether the keys, in any order, are exactly 0..n-1: PHP writes such an array as a JSON list once it is sorted. */
export function isListOf(keys: readonly string[]): boolean {
	const present = new Set(keys);
	return keys.every((_, index) => present.has(String(index)));
}
