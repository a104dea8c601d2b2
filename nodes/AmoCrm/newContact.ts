import { toE164 } from '../shared/phone';
import { displayName, identifiersOf, type Customer, type TelegramFields } from './customer';
import { FieldDraft, type FieldInput, type FieldSetting } from './fieldDraft';
import type { Body } from './repair';
import type { FieldRef } from './storedFields';

interface CustomerAndFields {
	customer: Customer;
	telegramFields: TelegramFields;
}

export interface NewContact {
	body: Body;
	warnings: string[];
	/** See `FieldDraft.hasUnknown`. */
	hasUnknown: boolean;
}

/** What the account keeps about a customer in Telegram. */
export function telegramInputs(customer: Customer, fields: TelegramFields, action: 'set' | 'fillEmpty'): FieldInput[] {
	return [
		{ field: fields.telegramId, action, value: customer.telegramId },
		{ field: fields.telegramUsername, action, value: customer.telegramUsername },
	];
}

/** The contact fields that are needed to write what is known of these customers. */
export function telegramRefs(wanted: readonly CustomerAndFields[]): FieldRef[] {
	return wanted.flatMap(({ customer, telegramFields }) =>
		telegramInputs(customer, telegramFields, 'set')
			.filter(({ value }) => value !== '')
			.map(({ field }) => field),
	);
}

/**
 * A new contact. Phone and email go by their codes, which are the same in every account (providers/amocrm.md §7).
 *
 * @param more further fields, written after the known ones
 */
export function contactBody(
	{ customer, telegramFields }: CustomerAndFields,
	setting: FieldSetting,
	more: readonly FieldInput[] = [],
): NewContact {
	const draft = new FieldDraft([], setting);
	const telegram = telegramInputs(customer, telegramFields, 'set').filter(({ field }) => field.trim() !== '');
	[...telegram, ...more].forEach((input) => draft.apply(input));
	const { identifiers } = identifiersOf(customer, telegramFields);
	const has = (kind: string) => identifiers.some((identifier) => identifier.kind === kind);
	const communication = [
		...(has('phone') ? [multitext('PHONE', toE164(customer.phone) ?? customer.phone.trim())] : []),
		...(has('email') ? [multitext('EMAIL', customer.email.trim())] : []),
	];
	const fields = [...communication, ...draft.entries()];
	const body = { name: displayName(customer), ...(fields.length > 0 ? { custom_fields_values: fields } : {}) };
	return { body, warnings: draft.warnings, hasUnknown: draft.hasUnknown };
}

function multitext(code: string, value: string): Body {
	return { field_code: code, values: [{ value, enum_code: 'WORK' }] };
}
