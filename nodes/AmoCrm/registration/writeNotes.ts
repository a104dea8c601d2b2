import { sleep } from 'n8n-workflow';

import { latestNotes } from '../api/notes';
import { writeRows, type RowOutcome } from '../api/writeRows';
import type { Note } from '../entities';
import { markerOf } from '../fold';
import { hasMarker, withMarker } from '../noteMarker';
import { MAX_ATTEMPTS, SETTLE_MS } from '../shared/attempts';
import type { AmoClient } from '../shared/client';
import type { Case } from './registration';

/** One note, wanted by the payment it is about, once or, if that came twice, by both. */
interface Wanted {
	leadId: string;
	marker: string;
	text: string;
	cases: Case[];
}

/** Permanent: the same note will be refused for ever, and the payment itself is saved. */
const REFUSED: ReadonlySet<string> = new Set(['badRequest', 'unprocessable']);

/**
 * Call D, last: a note for each payment. Where an earlier attempt may have written it, the lead's notes are read first
 * (providers/amocrm.md §5).
 */
export async function writeNotes(client: AmoClient, cases: readonly Case[]): Promise<void> {
	let open = wantedNotes(cases);
	await findWritten(client, open.filter(mayBeWritten)).catch((error: Error) => failAll(open, error));
	open = open.filter(isUnwritten);
	for (let attempt = 1; open.length > 0 && attempt <= MAX_ATTEMPTS; attempt++) {
		if (attempt > 1) {
			await sleep(SETTLE_MS);
			await findWritten(client, open).catch((error: Error) => failAll(open, error));
			open = open.filter(isUnwritten);
		}
		open = await post(client, open, attempt === MAX_ATTEMPTS);
	}
}

function wantedNotes(cases: readonly Case[]): Wanted[] {
	const wanted = new Map<string, Wanted>();
	for (const one of cases) {
		const { note, payment } = one.registration;
		if (!one.saved || note.trim() === '') continue;
		const { leadId } = one.saved;
		const marker = markerOf(payment);
		const known = wanted.get(`${leadId} ${marker}`);
		if (known) known.cases.push(one);
		else wanted.set(`${leadId} ${marker}`, { leadId, marker, text: withMarker(note, marker), cases: [one] });
	}
	return [...wanted.values()];
}

function mayBeWritten({ cases }: Wanted): boolean {
	return cases.some(({ registration, alreadyCounted }, at) => registration.isRepeat || (alreadyCounted && at === 0));
}

function isUnwritten({ cases }: Wanted): boolean {
	return cases.every(({ noteId, error }) => noteId === null && error === null);
}

async function findWritten(client: AmoClient, wanted: readonly Wanted[]): Promise<void> {
	const byLead = new Map<string, Note[]>();
	for (const note of wanted) {
		const notes = byLead.get(note.leadId) ?? (await latestNotes(client, note.leadId));
		byLead.set(note.leadId, notes);
		const written = notes.find(({ text }) => hasMarker(text, note.marker));
		if (written) note.cases.forEach((one) => (one.noteId = written.id));
	}
}

/** @returns the notes of which nobody knows whether they were saved */
async function post(client: AmoClient, wanted: readonly Wanted[], isLast: boolean): Promise<Wanted[]> {
	const outcomes = await writeRows(client, {
		method: 'POST',
		path: 'leads/notes',
		collection: 'notes',
		bodies: wanted.map(({ leadId, text }) => ({ entity_id: Number(leadId), note_type: 'common', params: { text } })),
	});
	return wanted.filter((note, at) => {
		const outcome = outcomes[at] as RowOutcome;
		if (outcome.status === 'saved') note.cases.forEach((one) => (one.noteId = outcome.answer.id));
		else if (REFUSED.has(outcome.error.failure)) warnAll(note, `The note was not saved: ${outcome.error.message}`);
		else if (outcome.status === 'failed' || isLast) failAll([note], outcome.error);
		return outcome.status === 'uncertain';
	});
}

function warnAll({ cases }: Wanted, warning: string): void {
	cases.forEach(({ warnings }) => warnings.push(warning));
}

function failAll(wanted: readonly Wanted[], error: Error): void {
	wanted.forEach(({ cases }) => cases.forEach((one) => (one.error = error)));
}
