import { listOf, readLead, type Contact, type Lead } from '../entities';
import type { AmoClient } from '../shared/client';
import { memoryOf } from '../shared/accountMemory';
import { valuesOf } from '../storedFields';
import { notFoundAsNull } from './contacts';
import { idFilter } from './idFilter';

const MAX_IDS = 100;
const PAGE = 250;
/** Without filters leads are read one by one; a contact with more of them than this has to be looked at by a person. */
const MAX_SINGLE_READS = 50;
const NEWEST = 50;

/** Leads to read, and whose they are. */
export interface LeadOwner {
	leadIds: readonly string[];
	/** For the account that ignores filters: helps to read them together; null when it is not known. */
	contact: Contact | null;
}

/**
 * Call B of providers/amocrm.md §11: the leads of all these contacts, in one call for each hundred. Where the account
 * ignores filters, which shows by foreign rows, they are searched for by the contact and then read one by one (§8.4).
 */
export async function getLeads(
	client: AmoClient,
	owners: readonly LeadOwner[],
): Promise<{ leads: Lead[]; warnings: string[] }> {
	const ids = [...new Set(owners.flatMap(({ leadIds }) => leadIds))];
	if (!memoryOf(client).ignoresFilters) {
		const leads = await filterLeads(client, ids);
		if (leads) return { leads, warnings: [] };
		memoryOf(client).noteIgnoredFilters();
	}
	return await collectLeads(client, owners);
}

/** One lead; null when there is none. */
export async function getLead(client: AmoClient, id: string): Promise<Lead | null> {
	return readLead(await client.read(`leads/${id}`, [['with', 'contacts']]).catch(notFoundAsNull));
}

/** The leads created last, with their contacts. A list knows them at once, the search maybe later. */
export async function getNewestLeads(client: AmoClient): Promise<Lead[]> {
	const answer = await client.read('leads', [
		['with', 'contacts'],
		['order[created_at]', 'desc'],
		['limit', NEWEST],
	]);
	return listOf(answer, 'leads', readLead);
}

/** Null when the account ignores the filter. */
async function filterLeads(client: AmoClient, ids: readonly string[]): Promise<Lead[] | null> {
	const leads: Lead[] = [];
	for (let at = 0; at < ids.length; at += MAX_IDS) {
		const wanted = ids.slice(at, at + MAX_IDS);
		const answer = await client.read('leads', [
			...idFilter(wanted),
			['order[updated_at]', 'desc'],
			['limit', PAGE],
		]);
		const rows = listOf(answer, 'leads', readLead);
		if (rows.some(({ id }) => !wanted.includes(id))) return null;
		leads.push(...rows);
	}
	return leads;
}

async function collectLeads(
	client: AmoClient,
	owners: readonly LeadOwner[],
): Promise<{ leads: Lead[]; warnings: string[] }> {
	const found = new Map<string, Lead>();
	const warnings: string[] = [];
	for (const { leadIds, contact } of owners) {
		const isMissing = (id: string) => !found.has(id);
		if (leadIds.filter(isMissing).length > 1) await searchLeads(client, contact, leadIds, found);
		const missing = leadIds.filter(isMissing).sort((one, other) => Number(other) - Number(one));
		for (const id of missing.slice(0, MAX_SINGLE_READS)) {
			const lead = await getLead(client, id);
			if (lead) found.set(id, lead);
		}
		if (missing.length > MAX_SINGLE_READS) {
			warnings.push(`Only the newest ${MAX_SINGLE_READS} of the contact's leads were looked at`);
		}
	}
	return { leads: [...found.values()], warnings };
}

/** amoCRM finds leads by the phone or email of their contact, too; what is not the contact's own is left out. */
async function searchLeads(
	client: AmoClient,
	contact: Contact | null,
	leadIds: readonly string[],
	found: Map<string, Lead>,
): Promise<void> {
	const phone = String(valuesOf(contact?.fields ?? [], 'PHONE')[0]?.value ?? '').replace(/\D/g, '');
	const query = phone.length >= 7 ? phone.slice(-10) : String(valuesOf(contact?.fields ?? [], 'EMAIL')[0]?.value ?? '');
	if (query.trim() === '') return;
	const answer = await client.read('leads', [
		['query', query],
		['with', 'contacts'],
		['order[updated_at]', 'desc'],
		['limit', PAGE],
	]);
	listOf(answer, 'leads', readLead)
		.filter(({ id }) => leadIds.includes(id))
		.forEach((lead) => found.set(lead.id, lead));
}
