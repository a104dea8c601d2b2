import type { Account, CustomField, EntityKind, Pipeline } from './account';
import { WON, LOST } from './account';
import type { Contact, Entity, Lead, Note, StoredValue } from './entities';
import type { ModeSwitch } from './modes';
import type { Store } from './store';

/** Writes what the API answers about entities (providers/amocrm.md §3–§7). */
export class Renderer {
	/** Address of the account without a trailing slash, known once it listens. */
	url = 'http://127.0.0.1';

	constructor(
		private readonly account: Account,
		private readonly store: Store,
		private readonly modes: ModeSwitch,
	) {}

	link(path: string): { readonly self: { readonly href: string } } {
		return { self: { href: `${this.url}/api/v4/${path}` } };
	}

	/** Leads appear as bare ids, the deleted ones among them. */
	contact(contact: Contact, parts: ReadonlySet<string>): object {
		const leads = this.store.leadsOf(contact.id).map(({ id }) => ({ id, _links: this.link(`leads/${id}`) }));
		return {
			id: contact.id,
			name: contact.name,
			first_name: contact.firstName,
			last_name: contact.lastName,
			...this.entity('contacts', contact),
			_embedded: {
				tags: this.tags('contacts', contact),
				companies: [],
				...(parts.has('leads') ? { leads } : {}),
			},
		};
	}

	lead(lead: Lead, parts: ReadonlySet<string>): object {
		const contacts = lead.contacts.map(({ id, isMain }) => ({
			id, is_main: isMain, _links: this.link(`contacts/${id}`),
		}));
		return {
			id: lead.id,
			name: lead.name,
			price: lead.price,
			status_id: lead.statusId,
			pipeline_id: lead.pipelineId,
			loss_reason_id: lead.lossReasonId,
			source_id: null,
			closed_at: lead.closedAt,
			score: null,
			labor_cost: null,
			...this.entity('leads', lead),
			_embedded: {
				tags: this.tags('leads', lead),
				companies: [],
				...(parts.has('contacts') ? { contacts } : {}),
			},
		};
	}

	note(note: Note): object {
		return {
			id: note.id,
			entity_id: note.leadId,
			created_by: note.createdBy,
			updated_by: note.createdBy,
			created_at: note.createdAt,
			updated_at: note.createdAt,
			responsible_user_id: note.createdBy,
			group_id: 0,
			note_type: note.type,
			params: note.params,
			account_id: this.account.id,
			_links: this.link(`leads/${note.leadId}/notes/${note.id}`),
		};
	}

	pipeline(pipeline: Pipeline, index: number): object {
		const { id, name, statuses } = pipeline;
		return {
			id,
			name,
			sort: index + 1,
			is_main: index === 0,
			is_unsorted_on: true,
			is_archive: false,
			account_id: this.account.id,
			_links: this.link(`leads/pipelines/${id}`),
			_embedded: {
				statuses: statuses.map((status, place) => ({
					...status,
					sort: (place + 1) * 10,
					is_editable: status.type === 0 && status.id !== WON && status.id !== LOST,
					pipeline_id: id,
					account_id: this.account.id,
					_links: this.link(`leads/pipelines/${id}/statuses/${status.id}`),
				})),
			},
		};
	}

	field(field: CustomField, index: number): object {
		return {
			id: field.id,
			name: field.name,
			type: field.type,
			account_id: this.account.id,
			code: field.code,
			sort: 500 + index,
			is_api_only: false,
			is_deletable: field.code === null,
			is_visible: true,
			is_required: false,
			required_statuses: [],
			is_predefined: field.code !== null,
			enums: field.enums?.map(({ id, value, code }, place) => ({ id, value, sort: place, code })) ?? null,
			group_id: null,
			entity_type: field.entity,
			_links: this.link(`${field.entity}/custom_fields/${field.id}`),
		};
	}

	private entity(kind: EntityKind, entity: Entity): object {
		return {
			responsible_user_id: entity.responsibleUserId,
			group_id: 0,
			created_by: entity.responsibleUserId,
			updated_by: entity.responsibleUserId,
			created_at: entity.createdAt,
			updated_at: entity.updatedAt,
			closest_task_at: null,
			is_deleted: entity.isDeleted,
			custom_fields_values: this.fieldValues(kind, entity),
			account_id: this.account.id,
			_links: this.link(`${kind}/${entity.id}`),
		};
	}

	private tags(kind: EntityKind, { tagIds }: Entity): object[] {
		return tagIds.flatMap((id) => this.store.tag(kind, id) ?? []).map((tag) => ({ ...tag, color: null }));
	}

	/** Only filled fields; null when there are none. Values of deleted fields are gone. */
	private fieldValues(kind: EntityKind, { fields }: Entity): object[] | null {
		const filled = this.account.fieldsOf(kind).flatMap((field) => {
			const values = fields.get(field.id);
			if (!values) return [];
			return [
				{
					field_id: field.id,
					field_name: field.name,
					field_code: field.code,
					field_type: field.type,
					values: values.map((value) => this.value(value, field)),
				},
			];
		});
		return filled.length > 0 ? filled : null;
	}

	private value({ value, enumId }: StoredValue, field: CustomField): object {
		if (enumId !== undefined) {
			return { value, enum_id: enumId, enum_code: field.enums?.find(({ id }) => id === enumId)?.code ?? null };
		}
		return { value: field.type === 'numeric' && this.modes.current.numericAsStrings ? String(value) : value };
	}
}
