import type { ICredentialDataDecryptedObject, IDataObject } from 'n8n-workflow';

import { startCloudPayments } from '../../sandbox/cloudpayments';
import type { CloudPaymentsControl } from '../../sandbox/cloudpayments/control';
import { Ledger, type Row } from '../ledger/ledger';
import type { Renewal } from '../ledger/plans';
import { openPostgres } from '../support/postgres';
import { addDueMembers, countCharged, saveCards } from './billingMembers';
import { chargeCards } from './chargeNode';

const PUBLIC_ID = 'pk_bench_of_a_site_that_does_not_exist';
const API_SECRET = 'bench-secret-of-a-site-that-does-not-exist';
/** What a live site takes. */
const LIMIT = 30;

export interface RenewalCase {
	due: number;
	perRound: number;
	/** Renewals handed to one run of the node: all of a round, or one. */
	together: 'round' | 'one';
	/** How long the stand-in takes for each charge, besides its work. */
	chargeMs: number;
}

export interface RenewalRow extends RenewalCase {
	seconds: number;
	/** Of these the ledger's own. */
	ledgerSeconds: number;
	perSecond: number;
	/** Most calls at once, as the stand-in counted them. */
	peak: number;
	chargedTwice: number;
}

const CASES: RenewalCase[] = [
	{ due: 10_000, perRound: 50, together: 'round', chargeMs: 20 },
	{ due: 10_000, perRound: 500, together: 'round', chargeMs: 20 },
	{ due: 500, perRound: 50, together: 'one', chargeMs: 20 },
	{ due: 1_000, perRound: 500, together: 'round', chargeMs: 250 },
	{ due: 50, perRound: 50, together: 'one', chargeMs: 250 },
];

/**
 * Renewals through the real node and the real ledger (PostgreSQL) without n8n between them: 30 calls at once against one
 * at a time. Needs the PostgreSQL server of the tests.
 *
 * @throws Error when the limit was not kept, or not every order was charged exactly once
 */
export async function measureCharges(log: (line: string) => void): Promise<RenewalRow[]> {
	const rows: RenewalRow[] = [];
	for (const one of CASES) {
		const row = await measureCase(one);
		log(
			`  ${row.due} due, rounds of ${row.perRound}, ${row.together === 'one' ? 'one at a time' : 'side by side'}, ` +
				`${row.chargeMs} ms each: ${row.perSecond.toFixed(1)}/s, ledger ${row.ledgerSeconds.toFixed(1)} of ` +
				`${row.seconds.toFixed(1)} s, ${row.peak} at once, ${row.chargedTwice} charged twice`,
		);
		rows.push(row);
	}
	return rows;
}

async function measureCase(one: RenewalCase): Promise<RenewalRow> {
	const ledger = new Ledger(openPostgres);
	const shop = await startCloudPayments({
		port: 0, publicId: PUBLIC_ID, apiSecret: API_SECRET, timeScale: 1, maxConcurrent: LIMIT, log: () => {},
	});
	try {
		await ledger.open();
		await addDueMembers(async (sql, values) => await ledger.sql(sql, values), await saveCards(shop.control, PUBLIC_ID, one.due));
		// Only what is filled: empty tables that were analysed mislead the planner, and no real database analyses them.
		await ledger.sql('VACUUM ANALYZE fulfillment.plan_users, fulfillment.memberships, fulfillment.membership_periods');
		shop.control.resetCounters();
		const schedule = new Schedule(ledger, shop.control, one, {
			publicId: PUBLIC_ID, apiSecret: API_SECRET, apiUrl: shop.url, callsAtOnce: LIMIT,
		});
		const started = performance.now();
		await schedule.run();
		const seconds = (performance.now() - started) / 1_000;
		const peak = shop.control.peakConcurrent();
		const { orders, twice: chargedTwice } = countCharged(shop.control);
		if (peak > LIMIT) throw new Error(`${peak} calls came at once`);
		if (orders !== one.due || chargedTwice > 0) throw new Error(`${orders} orders were charged, ${chargedTwice} twice`);
		await ledger.sql('UPDATE fulfillment.memberships SET renewal_due_at = now()');
		const again = await ledger.rows('take_renewals', { limit: one.perRound });
		if (again.length > 0) throw new Error(`${again.length} charged plans were handed out again`);
		return { ...one, seconds, ledgerSeconds: schedule.ledgerSeconds, perSecond: one.due / seconds, peak, chargedTwice };
	} finally {
		await shop.close();
		await ledger.close();
	}
}

/** The renewals workflow as far as it charges, by the same calls in the same order. */
class Schedule {
	ledgerSeconds = 0;

	constructor(
		private readonly ledger: Ledger,
		private readonly shop: CloudPaymentsControl,
		private readonly one: RenewalCase,
		private readonly credential: ICredentialDataDecryptedObject,
	) {}

	async run(): Promise<void> {
		const { perRound } = this.one;
		let due: Renewal[];
		do {
			due = await this.timed(this.ledger.rows<Renewal>('take_renewals', { limit: perRound, lease_seconds: 1800 }));
			const started = await this.callEach('start_attempt', due.map(({ order_ref, attempt }) => ({ order_ref, attempt })));
			const sent = due.filter((_renewal, index) => started[index]?.outcome === 'sent');
			const charges = await this.charge(sent);
			await this.callEach('record_charge', sent.map(({ order_ref, attempt }, index) => ({
				order_ref,
				attempt,
				outcome: charges[index]?.outcome ?? 'unknown',
				transaction_id: charges[index]?.transactionId ?? null,
			})));
		} while (due.length >= perRound);
	}

	private async charge(renewals: Renewal[]): Promise<IDataObject[]> {
		renewals.forEach(() => this.shop.delayNext('payments/tokens/charge', this.one.chargeMs));
		if (this.one.together === 'round') return await chargeCards(renewals, this.credential);
		const charges: IDataObject[] = [];
		for (const renewal of renewals) charges.push(...(await chargeCards([renewal], this.credential)));
		return charges;
	}

	/** One call for each, sent together as n8n's Postgres node does. */
	private async callEach(fn: 'start_attempt' | 'record_charge', inputs: Row[]): Promise<Row[]> {
		return await this.timed(this.ledger.sql(
			`SELECT f.* FROM jsonb_array_elements($1::jsonb) WITH ORDINALITY AS i (p, number), fulfillment.${fn}(i.p) f
			ORDER BY i.number`,
			[JSON.stringify(inputs)],
		));
	}

	private async timed<Result>(work: Promise<Result>): Promise<Result> {
		const started = performance.now();
		try {
			return await work;
		} finally {
			this.ledgerSeconds += (performance.now() - started) / 1_000;
		}
	}
}
