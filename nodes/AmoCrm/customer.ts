import { toE164 } from '../shared/phone';
import type { Contact } from './entities';
import { textOf, valuesOf, type FieldRef } from './storedFields';

/** Who paid, as the caller knows him; what is not known is empty. */
export interface Customer {
	telegramId: string;
	telegramUsername: string;
	phone: string;
	email: string;
	name: string;
}

/** In which fields of a contact the account keeps Telegram data; empty when it keeps none. */
export interface TelegramFields {
	telegramId: FieldRef;
	telegramUsername: FieldRef;
}

export type IdentifierKind = 'telegramId' | 'phone' | 'email';

/** One way to recognise a customer. */
export interface Identifier {
	kind: IdentifierKind;
	/** The same for all spellings of the same identifier. */
	value: string;
	/** What amoCRM's text search finds it by, however it is written there (providers/amocrm.md §0.4). */
	query: string;
}

/**
 * The identifiers to look for, the most reliable first (PA4), and what was wrong with the others. A Telegram id needs
 * a field to be verified by.
 */
export function identifiersOf(
	customer: Customer,
	fields: TelegramFields,
): { identifiers: Identifier[]; warnings: string[] } {
	const identifiers: Identifier[] = [];
	const warnings: string[] = [];
	const telegramId = customer.telegramId.trim();
	if (telegramId !== '') {
		if (fields.telegramId.trim() === '') {
			warnings.push('The Telegram ID was not searched for: no contact field is chosen for it');
		} else if (/^\d{1,20}$/.test(telegramId)) {
			identifiers.push({ kind: 'telegramId', value: telegramId, query: telegramId });
		} else {
			warnings.push('The Telegram ID was not searched for: it is not a number');
		}
	}
	const digits = customer.phone.replace(/\D/g, '');
	if (digits.length >= 7) {
		identifiers.push({ kind: 'phone', value: phoneKey(customer.phone), query: digits.slice(-10) });
	} else if (customer.phone.trim() !== '') {
		warnings.push('The phone was not searched for: it is not a phone number');
	}
	const email = customer.email.trim().toLowerCase();
	if (/^[^\s@]+@[^\s@]+$/.test(email)) {
		identifiers.push({ kind: 'email', value: email, query: email });
	} else if (email !== '') {
		warnings.push('The email was not searched for: it is not an email address');
	}
	return { identifiers, warnings };
}

/** One spelling for all ways to write a number; bare digits where the country cannot be told. */
export function phoneKey(phone: string): string {
	return toE164(phone) ?? phone.replace(/\D/g, '');
}

/** Whether the contact holds exactly this identifier: amoCRM's search also finds strangers. */
export function hasIdentifier(contact: Contact, identifier: Identifier, fields: TelegramFields): boolean {
	switch (identifier.kind) {
		case 'telegramId':
			return textOf(contact.fields, fields.telegramId) === identifier.value;
		case 'phone':
			return valuesOf(contact.fields, 'PHONE').some(({ value }) => phoneKey(String(value)) === identifier.value);
		case 'email':
			return valuesOf(contact.fields, 'EMAIL').some(
				({ value }) => String(value).trim().toLowerCase() === identifier.value,
			);
	}
}

/** `name` without its leading @; empty when there is none. */
export function usernameOf({ telegramUsername }: Customer): string {
	return telegramUsername.trim().replace(/^@+/, '');
}

/** What to call a contact that has no name yet. */
export function displayName(customer: Customer): string {
	const username = usernameOf(customer);
	return (
		customer.name.trim() ||
		(username === '' ? '' : `@${username}`) ||
		customer.phone.trim() ||
		customer.email.trim() ||
		`Telegram ${customer.telegramId.trim()}`
	);
}
