import { activeLots, type Account, type Lot } from './account';

/** Points taken out of one lot. */
export interface Portion {
	lot: Lot;
	points: number;
}

/** Soonest expiry first, then oldest; lots that never expire last. Lots that are equal keep their order. */
export function inBurnOrder(lots: Lot[]): Lot[] {
	return [...lots].sort((a, b) => {
		if (a.diesAt === b.diesAt) return a.availableAt - b.availableAt;
		if (a.diesAt === null) return 1;
		if (b.diesAt === null) return -1;
		return a.diesAt - b.diesAt;
	});
}

/** Spends up to so many points of the active lots. @returns what was found, by lot */
export function spend(account: Account, points: number): Portion[] {
	const portions: Portion[] = [];
	let missing = points;
	for (const lot of inBurnOrder(activeLots(account))) {
		if (missing === 0) break;
		const taken = Math.min(lot.remaining, missing);
		lot.remaining -= taken;
		lot.spent += taken;
		missing -= taken;
		portions.push({ lot, points: taken });
	}
	return portions;
}

/** How many points the portions hold together. */
export function pointsOf(portions: Portion[]): number {
	return portions.reduce((total, { points }) => total + points, 0);
}
