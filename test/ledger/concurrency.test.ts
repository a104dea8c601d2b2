import fc from 'fast-check';

import type { PaymentEvent } from '../../nodes/shared/paymentEvent';
import {
	type Claim,
	describeLedger,
	type Handover,
	type Ledger,
	paymentEvent,
	type Receipt,
	renewalEvent,
	type Row,
} from './ledger';

const RENEWALS = { kinds: ['renewed'], max_attempts: 100 };

describeLedger('PC5: concurrent calls', (ledger) => {
	it('50 copies of one payment at once: one claim, 49 duplicates, one row, order paid', async () => {
		const orderRef = await ledger.order();
		const event = paymentEvent({ orderRef });
		const copies = Array.from({ length: 50 }, (_, index) =>
			ledger.receive(event, { execution_id: `exec-${index}` }),
		);
		const outcomes = (await Promise.all(copies)).map(({ outcome }) => outcome);
		expect(outcomes.filter((outcome) => outcome === 'claimed')).toHaveLength(1);
		expect(outcomes.filter((outcome) => outcome === 'duplicate')).toHaveLength(49);
		expect(await ledger.sql('SELECT status, deliveries FROM fulfillment.events')).toEqual([
			{ status: 'processing', deliveries: 50 },
		]);
		expect(await ledger.alerts()).toEqual([]);
	});

	it('50 copies of one event whose lease ran out: one claim', async () => {
		const event = renewalEvent();
		const { event_id } = await ledger.claim(event, RENEWALS);
		await ledger.letTimePass(event_id);
		const copies = await Promise.all(Array.from({ length: 50 }, () => ledger.receive(event, RENEWALS)));
		expect(copies.filter(({ outcome }) => outcome === 'claimed')).toHaveLength(1);
		expect(await ledger.stored(event_id)).toMatchObject({ attempts: 2, deliveries: 51 });
	});

	it.each([
		['of one customer', () => ({})],
		['with serial keys of their own', (index: number) => ({ serial_key: `key-${index}` })],
	])('30 payments of one order at once, %s: one is fulfilled, 29 are reported', async (_what, extra) => {
		const orderRef = await ledger.order();
		const payments = Array.from({ length: 30 }, (_, index) => {
			const payment = paymentEvent({ orderRef, eventKey: `${index}:success`, providerPaymentId: `${index}` });
			return ledger.receive(payment, extra(index));
		});
		const outcomes = (await Promise.all(payments)).map(({ outcome, reason }) => reason ?? outcome);
		expect(outcomes.filter((outcome) => outcome === 'claimed')).toHaveLength(1);
		expect(outcomes.filter((outcome) => outcome === 'order_already_paid')).toHaveLength(29);
		expect((await ledger.alerts()).map(({ kind }) => kind)).toEqual(Array(29).fill('double_payment'));
	});

	it('40 events of 4 customers at once: one each runs, and finishing hands over the rest in order', async () => {
		const receipts = await Promise.all(
			Array.from({ length: 40 }, (_, index) =>
				ledger.receive(renewalEvent({ eventKey: `k${index}` }), { ...RENEWALS, serial_key: `c${index % 4}` }),
			),
		);
		expect(receipts.filter(({ outcome }) => outcome === 'claimed')).toHaveLength(4);
		expect(receipts.filter(({ outcome }) => outcome === 'busy')).toHaveLength(36);

		const chains = await Promise.all(
			receipts
				.filter(({ outcome }) => outcome === 'claimed')
				.map((receipt) => finishAll(ledger, receipt as Claim)),
		);
		expect(chains.map((chain) => chain.length)).toEqual([10, 10, 10, 10]);
		for (const chain of chains) expect(chain).toEqual([...chain].sort((a, b) => a - b));
		expect(await ledger.sql("SELECT FROM fulfillment.events WHERE status <> 'done'")).toHaveLength(0);
	});

	it('the schema itself refuses a second processing event of one customer', async () => {
		await ledger.claim(renewalEvent({ eventKey: 'a' }), RENEWALS);
		await ledger.receive(renewalEvent({ eventKey: 'b' }), RENEWALS);
		await expect(
			ledger.sql(`UPDATE fulfillment.events SET status = 'processing', lease_token = gen_random_uuid(), lease_until = now()
				WHERE status = 'received'`),
		).rejects.toThrow('events_one_processing_per_serial_key');
	});
});

describeLedger('any interleaving of deliveries, crashes, failures and recovery', (ledger) => {
	const EVENTS: PaymentEvent[] = Array.from({ length: 6 }, (_, index) =>
		renewalEvent({ eventKey: `k${index}` }),
	);
	/** Three customers with two events each. */
	const serialKey = (index: number) => `c${index % 3}`;

	const step = fc.record({
		action: fc.constantFrom('deliver', 'deliver', 'takeDue', 'takeUp', 'finish', 'fail', 'crash'),
		pick: fc.nat({ max: 1000 }),
	});
	/** What one batch holds happens at once. */
	const schedule = fc.array(fc.array(step, { minLength: 1, maxLength: 8 }), { maxLength: 20 });

	beforeAll(() =>
		ledger.sql(`
			CREATE TABLE audit (step bigint GENERATED ALWAYS AS IDENTITY, event_id int, serial_key text, status text);
			CREATE FUNCTION audit_event() RETURNS trigger LANGUAGE plpgsql AS $$
			BEGIN
				INSERT INTO audit (event_id, serial_key, status) VALUES (NEW.id, NEW.serial_key, NEW.status);
				RETURN NEW;
			END $$;
			CREATE TRIGGER audit_inserted AFTER INSERT ON fulfillment.events FOR EACH ROW EXECUTE FUNCTION audit_event();
			CREATE TRIGGER audit_updated AFTER UPDATE ON fulfillment.events FOR EACH ROW
				WHEN (OLD.status <> NEW.status) EXECUTE FUNCTION audit_event();
		`),
	);

	async function play(batches: Array<Array<{ action: string; pick: number }>>): Promise<void> {
		await ledger.empty();
		await ledger.sql('TRUNCATE audit');
		/** Every token ever given out, so that holders that lost their lease go on acting. */
		const tokens: Claim[] = [];
		const keep = (id: string | null, token: string | null) => {
			if (id && token) tokens.push({ event_id: id, lease_token: token });
		};
		const delivered = new Set<string>();
		const take = async () => {
			for (const { event_id, lease_token } of await ledger.rows<Claim>('take_due_events', {}))
				keep(event_id, lease_token);
		};

		const actions: Record<string, (pick: number) => Promise<void>> = {
			async deliver(pick) {
				const index = pick % EVENTS.length;
				const receipt = await ledger.receive(EVENTS[index] as PaymentEvent, {
					...RENEWALS,
					serial_key: serialKey(index),
				});
				delivered.add(receipt.event_id);
				keep(receipt.event_id, receipt.lease_token);
			},
			takeDue: take,
			async takeUp(pick) {
				const token = tokens[pick % tokens.length];
				if (token) await ledger.row<Receipt>('take_up_event', { ...token, execution_id: `exec-${pick}` });
			},
			async finish(pick) {
				const token = tokens[pick % tokens.length];
				if (!token) return;
				const next = await ledger.finish(token);
				keep(next.next_event_id, next.next_lease_token);
			},
			async fail(pick) {
				const token = tokens[pick % tokens.length];
				if (!token) return;
				const next = await ledger.row<Handover>('fail_event', { ...token, error: 'x' });
				keep(next.next_event_id, next.next_lease_token);
			},
			async crash(pick) {
				const id = [...delivered][pick % delivered.size];
				if (id) await ledger.letTimePass(id);
			},
		};

		for (const batch of batches) await Promise.all(batch.map(({ action, pick }) => actions[action]?.(pick)));

		const open = () => ledger.sql("SELECT id FROM fulfillment.events WHERE status <> 'done'");
		for (let round = 0; round < 2 * EVENTS.length && (await open()).length > 0; round++) {
			for (const { id } of await open()) await ledger.letTimePass(String(id));
			for (const claim of await ledger.rows<Claim>('take_due_events', {})) await ledger.finish(claim);
		}
		expect(await open()).toEqual([]);
		expectSerial(
			await ledger.sql('SELECT event_id, serial_key, status FROM audit ORDER BY step'),
			delivered.size,
		);
	}

	it('runs one event of a customer at a time, oldest first, and finishes each exactly once', async () => {
		await fc.assert(fc.asyncProperty(schedule, play), { seed: 20250302, numRuns: 40, endOnFailure: true });
	}, 120_000);
});

/** Replays the audit: per customer never two at a time, nobody overtakes who waits, every event done exactly once. */
function expectSerial(audit: Row[], delivered: number): void {
	const status = new Map<number, string>();
	const customer = new Map<number, string>();
	const done: number[] = [];
	for (const entry of audit) {
		const [id, key, now] = [Number(entry.event_id), String(entry.serial_key), String(entry.status)];
		const others = [...status].filter(([other]) => other !== id && customer.get(other) === key);
		if (now === 'processing') {
			expect(others.filter(([, other]) => other === 'processing')).toEqual([]);
			const waitedLonger = others.filter(([other, itsStatus]) => itsStatus === 'received' && other < id);
			expect(waitedLonger).toEqual([]);
		}
		if (now === 'done') done.push(id);
		status.set(id, now);
		customer.set(id, key);
	}
	expect(new Set(done).size).toBe(done.length);
	expect(done).toHaveLength(delivered);
}

/** Finishes an event and everything it hands over; returns the ids in order. */
async function finishAll(ledger: Ledger, first: Claim): Promise<number[]> {
	const ids: number[] = [];
	for (let claim: Claim | null = first; claim;) {
		ids.push(Number(claim.event_id));
		const next: Handover = await ledger.finish(claim);
		claim =
			next.next_event_id && next.next_lease_token
				? { event_id: next.next_event_id, lease_token: next.next_lease_token }
				: null;
	}
	return ids;
}
