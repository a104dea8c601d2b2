/** The stand-in's time: the real one, moved forward at will, so that links and bans expire at once. */
export class Clock {
	private offsetMs = 0;

	now(): Date {
		return new Date(Date.now() + this.offsetMs);
	}

	/** Whole seconds since 1970, the form of every date in the Bot API. */
	unix(): number {
		return Math.floor(this.now().getTime() / 1000);
	}

	advance(ms: number): void {
		this.offsetMs += Math.max(0, ms);
	}
}
