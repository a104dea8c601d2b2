import { type PaymentEvent, paymentEventSchema } from '../../nodes/shared/paymentEvent';
import { openPglite } from '../support/pglite';
import { ledgerSql, openPostgres, type TestDatabase } from '../support/postgres';

/** Both databases the ledger is made for. */
export const ENGINES: ReadonlyArray<[name: string, open: () => Promise<TestDatabase>]> = [
	['PGlite', openPglite],
	['PostgreSQL', openPostgres],
];

/** Starting an engine and installing the ledger takes seconds on a busy machine. */
export const START_TIMEOUT_MS = 60_000;

export type Row = Record<string, unknown>;

/** Row of `receive_event` and `take_up_event`. */
export interface Receipt {
	outcome: string;
	reason: string | null;
	event_id: string;
	lease_token: string | null;
	event: PaymentEvent | null;
	order: Row | null;
}

/** The columns of an event that name its holder. */
export interface Claim {
	event_id: string;
	lease_token: string;
}

/** Row of `finish_event`, and the end of those of `fail_event` and `fail_execution`. */
export interface Handover {
	outcome: string;
	next_event_id: string | null;
	next_lease_token: string | null;
	next_workflow_id: string | null;
}

/** An installed ledger as a workflow calls it: one function, one jsonb parameter. */
export class Ledger {
	private database?: TestDatabase;

	constructor(private readonly openDatabase: () => Promise<TestDatabase>) {}

	async open(): Promise<void> {
		this.database = await this.openDatabase();
		await this.database.pool.query(ledgerSql());
	}

	async close(): Promise<void> {
		await this.database?.close();
	}

	async empty(): Promise<void> {
		const tables = await this.sql<{ names: string }>(
			`SELECT string_agg(format('%I.%I', schemaname, tablename), ', ') AS names FROM pg_tables
			WHERE schemaname = 'fulfillment' AND tablename <> 'schema_migrations'`,
		);
		await this.sql(`TRUNCATE ${String(tables[0]?.names)}`);
	}

	get pool(): TestDatabase['pool'] {
		if (!this.database) throw new Error('The ledger is not open');
		return this.database.pool;
	}

	async sql<T extends Row = Row>(text: string, values: unknown[] = []): Promise<T[]> {
		return (await this.pool.query<T>(text, values)).rows;
	}

	async rows<T = Row>(fn: string, p: Row): Promise<T[]> {
		return (await this.pool.query(`SELECT * FROM fulfillment.${fn}($1::jsonb)`, [JSON.stringify(p)]))
			.rows as T[];
	}

	async row<T = Row>(fn: string, p: Row): Promise<T> {
		const rows = await this.rows<T>(fn, p);
		if (rows.length !== 1) throw new Error(`${fn} answered ${rows.length} rows`);
		return rows[0] as T;
	}

	/** A pending order of 1000.00 RUB; returns its number. */
	async order(overrides: Row = {}): Promise<string> {
		const order = await this.row<{ order_ref: string }>('create_order', orderInput(overrides));
		return order.order_ref;
	}

	receive(event: PaymentEvent, overrides: Row = {}): Promise<Receipt> {
		return this.row<Receipt>('receive_event', delivery(event, overrides));
	}

	/** Receives an event that has to be claimed. */
	async claim(event: PaymentEvent, overrides: Row = {}): Promise<Claim> {
		const { outcome, reason, event_id, lease_token } = await this.receive(event, overrides);
		if (outcome !== 'claimed' || !lease_token) throw new Error(`Not claimed but ${outcome}: ${reason}`);
		return { event_id, lease_token };
	}

	finish(claim: Claim, extra: Row = {}): Promise<Handover> {
		return this.row<Handover>('finish_event', { ...claim, ...extra });
	}

	/** The stored row of an event. */
	async stored(eventId: string): Promise<Row> {
		return (await this.sql('SELECT * FROM fulfillment.events WHERE id = $1', [eventId]))[0] as Row;
	}

	/** Lets the time pass that a lease or a retry of an event needs. */
	async letTimePass(eventId: string): Promise<void> {
		await this.sql(
			`UPDATE fulfillment.events SET lease_until = lease_until - interval '2 days',
				next_attempt_at = next_attempt_at - interval '2 days' WHERE id = $1`,
			[eventId],
		);
	}

	alerts(): Promise<Row[]> {
		return this.sql('SELECT kind, message, event_id, order_ref, details FROM fulfillment.alerts ORDER BY id');
	}
}

/** Runs the same tests on every engine, each with a ledger of its own that is emptied before every test. */
export function describeLedger(title: string, tests: (ledger: Ledger) => void): void {
	describe.each(ENGINES)(`${title} on %s`, (_name, openDatabase) => {
		const ledger = new Ledger(openDatabase);
		beforeAll(() => ledger.open(), START_TIMEOUT_MS);
		afterAll(() => ledger.close(), START_TIMEOUT_MS);
		beforeEach(() => ledger.empty());
		tests(ledger);
	});
}

export function orderInput(overrides: Row = {}): Row {
	return {
		pipeline: 'prodamus-chakra',
		provider: 'prodamus',
		amount_minor: 100000,
		currency: 'RUB',
		customer: { email: 'buyer@example.com' },
		...overrides,
	};
}

export function delivery(event: PaymentEvent, overrides: Row = {}): Row {
	return {
		event,
		pipeline: 'prodamus-chakra',
		workflow_id: 'wf-chakra',
		execution_id: 'exec-1',
		kinds: ['paid'],
		...overrides,
	};
}

/** A payment of 1000.00 RUB, checked by the nodes' schema, so that the ledger is tested with what they emit. */
export function paymentEvent(overrides: Partial<PaymentEvent> = {}): PaymentEvent {
	return paymentEventSchema.parse({
		version: 1,
		provider: 'prodamus',
		kind: 'paid',
		eventKey: '7001:success',
		orderRef: null,
		providerPaymentId: '7001',
		amountMinor: 100000,
		currency: 'RUB',
		occurredAt: '2025-03-01T09:00:00Z',
		isTest: false,
		reason: null,
		customer: {
			name: null,
			email: 'buyer@example.com',
			phone: null,
			telegramId: null,
			telegramUsername: null,
		},
		items: [],
		subscription: null,
		utm: {},
		...overrides,
	});
}

/** A renewal of a subscription; it has no order. */
export function renewalEvent(overrides: Partial<PaymentEvent> = {}): PaymentEvent {
	return paymentEvent({
		kind: 'renewed',
		eventKey: '42:2',
		providerPaymentId: null,
		subscription: subscription(),
		...overrides,
	});
}

export function subscription(
	overrides: Partial<NonNullable<PaymentEvent['subscription']>> = {},
): NonNullable<PaymentEvent['subscription']> {
	return {
		planId: 'plan-1',
		subscriptionId: '42',
		name: 'Club',
		paymentNumber: 2,
		nextPaymentAt: '2025-04-01T09:00:00Z',
		renews: true,
		errorCode: null,
		...overrides,
	};
}
