import { waitUntil } from '../../runtime/processes';
import type { Person } from '../../sandbox/telegram/person';
import { CHAT, CourseSchool } from './support/courseSchool';
import { recoverOften } from './support/recoverOften';
import { BOOT_TIMEOUT_MS, startTestStack, type TestStack } from './support/testStack';

let testStack: TestStack;
let school: CourseSchool;

beforeAll(async () => {
	testStack = await startTestStack({ editWorkflows: (workflows) => workflows.map(recoverOften) });
	school = new CourseSchool(testStack);
}, BOOT_TIMEOUT_MS);

afterAll(async () => await testStack?.stop(), 60_000);

/** Lets the ledger's clocks run out: leases of dead runs, and pauses before the next attempt. */
async function letTimePass(): Promise<void> {
	await school.stack.ledger.query(`UPDATE fulfillment.events SET lease_until = now() WHERE status = 'processing'`);
	await school.stack.ledger.query(`UPDATE fulfillment.events SET next_attempt_at = now() WHERE status = 'failed'`);
}

describe('OP2: n8n is killed while it gives access', () => {
	/** Sells up to the query, kills n8n there, starts it again and lets recovery finish. */
	async function sellAndKillAt(
		query: string,
		side: 'request' | 'response',
	): Promise<{ anna: Person; orderRef: string; made: number }> {
		const anna = await school.newcomer();
		const before = school.telegram.links(CHAT).length;
		const { sessionId, orderRef } = await school.askToPay(anna);
		const hold = testStack.proxy.hold(query, side);
		school.stripe.pay(sessionId);
		await hold.reached;
		await school.stack.n8n.kill();
		hold.discard();
		await school.stripe.waitForDeliveries();
		await school.stack.restartN8n();
		await letTimePass();
		const events = await school.settled(orderRef, 1, 90_000);
		expect(events).toEqual([expect.objectContaining({ kind: 'paid', status: 'done', attempts: 2 })]);
		return { anna, orderRef, made: school.telegram.links(CHAT).length - before };
	}

	test('ST6: between the invite and the message: one link, one message', async () => {
		const { anna, made } = await sellAndKillAt('fulfillment.store_invite', 'response');
		expect(made).toBe(1);
		expect(school.linksSent(anna)).toBe(1);
		expect(anna.openInvite(await school.nextLink(anna))).toBe('joined');
	}, 240_000);

	test('ST6: between the message and the mark in the ledger: one link, one message more', async () => {
		const { anna, made } = await sellAndKillAt('fulfillment.finish_event', 'request');
		expect(made).toBe(1);
		expect(school.linksSent(anna)).toBe(2);
		const link = await school.nextLink(anna);
		expect(await school.nextLink(anna)).toBe(link);
		expect(anna.openInvite(link)).toBe('joined');
	}, 240_000);

	test('ST6: between the link and its place in the ledger: nobody was told of the first link, and it runs out by itself', async () => {
		const { anna, orderRef, made } = await sellAndKillAt('fulfillment.store_invite', 'request');
		// Telegram has no list of links to look it up in.
		expect(made).toBe(2);
		expect(school.linksSent(anna)).toBe(1);
		const [first, second] = school.telegram.links(CHAT).filter(({ name }) => name.startsWith(orderRef.slice(0, 24)));
		expect(await school.nextLink(anna)).toBe(second?.url);
		expect(Date.parse(String(first?.expiresAt))).toBeLessThan(Date.now() + 73 * 3_600_000);
	}, 240_000);

	test('ST7: while it takes access away: the buyer is out and told', async () => {
		const anna = await school.newcomer();
		const { paymentIntent, link, orderRef } = await school.buy(anna);
		expect(anna.openInvite(link)).toBe('joined');
		await school.settled(orderRef, 1);
		const hold = testStack.proxy.hold('fulfillment.settle_access', 'response');
		school.stripe.refund(paymentIntent);
		await hold.reached;
		await school.stack.n8n.kill();
		hold.discard();
		expect(anna.isMember(CHAT)).toBe(true);
		await school.stack.restartN8n();
		await letTimePass();
		await school.settled(orderRef, 2, 90_000);
		expect(anna.isMember(CHAT)).toBe(false);
		expect(anna.messages().filter(({ text }) => text.includes('was returned'))).toHaveLength(1);
	}, 240_000);
});

test('OP2: Telegram is down for a while: all 50 sales are delivered after, in order per buyer, none twice', async () => {
	const buyers: { person: Person; orderRef: string; sessionId: string }[] = [];
	for (let index = 0; index < 50; index++) {
		const person = await school.newcomer();
		buyers.push({ person, ...(await school.askToPay(person)) });
	}
	const before = school.telegram.links(CHAT).length;
	school.telegram.down(true);
	const refunded = buyers.filter((_, index) => index % 5 === 0);
	for (const { sessionId } of buyers) school.stripe.pay(sessionId);
	await school.stripe.waitForDeliveries(120_000);
	for (const { orderRef } of refunded) school.stripe.refund(String((await school.order(orderRef)).provider_payment_id), 1000);
	await school.stripe.waitForDeliveries(120_000);
	await waitUntil(
		async () => (await school.stack.ledger.query(`SELECT FROM fulfillment.events WHERE status = 'failed'`)).length >= 50,
		{ timeoutMs: 120_000, otherwise: () => 'The sales did not fail' },
	);
	for (const { person } of buyers) expect(school.linksSent(person)).toBe(0);

	// Some are tried again while Telegram is still down, as in three minutes of real time.
	await letTimePass();
	await new Promise((resolve) => setTimeout(resolve, 5_000));
	school.telegram.down(false);
	const end = Date.now() + 240_000;
	const open = async () =>
		(await school.stack.ledger.query(`SELECT FROM fulfillment.events WHERE status NOT IN ('done', 'ignored')`)).length;
	while ((await open()) > 0 && Date.now() < end) {
		await school.stack.ledger.query(`UPDATE fulfillment.events SET next_attempt_at = now() WHERE status = 'failed'`);
		await new Promise((resolve) => setTimeout(resolve, 1_000));
	}
	expect(await open()).toBe(0);
	for (const { person, orderRef } of buyers) {
		expect({ person: person.id, links: school.linksSent(person) }).toEqual({ person: person.id, links: 1 });
		expect(person.openInvite(await school.nextLink(person))).toBe('joined');
		const events = await school.events(orderRef);
		expect(events.map(({ kind, status }) => `${kind} ${status}`)).toEqual(events.length > 1 ? ['paid done', 'refunded done'] : ['paid done']);
		const order = await school.stack.ledger.query<{ id: string }>(
			'SELECT id FROM fulfillment.events WHERE order_ref = $1 ORDER BY finished_at, id',
			[orderRef],
		);
		expect(order.map(({ id }) => id)).toEqual(events.map(({ id }) => id));
	}
	expect(school.telegram.links(CHAT).length - before).toBe(50);
}, 600_000);
