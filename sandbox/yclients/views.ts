import type { Attendance, Booking, ServiceLine } from './booking';
import { costOf } from './booking';
import type { Client } from './clients';
import { applyDrift } from './drift';
import type { Modes } from './modes';
import { roubles } from './money';
import type { Change, Salon } from './salon';

/** What of a record its readers look at; there are more keys (providers/yclients.md §2). */
export interface RecordJson {
	readonly id: number;
	readonly company_id: number;
	readonly staff_id: number;
	readonly services: ReadonlyArray<ReturnType<typeof serviceJson>>;
	readonly client: ClientJson | null;
	readonly date: string;
	readonly datetime: string;
	readonly comment: string;
	readonly online: boolean;
	readonly attendance: Attendance;
	readonly visit_attendance: Attendance;
	readonly visit_id: number;
	readonly deleted: boolean;
	readonly paid_full: 0 | 1;
	readonly api_id: string;
	readonly create_date: string;
	readonly last_change_date: string;
	readonly [key: string]: unknown;
}

export interface ClientJson {
	readonly id: number;
	readonly name: string;
	readonly phone: string;
	readonly email: string;
	readonly [key: string]: unknown;
}

/** Rights that decide what of contacts is seen. */
type Rights = Pick<Modes, 'phonesAccess' | 'recordClientsAccess' | 'contactsAccess' | 'hiddenAs'>;

const ALL_RIGHTS: Rights = {
	phonesAccess: true, recordClientsAccess: true, contactsAccess: true, hiddenAs: 'blank',
};

/** Records and clients as the API and the webhooks show them. */
export class Views {
	constructor(private readonly salon: Salon) {}

	/** As a user with these rights sees it, types adrift when the modes say so. */
	record(booking: Booking, modes: Modes): object {
		return this.withDrift(booking, this.plainRecord(booking, modes), modes);
	}

	/**
	 * The body of a webhook (providers/yclients.md §4): the same object as the API's, but with all contacts, because no
	 * user's rights apply.
	 */
	hookBody({ resource, resourceId, status }: Change, modes: Modes): unknown {
		const body = {
			company_id: this.salon.branch.companyId,
			resource,
			resource_id: resourceId,
			status,
			data: resource === 'client'
				? this.client(this.salon.client(resourceId))
				: this.hookRecord(resourceId, modes),
		};
		return modes.webhookBodies === 'wrapped' ? [body] : body;
	}

	/** The whole record with proper types. */
	plainRecord(booking: Booking, rights: Rights = ALL_RIGHTS): RecordJson {
		const { branch } = this.salon;
		const { time } = branch;
		const isHidden = booking.clientId === null || !rights.recordClientsAccess;
		const client = isHidden ? null : this.salon.client(booking.clientId);
		return {
			id: booking.id,
			company_id: branch.companyId,
			staff_id: booking.staffId,
			services: booking.lines.map(serviceJson),
			goods_transactions: [],
			staff: this.staffJson(booking.staffId),
			client: client && this.recordClient(client, rights),
			comer: null,
			clients_count: booking.clientsCount,
			date: time.wall(booking.startsAt),
			datetime: time.iso(booking.startsAt),
			create_date: time.stamp(booking.createdAt),
			comment: booking.comment,
			online: booking.isOnline,
			visit_attendance: booking.attendance,
			attendance: booking.attendance,
			confirmed: 1,
			seance_length: booking.lengthSeconds,
			length: booking.lengthSeconds,
			sms_before: 2,
			sms_now: 0,
			sms_now_text: '',
			email_now: 0,
			notified: 0,
			master_request: 1,
			api_id: booking.apiId,
			from_url: '',
			review_requested: 0,
			visit_id: booking.visitId,
			created_user_id: booking.isOnline ? 0 : 4_100_001,
			deleted: booking.isDeleted,
			paid_full: booking.isPaid ? 1 : 0,
			payment_status: booking.isPaid ? 1 : 0,
			prepaid: false,
			prepaid_confirmed: false,
			is_update_blocked: false,
			last_change_date: time.stamp(booking.changedAt),
			custom_color: '',
			custom_font_color: '',
			record_labels: [],
			activity_id: booking.activityId,
			custom_fields: [],
			documents: [this.document(booking)],
			sms_remain_hours: 2,
			email_remain_hours: 0,
			bookform_id: booking.isOnline ? 123_456 : 0,
			record_from: '',
			is_mobile: booking.isOnline ? 1 : 0,
			is_sale_bill_printed: booking.isPaid,
			resource_instance_ids: [],
			short_link: `https://example.com/c/rec${booking.id}/`,
			acceptance_free: null,
		};
	}

	/** The card of a client, as `GET /client` answers. */
	client(client: Client, { contactsAccess, hiddenAs }: Rights = ALL_RIGHTS): ClientJson {
		const visits = this.salon.bookings.ofClient(client.id).filter(({ isDeleted }) => !isDeleted);
		const attended = visits.filter(({ attendance }) => attendance === 1);
		const days = visits.map(({ startsAt }) => startsAt).sort((left, right) => left - right);
		const { time } = this.salon.branch;
		const dayText = (moment: number | undefined) => (moment === undefined ? '' : time.wall(moment));
		const paid = attended.filter(({ isPaid }) => isPaid);
		return {
			id: client.id,
			name: client.name,
			surname: '',
			patronymic: '',
			display_name: client.name,
			phone: contactsAccess ? client.phone : hide(client.phone, hiddenAs),
			email: contactsAccess ? client.email : hide(client.email, hiddenAs),
			card: '',
			birth_date: '',
			comment: '',
			discount: 0,
			sex_id: 0,
			importance_id: 0,
			categories: [],
			sms_check: 0,
			spent: roubles(sumOf(paid)),
			paid: roubles(sumOf(paid)),
			sold_amount: roubles(sumOf(attended)),
			balance: 0,
			visits: attended.length,
			visits_count: attended.length,
			first_visit_date: dayText(days[0]),
			last_visit_date: dayText(days.at(-1)),
			last_change_date: time.stamp(client.changedAt),
			custom_fields: [],
		};
	}

	staffJson(staffId: number): object {
		const master = this.salon.branch.staff.find(({ id }) => id === staffId);
		const specialization = master?.specialization ?? '';
		return {
			id: staffId,
			api_id: null,
			name: master?.name ?? '',
			specialization,
			position: { id: 71, title: specialization, services_binding_type: 0 },
			avatar: 'https://example.com/img/no-master-sm.png',
			avatar_big: 'https://example.com/img/no-master.png',
			rating: 4.9,
			votes_count: 0,
		};
	}

	private hookRecord(id: number, modes: Modes): object {
		const booking = this.salon.booking(id);
		const plain = this.plainRecord(booking);
		if (modes.webhookBodies !== 'partial') return this.withDrift(booking, plain, modes);
		const { company_id, date, attendance } = plain;
		return { id, company_id, date, attendance };
	}

	private withDrift(booking: Booking, plain: RecordJson, { drift }: Modes): object {
		return drift ? applyDrift(plain, booking) : plain;
	}

	private recordClient(client: Client, { phonesAccess, contactsAccess, hiddenAs }: Rights): ClientJson {
		const visits = this.salon.bookings.ofClient(client.id).filter(({ isDeleted }) => !isDeleted);
		const count = (wanted: Attendance) => visits.filter(({ attendance }) => attendance === wanted).length;
		return {
			id: client.id,
			name: client.name,
			surname: '',
			patronymic: '',
			display_name: client.name,
			comment: '',
			phone: phonesAccess ? client.phone : hide(client.phone, hiddenAs),
			card: '',
			email: contactsAccess ? client.email : hide(client.email, hiddenAs),
			success_visits_count: count(1),
			fail_visits_count: count(-1),
			discount: 0,
			custom_fields: [],
			sex: 0,
			birthday: '',
			client_tags: [],
			is_new: count(1) === 0,
		};
	}

	private document({ id, visitId, startsAt, isPaid }: Booking): object {
		const { companyId, time } = this.salon.branch;
		return {
			id: id + 200_000_000,
			type_id: 7,
			storage_id: 0,
			user_id: 4_100_001,
			company_id: companyId,
			number: id + 200_000_000,
			comment: '',
			date_created: time.wall(startsAt),
			category_id: 0,
			visit_id: visitId,
			record_id: id,
			type_title: 'Визит',
			is_sale_bill_printed: isPaid,
		};
	}
}

function serviceJson(line: ServiceLine) {
	return {
		id: line.serviceId,
		title: line.title,
		cost: roubles(line.costMinor),
		cost_to_pay: roubles(line.costMinor),
		manual_cost: roubles(line.manualMinor),
		cost_per_unit: roubles(line.unitMinor),
		discount: line.discountPercent,
		first_cost: roubles(line.unitMinor * line.amount),
		amount: line.amount,
	};
}

/** What a user without the right sees: nothing, or stars with the last two signs. */
function hide(text: string, hiddenAs: Rights['hiddenAs']): string {
	return hiddenAs === 'blank' || text === '' ? '' : `${'*'.repeat(Math.max(0, text.length - 2))}${text.slice(-2)}`;
}

function sumOf(bookings: readonly Booking[]): number {
	return bookings.reduce((sum, booking) => sum + costOf(booking), 0);
}
