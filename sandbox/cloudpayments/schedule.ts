import type { Clock } from './clock';

/** Something that happens by itself at its time. */
export interface DueTask {
	/** Milliseconds since 1970. */
	readonly at: number;
	run(): Promise<void>;
}

const TICK_MS = 500;

/** Does what is due, in the order of time; one thing after another. */
export class Schedule {
	private work: Promise<void> = Promise.resolve();
	private timer: NodeJS.Timeout | undefined;

	/**
	 * @param next the earliest thing that is to happen
	 * @param settle resolves when the shop has been told of the last one: days lie between two of them
	 */
	constructor(
		private readonly clock: Clock,
		private readonly next: () => DueTask | null,
		private readonly settle: () => Promise<void>,
		private readonly log: (line: string) => void,
	) {}

	/** Lets real time pass, too. */
	start(): void {
		const report = (error: unknown) => this.log(`CloudPayments: a due charge failed: ${String(error)}`);
		this.timer = setInterval(() => void this.advance(0).catch(report), TICK_MS).unref();
	}

	stop(): void {
		clearInterval(this.timer);
	}

	/** Lets time pass at once, with everything that happens in it. */
	async advance(ms: number): Promise<void> {
		const run = this.work.then(async () => await this.runUntil(this.clock.now() + ms));
		this.work = run.catch(() => undefined);
		await run;
	}

	private async runUntil(moment: number): Promise<void> {
		for (let task = this.next(); task !== null && task.at <= moment; task = this.next()) {
			this.clock.advanceTo(task.at);
			await task.run();
			await this.settle();
		}
		this.clock.advanceTo(moment);
	}
}
