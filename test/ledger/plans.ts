import type { PaymentEvent } from '../../nodes/shared/paymentEvent';
import { type Claim, type Ledger, paymentEvent, type Receipt, type Row, subscription } from './ledger';

export const PIPELINE = 'cloudpayments-billing';
export const USER = 'u-77';
export const TOKEN = 'tk_secret_0001';
export const PRICE = 99000;
export const DAY_MS = 86_400_000;
export const HOUR_MS = DAY_MS / 24;

export const PRO = {
	code: 'pro',
	name: 'Pro',
	amount_minor: PRICE,
	currency: 'RUB',
	counters: { mails: 100, calls: 3 },
};
export const LITE = { code: 'lite', name: 'Lite', amount_minor: 49000, currency: 'RUB', period_days: 10 };

/** What the trigger emits for a refund of CloudPayments, and the reason of a refusal. */
export type BillingEvent = PaymentEvent & { refundId?: string; decline?: Row };

/** Row of `activate_plan`. */
export interface Activation extends Row {
	outcome: string;
	membership_id: string | null;
	period: number | null;
	starts_at: Date | null;
	ends_at: Date | null;
	create_subscription: boolean;
}

/** Row of `take_renewals`. */
export interface Renewal extends Row {
	membership_id: string;
	user_id: string;
	order_ref: string;
	attempt: number;
	request_id: string;
	look_first: boolean;
	token: string | null;
	amount_minor: string;
}

/** Row of `cancel_plan` and `take_cancellations`. */
export interface Cancellation extends Row {
	action: string;
	membership_id: string | null;
	transaction_id: string | null;
	amount_minor: string | null;
	request_id: string | null;
	look_first: boolean;
}

/** A ledger as the billing workflows call it. */
export class Billing {
	private count = 1000;

	constructor(readonly ledger: Ledger) {}

	/** A number no transaction had before. */
	transaction(): string {
		return String(++this.count);
	}

	async plans(): Promise<void> {
		await this.ledger.rows('save_plans', { plans: [PRO, LITE] });
	}

	open(overrides: Row = {}): Promise<Row & { outcome: string; order_ref: string }> {
		return this.ledger.row('open_plan_order', {
			user_id: USER,
			plan: 'pro',
			customer: { email: 'buyer@example.com' },
			auto_renew: true,
			...overrides,
		});
	}

	/** A fact about an order (or, with null, about none) as the trigger tells it. */
	fact(orderRef: string | null, kind: PaymentEvent['kind'], overrides: Partial<BillingEvent> = {}): BillingEvent {
		const id = overrides.providerPaymentId ?? this.transaction();
		const { refundId, decline, ...event } = overrides;
		return {
			...paymentEvent({
				provider: 'cloudpayments',
				kind,
				eventKey: `transaction:${refundId ?? id}:${kind}`,
				orderRef,
				providerPaymentId: id,
				amountMinor: PRICE,
				occurredAt: new Date().toISOString(),
				raw: { AccountId: USER, Token: TOKEN, CardLastFour: '4242' },
				...event,
			}),
			...(refundId && { refundId }),
			...(decline && { decline }),
		};
	}

	/** The charge of a provider's subscription: no order, but the subscription's number. */
	charge(overrides: Partial<BillingEvent> = {}): BillingEvent {
		const event = subscription({ subscriptionId: 'sc_1', planId: null, paymentNumber: null, nextPaymentAt: null });
		return this.fact(null, 'renewed', { subscription: event, raw: { AccountId: USER }, ...overrides });
	}

	/** What became of a subscription. No money moves. */
	recurrent(kind: PaymentEvent['kind'], overrides: Partial<BillingEvent> = {}): BillingEvent {
		return this.charge({
			kind,
			eventKey: `subscription:sc_1:${kind}:${this.transaction()}`,
			amountMinor: null,
			currency: null,
			subscription: subscription({ subscriptionId: 'sc_1', planId: null, renews: false, paymentNumber: null }),
			...overrides,
		});
	}

	receive(event: BillingEvent): Promise<Receipt> {
		return this.ledger.receive(event, {
			pipeline: PIPELINE,
			workflow_id: 'wf-billing',
			kinds: ['paid', 'renewed', 'failed', 'refunded', 'canceled', 'subscription_ended'],
			needs_order: false,
		});
	}

	activate(eventId: string): Promise<Activation> {
		return this.ledger.row<Activation>('activate_plan', { event_id: eventId });
	}

	settle(eventId: string): Promise<Row> {
		return this.ledger.row('settle_plan_event', { event_id: eventId });
	}

	/** Takes an event in and works it off, as the payment workflow does. */
	async work(event: BillingEvent): Promise<Activation> {
		const receipt = await this.receive(event);
		if (receipt.outcome !== 'claimed') return { outcome: receipt.reason ?? receipt.outcome } as Activation;
		const row = await this.fulfil(receipt.event_id, event);
		await this.ledger.finish(receipt as Claim);
		return row;
	}

	/** Opens an order and pays it. */
	async buy(order: Row = {}, payment: Partial<BillingEvent> = {}): Promise<Activation & { order_ref: string }> {
		const { order_ref } = await this.open(order);
		return { ...(await this.work(this.fact(order_ref, 'paid', payment))), order_ref };
	}

	renewals(p: Row = {}): Promise<Renewal[]> {
		return this.ledger.rows<Renewal>('take_renewals', p);
	}

	start(renewal: Renewal): Promise<Row> {
		const { order_ref, attempt } = renewal;
		return this.ledger.row('start_attempt', { order_ref, attempt });
	}

	record(renewal: Renewal, outcome: string, extra: Row = {}): Promise<Row> {
		const { order_ref, attempt } = renewal;
		return this.ledger.row('record_charge', { order_ref, attempt, outcome, ...extra });
	}

	cancel(p: Row = {}): Promise<Cancellation> {
		return this.ledger.row<Cancellation>('cancel_plan', { user_id: USER, ...p });
	}

	finishCancellation(p: Row): Promise<Row> {
		return this.ledger.row('finish_cancellation', p);
	}

	refund(p: Row): Promise<Row> {
		return this.ledger.row('partial_refund', p);
	}

	notices(p: Row = {}): Promise<Row[]> {
		return this.ledger.rows('take_notices', p);
	}

	/** The kinds of all notices so far, in order. */
	async told(userId = USER): Promise<unknown[]> {
		const rows = await this.ledger.sql('SELECT kind FROM fulfillment.plan_notices WHERE user_id = $1 ORDER BY id', [
			userId,
		]);
		return rows.map(({ kind }) => kind);
	}

	myPlan(userId = USER): Promise<Row> {
		return this.ledger.row('my_plan', { user_id: userId });
	}

	async membership(userId = USER): Promise<Row> {
		return (await this.ledger.sql('SELECT * FROM fulfillment.memberships WHERE user_id = $1', [userId]))[0] as Row;
	}

	periods(userId = USER): Promise<Row[]> {
		return this.ledger.sql(
			`SELECT b.* FROM fulfillment.membership_periods b JOIN fulfillment.memberships m ON m.id = b.membership_id
				WHERE m.user_id = $1 ORDER BY b.number`,
			[userId],
		);
	}

	/** Lets time pass: all that is stored moves into the past. */
	async pass(hours: number): Promise<void> {
		await this.ledger.sql('SELECT pass_time(make_interval(hours => $1))', [hours]);
	}

	/** To be called once before the tests. */
	async prepare(): Promise<void> {
		await this.ledger.sql(`CREATE OR REPLACE FUNCTION pass_time(by interval) RETURNS void LANGUAGE plpgsql AS $$
			DECLARE
				t record;
			BEGIN
				FOR t IN
					SELECT c.table_name, string_agg(format('%1$I = %1$I - %2$L::interval', c.column_name, by), ', ') AS shifts
					FROM information_schema.columns c JOIN information_schema.tables USING (table_schema, table_name)
					WHERE c.table_schema = 'fulfillment' AND table_type = 'BASE TABLE'
						AND c.data_type = 'timestamp with time zone'
					GROUP BY c.table_name
				LOOP
					EXECUTE format('UPDATE fulfillment.%I SET %s', t.table_name, t.shifts);
				END LOOP;
			END $$`);
	}

	private async fulfil(eventId: string, { kind }: PaymentEvent): Promise<Activation> {
		if (kind === 'paid' || kind === 'renewed') return await this.activate(eventId);
		return (await this.settle(eventId)) as Activation;
	}
}
