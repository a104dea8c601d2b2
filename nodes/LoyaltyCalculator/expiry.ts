import { post, type Account, type Lot } from './account';
import { addDays, addMonths, startOfDay, type Day } from './calendar';
import type { Rules } from './rules';
import { pointsOf, spend } from './spend';

/**
 * The local midnight after the last valid day: the day of the visit plus `expiryDays`, or plus `expiryMonths` and no
 * later than the end of that month (domain/loyalty.md §3.5).
 *
 * @returns milliseconds of the epoch, or null when points never expire
 */
export function expiryOf(visitDay: Day, { expiryDays, expiryMonths, tz }: Rules): number | null {
	if (expiryDays === null && expiryMonths === null) return null;
	const lastDay = expiryMonths === null ? addDays(visitDay, expiryDays ?? 0) : addMonths(visitDay, expiryMonths);
	return startOfDay(addDays(lastDay, 1), tz);
}

/**
 * Lets time pass: lots expire and become active in the order in which that falls due, so that the result does not
 * depend on how often it is asked for. Time never runs backwards.
 */
export function passTime(account: Account, to: number): void {
	let moment = nextMoment(account, to);
	while (moment !== null) {
		account.now = moment;
		settle(account);
		moment = nextMoment(account, to);
	}
	account.now = Math.max(account.now, to);
}

/** When the next lot becomes active or dies, at the latest at `to`. */
function nextMoment({ now, lots }: Account, to: number): number | null {
	let next: number | null = null;
	for (const { remaining, availableAt, diesAt } of lots) {
		if (remaining === 0) continue;
		for (const moment of [availableAt, diesAt]) {
			if (moment !== null && moment > now && moment <= (next ?? to)) next = moment;
		}
	}
	return next;
}

/** Expires what is past its date, one entry per lot, then repays debt from what is active. */
export function settle(account: Account): void {
	for (const lot of account.lots) {
		if (lot.remaining > 0 && isDead(lot, account.now)) expire(account, lot);
	}
	if (account.debt > 0) account.debt -= pointsOf(spend(account, account.debt));
}

/** Lots whose points will be gone at the moment, soonest first. */
export function expiringBy(account: Account, moment: number): Array<Lot & { diesAt: number }> {
	return account.lots
		.filter((lot): lot is Lot & { diesAt: number } => lot.remaining > 0 && isDead(lot, moment))
		.sort((a, b) => a.diesAt - b.diesAt);
}

function isDead({ diesAt }: Lot, moment: number): boolean {
	return diesAt !== null && diesAt <= moment;
}

function expire(account: Account, lot: Lot): void {
	post(account, { type: 'expire', ...lot.origin, points: -lot.remaining });
	lot.expired += lot.remaining;
	lot.remaining = 0;
}
