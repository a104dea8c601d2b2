/** Kopecks as the service writes money: roubles, a number with a fraction. */
export function roubles(minor: number): number {
	return minor / 100;
}

/** Kopecks of what a client sent: a number, or one in text. */
export function toMinor(amount: number): number {
	return Math.round(amount * 100);
}
