import { exactSum } from './exact';
import { post, type Account, type Lot } from './account';
import type { Rules } from './rules';
import { inBurnOrder, pointsOf, spend } from './spend';

/**
 * Takes back what a booking holds too much, whatever today's rates are: first the unspent rest of its own lots, then
 * what was spent, which is owed. What has expired is gone already and is not taken again (domain/loyalty.md §3.6).
 *
 * @param lots the lots of the booking
 * @param points at most what the booking holds
 */
export function reverse(account: Account, source: string, lots: Lot[], points: number, rules: Rules): void {
	const own = inBurnOrder(lots);
	const unspent = takeOut(own, 'remaining', points);
	const owed = takeOut(own, 'spent', points - unspent);
	const alreadyExpired = takeOut(own, 'expired', points - unspent - owed);
	const writtenOff = owe(account, owed, rules);
	post(account, {
		type: 'reverse',
		source,
		points: 0 - (unspent + owed - writtenOff),
		...(alreadyExpired > 0 && { alreadyExpired }),
		...(writtenOff > 0 && { writtenOff }),
	});
}

/**
 * Collects points the customer has to give back: from the active lots, and the rest becomes debt, or is written off
 * when the balance may not fall below zero.
 *
 * @returns how many points were written off
 */
export function owe(account: Account, points: number, { negativeBalance }: Rules): number {
	const uncovered = points - pointsOf(spend(account, points));
	if (negativeBalance === 'clamp') return uncovered;
	account.debt = exactSum([account.debt, uncovered]);
	return 0;
}

function takeOut(lots: Lot[], part: 'remaining' | 'spent' | 'expired', points: number): number {
	let missing = points;
	for (const lot of lots) {
		const taken = Math.min(lot[part], missing);
		lot[part] -= taken;
		missing -= taken;
	}
	return points - missing;
}
