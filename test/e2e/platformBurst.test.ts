import { waitUntil } from '../../runtime/processes';
import { BOOT_TIMEOUT_MS, startTestStack, type TestStack } from './support/testStack';

/** `BURST_PAYMENTS=500` for the whole burst: seven minutes, because amoCRM's rate is the limit. */
const PAYMENTS = Number(process.env.BURST_PAYMENTS ?? 150);
const CUSTOMERS = Math.floor(PAYMENTS * 0.4);
/** What amoCRM allows; the package keeps to 6. */
const LIMIT_PER_SECOND = 7;

let testStack: TestStack;

beforeAll(async () => {
	testStack = await startTestStack();
}, BOOT_TIMEOUT_MS);

afterAll(async () => await testStack?.stop(), 60_000);

test(`PA10: ${PAYMENTS} payments of ${CUSTOMERS} customers in one burst: never above the rate, none lost, none double`, async () => {
	const { amocrm, platform } = testStack.stack.sandbox;
	amocrm.reset();
	amocrm.resetCounters();
	// People of the stand-in are among the customers, and one of them has bought before.
	const before = sums();
	const started = Date.now();
	const payments = await platform.burst(PAYMENTS, CUSTOMERS, PAYMENTS);
	// "queued" is a customer's second payment while the first is under way.
	for (const { answer } of payments) expect([answer.status, answer.body]).toEqual([200, expect.stringMatching(/"done"|"queued"/)]);
	await waitUntil(async () => (await count(`status = 'done'`)) === PAYMENTS, {
		timeoutMs: 600_000,
		everyMs: 1000,
		otherwise: () => 'Not all payments were done',
	});
	const seconds = (Date.now() - started) / 1000;
	const calls = amocrm.requests().length;
	process.stdout.write(
		`${PAYMENTS} payments, ${calls} calls in ${seconds.toFixed(0)} s; ` +
			`at ${LIMIT_PER_SECOND} calls a second they take ${(calls / LIMIT_PER_SECOND).toFixed(0)} s at least\n`,
	);

	expect(amocrm.overRate()).toBe(0);
	expect(amocrm.peakPerSecond()).toBeLessThanOrEqual(LIMIT_PER_SECOND);
	expect(await count('attempts = 1')).toBe(PAYMENTS);
	expect(amocrm.contacts()).toHaveLength(CUSTOMERS);
	const leads = amocrm.leads().filter(({ fields }) => fields['ID платежа'] !== undefined);
	expect(leads).toHaveLength(CUSTOMERS);
	const after = sums();
	expect(after.purchases - before.purchases).toBe(PAYMENTS);
	expect(after.paid - before.paid).toBe(PAYMENTS * 4990);
	const noted = leads.flatMap(({ id }) => amocrm.notes(id).map(({ text }) => /Платёж: (\S+)/.exec(text)?.[1]));
	expect(noted.sort()).toEqual(payments.map(({ order }) => order.course_order.payment_id).sort());
}, 1_200_000);

/** Totals over all leads of the account, in purchases and roubles. */
function sums(): { purchases: number; paid: number } {
	const { amocrm } = testStack.stack.sandbox;
	const sum = (field: string) => amocrm.leads().reduce((total, { fields }) => total + Number(fields[field] ?? 0), 0);
	return { purchases: sum('Количество покупок'), paid: sum('Всего оплачено') };
}

async function count(condition: string): Promise<number> {
	const [row] = await testStack.stack.ledger.query<{ count: string }>(`SELECT count(*) FROM fulfillment.events WHERE ${condition}`);
	return Number(row?.count);
}
