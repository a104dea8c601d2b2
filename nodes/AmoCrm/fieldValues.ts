import type { FieldDefinition, StoredValue } from './entities';
import { toUnixSeconds } from './zonedTime';

/** One value on its way to amoCRM. */
export type WrittenValue = Record<string, unknown>;

/** A value that does not fit its field is left out and reported, so that it sinks nothing else (PA11). */
export interface Encoded {
	values: WrittenValue[];
	/** Why the value, or a part of it, cannot be written; follows the name of the field. */
	problem?: string;
}

const SINGLE_CHOICE: ReadonlySet<string> = new Set(['select', 'radiobutton', 'category']);
const TEXTS: ReadonlySet<string> = new Set(['text', 'textarea', 'url', 'streetaddress', 'tracking_data']);
const DATES: Readonly<Record<string, 'day' | 'second'>> = { date: 'day', birthday: 'day', date_time: 'second' };
const YES: ReadonlySet<string> = new Set(['true', '1', 'yes', 'да']);
const NO: ReadonlySet<string> = new Set(['false', '0', 'no', 'нет']);

/** Fields that hold several values, which are united and not replaced. */
export function isMultiple({ type }: FieldDefinition): boolean {
	return type === 'multiselect' || type === 'multitext';
}

/** Nothing to write. An empty value never erases what a field holds. */
export function isNothing(value: unknown): boolean {
	if (value === null || value === undefined) return true;
	if (typeof value === 'string') return value.trim() === '';
	if (typeof value === 'number') return Number.isNaN(value);
	return Array.isArray(value) && value.every(isNothing);
}

/**
 * A value in the form its field's type asks for (providers/amocrm.md §7).
 *
 * @param value text, number or boolean; for several choices a list, or text with commas or line breaks between them
 * @param zone of the account, for dates
 */
export function encodeValue(field: FieldDefinition, value: unknown, zone: string): Encoded {
	if (field.type === 'multiselect') return encodeChoices(field, value);
	if (field.type === 'multitext') {
		return { values: listItems(value).map((text) => ({ value: text, enum_code: 'WORK' })) };
	}
	if (SINGLE_CHOICE.has(field.type)) {
		const choice = findChoice(field, value);
		return choice ? { values: [{ enum_id: choice.id }] } : refused(`has no choice "${plain(value)}"`);
	}
	if (TEXTS.has(field.type)) return { values: [{ value: plain(value) }] };
	if (field.type === 'numeric' || field.type === 'monetary' || field.type === 'price') return encodeNumber(value);
	if (field.type === 'checkbox') return encodeBoolean(value);
	const precision = DATES[field.type];
	if (precision) return encodeDate(value, precision, zone);
	return encodeStructure(value);
}

/** What a field of several values holds and what is to be added, each once. */
export function unite(
	field: FieldDefinition,
	stored: readonly StoredValue[],
	added: readonly WrittenValue[],
): WrittenValue[] {
	const kept = stored.map((value) => rewrite(field, value));
	const known = new Set(kept.map((value) => identity(field, value)));
	const missing = added.filter((value) => !known.has(identity(field, value)));
	return [...kept, ...missing];
}

function rewrite(field: FieldDefinition, { value, enum_id, enum_code, enum: oldCode }: StoredValue): WrittenValue {
	if (field.type === 'multiselect') return enum_id ? { enum_id } : { value };
	const code = enum_code ?? oldCode;
	return { value, ...(code ? { enum_code: code } : enum_id ? { enum_id } : {}) };
}

function identity(field: FieldDefinition, { enum_id, value }: WrittenValue): string {
	if (field.type === 'multiselect') {
		const id = enum_id ?? field.enums.find((choice) => sameText(choice.value, String(value)))?.id;
		return id === undefined ? `text ${String(value)}` : `choice ${String(id)}`;
	}
	const text = String(value).trim().toLowerCase();
	const digits = text.replace(/\D/g, '');
	return field.code === 'PHONE' && digits.length >= 10 ? digits.slice(-10) : text;
}

function encodeChoices(field: FieldDefinition, value: unknown): Encoded {
	const whole = findChoice(field, value);
	const wanted = whole ? [whole.value] : listItems(value);
	const choices = wanted.map((item) => ({ item, choice: findChoice(field, item) }));
	const unknown = choices.filter(({ choice }) => choice === null).map(({ item }) => `"${item}"`);
	const ids = new Set(choices.flatMap(({ choice }) => (choice ? [choice.id] : [])));
	const values = [...ids].map((id) => ({ enum_id: id }));
	return unknown.length > 0 ? { values, problem: `has no choice ${unknown.join(', ')}` } : { values };
}

/** By id or by label. */
function findChoice({ enums }: FieldDefinition, value: unknown): { id: number; value: string } | null {
	const wanted = plain(value);
	return enums.find((choice) => sameText(choice.value, wanted)) ?? enums.find(({ id }) => String(id) === wanted) ?? null;
}

function encodeNumber(value: unknown): Encoded {
	const text = plain(value)
		.replace(/[\s\u00a0\u202f]/g, '')
		.replace(',', '.');
	if (/^-?\d+(?:\.\d+)?$/.test(text)) return { values: [{ value: text }] };
	return refused(`takes a number, not "${plain(value)}"`);
}

function encodeBoolean(value: unknown): Encoded {
	const word = plain(value).toLowerCase();
	if (YES.has(word)) return { values: [{ value: true }] };
	return NO.has(word) ? { values: [{ value: false }] } : refused(`takes true or false, not "${plain(value)}"`);
}

function encodeDate(value: unknown, precision: 'day' | 'second', zone: string): Encoded {
	const seconds = toUnixSeconds(plain(value), precision, zone);
	return seconds === null ? refused(`takes a date, not "${plain(value)}"`) : { values: [{ value: seconds }] };
}

function refused(problem: string): Encoded {
	return { values: [], problem };
}

/** Addresses, legal entities, catalogue elements: taken as they are given, as JSON. */
function encodeStructure(value: unknown): Encoded {
	const given = typeof value === 'string' ? parseJson(value) : value;
	if (Array.isArray(given)) return { values: given.filter(isObject) };
	return { values: [{ value: given }] };
}

function parseJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return text;
	}
}

function isObject(value: unknown): value is WrittenValue {
	return typeof value === 'object' && value !== null;
}

function listItems(value: unknown): string[] {
	const items = Array.isArray(value) ? value.map(plain) : plain(value).split(/[,;\n]/);
	return items.map((item) => item.trim()).filter((item) => item !== '');
}

function plain(value: unknown): string {
	if (Array.isArray(value)) return value.map(plain).join(', ');
	if (typeof value !== 'object' || value === null) return String(value ?? '').trim();
	// A date of an expression becomes its ISO text.
	const json: unknown = JSON.parse(JSON.stringify(value));
	return typeof json === 'string' ? json : JSON.stringify(json);
}

function sameText(one: string, other: string): boolean {
	return one.trim().toLowerCase() === other.trim().toLowerCase();
}
