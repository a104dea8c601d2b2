import { keepNewest } from '../shared/keepNewest';
import type { Input } from './input';

/** One call of the API. */
export interface ApiRequest {
	readonly at: string;
	/** Without a slash at the beginning, e.g. `payments/refund`. */
	readonly path: string;
	/** `X-Request-ID`; null without one. */
	readonly requestId: string | null;
	/** The fields, of a form or of JSON. */
	readonly body: Input;
	/**
	 * `served`: it was read or took effect; `replayed`: the stored answer of its request id; `refused`: wrong keys, no
	 * such method; `over`: too many at once; `fault`: it had no effect; `lost`: it had, but its answer got lost.
	 */
	outcome: 'running' | 'served' | 'replayed' | 'refused' | 'over' | 'fault' | 'lost';
	/** Null while there is none, or when no answer was sent. */
	status: number | null;
}

/** The calls, oldest first. */
export class Journal {
	private readonly kept: ApiRequest[] = [];

	get entries(): readonly ApiRequest[] {
		return this.kept;
	}

	/** Writes a call down as it comes; what became of it is filled in with the answer. */
	record(entry: ApiRequest): ApiRequest {
		keepNewest(this.kept, entry);
		return entry;
	}

	clear(): void {
		this.kept.length = 0;
	}
}
