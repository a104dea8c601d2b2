import type { Attendance } from './booking';
import type { Client } from './clients';
import type { Clock } from './clock';
import { everyday } from './everyday';
import type { Faults, FaultTarget } from './faults';
import type { GivenClient, GivenRecord } from './givenRecord';
import { secondOf } from './givenRecord';
import type { HookSettings } from './hookSettings';
import type { ApiRequest, Journal, RequestFilter } from './journal';
import type { LoyaltyCard, LoyaltyTransaction } from './loyalty';
import { CARD_TYPE } from './loyalty';
import type { Modes } from './modes';
import type { Limits, RateMeter } from './rate';
import type { BookingChange } from './salon';
import type { Service } from './service';
import type { ClientJson, RecordJson } from './views';
import type { Delivery, HeldDelivery, ReleaseOrder, Webhooks } from './webhooks';

/** Which deliveries are meant; all that are given must hold. */
export type DeliveryFilter = Partial<Pick<Delivery, 'resource' | 'resourceId' | 'event' | 'kind' | 'status'>>;

/** The inside of the stand-in that the control works on. */
export interface ControlParts {
	readonly service: Service;
	readonly clock: Clock;
	readonly webhooks: Webhooks;
	readonly rate: RateMeter;
	readonly faults: Faults;
	readonly journal: Journal;
}

const PATIENCE_MS = 30_000;

/** Drives the stand-in: what a test, the control API or the desk may do to it. Amounts are kopecks, answers copies. */
export class YClientsControl {
	constructor(private readonly parts: ControlParts) {}

	/** Adds a client, phone and e-mail as they are typed. */
	addClient(client: GivenClient): ClientJson {
		return this.shownClient(this.salon.addClient(client));
	}

	/** @throws ApiError when there is none */
	editClient(clientId: number, changes: Partial<GivenClient>): ClientJson {
		return this.shownClient(this.salon.editClient(clientId, changes));
	}

	/** Somebody at the desk adds a record; a webhook tells of it. @throws ApiError when a part of it does not exist */
	addRecord(record: GivenRecord = {}): RecordJson {
		return this.record(this.salon.addRecord(record).id);
	}

	/**
	 * Adds records that were there before anybody listened: no webhook tells of them.
	 *
	 * @param generator from the index, from 0 @default ordinary ones over the last thirty days
	 * @returns their ids
	 */
	addRecords(count: number, generator = everyday(count, this.parts.clock.now())): readonly number[] {
		const indexes = Array.from({ length: count }, (_none, index) => index);
		return this.salon.quietly(() => indexes.map((index) => this.salon.addRecord(generator(index)).id));
	}

	/** 1 came, -1 did not, 2 confirmed, 0 undoes it. @throws ApiError when there is no such record; so do all below */
	setAttendance(recordId: number, attendance: Attendance): RecordJson {
		return this.change(recordId, { attendance });
	}

	/** Changes what is due for one service of the record, discounts included. @param priceMinor for the whole line */
	changePrice(recordId: number, priceMinor: number, lineIndex = 0): RecordJson {
		const lines = this.salon.booking(recordId).lines.map((line, index) => (index !== lineIndex ? line : {
			...line,
			unitMinor: Math.round(priceMinor / line.amount),
			discountPercent: 0,
			manualMinor: priceMinor,
			costMinor: priceMinor,
		}));
		return this.change(recordId, { lines });
	}

	/** @param startsAt ISO with an offset or `Z` */
	reschedule(recordId: number, startsAt: string): RecordJson {
		return this.change(recordId, { startsAt: secondOf(startsAt) });
	}

	editComment(recordId: number, comment: string): RecordJson {
		return this.change(recordId, { comment });
	}

	setPaid(recordId: number, isPaid: boolean): RecordJson {
		return this.change(recordId, { isPaid });
	}

	/** Another client, or null for none, comes instead. */
	setClient(recordId: number, clientId: number | null): RecordJson {
		return this.change(recordId, { clientId: clientId === null ? null : this.salon.client(clientId).id });
	}

	deleteRecord(recordId: number): RecordJson {
		return this.change(recordId, { isDeleted: true });
	}

	restoreRecord(recordId: number): RecordJson {
		return this.change(recordId, { isDeleted: false });
	}

	/** A record with proper types and all contacts. */
	record(recordId: number): RecordJson {
		return this.parts.service.views.plainRecord(this.salon.booking(recordId));
	}

	/** All records, the deleted ones too, oldest first. */
	records(): readonly RecordJson[] {
		return this.salon.bookings.all.map((booking) => this.parts.service.views.plainRecord(booking));
	}

	/** All clients, oldest first. */
	clients(): readonly ClientJson[] {
		return this.salon.clients.all.map((client) => this.shownClient(client));
	}

	/** The webhook settings. */
	hooks(): HookSettings {
		return structuredClone(this.parts.service.hooks.current);
	}

	/** Puts other webhook settings in place, as the API does. @param settings as in `POST /hooks_settings` */
	setHooks(settings: object): void {
		this.parts.service.hooks.replace(settings);
	}

	/** What was sent, in the order of the answers. */
	deliveries(filter: DeliveryFilter = {}): readonly Delivery[] {
		const wanted = Object.entries(filter).filter(([, value]) => value !== undefined);
		return structuredClone(this.parts.webhooks.journal.filter((delivery) => {
			const values = new Map<string, unknown>(Object.entries(delivery));
			return wanted.every(([name, value]) => values.get(name) === value);
		}));
	}

	/**
	 * Resolves when no webhook is on its way; what is held back does not count.
	 *
	 * @throws Error when it takes longer than 30 seconds
	 */
	async waitForDeliveries(timeoutMs = PATIENCE_MS): Promise<void> {
		await this.parts.webhooks.settled(timeoutMs);
	}

	/** Keeps webhooks back until {@link releaseDeliveries}, each with its body as of the change. */
	holdDeliveries(): void {
		this.parts.webhooks.hold();
	}

	/** What is kept back, oldest first: ids for {@link releaseDeliveries}. */
	heldDeliveries(): readonly HeldDelivery[] {
		return structuredClone(this.parts.webhooks.waiting);
	}

	/** Sends what was held, one after another or `together`; ids named go first, in this order. */
	async releaseDeliveries(order: ReleaseOrder = 'given'): Promise<void> {
		await this.parts.webhooks.release(order);
	}

	/** The next event goes out in so many identical copies at once. */
	duplicateNext(copies: number): void {
		this.parts.webhooks.duplicateNext(copies);
	}

	/** The next `count` webhooks never arrive. */
	loseNext(count = 1): void {
		this.parts.webhooks.loseNext(count);
	}

	/**
	 * Sends a webhook about the record as it is now, all copies at once.
	 *
	 * @returns the statuses, null where no answer came
	 */
	async deliver(
		recordId: number,
		{ copies = 1 }: { readonly copies?: number } = {},
	): Promise<ReadonlyArray<number | null>> {
		const { isDeleted } = this.salon.booking(recordId);
		const status = isDeleted ? 'delete' : 'update';
		const { hooks, views } = this.parts.service;
		const change = { resource: 'record', resourceId: recordId, status } as const;
		const event = { ...change, body: views.hookBody(change, this.modes) };
		return await this.parts.webhooks.post('hand', event, hooks.urlsFor('record'), copies);
	}

	/**
	 * Sends a body that the service never would.
	 *
	 * @param url where to @default all addresses of the settings
	 * @returns the statuses, null where no answer came
	 */
	async sendForged(body: unknown, url?: string): Promise<ReadonlyArray<number | null>> {
		const urls = url === undefined ? this.parts.service.hooks.current.urls : [url];
		const event = { resource: 'record', resourceId: 0, status: 'update', body } as const;
		return await this.parts.webhooks.post('forged', event, urls, 1);
	}

	/** The next `count` calls of the target are answered `status` without effect; 200 is `success: false`. */
	failNext(count: number, { status, ...target }: FaultTarget & { readonly status: number }): void {
		this.parts.faults.add({ kind: 'fail', status, apply: false }, count, target);
	}

	/** The next `count` calls of the target are served after `ms`. */
	delayNext(count: number, ms: number, target: FaultTarget = {}): void {
		this.parts.faults.add({ kind: 'delay', ms }, count, target);
	}

	/** The next `count` calls of the target get no answer; with `apply` they are writes that took effect. */
	dropNext(count: number, { apply = false, ...target }: FaultTarget & { readonly apply?: boolean } = {}): void {
		this.parts.faults.add({ kind: 'drop', apply }, count, target);
	}

	/** The next `count` writes take effect but are answered `status`. */
	applyThenFailNext(count: number, status: number, target: FaultTarget = {}): void {
		this.parts.faults.add({ kind: 'fail', status, apply: true }, count, target);
	}

	/** Cuts off every call while it is down. */
	down(isDown = true): void {
		this.parts.faults.isDown = isDown;
	}

	/** Values lose their types from now on, or no longer. */
	drift(isOn = true): void {
		this.set({ drift: isOn });
	}

	/** Most records in a page, whatever `count` asks for. */
	pageClamp(most: number): void {
		this.set({ pageClamp: most });
	}

	/** Changes the modes named, keeps the others. */
	set(modes: Partial<Modes>): void {
		this.parts.service.modes.set(modes);
	}

	get modes(): Modes {
		return this.parts.service.modes.current;
	}

	/** Issues a loyalty card. */
	addCard(phone: string, number: string): LoyaltyCard {
		return { ...this.parts.service.loyalty.issue(number, CARD_TYPE.id, phone) };
	}

	/** The service's own cashback pays for the visit of a record. */
	addCashback(recordId: number, cardId: number, amountMinor: number): LoyaltyCard {
		return { ...this.parts.service.loyalty.accrue(cardId, amountMinor, this.salon.booking(recordId).visitId) };
	}

	/** Transactions of loyalty cards, oldest first. */
	loyaltyTransactions(): readonly LoyaltyTransaction[] {
		return structuredClone(this.parts.service.loyalty.transactions);
	}

	/** Calls of the API, oldest first, the newest 5000. */
	requests(filter: RequestFilter = {}): readonly ApiRequest[] {
		return structuredClone(this.parts.journal.select(filter));
	}

	countRequests(filter: RequestFilter = {}): number {
		return this.parts.journal.select(filter).length;
	}

	/** Number of all calls by `METHOD pattern`, e.g. `GET /record/:id/:id`. */
	callCounts(): Readonly<Record<string, number>> {
		return this.parts.journal.callCounts;
	}

	/** Calls that came over the limits. */
	overRate(): number {
		return this.parts.rate.overRate;
	}

	/** Most calls of one address within any second and any minute. */
	peak(): Limits {
		return this.parts.rate.peak;
	}

	/** Other limits for every address, until {@link reset}. */
	limit(limits: Limits): void {
		this.parts.rate.limits = limits;
	}

	/** Begins to count anew: journal, {@link overRate} and {@link peak}. */
	resetCounters(): void {
		this.parts.journal.clear();
		this.parts.rate.resetCounters();
	}

	/** Time passes at once; the windows of the limits and blocks pass with it. */
	advance(ms: number): void {
		this.parts.clock.advance(ms);
	}

	/** ISO moment of the stand-in's clock. */
	now(): string {
		return new Date(this.parts.clock.now()).toISOString();
	}

	/** As at the start: salon, settings, modes, faults, limits, clock and counters; ids go on. */
	reset(): void {
		const { service, clock, webhooks, rate, faults, journal } = this.parts;
		this.salon.bookings.clear();
		this.salon.clients.clear();
		service.loyalty.clear();
		service.hooks.reset();
		service.modes.reset();
		webhooks.reset();
		faults.clear();
		rate.reset();
		journal.clear();
		clock.reset();
	}

	private get salon() {
		return this.parts.service.salon;
	}

	private change(recordId: number, changes: BookingChange): RecordJson {
		return this.record(this.salon.change(recordId, changes).id);
	}

	private shownClient(client: Client): ClientJson {
		return this.parts.service.views.client(client);
	}
}
