import { fieldSetting } from '../api/catalogs';
import { writeRows } from '../api/writeRows';
import { missingFields } from '../chooseContact';
import { FieldDraft, type FieldEntry } from '../fieldDraft';
import { telegramInputs } from '../newContact';
import type { AmoClient } from '../shared/client';
import { quotedName } from './names';
import type { Case } from './registration';

/**
 * Call E: Telegram id and username, where the contact has none (PA4). Never overwrites. The payment stands by now, so
 * that a failure here is no more than a warning; the next payment tries again.
 */
export async function fillContacts(client: AmoClient, cases: readonly Case[]): Promise<void> {
	const byContact = new Map(cases.filter(isIncomplete).map((one) => [one.contact?.id ?? '', one]));
	const incomplete = [...byContact.values()];
	if (incomplete.length === 0) return;
	await fill(client, incomplete).catch((error: Error) => {
		incomplete.forEach((one) => one.warnings.push(`The contact was not completed: ${error.message}`));
	});
}

async function fill(client: AmoClient, incomplete: readonly Case[]): Promise<void> {
	const refs = incomplete.flatMap(({ registration }) => Object.values({ ...registration.telegramFields }));
	const setting = await fieldSetting(client, 'contacts', refs);
	const rows: Array<{ one: Case; entries: FieldEntry[] }> = [];
	for (const one of incomplete) {
		const { customer, telegramFields } = one.registration;
		const draft = new FieldDraft(one.contact?.fields ?? [], setting);
		telegramInputs(customer, telegramFields, 'fillEmpty').forEach((input) => draft.apply(input));
		one.warnings.push(...draft.warnings);
		if (draft.entries().length > 0) rows.push({ one, entries: draft.entries() });
	}
	const outcomes = await writeRows(client, {
		method: 'PATCH',
		path: 'contacts',
		collection: 'contacts',
		bodies: rows.map(({ one, entries }) => ({ id: Number(one.contact?.id), custom_fields_values: entries })),
		nameOf: quotedName(setting.definitions),
	});
	rows.forEach(({ one }, at) => {
		const outcome = outcomes[at];
		if (!outcome) return;
		one.warnings.push(...outcome.warnings);
		if (outcome.status !== 'saved') one.warnings.push(`The contact was not completed: ${outcome.error.message}`);
	});
}

function isIncomplete({ contact, saved, registration }: Case): boolean {
	if (!contact || !saved) return false;
	const missing = missingFields(contact, registration.customer, registration.telegramFields);
	return missing.includes('telegramId') || missing.includes('telegramUsername');
}
