/** Which calls a fault waits for; without a part it is any. */
export interface FaultTarget {
	readonly method?: 'GET' | 'POST' | 'PATCH';
	/** Regular expression for the path without the query, e.g. `/leads/\d+/notes$`. */
	readonly path?: string;
}

/** What happens to a call instead of, or besides, being served. `apply`: only after it took effect. */
export type Fault =
	| { readonly kind: 'fail'; readonly status: number; readonly apply: boolean }
	/** 429 with a page instead of JSON; does not count as over the rate. */
	| { readonly kind: 'tooMany' }
	/** Cuts the connection without an answer. */
	| { readonly kind: 'drop'; readonly apply: boolean }
	/** Serves it after a while. */
	| { readonly kind: 'delay'; readonly ms: number }
	/** 400 that names the elements at these positions; nothing is saved. */
	| { readonly kind: 'rejectElements'; readonly positions: readonly number[] };

interface Waiting {
	readonly fault: Fault;
	readonly target: FaultTarget;
}

/** Faults waiting for calls of the API, the oldest first. */
export class Faults {
	private readonly queue: Waiting[] = [];

	/** The next `count` calls of the target meet this fault. */
	add(fault: Fault, count: number, target: FaultTarget): void {
		for (let added = 0; added < count; added += 1) this.queue.push({ fault, target });
	}

	/** Takes the fault that a call meets; null when none waits for it. */
	take(method: string, path: string): Fault | null {
		const index = this.queue.findIndex((waiting) => meets(waiting, method, path));
		const [taken] = index < 0 ? [] : this.queue.splice(index, 1);
		return taken?.fault ?? null;
	}

	clear(): void {
		this.queue.length = 0;
	}
}

/** A fault after the effect, or in elements, has nothing to do with reading. */
function meets({ fault, target }: Waiting, method: string, path: string): boolean {
	const needsWrite = fault.kind === 'rejectElements' || ('apply' in fault && fault.apply);
	if (needsWrite && method === 'GET') return false;
	if (target.method !== undefined && target.method !== method) return false;
	return target.path === undefined || new RegExp(target.path).test(path);
}
