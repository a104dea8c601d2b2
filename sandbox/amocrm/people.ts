import type { Account, EntityKind } from './account';
import { LOST, WON } from './account';
import { checkOne } from './batch';
import type { Contact, Lead } from './entities';
import type { JsonObject } from './json';
import { Problem } from './problem';
import type { Store } from './store';
import type { WriteReader } from './writes';

/** A value as one writes it by hand; several for fields that take several, choices by their label. */
export type GivenValue = string | number | boolean | ReadonlyArray<string | number | boolean>;

interface GivenEntity {
	readonly name?: string;
	/** By field name, code or id. */
	readonly fields?: Readonly<Record<string, GivenValue | undefined>>;
	readonly tags?: readonly string[];
	/** UTC ISO; now when absent. */
	readonly updatedAt?: string;
	readonly isDeleted?: boolean;
}

/** A contact to put into the account. */
export interface GivenContact extends GivenEntity {
	readonly phone?: string;
	readonly email?: string;
	readonly telegramId?: string;
	readonly telegramUsername?: string;
}

/** A lead to put into the account. */
export interface GivenLead extends GivenEntity {
	/** Rubles. */
	readonly price?: number;
	/** Name or id; the main pipeline when absent. */
	readonly pipeline?: string | number;
	/** Name or id, `won` or `lost`; the first normal status when absent. */
	readonly status?: string | number;
	/** The first one is the main one. */
	readonly contactIds?: readonly number[];
}

/** A contact with leads of its own. */
export interface GivenPerson extends GivenContact {
	readonly leads?: readonly GivenLead[];
}

/** Something asked of the stand-in that is not there or cannot be done. */
export class SandboxError extends Error {}

/** Puts contacts and leads into the account as a manager would, with names instead of ids. */
export class People {
	constructor(
		private readonly account: Account,
		private readonly store: Store,
		private readonly writes: WriteReader,
	) {}

	/** @throws SandboxError when a field or a choice does not exist */
	addContact(given: GivenContact): Contact {
		const { phone, email, telegramId, telegramUsername } = given;
		const own = { PHONE: phone, EMAIL: email, 'Telegram ID': telegramId, 'Telegram username': telegramUsername };
		const body = this.body('contacts', { ...given, fields: { ...own, ...given.fields } });
		const contact = this.store.createContact(
			this.check(body, (source) => checkOne(source, (one, violations) => this.writes.readContact(one, violations))),
		);
		contact.isDeleted = given.isDeleted ?? false;
		return contact;
	}

	/** @throws SandboxError when a contact, pipeline, status, field or choice does not exist */
	addLead(given: GivenLead): Lead {
		const pipeline = this.account.pipelines.find(
			({ id, name }) => given.pipeline === undefined || id === given.pipeline || name === given.pipeline,
		);
		if (!pipeline) throw new SandboxError(`There is no pipeline ${given.pipeline}`);
		const wanted = given.status === 'won' ? WON : given.status === 'lost' ? LOST : given.status;
		const status = pipeline.statuses.find(
			({ id, name, type }) => (wanted === undefined && type === 0) || id === wanted || name === wanted,
		);
		if (!status) throw new SandboxError(`Pipeline ${pipeline.name} has no status ${given.status}`);
		const contacts = (given.contactIds ?? []).map((id, index) => ({ id, is_main: index === 0 }));
		const body = this.body('leads', given, {
			price: given.price, pipeline_id: pipeline.id, status_id: status.id, _embedded: { contacts },
		});
		const lead = this.store.createLead(
			this.check(body, (source) => checkOne(source, (one, violations) => this.writes.readNewLead(one, violations))),
		);
		lead.isDeleted = given.isDeleted ?? false;
		return lead;
	}

	addPerson({ leads = [], ...contact }: GivenPerson): Contact {
		const added = this.addContact(contact);
		for (const lead of leads) this.addLead({ ...lead, contactIds: [added.id, ...(lead.contactIds ?? [])] });
		return added;
	}

	private body(kind: EntityKind, given: GivenEntity, more: JsonObject = {}): JsonObject {
		const seconds = given.updatedAt === undefined ? undefined : Math.floor(Date.parse(given.updatedAt) / 1000);
		return {
			name: given.name,
			created_at: seconds,
			updated_at: seconds,
			tags_to_add: (given.tags ?? []).map((name) => ({ name })),
			custom_fields_values: Object.entries(given.fields ?? {}).flatMap(([reference, value]) => {
				if (value === undefined) return [];
				const field = this.account.fieldBy(kind, reference) ?? this.account.fieldBy(kind, Number(reference));
				if (!field) throw new SandboxError(`There is no field ${reference} of ${kind}`);
				return [{ field_id: field.id, values: [value].flat().map((one) => ({ value: one })) }];
			}),
			...more,
		};
	}

	private check<Change>(body: JsonObject, read: (body: JsonObject) => Change): Change {
		try {
			return read(body);
		} catch (error) {
			throw error instanceof Problem ? new SandboxError(JSON.stringify(error.body())) : error;
		}
	}
}
