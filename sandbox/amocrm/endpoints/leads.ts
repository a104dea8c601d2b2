import { checkAll, checkOne, MOST_COMPLEX, readElements } from '../batch';
import type { Crm } from '../crm';
import { listAnswer, requireLead, sorted } from '../crm';
import type { Answer, Call, Endpoint } from '../endpoint';
import { NO_CONTENT, ok } from '../endpoint';
import type { Lead } from '../entities';
import { leadFilter } from '../filters';
import type { ComplexLead } from '../writes';

/** Leads (providers/amocrm.md §4). */
export function leadEndpoints(crm: Crm): Endpoint[] {
	const { store, writes, renderer } = crm;
	const updated = ({ id, updatedAt }: Lead) => ({ id, updated_at: updatedAt, _links: renderer.link(`leads/${id}`) });
	return [
		{ method: 'GET', pattern: '/leads', serve: (call) => listLeads(crm, call) },
		{
			method: 'GET',
			pattern: '/leads/:id',
			serve: ({ ids: [id = 0], query }) => {
				const lead = store.leads.get(id);
				return lead ? ok(renderer.lead(lead, query.with)) : NO_CONTENT;
			},
		},
		{
			method: 'POST',
			pattern: '/leads',
			serve: ({ body }) => {
				const elements = readElements(body);
				const changes = checkAll(elements, (source, violations) => writes.readNewLead(source, violations));
				const leads = changes.map((change, index) => {
					const { id } = store.createLead(change);
					return { id, request_id: elements[index]?.requestId, _links: renderer.link(`leads/${id}`) };
				});
				return ok({ _links: renderer.link('leads'), _embedded: { leads } });
			},
		},
		{
			method: 'POST',
			pattern: '/leads/complex',
			serve: ({ body }) => {
				const elements = readElements(body, MOST_COMPLEX);
				const changes = checkAll(elements, (source, violations) => writes.readComplexLead(source, violations));
				const created = changes.map((change, index) => ({
					...createComplex(crm, change),
					company_id: null,
					merged: false,
					request_id: [elements[index]?.requestId],
				}));
				return ok(created);
			},
		},
		{
			method: 'PATCH',
			pattern: '/leads',
			serve: ({ body }) => {
				const elements = readElements(body);
				const changes = checkAll(elements, (source, violations) => {
					const lead = typeof source.id === 'number' ? store.leads.get(source.id) : undefined;
					if (lead && !lead.isDeleted) return { lead, change: writes.readLeadUpdate(source, violations, lead) };
					violations.notSupported('id');
					return null;
				});
				const leads = changes.flatMap((found, index) => {
					if (!found) return [];
					store.updateLead(found.lead, found.change);
					return [{ ...updated(found.lead), request_id: elements[index]?.requestId }];
				});
				return ok({ _links: renderer.link('leads'), _embedded: { leads } });
			},
		},
		{
			method: 'PATCH',
			pattern: '/leads/:id',
			serve: ({ ids: [id], body }) => {
				const lead = requireLead(crm, id);
				store.updateLead(
					lead,
					checkOne(body, (source, violations) => writes.readLeadUpdate(source, violations, lead)),
				);
				return ok(updated(lead));
			},
		},
	];
}

/** The bin and the other leads never appear together. */
function listLeads(crm: Crm, call: Call): Answer {
	const { account, store, search, renderer } = crm;
	const text = call.query.text('query');
	const wantsDeleted = call.query.with.has('only_deleted');
	const found = text === '' ? [...store.leads.values()] : search.leads(text);
	const rows = found.filter(({ isDeleted }) => isDeleted === wantsDeleted).filter(leadFilter(call.filters, account));
	return listAnswer(crm, call, 'leads', sorted(rows, call, ['created_at', 'updated_at', 'id']), (lead) =>
		renderer.lead(lead, call.query.with),
	);
}

function createComplex({ store }: Crm, { lead, contact }: ComplexLead): { id: number; contact_id: number | null } {
	const contactId = contact && ('change' in contact ? store.createContact(contact.change).id : contact.id);
	const contacts = contactId === null ? [] : [{ id: contactId, isMain: true }];
	return { id: store.createLead({ ...lead, contacts }).id, contact_id: contactId };
}
