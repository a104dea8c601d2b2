import type { FieldDefinition, StoredField, StoredValue } from './entities';

/** How an ops person names a custom field: by id, by code or by name. */
export type FieldRef = string;

interface Named {
	id: number;
	code: string | null | undefined;
	name: string | null | undefined;
}

/** An id wins over a code and a code over a name; case and outer spaces do not count. */
export function findByRef<T>(rows: readonly T[], ref: FieldRef, named: (row: T) => Named): T | null {
	const wanted = ref.trim().toLowerCase();
	if (wanted === '') return null;
	const same = (value: unknown) => String(value ?? '').trim().toLowerCase() === wanted;
	return (
		rows.find((row) => same(named(row).id)) ??
		rows.find((row) => same(named(row).code)) ??
		rows.find((row) => same(named(row).name)) ??
		null
	);
}

/** The definition a reference means; null when the account has no such field. */
export function findDefinition(definitions: readonly FieldDefinition[], ref: FieldRef): FieldDefinition | null {
	return findByRef(definitions, ref, (field) => field);
}

/** What a contact or lead holds in a field; empty when it is not filled. Needs no list of fields. */
export function valuesOf(fields: readonly StoredField[], ref: FieldRef): StoredValue[] {
	const field = findByRef(fields, ref, ({ field_id, field_code, field_name }) => ({
		id: field_id,
		code: field_code,
		name: field_name,
	}));
	return field?.values ?? [];
}

/** The field's first value as text; empty when there is none. */
export function textOf(fields: readonly StoredField[], ref: FieldRef): string {
	const value = valuesOf(fields, ref)[0]?.value;
	return value === null || value === undefined ? '' : String(value).trim();
}

export function isFilled(fields: readonly StoredField[], ref: FieldRef): boolean {
	return valuesOf(fields, ref).some(({ value, enum_id }) => !isBlank(value) || (enum_id ?? null) !== null);
}

function isBlank(value: unknown): boolean {
	return value === null || value === undefined || (typeof value === 'string' && value.trim() === '');
}
