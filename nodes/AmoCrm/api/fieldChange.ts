import type { StoredField } from '../entities';
import { FieldDraft, type FieldInput, type FieldSetting } from '../fieldDraft';
import type { AmoClient } from '../shared/client';
import type { FieldRef } from '../storedFields';
import { fieldSetting, forgetFields, type EntityType } from './catalogs';

/**
 * Builds something out of the account's fields, and once more with newer lists if something is not in those at hand.
 */
export async function buildWithFields<T extends { hasUnknown: boolean }>(
	client: AmoClient,
	entity: EntityType,
	refs: readonly FieldRef[],
	build: (setting: FieldSetting) => T,
): Promise<T> {
	const built = build(await fieldSetting(client, entity, refs));
	if (!built.hasUnknown || !forgetFields(client, entity)) return built;
	return build(await fieldSetting(client, entity, refs));
}

/** A mapping applied to what stands there. */
export async function applyInputs(
	client: AmoClient,
	entity: EntityType,
	stored: readonly StoredField[],
	inputs: readonly FieldInput[],
): Promise<{ draft: FieldDraft; written: FieldInput[] }> {
	const refs = inputs.map(({ field }) => field);
	return await buildWithFields(client, entity, refs, (setting) => {
		const draft = new FieldDraft(stored, setting);
		const written = inputs.filter((input) => draft.apply(input));
		return { draft, written, hasUnknown: draft.hasUnknown };
	});
}
