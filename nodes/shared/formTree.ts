/** A field tree as form-based providers send it: text at the leaves, lists and objects above them. */
export type FormLeaf = string | number | boolean | null;
export type FormValue = FormLeaf | FormValue[] | FormTree;
export interface FormTree {
	[key: string]: FormValue;
}

/** Keys that would reach the prototype of an object that copies the tree carelessly. */
const PROTOTYPE_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** A form that is larger or deeper than its reader accepts. */
export class FormLimitError extends Error {
	override readonly name = 'FormLimitError';
}

export interface FormLimits {
	/** Levels below the root. */
	maxDepth: number;
	/** Fields altogether, counted on every level of what came in. */
	maxKeys: number;
}

/**
 * Builds the tree behind flat bracket keys: `{'a[0][b]': '1'}` becomes `{a: [{b: '1'}]}`. Values that are trees already
 * (JSON bodies) are copied. The order of the fields does not matter: a level whose keys are 0..n-1 is a list.
 *
 * - `a[]` appends; a list under it (a repeated field) appends each element.
 * - A repeated field without `[]` keeps the list it was read as.
 * - A key with unbalanced brackets is an ordinary key.
 * - `__proto__`, `constructor` and `prototype` are dropped on every level.
 *
 * @throws FormLimitError beyond the limits
 */
export function expandForm(fields: object, limits: FormLimits): FormTree {
	const budget = { ...limits, keysLeft: limits.maxKeys };
	const root: Branch = new Map();
	for (const [key, value] of Object.entries(fields)) {
		const path = keyPath(key);
		if (path.length > limits.maxDepth) throw new FormLimitError(`Field nested deeper than ${limits.maxDepth} levels`);
		const isList = path.at(-1) === '' && Array.isArray(value);
		for (const element of isList ? (value as unknown[]) : [value]) {
			const node = readNode(element, path.length, budget);
			if (node !== undefined && !path.some((step) => PROTOTYPE_KEYS.has(step))) place(root, path, node);
		}
	}
	return toObject(root);
}

/**
 * The inverse of {@link expandForm} for sending: pairs of bracket key and text, in the order of the tree.
 * Nulls and empty lists or objects are left out: a form cannot carry them.
 *
 * @param toText how the provider writes a leaf; by default as JavaScript does (`true`, `1.5`)
 */
export function flattenForm(
	tree: FormTree,
	toText: (leaf: FormLeaf) => string = String,
): Array<[name: string, text: string]> {
	const flatten = (name: string, value: FormValue): Array<[string, string]> => {
		if (value === null) return [];
		if (typeof value !== 'object') return [[name, toText(value)]];
		return Object.entries(value).flatMap(([key, child]) => flatten(`${name}[${key}]`, child));
	};
	return Object.entries(tree).flatMap(([key, value]) => flatten(key, value));
}

/**
 * `application/x-www-form-urlencoded` text with every reserved character escaped (RFC 3986), for a query or a body.
 *
 * @throws RangeError for a lone surrogate, which has no UTF-8 form
 */
export function encodeForm(pairs: ReadonlyArray<readonly [string, string]>): string {
	return pairs.map(([name, text]) => `${escape3986(name)}=${escape3986(text)}`).join('&');
}

/** Whether the keys of a level are exactly 0..n-1 in any order, so that it is a list. */
export function isListOfKeys(keys: readonly string[]): boolean {
	const present = new Set(keys);
	return keys.every((_, index) => present.has(String(index)));
}

/** One level while it is built. A Map, because no key has a meaning of its own in it. */
type Branch = Map<string, Branch | FormLeaf>;
type Budget = FormLimits & { keysLeft: number };

function readNode(value: unknown, depth: number, budget: Budget): Branch | FormLeaf | undefined {
	budget.keysLeft -= 1;
	if (budget.keysLeft < 0) throw new FormLimitError(`More than ${budget.maxKeys} fields`);
	if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
		return value;
	}
	if (typeof value !== 'object') return undefined;
	const branch: Branch = new Map();
	for (const [key, child] of Object.entries(value)) {
		if (depth >= budget.maxDepth) throw new FormLimitError(`Field nested deeper than ${budget.maxDepth} levels`);
		if (PROTOTYPE_KEYS.has(key)) continue;
		const node = readNode(child, depth + 1, budget);
		if (node !== undefined) branch.set(key, node);
	}
	return branch;
}

function keyPath(key: string): [string, ...string[]] {
	const match = /^([^[\]]+)((?:\[[^[\]]*\])+)$/.exec(key);
	if (!match) return [key];
	return [match[1] ?? '', ...(match[2] ?? '').slice(1, -1).split('][')];
}

function place(root: Branch, [first, ...rest]: readonly [string, ...string[]], node: Branch | FormLeaf): void {
	let branch = root;
	let key = first;
	for (const step of rest) {
		const existing = branch.get(key);
		const child: Branch = existing instanceof Map ? existing : new Map();
		branch.set(key, child);
		branch = child;
		key = step === '' ? nextIndex(child) : step;
	}
	branch.set(key, node);
}

function nextIndex(branch: Branch): string {
	const indexes = [...branch.keys()].filter((key) => /^\d{1,9}$/.test(key)).map(Number);
	return String(Math.max(-1, ...indexes) + 1);
}

function toValue(node: Branch | FormLeaf): FormValue {
	if (!(node instanceof Map)) return node;
	if (!isListOfKeys([...node.keys()])) return toObject(node);
	return Array.from({ length: node.size }, (_, index) => toValue(node.get(String(index)) ?? null));
}

function toObject(branch: Branch): FormTree {
	return Object.fromEntries([...branch].map(([key, node]) => [key, toValue(node)]));
}

function escape3986(text: string): string {
	if (/\p{Surrogate}/u.test(text)) throw new RangeError('A lone surrogate has no UTF-8 form');
	return encodeURIComponent(text).replace(
		/[!'()*]/g,
		(character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
	);
}
