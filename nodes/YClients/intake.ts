import { z } from 'zod';

import { MAX_BODY_BYTES } from '../shared/bodyLimit';
import { secureCompare } from '../shared/secureCompare';
import { id, objectOrNull } from './lenient';
/** YCLIENTS sends one; more than this in one body is nothing it would do. */
const MAX_NOTICES = 100;

export const RECORD_EVENTS = ['create', 'update', 'delete'] as const;

export type RecordEvent = (typeof RECORD_EVENTS)[number];

/** Somebody says that something has happened to a record. It proves nothing. */
export interface Notice {
	event: RecordEvent;
	companyId: string;
	recordId: string;
	/** The record as it came along. */
	claimed: Record<string, unknown>;
}

export interface NoticeRequest {
	body: unknown;
	/** Behind `?secret=`. */
	secret: unknown;
	bodyBytes: number;
}

export interface IntakeSettings {
	/** What the address has to end with; null when there is no usable credential, so that nothing is let in. */
	secret: string | null;
	companyId: string;
	events: readonly RecordEvent[];
}

/** What there is to look up, or the answer that ends the request. */
export type Intake = { notices: Notice[] } | { status: 200 | 404 | 413 | 422; message: string };

const noticeSchema = z.object({
	company_id: id.pipe(z.string()),
	resource: z.string(),
	resource_id: id.pipe(z.string()),
	status: z.string(),
	data: z.unknown(),
});

/**
 * Decides what becomes of a request to the webhook (providers/yclients.md §4). Fails closed and never throws. A wrong
 * secret looks like an address that does not exist.
 */
export function takeIn(request: NoticeRequest, settings: IntakeSettings): Intake {
	const { secret } = request;
	if (settings.secret === null || typeof secret !== 'string' || !secureCompare(secret, settings.secret)) {
		return { status: 404, message: 'Not found' };
	}
	if (request.bodyBytes > MAX_BODY_BYTES) return { status: 413, message: `Body over ${MAX_BODY_BYTES} bytes` };
	// Some senders wrap the notification in a list.
	const bodies = [request.body].flat();
	const parsed = z.array(noticeSchema).min(1).max(MAX_NOTICES).safeParse(bodies);
	if (!parsed.success) return { status: 422, message: 'This is no notification of YCLIENTS' };

	const notices: Notice[] = [];
	for (const { company_id: companyId, resource, resource_id: recordId, status, data } of parsed.data) {
		if (companyId !== settings.companyId) return { status: 422, message: 'This is about another branch' };
		const event = RECORD_EVENTS.find((known) => known === status);
		if (resource !== 'record' || event === undefined || !settings.events.includes(event)) continue;
		const claimed = objectOrNull(data) ?? {};
		if (!agrees(claimed.company_id, companyId) || !agrees(claimed.id, recordId)) {
			return { status: 422, message: 'The notification contradicts itself' };
		}
		notices.push({ event, companyId, recordId, claimed });
	}
	return notices.length > 0 ? { notices } : { status: 200, message: 'ignored' };
}

function agrees(claimed: unknown, told: string): boolean {
	return id.parse(claimed) === told;
}
