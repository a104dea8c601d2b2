import { sleep } from 'n8n-workflow';

import { fieldSetting, forgetFields } from '../api/catalogs';
import { buildWithFields } from '../api/fieldChange';
import { getLead } from '../api/leads';
import { writeRows } from '../api/writeRows';
import type { Lead } from '../entities';
import { isWritten, type FieldSetting } from '../fieldDraft';
import { fieldsOf, foldPayments, type LeadChange } from '../fold';
import type { Body } from '../repair';
import { AmoError } from '../shared/amoError';
import { MAX_ATTEMPTS, SETTLE_MS } from '../shared/attempts';
import type { AmoClient } from '../shared/client';
import { quotedName } from './names';
import { isOpen, type Case } from './registration';

interface Group {
	lead: Lead;
	cases: Case[];
	/** What was sent last. */
	change: LeadChange | null;
}

/** Call C for leads that are there: one element for each lead, whatever the number of its payments. */
export async function updateLeads(client: AmoClient, cases: readonly Case[]): Promise<void> {
	let open = groupByLead(cases.filter(isOpen));
	for (let attempt = 1; open.length > 0 && attempt <= MAX_ATTEMPTS; attempt++) {
		if (attempt > 1) open = await reread(client, open);
		open = await patch(client, open, attempt === MAX_ATTEMPTS);
	}
}

function groupByLead(cases: readonly Case[]): Group[] {
	const groups = new Map<string, Group>();
	for (const one of cases) {
		if (!one.lead) continue;
		const group = groups.get(one.lead.id) ?? { lead: one.lead, cases: [], change: null };
		groups.set(one.lead.id, { ...group, cases: [...group.cases, one] });
	}
	return [...groups.values()];
}

/** @returns the groups of which nobody knows whether they were saved */
async function patch(client: AmoClient, groups: Group[], isLast: boolean): Promise<Group[]> {
	const payments = groups.flatMap((group) => group.cases.map(({ registration }) => registration.payment));
	const build = (setting: FieldSetting) => {
		for (const group of groups) group.change = foldGroup(group, setting);
		return { setting, hasUnknown: groups.some(({ change }) => change?.hasUnknown) };
	};
	const { setting } = await buildWithFields(client, 'leads', fieldsOf(payments), build);
	const changed = groups.filter(({ change }) => change && change.entries.length + change.tags.length > 0);
	groups.filter((group) => !changed.includes(group)).forEach((group) => finish(group, []));

	const outcomes = await writeRows(client, {
		method: 'PATCH',
		path: 'leads',
		collection: 'leads',
		bodies: changed.map(toBody),
		nameOf: quotedName(setting.definitions),
		rebuild: async () => {
			forgetFields(client, 'leads');
			build(await fieldSetting(client, 'leads', fieldsOf(payments)));
			return changed.map(toBody);
		},
	});
	return changed.filter((group, at) => {
		const outcome = outcomes[at];
		if (outcome?.status === 'saved') finish(group, outcome.warnings);
		else if (outcome?.status === 'failed' || isLast) fail(group, outcome?.error ?? null);
		return outcome?.status === 'uncertain';
	});
}

/**
 * What stands there now decides: nothing is sent again that was saved, and numbers are counted on from what is true.
 */
async function reread(client: AmoClient, groups: Group[]): Promise<Group[]> {
	await sleep(SETTLE_MS);
	const unsaved: Group[] = [];
	for (const group of groups) {
		const lead = await getLead(client, group.lead.id);
		const entries = group.change?.entries ?? [];
		if (!lead) fail(group, new AmoError('notFound', `amoCRM has no lead ${group.lead.id} any more`, 'Try again.'));
		else if (entries.length > 0 && isWritten(entries, lead.fields)) finish(group, []);
		else unsaved.push({ ...group, lead });
	}
	return unsaved;
}

function foldGroup({ lead, cases }: Group, setting: FieldSetting): LeadChange {
	return foldPayments(
		lead.fields,
		cases.map(({ registration }) => registration.payment),
		setting,
	);
}

function toBody({ lead, change }: Group): Body {
	return {
		id: Number(lead.id),
		...(change && change.entries.length > 0 ? { custom_fields_values: change.entries } : {}),
		...(change && change.tags.length > 0 ? { tags_to_add: change.tags.map((name) => ({ name })) } : {}),
	};
}

function finish({ lead, cases, change }: Group, warnings: readonly string[]): void {
	cases.forEach((one, at) => {
		one.saved = {
			leadId: lead.id,
			contactId: one.contact?.id ?? lead.contactIds[0] ?? null,
			pipelineId: lead.pipelineId,
			statusId: lead.statusId,
		};
		one.alreadyCounted = change?.alreadyCounted[at] === true;
		one.warnings.push(...(change?.warnings ?? []), ...warnings);
	});
}

function fail({ cases }: Group, error: Error | null): void {
	cases.forEach((one) => (one.error = error));
}
