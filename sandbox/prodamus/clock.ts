const MOSCOW_OFFSET_MS = 3 * 60 * 60 * 1000;

/** The stand-in's time: the real one, moved forward at will, so that a month of a subscription passes at once. */
export class Clock {
	private offsetMs = 0;

	now(): Date {
		return new Date(Date.now() + this.offsetMs);
	}

	/** Moves on to `moment`; never back. */
	advanceTo(moment: Date): void {
		this.offsetMs += Math.max(0, moment.getTime() - this.now().getTime());
	}
}

/** `2026-03-14T09:26:53+03:00`, the form of the webhook's `date`. */
export function moscowIso(moment: Date): string {
	return `${moscowIsoText(moment).slice(0, 19)}+03:00`;
}

/** `2026-03-14 09:26:53` Moscow time, the form of the dates in the subscription block. */
export function moscowText(moment: Date): string {
	return moscowIsoText(moment).slice(0, 19).replace('T', ' ');
}

/** Reads `dd.mm.yyyy hh:mm` or `yyyy-mm-dd hh:mm` as Moscow time; null when it is neither or no such moment exists. */
export function parseMoscow(text: string): Date | null {
	const match = /^(?:(\d{2})\.(\d{2})\.(\d{4})|(\d{4})-(\d{2})-(\d{2})) (\d{2}:\d{2})$/.exec(text.trim());
	if (!match) return null;
	const day = match[4] ? `${match[4]}-${match[5]}-${match[6]}` : `${match[3]}-${match[2]}-${match[1]}`;
	const moment = new Date(`${day}T${match[7]}:00+03:00`);
	const exists = !Number.isNaN(moment.getTime()) && moscowIsoText(moment).startsWith(`${day}T${match[7]}`);
	return exists ? moment : null;
}

function moscowIsoText(moment: Date): string {
	return new Date(moment.getTime() + MOSCOW_OFFSET_MS).toISOString();
}
