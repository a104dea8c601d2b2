import type { FieldDefinition } from '../entities';

/** What to call a field in a warning: its name, or whatever amoCRM was told. */
export function quotedName(definitions: readonly FieldDefinition[]): (fieldId: unknown) => string {
	return (fieldId) => `"${definitions.find(({ id }) => id === fieldId)?.name ?? String(fieldId)}"`;
}
