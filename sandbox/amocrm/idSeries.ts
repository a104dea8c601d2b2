const EPOCH_MS = Date.UTC(2025, 0, 1);
/** Numbers a second of uptime stands for: more than the rate lets anyone create in a long run. */
const PER_SECOND = 10;

/** Growing ids that do not repeat after a restart: a ledger kept between two starts must not meet an old one again. */
export class IdSeries {
	private last = Math.floor(((Date.now() - EPOCH_MS) / 1000) * PER_SECOND);

	next(): number {
		this.last += 1;
		return this.last;
	}
}
