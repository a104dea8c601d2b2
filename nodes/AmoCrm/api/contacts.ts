import { chooseContact } from '../chooseContact';
import type { Identifier, TelegramFields } from '../customer';
import { hasNextPage, listOf, readContact, type Contact } from '../entities';
import { AmoError } from '../shared/amoError';
import type { AmoClient } from '../shared/client';
import { idFilter } from './idFilter';

const PAGE = 50;
/** A search that finds strangers only is given up here: amoCRM blocks those who read everything. */
const MAX_PAGES = 10;
const MAX_IDS = 100;

export interface ContactSearch {
	contact: Contact | null;
	warnings: string[];
}

/**
 * Call A of providers/amocrm.md §11: the contact that holds an identifier, with the ids of its leads. Pages come last
 * updated first and are read until one holds an exact match.
 */
export async function searchContact(
	client: AmoClient,
	identifier: Identifier,
	fields: TelegramFields,
): Promise<ContactSearch> {
	for (let page = 1; page <= MAX_PAGES; page++) {
		const answer = await client.read('contacts', [
			['query', identifier.query],
			['with', 'leads'],
			['order[updated_at]', 'desc'],
			['limit', PAGE],
			...(page > 1 ? [['page', page] as const] : []),
		]);
		const found = chooseContact(listOf(answer, 'contacts', readContact), identifier, fields);
		if (found.contact || !hasNextPage(answer)) return found;
	}
	const warning = `The search by ${identifier.kind} found more than ${PAGE * MAX_PAGES} strangers and was given up`;
	return { contact: null, warnings: [warning] };
}

/** One contact with the ids of its leads; null when there is none, or none any more. */
export async function getContact(client: AmoClient, id: string): Promise<Contact | null> {
	const contact = readContact(await client.read(`contacts/${id}`, [['with', 'leads']]).catch(notFoundAsNull));
	return contact && !contact.isDeleted ? contact : null;
}

/** Several contacts in one call for each hundred; those that amoCRM does not return are left out. */
export async function getContacts(client: AmoClient, ids: readonly string[]): Promise<Contact[]> {
	const unique = [...new Set(ids)];
	if (unique.length === 1) return (await Promise.all(unique.map((id) => getContact(client, id)))).filter(isPresent);
	const contacts: Contact[] = [];
	for (let at = 0; at < unique.length; at += MAX_IDS) {
		const wanted = unique.slice(at, at + MAX_IDS);
		const answer = await client.read('contacts', [...idFilter(wanted), ['with', 'leads'], ['limit', 250]]);
		contacts.push(...listOf(answer, 'contacts', readContact).filter(({ id }) => wanted.includes(id)));
	}
	return contacts.filter(({ isDeleted }) => !isDeleted);
}

function isPresent(contact: Contact | null): contact is Contact {
	return contact !== null;
}

export function notFoundAsNull(error: unknown): null {
	if (error instanceof AmoError && error.failure === 'notFound') return null;
	throw error;
}
