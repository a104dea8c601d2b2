import { getContact, getContacts, searchContact } from '../api/contacts';
import { pipelines } from '../api/catalogs';
import { getLeads } from '../api/leads';
import { chooseActiveLead, unsortedStatuses, type StatusPair } from '../chooseLead';
import {
	hasIdentifier,
	identifiersOf,
	type Customer,
	type Identifier,
	type IdentifierKind,
	type TelegramFields,
} from '../customer';
import type { Contact, Lead } from '../entities';
import { memoryOf } from '../shared/accountMemory';
import type { AmoClient } from '../shared/client';
import { textOf, type FieldRef } from '../storedFields';

/** Whom to look for, and by which fields. */
export interface Wanted {
	customer: Customer;
	telegramFields: TelegramFields;
}

export interface LocatedContact {
	contact: Contact | null;
	matchedBy: IdentifierKind | null;
	warnings: string[];
}

/**
 * Finds contacts by Telegram id, then phone, then email (PA4). Whom this process has met lately is read by his id:
 * amoCRM's search may not know a new contact yet (providers/amocrm.md §9).
 */
export class ContactFinder {
	/** Contacts read in this run. */
	private readonly known = new Map<string, Contact>();

	constructor(private readonly client: AmoClient) {}

	/** Reads contacts met lately in one call, if there are several of them. */
	async prefetch(all: readonly Wanted[]): Promise<void> {
		const ids = all.flatMap(({ customer, telegramFields }) => {
			const met = identifiersOf(customer, telegramFields).identifiers.map((identifier) => this.metId(identifier));
			return met.find((id) => id !== undefined) ?? [];
		});
		if (new Set(ids).size < 2) return;
		for (const contact of await getContacts(this.client, ids)) this.known.set(contact.id, contact);
	}

	async find({ customer, telegramFields }: Wanted): Promise<LocatedContact> {
		const { identifiers, warnings } = identifiersOf(customer, telegramFields);
		for (const identifier of identifiers) {
			const met = await this.readMet(identifier, telegramFields);
			const found = met ? { contact: met, warnings: [] } : await searchContact(this.client, identifier, telegramFields);
			warnings.push(...found.warnings);
			const { contact } = found;
			if (!contact) continue;
			this.known.set(contact.id, contact);
			const held = identifiers.filter((candidate) => hasIdentifier(contact, candidate, telegramFields));
			rememberContact(this.client, held, contact.id);
			return { contact, matchedBy: identifier.kind, warnings };
		}
		return { contact: null, matchedBy: null, warnings };
	}

	/** Whether this process has lately met somebody with one of these identifiers. */
	hasMet({ customer, telegramFields }: Wanted): boolean {
		const { identifiers } = identifiersOf(customer, telegramFields);
		return identifiers.some((identifier) => this.metId(identifier) !== undefined);
	}

	private async readMet(identifier: Identifier, fields: TelegramFields): Promise<Contact | null> {
		const id = this.metId(identifier);
		if (id === undefined) return null;
		const contact = this.known.get(id) ?? (await getContact(this.client, id));
		return contact && hasIdentifier(contact, identifier, fields) ? contact : null;
	}

	private metId(identifier: Identifier): string | undefined {
		return memoryOf(this.client).contactIds.get(identifierKey(identifier));
	}
}

export function identifierKey({ kind, value }: Identifier): string {
	return `${kind}:${value}`;
}

export function rememberContact(client: AmoClient, identifiers: readonly Identifier[], contactId: string): void {
	identifiers.forEach((identifier) => memoryOf(client).contactIds.set(identifierKey(identifier), contactId));
}

/** All leads of a contact, those included that were created a moment ago. */
export function leadIdsOf(client: AmoClient, { id, leadIds }: Contact): string[] {
	return [...new Set([...leadIds, ...(memoryOf(client).createdLeadIds.get(id) ?? [])])];
}

/** Whether leads of the contact have come into being since it was read. */
export function hasNewerLeads(client: AmoClient, contact: Contact): boolean {
	return leadIdsOf(client, contact).length > contact.leadIds.length;
}

export function rememberLead(client: AmoClient, contactId: string, leadId: string): void {
	const { createdLeadIds } = memoryOf(client);
	createdLeadIds.set(contactId, [...(createdLeadIds.get(contactId) ?? []), leadId]);
}

/** Reads the leads of all these contacts, in one call for each hundred of them. */
export async function readLeadsOf(
	client: AmoClient,
	contacts: readonly Contact[],
): Promise<{ leads: Lead[]; warnings: string[] }> {
	const owners = [...new Map(contacts.map((contact) => [contact.id, contact])).values()]
		.map((contact) => ({ contact, leadIds: leadIdsOf(client, contact) }))
		.filter(({ leadIds }) => leadIds.length > 0);
	return await getLeads(client, owners);
}

/** How to recognise a lead that has a payment already. */
export interface Marks {
	/** The payment-id field. */
	field: FieldRef;
	/** What it holds then, the surest first. */
	values: readonly string[];
}

/**
 * The lead that has this payment already, whatever its status, or else the active one (PA5). Leads that nobody has
 * accepted yet are not active.
 */
export async function pickLead(
	client: AmoClient,
	leads: readonly Lead[],
	contact: Contact,
	excluded: readonly StatusPair[],
	marks: Marks,
): Promise<Lead | null> {
	const ids = leadIdsOf(client, contact);
	const own = leads.filter(({ id, isDeleted }) => ids.includes(id) && !isDeleted);
	if (own.length === 0) return null;
	const marked = markedLead(own, marks);
	if (marked) return marked;
	return chooseActiveLead(own, ids, [...excluded, ...unsortedStatuses(await pipelines(client))]);
}

export function markedLead(leads: readonly Lead[], { field, values }: Marks): Lead | null {
	const heldBy = (value: string) => leads.find(({ fields }) => value !== '' && textOf(fields, field) === value) ?? [];
	return values.flatMap(heldBy)[0] ?? null;
}
