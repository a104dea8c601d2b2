/** The stand-in's time: the real one, moved forward at will, so that a month of a subscription passes at once. */
export class Clock {
	private offsetMs = 0;

	/** Milliseconds since 1970. */
	now(): number {
		return Date.now() + this.offsetMs;
	}

	/** The present moment, UTC. */
	iso(): string {
		return new Date(this.now()).toISOString();
	}

	/** Moves on to `moment`; never back. */
	advanceTo(moment: number): void {
		this.offsetMs += Math.max(0, moment - this.now());
	}

	reset(): void {
		this.offsetMs = 0;
	}
}
