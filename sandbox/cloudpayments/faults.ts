/** When a fault strikes: before anything happened, or after the call took effect. */
export type When = 'before' | 'after';

/** What happens to a call instead of, or besides, being served. */
export type Fault =
	/** Answers `status`; by default with a page of a web server. */
	| { readonly kind: 'fail'; readonly when: When; readonly status: number; readonly body: unknown }
	/** Cuts the connection without an answer. */
	| { readonly kind: 'drop'; readonly when: When }
	/** Serves it after a while. */
	| { readonly kind: 'delay'; readonly ms: number };

/** Faults waiting for calls of the API, the oldest first. */
export class Faults {
	private readonly queue: Array<{ readonly path: string; readonly fault: Fault }> = [];

	/** @param path beginning of the paths it waits for, e.g. `payments/refund`; empty for any */
	add(path: string, fault: Fault, count: number): void {
		const wanted = path.replace(/^\//, '');
		for (let added = 0; added < count; added += 1) this.queue.push({ path: wanted, fault });
	}

	/** Takes what a call meets: at most one delay and one other fault. */
	take(path: string): { readonly delayMs: number; readonly fault: Exclude<Fault, { kind: 'delay' }> | null } {
		const next = (isDelay: boolean) => {
			const index = this.queue.findIndex(({ path: wanted, fault: { kind } }) => {
				return path.startsWith(wanted) && (kind === 'delay') === isDelay;
			});
			return index < 0 ? undefined : this.queue.splice(index, 1)[0]?.fault;
		};
		const delay = next(true);
		const fault = next(false);
		return {
			delayMs: delay?.kind === 'delay' ? delay.ms : 0,
			fault: fault && fault.kind !== 'delay' ? fault : null,
		};
	}

	clear(): void {
		this.queue.length = 0;
	}
}
