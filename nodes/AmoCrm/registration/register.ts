import { withLocks } from '../../shared/locks';
import { identifiersOf } from '../customer';
import type { AmoClient } from '../shared/client';
import { createLeads } from './createLeads';
import { fillContacts } from './fillContacts';
import { findContacts, findLeads, step } from './find';
import { identifierKey } from './locate';
import { isOpen, openCase, type Case, type Registration } from './registration';
import { updateLeads } from './updateLeads';
import { writeNotes } from './writeNotes';

/**
 * Registers payments: finds or creates contact and lead, writes fields and totals, adds the note. As few calls as
 * providers/amocrm.md §11 has it: 4 for a known customer, 5 for a new one, n + ⌈leads/100⌉ + 2 for n of them.
 *
 * Payments that concern the same customer wait for each other, within this process.
 *
 * @returns one case for each registration, in their order; what has failed has an `error`, and the others are done
 * all the same
 */
export async function registerPayments(client: AmoClient, registrations: readonly Registration[]): Promise<Case[]> {
	const cases = registrations.map(openCase);
	await withLocks(identifierLocks(client, registrations), async () => {
		await findContacts(client, cases);
		await withLocks(contactLocks(client, cases), async () => {
			await step(client, cases, findLeads);
			cases.filter(isOpen).forEach(decide);
			await step(client, cases, createLeads);
			await step(client, cases, updateLeads);
			await step(client, cases, fillContacts);
			await step(client, cases, writeNotes);
		});
	});
	cases.filter(({ saved, error }) => saved !== null && error === null).forEach((one) => (one.outcome = 'registered'));
	return cases;
}

/** Who may not be created is not found. Money that goes back creates nothing. */
function decide(one: Case): void {
	const { registration, contact, lead } = one;
	if (lead) return;
	const { mayCreateContact, mayCreateLead, payment, customer, telegramFields } = registration;
	const mayCreate = mayCreateLead && payment.sign === 'payment';
	if (contact) {
		if (!mayCreate) one.outcome = 'lead_not_found';
		return;
	}
	const isRecognisable = identifiersOf(customer, telegramFields).identifiers.length > 0;
	if (!isRecognisable) {
		one.warnings.push('There is nothing to recognise the customer by: no Telegram ID, phone or email');
	}
	if (!mayCreate || !mayCreateContact || !isRecognisable) one.outcome = 'contact_not_found';
}

/**
 * Two payments of one customer must neither create two contacts nor count on from the same total
 * (providers/amocrm.md §9). Taken before those of contacts, so that nobody waits in a circle.
 */
function identifierLocks({ key }: AmoClient, registrations: readonly Registration[]): string[] {
	return registrations
		.flatMap(({ customer, telegramFields }) => identifiersOf(customer, telegramFields).identifiers)
		.map((identifier) => `${key} 1 ${identifierKey(identifier)}`);
}

function contactLocks({ key }: AmoClient, cases: readonly Case[]): string[] {
	return cases.flatMap(({ contact }) => (contact ? [`${key} 2 ${contact.id}`] : []));
}
