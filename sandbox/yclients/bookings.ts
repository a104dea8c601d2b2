import type { Booking } from './booking';

/** All records, the deleted ones too, oldest first. */
export class Bookings {
	private readonly byId = new Map<number, Booking>();
	private readonly idsByClient = new Map<number, Set<number>>();
	private lastNumber = 0;

	get all(): readonly Booking[] {
		return [...this.byId.values()];
	}

	find(id: number): Booking | undefined {
		return this.byId.get(id);
	}

	ofClient(clientId: number): readonly Booking[] {
		return [...(this.idsByClient.get(clientId) ?? [])].flatMap((id) => this.byId.get(id) ?? []);
	}

	ofVisit(visitId: number): readonly Booking[] {
		return this.all.filter((booking) => booking.visitId === visitId);
	}

	/** Numbers of the next record; they never come twice, not even after {@link clear}. */
	nextIds(): { readonly id: number; readonly visitId: number } {
		this.lastNumber += 1;
		return { id: 700_100_000 + this.lastNumber, visitId: 800_100_000 + this.lastNumber };
	}

	/** Adds a record, or puts a changed one in the place of the former. */
	put(booking: Booking): void {
		const former = this.byId.get(booking.id)?.clientId ?? null;
		if (former !== null) this.idsByClient.get(former)?.delete(booking.id);
		this.byId.set(booking.id, booking);
		if (booking.clientId === null) return;
		const ids = this.idsByClient.get(booking.clientId) ?? new Set();
		this.idsByClient.set(booking.clientId, ids.add(booking.id));
	}

	clear(): void {
		this.byId.clear();
		this.idsByClient.clear();
	}
}
