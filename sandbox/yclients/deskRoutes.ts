import express, { Router } from 'express';
import type { Response } from 'express';
import { z } from 'zod';
import { refuseForeignPages } from '../shared/loopback';
import { sendPage } from '../shared/sendPage';
import { ApiError } from './apiError';
import type { YClientsControl } from './control';
import type { TypedBooking } from './deskPage';
import { deskPage } from './deskPage';
import { bookOnline } from './onlineBooking';
import type { Service } from './service';

type Typed = Readonly<Record<string, string>>;
type Button = (control: YClientsControl, id: number, typed: Typed, service: Service) => void;

const BUTTONS: ReadonlyMap<string, Button> = new Map<string, Button>([
	['came', (control, id) => void control.setAttendance(id, 1)],
	['missed', (control, id) => void control.setAttendance(id, -1)],
	['confirm', (control, id) => void control.setAttendance(id, 2)],
	['undo', (control, id) => void control.setAttendance(id, 0)],
	['delete', (control, id) => void control.deleteRecord(id)],
	['restore', (control, id) => void control.restoreRecord(id)],
	['price', (control, id, { price }) => void control.changePrice(id, priceOf(price))],
	['move', (control, id, { at }, { salon }) => {
		const moment = salon.branch.time.parse(at ?? '');
		if (moment === null) throw new ApiError(400, 'Укажите дату и время');
		control.reschedule(id, new Date(moment).toISOString());
	}],
	['comment', (control, id, { comment }) => void control.editComment(id, comment ?? '')],
	['resend', (control, id) => void control.deliver(id)],
]);

const FIELDS = ['name', 'phone', 'email', 'comment', 'service', 'staff', 'at'] as const;

/** The salon's desk, and the form of online booking beside it. */
export function deskRoutes(control: YClientsControl, service: Service): Router {
	const show = (response: Response, status: number, notice: string | null, typed: TypedBooking = {}) => {
		sendPage(response, deskPage(service, control.deliveries(), { notice, typed }), status);
	};
	const router = Router();
	router.use(refuseForeignPages, express.urlencoded({ extended: false }));
	router.get('/', (_request, response) => show(response, 200, null));
	router.post('/book', (request, response) => {
		const typed = readFields(request.body);
		try {
			const [booked] = bookOnline(service.salon, onlineRequest(typed), null);
			response.redirect(303, `/_desk#record-${booked?.record_id}`);
		} catch (error) {
			if (!(error instanceof ApiError)) throw error;
			show(response, 400, error.message, typed);
		}
	});
	router.post('/:record/:button', (request, response, next) => {
		const press = BUTTONS.get(request.params.button);
		const id = Number(request.params.record);
		if (!press || !Number.isInteger(id)) return next();
		try {
			press(control, id, readFields(request.body), service);
			response.redirect(303, `/_desk#record-${id}`);
		} catch (error) {
			if (!(error instanceof ApiError)) throw error;
			show(response, error.status === 404 ? 404 : 400, error.message);
		}
	});
	return router;
}

/** What was typed, as text; the rest of a strange body is left out. */
function readFields(body: unknown): Typed {
	const read = z.record(z.unknown()).safeParse(body);
	const entries = Object.entries(read.success ? read.data : {});
	return Object.fromEntries(entries.filter((pair): pair is [string, string] => typeof pair[1] === 'string'));
}

function onlineRequest(typed: Typed): object {
	const [name, phone, email, comment, serviceId, staffId, at] = FIELDS.map((field) => typed[field] ?? '');
	return {
		fullname: name,
		phone,
		email,
		comment,
		appointments: [{ id: 1, staff_id: Number(staffId), services: [Number(serviceId)], datetime: at }],
	};
}

/** Reads roubles as people type them. @throws ApiError */
function priceOf(text = ''): number {
	const [, roubles = '', kopecks = ''] = /^\s*(\d{1,7})(?:[.,](\d{1,2}))?\s*$/.exec(text) ?? [];
	if (roubles === '') throw new ApiError(400, 'Укажите цену в рублях');
	return Number(roubles) * 100 + Number(kopecks.padEnd(2, '0'));
}
