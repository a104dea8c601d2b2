import { checkAll, readElements } from '../batch';
import type { Crm } from '../crm';
import { listAnswer, requireLead } from '../crm';
import type { Call, Endpoint } from '../endpoint';
import { NO_CONTENT, ok } from '../endpoint';
import type { Lead, LinkedContact } from '../entities';
import { isObject } from '../json';

/** A contact to attach to a lead or to detach from it. */
interface Row {
	readonly lead: Lead | undefined;
	readonly contactId: number;
	readonly isMain: boolean;
}

/** Links between leads and contacts (providers/amocrm.md §4). */
export function linkEndpoints(crm: Crm): Endpoint[] {
	const { store } = crm;
	const attach = (rows: readonly Row[]) => {
		const links = rows.flatMap(({ lead, contactId, isMain }) =>
			lead ? [link(lead, store.link(lead, contactId, isMain))] : [],
		);
		return ok({ _total_items: links.length, _embedded: { links } });
	};
	const detach = (rows: readonly Row[]) => {
		for (const { lead, contactId } of rows) if (lead) store.unlink(lead, contactId);
		return NO_CONTENT;
	};
	return [
		{ method: 'POST', pattern: '/leads/link', serve: ({ body }) => attach(readRows(crm, body)) },
		{ method: 'POST', pattern: '/leads/unlink', serve: ({ body }) => detach(readRows(crm, body)) },
		{ method: 'POST', pattern: '/leads/:id/link', serve: (call) => attach(readOwnRows(crm, call)) },
		{ method: 'POST', pattern: '/leads/:id/unlink', serve: (call) => detach(readOwnRows(crm, call)) },
		{
			method: 'GET',
			pattern: '/leads/links',
			serve: (call) => {
				const wanted = call.filters.list('filter[entity_id]');
				const leads = [...store.leads.values()].filter(({ id }) => wanted?.includes(String(id)) ?? true);
				return listAnswer(crm, call, 'links', leads.flatMap(linksOf), (row) => row);
			},
		},
		{
			method: 'GET',
			pattern: '/leads/:id/links',
			serve: (call) => listAnswer(crm, call, 'links', linksOf(ownLead(crm, call)), (row) => row),
		},
	];
}

function ownLead(crm: Crm, { ids: [id] }: Call): Lead {
	return requireLead(crm, id);
}

function readOwnRows(crm: Crm, call: Call): readonly Row[] {
	return readRows(crm, call.body, ownLead(crm, call));
}

/** Rows of the bulk form name their lead by `entity_id`. */
function readRows({ store }: Crm, body: unknown, ownLead?: Lead): readonly Row[] {
	return checkAll(readElements(body), (source, violations) => {
		const lead = ownLead ?? (typeof source.entity_id === 'number' ? store.leads.get(source.entity_id) : undefined);
		if (!lead || lead.isDeleted) violations.notSupported('entity_id');
		if (source.to_entity_type !== 'contacts') violations.notSupported('to_entity_type');
		const contactId = typeof source.to_entity_id === 'number' ? source.to_entity_id : 0;
		if (store.contacts.get(contactId)?.isDeleted ?? true) violations.notSupported('to_entity_id');
		return { lead, contactId, isMain: isObject(source.metadata) && source.metadata.is_main === true };
	});
}

function linksOf(lead: Lead): object[] {
	return lead.contacts.map((contact) => link(lead, contact));
}

function link(lead: Lead, contact: LinkedContact): object {
	return {
		entity_id: lead.id,
		entity_type: 'leads',
		to_entity_id: contact.id,
		to_entity_type: 'contacts',
		metadata: { main_contact: contact.isMain },
	};
}
