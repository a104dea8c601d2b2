import { listOf, readNote, type Note } from '../entities';
import type { AmoClient } from '../shared/client';

const LATEST = 100;

/** The latest notes of a lead, newest first. amoCRM may ignore the filter by type, so the text decides. */
export async function latestNotes(client: AmoClient, leadId: string): Promise<Note[]> {
	const answer = await client.read(`leads/${leadId}/notes`, [
		['order[id]', 'desc'],
		['limit', LATEST],
	]);
	return listOf(answer, 'notes', readNote);
}
