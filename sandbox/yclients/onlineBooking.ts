import { z } from 'zod';
import { ApiError, readBody } from './apiError';
import type { Booking } from './booking';
import { overlaps } from './booking';
import { fullDigits } from './clients';
import { lengthOf, lineOf } from './givenRecord';
import { internationalPhone, readMoment } from './recordInput';
import type { Salon } from './salon';

const body = z.object({
	phone: z.string().default(''),
	fullname: z.string().default(''),
	email: z.string().default(''),
	comment: z.string().default(''),
	api_id: z.union([z.string(), z.number()]).nullish(),
	code: z.union([z.string(), z.number()]).nullish(),
	appointments: z
		.array(z.object({
			id: z.union([z.number(), z.string()]),
			/** 0 or -1 is anybody. */
			staff_id: z.coerce.number().int(),
			services: z.array(z.coerce.number().int()).min(1),
			datetime: z.string(),
		}))
		.min(1),
});

/** What an appointment of the request became. */
export interface Booked {
	readonly id: number | string;
	readonly record_id: number;
	readonly record_hash: string;
}

type Slot = Pick<Booking, 'staffId' | 'startsAt' | 'lengthSeconds' | 'lines'>;

/**
 * Books as a client does (providers/yclients.md §7). All appointments make one visit.
 *
 * @param smsCode what the client must have got by SMS; null when phones are not confirmed
 * @throws ApiError with a code of online booking; nothing is booked then
 */
export function bookOnline(salon: Salon, request: unknown, smsCode: string | null): readonly Booked[] {
	const given = readBody(body, request);
	const { comment, email } = given;
	if (!/^\d{11,15}$/.test(fullDigits(given.phone))) throw refused(431, 'Неверный формат номера телефона');
	if (given.fullname.trim() === '') throw refused(435, 'Имя не указано');
	if (smsCode !== null && String(given.code ?? '') !== smsCode) throw refused(432, 'Неверный код подтверждения');
	const slots: Slot[] = [];
	for (const appointment of given.appointments) slots.push(slotFor(salon, appointment, slots));
	const client = salon.clientFor({ name: given.fullname, phone: internationalPhone(given.phone), email });
	let visitId: number | undefined;
	return slots.map((slot, index): Booked => {
		const booking = salon.addRecord({
			clientId: client.id,
			staffId: slot.staffId,
			services: slot.lines,
			startsAt: new Date(slot.startsAt).toISOString(),
			comment,
			apiId: String(given.api_id ?? ''),
			online: true,
			visitId,
		});
		visitId = booking.visitId;
		return {
			id: given.appointments[index]?.id ?? index,
			record_id: booking.id,
			record_hash: booking.id.toString(16).padStart(32, '0'),
		};
	});
}

function slotFor(
	salon: Salon,
	appointment: z.output<typeof body>['appointments'][number],
	others: readonly Slot[],
): Slot {
	const lines = appointment.services.map((serviceId) => lineOf(salon.branch, { serviceId }));
	const startsAt = readMoment(salon, appointment.datetime);
	const lengthSeconds = lengthOf(salon.branch, lines);
	const at = (staffId: number): Slot => ({ staffId, startsAt, lengthSeconds, lines });
	const isFree = (slot: Slot) => !salon.isBusy(slot) && !others.some((other) => overlaps(slot, other));
	if (appointment.staff_id <= 0) {
		const free = salon.branch.staff.map(({ id }) => at(id)).find(isFree);
		if (!free) throw refused(436, 'Нет свободных сотрудников на это время');
		return free;
	}
	const slot = at(salon.master(appointment.staff_id));
	if (others.some((other) => overlaps(slot, other))) throw refused(437, 'Услуги в заказе накладываются по времени');
	if (salon.isBusy(slot)) throw refused(433, 'Выбранное время уже занято');
	return slot;
}

function refused(code: number, message: string): ApiError {
	return new ApiError(422, message, { code });
}
