import { hasIdentifier, type Customer, type Identifier, type TelegramFields } from './customer';
import type { Contact } from './entities';
import { isFilled } from './storedFields';

/**
 * The contact that holds an identifier, out of what a text search found. Of several the last updated one is taken
 * (and the newer one if they are equal); deleted ones never are.
 */
export function chooseContact(
	found: readonly Contact[],
	identifier: Identifier,
	fields: TelegramFields,
): { contact: Contact | null; warnings: string[] } {
	const exact = found.filter((contact) => !contact.isDeleted && hasIdentifier(contact, identifier, fields));
	const [contact = null, ...others] = [...exact].sort(
		(one, other) => other.updatedAt - one.updatedAt || Number(other.id) - Number(one.id),
	);
	const isAmbiguous = contact !== null && others.some(({ id }) => id !== contact.id);
	const warnings = isAmbiguous
		? [`${exact.length} contacts have this ${LABELS[identifier.kind]}; the last updated one was taken`]
		: [];
	return { contact, warnings };
}

const LABELS = { telegramId: 'Telegram ID', phone: 'phone', email: 'email' } as const;

export type ContactField = 'telegramId' | 'telegramUsername' | 'phone' | 'email';

/** Which of the known facts about a customer the contact has no value for. A field nobody has chosen is not missing. */
export function missingFields(contact: Contact, customer: Customer, fields: TelegramFields): ContactField[] {
	const refs: Record<ContactField, string> = { ...fields, phone: 'PHONE', email: 'EMAIL' };
	return (['telegramId', 'telegramUsername', 'phone', 'email'] as const).filter(
		(name) => customer[name].trim() !== '' && refs[name].trim() !== '' && !isFilled(contact.fields, refs[name]),
	);
}
