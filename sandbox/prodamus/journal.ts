import type { PhpTree } from './phpForm';

/** Newest entries kept; a sandbox that runs for days does not grow without end. */
const KEPT = 5000;

/** One request that came in: an opened link or a REST call. */
export interface Received {
	readonly at: string;
	readonly kind: 'link' | 'rest';
	readonly method: string;
	readonly path: string;
	readonly parameters: PhpTree;
	readonly signature: 'absent' | 'valid' | 'wrong';
	/** What was decided, as the merchant would read it. */
	readonly verdict: string;
}

/** One attempt to deliver a webhook. */
export interface Delivery {
	readonly at: string;
	readonly notificationId: number;
	readonly paymentId: string;
	readonly url: string;
	/** The `attempt` field of the body. */
	readonly attempt: number;
	readonly sign: string | null;
	/** HTTP status of the answer; null when none came. */
	readonly status: number | null;
	readonly body: string;
	readonly error: string | null;
	readonly durationMs: number;
}

/** What the stand-in saw and did, oldest first. */
export class Journal {
	readonly received: Received[] = [];
	readonly deliveries: Delivery[] = [];

	recordReceived(entry: Received): void {
		keepNewest(this.received, entry);
	}

	recordDelivery(entry: Delivery): void {
		keepNewest(this.deliveries, entry);
	}

	clear(): void {
		this.received.length = 0;
		this.deliveries.length = 0;
	}
}

function keepNewest<Entry>(entries: Entry[], entry: Entry): void {
	entries.push(entry);
	if (entries.length > KEPT) entries.shift();
}
