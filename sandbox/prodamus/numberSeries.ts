/** Growing numbers that do not repeat after a restart: a ledger kept between two starts must not see an old one again. */
export class NumberSeries {
	private last = Math.floor(Date.now() / 1000);

	next(): string {
		this.last += 1;
		return String(this.last);
	}
}
