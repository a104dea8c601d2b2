import { z } from 'zod';

import { id, objectOrNull, text } from '../lenient';
import type { YClientsClient } from './client';
import { listRecords } from './records';
import { YClientsError } from './yclientsError';

/** A booking that is to be made. */
export interface BookingRequest {
	name: string;
	/** Digits with the country. */
	phone: string;
	email: string;
	comment: string;
	/** Our own key of the booking; empty for none. */
	apiId: string;
	/** 0 for anybody. */
	staffId: string;
	serviceIds: readonly string[];
	/** With its offset. */
	datetime: string;
	/** 0 for never. */
	notifyByEmailHours: number;
	notifyBySmsHours: number;
	/** Empty where the branch does not confirm phones. */
	smsCode: string;
}

export interface BookedRecord {
	recordId: string;
	/** With it the client can change the booking; null when it is not known any more. */
	recordHash: string | null;
}

const bookedSchema = z.object({ record_id: id.pipe(z.string()), record_hash: text });

/**
 * Makes a booking (providers/yclients.md §7), once: if nobody knows whether it was made, it is looked for by its key.
 *
 * @throws YClientsError; `uncertain` when it may have been made and has no key to look for
 */
export async function bookRecord(client: YClientsClient, request: BookingRequest): Promise<BookedRecord> {
	const reply = await client
		.ask({ method: 'POST', path: `book_record/${client.companyId}`, body: toBody(request), auth: 'partner' })
		.catch(async (error: unknown) => await afterDoubt(client, request, error));
	if ('recordId' in reply) return reply;
	const [booked] = [reply.data].flat();
	const parsed = bookedSchema.safeParse(objectOrNull(booked));
	if (!parsed.success) {
		throw new YClientsError(
			'uncertain',
			'YCLIENTS has taken the booking without telling its number',
			'Look for it in YCLIENTS before you repeat it.',
		);
	}
	return { recordId: parsed.data.record_id, recordHash: parsed.data.record_hash };
}

/**
 * The booking with this key among those of its day; deleted ones count, too: they were made. @throws YClientsError
 */
export async function findByApiId(
	client: YClientsClient,
	{ apiId, datetime }: Pick<BookingRequest, 'apiId' | 'datetime'>,
): Promise<BookedRecord | null> {
	const day = datetime.slice(0, 10);
	// The branch may read the time in another zone, and somebody may have moved the visit by a day.
	const records = await listRecords(client, [
		['start_date', shift(day, -1)],
		['end_date', shift(day, 1)],
		['with_deleted', 1],
	]);
	const known = records.map(objectOrNull).find((record) => text.parse(record?.api_id) === apiId);
	const recordId = id.parse(known?.id);
	return recordId === null ? null : { recordId, recordHash: null };
}

async function afterDoubt(client: YClientsClient, request: BookingRequest, error: unknown): Promise<BookedRecord> {
	const isDoubtful = error instanceof YClientsError && error.failure === 'uncertain';
	const known = isDoubtful && request.apiId !== '' ? await findByApiId(client, request).catch(() => null) : null;
	if (!known) throw error;
	return known;
}

function toBody(request: BookingRequest): Record<string, unknown> {
	const { email, comment, apiId, smsCode } = request;
	return {
		phone: request.phone,
		fullname: request.name,
		email,
		comment,
		...(apiId !== '' && { api_id: apiId }),
		...(smsCode !== '' && { code: smsCode }),
		...(request.notifyByEmailHours > 0 && { notify_by_email: request.notifyByEmailHours }),
		...(request.notifyBySmsHours > 0 && { notify_by_sms: request.notifyBySmsHours }),
		appointments: [
			{
				id: 1,
				staff_id: Number(request.staffId),
				services: request.serviceIds.map(Number),
				datetime: request.datetime,
			},
		],
	};
}

function shift(day: string, days: number): string {
	return new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10);
}
