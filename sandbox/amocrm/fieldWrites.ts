import type { Account, CustomField, EntityKind, FieldType } from './account';
import type { StoredValue } from './entities';
import type { JsonObject } from './json';
import { objectList } from './json';
import type { Violations } from './problem';

/** What a request does to custom fields, by field id; null empties the field. */
export type FieldWrites = ReadonlyMap<number, readonly StoredValue[] | null>;

/** Reads one element of `values`; null is an empty one. */
type ValueReader = (element: JsonObject, violations: Violations, field: CustomField) => StoredValue | null;

const SEVERAL_VALUES: readonly FieldType[] = ['multiselect', 'multitext'];

const READERS: Readonly<Record<FieldType, ValueReader>> = {
	text: readText,
	textarea: readText,
	url: readText,
	streetaddress: readText,
	price: readText,
	monetary: readText,
	tracking_data: readText,
	numeric: readNumber,
	checkbox: readFlag,
	select: readChoice,
	radiobutton: readChoice,
	multiselect: readChoice,
	multitext: readLabelledText,
	date: readMoment,
	birthday: readMoment,
	date_time: readMoment,
};

/**
 * Reads `custom_fields_values` of a create or update (providers/amocrm.md §7). Fields belong to one entity type; an
 * unknown field or choice is a violation of the element.
 */
export function readFieldWrites(
	source: JsonObject,
	entity: EntityKind,
	account: Account,
	violations: Violations,
): FieldWrites {
	const writes = new Map<number, readonly StoredValue[] | null>();
	const entries = objectList(source.custom_fields_values, 'custom_fields_values', violations) ?? [];
	for (const [index, entry] of entries.entries()) {
		const inside = violations.under(`custom_fields_values.${index}`);
		const field = readField(entry, account.fieldsOf(entity), inside);
		if (field) writes.set(field.id, readValues(entry, field, inside));
	}
	return writes;
}

function readField(
	entry: JsonObject,
	fields: readonly CustomField[],
	violations: Violations,
): CustomField | undefined {
	const { field_id: id, field_code: code } = entry;
	const hasId = typeof id === 'number';
	if (!hasId && typeof code !== 'string') {
		violations.missing('field_id');
		return undefined;
	}
	const field = fields.find((one) => (hasId ? one.id === id : one.code === code));
	if (!field) violations.notSupported(hasId ? 'field_id' : 'field_code');
	return field;
}

function readValues(entry: JsonObject, field: CustomField, violations: Violations): readonly StoredValue[] | null {
	if (entry.values === undefined) {
		violations.missing('values');
		return null;
	}
	const elements = objectList(entry.values, 'values', violations) ?? [];
	if (elements.length > 1 && !SEVERAL_VALUES.includes(field.type)) violations.tooMany('values', 1);
	const values = elements
		.map((element, index) => READERS[field.type](element, violations.under(`values.${index}`), field))
		.filter((value) => value !== null);
	return values.length > 0 ? values : null;
}

function readText({ value }: JsonObject, violations: Violations): StoredValue | null {
	if (value === null || value === '') return null;
	if (typeof value === 'string') return { value };
	violations.wrongType('value', 'string');
	return null;
}

function readNumber({ value }: JsonObject, violations: Violations): StoredValue | null {
	// JSON turns NaN into null, and null empties the field without a word.
	if (value === null || value === '') return null;
	if (typeof value === 'number') return { value };
	if (typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value)) return { value: Number(value) };
	violations.wrongType('value', 'numeric');
	return null;
}

function readFlag({ value }: JsonObject, violations: Violations): StoredValue | null {
	if (typeof value === 'boolean') return { value };
	violations.wrongType('value', 'bool');
	return null;
}

const RFC_3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;

function readMoment({ value }: JsonObject, violations: Violations): StoredValue | null {
	if (value === null || value === '') return null;
	if (typeof value === 'number' && Number.isSafeInteger(value)) return { value };
	const milliseconds = typeof value === 'string' && RFC_3339.test(value) ? Date.parse(value) : Number.NaN;
	if (!Number.isNaN(milliseconds)) return { value: Math.floor(milliseconds / 1000) };
	violations.wrongType('value', 'timestamp or RFC 3339 date');
	return null;
}

function readChoice(element: JsonObject, violations: Violations, { enums }: CustomField): StoredValue | null {
	const { enum_id: id, enum_code: code, value } = element;
	const [key, chosen] =
		typeof id === 'number'
			? (['enum_id', enums?.find((choice) => choice.id === id)] as const)
			: typeof code === 'string'
				? (['enum_code', enums?.find((choice) => choice.code === code)] as const)
				: (['value', enums?.find((choice) => choice.value === value)] as const);
	if (chosen) return { value: chosen.value, enumId: chosen.id };
	violations.notSupported(key);
	return null;
}

/** A phone number or an address with its kind; without one it is the first kind. */
function readLabelledText(element: JsonObject, violations: Violations, field: CustomField): StoredValue | null {
	const text = readText(element, violations);
	if (!text) return null;
	const { enum_id: id, enum_code: code } = element;
	const hasKind = typeof id === 'number' || typeof code === 'string';
	const kind = hasKind
		? readChoice({ enum_id: id, enum_code: code }, violations, field)
		: { enumId: field.enums?.[0]?.id };
	return kind && { ...text, enumId: kind.enumId };
}

/** How many custom field values an element carries, filled or not. */
export function countFieldWrites({ custom_fields_values: given }: JsonObject): number {
	return Array.isArray(given) ? given.length : 0;
}
