import type { JsonObject } from './json';

/** One value of a custom field as it is kept; dates are Unix seconds. */
export interface StoredValue {
	readonly value: string | number | boolean;
	readonly enumId?: number;
}

/** What a contact and a lead have in common. Times are Unix seconds. */
export interface Entity {
	readonly id: number;
	name: string;
	responsibleUserId: number;
	readonly createdAt: number;
	updatedAt: number;
	isDeleted: boolean;
	/** Only filled fields, by field id. */
	readonly fields: Map<number, readonly StoredValue[]>;
	tagIds: readonly number[];
	/** When it was really created, in milliseconds: the search finds it only after the lag. */
	readonly createdMs: number;
}

export interface Contact extends Entity {
	firstName: string;
	lastName: string;
}

export interface LinkedContact {
	readonly id: number;
	readonly isMain: boolean;
}

export interface Lead extends Entity {
	price: number;
	pipelineId: number;
	statusId: number;
	lossReasonId: number | null;
	closedAt: number | null;
	/** At most one is the main one. */
	contacts: readonly LinkedContact[];
}

export interface Note {
	readonly id: number;
	readonly leadId: number;
	readonly type: string;
	readonly params: JsonObject;
	readonly createdBy: number;
	readonly createdAt: number;
}

export interface Tag {
	readonly id: number;
	readonly name: string;
}
