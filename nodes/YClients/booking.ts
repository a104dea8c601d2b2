import { z } from 'zod';

import { instantOf, wallClockInstant } from './branchTime';
import { findClientCodes } from './clientCode';
import { toKopecks } from './kopecks';
import { flag, id, listOf, number, objectOf, objectOrNull, text } from './lenient';
import { phoneDigits } from './phoneDigits';

/** When a booking counts as done: the client came, or came and everything is paid in YCLIENTS. */
export type Completion = 'attended' | 'attended_and_paid';

export type BookingStatus = 'pending' | 'confirmed' | 'completed' | 'no_show' | 'cancelled';

export interface BookingPolicy {
	/** @default 'attended' */
	completion?: Completion;
	/** IANA name. Without it, the record's own offset is believed, which can be wrong around a change of clocks. */
	timeZone?: string;
	/** Form of a client code. @default '^[A-Z]{3}[0-9]{5}$' */
	codePattern?: string;
	/** The notification that brought the record; `delete` cancels the booking whatever the record says. */
	event?: 'create' | 'update' | 'delete';
}

/** What a person should know about a booking. */
export type BookingWarning =
	/** `attendance` and `visit_attendance` differ; the former counts. */
	| 'attendance_mismatch'
	/** The client came, but `completion` also asks for payment. */
	| 'attended_unpaid'
	/** The offset of `datetime` is not that of the branch's zone on that day; the zone counts. */
	| 'offset_mismatch'
	/** The cost of a line cannot be read; it counts as 0. */
	| 'unreadable_cost'
	/** Something that is no code stands behind `Код клиента`. */
	| 'unreadable_code'
	/** The time of the visit cannot be read. */
	| 'unreadable_time'
	/** No `last_change_date`: the time of creation stands in for it. */
	| 'unknown_version';

export interface BookingLine {
	id: string;
	title: string;
	/** What is due for the whole line, after every discount. Not to be multiplied by anything. */
	costKopecks: number;
}

export interface BookingClient {
	id: string | null;
	name: string | null;
	/** Lower case. */
	email: string | null;
	/** Digits only; null when YCLIENTS hides the number. */
	phone: string | null;
}

/** One record of YCLIENTS in one form. Ids are texts, times UTC in ISO, money whole kopecks. */
export interface Booking {
	id: string;
	companyId: string | null;
	/** Records of one visit share it. */
	visitId: string | null;
	status: BookingStatus;
	/** YCLIENTS says that the visit is paid in full. */
	paid: boolean;
	/** Sum of the services. */
	baseKopecks: number;
	services: BookingLine[];
	goods: BookingLine[];
	visitAt: string | null;
	durationSeconds: number | null;
	createdAt: string | null;
	/** Version of the record; to be compared as an instant. */
	changedAt: string | null;
	staff: { id: string; name: string | null } | null;
	/** Null for a walk-in. */
	client: BookingClient | null;
	comment: string;
	/** Codes behind `Код клиента` in the comment. */
	clientCodes: string[];
	/** The key given when the booking was made through the API. */
	apiId: string | null;
	isOnline: boolean;
	warnings: BookingWarning[];
}

/** What was read is no record at all. */
export class UnreadableRecordError extends Error {
	override readonly name = 'UnreadableRecordError';

	constructor() {
		super('This is no record of YCLIENTS: it has no id');
	}
}

const serviceSchema = z.object({ id, title: text, cost: z.unknown(), cost_to_pay: z.unknown() });
const goodsSchema = z.object({ id, good_id: id, title: text, cost: z.unknown(), cost_to_pay: z.unknown() });
const clientSchema = z.object({ id, name: text, display_name: text, email: text, phone: text });
const staffSchema = z.object({ id, name: text });

const recordSchema = z.object({
	id: id.pipe(z.string()),
	company_id: id,
	visit_id: id,
	staff_id: id,
	services: listOf(serviceSchema),
	goods_transactions: listOf(goodsSchema),
	staff: objectOf(staffSchema),
	client: objectOf(clientSchema),
	date: text,
	datetime: text,
	create_date: text,
	last_change_date: text,
	comment: text,
	online: flag,
	attendance: number,
	visit_attendance: number,
	seance_length: number,
	deleted: flag,
	paid_full: flag,
	api_id: text,
});

type RawRecord = z.output<typeof recordSchema>;

/**
 * Reads a record as REST and webhooks give it (providers/yclients.md §2). Fields of unexpected types are left out,
 * so that one strange record does not stop a batch.
 *
 * @throws UnreadableRecordError when there is no id
 * @throws RangeError when the policy's code pattern is no regular expression
 */
export function toBooking(record: unknown, policy: BookingPolicy = {}): Booking {
	const parsed = recordSchema.safeParse(record);
	if (!parsed.success) throw new UnreadableRecordError();
	const raw = parsed.data;
	const warnings = new Set<BookingWarning>();
	const services = readLines(raw.services, warnings);
	const comment = raw.comment ?? '';
	const { codes, hasUnreadable } = findClientCodes(comment, policy.codePattern);
	if (hasUnreadable) warnings.add('unreadable_code');
	const createdAt = readInstant(raw.create_date, policy);
	const changedAt = readInstant(raw.last_change_date, policy);
	if (changedAt === null) warnings.add('unknown_version');
	return {
		id: raw.id,
		companyId: raw.company_id,
		visitId: raw.visit_id,
		status: statusOf(raw, policy, warnings),
		paid: raw.paid_full,
		baseKopecks: services.reduce((sum, { costKopecks }) => sum + costKopecks, 0),
		services,
		goods: readLines(raw.goods_transactions.map((row) => ({ ...row, id: row.good_id ?? row.id })), warnings),
		visitAt: readVisitTime(raw, policy, warnings),
		durationSeconds: raw.seance_length,
		createdAt,
		changedAt: changedAt ?? createdAt,
		staff: readStaff(raw),
		client: readClient(raw),
		comment,
		clientCodes: codes,
		apiId: raw.api_id === '0' ? null : raw.api_id,
		isOnline: raw.online,
		warnings: [...warnings],
	};
}

/** Whether {@link toBooking} can read it. */
export function isRecord(record: unknown): boolean {
	return recordSchema.shape.id.safeParse(objectOrNull(record)?.id).success;
}

/** The first rule that fits, in the order of providers/yclients.md §2. */
function statusOf(raw: RawRecord, policy: BookingPolicy, warnings: Set<BookingWarning>): BookingStatus {
	const attendance = raw.attendance ?? raw.visit_attendance;
	if (raw.visit_attendance !== null && raw.visit_attendance !== attendance) warnings.add('attendance_mismatch');
	if (policy.event === 'delete' || raw.deleted) return 'cancelled';
	if (attendance === -1) return 'no_show';
	if (attendance === 1) {
		if (policy.completion !== 'attended_and_paid' || raw.paid_full) return 'completed';
		warnings.add('attended_unpaid');
	}
	return attendance === 2 ? 'confirmed' : 'pending';
}

interface RawLine {
	id: string | null;
	title: string | null;
	cost?: unknown;
	cost_to_pay?: unknown;
}

function readLines(rows: readonly RawLine[], warnings: Set<BookingWarning>): BookingLine[] {
	return rows.map((row) => {
		const costKopecks = toKopecks(row.cost ?? row.cost_to_pay);
		if (costKopecks === null) warnings.add('unreadable_cost');
		return { id: row.id ?? 'unknown', title: row.title ?? '', costKopecks: costKopecks ?? 0 };
	});
}

/** By the clock on the branch's wall; the offset of `datetime` can be wrong. */
function readVisitTime(
	{ date, datetime }: RawRecord,
	{ timeZone }: BookingPolicy,
	warnings: Set<BookingWarning>,
): string | null {
	const told = instantOf(datetime);
	const byZone = timeZone === undefined ? null : wallClockInstant(date, timeZone);
	if (byZone !== null && told !== null && byZone !== told) warnings.add('offset_mismatch');
	const visitAt = byZone ?? told;
	if (visitAt === null) warnings.add('unreadable_time');
	return visitAt;
}

function readInstant(time: string | null, { timeZone }: BookingPolicy): string | null {
	return instantOf(time) ?? (timeZone === undefined ? null : wallClockInstant(time, timeZone));
}

function readStaff({ staff, staff_id }: RawRecord): Booking['staff'] {
	const staffId = staff?.id ?? staff_id;
	return staffId === null ? null : { id: staffId, name: staff?.name ?? null };
}

function readClient({ client }: RawRecord): BookingClient | null {
	if (!client) return null;
	const { id: clientId, name, display_name, email, phone } = client;
	const mail = email?.toLowerCase() ?? null;
	const read = { id: clientId, name: name ?? display_name, email: mail, phone: phoneDigits(phone) };
	return Object.values(read).some((value) => value !== null) ? read : null;
}

