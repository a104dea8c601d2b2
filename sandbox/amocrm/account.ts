/** Entities that have custom fields and tags here. */
export type EntityKind = 'contacts' | 'leads';

export type FieldType =
	| 'text' | 'textarea' | 'url' | 'streetaddress' | 'price' | 'monetary' | 'tracking_data'
	| 'numeric' | 'checkbox' | 'select' | 'radiobutton' | 'multiselect' | 'multitext'
	| 'date' | 'birthday' | 'date_time';

export interface FieldEnum {
	readonly id: number;
	readonly value: string;
	readonly code: string | null;
}

/** A custom field of one entity type; `code` is null unless the field is predefined. */
export interface CustomField {
	readonly id: number;
	readonly entity: EntityKind;
	readonly name: string;
	readonly type: FieldType;
	readonly code: string | null;
	/** Choices of select, multiselect and multitext fields. */
	readonly enums: readonly FieldEnum[] | null;
}

/** `type` 1 is the incoming ("unsorted") status, 0 any other. */
export interface Status {
	readonly id: number;
	readonly name: string;
	readonly type: 0 | 1;
	readonly color: string;
}

export interface Pipeline {
	readonly id: number;
	readonly name: string;
	readonly statuses: readonly Status[];
}

export interface User {
	readonly id: number;
	readonly name: string;
	readonly email: string;
}

/** Statuses with the same id in every pipeline (providers/amocrm.md §6). */
export const WON = 142;
export const LOST = 143;

/** Settings of the account: what an administrator configures. The first pipeline is the main one. */
export class Account {
	readonly id = 31_000_001;
	readonly name = 'Песочница онлайн-школы';
	readonly subdomain = 'sandbox';

	/** In the order of the card. */
	fields: readonly CustomField[];

	constructor(
		readonly pipelines: readonly Pipeline[],
		/** The first user is the integration's. */
		readonly users: readonly [User, ...User[]],
		private readonly firstFields: readonly CustomField[],
	) {
		this.fields = firstFields;
	}

	/** Undoes what administrators did to the fields. */
	restoreFields(): void {
		this.fields = this.firstFields;
	}

	get mainPipeline(): Pipeline {
		const [main] = this.pipelines;
		if (!main) throw new Error('An account has at least one pipeline');
		return main;
	}

	pipeline(id: number): Pipeline | undefined {
		return this.pipelines.find((pipeline) => pipeline.id === id);
	}

	hasUser(id: number): boolean {
		return this.users.some((user) => user.id === id);
	}

	fieldsOf(entity: EntityKind): readonly CustomField[] {
		return this.fields.filter((field) => field.entity === entity);
	}

	/** A field of this entity type by id, code or name. */
	fieldBy(entity: EntityKind, reference: number | string): CustomField | undefined {
		return this.fieldsOf(entity).find(({ id, code, name }) => [id, code, name].includes(reference));
	}
}
