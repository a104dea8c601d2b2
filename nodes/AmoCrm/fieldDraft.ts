import { minorToText, storedToMinor } from './decimal';
import type { FieldDefinition, StoredField, StoredValue } from './entities';
import { encodeValue, isMultiple, isNothing, unite, type WrittenValue } from './fieldValues';
import { findDefinition, type FieldRef } from './storedFields';

/**
 * What to do with a field: `set` writes the value and unites it with what a field of several values holds; `replace`
 * lets go of those; `add` adds to a number; `fillEmpty` writes only where nothing stands.
 */
export type FieldAction = 'set' | 'add' | 'fillEmpty' | 'replace';

export interface FieldInput {
	field: FieldRef;
	action: FieldAction;
	value: unknown;
}

/** An element of `custom_fields_values` on its way to amoCRM. */
export interface FieldEntry {
	field_id: number;
	values: WrittenValue[];
}

/** The account's fields of one entity type, and the zone its dates are in. */
export interface FieldSetting {
	definitions: readonly FieldDefinition[];
	zone: string;
}

/**
 * The custom fields of one contact or lead while they are being changed: several payments may touch the same field,
 * and each has to see what the one before it has written. What cannot be written is left out and reported.
 */
export class FieldDraft {
	readonly warnings: string[] = [];
	/** A field or choice is not in the lists; newer lists may have it. */
	hasUnknown = false;
	private readonly written = new Map<number, WrittenValue[]>();

	constructor(
		private readonly stored: readonly StoredField[],
		private readonly setting: FieldSetting,
	) {}

	/** @returns whether anything is written to the field */
	apply({ field: ref, action, value }: FieldInput): boolean {
		if (ref.trim() === '' || isNothing(value)) return false;
		const field = this.find(ref);
		if (!field || (action === 'fillEmpty' && this.current(field).length > 0)) return false;
		if (action === 'add') return this.addTo(field, value);
		return this.write(field, value, action === 'replace');
	}

	/** Everything that has changed, ready to be sent. */
	entries(): FieldEntry[] {
		return [...this.written].map(([field_id, values]) => ({ field_id, values }));
	}

	private addTo(field: FieldDefinition, value: unknown): boolean {
		const held = this.current(field)[0]?.value;
		const before = storedToMinor(held);
		const added = storedToMinor(value);
		if (before === null) return this.leaveOut(field, `it holds "${String(held)}", which is no number`);
		if (added === null) return this.leaveOut(field, `"${String(value)}" is no number to add`);
		const after = before + added;
		if (after < 0) this.warnings.push(`Field "${field.name}" went below zero: ${minorToText(after)}`);
		return this.write(field, minorToText(after), true);
	}

	private write(field: FieldDefinition, value: unknown, replaces: boolean): boolean {
		const { values, problem } = encodeValue(field, value, this.setting.zone);
		if (problem !== undefined) {
			this.hasUnknown ||= field.enums.length > 0;
			if (values.length === 0) return this.leaveOut(field, `it ${problem}`);
			this.warnings.push(`Field "${field.name}" ${problem}; the rest was written`);
		}
		this.written.set(field.id, isMultiple(field) && !replaces ? unite(field, this.current(field), values) : values);
		return true;
	}

	private find(ref: FieldRef): FieldDefinition | null {
		const field = findDefinition(this.setting.definitions, ref);
		if (!field) {
			this.hasUnknown = true;
			this.warnings.push(`Field "${ref.trim()}" was left out: the account has no such field`);
		}
		return field;
	}

	private current({ id }: FieldDefinition): StoredValue[] {
		const values = this.written.get(id) as StoredValue[] | undefined;
		return values ?? this.stored.find(({ field_id }) => field_id === id)?.values ?? [];
	}

	private leaveOut(field: FieldDefinition, reason: string): false {
		this.warnings.push(`Field "${field.name}" was left out: ${reason}`);
		return false;
	}
}

/** Whether all these entries stand in the stored fields already: after a write nobody knows the outcome of. */
export function isWritten(entries: readonly FieldEntry[], stored: readonly StoredField[]): boolean {
	return entries.every(({ field_id, values }) => {
		const found = stored.find((field) => field.field_id === field_id)?.values ?? [];
		return found.length === values.length && values.every((value) => found.some((one) => isSameValue(value, one)));
	});
}

function isSameValue(written: WrittenValue, stored: StoredValue): boolean {
	if (written.value === undefined) return written.enum_id === stored.enum_id;
	const one = String(written.value).trim();
	const other = String(stored.value ?? '').trim();
	const minor = storedToMinor(one);
	return one === other || (minor !== null && one !== '' && other !== '' && minor === storedToMinor(other));
}
