import { ApiError, notFound } from './apiError';
import type { Attendance, Booking } from './booking';
import { overlaps } from './booking';
import type { Bookings } from './bookings';
import type { Branch } from './branch';
import type { Client, Clients } from './clients';
import type { Clock } from './clock';
import type { GivenClient, GivenRecord } from './givenRecord';
import { lengthOf, lineOf, secondOf } from './givenRecord';

/** Something changed that webhooks may be about. */
export interface Change {
	readonly resource: 'record' | 'client';
	readonly resourceId: number;
	readonly status: 'create' | 'update' | 'delete';
}

/** What may change in a record. */
export type BookingChange = Partial<Omit<Booking, 'id' | 'visitId' | 'createdAt' | 'changedAt'>>;

const HOUR_MS = 3_600_000;

/** What the salon does with its records and clients. Each change is announced. */
export class Salon {
	private isQuiet = false;

	constructor(
		readonly branch: Branch,
		readonly bookings: Bookings,
		readonly clients: Clients,
		readonly clock: Clock,
		private readonly announce: (change: Change) => void,
	) {}

	/** @throws ApiError 404 */
	booking(id: number): Booking {
		const booking = this.bookings.find(id);
		if (!booking) throw notFound(`Запись ${id} не найдена`);
		return booking;
	}

	/** @throws ApiError 404 */
	client(id: number): Client {
		const client = this.clients.find(id);
		if (!client) throw notFound(`Клиент ${id} не найден`);
		return client;
	}

	addClient({ name, phone = '', email = '' }: GivenClient): Client {
		const client = this.clients.add({ name, phone, email, changedAt: this.clock.second() });
		this.tell({ resource: 'client', resourceId: client.id, status: 'create' });
		return client;
	}

	/** @throws ApiError 404 */
	editClient(id: number, changes: Partial<GivenClient>): Client {
		const client = this.clients.put({ ...this.client(id), ...changes, changedAt: this.clock.second() });
		this.tell({ resource: 'client', resourceId: id, status: 'update' });
		return client;
	}

	/** The client with this phone, or a new one; an e-mail is noted when none was known. */
	clientFor(given: GivenClient): Client {
		const { phone = '', email = '' } = given;
		const known = phone === '' ? undefined : this.clients.findByPhone(phone);
		if (!known) return this.addClient(given);
		return known.email === '' && email !== '' ? this.editClient(known.id, { email }) : known;
	}

	/** @throws ApiError when the client, the master or a service is not there */
	addRecord(given: GivenRecord): Booking {
		const booking = this.write(given);
		this.tell({ resource: 'record', resourceId: booking.id, status: 'create' });
		return booking;
	}

	/** Does something that nobody is told of, as if it had happened before anybody listened. */
	quietly<Result>(act: () => Result): Result {
		this.isQuiet = true;
		try {
			return act();
		} finally {
			this.isQuiet = false;
		}
	}

	/**
	 * Changes a record; the deletion of a record and its return are changes too.
	 *
	 * @throws ApiError when there is none
	 */
	change(id: number, changes: BookingChange): Booking {
		const changed: Booking = { ...this.booking(id), ...changes, changedAt: this.clock.second() };
		this.bookings.put(changed);
		this.tell({ resource: 'record', resourceId: id, status: changed.isDeleted ? 'delete' : 'update' });
		return changed;
	}

	/** Sets what became of a visit in all its records. @throws ApiError 404 when it has none */
	changeVisit(visitId: number, attendance: Attendance): void {
		const records = this.bookings.ofVisit(visitId).filter(({ isDeleted }) => !isDeleted);
		if (records.length === 0) throw notFound(`Визит ${visitId} не найден`);
		for (const { id } of records) this.change(id, { attendance });
	}

	/** Whether the master has another record at that time. */
	isBusy(slot: Pick<Booking, 'staffId' | 'startsAt' | 'lengthSeconds'>, exceptId?: number): boolean {
		return this.bookings.all.some((other) => !other.isDeleted && other.id !== exceptId && overlaps(slot, other));
	}

	/** @throws ApiError when nobody of that id works here */
	master(id = this.branch.staff[0]?.id): number {
		const master = this.branch.staff.find((one) => one.id === id);
		if (!master) throw new ApiError(422, `Сотрудник ${id} не найден`, { fields: { staff_id: ['Не найден'] } });
		return master.id;
	}

	private write(given: GivenRecord): Booking {
		const lines = (given.services ?? [{}]).map((service) => lineOf(this.branch, service));
		const secondOr = (iso: string | undefined, absent: number) => (iso === undefined ? absent : secondOf(iso));
		const createdAt = secondOr(given.createdAt, this.clock.second());
		const { id, visitId } = this.bookings.nextIds();
		const booking: Booking = {
			id,
			visitId: given.visitId ?? visitId,
			staffId: this.master(given.staffId),
			lines,
			startsAt: secondOr(given.startsAt, this.clock.second() + HOUR_MS),
			lengthSeconds: given.lengthSeconds ?? lengthOf(this.branch, lines),
			attendance: given.attendance ?? 0,
			comment: given.comment ?? '',
			isOnline: given.online ?? false,
			isPaid: given.paid ?? false,
			isDeleted: given.deleted ?? false,
			apiId: given.apiId ?? '',
			activityId: given.activityId ?? 0,
			clientsCount: given.clientsCount ?? 1,
			createdAt,
			changedAt: secondOr(given.changedAt, createdAt),
			// Last: nobody is added for a record that is refused.
			clientId: this.clientIdOf(given),
		};
		this.bookings.put(booking);
		return booking;
	}

	private tell(change: Change): void {
		if (!this.isQuiet) this.announce(change);
	}

	private clientIdOf({ clientId, client }: GivenRecord): number | null {
		if (clientId !== undefined) return this.client(clientId).id;
		return client ? this.clientFor(client).id : null;
	}
}
