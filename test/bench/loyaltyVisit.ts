import type { Booking } from '../../nodes/YClients/booking';
import type { RecordEntry } from '../../nodes/YClients/recordEntry';

export const COMPANY = '555001';
/** At most so many visits of a customer have numbers of their own. */
export const VISITS_OF_CUSTOMER = 10;
/** What 3 % of its price come to. */
export const POINTS_OF_VISIT = 60;

const PRICE_KOPECKS = 200_000;
const FIRST_VISIT = Date.UTC(2025, 0, 13, 9);
const WEEK_MS = 604_800_000;

/** Phone numbers without +7, from which customers and people whom nobody knows count up. */
export const FIRST_PHONE = { customer: 7_000_000_000, stranger: 6_000_000_000 };

/** The phone number that customer and bookings share, with its plus. */
export function phoneOf(customer: number): string {
	return `+7${FIRST_PHONE.customer + customer}`;
}

/** A completed visit as the YClients node puts it out; one a week. @param customer from 1 @param number from 0 */
export function visitOf(customer: number, number: number): RecordEntry {
	const id = String(customer * VISITS_OF_CUSTOMER + number);
	const visitAt = new Date(FIRST_VISIT + number * WEEK_MS).toISOString();
	const booking: Booking = {
		id,
		companyId: COMPANY,
		visitId: id,
		status: 'completed',
		paid: true,
		baseKopecks: PRICE_KOPECKS,
		services: [{ id: '3068094', title: 'Стрижка и укладка', costKopecks: PRICE_KOPECKS }],
		goods: [],
		visitAt,
		durationSeconds: 5_400,
		createdAt: visitAt,
		changedAt: visitAt,
		staff: { id: '9001', name: 'Мастер' },
		client: { id: String(customer), name: `Гость ${customer}`, email: null, phone: phoneOf(customer).slice(1) },
		comment: '',
		clientCodes: [],
		apiId: null,
		isOnline: false,
		warnings: [],
	};
	return { companyId: COMPANY, recordId: id, booking };
}

/** The same visit with another price, as of now. */
export function repriced({ booking, ...entry }: RecordEntry, costKopecks: number): RecordEntry {
	const services = booking.services.map((line) => ({ ...line, costKopecks }));
	return { ...entry, booking: { ...booking, services, baseKopecks: costKopecks, changedAt: new Date().toISOString() } };
}
