import { parseEvents, type LoyaltyEvent } from '../../../nodes/LoyaltyCalculator/events';
import { LoyaltyInputError, replay, type Replay, type RulesInput } from '../../../nodes/LoyaltyCalculator/points';
import { parseRules } from '../../../nodes/LoyaltyCalculator/rules';
import { statementOf, type Statement } from '../../../nodes/LoyaltyCalculator/statement';

/** The levels called T3 in domain/loyalty.md §4. */
export const T3 = [
	{ name: 'Bronze', threshold: 0, rateBps: 300 },
	{ name: 'Silver', threshold: 3_000_000, rateBps: 500 },
	{ name: 'Gold', threshold: 10_000_000, rateBps: 700 },
];

/** One level at 5%. */
export const FIVE_PERCENT: RulesInput = { tiers: [{ name: 'All', threshold: 0, rateBps: 500 }] };

export type RecordEvent = Extract<LoyaltyEvent, { type: 'record' }>;
type Services = RecordEvent['record']['services'];

interface Version {
	/** Kopecks of one service, or of several lines. */
	cost: number | number[];
	visitAt: string;
	status?: string;
	/** When it became known; also its version unless `changedAt` says otherwise. The visit's end by default. */
	at?: string;
	changedAt?: string;
	services?: Services;
	extra?: Partial<RecordEvent['record']>;
}

/** One version of a booking; completed unless said otherwise. */
export function record(id: string, { cost, visitAt, status, at, changedAt, services, extra }: Version): RecordEvent {
	const known = at ?? visitAt;
	const costs = Array.isArray(cost) ? cost : [cost];
	return {
		type: 'record',
		at: known,
		record: {
			id,
			status: status ?? 'completed',
			visitAt,
			changedAt: changedAt ?? known,
			services: services ?? costs.map((costKopecks, index) => ({ id: String(100 + index), costKopecks })),
			...extra,
		},
	};
}

export const burn = (key: string, at: string, points: number, billKopecks?: number): LoyaltyEvent => ({
	type: 'burn', key, at, points, billKopecks,
});
export const cancel = (key: string, at: string): LoyaltyEvent => ({ type: 'burn_cancel', key, at });
export const adjust = (key: string, at: string, points: number, expiresAt?: string): LoyaltyEvent => ({
	type: 'adjust', key, at, points, expiresAt,
});
export const tick = (at: string): LoyaltyEvent => ({ type: 'tick', at });

/** `earn 100`, `reverse -20`, …: the ledger at a glance. */
export function lines({ ledger }: Replay): string[] {
	return ledger.map(({ type, points }) => `${type} ${points}`);
}

export function sum({ ledger }: Pick<Replay, 'ledger'>): number {
	return ledger.reduce((total, { points }) => total + points, 0);
}

/** What the ledger says a booking holds: points that were gone already count as taken back. */
export function net({ ledger }: Pick<Replay, 'ledger'>, source: string): number {
	return ledger
		.filter((entry) => entry.source === source && (entry.type === 'earn' || entry.type === 'reverse'))
		.reduce((total, { points, alreadyExpired = 0, writtenOff = 0 }) => total + points - alreadyExpired - writtenOff, 0);
}

export function statement(rules: RulesInput, events: LoyaltyEvent[], days = 30): Statement {
	return statementOf(parseRules(rules), parseEvents(events), days);
}

/** `field: message` of everything that is wrong. */
export function issuesOf(rules: unknown, events: unknown): string[] {
	try {
		replay(rules as RulesInput, events as LoyaltyEvent[]);
	} catch (error) {
		if (error instanceof LoyaltyInputError) return error.issues.map(({ field, message }) => `${field}: ${message}`);
		throw error;
	}
	throw new Error('The input was accepted');
}
