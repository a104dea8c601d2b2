import { getLeads } from '../api/leads';
import { isAbsolute } from '../fold';
import { AmoError } from '../shared/amoError';
import type { AmoClient } from '../shared/client';
import { asError } from '../shared/run';
import { ContactFinder, hasNewerLeads, pickLead, readLeadsOf } from './locate';
import { isOpen, marksFor, openCase, type Case, type Registration } from './registration';

type Step = (client: AmoClient, cases: readonly Case[]) => Promise<void>;

/** A step that several cases share. If it throws, those fail that are still open. */
export async function step(client: AmoClient, cases: readonly Case[], run: Step): Promise<void> {
	const live = cases.filter(({ error, outcome }) => error === null && outcome === null);
	const [first] = live;
	if (!first) return;
	const before = client.calls;
	const error = await run(client, live).then(() => null, asError);
	first.calls += client.calls - before;
	if (error) live.filter(isOpen).forEach((one) => (one.error = error));
}

/** A problem with one customer is his own; one with the account is everybody's. */
export async function findContacts(client: AmoClient, cases: readonly Case[]): Promise<void> {
	const finder = new ContactFinder(client);
	const toFind = cases.filter((one) => needsSearch(client, one));
	await step(client, toFind, async () => await finder.prefetch(toFind.map(({ registration }) => registration)));
	for (const one of toFind) {
		if (one.error) continue;
		await step(client, [one], async () => {
			const found = await finder.find(one.registration);
			one.contact = found.contact;
			one.matchedBy = found.matchedBy;
			one.warnings.push(...found.warnings);
		});
		const { error } = one as Case;
		if (error instanceof AmoError && error.isHopeless) toFind.forEach((other) => (other.error ??= error));
	}
}

/** What was found before is taken as it is, unless the contact has come into being since. */
function needsSearch(client: AmoClient, { registration, contact }: Case): boolean {
	if (registration.given === null) return true;
	if (contact !== null) return false;
	return new ContactFinder(client).hasMet(registration);
}

/**
 * Call B: the leads of all contacts, each once. A lead that was given is read again if its numbers are counted on
 * from; that none was found is believed, unless things may have changed.
 */
export async function findLeads(client: AmoClient, cases: readonly Case[]): Promise<void> {
	const stale = cases.filter(({ lead, registration }) => lead !== null && !isAbsolute(registration.payment));
	if (stale.length > 0) {
		const { leads } = await getLeads(
			client,
			stale.map(({ contact, lead }) => ({ contact, leadIds: lead ? [lead.id] : [] })),
		);
		for (const one of stale) one.lead = leads.find(({ id, isDeleted }) => id === one.lead?.id && !isDeleted) ?? null;
	}
	const toPick = cases.filter((one) => one.lead === null && (stale.includes(one) || needsLeads(client, one)));
	const { leads, warnings } = await readLeadsOf(
		client,
		toPick.flatMap(({ contact }) => contact ?? []),
	);
	for (const one of toPick) {
		one.warnings.push(...warnings);
		if (one.contact) {
			const { excluded } = one.registration;
			one.lead = await pickLead(client, leads, one.contact, excluded, marksFor(one.registration));
		}
	}
}

function needsLeads(client: AmoClient, { contact, registration: { given, isRepeat } }: Case): boolean {
	if (!contact) return false;
	return given === null || given.contact === null || isRepeat || hasNewerLeads(client, contact);
}

/** Contact and lead of each payment, as registering would find them; nothing is changed. */
export async function findForPayments(client: AmoClient, registrations: readonly Registration[]): Promise<Case[]> {
	const cases = registrations.map(openCase);
	await findContacts(client, cases);
	await step(client, cases, findLeads);
	return cases;
}
