import type { Account, EntityKind, Pipeline } from './account';
import { countFieldWrites, readFieldWrites } from './fieldWrites';
import type { Lead, LinkedContact } from './entities';
import type { JsonObject } from './json';
import { embeddedListOf, integerOf, isObject, objectList, stringOf } from './json';
import type { Violations } from './problem';
import type { ContactChange, LeadChange, NewLead, Store, TagChange, TagReference } from './store';

/** Custom field values per entity of a complex create (providers/amocrm.md §4). */
const MOST_COMPLEX_FIELDS = 40;

/** A lead of `complex`: its contact is known, new or missing. */
export interface ComplexLead {
	readonly lead: Omit<NewLead, 'contacts'>;
	readonly contact: { readonly id: number } | { readonly change: ContactChange } | null;
}

/**
 * Reads the bodies of creates and updates into changes of the store. Unknown keys are ignored, as are contacts in an
 * update: PATCH cannot attach them (providers/amocrm.md §0.7).
 */
export class WriteReader {
	constructor(
		private readonly account: Account,
		private readonly store: Store,
	) {}

	readContact(source: JsonObject, violations: Violations): ContactChange {
		return {
			...this.readEntity('contacts', source, violations),
			firstName: stringOf(source, 'first_name', violations),
			lastName: stringOf(source, 'last_name', violations),
		};
	}

	readNewLead(source: JsonObject, violations: Violations): NewLead {
		return { ...this.readPlacedLead(source, violations), contacts: this.readLinkedContacts(source, violations) };
	}

	readLeadUpdate(source: JsonObject, violations: Violations, current: Lead): LeadChange {
		const pipelineId = this.readPipeline(source, violations)?.id;
		const statusId = integerOf(source, 'status_id', violations);
		const pipeline = this.account.pipeline(pipelineId ?? current.pipelineId);
		if (statusId !== undefined && pipeline) requireStatus(pipeline, statusId, violations);
		// A pipeline without a status: the lead starts there anew.
		const start = pipelineId !== undefined && pipelineId !== current.pipelineId ? firstStatus(pipeline) : undefined;
		return { ...this.readLead(source, violations), pipelineId, statusId: statusId ?? start };
	}

	readComplexLead(source: JsonObject, violations: Violations): ComplexLead {
		requireFewFields(source, violations);
		const placed = this.readPlacedLead(source, violations);
		const embedded = isObject(source._embedded) ? source._embedded : {};
		const pipeline = this.account.pipeline(placed.pipelineId);
		// With metadata the call means an incoming request, not a lead.
		const statusId = isObject(embedded.metadata)
			? (pipeline?.statuses.find(({ type }) => type === 1)?.id ?? placed.statusId)
			: placed.statusId;
		return { lead: { ...placed, statusId }, contact: this.readComplexContact(source, violations) };
	}

	private readComplexContact(source: JsonObject, violations: Violations): ComplexLead['contact'] {
		const contacts = embeddedListOf(source, 'contacts', violations) ?? [];
		if (contacts.length > 1) violations.tooMany('_embedded.contacts', 1);
		const [contact] = contacts;
		if (!contact) return null;
		if (contact.id !== undefined) return this.readLinkedContacts(source, violations)[0] ?? null;
		const inside = violations.under('_embedded.contacts.0');
		requireFewFields(contact, inside);
		return { change: this.readContact(contact, inside) };
	}

	private readPlacedLead(source: JsonObject, violations: Violations): Omit<NewLead, 'contacts'> {
		const pipeline = this.readPipeline(source, violations) ?? this.account.mainPipeline;
		const statusId = integerOf(source, 'status_id', violations);
		if (statusId !== undefined) requireStatus(pipeline, statusId, violations);
		return {
			...this.readLead(source, violations),
			pipelineId: pipeline.id,
			statusId: statusId ?? firstStatus(pipeline) ?? 0,
		};
	}

	private readLead(source: JsonObject, violations: Violations): LeadChange {
		return {
			...this.readEntity('leads', source, violations),
			price: integerOf(source, 'price', violations),
			lossReasonId: integerOf(source, 'loss_reason_id', violations),
		};
	}

	private readEntity(entity: EntityKind, source: JsonObject, violations: Violations) {
		const responsibleUserId = integerOf(source, 'responsible_user_id', violations);
		if (responsibleUserId !== undefined && !this.account.hasUser(responsibleUserId)) {
			violations.notSupported('responsible_user_id');
		}
		return {
			name: stringOf(source, 'name', violations),
			responsibleUserId,
			createdAt: integerOf(source, 'created_at', violations),
			updatedAt: integerOf(source, 'updated_at', violations),
			fields: readFieldWrites(source, entity, this.account, violations),
			tags: this.readTags(entity, source, violations),
		};
	}

	/** `_embedded.tags` is the whole new set; `tags_to_add` and `tags_to_delete` change the present one. */
	private readTags(entity: EntityKind, source: JsonObject, violations: Violations): TagChange | undefined {
		const replaced = embeddedListOf(source, 'tags', violations);
		const added = objectList(source.tags_to_add, 'tags_to_add', violations);
		const removed = objectList(source.tags_to_delete, 'tags_to_delete', violations);
		if (!replaced && !added && !removed) return undefined;
		const read = (tags: readonly JsonObject[], path: string) =>
			tags.flatMap((tag, index) => this.readTag(entity, tag, violations.under(`${path}.${index}`)));
		return {
			replaced: replaced && read(replaced, '_embedded.tags'),
			added: read(added ?? [], 'tags_to_add'),
			removed: read(removed ?? [], 'tags_to_delete'),
		};
	}

	private readTag(entity: EntityKind, { id, name }: JsonObject, violations: Violations): TagReference[] {
		if (typeof id === 'number') {
			if (this.store.tag(entity, id)) return [id];
			violations.notSupported('id');
		} else if (typeof name === 'string' && name !== '') return [name];
		else violations.missing('name');
		return [];
	}

	private readLinkedContacts(source: JsonObject, violations: Violations): LinkedContact[] {
		return (embeddedListOf(source, 'contacts', violations) ?? []).flatMap((contact, index) => {
			const known = typeof contact.id === 'number' ? this.store.contacts.get(contact.id) : undefined;
			if (known && !known.isDeleted) return [{ id: known.id, isMain: contact.is_main === true }];
			violations.notSupported(`_embedded.contacts.${index}.id`);
			return [];
		});
	}

	private readPipeline(source: JsonObject, violations: Violations): Pipeline | undefined {
		const id = integerOf(source, 'pipeline_id', violations);
		if (id === undefined) return undefined;
		const pipeline = this.account.pipeline(id);
		if (!pipeline) violations.notSupported('pipeline_id');
		return pipeline;
	}
}

function firstStatus(pipeline: Pipeline | undefined): number | undefined {
	return pipeline?.statuses.find(({ type }) => type === 0)?.id;
}

/** A status counts only inside its pipeline. */
function requireStatus(pipeline: Pipeline, statusId: number, violations: Violations): void {
	if (!pipeline.statuses.some(({ id }) => id === statusId)) violations.notSupported('status_id');
}

function requireFewFields(source: JsonObject, violations: Violations): void {
	if (countFieldWrites(source) > MOST_COMPLEX_FIELDS) violations.tooMany('custom_fields_values', MOST_COMPLEX_FIELDS);
}
