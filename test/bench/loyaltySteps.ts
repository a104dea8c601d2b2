import type { ClientBase } from 'pg';

import { readWorkflows } from '../../runtime/workflows';
import { parseEvents } from '../../nodes/LoyaltyCalculator/events';
import { rulesFromFields, type RuleFields } from '../../nodes/LoyaltyCalculator/parameters';
import { parseRules, type RulesInput } from '../../nodes/LoyaltyCalculator/rules';
import { statementOf } from '../../nodes/LoyaltyCalculator/statement';
import { UserMatcher } from '../../nodes/YClients/match';
import type { RecordEntry } from '../../nodes/YClients/recordEntry';

/** A connection, or a pool of them. */
export type Database = Pick<ClientBase, 'query'>;

/** Customers of one call, as in the Settings of the points workflow. */
const CUSTOMERS_PER_ROUND = 500;
const LOOK_AHEAD_DAYS = 30;

/** A record as `bookings_to_match` gives it back. */
interface Candidate {
	booking: unknown;
	linkedUserId: string | null;
	pointsPosted: boolean;
}

interface Work {
	user_id: string;
	revision: string;
	as_of: string;
	events: unknown;
}

/** What became of saved records. */
export interface Saved {
	saved: number;
}

/** What became of posted customers. */
export interface Posted {
	customers: number;
	/** Sum of all that was written. */
	points: number;
}

/** The rules as the points workflow has them. */
export function workflowRules(): RulesInput {
	const nodes = readWorkflows().flatMap((workflow) => workflow.nodes);
	const calculator = nodes.find(({ type }) => type.endsWith('.loyaltyCalculator'))!;
	const { levels, ...fields } = calculator.parameters as unknown as Omit<RuleFields, 'levels'> & {
		levels: { level: RuleFields['levels'] };
	};
	return rulesFromFields({ ...fields, levels: levels.level });
}

const RULES = parseRules(workflowRules());

/** What the workflow that stores bookings does between two nodes of n8n: candidates, match, save. */
export async function saveRecords(database: Database, records: readonly RecordEntry[], cursor?: object): Promise<Saved> {
	const company_id = records[0]?.companyId;
	const question = { company_id, records };
	const [found] = await call<{ records: Candidate[]; users: unknown[] }>(database, 'bookings_to_match', question);
	const matcher = new UserMatcher(found!.users);
	const matched = found!.records.map((record) => ({ ...record, match: matcher.match(record.booking, record) }));
	const run = { mode: 'changes' };
	const [saved] = await call<Saved>(database, 'save_bookings', { company_id, records: matched, run, cursor });
	return saved!;
}

/**
 * What the points workflow does, for all customers whose histories have grown.
 *
 * @throws Error when a customer cannot be posted
 */
export async function postCustomers(database: Database): Promise<Posted> {
	const posted: Posted = { customers: 0, points: 0 };
	for (let round = CUSTOMERS_PER_ROUND; round === CUSTOMERS_PER_ROUND; ) {
		const work = await call<Work>(database, 'loyalty_work', { limit: CUSTOMERS_PER_ROUND });
		for (const { user_id, revision, as_of, events } of work) {
			const history = [...parseEvents(events), { type: 'tick' as const, at: Date.parse(as_of) }];
			const result = statementOf(RULES, history, LOOK_AHEAD_DAYS);
			const answer = { user_id, revision, as_of, result };
			const [row] = await call<{ outcome: string; points: string }>(database, 'post_points', answer);
			if (row!.outcome === 'stale') throw new Error(`Customer ${user_id} was changed by somebody else`);
			posted.customers += 1;
			posted.points += Number(row!.points);
		}
		round = work.length;
	}
	return posted;
}

async function call<Row>(database: Database, name: string, p: object): Promise<Row[]> {
	return (await database.query(`SELECT * FROM fulfillment.${name}($1::jsonb)`, [JSON.stringify(p)])).rows as Row[];
}
