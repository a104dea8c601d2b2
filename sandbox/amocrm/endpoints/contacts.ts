import { checkAll, checkOne, readElements } from '../batch';
import type { Crm } from '../crm';
import { listAnswer, requireContact, sorted } from '../crm';
import type { Endpoint } from '../endpoint';
import { NO_CONTENT, ok } from '../endpoint';
import type { Contact } from '../entities';
import { contactFilter } from '../filters';

/** Contacts (providers/amocrm.md §3). */
export function contactEndpoints(crm: Crm): Endpoint[] {
	const { account, store, search, writes, renderer } = crm;
	const updated = (contact: Contact) => ({
		id: contact.id,
		name: contact.name,
		updated_at: contact.updatedAt,
		is_deleted: contact.isDeleted,
		_links: renderer.link(`contacts/${contact.id}`),
	});
	return [
		{
			method: 'GET',
			pattern: '/contacts',
			serve: (call) => {
				const text = call.query.text('query');
				const found = text === '' ? [...store.contacts.values()] : search.contacts(text);
				const rows = found.filter(({ isDeleted }) => !isDeleted).filter(contactFilter(call.filters, account));
				return listAnswer(crm, call, 'contacts', sorted(rows, call, ['updated_at', 'id']), (contact) =>
					renderer.contact(contact, call.query.with),
				);
			},
		},
		{
			method: 'GET',
			pattern: '/contacts/:id',
			serve: ({ ids: [id = 0], query }) => {
				const contact = store.contacts.get(id);
				return contact ? ok(renderer.contact(contact, query.with)) : NO_CONTENT;
			},
		},
		{
			method: 'POST',
			pattern: '/contacts',
			serve: ({ body }) => {
				const elements = readElements(body);
				const changes = checkAll(elements, (source, violations) => writes.readContact(source, violations));
				const contacts = changes.map((change, index) => {
					const { id } = store.createContact(change);
					return { id, request_id: elements[index]?.requestId, _links: renderer.link(`contacts/${id}`) };
				});
				return ok({ _links: renderer.link('contacts'), _embedded: { contacts } });
			},
		},
		{
			method: 'PATCH',
			pattern: '/contacts',
			serve: ({ body }) => {
				const elements = readElements(body);
				const changes = checkAll(elements, (source, violations) => {
					const contact = typeof source.id === 'number' ? store.contacts.get(source.id) : undefined;
					if (!contact || contact.isDeleted) violations.notSupported('id');
					return { contact, change: writes.readContact(source, violations) };
				});
				const contacts = changes.flatMap(({ contact, change }, index) => {
					if (!contact) return [];
					store.updateContact(contact, change);
					return [{ ...updated(contact), request_id: elements[index]?.requestId }];
				});
				return ok({ _links: renderer.link('contacts'), _embedded: { contacts } });
			},
		},
		{
			method: 'PATCH',
			pattern: '/contacts/:id',
			serve: ({ ids: [id], body }) => {
				const contact = requireContact(crm, id);
				store.updateContact(contact, checkOne(body, (source, violations) => writes.readContact(source, violations)));
				return ok(updated(contact));
			},
		},
	];
}
