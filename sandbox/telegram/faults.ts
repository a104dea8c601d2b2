import type { ApiError } from './apiError';
import { tooManyRequests } from './apiError';

/** What happens to a call instead of, or besides, being served. */
export type Fault =
	| { readonly kind: 'fail'; readonly error: ApiError }
	/** Cuts the connection without an answer; with `apply` after the call took effect. */
	| { readonly kind: 'drop'; readonly apply: boolean }
	/** Serves it after a while. */
	| { readonly kind: 'delay'; readonly ms: number };

/** Faults waiting for the bot's next calls. People and the control API do not meet them. */
export class Faults {
	/** While true every connection is cut. */
	isDown = false;
	private readonly queue: Array<{ readonly fault: Fault; readonly method: string | null }> = [];
	private floodEnd = 0;

	/** The next `count` calls, of this method if one is named, meet the fault. */
	add(fault: Fault, count: number, method: string | undefined): void {
		const filter = method?.toLowerCase() ?? null;
		for (let added = 0; added < count; added += 1) this.queue.push({ fault, method: filter });
	}

	/** For `ms` from now on everything is answered 429. */
	flood(ms: number): void {
		this.floodEnd = Date.now() + ms;
	}

	/** The fault the call meets; null when it is served. */
	take(method: string): Fault | null {
		const left = this.floodEnd - Date.now();
		if (left > 0) return { kind: 'fail', error: tooManyRequests(Math.ceil(left / 1000)) };
		const index = this.queue.findIndex((one) => one.method === null || one.method === method);
		return index < 0 ? null : (this.queue.splice(index, 1)[0]?.fault ?? null);
	}

	clear(): void {
		this.isDown = false;
		this.queue.length = 0;
		this.floodEnd = 0;
	}
}
