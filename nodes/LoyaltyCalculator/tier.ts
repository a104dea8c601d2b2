import { qualifies, type Booking } from './booking';
import { DAY_MS } from './calendar';
import type { RecordVersion } from './events';
import { exactSum } from './exact';
import type { Rules, Tier } from './rules';

/**
 * What the customer's tier is decided by: kopecks spent on, or number of, completed visits in the window
 * (domain/loyalty.md §3.3).
 *
 * @param moment end of a rolling window, in milliseconds of the epoch; both ends belong to it
 */
export function tierMetric(bookings: Iterable<Booking>, moment: number, rules: Rules): number {
	let spent = 0;
	const visits = new Set<string>();
	for (const { version, baseKopecks } of bookings) {
		if (!qualifies(version, rules) || !isInWindow(version, moment, rules)) continue;
		spent = exactSum([spent, baseKopecks]);
		// A visit and a record may have the same number.
		const visit = version.visitId ? `visit ${version.visitId}` : `record ${version.id}`;
		if (!isAllExcluded(version, rules)) visits.add(visit);
	}
	return rules.tierBasis === 'visits' ? visits.size : spent;
}

/** The tier with the highest threshold that is reached. */
export function tierAt(metric: number, { tiers }: Rules): Tier {
	const reached = tiers.filter(({ threshold }) => threshold <= metric);
	return reached[reached.length - 1] as Tier;
}

function isInWindow({ visitAt }: RecordVersion, moment: number, { window }: Rules): boolean {
	return window.type === 'lifetime' || (visitAt <= moment && visitAt >= moment - window.days * DAY_MS);
}

/** Buying a certificate is no visit; coming for something that cost nothing is one. */
function isAllExcluded({ services }: RecordVersion, { excludedServiceIds }: Rules): boolean {
	return services.length > 0 && services.every(({ id }) => excludedServiceIds.has(id));
}
