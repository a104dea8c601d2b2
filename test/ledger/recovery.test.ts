import type { PaymentEvent } from '../../nodes/shared/paymentEvent';
import { type Claim, describeLedger, paymentEvent, renewalEvent, type Row } from './ledger';

const RENEWALS = { kinds: ['renewed'] };

interface DueEvent extends Claim {
	workflow_id: string;
	attempts: number;
}

describeLedger('OP2: recovery', (ledger) => {
	const takeDue = (p: Row = {}) => ledger.rows<DueEvent>('take_due_events', p);
	const replay = (event_id: string, p: Row = {}) =>
		ledger.row<Claim & { outcome: string; workflow_id: string }>('replay_event', { event_id, ...p });

	/** Claims `count` events, each of a customer of its own, and lets their leases run out. */
	async function abandoned(count: number, p: Row = {}): Promise<string[]> {
		const ids: string[] = [];
		for (let index = 0; index < count; index++) {
			const event = renewalEvent({ eventKey: `k${index}` });
			const { event_id } = await ledger.claim(event, { ...RENEWALS, serial_key: `k${index}`, ...p });
			await ledger.letTimePass(event_id);
			ids.push(event_id);
		}
		return ids;
	}

	/** Claims `count` events, each of a customer of its own, fails them, and lets their retries come due. */
	async function overdue(count: number): Promise<string[]> {
		const ids: string[] = [];
		for (let index = 0; index < count; index++) {
			const serial_key = `r${index}`;
			const claim = await ledger.claim(renewalEvent({ eventKey: serial_key }), { ...RENEWALS, serial_key });
			await ledger.row('fail_event', { ...claim, error: 'x' });
			await ledger.letTimePass(claim.event_id);
			ids.push(claim.event_id);
		}
		return ids;
	}

	describe('take_due_events', () => {
		it('leaves running and waiting events alone', async () => {
			await ledger.claim(renewalEvent({ eventKey: 'a' }), RENEWALS);
			await ledger.receive(renewalEvent({ eventKey: 'b' }), RENEWALS);
			const other = { ...RENEWALS, serial_key: 'other' };
			const failed = await ledger.claim(renewalEvent({ eventKey: 'c' }), other);
			await ledger.row('fail_event', { ...failed, error: 'x' });
			expect(await takeDue()).toEqual([]);
		});

		it('an expired lease is taken once by 20 calls at a time, and the old holder is stale', async () => {
			const event = renewalEvent();
			const old = await ledger.claim(event, RENEWALS);
			await ledger.letTimePass(old.event_id);
			const taken = (
				await Promise.all(Array.from({ length: 20 }, () => takeDue({ lease_seconds: 60 })))
			).flat();
			expect(taken).toEqual([
				{ event_id: old.event_id, lease_token: expect.any(String), workflow_id: 'wf-chakra', attempts: 2 },
			]);
			expect(await ledger.stored(old.event_id)).toMatchObject({
				status: 'processing',
				execution_id: null,
				last_error: 'the lease of execution exec-1 ran out',
			});
			expect(await ledger.finish(old)).toMatchObject({ outcome: 'stale' });
			expect(await ledger.finish(taken[0] as DueEvent)).toMatchObject({ outcome: 'done' });
		});

		it('60 expired leases and retries: 20 calls at a time hand each out once', async () => {
			const ids = [...(await abandoned(30)), ...(await overdue(30))];
			const taken = (await Promise.all(Array.from({ length: 20 }, () => takeDue({ limit: 5 })))).flat();
			for (let rest = await takeDue(); rest.length > 0; rest = await takeDue()) taken.push(...rest);
			expect(taken.map(({ event_id }) => event_id).sort()).toEqual([...ids].sort());
		});

		it('counts expired leases and retries together against the limit', async () => {
			await abandoned(2);
			await overdue(2);
			expect(await takeDue({ limit: 3 })).toHaveLength(3);
			expect(await takeDue({ limit: 3 })).toHaveLength(1);
		});

		it('hands out at most `limit`, the longest overdue first', async () => {
			const ids = await abandoned(4);
			await ledger.letTimePass(String(ids[2]));
			const taken = await takeDue({ limit: 2 });
			expect(taken.map(({ event_id }) => event_id)).toEqual([ids[2], ids[0]]);
		});

		it('an event abandoned at its last attempt is dead with an alert, and its customer’s next one follows', async () => {
			const [id] = await abandoned(1, { serial_key: 'one', max_attempts: 1 });
			const waiting = await ledger.receive(renewalEvent({ eventKey: 'b' }), {
				...RENEWALS,
				serial_key: 'one',
			});
			expect(waiting.outcome).toBe('busy');
			expect(await takeDue()).toMatchObject([{ event_id: waiting.event_id, attempts: 1 }]);
			expect(await ledger.stored(String(id))).toMatchObject({ status: 'dead', attempts: 1 });
			expect(await ledger.alerts()).toMatchObject([{ kind: 'event_dead', event_id: id }]);
		});

		it('a redelivery does not revive an event abandoned at its last attempt', async () => {
			const event = renewalEvent({ eventKey: 'k0' });
			const [id] = await abandoned(1, { max_attempts: 1 });
			expect(await ledger.receive(event, RENEWALS)).toMatchObject({ outcome: 'duplicate' });
			expect(await ledger.stored(String(id))).toMatchObject({ status: 'dead' });
			expect(await ledger.alerts()).toHaveLength(1);
		});

		it('a due retry is taken', async () => {
			const claim = await ledger.claim(renewalEvent(), RENEWALS);
			await ledger.row('fail_event', { ...claim, error: 'x' });
			await ledger.letTimePass(claim.event_id);
			expect(await takeDue()).toMatchObject([{ event_id: claim.event_id, attempts: 2 }]);
			expect(await takeDue()).toEqual([]);
		});

		it('of one customer only the oldest is taken', async () => {
			const ids: string[] = [];
			for (const eventKey of ['a', 'b', 'c'])
				ids.push((await ledger.receive(renewalEvent({ eventKey }), RENEWALS)).event_id);
			const [first, second, third] = ids as [string, string, string];
			await ledger.sql(
				"UPDATE fulfillment.events SET status = 'done', finished_at = now(), lease_until = NULL WHERE id = $1",
				[first],
			);
			const newer = await ledger.receive(renewalEvent({ eventKey: 'd' }), RENEWALS);
			expect(newer.outcome).toBe('busy');
			const [taken] = (await takeDue()) as [DueEvent];
			expect(taken.event_id).toBe(second);
			expect(await takeDue()).toEqual([]);
			expect(await ledger.finish(taken)).toMatchObject({ next_event_id: third });
		});
	});

	describe('fail_execution', () => {
		const crash = {
			execution_id: 'exec-1',
			workflow_id: 'wf-chakra',
			workflow_name: 'Chakra orders',
			node: 'Send Reading',
			error: 'socket hang up',
			execution_url: 'http://127.0.0.1:5678/execution/1',
		};

		it('fails the event that the execution holds, hands over and alerts', async () => {
			const claim = await ledger.claim(renewalEvent({ eventKey: 'a' }), RENEWALS);
			const waiting = await ledger.receive(renewalEvent({ eventKey: 'b' }), {
				...RENEWALS,
				execution_id: 'exec-2',
			});
			expect(await ledger.row('fail_execution', crash)).toMatchObject({
				outcome: 'retry',
				event_id: claim.event_id,
				attempts: 1,
				next_attempt_at: expect.any(Date),
				next_event_id: waiting.event_id,
				next_lease_token: expect.any(String),
				next_workflow_id: 'wf-chakra',
			});
			expect(await ledger.stored(claim.event_id)).toMatchObject({
				status: 'failed',
				last_error: 'Send Reading: socket hang up',
			});
			expect(await ledger.alerts()).toEqual([
				{
					kind: 'workflow_error',
					message: 'workflow Chakra orders stopped at node Send Reading: socket hang up',
					event_id: claim.event_id,
					order_ref: null,
					details: { workflow_id: 'wf-chakra', execution_id: 'exec-1', execution_url: crash.execution_url },
				},
			]);
		});

		it.each([
			['another execution', { execution_id: 'exec-2' }],
			['another workflow', { workflow_id: 'wf-other' }],
			['a trigger without an execution', { execution_id: null }],
		])('alerts about %s and leaves the event alone', async (_what, change) => {
			const { event_id } = await ledger.claim(renewalEvent(), RENEWALS);
			expect(await ledger.row('fail_execution', { ...crash, ...change })).toMatchObject({
				outcome: 'no_event',
				event_id: null,
			});
			expect(await ledger.stored(event_id)).toMatchObject({ status: 'processing' });
			expect(await ledger.alerts()).toMatchObject([{ kind: 'workflow_error', event_id: null }]);
		});

		it('needs no more than the workflow and the error', async () => {
			await ledger.row('fail_execution', { workflow_id: 'wf', error: 'e'.repeat(1_000_000) });
			const [alert] = await ledger.alerts();
			expect(alert?.message).toMatch(/^workflow wf stopped at node \(unknown\): e+$/);
		});
	});

	describe('replay_event', () => {
		it('starts a dead event again with its full number of attempts', async () => {
			const claim = await ledger.claim(renewalEvent(), { ...RENEWALS, max_attempts: 2 });
			await ledger.row('fail_event', { ...claim, error: 'x', retryable: false });
			const again = await replay(claim.event_id);
			expect(again).toMatchObject({ outcome: 'claimed', event_id: claim.event_id, workflow_id: 'wf-chakra' });
			expect(await ledger.stored(claim.event_id)).toMatchObject({
				status: 'processing',
				attempts: 1,
				finished_at: null,
			});
			expect(await ledger.row('fail_event', { ...again, error: 'x' })).toMatchObject({ outcome: 'retry' });
			expect(await replay(claim.event_id)).toMatchObject({ outcome: 'claimed' });
		});

		it('replaying a payment of another amount is a person’s decision: the order is paid', async () => {
			const orderRef = await ledger.order();
			const { event_id } = await ledger.receive(paymentEvent({ orderRef, amountMinor: 50000 }));
			expect(await replay(event_id)).toMatchObject({ outcome: 'claimed' });
			expect(
				await ledger.row('read_order', { order_ref: orderRef, pipeline: 'prodamus-chakra' }),
			).toMatchObject({
				outcome: 'preparing',
			});
			expect((await ledger.stored(event_id)).reason).toMatch(/^mismatch/);
		});

		it('never runs a done event again without force', async () => {
			const claim = await ledger.claim(renewalEvent(), RENEWALS);
			await ledger.finish(claim);
			expect(await replay(claim.event_id)).toMatchObject({ outcome: 'done', lease_token: null });
			expect(await replay(claim.event_id, { force: true })).toMatchObject({ outcome: 'claimed' });
		});

		it('takes nothing away from a running event', async () => {
			const claim = await ledger.claim(renewalEvent(), RENEWALS);
			expect(await replay(claim.event_id, { force: true })).toMatchObject({
				outcome: 'processing',
				lease_token: null,
			});
			expect(await ledger.finish(claim)).toMatchObject({ outcome: 'done' });
		});

		it('waits for the customer’s current event', async () => {
			const first = await ledger.claim(renewalEvent({ eventKey: 'a' }), RENEWALS);
			await ledger.row('fail_event', { ...first, error: 'x', retryable: false });
			const second = await ledger.claim(renewalEvent({ eventKey: 'b' }), RENEWALS);
			expect(await replay(first.event_id)).toMatchObject({ outcome: 'busy', lease_token: null });
			expect(await ledger.finish(second)).toMatchObject({ next_event_id: first.event_id });
		});

		it('ST7: a dispute that names only the payment finds its order when it is replayed', async () => {
			const scope = { pipeline: 'stripe-telegram-course', kinds: ['paid', 'disputed'] };
			const stripe = (overrides: Partial<PaymentEvent>) => paymentEvent({ provider: 'stripe', providerPaymentId: 'pi_1', ...overrides });
			const orderRef = await ledger.order({ pipeline: 'stripe-telegram-course', provider: 'stripe' });
			const dispute = await ledger.receive(stripe({ kind: 'disputed', eventKey: 'd' }), scope);
			expect(dispute).toMatchObject({ outcome: 'ignored', reason: 'unknown_order' });
			const payment = await ledger.receive(stripe({ eventKey: 'p', orderRef, amountMinor: 99000 }), scope);
			expect(payment.reason).toMatch(/^mismatch/);
			const paid = await replay(payment.event_id);
			await ledger.finish(paid);
			expect(await replay(dispute.event_id)).toMatchObject({ outcome: 'claimed' });
			expect(await ledger.sql('SELECT status FROM fulfillment.orders')).toEqual([{ status: 'disputed' }]);
			expect((await ledger.stored(dispute.event_id)).order_ref).toBe(orderRef);
		});

		it('20 replays at a time start one run', async () => {
			const claim = await ledger.claim(renewalEvent(), RENEWALS);
			await ledger.row('fail_event', { ...claim, error: 'x', retryable: false });
			const replays = await Promise.all(Array.from({ length: 20 }, () => replay(claim.event_id)));
			expect(replays.filter(({ outcome }) => outcome === 'claimed')).toHaveLength(1);
		});

		it('answers not_found for an unknown event', async () => {
			expect(await replay('999999')).toMatchObject({ outcome: 'not_found' });
		});
	});
});
