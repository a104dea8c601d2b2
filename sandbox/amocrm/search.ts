import type { Account } from './account';
import type { Contact, Entity, Lead, StoredValue } from './entities';
import type { ModeSwitch } from './modes';
import type { Store } from './store';

/** Characters of the query that are enough in the loose mode. */
const LOOSE_LENGTH = 4;

/** The text index: a substring of any filled field is a hit (providers/amocrm.md §0.4). */
export class Search {
	constructor(
		private readonly account: Account,
		private readonly store: Store,
		private readonly modes: ModeSwitch,
	) {}

	contacts(query: string): readonly Contact[] {
		return [...this.store.contacts.values()].filter(
			(contact) => this.isIndexed(contact) && !this.isHidden(contact) && this.hits(contact, query),
		);
	}

	/** Also finds leads by the phone or e-mail of a linked contact. */
	leads(query: string): readonly Lead[] {
		const ofContacts = ({ contacts }: Lead) =>
			contacts.some(({ id }) => {
				const contact = this.store.contacts.get(id);
				return contact !== undefined && this.matches(this.labelledTexts(contact), query);
			});
		return [...this.store.leads.values()].filter(
			(lead) => this.isIndexed(lead) && (this.hits(lead, query) || ofContacts(lead)),
		);
	}

	/** Whether the entity holds the text, regardless of the modes. */
	holds(entity: Entity, text: string): boolean {
		return includes(this.texts(entity), text);
	}

	private hits(entity: Entity, query: string): boolean {
		return this.matches(this.texts(entity), query);
	}

	private matches(texts: readonly string[], query: string): boolean {
		const { looseSearch } = this.modes.current;
		return includes(texts, query) || (looseSearch && includes(texts, query.slice(-LOOSE_LENGTH)));
	}

	private isIndexed({ createdMs }: Entity): boolean {
		return Date.now() - createdMs >= this.modes.current.indexLagMs;
	}

	private isHidden(contact: Contact): boolean {
		if (!this.modes.current.unsortedHidden) return false;
		const leads = this.store.leadsOf(contact.id);
		return leads.length > 0 && leads.every(({ pipelineId, statusId }) => {
			const status = this.account.pipeline(pipelineId)?.statuses.find(({ id }) => id === statusId);
			return status?.type === 1;
		});
	}

	private texts(entity: Entity): readonly string[] {
		const values = [...entity.fields.values()].flat().map(({ value }) => String(value));
		return [entity.name, ...values, ...this.labelledTexts(entity)];
	}

	/** Phones as written and as bare digits, and e-mail addresses: `+7…`, `8…` and `7…` stay different. */
	private labelledTexts({ fields }: Entity): readonly string[] {
		const valuesOf = (code: string): readonly StoredValue[] =>
			fields.get(this.account.fieldBy('contacts', code)?.id ?? 0) ?? [];
		const phones = valuesOf('PHONE').map(({ value }) => String(value));
		const emails = valuesOf('EMAIL').map(({ value }) => String(value));
		return [...phones, ...phones.map((phone) => phone.replace(/\D/g, '')), ...emails];
	}
}

function includes(texts: readonly string[], query: string): boolean {
	const wanted = query.toLowerCase();
	return texts.some((text) => text.toLowerCase().includes(wanted));
}
