import { performance } from 'node:perf_hooks';

import { delivery, Ledger, orderInput, paymentEvent } from '../ledger/ledger';
import { openPostgres } from '../support/postgres';

const OLD_EVENTS = { small: 1_000, large: 1_000_000 };
const ROUNDS = 21;
const EVENTS_PER_ROUND = 80;
/** Events before the first round that are not counted: they warm caches and plans. */
const WARM_UP_EVENTS = 300;

/** Milliseconds for receiving and finishing one event, with few and with many old events in the ledger. */
export interface LedgerGrowth {
	/** Median over the rounds' medians, 1,000 old events. */
	small: number;
	/** Median over the rounds' medians, 1,000,000 old events. */
	large: number;
	/** Median over the rounds of `large / small`; 1 means that the ledger does not slow down as it grows. */
	ratio: number;
	/** The medians of each round, in the order they were measured. */
	rounds: Array<{ small: number; large: number }>;
}

/**
 * Fills a ledger with done events of paid orders, event keys in no order, as random provider ids come.
 *
 * @param count how many; a million takes about a minute
 */
export async function addDoneEvents(ledger: Ledger, count: number): Promise<void> {
	await ledger.sql(
		`INSERT INTO fulfillment.orders (order_ref, pipeline, provider, status, amount_minor, currency, customer_email,
			provider_payment_id, paid_at, fulfilled_at)
		SELECT md5(n::text) || to_char(n, 'FM00000000'), 'growth', 'prodamus', 'paid', 100000, 'RUB',
			'buyer' || n % 50000 || '@example.com', n::text, now(), now()
		FROM generate_series(1, $1::int) n`,
		[count],
	);
	await ledger.sql(
		`INSERT INTO fulfillment.events (provider, event_key, kind, pipeline, workflow_id, execution_id, order_ref,
			provider_payment_id, amount_minor, currency, occurred_at, is_test, payload, serial_key, status, attempts,
			max_attempts, lease_seconds, lease_token, finished_at)
		SELECT 'prodamus', md5(n::text) || ':success', 'paid', 'growth', 'wf-growth', n::text,
			md5(n::text) || to_char(n, 'FM00000000'), n::text, 100000, 'RUB', now(), false,
			jsonb_build_object('kind', 'paid', 'raw', md5(n::text)), 'growth:buyer' || n % 50000 || '@example.com', 'done', 1,
			8, 300, gen_random_uuid(), now()
		FROM generate_series(1, $1::int) n`,
		[count],
	);
	await ledger.sql('VACUUM ANALYZE fulfillment.orders');
	await ledger.sql('VACUUM ANALYZE fulfillment.events');
}

/**
 * Measures whether claims slow down as the ledger grows: in two databases side by side, in short alternating rounds, so
 * that a busy moment of the machine meets both. Needs the PostgreSQL server of the tests, as a superuser; takes one to
 * two minutes.
 *
 * @param options.log gets a line of progress for each step
 */
export async function measureLedgerGrowth({ log }: { log: (line: string) => void }): Promise<LedgerGrowth> {
	const small = new Ledger(openPostgres);
	const large = new Ledger(openPostgres);
	try {
		for (const [ledger, count] of [
			[small, OLD_EVENTS.small],
			[large, OLD_EVENTS.large],
		] as const) {
			log(`Filling a ledger with ${count.toLocaleString('en')} done events`);
			await ledger.open();
			await addDoneEvents(ledger, count);
		}
		// What the filling left in memory would otherwise be written while the rounds run.
		await small.sql('CHECKPOINT');
		for (const ledger of [small, large]) await millisecondsPerEvent(ledger, 'warm-up', WARM_UP_EVENTS);

		const rounds: LedgerGrowth['rounds'] = [];
		for (let round = 0; round < ROUNDS; round++) {
			const result = { small: 0, large: 0 };
			// Which ledger goes first alternates too.
			for (const size of round % 2 === 0 ? (['small', 'large'] as const) : (['large', 'small'] as const)) {
				const ledger = size === 'small' ? small : large;
				result[size] = await millisecondsPerEvent(ledger, `round-${round}`, EVENTS_PER_ROUND);
			}
			rounds.push(result);
			log(
				`Round ${round + 1} of ${ROUNDS}: ${result.small.toFixed(2)} and ${result.large.toFixed(2)} ms per event`,
			);
		}
		return {
			small: median(rounds.map((result) => result.small)),
			large: median(rounds.map((result) => result.large)),
			ratio: median(rounds.map((result) => result.large / result.small)),
			rounds,
		};
	} finally {
		await small.close();
		await large.close();
	}
}

/** Median time to receive and finish the payment of a new order; the order is made before the clock starts. */
async function millisecondsPerEvent(ledger: Ledger, batch: string, events: number): Promise<number> {
	const times: number[] = [];
	for (let index = 0; index < events; index++) {
		const eventKey = `${batch}-${index}`;
		const customer = { email: `${eventKey}@example.com` };
		const orderRef = await ledger.order(orderInput({ customer }));
		const payment = delivery(paymentEvent({ orderRef, eventKey, providerPaymentId: eventKey }));
		const start = performance.now();
		const { outcome, event_id, lease_token } = await ledger.row('receive_event', payment);
		const end = await ledger.row('finish_event', { event_id, lease_token, result: { text: 'done' } });
		times.push(performance.now() - start);
		if (outcome !== 'claimed' || end.outcome !== 'done') {
			throw new Error(`Expected claimed and done, got ${String(outcome)} and ${String(end.outcome)}`);
		}
	}
	return median(times);
}

function median(values: number[]): number {
	const sorted = [...values].sort((a, b) => a - b);
	const middle = sorted.length >> 1;
	const upper = sorted[middle] ?? NaN;
	return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2;
}
