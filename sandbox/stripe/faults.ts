/** What happens to an API call instead of, or besides, being served. */
export type Fault =
	/** Answers `status`; with `apply` only after the call took effect, as a gateway does that lost the answer. */
	| { readonly kind: 'fail'; readonly status: number; readonly apply: boolean; readonly path?: string }
	/** Cuts the connection without an answer; nothing happened. */
	| { readonly kind: 'drop' }
	/** Serves it after a while. */
	| { readonly kind: 'delay'; readonly ms: number };

/** Faults waiting for the next API calls; the buyer's pages do not meet them. */
export class Faults {
	private queue: Fault[] = [];
	/** Every API call is cut off while this is set. */
	isDown = false;

	/** The next `count` calls meet this fault. */
	add(fault: Fault, count: number): void {
		for (let added = 0; added < count; added += 1) this.queue.push(fault);
	}

	/** The fault for a call to this path, if one waits for it. */
	take(path: string): Fault | undefined {
		if (this.isDown) return { kind: 'drop' };
		const index = this.queue.findIndex((fault) => fault.kind !== 'fail' || path.startsWith(fault.path ?? '/'));
		return index < 0 ? undefined : this.queue.splice(index, 1)[0];
	}

	clear(): void {
		this.queue = [];
		this.isDown = false;
	}
}
