import { toDecimal } from '../shared/money';
import type { Booking } from './booking';
import type { IgnoreReason } from './replay';
import type { Rules } from './rules';

/** Why a booking holds the points it holds, for an ops person (YL7). */
export function explainBooking({ reason, version, net, baseKopecks, rateBps }: Booking, rules: Rules): string {
	const worth = `${percent(rateBps ?? 0)} of ${roubles(baseKopecks)}`;
	switch (reason) {
		case 'given':
			return `${net} points: ${worth}`;
		case 'record_cap':
			return `${net} points: ${worth} would be more, but a booking gives at most ${rules.maxPointsPerRecord}`;
		case 'day_cap':
			return `${net} points: ${worth} would be more, but all bookings of a day give at most ${rules.maxPointsPerDay}`;
		case 'rounds_to_zero':
			return `No points: ${worth} is less than one point`;
		case 'below_minimum':
			return `No points: ${roubles(baseKopecks)} is below the minimum of ${roubles(rules.minBaseKopecks)}`;
		case 'nothing_eligible':
			return 'No points: nothing in the booking earns points, or it cost nothing';
		case 'not_completed':
			return `No points: the booking is "${version.status}", not "completed"`;
		case 'not_paid':
			return 'No points: the visit is not paid in full';
		case 'no_user':
			return 'No points: no customer is linked to the booking';
		case 'programme_off':
			return 'Nothing posted: the programme is off';
	}
}

const IGNORED: Readonly<Record<IgnoreReason, string>> = {
	stale: 'Ignored: a newer version of the booking is known',
	duplicate: 'Ignored: this was booked before',
	duplicate_burn: 'Ignored: points were spent under this key before',
	duplicate_adjust: 'Ignored: points were adjusted under this key before',
	unknown_burn: 'Ignored: no points were spent under this key',
	programme_off: 'Nothing posted: the programme is off',
	balance_too_low: 'Refused: the customer had fewer points than should be spent; pending points cannot be spent',
	bill_unknown: 'Refused: the rules limit the part of a bill that points may pay, and the bill was not given',
	above_share_of_bill: 'Refused: the rules allow a smaller part of the bill to be paid with points',
};

/** Why an event changed nothing. */
export function explainIgnored(reason: IgnoreReason): string {
	return IGNORED[reason];
}

function percent(bps: number): string {
	const [whole, decimals = ''] = toDecimal(bps, 'RUB').split('.');
	const shown = decimals.replace(/0+$/, '');
	return `${whole}${shown && `.${shown}`}%`;
}

function roubles(kopecks: number): string {
	return toDecimal(kopecks, 'RUB');
}
