import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import axios from 'axios';
import { Client } from 'pg';

import { toEntries } from '../../nodes/YClients/recordEntry';
import { SANDBOX_BRANCH, SANDBOX_SECRETS } from '../../runtime/credentials';
import { Stack } from '../../runtime/stack';
import type { WorkflowFile } from '../../runtime/workflows';
import type { YClientsControl } from '../../sandbox/yclients/control';
import { NOTIFICATION_WORKFLOW, SYNC_WORKFLOW } from '../e2e/support/loyaltySalon';
import { freePorts } from '../e2e/support/testStack';
import { postCustomers, saveRecords } from './loyaltySteps';
import { alternate, type Comparison, median } from './rounds';
import { SyncByPages } from './syncByPages';

/** Records of the last thirty days. */
const SIZES = [200, 1_000, 6_000, 20_000];
/** Of each hundred records one changes between two runs. */
const EACH = 100;
const ROUNDS = 5;
const COMPANY = String(SANDBOX_BRANCH);
const PAGE_SIZE = { usual: 50, largest: 200 };
/** What our limiter allows itself; 180 a minute is the same. */
const PER_SECOND = 3;
/** After this pause our limiter has forgotten the calls of its last run. */
const PAUSE_MS = 1_200;
const NO_LIMIT = { perSecond: 1_000_000, perMinute: 1_000_000 };
const RECORDS_PER_SAVE = 2_000;

/** A run of ours, and one of the earlier way by pages of 50 and of 200. */
interface PerRun {
	ours: number;
	pagesOf50: number;
	pagesOf200: number;
}

export interface SyncRow {
	/** In the window of thirty days. */
	records: number;
	/** Since the last run. */
	changed: number;
	/** API calls as the stand-in counted them. */
	calls: PerRun;
	/** Worked out: how long these calls take at 3 a second, which 180 a minute comes to as well. */
	callSeconds: PerRun;
	/** Measured with the stand-in's limit lifted: ours keeps to it all the same, the earlier way to none (pages of 50). */
	seconds: Comparison;
	/** Ours as measured, and what the earlier way takes at least within the limit: the longer of its own two times. */
	withinLimit: { subject: number; baseline: number; ratio: number };
}

/**
 * A sync with 1 % of the records changed since the last: ours on the real n8n, asked for by its webhook, against the
 * earlier way in this process. Both read the same stand-in and write into the same PGlite.
 *
 * @throws Error when a run missed a change, or ours came over the limit
 */
export async function measureLoyaltySync(log: (line: string) => void): Promise<SyncRow[]> {
	const folder = mkdtempSync(join(tmpdir(), 'payment-fulfillment-bench-'));
	const stack = await Stack.start({
		folder,
		ports: await freePorts(),
		log: () => {},
		editWorkflows: byHandOnly,
	});
	const client = new Client(stack.ledger.address);
	try {
		await client.connect();
		const { yclients } = stack.sandbox;
		const { yclientsPartner: partnerToken, yclientsUser: userToken } = SANDBOX_SECRETS;
		const urls = { url: stack.sandbox.urls.yclients, partnerToken, userToken, companyId: COMPANY };
		const contestants = { ours: async () => await sync(stack), earlier: new SyncByPages(urls, client) };
		await contestants.earlier.createTables();
		const rows: SyncRow[] = [];
		for (const size of SIZES) {
			const row = await compare(size, yclients, client, contestants);
			const told = (who: keyof PerRun) => `${row.calls[who]} (${row.callSeconds[who].toFixed(1)} s)`;
			const [ours, pagesOf50, pagesOf200] = [told('ours'), told('pagesOf50'), told('pagesOf200')];
			log(`  ${size} records, calls and their time at 3 a second: ${ours}, pages of 50 ${pagesOf50}, of 200 ${pagesOf200}`);
			rows.push(row);
		}
		return rows;
	} finally {
		await client.end();
		await stack.stop();
		rmSync(folder, { recursive: true, force: true });
	}
}

/** Neither webhook nor schedule comes in between: what changes is for the sync to find, when it is asked. */
function byHandOnly(workflows: WorkflowFile[]): WorkflowFile[] {
	return workflows
		.filter(({ id }) => id !== NOTIFICATION_WORKFLOW)
		.map((workflow) => {
			if (workflow.id !== SYNC_WORKFLOW) return workflow;
			const nodes = workflow.nodes.map((node) => ({ ...node, disabled: node.type === 'n8n-nodes-base.scheduleTrigger' }));
			return { ...workflow, nodes };
		});
}

/** Runs our sync. @returns how many records it saved */
async function sync({ n8n }: Stack): Promise<number> {
	const { data } = await axios.post<{ saved: number }>(
		`${n8n.url}/webhook/loyalty/sync`,
		{ mode: 'changes' },
		{ headers: { 'X-Back-Office-Key': SANDBOX_SECRETS.backOffice } },
	);
	return data.saved;
}

async function compare(
	size: number,
	yclients: YClientsControl,
	client: Client,
	{ ours, earlier }: { ours: () => Promise<number>; earlier: SyncByPages },
): Promise<SyncRow> {
	yclients.reset();
	yclients.limit(NO_LIMIT);
	const records = yclients.addRecords(size);
	await settle(yclients, client);
	await earlier.run(PAGE_SIZE.usual);

	// Spread over masters, services and outcomes.
	const changing = Array.from({ length: size / EACH }, (_none, index) => records[index * EACH + (index % EACH)]!);
	let price = 100_000;
	const changeAll = () => {
		price += 10_000;
		for (const id of changing) yclients.changePrice(id, price);
	};
	/** Seconds of a run over fresh changes; it has to find all of them. */
	const timed = async (run: () => Promise<number>, prices: string) => {
		changeAll();
		yclients.resetCounters();
		const startedAt = performance.now();
		const saved = await run();
		const seconds = (performance.now() - startedAt) / 1_000;
		const { rows } = await client.query(prices, [changing.map(String), price]);
		if (saved === changing.length && rows.length === saved) return seconds;
		throw new Error(`Of ${changing.length} changes ${saved} were saved, and ${rows.length} are there`);
	};
	const calls: PerRun = { ours: 0, pagesOf50: 0, pagesOf200: 0 };
	const seconds = await alternate(
		`YCLIENTS sync, ${size.toLocaleString('en')} records, ours / earlier way without any limit`,
		's',
		ROUNDS,
		async () => {
			await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
			const taken = await timed(
				ours,
				'SELECT FROM fulfillment.bookings WHERE record_id = ANY ($1::text[]) AND base_kopecks = $2',
			);
			calls.ours = countCalls(yclients);
			await checkRun(yclients, client);
			return taken;
		},
		async () => {
			const taken = await timed(
				async () => await earlier.run(PAGE_SIZE.usual),
				'SELECT FROM earlier.bookings WHERE record_id = ANY ($1::bigint[]) AND price_kopecks = $2',
			);
			calls.pagesOf50 = countCalls(yclients);
			return taken;
		},
	);
	calls.pagesOf200 = await countPages(yclients, earlier, size);
	const callSeconds: PerRun = {
		ours: calls.ours / PER_SECOND,
		pagesOf50: calls.pagesOf50 / PER_SECOND,
		pagesOf200: calls.pagesOf200 / PER_SECOND,
	};
	const subject = median(seconds.subject);
	const baseline = Math.max(callSeconds.pagesOf50, median(seconds.baseline));
	const withinLimit = { subject, baseline, ratio: subject / baseline };
	return { records: size, changed: changing.length, calls, callSeconds, seconds, withinLimit };
}

/** All clients are customers since yesterday, and everything is stored and posted, as after the run before. */
async function settle(yclients: YClientsControl, client: Client): Promise<void> {
	const { rows } = await client.query(`SELECT format('fulfillment.%I', tablename) AS name FROM pg_tables
		WHERE schemaname = 'fulfillment' AND tablename ~ '^(loyalty_|booking|sync_)'`);
	await client.query(`TRUNCATE ${rows.map(({ name }) => String(name)).join(', ')}`);
	const users = yclients.clients().map(({ id, name, email, phone }) => ({ external_id: String(id), name, email, phone }));
	const codes = users.map((_user, index) => `QAA${String(index).padStart(5, '0')}`);
	await client.query('SELECT FROM fulfillment.issue_codes($1::jsonb)', [JSON.stringify({ users, codes })]);
	await client.query(`UPDATE fulfillment.loyalty_users SET contacts_at = contacts_at - interval '1 day'`);
	const { entries } = toEntries(yclients.records(), COMPANY, { timeZone: 'Europe/Moscow' });
	const cursor = { name: 'changes', since: new Date().toISOString() };
	for (let from = 0; from < entries.length; from += RECORDS_PER_SAVE) {
		await saveRecords(client, entries.slice(from, from + RECORDS_PER_SAVE), cursor);
	}
	await postCustomers(client);
	await client.query('ANALYZE');
}

async function checkRun(yclients: YClientsControl, client: Client): Promise<void> {
	const { perSecond } = yclients.peak();
	if (perSecond > PER_SECOND) throw new Error(`Our sync made ${perSecond} calls within a second`);
	const { rows } = await client.query('SELECT FROM fulfillment.loyalty_users WHERE revision > posted_revision');
	if (rows.length > 0) throw new Error(`Our sync left ${rows.length} customers without their points`);
}

/** How many calls the earlier way needs to read the window by the largest pages. */
async function countPages(yclients: YClientsControl, earlier: SyncByPages, size: number): Promise<number> {
	yclients.resetCounters();
	let read = 0;
	for await (const page of earlier.pages(PAGE_SIZE.largest)) read += page.length;
	if (read !== size) throw new Error(`${read} of ${size} records were read`);
	return countCalls(yclients);
}

function countCalls(yclients: YClientsControl): number {
	return Object.values(yclients.callCounts()).reduce((sum, count) => sum + count, 0);
}
