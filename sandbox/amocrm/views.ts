import type { Account, EntityKind, FieldType } from './account';
import type { Contact, Entity, Lead, Note } from './entities';
import type { Store } from './store';

/** One value, or several for fields that take several: labels, numbers, Unix seconds. */
export type FieldView = string | number | boolean | ReadonlyArray<string | number | boolean>;

/** Parts of a contact and a lead that read the same. Times are UTC ISO. */
interface EntityView {
	readonly id: number;
	readonly name: string;
	/** Filled fields by name. */
	readonly fields: Readonly<Record<string, FieldView>>;
	readonly tags: readonly string[];
	readonly createdAt: string;
	readonly updatedAt: string;
	readonly isDeleted: boolean;
}

/** A contact as tests and pages read it. */
export interface ContactView extends EntityView {
	readonly leadIds: readonly number[];
}

/** A lead as tests and pages read it. */
export interface LeadView extends EntityView {
	/** Rubles. */
	readonly price: number;
	readonly pipelineId: number;
	readonly statusId: number;
	/** Names of both. */
	readonly pipeline: string;
	readonly status: string;
	/** The main one first. */
	readonly contactIds: readonly number[];
	readonly closedAt: string | null;
}

export interface NoteView {
	readonly id: number;
	readonly leadId: number;
	readonly type: string;
	/** The provider of a service message. */
	readonly service: string | null;
	readonly text: string;
	readonly createdAt: string;
}

const SEVERAL: readonly FieldType[] = ['multiselect', 'multitext'];

/** Reads the store the way people do, by names instead of ids. */
export class Views {
	constructor(
		private readonly account: Account,
		private readonly store: Store,
	) {}

	contact(contact: Contact): ContactView {
		return { ...this.entity('contacts', contact), leadIds: this.store.leadsOf(contact.id).map(({ id }) => id) };
	}

	lead(lead: Lead): LeadView {
		const pipeline = this.account.pipeline(lead.pipelineId);
		const mainFirst = [...lead.contacts].sort((left, right) => Number(right.isMain) - Number(left.isMain));
		return {
			...this.entity('leads', lead),
			price: lead.price,
			pipelineId: lead.pipelineId,
			statusId: lead.statusId,
			pipeline: pipeline?.name ?? '',
			status: pipeline?.statuses.find(({ id }) => id === lead.statusId)?.name ?? '',
			contactIds: mainFirst.map(({ id }) => id),
			closedAt: lead.closedAt === null ? null : iso(lead.closedAt),
		};
	}

	note({ id, leadId, type, params, createdAt }: Note): NoteView {
		const { service, text } = params;
		return {
			id,
			leadId,
			type,
			service: typeof service === 'string' ? service : null,
			text: typeof text === 'string' ? text : '',
			createdAt: iso(createdAt),
		};
	}

	private entity(kind: EntityKind, entity: Entity): EntityView {
		const filled = this.account.fieldsOf(kind).flatMap(({ id, name, type }): Array<[string, FieldView]> => {
			const values = (entity.fields.get(id) ?? []).map(({ value }) => value);
			const [first] = values;
			if (first === undefined) return [];
			return [[name, SEVERAL.includes(type) ? values : first]];
		});
		return {
			id: entity.id,
			name: entity.name,
			fields: Object.fromEntries(filled),
			tags: entity.tagIds.flatMap((id) => this.store.tag(kind, id)?.name ?? []),
			createdAt: iso(entity.createdAt),
			updatedAt: iso(entity.updatedAt),
			isDeleted: entity.isDeleted,
		};
	}
}

function iso(seconds: number): string {
	return new Date(seconds * 1000).toISOString();
}
