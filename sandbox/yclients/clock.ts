/** The stand-in's time: the real one, moved forward at will. */
export class Clock {
	private offsetMs = 0;

	/** Milliseconds since 1970. */
	now(): number {
		return Date.now() + this.offsetMs;
	}

	/** Whole seconds, in milliseconds since 1970: changes carry no smaller unit (providers/yclients.md §2). */
	second(): number {
		return Math.floor(this.now() / 1000) * 1000;
	}

	advance(ms: number): void {
		this.offsetMs += Math.max(0, ms);
	}

	reset(): void {
		this.offsetMs = 0;
	}
}
