import { waitUntil } from '../../runtime/processes';
import { ChakraShop } from './support/chakraBuyer';
import { BOOT_TIMEOUT_MS, startTestStack, type TestStack } from './support/testStack';

let testStack: TestStack;
let shop: ChakraShop;

beforeAll(async () => {
	testStack = await startTestStack();
	shop = new ChakraShop(testStack);
}, BOOT_TIMEOUT_MS);

afterAll(async () => await testStack?.stop(), 60_000);

const n8n = () => shop.stack.n8n;
const ledger = () => shop.stack.ledger;

/** Recovery runs every minute. */
const RECOVERY_MS = 90_000;

/** Lets the ledger's clocks run out: leases of dead runs, and pauses before the next attempt. */
async function letTimePass(): Promise<void> {
	await ledger().query(`UPDATE fulfillment.events SET lease_until = now() WHERE status = 'processing'`);
	await ledger().query(`UPDATE fulfillment.events SET next_attempt_at = now() WHERE status = 'failed'`);
}

describe('OP2: n8n is killed', () => {
	test('between the ledger’s commit and the acknowledgement: not acknowledged, and the provider’s retry is not a second fulfilment', async () => {
		const { order_id: orderId } = await shop.order();
		const fields = shop.paidFields(orderId);
		const hold = testStack.proxy.hold('fulfillment.receive_event', 'response');
		const answer = shop.notify(fields);
		await hold.reached;
		await n8n().kill();
		hold.discard();
		expect(await answer).toMatchObject({ status: null });
		expect(await shop.event(orderId)).toMatchObject({ status: 'processing', attempts: 1 });

		await shop.stack.restartN8n();
		expect(await shop.notify({ ...fields, attempt: '2' })).toMatchObject({ status: 200, body: 'success' });
		await expectOneFulfilment(orderId);
	}, 240_000);

	test('right after the acknowledgement, before anything was fulfilled', async () => {
		const { order_id: orderId } = await shop.order();
		const hold = testStack.proxy.hold('fulfillment.finish_event', 'request');
		expect(await shop.notify(shop.paidFields(orderId))).toMatchObject({ status: 200, body: 'success' });
		await n8n().kill();
		hold.discard();
		expect((await ledger().query('SELECT result FROM fulfillment.orders WHERE order_ref = $1', [orderId]))[0]).toEqual({ result: null });

		await shop.stack.restartN8n();
		await expectOneFulfilment(orderId);
	}, 240_000);

	test('with the reading made but not yet kept', async () => {
		const { order_id: orderId } = await shop.order();
		const hold = testStack.proxy.hold('fulfillment.finish_event', 'request');
		expect(await shop.notify(shop.paidFields(orderId))).toMatchObject({ status: 200 });
		await hold.reached;
		await n8n().kill();
		hold.discard();

		await shop.stack.restartN8n();
		// While recovery has not come by, the buyer is told that the reading is on its way, not that it was not paid.
		expect((await shop.reading(orderId)).status).toBe(202);
		await expectOneFulfilment(orderId);
	}, 240_000);

	test('with the reading kept, but n8n not told so: nothing is done again', async () => {
		const { order_id: orderId } = await shop.order();
		const hold = testStack.proxy.hold('fulfillment.finish_event', 'response');
		expect(await shop.notify(shop.paidFields(orderId))).toMatchObject({ status: 200 });
		await hold.reached;
		const kept = await shop.ledgerOrder(orderId);
		expect(await shop.event(orderId)).toMatchObject({ status: 'done', attempts: 1 });
		await n8n().kill();
		hold.discard();

		await shop.stack.restartN8n();
		await letTimePass();
		const again = testStack.proxy.count('fulfillment.take_due_events');
		await waitUntil(async () => again() > 0, { timeoutMs: RECOVERY_MS, otherwise: () => 'Recovery did not run' });
		expect(await shop.event(orderId)).toMatchObject({ status: 'done', attempts: 1 });
		expect(await shop.ledgerOrder(orderId)).toEqual(kept);
	}, 240_000);

	async function expectOneFulfilment(orderId: string): Promise<void> {
		await letTimePass();
		await shop.waitForStatus(orderId, 'done', RECOVERY_MS);
		const first = await shop.readingWhenReady(orderId);
		expect(first.text.length).toBeGreaterThan(5_000);
		const { fulfilled_at: fulfilledAt } = await shop.ledgerOrder(orderId);
		await letTimePass();
		expect(await shop.notify(shop.paidFields(orderId, { attempt: '9' }))).toMatchObject({ status: 200 });
		expect(await shop.ledgerOrder(orderId)).toMatchObject({ fulfilled_at: fulfilledAt });
		expect(await shop.readingWhenReady(orderId)).toEqual(first);
	}
});

test('OP2: the ledger’s database is down while a webhook comes: not acknowledged, and the provider’s retry delivers it', async () => {
	const { order_id: orderId, payment_url: link } = await shop.order();
	const prodamus = shop.stack.sandbox.prodamus;
	await ledger().kill();

	const { id: paymentId } = prodamus.pay(link);
	const refused = await prodamus.waitForDelivery((delivery) => delivery.paymentId === paymentId, 30_000);
	expect(refused.status).not.toBe(200);

	await ledger().start();
	const accepted = await prodamus.waitForDelivery(
		(delivery) => delivery.paymentId === paymentId && delivery.status === 200,
		60_000,
	);
	expect(accepted.attempt).toBeGreaterThan(1);
	await shop.readingWhenReady(orderId);
	expect(await shop.event(orderId)).toMatchObject({ status: 'done', attempts: 1 });
}, 180_000);

test('OP2: a fulfilment that fails is recorded, tried again by recovery, and succeeds once the cause is gone', async () => {
	const { order_id: orderId } = await shop.order();
	const spoil = (details: string) => ledger().query('UPDATE fulfillment.orders SET details = $2 WHERE order_ref = $1', [orderId, details]);
	const { details } = await shop.ledgerOrder(orderId);
	await spoil('{"birth_date": "99.99.1990", "language": "ru"}');

	expect(await shop.notify(shop.paidFields(orderId))).toMatchObject({ status: 200, body: 'success' });
	const failed = await shop.waitForStatus(orderId, 'failed', 30_000);
	expect(failed.last_error).toContain('Paid Reading');
	expect(await shop.alerts(orderId)).toEqual([
		expect.objectContaining({ kind: 'workflow_error', message: expect.stringContaining('Paid Reading') }),
	]);

	await spoil(JSON.stringify(details));
	await letTimePass();
	await shop.waitForStatus(orderId, 'done', RECOVERY_MS);
	expect(await shop.event(orderId)).toMatchObject({ attempts: 2 });
	await shop.readingWhenReady(orderId);
}, 180_000);

test('OP1: the set-up has run at every start and changed nothing after the first', async () => {
	const rows = await ledger().query<{ version: number }>('SELECT version FROM fulfillment.schema_migrations ORDER BY version');
	expect(rows.map(({ version }) => version)).toEqual(rows.map((_, index) => index + 1));
	const runs = await shop.executions('PfLedgerSetup001');
	expect(runs.length).toBeGreaterThanOrEqual(4);
	expect(new Set(runs.map(({ status }) => status))).toEqual(new Set(['success']));
});
