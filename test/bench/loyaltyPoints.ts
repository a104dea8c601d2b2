import { replay, type LoyaltyEvent } from '../../nodes/LoyaltyCalculator/points';
import { Ledger } from '../ledger/ledger';
import { openPglite } from '../support/pglite';
import { openPostgres } from '../support/postgres';
import { postCustomers, saveRecords, workflowRules } from './loyaltySteps';
import { phoneOf, POINTS_OF_VISIT, visitOf, VISITS_OF_CUSTOMER } from './loyaltyVisit';
import { alternate, type Comparison } from './rounds';

const VISITS = { short: 10, longer: [100, 1_000] };
const REPLAY_ROUNDS = 7;
/** Visits of one measured round, whatever the length of a history. */
const VISITS_PER_ROUND = 5_000;
const DAY_MS = 86_400_000;

const POSTING_ROUNDS = 5;
const CUSTOMERS_PER_ROUND = 100;
const RULES = workflowRules();

export interface PointsResult {
	/** Visits per second through `replay`, long / short histories: 1 when a visit costs the same in both. */
	replays: Comparison[];
	/** Customers per second: `loyalty_work`, calculator, `post_points` on PGlite / on PostgreSQL. */
	posting: Comparison;
}

/** Points: in this process alone, and with the ledger around it. */
export async function measureLoyaltyPoints(log: (line: string) => void): Promise<PointsResult> {
	const replays: Comparison[] = [];
	for (const visits of VISITS.longer) {
		const comparison = await alternate(
			`Loyalty replay(), histories of ${visits.toLocaleString('en')} visits / of ${VISITS.short}`,
			'visits/s',
			REPLAY_ROUNDS,
			() => visitsPerSecond(visits),
			() => visitsPerSecond(VISITS.short),
		);
		log(`  ${comparison.name}: ${comparison.ratio.toFixed(2)}`);
		replays.push(comparison);
	}

	const pglite = new Ledger(openPglite);
	const postgres = new Ledger(openPostgres);
	try {
		await pglite.open();
		await postgres.open();
		const posting = await alternate(
			`Loyalty, one more visit of customers with ${VISITS_OF_CUSTOMER - 1}, PGlite / PostgreSQL`,
			'customers/s',
			POSTING_ROUNDS,
			async () => await customersPerSecond(pglite),
			async () => await customersPerSecond(postgres),
		);
		log(`  ${posting.name}: ${posting.ratio.toFixed(2)}`);
		return { replays, posting };
	} finally {
		await pglite.close();
		await postgres.close();
	}
}

function visitsPerSecond(visits: number): number {
	const history = historyOf(visits);
	const startedAt = performance.now();
	for (let done = 0; done < VISITS_PER_ROUND; done += visits) {
		const { ledger } = replay(RULES, history);
		if (ledger.length !== visits) throw new Error(`${visits} visits gave ${ledger.length} entries`);
	}
	return VISITS_PER_ROUND / ((performance.now() - startedAt) / 1_000);
}

/** As `loyalty_work` gives it: a visit a day, all but the newest with the rate they were awarded. */
function historyOf(visits: number): LoyaltyEvent[] {
	return Array.from({ length: visits }, (_none, index): LoyaltyEvent => {
		const visitAt = new Date(Date.UTC(2020, 0, 1, 9) + index * DAY_MS).toISOString();
		const record = {
			id: `yclients:555001:record:${index}`,
			status: 'completed',
			visitAt,
			changedAt: visitAt,
			services: [{ id: '3068094', costKopecks: 200_000 }],
			rateBps: index === visits - 1 ? null : 300,
		};
		return { type: 'record', at: visitAt, record };
	});
}

/** Brings new customers up to their last visit but one, and measures the last. */
async function customersPerSecond({ pool }: Ledger): Promise<number> {
	const { rows } = await pool.query<{ count: number }>('SELECT count(*)::integer AS count FROM fulfillment.loyalty_users');
	const customers = Array.from({ length: CUSTOMERS_PER_ROUND }, (_none, index) => rows[0]!.count + index + 1);
	const users = customers.map((customer) => ({ external_id: `c-${customer}`, phone: phoneOf(customer) }));
	const codes = customers.map((customer) => `QAA${String(customer).padStart(5, '0')}`);
	await pool.query('SELECT FROM fulfillment.issue_codes($1::jsonb)', [JSON.stringify({ users, codes })]);
	const save = async (numbers: number[]) => {
		await saveRecords(pool, customers.flatMap((customer) => numbers.map((number) => visitOf(customer, number))));
	};
	const numbers = Array.from({ length: VISITS_OF_CUSTOMER }, (_none, index) => index);
	await save(numbers.slice(0, -1));
	await postCustomers(pool);
	await save(numbers.slice(-1));
	const startedAt = performance.now();
	const posted = await postCustomers(pool);
	const seconds = (performance.now() - startedAt) / 1_000;
	if (posted.customers !== customers.length || posted.points !== customers.length * POINTS_OF_VISIT) {
		throw new Error(`${posted.customers} customers were posted, with ${posted.points} points`);
	}
	return customers.length / seconds;
}
