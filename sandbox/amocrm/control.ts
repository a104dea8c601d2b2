import type { Account, CustomField, EntityKind } from './account';
import type { Entity } from './entities';
import type { Faults, FaultTarget } from './faults';
import type { Journal, RequestEntry } from './journal';
import type { Modes, ModeSwitch } from './modes';
import type { GivenContact, GivenLead, GivenPerson, People } from './people';
import { SandboxError } from './people';
import type { RateMeter } from './rate';
import type { Search } from './search';
import type { Store } from './store';
import type { Tokens } from './tokens';
import type { ContactView, LeadView, NoteView, Views } from './views';

/** The inside of the stand-in that the control works on. */
export interface ControlParts {
	readonly account: Account;
	readonly store: Store;
	readonly search: Search;
	readonly people: People;
	readonly views: Views;
	readonly modes: ModeSwitch;
	readonly faults: Faults;
	readonly rate: RateMeter;
	readonly tokens: Tokens;
	readonly journal: Journal;
	readonly seed: readonly GivenPerson[];
}

/** Drives the stand-in: what a test or the control API may do to it. */
export class AmoCrmControl {
	constructor(private readonly parts: ControlParts) {
		this.plantSeed();
	}

	/** Changes the modes named, keeps the others. */
	set(modes: Partial<Modes>): void {
		this.parts.modes.set(modes);
	}

	get modes(): Modes {
		return this.parts.modes.current;
	}

	/** Every call is answered 503, or no longer. */
	down(isDown = true): void {
		this.set({ down: isDown });
	}

	/** The next `count` calls of the target are answered `status`; nothing is saved. */
	failNext(count: number, status: number, target: FaultTarget = {}): void {
		this.parts.faults.add({ kind: 'fail', status, apply: false }, count, target);
	}

	/** The next `count` writes take effect, but their caller gets 504. */
	applyThen504Next(count = 1, target: FaultTarget = {}): void {
		this.parts.faults.add({ kind: 'fail', status: 504, apply: true }, count, target);
	}

	/** The next `count` calls are answered 429 with a page of HTML; they do not count as over the rate. */
	rateLimitNext(count = 1, target: FaultTarget = {}): void {
		this.parts.faults.add({ kind: 'tooMany' }, count, target);
	}

	/** The next `count` calls get no answer; with `apply` they are writes that took effect. */
	dropNext(count = 1, { apply = false, ...target }: FaultTarget & { readonly apply?: boolean } = {}): void {
		this.parts.faults.add({ kind: 'drop', apply }, count, target);
	}

	/** The next `count` calls are served `ms` later. */
	delayNext(ms: number, count = 1, target: FaultTarget = {}): void {
		this.parts.faults.add({ kind: 'delay', ms }, count, target);
	}

	/** The next write is refused with 400 that names the elements at `positions`; nothing of it is saved. */
	rejectElementsNext(positions: readonly number[], target: FaultTarget = {}): void {
		this.parts.faults.add({ kind: 'rejectElements', positions }, 1, target);
	}

	/** All tokens stop working: 401. */
	revokeToken(): void {
		this.parts.tokens.setRevoked(true);
	}

	restoreToken(): void {
		this.parts.tokens.setRevoked(false);
	}

	/** Access tokens of OAuth2 end now; refresh tokens stay good. */
	expireAccessTokens(): void {
		this.parts.tokens.expireAccess();
	}

	/** What the authorisation page hands out: a code for the token endpoint. */
	authorizationCode(): string {
		return this.parts.tokens.issueCode();
	}

	/** Calls that came over the rate. */
	overRate(): number {
		return this.parts.rate.overRate;
	}

	/** Most calls within any second. */
	peakPerSecond(): number {
		return this.parts.rate.peakPerSecond;
	}

	/** All calls of the API, oldest first, refused ones too. */
	requests(): readonly RequestEntry[] {
		return [...this.parts.journal.requests];
	}

	/** Number of calls by `METHOD pattern`, e.g. `PATCH /api/v4/leads/:id`. */
	callCounts(): Readonly<Record<string, number>> {
		return this.parts.journal.callCounts;
	}

	/** Begins to count anew: journal, {@link overRate} and {@link peakPerSecond}. */
	resetCounters(): void {
		this.parts.journal.clear();
		this.parts.rate.resetCounters();
	}

	/** Lifts the block that repeated abuse brought, as the support does. */
	unblock(): void {
		this.parts.rate.unblock();
	}

	/** @throws SandboxError when a field or a choice does not exist */
	addContact(contact: GivenContact): ContactView {
		return this.parts.views.contact(this.parts.people.addContact(contact));
	}

	/** @throws SandboxError when a contact, pipeline, status, field or choice does not exist */
	addLead(lead: GivenLead): LeadView {
		return this.parts.views.lead(this.parts.people.addLead(lead));
	}

	/** A contact with its leads. */
	addPerson(person: GivenPerson): ContactView {
		return this.parts.views.contact(this.parts.people.addPerson(person));
	}

	/** A contact that the search finds by `query` although the text stands in a field of another meaning. */
	addStranger(query: string): ContactView {
		return this.addContact({ name: 'Сергей Посторонний', telegramUsername: `pay_7${query}00` });
	}

	/** Two contacts with the same phone, written differently. */
	addTwins(phoneDigits: string): readonly [ContactView, ContactView] {
		const last = phoneDigits.slice(-10);
		return [
			this.addContact({ name: 'Двойник Первый', phone: `+7${last}` }),
			this.addContact({ name: 'Двойник Второй', phone: `8 (${last.slice(0, 3)}) ${last.slice(3)}` }),
		];
	}

	/** `count` invented contacts, each with a lead, so that lists have several pages. */
	addCrowd(count: number): void {
		for (let number = 1; number <= count; number += 1) {
			const digits = String(number).padStart(7, '0');
			const name = `Посетитель ${number}`;
			this.parts.people.addPerson({ name, phone: `+7998${digits}`, leads: [{ name: `Заявка ${number}` }] });
		}
	}

	/** Puts a lead into the bin. @throws SandboxError when there is none */
	deleteLead(id: number): void {
		this.findLead(id).isDeleted = true;
	}

	/** @throws SandboxError when there is none */
	deleteContact(id: number): void {
		this.findContact(id).isDeleted = true;
	}

	/** Adds a custom field, e.g. to have more of them than fit a page. */
	addField(field: CustomField): void {
		const { account } = this.parts;
		account.fields = [...account.fields, field];
	}

	/** An administrator deletes a field: writing it is refused from now on. */
	deleteField(entity: EntityKind, reference: number | string): void {
		const field = this.findField(entity, reference);
		const { account } = this.parts;
		account.fields = account.fields.filter((one) => one !== field);
	}

	/** An administrator deletes a choice of a field; what holds it keeps it. */
	deleteEnum(entity: EntityKind, reference: number | string, value: string): void {
		const field = this.findField(entity, reference);
		const enums = field.enums?.filter((choice) => choice.value !== value) ?? null;
		const { account } = this.parts;
		account.fields = account.fields.map((one) => (one === field ? { ...field, enums } : one));
	}

	/** @throws SandboxError when there is none */
	lead(id: number): LeadView {
		return this.parts.views.lead(this.findLead(id));
	}

	/** @throws SandboxError when there is none */
	contact(id: number): ContactView {
		return this.parts.views.contact(this.findContact(id));
	}

	/** Notes of a lead, oldest first. */
	notes(leadId: number): readonly NoteView[] {
		const notes = [...this.parts.store.notes.values()].filter((note) => note.leadId === leadId);
		return notes.map((note) => this.parts.views.note(note));
	}

	/** All contacts, oldest first, the deleted ones too. */
	contacts(): readonly ContactView[] {
		return [...this.parts.store.contacts.values()].map((contact) => this.parts.views.contact(contact));
	}

	/** All leads, oldest first, the deleted ones too. */
	leads(): readonly LeadView[] {
		return [...this.parts.store.leads.values()].map((lead) => this.parts.views.lead(lead));
	}

	/** Contacts that hold the text in any field, phones also by their digits; no mode gets in the way. */
	findContacts(text: string): readonly ContactView[] {
		const { store, search, views } = this.parts;
		return [...store.contacts.values()].filter((one) => search.holds(one, text)).map((one) => views.contact(one));
	}

	/** As at the start: people, settings, modes, faults, tokens and counters; ids go on. */
	reset(): void {
		const { store, account, modes, faults, tokens } = this.parts;
		store.clear();
		account.restoreFields();
		modes.reset();
		faults.clear();
		tokens.reset();
		this.unblock();
		this.resetCounters();
		this.plantSeed();
	}

	private plantSeed(): void {
		for (const person of this.parts.seed) this.parts.people.addPerson(person);
	}

	private findLead(id: number) {
		return required(this.parts.store.leads.get(id), `lead ${id}`);
	}

	private findContact(id: number) {
		return required(this.parts.store.contacts.get(id), `contact ${id}`);
	}

	private findField(entity: EntityKind, reference: number | string): CustomField {
		return required(this.parts.account.fieldBy(entity, reference), `field ${reference} of ${entity}`);
	}
}

function required<Found extends Entity | CustomField>(found: Found | undefined, what: string): Found {
	if (!found) throw new SandboxError(`There is no ${what}`);
	return found;
}
