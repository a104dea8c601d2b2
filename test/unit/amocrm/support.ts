import { readContact, readLead, type Contact, type FieldDefinition, type Lead } from '../../../nodes/AmoCrm/entities';

export function contact(row: object): Contact {
	const read = readContact({ id: 1, ...row });
	if (!read) throw new Error('Not a contact');
	return read;
}

export function lead(row: object): Lead {
	const read = readLead({ id: 1, pipeline_id: 7, status_id: 777, ...row });
	if (!read) throw new Error('Not a lead');
	return read;
}

export const phone = (...values: string[]) => ({
	field_id: 1,
	field_code: 'PHONE',
	values: values.map((value) => ({ value, enum_id: 5, enum_code: 'WORK' })),
});

export const email = (value: string) => ({ field_id: 2, field_code: 'EMAIL', values: [{ value, enum_code: 'WORK' }] });

export const telegram = (value: unknown) => ({ field_id: 3, field_name: 'Telegram ID', values: [{ value }] });

export function field(type: string, change: Partial<FieldDefinition> = {}): FieldDefinition {
	return { id: 101, name: 'Field', code: null, type, enums: [], ...change };
}

export const SUBJECTS = field('multiselect', {
	id: 105,
	name: 'Subjects',
	enums: [
		{ id: 1051, value: 'Maths' },
		{ id: 1052, value: 'Physics, applied' },
		{ id: 1053, value: 'Biology' },
	],
});
