import { keepNewest } from '../shared/keepNewest';

/** One call of the Bot API. The token is not in it, nor a secret. */
export interface ApiCall {
	readonly at: string;
	/** As Telegram writes it, e.g. `sendMessage`; as it came when there is no such method. */
	readonly method: string;
	/** As text, which is all the Bot API knows; JSON stays JSON. */
	readonly parameters: Readonly<Record<string, string>>;
	/** What was answered; null when the connection was cut. */
	readonly status: number | null;
	/** The `description` of a refusal. */
	readonly description: string | null;
	/** Whether it took effect, which a cut connection does not tell. */
	readonly isApplied: boolean;
	/** `webhook`: the call was in the answer to an update. */
	readonly from: 'http' | 'webhook';
}

/** One attempt to deliver an update. */
export interface Delivery {
	readonly at: string;
	/** 0 for a forged one. */
	readonly updateId: number;
	/** Type of the update, e.g. `message`. */
	readonly type: string;
	readonly kind: 'scheduled' | 'copy' | 'forged';
	readonly attempt: number;
	/** HTTP status of the answer; null when none came. */
	readonly status: number | null;
	readonly body: string;
	readonly error: string | null;
	readonly durationMs: number;
}

/** What the stand-in saw and did, oldest first. */
export class Journal {
	readonly calls: ApiCall[] = [];
	readonly deliveries: Delivery[] = [];

	recordCall(call: ApiCall): void {
		keepNewest(this.calls, call);
	}

	recordDelivery(delivery: Delivery): void {
		keepNewest(this.deliveries, delivery);
	}

	clear(): void {
		this.calls.length = 0;
		this.deliveries.length = 0;
	}
}
