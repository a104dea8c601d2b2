import { createHash } from 'node:crypto';
import { sleep } from 'n8n-workflow';

import { storable } from '../../shared/storable';
import type { Booking, BookingPolicy } from '../booking';
import type { Notice, RecordEvent } from '../intake';
import { toEntry } from '../recordEntry';
import type { YClientsClient } from './client';
import { readPolicy, type PolicyParameters } from './fields';
import { getRecord } from './records';
import { YClientsError } from './yclientsError';

/** YCLIENTS may tell of a change before it shows it. */
const SECOND_LOOKS_MS: readonly number[] = [1_000, 3_000];

/** Why there is no booking to go on with; a person, or the next synchronisation, has to look. */
export interface Problem {
	code: 'not_found' | 'not_readable';
	message: string;
}

/** What the workflow gets. */
export interface RecordEventItem {
	/** The same for the same state of the same record. */
	eventKey: string;
	event: RecordEvent;
	companyId: string;
	recordId: string;
	/** As read from YCLIENTS, never as it came along; null with a problem. */
	booking: Booking | null;
	/** The record as read; null when it is gone, or when it was not asked for. */
	record: unknown;
	/** UTC, ISO. */
	receivedAt: string;
	/** `record_gone`: YCLIENTS no longer has it. `delete_not_confirmed`: it still does, in spite of the notice. */
	warnings: string[];
	problem: Problem | null;
}

export interface VerifyOptions {
	/** How records are read, as the node has it. */
	parameters: PolicyParameters;
	includeRaw: boolean;
	receivedAt: string;
}

/**
 * Asks YCLIENTS what is true of a notice, because anybody could have sent it (providers/yclients.md §4). A record
 * that is gone after a deletion is cancelled; a deletion YCLIENTS does not know of changes nothing. Never throws.
 */
export async function verifyNotice(
	client: YClientsClient,
	notice: Notice,
	options: VerifyOptions,
): Promise<RecordEventItem> {
	try {
		const policy = readPolicy(options.parameters);
		const record = await lookUp(client, notice);
		return storable(record ? withRecord(notice, record, policy, options) : withoutRecord(notice, policy, options));
	} catch (error) {
		const isExplained = error instanceof YClientsError || error instanceof RangeError;
		const message = isExplained ? error.message : 'The record cannot be read';
		return withProblem(notice, options, { code: 'not_readable', message });
	}
}

/** Looks again while YCLIENTS does not show what the notice says. */
async function lookUp(client: YClientsClient, { event, recordId }: Notice): Promise<Record<string, unknown> | null> {
	let record = await getRecord(client, recordId);
	for (const waitMs of SECOND_LOOKS_MS) {
		const isAsTold = event === 'delete' ? record === null || statusOf(record) === 'cancelled' : record !== null;
		if (isAsTold) break;
		await sleep(waitMs);
		record = await getRecord(client, recordId);
	}
	return record;
}

function statusOf(record: Record<string, unknown>): Booking['status'] {
	return toEntry(record, '', {}).booking.status;
}

function withRecord(
	notice: Notice,
	record: Record<string, unknown>,
	policy: BookingPolicy,
	options: VerifyOptions,
): RecordEventItem {
	const { booking } = toEntry(record, notice.companyId, policy);
	const isUnconfirmed = notice.event === 'delete' && booking.status !== 'cancelled';
	return {
		...commonFields(notice, options, booking),
		booking,
		record: options.includeRaw ? record : null,
		warnings: isUnconfirmed ? ['delete_not_confirmed'] : [],
		problem: null,
	};
}

function withoutRecord(notice: Notice, policy: BookingPolicy, options: VerifyOptions): RecordEventItem {
	if (notice.event !== 'delete') {
		const message = 'YCLIENTS does not know the record it told about';
		return withProblem(notice, options, { code: 'not_found', message });
	}
	// The notice only describes a booking that counts no more. Its time is YCLIENTS' own, so that a booking restored a moment
	// later is newer; but a time in the future, which nobody could know, would be newer than all that may follow.
	const { booking } = toEntry(notice.claimed, notice.companyId, { ...policy, event: 'delete' });
	const now = new Date().toISOString();
	const gone: Booking = { ...booking, changedAt: booking.changedAt !== null && booking.changedAt < now ? booking.changedAt : now };
	return {
		...commonFields(notice, options, gone),
		booking: gone,
		record: null,
		warnings: ['record_gone'],
		problem: null,
	};
}

function withProblem(notice: Notice, options: VerifyOptions, problem: Problem): RecordEventItem {
	return { ...commonFields(notice, options, null), booking: null, record: null, warnings: [], problem };
}

function commonFields({ event, companyId, recordId }: Notice, { receivedAt }: VerifyOptions, booking: Booking | null) {
	const changedAt = booking?.changedAt ?? receivedAt;
	const content = createHash('sha256').update(JSON.stringify(booking)).digest('hex').slice(0, 16);
	return {
		eventKey: `${companyId}:record:${recordId}:${event}:${changedAt}:${content}`,
		event,
		companyId,
		recordId,
		receivedAt,
	};
}
