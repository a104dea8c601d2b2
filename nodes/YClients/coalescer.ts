import { sleep } from 'n8n-workflow';

import type { Notice, RecordEvent } from './intake';

/** What counts when several things happen to a record within the window. */
const WEIGHT: Readonly<Record<RecordEvent, number>> = { update: 0, create: 1, delete: 2 };

/** Notices that wait, by trigger and record. */
const waiting = new Map<string, Notice>();

/**
 * Joins the notices about one record that come within a short time: one visit at the desk makes several
 * (providers/yclients.md §4). The first waits and takes the others along.
 *
 * @param owner the trigger; each has its own notices
 * @returns the notice to act on, or null when an earlier one takes it along
 */
export async function coalesce(owner: string, notice: Notice, milliseconds: number): Promise<Notice | null> {
	if (milliseconds <= 0) return notice;
	const key = `${owner} ${notice.companyId} ${notice.recordId}`;
	const earlier = waiting.get(key);
	if (earlier) {
		waiting.set(key, WEIGHT[earlier.event] > WEIGHT[notice.event] ? { ...notice, event: earlier.event } : notice);
		return null;
	}
	waiting.set(key, notice);
	await sleep(milliseconds);
	const latest = waiting.get(key) ?? notice;
	waiting.delete(key);
	return latest;
}
