import {
	type Claim,
	describeLedger,
	type Handover,
	paymentEvent,
	type Receipt,
	renewalEvent,
} from './ledger';

const RENEWALS = { kinds: ['renewed'] };

interface Failure extends Handover {
	attempts: number | null;
	next_attempt_at: Date | null;
}

describeLedger('the end of a claimed event', (ledger) => {
	const fail = (claim: Claim, extra: object = {}) =>
		ledger.row<Failure>('fail_event', { ...claim, error: 'bot was blocked', ...extra });
	const takeUp = (claim: Claim, extra: object = {}) =>
		ledger.row<Receipt>('take_up_event', { ...claim, execution_id: 'exec-9', ...extra });

	/** Two events of one customer: the first claimed, the second waiting for it. */
	async function claimedAndWaiting(): Promise<[Claim, string]> {
		const claim = await ledger.claim(renewalEvent({ eventKey: 'a' }), RENEWALS);
		const waiting = await ledger.receive(renewalEvent({ eventKey: 'b' }), RENEWALS);
		expect(waiting.outcome).toBe('busy');
		return [claim, waiting.event_id];
	}

	describe('finish_event', () => {
		it('PC10: keeps result and time with the order, and never changes them', async () => {
			const orderRef = await ledger.order();
			const claim = await ledger.claim(paymentEvent({ orderRef }));
			expect(await ledger.finish(claim, { result: { text: 'first' }, note: 'sent' })).toEqual({
				outcome: 'done',
				next_event_id: null,
				next_lease_token: null,
				next_workflow_id: null,
			});
			const order = () => ledger.sql('SELECT result, fulfilled_at FROM fulfillment.orders');
			const [before] = await order();
			expect(before).toEqual({ result: { text: 'first' }, fulfilled_at: expect.any(Date) });
			expect(await ledger.stored(claim.event_id)).toMatchObject({
				status: 'done',
				note: 'sent',
				result: null,
				lease_until: null,
			});

			const replay = await ledger.row<Claim>('replay_event', { event_id: claim.event_id, force: true });
			await ledger.finish(replay, { result: { text: 'second' } });
			expect(await order()).toEqual([before]);
		});

		it('may be repeated with the same token', async () => {
			const claim = await ledger.claim(renewalEvent(), RENEWALS);
			expect(await ledger.finish(claim)).toMatchObject({ outcome: 'done' });
			expect(await ledger.finish(claim)).toMatchObject({ outcome: 'already_done', next_event_id: null });
		});

		it('keeps the result of an event without an order with the event', async () => {
			const claim = await ledger.claim(renewalEvent(), RENEWALS);
			await ledger.finish(claim, { result: [1, 2] });
			expect(await ledger.stored(claim.event_id)).toMatchObject({ result: [1, 2] });
		});

		it('hands the customer’s oldest waiting event over, one at a time', async () => {
			const [claim, second] = await claimedAndWaiting();
			const third = await ledger.receive(renewalEvent({ eventKey: 'c' }), {
				...RENEWALS,
				workflow_id: 'wf-c',
			});
			const next = await ledger.finish(claim);
			expect(next).toMatchObject({ outcome: 'done', next_event_id: second, next_workflow_id: 'wf-chakra' });
			expect(await ledger.stored(third.event_id)).toMatchObject({ status: 'received' });
			const last = await ledger.finish({ event_id: second, lease_token: String(next.next_lease_token) });
			expect(last).toMatchObject({ next_event_id: third.event_id, next_workflow_id: 'wf-c' });
		});

		it('is stale for a holder whose lease another one took over', async () => {
			const event = renewalEvent();
			const old = await ledger.claim(event, RENEWALS);
			await ledger.letTimePass(old.event_id);
			const current = await ledger.claim(event, { ...RENEWALS, execution_id: 'exec-2' });
			expect(current.event_id).toBe(old.event_id);
			expect(await ledger.finish(old, { result: 'old' })).toMatchObject({ outcome: 'stale' });
			expect(await fail(old)).toMatchObject({ outcome: 'stale', attempts: null });
			expect(await ledger.stored(old.event_id)).toMatchObject({
				status: 'processing',
				attempts: 2,
				execution_id: 'exec-2',
				result: null,
			});
			expect(await ledger.finish(current, { result: 'current' })).toMatchObject({ outcome: 'done' });
			expect(await ledger.finish(old)).toMatchObject({ outcome: 'stale' });
		});

		it('still counts after the lease ran out, while nobody took it over', async () => {
			const claim = await ledger.claim(renewalEvent(), RENEWALS);
			await ledger.letTimePass(claim.event_id);
			expect(await ledger.finish(claim)).toMatchObject({ outcome: 'done' });
		});

		it.each([
			['event_id: is required', { event_id: null }],
			['event_id: must be a whole number', { event_id: 'abc' }],
			['lease_token: is required', { lease_token: null }],
			['lease_token: must be a UUID', { lease_token: 'abc' }],
		])('refuses and says "%s"', async (message, change) => {
			const claim = { event_id: '1', lease_token: '00000000-0000-4000-8000-000000000000' };
			expect(await ledger.finish(claim)).toMatchObject({ outcome: 'stale' });
			await expect(ledger.row('finish_event', { ...claim, ...change })).rejects.toThrow(message);
		});
	});

	describe('fail_event', () => {
		it('waits longer after every attempt, an hour at most, then gives up and alerts', async () => {
			const event = renewalEvent();
			let claim = await ledger.claim(event, { ...RENEWALS, max_attempts: 10 });
			const waits: number[] = [];
			for (let attempt = 1; attempt < 10; attempt++) {
				const failure = await fail(claim);
				expect(failure).toMatchObject({ outcome: 'retry', attempts: attempt });
				waits.push((Number(failure.next_attempt_at) - Date.now()) / 1000);
				expect(await ledger.receive(event, RENEWALS)).toMatchObject({
					outcome: 'duplicate',
					reason: 'failed',
				});
				await ledger.letTimePass(claim.event_id);
				claim = await ledger.claim(event, { ...RENEWALS, max_attempts: 10 });
			}
			waits.forEach((wait, index) => {
				const planned = Math.min(3600, 30 * 2 ** index);
				expect(wait).toBeGreaterThan(planned * 0.8 - 5);
				expect(wait).toBeLessThan(Math.min(3600, planned * 1.2) + 5);
			});
			expect(await ledger.alerts()).toEqual([]);

			expect(await fail(claim)).toMatchObject({ outcome: 'dead', attempts: 10, next_attempt_at: null });
			expect(await ledger.stored(claim.event_id)).toMatchObject({
				status: 'dead',
				last_error: 'bot was blocked',
			});
			expect(await ledger.alerts()).toMatchObject([
				{
					kind: 'event_dead',
					event_id: claim.event_id,
					message: expect.stringMatching(/42:2.*10 attempt.*bot was blocked/),
				},
			]);
			expect(await ledger.receive(event, RENEWALS)).toMatchObject({ outcome: 'duplicate', reason: 'dead' });
		});

		it('spreads the waits of events that failed together', async () => {
			const waits = new Set<number>();
			for (let index = 0; index < 10; index++) {
				const claim = await ledger.claim(renewalEvent({ eventKey: `k${index}` }), {
					...RENEWALS,
					serial_key: `k${index}`,
				});
				waits.add(Math.round((Number((await fail(claim)).next_attempt_at) - Date.now()) / 100));
			}
			expect(waits.size).toBeGreaterThan(5);
		});

		it('gives up at once when it is not retryable', async () => {
			const claim = await ledger.claim(renewalEvent(), RENEWALS);
			expect(await fail(claim, { retryable: false })).toMatchObject({ outcome: 'dead', attempts: 1 });
			expect(await ledger.alerts()).toMatchObject([{ kind: 'event_dead' }]);
		});

		it('is stale when repeated', async () => {
			const claim = await ledger.claim(renewalEvent(), RENEWALS);
			await fail(claim);
			expect(await fail(claim)).toMatchObject({ outcome: 'stale' });
			expect(await ledger.stored(claim.event_id)).toMatchObject({ status: 'failed', attempts: 1 });
		});

		it('hands the waiting event over instead of blocking it', async () => {
			const [claim, second] = await claimedAndWaiting();
			expect(await fail(claim)).toMatchObject({
				outcome: 'retry',
				next_event_id: second,
				next_workflow_id: 'wf-chakra',
			});
			await ledger.letTimePass(claim.event_id);
			expect(await ledger.receive(renewalEvent({ eventKey: 'a' }), RENEWALS)).toMatchObject({
				outcome: 'duplicate',
			});
			expect(await ledger.stored(second)).toMatchObject({
				status: 'processing',
				attempts: 1,
				execution_id: null,
			});
		});

		it('keeps 2000 characters of an error', async () => {
			const claim = await ledger.claim(renewalEvent(), RENEWALS);
			await fail(claim, { error: 'é'.repeat(1_000_000), retryable: false });
			expect(await ledger.stored(claim.event_id)).toMatchObject({ last_error: 'é'.repeat(2000) });
		});
	});

	describe('take_up_event', () => {
		it('gives the event to the first run that asks and renews its lease', async () => {
			const [claim, second] = await claimedAndWaiting();
			const { next_lease_token } = await ledger.finish(claim);
			const handed = { event_id: second, lease_token: String(next_lease_token) };
			await ledger.letTimePass(second);
			const receipt = await takeUp(handed, { lease_seconds: 900 });
			expect(receipt).toMatchObject({
				...handed,
				outcome: 'claimed',
				event: renewalEvent({ eventKey: 'b' }),
				order: null,
			});
			const { execution_id, lease_until, attempts } = await ledger.stored(second);
			expect({ execution_id, attempts }).toEqual({ execution_id: 'exec-9', attempts: 1 });
			expect((Number(lease_until) - Date.now()) / 1000).toBeGreaterThan(880);

			expect(await takeUp(handed)).toMatchObject({ outcome: 'claimed' });
			expect(await takeUp(handed, { execution_id: 'exec-10' })).toMatchObject({
				outcome: 'stale',
				lease_token: null,
				event: null,
			});
		});

		it('20 runs started for one event: one gets it', async () => {
			const [claim, second] = await claimedAndWaiting();
			const { next_lease_token } = await ledger.finish(claim);
			const handed = { event_id: second, lease_token: String(next_lease_token) };
			const runs = Array.from({ length: 20 }, (_, index) =>
				takeUp(handed, { execution_id: `exec-${index}` }),
			);
			expect((await Promise.all(runs)).filter(({ outcome }) => outcome === 'claimed')).toHaveLength(1);
		});

		it('is stale with an old token and for an unknown event', async () => {
			const event = renewalEvent();
			const old = await ledger.claim(event, RENEWALS);
			await ledger.letTimePass(old.event_id);
			await ledger.claim(event, RENEWALS);
			expect(await takeUp(old)).toMatchObject({ outcome: 'stale' });
			expect(await takeUp({ ...old, event_id: '999999' })).toMatchObject({ outcome: 'stale' });
		});
	});
});
