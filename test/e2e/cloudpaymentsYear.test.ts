import type { TokenOutcome } from '../../sandbox/cloudpayments/tokens';
import { BillingShop, GOOD_CARD } from './support/billingShop';
import { recoverOften } from './support/recoverOften';
import { BOOT_TIMEOUT_MS, startTestStack, type TestStack } from './support/testStack';

/** `BILLING_YEAR_USERS=200` for a longer run of the same. */
const USERS = Number(process.env.BILLING_YEAR_USERS ?? 24);
const MONTHS = 13;
const PRICE = 149000;
const DAY_MS = 86_400_000;

/** Hours between the runs of the schedule within one period of 30 days; the first is when the renewal falls due. */
const STEPS = [27 * 24 + 1, 2, 26, 2, 41];
/** Where n8n is killed, and in which month. */
const KILLS = new Map([
	[2, 'fulfillment.record_charge'],
	[5, 'fulfillment.activate_plan'],
	[9, 'fulfillment.start_attempt'],
]);

let testStack: TestStack;
let shop: BillingShop;

beforeAll(async () => {
	testStack = await startTestStack({ editWorkflows: (workflows) => workflows.map(recoverOften) });
	shop = new BillingShop(testStack);
	await shop.savePlans();
}, BOOT_TIMEOUT_MS);

afterAll(async () => await testStack?.stop(), 60_000);

/** Numbers that look random and are the same in every run. */
function sequence(seed: number): () => number {
	let state = seed;
	return () => {
		state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
		return state / 2_147_483_648;
	};
}

interface Period extends Record<string, unknown> {
	user_id: string;
	number: number;
	transaction_id: string;
	starts_at: Date;
	ends_at: Date;
	refunded_minor: number;
}

test(`CP9, CP10: ${MONTHS} months of ${USERS} customers with refused cards, lost answers and three kills: all adds up`, async () => {
	const random = sequence(7);
	const { cloudPayments } = shop;
	const users = Array.from({ length: USERS }, () => shop.user());
	for (const user of users) {
		const { token } = await shop.buy(user, {}, { card: GOOD_CARD });
		const outcomes = Array.from({ length: MONTHS * 2 }, () => (random() < 0.12 ? 5051 : random() < 0.01 ? 5005 : 'ok'));
		cloudPayments.tokenOutcome(String(token), outcomes as unknown as TokenOutcome);
	}

	for (let month = 1; month <= MONTHS; month++) {
		let seconds = 0;
		for (const [step, hours] of STEPS.entries()) {
			await shop.pass({ hours });
			if (random() < 0.3) cloudPayments.dropNext('payments/tokens/charge', 1, { when: 'after' });
			if (random() < 0.3) cloudPayments.dropNotifications('pay', 1);
			const kill = step === 0 ? KILLS.get(month) : undefined;
			const begun = performance.now();
			if (kill) await renewAndKillAt(kill);
			else await shop.renew();
			if (step === 0) seconds = (performance.now() - begun) / 1000;
		}
		const user = users[Math.floor(random() * users.length)]!;
		expect([200, 202, 404]).toContain((await shop.as(user, 'post', 'cancel')).status);
		process.stdout.write(`month ${month} of ${MONTHS}: ${cloudPayments.transactions().length} transactions, renewals in ${seconds.toFixed(1)} s\n`);
	}
	// What was left behind by lost answers and kills is looked up an hour later.
	for (let round = 0; round < 3; round++) {
		await shop.pass({ hours: 2 });
		await shop.renew();
		await shop.desk('post', 'reconciliation');
	}

	const periods = await shop.stack.ledger.query<Period>(
		`SELECT m.user_id, p.number, p.transaction_id, p.starts_at, p.ends_at,
			p.refunded_minor::integer AS refunded_minor
		FROM fulfillment.membership_periods p JOIN fulfillment.memberships m ON m.id = p.membership_id ORDER BY m.user_id, p.number`,
	);
	const charged = cloudPayments.transactions().filter(({ type, status }) => type === 'payment' && status === 'Completed');
	const refunded = cloudPayments.transactions().filter(({ type, status }) => type === 'refund' && status === 'Completed');

	// Every charge is one period of one customer, and no order was charged twice.
	expect(new Set(charged.map(({ invoiceId }) => invoiceId)).size).toBe(charged.length);
	expect(charged.every(({ amountMinor }) => amountMinor === PRICE)).toBe(true);
	expect(periods.map(({ transaction_id: id }) => id).sort()).toEqual(charged.map(({ transactionId }) => String(transactionId)).sort());
	expect(charged.length).toBeGreaterThan(USERS * MONTHS * 0.4);

	// What went back at the provider is what the ledger says, never more than was paid.
	const returned = refunded.reduce((sum, { amountMinor }) => sum + amountMinor, 0);
	expect(periods.reduce((sum, { refunded_minor: minor }) => sum + minor, 0)).toBe(returned);
	for (const { refunded_minor: minor } of periods) expect([0, PRICE]).toContain(minor);

	// Periods of a customer follow each other without overlap; each that was kept is 30 days.
	for (const [index, period] of periods.entries()) {
		if (period.refunded_minor === 0) expect(period.ends_at.getTime() - period.starts_at.getTime()).toBe(30 * DAY_MS);
		const next = periods[index + 1];
		if (next?.user_id !== period.user_id) continue;
		expect(next.number).toBe(period.number + 1);
		expect(next.starts_at.getTime()).toBeGreaterThanOrEqual(period.ends_at.getTime());
	}
}, 3_600_000);

/** Runs the schedule, kills n8n at a query of it, starts it again and lets the leases of the dead run out. */
async function renewAndKillAt(query: string): Promise<void> {
	const hold = testStack.proxy.hold(query, 'request');
	const cut = shop.renew().catch(() => undefined);
	await hold.reached;
	await shop.stack.n8n.kill();
	hold.discard();
	await cut;
	await shop.stack.restartN8n();
	await shop.stack.ledger.query(`UPDATE fulfillment.events SET lease_until = now() WHERE status = 'processing'`);
	await shop.pass({ hours: 1 });
	await shop.renew();
}
