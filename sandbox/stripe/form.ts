import { ParameterError } from './apiError';

/** A form as nested by its brackets; a level with the keys 0..n-1 is a list. Objects have no prototype. */
export type FormValue = string | FormValue[] | FormTree;
export interface FormTree {
	[key: string]: FormValue;
}

export interface Form {
	/** As sent, in order. */
	readonly pairs: ReadonlyArray<readonly [string, string]>;
	readonly tree: FormTree;
}

const MAX_DEPTH = 10;

/**
 * Reads a query or a form body: `line_items[0][price]=…`. An index may be left out only at the end (`expand[]=…`).
 *
 * @throws ParameterError for names that do not nest, and for empty values outside of metadata
 */
export function parseForm(text: string): Form {
	const pairs = [...new URLSearchParams(text)];
	const root = emptyTree();
	for (const [name, value] of pairs) {
		const path = pathOf(name);
		if (value === '' && !path.includes('metadata')) {
			throw new ParameterError(
				`You passed an empty string for '${name}'. We assume empty values are an attempt to unset a parameter; ` +
					`however '${name}' cannot be unset. You should remove '${name}' from your request or supply a value.`,
				name,
				'parameter_invalid_empty',
			);
		}
		assign(root, path, value, name);
	}
	return { pairs, tree: mapValues(root, withLists) };
}

/** The name of a parameter as it is sent. */
export function nameOf(path: ReadonlyArray<string | number>): string {
	return path.map((part, index) => (index === 0 ? part : `[${part}]`)).join('');
}

function pathOf(name: string): string[] {
	const [, base, brackets] = /^([^[\]]+)((?:\[[^[\]]*\])*)$/.exec(name) ?? [];
	if (base === undefined) throw new ParameterError(`Invalid request: cannot read the parameter name ${name}`, name);
	const path = [base, ...[...(brackets ?? '').matchAll(/\[([^[\]]*)\]/g)].map((match) => match[1] ?? '')];
	if (path.length > MAX_DEPTH) throw new ParameterError('Invalid request: nested too deeply', name);
	if (path.slice(0, -1).includes('')) {
		throw new ParameterError(`Invalid request: ${name} needs an explicit list index, e.g. line_items[0][price]`, name);
	}
	return path;
}

function assign(root: FormTree, path: readonly string[], value: string, name: string): void {
	let level = root;
	for (const part of path.slice(0, -1)) {
		const child = (level[part] ??= emptyTree());
		if (typeof child === 'string' || Array.isArray(child)) throw new ParameterError(`Invalid object: ${name}`, name);
		level = child;
	}
	const last = path.at(-1) ?? '';
	const key = last === '' ? String(Object.keys(level).length) : last;
	if (typeof level[key] === 'object') throw new ParameterError(`Invalid string: ${name}`, name);
	level[key] = value;
}

function withLists(value: FormValue): FormValue {
	if (typeof value === 'string' || Array.isArray(value)) return value;
	const children = mapValues(value, withLists);
	const keys = Object.keys(children);
	const isList = keys.length > 0 && keys.every((_, index) => String(index) in children);
	return isList ? keys.map((_, index) => children[String(index)] ?? '') : children;
}

function mapValues(tree: FormTree, change: (value: FormValue) => FormValue): FormTree {
	const result = emptyTree();
	for (const [key, value] of Object.entries(tree)) result[key] = change(value);
	return result;
}

function emptyTree(): FormTree {
	return Object.create(null) as FormTree;
}
