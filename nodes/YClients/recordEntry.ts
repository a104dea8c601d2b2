import { isRecord, toBooking, type Booking, type BookingPolicy } from './booking';

/** A record as all nodes put it out. */
export interface RecordEntry {
	companyId: string;
	recordId: string;
	booking: Booking;
	/** The record as YCLIENTS gave it, where it was asked for. */
	record?: unknown;
}

/**
 * @param companyId the branch that was asked; old payloads do not name it
 * @throws UnreadableRecordError when there is no id
 */
export function toEntry(
	record: unknown,
	companyId: string,
	policy: BookingPolicy,
	{ includeRaw = false }: { includeRaw?: boolean } = {},
): RecordEntry {
	const booking = toBooking(record, policy);
	return {
		companyId,
		recordId: booking.id,
		booking: { ...booking, companyId: booking.companyId ?? companyId },
		...(includeRaw ? { record } : {}),
	};
}

/** Entries of a list; rows that are no records are counted and left out, so that they stop nobody else's. */
export function toEntries(
	records: readonly unknown[],
	companyId: string,
	policy: BookingPolicy,
	options: { includeRaw?: boolean } = {},
): { entries: RecordEntry[]; unreadable: number } {
	const entries = records.filter(isRecord).map((record) => toEntry(record, companyId, policy, options));
	return { entries, unreadable: records.length - entries.length };
}
