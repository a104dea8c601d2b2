import type { Endpoint } from '../endpoint';
import { answer, NO_CONTENT } from '../endpoint';
import { notFound } from '../apiError';
import type { Booking } from '../booking';
import { costOf } from '../booking';
import { roubles } from '../money';
import { bookOnline } from '../onlineBooking';
import { pageOf, slicePage } from '../paging';
import { readRecord, readVisit } from '../recordInput';
import { recordCondition } from '../recordQuery';
import type { Service } from '../service';

const USUAL_COUNT = 50;

/** Records, visits and online booking (providers/yclients.md §2 and §7). */
export function recordEndpoints({ salon, views, modes, staffNames }: Service): readonly Endpoint[] {
	const { time } = salon.branch;
	const shown = (booking: Booking) => views.record(booking, modes.current);
	const existing = (id: number): Booking => {
		const booking = salon.booking(id);
		if (booking.isDeleted && !modes.current.deletedIsShown) throw notFound(`Запись ${id} не найдена`);
		return booking;
	};
	const payments = (booking: Booking) => (booking.isPaid ? [{
		id: booking.id + 300_000_000,
		document_id: booking.id + 200_000_000,
		record_id: booking.id,
		visit_id: booking.visitId,
		date: time.wall(booking.changedAt),
		amount: roubles(costOf(booking)),
		deleted: false,
	}] : []);

	return [
		{
			method: 'GET', path: '/records/:company', access: 'user',
			serve: ({ query }) => {
				const { changedAfter, pageClamp, totalCount } = modes.current;
				const matches = recordCondition(query, { time, changedAfter, staffNames });
				const found = salon.bookings.all.filter(matches);
				const page = pageOf(query, USUAL_COUNT, pageClamp);
				const rows = slicePage(found, page);
				const total = { all: { total_count: found.length }, page: { total_count: rows.length }, absent: {} };
				return answer(rows.map(shown), 200, { page: page.page, ...total[totalCount] });
			},
		},
		{
			method: 'POST', path: '/records/:company', access: 'user',
			serve: ({ body }) => {
				const { lines, startsAt, ...written } = readRecord(salon, body);
				const given = { ...written, services: lines, startsAt: new Date(startsAt).toISOString() };
				return answer(shown(salon.addRecord(given)), 201);
			},
		},
		{
			method: 'GET', path: '/record/:company/:record', access: 'user',
			serve: (call) => answer(shown(existing(call.id('record')))),
		},
		{
			method: 'PUT', path: '/record/:company/:record', access: 'user',
			serve: (call) => {
				const former = existing(call.id('record'));
				return answer(shown(salon.change(former.id, readRecord(salon, call.body, former))));
			},
		},
		{
			method: 'DELETE', path: '/record/:company/:record', access: 'user',
			serve: (call) => {
				salon.change(existing(call.id('record')).id, { isDeleted: true });
				return NO_CONTENT;
			},
		},
		{
			method: 'PUT', path: '/visits/:visit/:record', access: 'user',
			serve: (call) => {
				const booking = existing(call.id('record'));
				if (booking.visitId !== call.id('visit')) throw notFound('Визит не найден');
				salon.changeVisit(booking.visitId, readVisit(call.body).attendance);
				return answer(shown(salon.booking(booking.id)));
			},
		},
		{
			method: 'GET', path: '/visit/details/:company/:record/:visit', access: 'user',
			serve: (call) => {
				const booking = existing(call.id('record'));
				if (booking.visitId !== call.id('visit')) throw notFound('Визит не найден');
				const records = salon.bookings.ofVisit(booking.visitId);
				return answer({
					payment_transactions: records.flatMap(payments), loyalty_transactions: [], items: [],
				});
			},
		},
		{
			method: 'GET', path: '/timetable/transactions/:company', access: 'user',
			serve: ({ query }) => {
				const [record, visit] = [query.get('record_id'), query.get('visit_id')];
				const found = salon.bookings.all.filter(({ id, visitId }) => {
					return (record ?? String(id)) === String(id) && (visit ?? String(visitId)) === String(visitId);
				});
				const rows = found.flatMap(payments);
				return answer(rows, 200, { count: rows.length });
			},
		},
		{
			method: 'POST', path: '/book_record/:company', access: 'partner',
			serve: ({ body }) => answer(bookOnline(salon, body, modes.current.smsCode), 201),
		},
	];
}
