/** Newest entries kept; a sandbox that runs for days does not grow without end. */
const KEPT = 5000;

/** Adds to a journal. */
export function keepNewest<Entry>(entries: Entry[], entry: Entry): void {
	entries.push(entry);
	if (entries.length > KEPT) entries.shift();
}
