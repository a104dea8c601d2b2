import type { EntityKind } from './account';
import { LOST, WON } from './account';
import type { Contact, Entity, Lead, LinkedContact, Note, StoredValue, Tag } from './entities';
import type { FieldWrites } from './fieldWrites';
import { IdSeries } from './idSeries';
import type { JsonObject } from './json';

/** A tag by id, or by name: one that does not exist is made. */
export type TagReference = number | string;

/** `replaced` drops the present tags; the other two change what is there. */
export interface TagChange {
	readonly replaced?: readonly TagReference[];
	readonly added: readonly TagReference[];
	readonly removed: readonly TagReference[];
}

/** What a write changes; what is undefined stays. */
interface EntityChange {
	readonly name?: string;
	readonly responsibleUserId?: number;
	readonly createdAt?: number;
	readonly updatedAt?: number;
	readonly fields: FieldWrites;
	readonly tags?: TagChange;
}

export interface ContactChange extends EntityChange {
	readonly firstName?: string;
	readonly lastName?: string;
}

export interface LeadChange extends EntityChange {
	readonly price?: number;
	readonly pipelineId?: number;
	readonly statusId?: number;
	readonly lossReasonId?: number;
}

/** A lead to be made has its place; contacts can only be given now. */
export interface NewLead extends LeadChange {
	readonly pipelineId: number;
	readonly statusId: number;
	readonly contacts: readonly LinkedContact[];
}

/** Contacts, leads, notes and tags of the account. Changes are expected to be checked before. */
export class Store {
	readonly contacts = new Map<number, Contact>();
	readonly leads = new Map<number, Lead>();
	readonly notes = new Map<number, Note>();
	private readonly tags: Record<EntityKind, Map<number, Tag>> = { contacts: new Map(), leads: new Map() };
	private readonly ids = new IdSeries();

	constructor(private readonly defaultUserId: number) {}

	createContact(change: ContactChange): Contact {
		const { firstName = '', lastName = '' } = change;
		const contact: Contact = { ...this.newEntity('contacts', change), firstName, lastName };
		if (change.name === undefined) contact.name = [firstName, lastName].filter(Boolean).join(' ');
		this.contacts.set(contact.id, contact);
		return contact;
	}

	updateContact(contact: Contact, change: ContactChange): void {
		this.update('contacts', contact, change);
		contact.firstName = change.firstName ?? contact.firstName;
		contact.lastName = change.lastName ?? contact.lastName;
	}

	createLead(change: NewLead): Lead {
		const entity = this.newEntity('leads', change);
		const lead: Lead = {
			...entity,
			name: change.name ?? `Сделка #${entity.id}`,
			price: change.price ?? 0,
			pipelineId: change.pipelineId,
			statusId: change.statusId,
			lossReasonId: change.lossReasonId ?? null,
			closedAt: isClosed(change.statusId) ? entity.createdAt : null,
			contacts: [],
		};
		this.leads.set(lead.id, lead);
		for (const { id, isMain } of change.contacts) this.link(lead, id, isMain);
		return lead;
	}

	updateLead(lead: Lead, change: LeadChange): void {
		this.update('leads', lead, change);
		lead.price = change.price ?? lead.price;
		lead.pipelineId = change.pipelineId ?? lead.pipelineId;
		lead.lossReasonId = change.lossReasonId ?? lead.lossReasonId;
		if (change.statusId === undefined) return;
		lead.statusId = change.statusId;
		lead.closedAt = isClosed(change.statusId) ? (lead.closedAt ?? lead.updatedAt) : null;
	}

	/** Attaches a contact; the first one is the main one, and so is one that is declared to be. */
	link(lead: Lead, contactId: number, isMain: boolean): LinkedContact {
		const others = lead.contacts.filter(({ id }) => id !== contactId);
		const linked = { id: contactId, isMain: isMain || others.length === 0 };
		const kept = linked.isMain ? others.map(({ id }) => ({ id, isMain: false })) : others;
		lead.contacts = [...kept, linked];
		return linked;
	}

	unlink(lead: Lead, contactId: number): void {
		lead.contacts = lead.contacts.filter(({ id }) => id !== contactId);
	}

	/** Leads of a contact, the deleted ones among them, oldest first. */
	leadsOf(contactId: number): readonly Lead[] {
		return [...this.leads.values()].filter(({ contacts }) => contacts.some(({ id }) => id === contactId));
	}

	addNote(leadId: number, type: string, params: JsonObject, createdBy = this.defaultUserId): Note {
		const note: Note = { id: this.ids.next(), leadId, type, params, createdBy, createdAt: nowSeconds() };
		this.notes.set(note.id, note);
		return note;
	}

	tagsOf(entity: EntityKind): readonly Tag[] {
		return [...this.tags[entity].values()];
	}

	tag(entity: EntityKind, id: number): Tag | undefined {
		return this.tags[entity].get(id);
	}

	/** The tag of this name, made when there is none: names are compared exactly. */
	tagNamed(entity: EntityKind, name: string): Tag {
		const known = this.tagsOf(entity).find((tag) => tag.name === name);
		if (known) return known;
		const tag: Tag = { id: this.ids.next(), name };
		this.tags[entity].set(tag.id, tag);
		return tag;
	}

	/** Forgets everything; ids go on. */
	clear(): void {
		for (const table of [this.contacts, this.leads, this.notes, this.tags.contacts, this.tags.leads]) table.clear();
	}

	private newEntity(kind: EntityKind, change: EntityChange): Entity {
		const createdAt = change.createdAt ?? nowSeconds();
		const filled = [...change.fields].filter((entry): entry is [number, readonly StoredValue[]] => entry[1] !== null);
		return {
			id: this.ids.next(),
			name: change.name ?? '',
			responsibleUserId: change.responsibleUserId ?? this.defaultUserId,
			createdAt,
			updatedAt: change.updatedAt ?? createdAt,
			isDeleted: false,
			fields: new Map(filled),
			tagIds: this.changedTags(kind, change.tags, []),
			createdMs: Date.now(),
		};
	}

	private update(kind: EntityKind, entity: Entity, change: EntityChange): void {
		entity.name = change.name ?? entity.name;
		entity.responsibleUserId = change.responsibleUserId ?? entity.responsibleUserId;
		entity.updatedAt = change.updatedAt ?? nowSeconds();
		entity.tagIds = this.changedTags(kind, change.tags, entity.tagIds);
		for (const [fieldId, values] of change.fields) {
			if (values) entity.fields.set(fieldId, values);
			else entity.fields.delete(fieldId);
		}
	}

	private changedTags(kind: EntityKind, change: TagChange | undefined, current: readonly number[]): readonly number[] {
		if (!change) return current;
		const idsOf = (tags: readonly TagReference[]) =>
			tags.map((tag) => (typeof tag === 'number' ? tag : this.tagNamed(kind, tag).id));
		const removed = new Set(idsOf(change.removed));
		const kept = change.replaced ? idsOf(change.replaced) : current;
		return [...new Set([...kept, ...idsOf(change.added)])].filter((id) => !removed.has(id));
	}
}

function isClosed(statusId: number): boolean {
	return statusId === WON || statusId === LOST;
}

function nowSeconds(): number {
	return Math.floor(Date.now() / 1000);
}
