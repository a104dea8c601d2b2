import { type Claim, describeLedger, type Row } from './ledger';
import { Billing, type BillingEvent, type Cancellation, DAY_MS, HOUR_MS, PRICE, type Renewal } from './plans';

/** `BILLING_YEAR_USERS=200` for a longer run of the same. */
const USERS = Number(process.env.BILLING_YEAR_USERS ?? 60);
const DAYS = 396;
const SEED = 20250304;

/** What the provider holds: the truth the ledger is measured by. */
interface Operation {
	transaction: string;
	orderRef: string;
	requestId: string;
	user: string;
	/** In the time of the simulation. */
	at: number;
	outcome: 'paid' | 'declined' | 'threeDSecure';
	decline?: Row;
	refundedMinor: number;
	/** When all of it went back. */
	refundedAt: number | null;
}

/** Numbers that look like chance and are the same in every run. */
function chance(seed: number): () => number {
	let state = seed;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
	};
}

/** A year of a shop: a provider that refuses, answers that get lost, runs that are cut off, events late, twice or never. */
class Year {
	readonly operations: Operation[] = [];
	private readonly random = chance(SEED);
	private passed = 0;
	private post: Array<{ at: number; event: () => BillingEvent }> = [];
	private requests = new Map<string, Operation>();
	private refunds = 0;

	/** Once true, nothing fails or gets lost any more, and nobody buys. */
	isCalm = false;

	constructor(private readonly billing: Billing) {}

	/** The time of the simulation. */
	get now(): number {
		return this.passed + Date.now();
	}

	/** A moment of the simulation as the ledger has it now. */
	toLedger(at: number): Date {
		return new Date(at - this.passed);
	}

	async day(day: number): Promise<void> {
		await this.billing.pass(24);
		// All rows are written anew every day: without this the dead ones are most of the work.
		if (day % 5 === 0) await this.billing.ledger.sql('VACUUM');
		this.passed += DAY_MS;
		await this.deliver();
		await this.recover();
		if (day % 7 === 6 || this.isCalm) await this.reconcile();
		if (!this.isCalm) await this.users(day);
		const runs = await Promise.all([this.billing.renewals({ limit: 40 }), this.billing.renewals({ limit: 40 })]);
		await this.each(runs.flat(), (renewal) => this.renew(renewal));
		const steps = await this.billing.ledger.rows<Cancellation>('take_cancellations', {});
		await this.each(steps, (step) => this.cancel(step));
		await this.deliver();
		await this.billing.ledger.rows('end_plans', {});
		const notices = await this.billing.notices({ limit: 1000 });
		await this.each(
			notices.filter(() => !this.fails(0.1)),
			({ notice_id }) => this.billing.ledger.row('finish_notice', { notice_id, outcome: 'sent' }),
		);
	}

	private happens(probability: number): boolean {
		return this.random() < probability;
	}

	private fails(probability: number): boolean {
		return this.happens(probability) && !this.isCalm;
	}

	/** A few at a time, as workflows run. */
	private async each<T>(items: T[], work: (item: T) => Promise<unknown>): Promise<void> {
		for (let index = 0; index < items.length; index += 8) await Promise.all(items.slice(index, index + 8).map(work));
	}

	/** New buyers in the first two months; later some call off, and some who have no plan any more come back. */
	private async users(day: number): Promise<void> {
		const plans = await this.billing.ledger.sql('SELECT user_id, status FROM fulfillment.memberships ORDER BY id');
		const status = new Map(plans.map((row) => [String(row.user_id), String(row.status)]));
		await this.each([...Array(USERS).keys()], async (index) => {
			const user = `u-${index}`;
			if (index % 60 === day || (status.has(user) && status.get(user) !== 'active' && this.happens(0.03))) {
				await this.buy(user);
			} else if (status.get(user) === 'active' && this.happens(0.004)) {
				await this.cancel(await this.billing.cancel({ user_id: user }));
			}
		});
	}

	private async buy(user: string): Promise<void> {
		const { order_ref, outcome } = await this.billing.open({ user_id: user });
		if (outcome === 'has_plan' || this.paidFor(order_ref)) return;
		const times = this.happens(0.2) ? 2 : 1;
		for (let time = 1; time <= times; time++) {
			this.charge(order_ref, `${order_ref}-${this.operations.length}`, user, time < times ? 'declined' : 'paid');
		}
	}

	private paidFor(orderRef: string): boolean {
		return this.operations.some((operation) => operation.orderRef === orderRef && operation.outcome === 'paid');
	}

	/** The provider charges; a request id is known for an hour. */
	private charge(orderRef: string, requestId: string, user: string, forced?: Operation['outcome']): Operation {
		const known = this.requests.get(requestId);
		if (known && this.now - known.at < HOUR_MS) return known;
		const dice = this.random();
		const outcome = forced ?? (dice < 0.6 ? 'paid' : dice < 0.98 ? 'declined' : 'threeDSecure');
		const operation: Operation = {
			transaction: this.billing.transaction(),
			orderRef,
			requestId,
			user,
			at: this.now,
			outcome,
			refundedMinor: 0,
			refundedAt: null,
			...(outcome === 'declined' && {
				decline: dice < 0.95 ? { code: '5051', class: 'temporary' } : { code: '5005', class: 'hard' },
			}),
		};
		this.operations.push(operation);
		this.requests.set(requestId, operation);
		if (outcome !== 'threeDSecure') this.mail(operation.at, () => this.eventOf(operation));
		return operation;
	}

	private eventOf({ orderRef, outcome, transaction, user, at, decline }: Operation): BillingEvent {
		return this.billing.fact(orderRef, outcome === 'paid' ? 'paid' : 'failed', {
			providerPaymentId: transaction,
			occurredAt: this.toLedger(at).toISOString(),
			raw: { AccountId: user, ...(outcome === 'paid' && { Token: `tk_${user}` }) },
			decline,
		});
	}

	/** At once, days late, never; sometimes twice. */
	private mail(at: number, event: () => BillingEvent): void {
		if (this.fails(0.05)) return;
		this.post.push({ at: this.happens(0.6) ? at : at + Math.ceil(this.random() * 2) * DAY_MS, event });
		if (this.happens(0.2)) this.post.push({ at: at + DAY_MS, event });
	}

	private async deliver(): Promise<void> {
		const due = this.post.filter(({ at }) => this.isCalm || at <= this.now);
		this.post = this.post.filter((letter) => !due.includes(letter));
		await this.each(due, ({ event }) => this.take(event()));
	}

	/** Takes an event in; the run may be cut off at every step. */
	private async take(event: BillingEvent): Promise<void> {
		const receipt = await this.billing.receive(event);
		if (receipt.outcome === 'claimed' && !this.fails(0.1)) await this.fulfil(receipt as Claim);
	}

	private async fulfil(first: Claim): Promise<void> {
		for (let claim: Claim | null = first; claim;) {
			const [stored] = await this.billing.ledger.sql('SELECT kind FROM fulfillment.events WHERE id = $1', [
				claim.event_id,
			]);
			await (stored?.kind === 'paid' ? this.billing.activate(claim.event_id) : this.billing.settle(claim.event_id));
			if (this.fails(0.05)) return;
			const next = await this.billing.ledger.finish(claim);
			claim = next.next_event_id ? { event_id: next.next_event_id, lease_token: String(next.next_lease_token) } : null;
		}
	}

	private async recover(): Promise<void> {
		const due = await this.billing.ledger.rows<Claim>('take_due_events', { limit: 1000 });
		await this.each(due, (claim) => this.fulfil(claim));
	}

	private async reconcile(): Promise<void> {
		const recent = this.operations.filter(
			({ at, outcome }) => outcome !== 'threeDSecure' && at > this.now - 15 * DAY_MS,
		);
		const events = recent.map((operation) => this.eventOf(operation));
		const unknown = await this.billing.ledger.rows<{ event: BillingEvent }>('unknown_events', {
			provider: 'cloudpayments',
			events,
		});
		await this.each(unknown, ({ event }) => this.take(event));
	}

	/** One row of take_renewals, as the workflow does it. */
	private async renew(renewal: Renewal): Promise<void> {
		if (this.fails(0.05)) return;
		if (renewal.look_first) {
			const found = this.operations.filter(({ orderRef }) => orderRef === renewal.order_ref).at(-1);
			const { next } = await this.record(renewal, found);
			if (next !== 'retry' || (found && found.requestId === renewal.request_id)) return;
		}
		if ((await this.billing.start(renewal)).outcome !== 'sent') return;
		if (this.fails(0.05)) return;
		expect(renewal.token).toBe(`tk_${renewal.user_id}`);
		const operation = this.charge(renewal.order_ref, renewal.request_id, renewal.user_id);
		if (this.fails(0.1)) return;
		if (this.fails(0.05)) await this.billing.record(renewal, 'unknown');
		else await this.record(renewal, operation);
	}

	private record(renewal: Renewal, operation: Operation | undefined): Promise<Row> {
		if (!operation) return this.billing.record(renewal, 'not_found');
		const { outcome, transaction: transaction_id, decline } = operation;
		return this.billing.record(renewal, outcome, { transaction_id, decline });
	}

	/** One row of cancel_plan or take_cancellations, as the workflow does it. */
	private async cancel(step: Cancellation): Promise<void> {
		if (step.action === 'none' || this.fails(0.2)) return;
		const { membership_id } = step;
		let refund_transaction_id: string | undefined;
		if (step.action === 'refund') {
			const paid = this.operations.find(({ transaction }) => transaction === step.transaction_id) as Operation;
			if (!(step.look_first && paid.refundedMinor > 0))
				refund_transaction_id = this.refund(paid, Number(step.amount_minor));
			if (this.fails(0.2)) return;
		}
		const outcome = step.action === 'refund' ? 'refunded' : 'stopped';
		await this.billing.finishCancellation({ membership_id, outcome, refund_transaction_id });
	}

	private refund(paid: Operation, amountMinor: number): string {
		const refundId = `r${++this.refunds}`;
		paid.refundedMinor += amountMinor;
		if (paid.refundedMinor >= PRICE) paid.refundedAt = this.now;
		const at = this.now;
		this.mail(at, () =>
			this.billing.fact(paid.orderRef, 'refunded', {
				providerPaymentId: paid.transaction,
				refundId,
				amountMinor,
				occurredAt: this.toLedger(at).toISOString(),
				raw: { AccountId: paid.user },
			}),
		);
		return refundId;
	}
}

describeLedger(`CP1, CP7, CP9, CP10: ${USERS} users over 13 months`, (ledger) => {
	const billing = new Billing(ledger);
	beforeAll(() => billing.prepare());
	beforeEach(() => billing.plans());

	it('all dates, charges and refunds add up, and nobody is charged twice for a period', async () => {
		const year = new Year(billing);
		for (let day = 0; day < DAYS; day++) await year.day(day);
		year.isCalm = true;
		for (let day = DAYS; day < DAYS + 10; day++) await year.day(day);

		const paid = year.operations.filter(({ outcome }) => outcome === 'paid');
		expect(new Set(paid.map(({ orderRef }) => orderRef)).size).toBe(paid.length);
		const periods =
			await ledger.sql(`SELECT m.user_id, b.transaction_id, b.order_ref, b.is_renewal, b.amount_minor::int, b.refunded_minor::int,
			b.paid_at, b.refunded_at, b.period_days, m.ends_at AS plan_ends_at, m.status
			FROM fulfillment.membership_periods b JOIN fulfillment.memberships m ON m.id = b.membership_id ORDER BY b.membership_id, b.number`);
		const summary = (rows: Array<[unknown, unknown, unknown]>) => rows.map((row) => row.join(' ')).sort();
		expect(summary(periods.map((row) => [row.transaction_id, row.user_id, row.order_ref]))).toEqual(
			summary(paid.map(({ transaction, user, orderRef }) => [transaction, user, orderRef])),
		);

		for (const operation of paid) {
			const period = periods.find((row) => row.transaction_id === operation.transaction) as Row;
			expect(period.refunded_minor).toBe(operation.refundedMinor);
			expect(operation.refundedMinor).toBeLessThanOrEqual(PRICE);
			expect(period.paid_at).toEqual(year.toLedger(operation.at));
			expect(period.refunded_at !== null).toBe(operation.refundedAt !== null);
		}
		for (const user of new Set(paid.map((operation) => operation.user))) {
			let end = 0;
			for (const row of periods
				.filter((period) => period.user_id === user)
				.sort((a, b) => Number(a.paid_at) - Number(b.paid_at))) {
				const start = Math.max(Number(row.paid_at), end);
				end = start + 30 * DAY_MS;
				if (row.refunded_at) end = Math.max(start, Math.min(end, Number(row.refunded_at)));
			}
			const [row] = periods.filter((period) => period.user_id === user);
			expect(row?.plan_ends_at).toEqual(new Date(end));
			expect(row?.status === 'active').toBe(end > Date.now());
		}

		// Attempts of one period: six at most, the third and the fifth at least 25 hours after the one before.
		const renewals = new Set(periods.filter((row) => row.is_renewal).map((row) => row.order_ref));
		const attempts = await ledger.sql(
			"SELECT order_ref, count(*)::int AS tries, bool_or(state = 'paid') AS is_paid FROM fulfillment.renewal_attempts GROUP BY 1",
		);
		for (const { order_ref, tries } of attempts) {
			expect(tries).toBeLessThanOrEqual(6);
			const times = year.operations.filter((operation) => operation.orderRef === order_ref).map(({ at }) => at);
			expect(times.length).toBeLessThanOrEqual(Number(tries));
			for (const index of [2, 4]) {
				if (times.length > index)
					expect(Number(times[index]) - Number(times[index - 1])).toBeGreaterThanOrEqual(25 * HOUR_MS);
			}
		}
		expect(
			attempts
				.filter((row) => row.is_paid)
				.map((row) => row.order_ref)
				.sort(),
		).toEqual([...renewals].sort());

		// One message for each payment, unless it was taken back at once, and nothing left to do.
		const told = await ledger.sql(
			"SELECT kind, count(*)::int AS n FROM fulfillment.plan_notices WHERE kind IN ('paid', 'auto_renewed') GROUP BY 1 ORDER BY 1",
		);
		const purchases = periods.filter((row) => !row.is_renewal).length;
		expect(told[1]).toEqual({ kind: 'paid', n: purchases });
		expect(told[0]?.n).toBeLessThanOrEqual(renewals.size);
		expect(
			await ledger.sql("SELECT kind, reason FROM fulfillment.events WHERE status NOT IN ('done', 'ignored')"),
		).toEqual([]);
		expect(await ledger.sql("SELECT FROM fulfillment.plan_refunds WHERE state = 'planned'")).toEqual([]);
		expect(await ledger.sql('SELECT FROM fulfillment.memberships WHERE cancel_action IS NOT NULL')).toEqual([]);
		expect((await ledger.alerts()).filter(({ kind }) => kind !== 'double_payment')).toEqual([]);
		// Enough of everything has happened.
		expect(renewals.size).toBeGreaterThan(USERS * 5);
		expect(paid.filter(({ refundedMinor }) => refundedMinor > 0).length).toBeGreaterThan(USERS / 10);
		expect(attempts.filter(({ tries }) => Number(tries) > 2).length).toBeGreaterThan(USERS / 10);
	}, 900_000);
});
