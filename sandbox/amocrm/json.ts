import type { Violations } from './problem';

export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A whole number under `key`; absent and null are undefined, anything else is a violation. */
export function integerOf(source: JsonObject, key: string, violations: Violations): number | undefined {
	const value = source[key];
	if (value === undefined || value === null) return undefined;
	if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
	violations.wrongType(key, 'int');
	return undefined;
}

/** Text under `key`; absent and null are undefined, anything else is a violation. */
export function stringOf(source: JsonObject, key: string, violations: Violations): string | undefined {
	const value = source[key];
	if (value === undefined || value === null) return undefined;
	if (typeof value === 'string') return value;
	violations.wrongType(key, 'string');
	return undefined;
}

/** A list under `_embedded.<name>`; absent is undefined, anything else is a violation. */
export function embeddedListOf(source: JsonObject, name: string, violations: Violations): JsonObject[] | undefined {
	const embedded = source._embedded;
	const list = isObject(embedded) ? embedded[name] : undefined;
	return objectList(list, `_embedded.${name}`, violations);
}

/** A list of objects; absent and null are undefined, anything else is a violation at `path`. */
export function objectList(list: unknown, path: string, violations: Violations): JsonObject[] | undefined {
	if (list === undefined || list === null) return undefined;
	if (Array.isArray(list) && list.every(isObject)) return list;
	violations.wrongType(path, 'array');
	return undefined;
}
