import type { Clock } from './clock';
import type { Envelope } from './endpoint';
import { HOUR_MS } from './moments';

interface Entry {
	readonly since: number;
	/** Unsettled while the first call is running. */
	readonly answer: Promise<Envelope>;
}

/** Answers by `X-Request-ID`, kept for an hour (providers/cloudpayments.md §2). */
export class RequestIds {
	private readonly entries = new Map<string, Entry>();

	constructor(private readonly clock: Clock) {}

	/** The answer of the first call with this id, whatever it asked for; null when there is none. */
	find(id: string): Promise<Envelope> | null {
		const entry = this.entries.get(id);
		return entry && this.clock.now() - entry.since <= HOUR_MS ? entry.answer : null;
	}

	keep(id: string, answer: Promise<Envelope>): void {
		this.entries.set(id, { since: this.clock.now(), answer });
	}

	/** Frees the id of a call that broke. */
	release(id: string): void {
		this.entries.delete(id);
	}

	clear(): void {
		this.entries.clear();
	}
}
