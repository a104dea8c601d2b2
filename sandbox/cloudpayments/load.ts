/** How many calls run at once; more than the limit are turned away (providers/cloudpayments.md §2). */
export class Load {
	private running = 0;
	private highest = 0;

	constructor(private readonly limit: number) {}

	/** Most calls at once since the last {@link resetPeak}, those turned away included. */
	get peak(): number {
		return this.highest;
	}

	/** A call begins. @returns whether it may be served */
	enter(): boolean {
		this.running += 1;
		this.highest = Math.max(this.highest, this.running);
		return this.running <= this.limit;
	}

	leave(): void {
		this.running -= 1;
	}

	resetPeak(): void {
		this.highest = this.running;
	}
}
