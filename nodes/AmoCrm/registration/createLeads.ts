import { sleep } from 'n8n-workflow';

import { forgetFields } from '../api/catalogs';
import { getContact } from '../api/contacts';
import { buildWithFields } from '../api/fieldChange';
import { getNewestLeads } from '../api/leads';
import { writeRows, type RowOutcome, type SavedRow } from '../api/writeRows';
import { identifiersOf } from '../customer';
import { minorToWhole } from '../decimal';
import type { Contact, Lead } from '../entities';
import { fieldsOf, foldPayments } from '../fold';
import { contactBody, telegramRefs, type NewContact } from '../newContact';
import type { Body } from '../repair';
import { MAX_ATTEMPTS, SETTLE_MS } from '../shared/attempts';
import type { AmoClient } from '../shared/client';
import { groupCreations, wantedOf, type Creation } from './groupCreations';
import { ContactFinder, markedLead, readLeadsOf, rememberContact, rememberLead } from './locate';
import { quotedName } from './names';
import { isOpen, marksFor, type Case } from './registration';

/** Clocks of amoCRM and this machine may differ by this much. */
const CLOCK_SKEW_SECONDS = 60;

/**
 * Call C where there is no lead yet: a lead for a contact, or both at once. A creation nobody knows the outcome of is
 * looked for before it is sent again, first among the newest leads: the search may not know them yet.
 */
export async function createLeads(client: AmoClient, cases: readonly Case[]): Promise<void> {
	let waiting = cases.filter((one) => isOpen(one) && one.lead === null);
	if (waiting.some(({ registration }) => registration.isRepeat)) {
		await findEarlierLeads(client, waiting);
		waiting = waiting.filter(({ lead }) => lead === null);
	}
	while (waiting.length > 0) {
		const creations = groupCreations(waiting);
		const isNew = ({ contact }: Creation) => contact === null;
		const [newcomers, known] = [creations.filter(isNew), creations.filter((creation) => !isNew(creation))];
		// One after the other: trouble with the second must not hide what has become of the first.
		await createAll(client, newcomers);
		await createAll(client, known);
		for (const creation of creations) await passContactOn(client, creation);
		waiting = waiting.filter(isOpen);
	}
}

/** An earlier attempt may have created the lead and have stopped before it could say so. */
async function findEarlierLeads(client: AmoClient, waiting: readonly Case[]): Promise<void> {
	const newest = await getNewestLeads(client);
	for (const one of waiting) {
		if (one.registration.isRepeat) one.lead = markedLead(newest, marksFor(one.registration));
	}
}

async function createAll(client: AmoClient, creations: readonly Creation[]): Promise<void> {
	const startedAt = Math.floor(Date.now() / 1000);
	let open = [...creations];
	for (let attempt = 1; open.length > 0 && attempt <= MAX_ATTEMPTS; attempt++) {
		if (attempt > 1) open = await findCreated(client, open, startedAt);
		const outcomes = await post(client, open);
		open = open.filter((creation) => {
			const outcome = outcomes.get(creation);
			if (outcome?.status === 'saved') finish(client, creation, outcome.answer, outcome.warnings);
			else if (outcome && (outcome.status === 'failed' || attempt === MAX_ATTEMPTS)) fail(creation, outcome.error);
			return outcome?.status === 'uncertain';
		});
	}
}

async function post(client: AmoClient, creations: readonly Creation[]): Promise<Map<Creation, RowOutcome>> {
	const outcomes = new Map<Creation, RowOutcome>();
	const kinds = [
		{ path: 'leads/complex', rows: creations.filter(({ contact }) => contact === null) },
		{ path: 'leads', rows: creations.filter(({ contact }) => contact !== null) },
	];
	for (const { path, rows } of kinds) {
		if (rows.length === 0) continue;
		const build = async () => await buildBodies(client, rows);
		const { bodies, nameOf } = await build();
		const rebuild = async () => {
			forgetFields(client, 'leads');
			forgetFields(client, 'contacts');
			return (await build()).bodies;
		};
		const results = await writeRows(client, { method: 'POST', path, collection: 'leads', bodies, nameOf, rebuild });
		rows.forEach((creation, at) => outcomes.set(creation, results[at] as RowOutcome));
	}
	return outcomes;
}

async function buildBodies(
	client: AmoClient,
	creations: readonly Creation[],
): Promise<{ bodies: Body[]; nameOf: (fieldId: unknown) => string }> {
	const payments = creations.flatMap(({ cases }) => cases.map(({ registration }) => registration.payment));
	const { leadFields } = await buildWithFields(client, 'leads', fieldsOf(payments), (setting) => {
		for (const creation of creations) creation.change = foldPayments([], paymentsOf(creation), setting);
		return { leadFields: setting.definitions, hasUnknown: creations.some(({ change }) => change?.hasUnknown) };
	});
	const newcomers = creations.filter(({ contact }) => contact === null).map(({ cases }) => wantedOf(cases));
	const { bodies, contactFields } = await buildWithFields(client, 'contacts', telegramRefs(newcomers), (setting) => {
		const made = creations.map((creation) => ({
			creation,
			...(creation.contact ? knownContact(creation.contact) : contactBody(wantedOf(creation.cases), setting)),
		}));
		for (const { creation, warnings } of made) creation.contactWarnings = warnings;
		return {
			bodies: made.map(({ creation, body }) => leadBody(creation, body)),
			contactFields: setting.definitions,
			hasUnknown: made.some(({ hasUnknown }) => hasUnknown),
		};
	});
	return { bodies, nameOf: quotedName([...leadFields, ...contactFields]) };
}

function knownContact({ id }: Contact): NewContact {
	return { body: { id: Number(id), is_main: true }, warnings: [], hasUnknown: false };
}

function leadBody(creation: Creation, contact: Body): Body {
	const { change } = creation;
	const { newLead } = creation.first.registration;
	const tags = change?.tags.map((name) => ({ name })) ?? [];
	return {
		...(newLead.name === '' ? {} : { name: newLead.name }),
		price: priceOf(creation),
		pipeline_id: Number(newLead.pipelineId),
		status_id: Number(newLead.statusId),
		...(change && change.entries.length > 0 ? { custom_fields_values: change.entries } : {}),
		_embedded: { contacts: [contact], ...(tags.length > 0 ? { tags } : {}) },
	};
}

/** The budget of a lead is what was paid on it. */
function priceOf(creation: Creation): number {
	return minorToWhole(paymentsOf(creation).reduce((sum, { amountMinor }) => sum + amountMinor, 0));
}

function paymentsOf({ cases }: Creation) {
	return cases.map(({ registration }) => registration.payment);
}

/** @returns what is certainly not there */
async function findCreated(client: AmoClient, creations: Creation[], startedAt: number): Promise<Creation[]> {
	await sleep(SETTLE_MS);
	const newest = await getNewestLeads(client);
	const missing: Creation[] = [];
	for (const creation of creations) {
		const lead = newest.find((candidate) => isOurs(candidate, creation, startedAt));
		if (lead) finish(client, creation, asSaved(lead, creation), []);
		else if (!(await findByContact(client, creation))) missing.push(creation);
	}
	return missing;
}

/** By the payment it holds, or else by all we have given to it. */
function isOurs(lead: Lead, creation: Creation, startedAt: number): boolean {
	const marks = creation.cases.map(({ registration }) => marksFor(registration));
	if (marks.some((mark) => mark.field !== '')) return marks.some((mark) => markedLead([lead], mark) !== null);
	const { newLead } = creation.first.registration;
	return (
		lead.createdAt >= startedAt - CLOCK_SKEW_SECONDS &&
		lead.price === priceOf(creation) &&
		(newLead.name === '' || lead.name === newLead.name) &&
		(creation.contact ? lead.contactIds.includes(creation.contact.id) : newLead.name !== '')
	);
}

/** The contact may have been created, with its lead or without. */
async function findByContact(client: AmoClient, creation: Creation): Promise<boolean> {
	if (creation.contact) return false;
	const { contact } = await new ContactFinder(client).find(wantedOf(creation.cases));
	if (!contact) return false;
	const { leads } = await readLeadsOf(client, [contact]);
	const marks = creation.cases.map(({ registration }) => marksFor(registration));
	const lead = marks.map((mark) => markedLead(leads, mark)).find((found) => found !== null);
	if (lead) {
		finish(client, creation, { ...asSaved(lead, creation), contactId: contact.id }, []);
		return true;
	}
	creation.contact = contact;
	return false;
}

function asSaved(lead: Lead, { contact }: Creation): SavedRow {
	return { id: lead.id, contactId: contact?.id ?? lead.contactIds[0] ?? null, isMerged: false };
}

function finish(client: AmoClient, creation: Creation, saved: SavedRow, warnings: readonly string[]): void {
	const { id, contactId, isMerged } = saved;
	const { contact, cases, change, contactWarnings, first } = creation;
	const { pipelineId, statusId } = first.registration.newLead;
	const owner = contact?.id ?? contactId;
	if (owner !== null) {
		rememberLead(client, owner, id);
		const { customer, telegramFields } = wantedOf(cases);
		if (!contact) rememberContact(client, identifiersOf(customer, telegramFields).identifiers, owner);
	}
	const merged = isMerged ? ["amoCRM's duplicate control has merged this lead with another one: check its totals"] : [];
	cases.forEach((one, at) => {
		one.saved = { contactId: owner, leadId: id, pipelineId, statusId };
		one.createdContact = contact === null && !isMerged && at === 0;
		one.createdLead = !isMerged && at === 0;
		one.alreadyCounted = change?.alreadyCounted[at] === true;
		one.warnings.push(...(change?.warnings ?? []), ...contactWarnings, ...warnings, ...merged);
	});
}

function fail({ cases }: Creation, error: Error): void {
	cases.forEach((one) => (one.error = error));
}

/** Payments of a new customer that need leads of their own come when his contact is there. */
async function passContactOn(client: AmoClient, { first, followers }: Creation): Promise<void> {
	if (followers.length === 0) return;
	const contactId = first.saved?.contactId;
	const contact = contactId ? await getContact(client, contactId) : null;
	for (const one of followers) {
		if (contact) one.contact = contact;
		else one.error = first.error ?? new Error('The contact of this customer could not be created');
	}
}
