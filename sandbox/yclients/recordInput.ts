import { z } from 'zod';
import { ApiError, readBody } from './apiError';
import type { Attendance, Booking, ServiceLine } from './booking';
import { serviceLine } from './booking';
import { fullDigits } from './clients';
import { lineOf } from './givenRecord';
import { toMinor } from './money';
import type { BookingChange, Salon } from './salon';

const REQUIRED = 'Обязательное поле';
const id = z.coerce.number({ invalid_type_error: REQUIRED, required_error: REQUIRED }).int().positive(REQUIRED);
const money = z.coerce.number().min(0);
const attendance = z.coerce.number().pipe(
	z.union([z.literal(-1), z.literal(0), z.literal(1), z.literal(2)]),
) satisfies z.ZodType<Attendance, z.ZodTypeDef, unknown>;

const service = z.object({
	id,
	/** List price of the line, roubles. */
	first_cost: money.optional(),
	/** Percent. */
	discount: z.coerce.number().min(0).max(100).default(0),
	/** What is due, roubles. */
	cost: money.optional(),
	amount: z.coerce.number().int().min(1).default(1),
});

const recordBody = z.object({
	staff_id: id,
	services: z.array(service, { required_error: REQUIRED }).min(1, 'Выберите услугу'),
	client: z.object({
		phone: z.string({ required_error: REQUIRED }).min(1, REQUIRED),
		name: z.string().default(''),
		email: z.string().default(''),
	}, { required_error: REQUIRED, invalid_type_error: REQUIRED }),
	datetime: z.string({ required_error: REQUIRED }),
	seance_length: id,
	save_if_busy: z
		.union([z.boolean(), z.literal(0), z.literal(1)], { errorMap: () => ({ message: REQUIRED }) })
		.transform(Boolean),
	comment: z.string().nullish(),
	api_id: z.union([z.string(), z.number()]).nullish(),
	attendance: attendance.optional(),
	activity_id: z.coerce.number().int().default(0),
});

const visitBody = z.object({ attendance, comment: z.string().optional() });

/** A record as `POST /records` and `PUT /record` describe it: whole, so that what is left out is emptied. */
export interface WrittenRecord extends BookingChange {
	readonly clientId: number;
	readonly staffId: number;
	readonly lines: readonly ServiceLine[];
	readonly startsAt: number;
	readonly lengthSeconds: number;
	readonly comment: string;
	readonly apiId: string;
	readonly attendance: Attendance;
}

/**
 * Reads the body of `POST /records` or `PUT /record`, and adds the client when his phone is new.
 *
 * @param former the record to change
 * @throws ApiError 422 naming the fields; 409 when the master is busy and `save_if_busy` is off
 */
export function readRecord(salon: Salon, body: unknown, former?: Booking): WrittenRecord {
	const given = readBody(recordBody, body);
	if (given.activity_id !== 0) throw new ApiError(404, 'Групповое событие не найдено');
	const startsAt = readMoment(salon, given.datetime);
	const slot = { staffId: salon.master(given.staff_id), startsAt, lengthSeconds: given.seance_length };
	const lines = given.services.map((one) => lineFrom(salon, one));
	if (!given.save_if_busy && salon.isBusy(slot, former?.id)) throw new ApiError(409, 'Сотрудник занят в это время');
	return {
		...slot,
		clientId: salon.clientFor({ ...given.client, phone: internationalPhone(given.client.phone) }).id,
		lines,
		comment: given.comment ?? '',
		apiId: String(given.api_id ?? ''),
		attendance: given.attendance ?? former?.attendance ?? 0,
	};
}

/** @throws ApiError 422 */
export function readVisit(body: unknown): { readonly attendance: Attendance } {
	return readBody(visitBody, body);
}

/** @throws ApiError 422 when it is no moment */
export function readMoment({ branch }: Salon, text: string): number {
	const moment = branch.time.parse(text);
	if (moment === null) throw new ApiError(422, 'Неверная дата', { fields: { datetime: [text] } });
	return moment;
}

/** A phone as the service keeps it: `+` and digits. */
export function internationalPhone(phone: string): string {
	return `+${fullDigits(phone)}`;
}

function lineFrom({ branch }: Salon, given: z.output<typeof service>): ServiceLine {
	const { id: serviceId, amount, discount: discountPercent, first_cost: list, cost } = given;
	const offer = lineOf(branch, { serviceId });
	const unitMinor = list === undefined ? offer.unitMinor : Math.round(toMinor(list) / amount);
	const line = serviceLine({ serviceId, title: offer.title, amount, unitMinor, discountPercent });
	return cost === undefined ? line : { ...line, costMinor: toMinor(cost) };
}
