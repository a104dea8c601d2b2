import { keepNewest } from '../shared/keepNewest';

/** One call of the API. */
export interface ApiRequest {
	readonly at: string;
	readonly address: string;
	readonly method: string;
	/** Below `/api/v1`, without the query, e.g. `/records/555001`. */
	readonly path: string;
	/** The path with `:id` for each number. */
	readonly pattern: string;
	readonly query: Readonly<Record<string, string>>;
	/** Parsed JSON, or the text of a body that is none; null without a body. */
	readonly body: unknown;
	/** `served`: it was read or took effect; `lost`: it did, but its answer got lost; `fault`: it did not. */
	outcome: 'served' | 'refused' | 'over' | 'fault' | 'lost';
	/** Null while there is none, or when no answer was sent. */
	status: number | null;
}

/** Which calls are meant; all that are given must hold. */
export type RequestFilter = Partial<Pick<ApiRequest, 'method' | 'path' | 'pattern' | 'outcome' | 'status'>>;

/** The calls, oldest first. */
export class Journal {
	private readonly entries: ApiRequest[] = [];
	private readonly counts = new Map<string, number>();

	/** Calls by `METHOD pattern`, refused ones too; no call is too old to be counted. */
	get callCounts(): Readonly<Record<string, number>> {
		return Object.fromEntries(this.counts);
	}

	/** Writes a call down as it comes; what became of it is filled in with the answer. */
	record(entry: ApiRequest): ApiRequest {
		keepNewest(this.entries, entry);
		const key = `${entry.method} ${entry.pattern}`;
		this.counts.set(key, (this.counts.get(key) ?? 0) + 1);
		return entry;
	}

	select(filter: RequestFilter): readonly ApiRequest[] {
		return this.entries.filter((entry) => {
			const { method, path, pattern, outcome, status } = entry;
			const { method: byMethod = method, path: byPath = path, pattern: byPattern = pattern } = filter;
			const { outcome: byOutcome = outcome, status: byStatus = status } = filter;
			return method === byMethod && path === byPath && pattern === byPattern && outcome === byOutcome &&
				status === byStatus;
		});
	}

	clear(): void {
		this.entries.length = 0;
		this.counts.clear();
	}
}

/** The path with `:id` for each numeric segment. */
export function patternOf(path: string): string {
	return path.replace(/\/\d+(?=\/|$)/g, '/:id');
}
