import { keepNewest } from '../shared/keepNewest';

/** One call of the API. */
export interface RequestEntry {
	readonly at: string;
	readonly method: string;
	/** With `:id` for numbers, e.g. `/api/v4/leads/:id/notes`. */
	readonly pattern: string;
	/** Path and query as they came. */
	readonly path: string;
	/** Parsed JSON, or the text of a body that is none; undefined without a body. */
	readonly body: unknown;
	/** Status of the answer; null while there is none, or when it got lost. */
	status: number | null;
}

/** What came in, oldest first. */
export class Journal {
	private entries: RequestEntry[] = [];
	private counts = new Map<string, number>();

	get requests(): readonly RequestEntry[] {
		return this.entries;
	}

	/** Calls by `METHOD pattern`, refused ones too. */
	get callCounts(): Readonly<Record<string, number>> {
		return Object.fromEntries(this.counts);
	}

	/** Writes a call down as it comes; its status is filled in with the answer. */
	record(entry: RequestEntry): RequestEntry {
		keepNewest(this.entries, entry);
		const key = `${entry.method} ${entry.pattern}`;
		this.counts.set(key, (this.counts.get(key) ?? 0) + 1);
		return entry;
	}

	clear(): void {
		this.entries = [];
		this.counts = new Map();
	}
}

/** The path with `:id` for each numeric segment. */
export function patternOf(path: string): string {
	return path.replace(/\/\d+(?=\/|$)/g, '/:id');
}
