/** Which calls a fault waits for; without a part it is any. */
export interface FaultTarget {
	readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
	/** Beginning of the path below `/api/v1`, e.g. `/record/`. */
	readonly path?: string;
}

/** What happens to a call instead of, or besides, being served. */
export type Fault =
	/** Answers `status`; with `apply` after the call took effect, as a gateway does that lost the answer. */
	| { readonly kind: 'fail'; readonly status: number; readonly apply: boolean }
	/** Cuts the connection without an answer. */
	| { readonly kind: 'drop'; readonly apply: boolean }
	/** Serves it after a while. */
	| { readonly kind: 'delay'; readonly ms: number };

/** Faults waiting for calls of the API, the oldest first. */
export class Faults {
	private readonly queue: Array<{ readonly fault: Fault; readonly target: FaultTarget }> = [];
	/** Every call is cut off while this is set. */
	isDown = false;

	/** The next `count` calls of the target meet this fault. */
	add(fault: Fault, count: number, target: FaultTarget): void {
		for (let added = 0; added < count; added += 1) this.queue.push({ fault, target });
	}

	/** Takes the fault that a call meets; one after the effect waits for a call that changes something. */
	take(method: string, path: string): Fault | null {
		const isReading = method === 'GET' || path.endsWith('/search');
		const index = this.queue.findIndex(({ fault, target }) => {
			if ('apply' in fault && fault.apply && isReading) return false;
			return (target.method ?? method) === method && path.startsWith(target.path ?? '/');
		});
		const [taken] = index < 0 ? [] : this.queue.splice(index, 1);
		return taken?.fault ?? null;
	}

	clear(): void {
		this.queue.length = 0;
		this.isDown = false;
	}
}
