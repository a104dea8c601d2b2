import { available, post, type Account } from './account';
import type { KnownEvent } from './events';
import { divide } from './rounding';
import type { Rules } from './rules';
import { spend, type Portion } from './spend';

type BurnEvent = Extract<KnownEvent, { type: 'burn' }>;

/** Burns that were accepted, by key. */
export type Burns = Map<string, { portions: Portion[]; cancelled: boolean }>;

export type BurnRefusal = 'duplicate_burn' | 'balance_too_low' | 'bill_unknown' | 'above_share_of_bill';
export type CancelRefusal = 'unknown_burn' | 'duplicate';

/**
 * Spends points: lots that expire soonest first, never pending ones. A burn that is turned down leaves its key free.
 *
 * @returns why it was turned down, or null
 */
export function burn(account: Account, burns: Burns, event: BurnEvent, rules: Rules): BurnRefusal | null {
	const { key, points } = event;
	if (burns.has(key)) return 'duplicate_burn';
	if (rules.burnMaxPercentBps !== null) {
		if (event.billKopecks === undefined || event.billKopecks === null) return 'bill_unknown';
		if (points > burnLimit(event.billKopecks, rules.burnMaxPercentBps, rules)) return 'above_share_of_bill';
	}
	if (points > available(account)) return 'balance_too_low';
	burns.set(key, { portions: spend(account, points), cancelled: false });
	post(account, { type: 'burn', key, points: -points });
	return null;
}

/**
 * Gives the points of a burn back to the lots they came from, with the expiry these had.
 *
 * @returns why nothing was given back, or null
 */
export function cancelBurn(account: Account, burns: Burns, key: string): CancelRefusal | null {
	const known = burns.get(key);
	if (!known) return 'unknown_burn';
	if (known.cancelled) return 'duplicate';
	known.cancelled = true;
	let returned = 0;
	for (const { lot, points } of known.portions) {
		// A reversal may have claimed the spent points in the meantime; then these are repaid from what comes back.
		lot.spent -= Math.min(lot.spent, points);
		lot.remaining += points;
		returned += points;
	}
	post(account, { type: 'burn_cancel', key, points: returned });
	return null;
}

/** The most points a bill takes. */
function burnLimit(billKopecks: number, shareBps: number, { kopecksPerPoint }: Rules): number {
	return divide(BigInt(billKopecks) * BigInt(shareBps), 10_000n * BigInt(kopecksPerPoint), 'floor');
}
