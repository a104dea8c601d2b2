import { statusPair } from '../chooseLead';
import { identifiersOf, type Customer } from '../customer';
import type { Contact } from '../entities';
import type { LeadChange } from '../fold';
import { identifierKey, type Wanted } from './locate';
import type { Case } from './registration';

/** A lead that is to be created, for one payment or several of one customer. */
export interface Creation {
	first: Case;
	/** All whose payments go into it, the first one included. */
	cases: Case[];
	/** Those that wait until the contact is there. */
	followers: Case[];
	/** Null: the contact is created together with the lead. */
	contact: Contact | null;
	change: LeadChange | null;
	contactWarnings: string[];
}

/**
 * Puts payments together as they would come together one after the other: the second one finds the contact of the
 * first, and its lead too, unless new leads stand in a status that does not count as active.
 */
export function groupCreations(waiting: readonly Case[]): Creation[] {
	return groupByCustomer(waiting).flatMap((group): Creation[] => {
		const [first, ...others] = group;
		if (!first) return [];
		const creation = { first, followers: [], contact: first.contact, change: null, contactWarnings: [] };
		if (!needsOwnLead(first)) return [{ ...creation, cases: group }];
		if (!first.contact) return [{ ...creation, cases: [first], followers: others }];
		return group.map((one) => ({ ...creation, first: one, cases: [one] }));
	});
}

/** What several payments of one customer know about him together. */
export function wantedOf(cases: readonly Case[]): Wanted {
	const customers = cases.map(({ registration }) => registration.customer);
	const known = (name: keyof Customer) =>
		customers.map((customer) => customer[name].trim()).find((text) => text !== '') ?? '';
	return {
		customer: {
			telegramId: known('telegramId'),
			telegramUsername: known('telegramUsername'),
			phone: known('phone'),
			email: known('email'),
			name: known('name'),
		},
		telegramFields: cases[0]?.registration.telegramFields ?? { telegramId: '', telegramUsername: '' },
	};
}

function needsOwnLead({ registration }: Case): boolean {
	return registration.excluded.includes(statusPair(registration.newLead));
}

function groupByCustomer(waiting: readonly Case[]): Case[][] {
	let groups: Array<{ keys: Set<string>; cases: Case[] }> = [];
	for (const one of waiting) {
		const keys = keysOf(one);
		const same = groups.filter((group) => keys.some((key) => group.keys.has(key)));
		const merged = {
			keys: new Set([...same.flatMap((group) => [...group.keys]), ...keys]),
			cases: [...same.flatMap((group) => group.cases), one],
		};
		groups = [...groups.filter((group) => !same.includes(group)), merged];
	}
	return groups.map((group) => group.cases);
}

function keysOf({ contact, registration }: Case): string[] {
	if (contact) return [`contact:${contact.id}`];
	return identifiersOf(registration.customer, registration.telegramFields).identifiers.map(identifierKey);
}
