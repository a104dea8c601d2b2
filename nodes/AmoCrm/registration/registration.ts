import type { StatusPair } from '../chooseLead';
import type { IdentifierKind } from '../customer';
import type { Contact, Lead } from '../entities';
import { marksOf, type Payment } from '../fold';
import type { Marks, Wanted } from './locate';

export interface NewLead {
	pipelineId: string;
	statusId: string;
	/** Empty: amoCRM names it. */
	name: string;
}

/** What a preceding `payment: find` has found, so that a workflow could decide in between. */
export interface Given {
	contact: Contact | null;
	lead: Lead | null;
	matchedBy: IdentifierKind | null;
}

/** One payment with everything the node was told about it. */
export interface Registration extends Wanted {
	payment: Payment;
	/** Empty: no note. */
	note: string;
	mayCreateContact: boolean;
	mayCreateLead: boolean;
	newLead: NewLead;
	excluded: readonly StatusPair[];
	/** An earlier attempt may have got through, in part or altogether. */
	isRepeat: boolean;
	/** Null: contact and lead are looked for here. */
	given: Given | null;
}

/** Without a contact or lead, and without leave to create it, nothing is written (PA2: 404). */
export type Outcome = 'registered' | 'contact_not_found' | 'lead_not_found';

/** A registration on its way through the calls of providers/amocrm.md §11. */
export interface Case {
	readonly registration: Registration;
	/** Requests made for this payment; those made for several count for the first of them. */
	calls: number;
	warnings: string[];
	contact: Contact | null;
	matchedBy: IdentifierKind | null;
	/** The lead to be changed; null while there is none. */
	lead: Lead | null;
	outcome: Outcome | null;
	/** Where the payment is now. */
	saved: { contactId: string | null; leadId: string; pipelineId: string; statusId: string } | null;
	createdContact: boolean;
	createdLead: boolean;
	alreadyCounted: boolean;
	noteId: string | null;
	error: Error | null;
}

export function openCase(registration: Registration): Case {
	return {
		registration,
		calls: 0,
		warnings: [],
		contact: registration.given?.contact ?? null,
		matchedBy: registration.given?.matchedBy ?? null,
		lead: registration.given?.lead ?? null,
		outcome: null,
		saved: null,
		createdContact: false,
		createdLead: false,
		alreadyCounted: false,
		noteId: null,
		error: null,
	};
}

/** Neither failed nor answered yet. */
export function isOpen({ error, outcome, saved }: Case): boolean {
	return error === null && outcome === null && saved === null;
}

export function marksFor({ payment }: Registration): Marks {
	return { field: payment.totalsFields.paymentId, values: marksOf(payment) };
}
