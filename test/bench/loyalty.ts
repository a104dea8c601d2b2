import { type GrowthRow, measureLoyaltyGrowth } from './loyaltyGrowth';
import { measureLoyaltyPoints, type PointsResult } from './loyaltyPoints';
import { measureLoyaltySync, type SyncRow } from './loyaltySync';
import { comparisonLine, pairLine, type Part } from './report';

/** The pipeline `yclients-loyalty`. Each part runs alone too. */
export const LOYALTY_PARTS: Part[] = [
	{
		name: 'loyalty-sync',
		title: 'Loyalty sync: 200 to 20,000 records, 1 % changed, on the real n8n (about 6 minutes)',
		async measure(log) {
			const rows = await measureLoyaltySync(log);
			return { result: rows, lines: rows.flatMap(syncLines) };
		},
	},
	{
		name: 'loyalty-points',
		title: 'Loyalty points: replay, and posting on PGlite and PostgreSQL (about a minute)',
		async measure(log) {
			const result = await measureLoyaltyPoints(log);
			return { result, lines: pointsLines(result) };
		},
	},
	{
		name: 'loyalty-growth',
		title: 'Loyalty ledger growth: 1,000 to 1,000,000 bookings (about 2 minutes)',
		async measure(log) {
			const rows = await measureLoyaltyGrowth(log);
			return { result: rows, lines: growthLines(rows) };
		},
	},
];

function syncLines({ records, calls, seconds, withinLimit }: SyncRow): string[] {
	const what = `YCLIENTS sync, ${records.toLocaleString('en')} records, ours / earlier way`;
	const callLine = (baseline: number, size: number) =>
		pairLine(`${what}, pages of ${size} (calls)`, { subject: calls.ours, baseline }, calls.ours / baseline);
	return [
		callLine(calls.pagesOf50, 50),
		callLine(calls.pagesOf200, 200),
		pairLine(`${what} at 3 calls/s, worked out (s)`, withinLimit, withinLimit.ratio),
		comparisonLine(seconds),
	];
}

function pointsLines({ replays, posting }: PointsResult): string[] {
	return [...replays, posting].map(comparisonLine);
}

function growthLines(rows: GrowthRow[]): string[] {
	const whole = ({ cost }: GrowthRow) => cost.save + cost.post;
	const count = ({ bookings }: GrowthRow) => bookings.toLocaleString('en');
	const [smallest, ...larger] = rows as [GrowthRow, ...GrowthRow[]];
	return larger.map((row) => {
		const what = `save of 60 changed bookings, ${count(row)} / ${count(smallest)} in the ledger (ms)`;
		return pairLine(what, { subject: whole(row), baseline: whole(smallest) }, row.ratio);
	});
}
