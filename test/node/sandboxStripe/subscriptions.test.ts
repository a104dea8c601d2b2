import type { CheckoutSession, Invoice, PaymentIntent, Subscription } from '../../../sandbox/stripe/objects';
import { addPeriod } from '../../../sandbox/stripe/period';
import { clubFields, newSession, type Stage, startStage, subscribed } from './stage';

let stage: Stage;
beforeEach(async () => {
	stage = await startStage();
});
afterEach(async () => await stage.close());

const types = () => stage.stripe.control.events().map(({ type }) => type);
const last = <Item>(type: string): { object: Item; previous_attributes?: Record<string, unknown> } => {
	return stage.stripe.control.events({ type }).at(-1)?.data as unknown as { object: Item };
};
const read = async <Item>(path: string): Promise<Item> => (await stage.get(path)).data as unknown as Item;
const periodOf = ({ items }: Subscription) => {
	return [items.data[0]?.current_period_start ?? 0, items.data[0]?.current_period_end ?? 0] as const;
};

describe('a new subscription (providers/stripe.md §5)', () => {
	it('is made after the payment', async () => {
		const session = await newSession(stage, clubFields());
		expect(await read(`/checkout/sessions/${session}`)).toMatchObject({ subscription: null, payment_intent: null });
		const paid = stage.stripe.control.pay(session, { email: 'ira@example.com' });
		expect(paid).toMatchObject({
			status: 'complete', payment_status: 'paid', payment_intent: null, subscription: expect.stringMatching(/^sub_/),
			customer: expect.stringMatching(/^cus_/), invoice: expect.stringMatching(/^in_/),
		});
		expect(types()).toEqual([
			'payment_intent.created', 'customer.created', 'charge.succeeded', 'payment_intent.succeeded', 'invoice.created',
			'invoice.finalized', 'customer.subscription.created', 'invoice.paid', 'invoice.payment_succeeded',
			'invoice_payment.paid', 'checkout.session.completed',
		]);
	});

	it('has the shapes of basil: periods on the items, the subscription below parent', async () => {
		const { id } = await subscribed(stage);
		const subscription = await read<Subscription>(`/subscriptions/${id}`);
		const metadata = { tg_id: '5000000001' };
		expect(subscription).toMatchObject({ status: 'active', metadata, cancel_at_period_end: false });
		expect(subscription).not.toHaveProperty('current_period_end');
		const [start, end] = periodOf(subscription);
		expect(end).toBe(addPeriod(start, 'month', 1));
		const invoice = last<Invoice>('invoice.paid').object;
		expect(invoice).toMatchObject({
			billing_reason: 'subscription_create',
			amount_paid: 1900,
			status: 'paid',
			parent: { type: 'subscription_details', subscription_details: { subscription: id, metadata } },
			lines: { data: [{ amount: 1900, period: { start, end } }] },
		});
		expect(invoice.metadata).toEqual({});
		for (const old of ['subscription', 'charge', 'payment_intent', 'paid']) expect(invoice).not.toHaveProperty(old);
		const payment = last<PaymentIntent>('payment_intent.succeeded').object;
		expect(payment.metadata).toEqual({});
		expect(payment).not.toHaveProperty('invoice');
		expect(await read(`/invoices/${invoice.id}`)).toEqual(invoice);
	});

	it('is found from a payment through its invoice', async () => {
		const { id } = await subscribed(stage);
		await subscribed(stage);
		const first = stage.stripe.control.events({ type: 'payment_intent.succeeded' })[0]?.data.object.id ?? '';
		const { data } = await stage.get('/invoice_payments', {
			'payment[type]': 'payment_intent', 'payment[payment_intent]': first, 'expand[0]': 'data.invoice',
		});
		expect(data).toMatchObject({
			object: 'list',
			data: [{ status: 'paid', invoice: { parent: { subscription_details: { subscription: id } } } }],
		});
		expect((await stage.get('/invoice_payments', { 'payment[payment_intent]': first })).status).toBe(400);
		expect((await stage.get('/invoice_payments', { 'payment[type]': 'payment_intent' })).data.data).toHaveLength(2);
	});

	it('starts with a free trial', async () => {
		const { session, id } = await subscribed(stage, { 'subscription_data[trial_period_days]': '14' });
		expect(await read(`/checkout/sessions/${session}`)).toMatchObject({
			payment_status: 'no_payment_required', amount_total: 0,
		});
		const subscription = await read<Subscription>(`/subscriptions/${id}`);
		const [start, end] = periodOf(subscription);
		expect([subscription.status, end - start, subscription.trial_end]).toEqual(['trialing', 14 * 86_400, end]);
		expect(last<Invoice>('invoice.paid').object).toMatchObject({ amount_paid: 0, lines: { data: [{ amount: 0 }] } });
		expect(types()).not.toContain('charge.succeeded');
		stage.stripe.control.renew(id);
		const { object } = last<Invoice>('invoice.paid');
		expect(object).toMatchObject({ amount_paid: 1900, billing_reason: 'subscription_cycle' });
		expect((await read<Subscription>(`/subscriptions/${id}`)).status).toBe('active');
	});

	it('takes the card again after a declined one', async () => {
		const session = await newSession(stage, clubFields());
		stage.stripe.control.pay(session, { method: 'declined' });
		expect(types()).not.toContain('customer.subscription.created');
		expect(stage.stripe.control.pay(session).payment_status).toBe('paid');
	});

	it.each([[true, 'paid', 'active'], [false, 'unpaid', 'past_due']] as const)(
		'is active before a delayed payment is settled (%s)',
		async (succeeded, paymentStatus, status) => {
			const session = await newSession(stage, clubFields());
			const { subscription } = stage.stripe.control.pay(session, { method: 'delayed' });
			expect(last<CheckoutSession>('checkout.session.completed').object.payment_status).toBe('unpaid');
			expect(await read(`/subscriptions/${subscription}`)).toMatchObject({ status: 'active' });
			expect(types()).not.toContain('invoice.paid');
			expect(() => stage.stripe.control.renew(String(subscription))).toThrow('waits for the bank');
			expect(stage.stripe.control.settleDelayed(session, succeeded).payment_status).toBe(paymentStatus);
			expect(await read(`/subscriptions/${subscription}`)).toMatchObject({ status });
			expect(types().includes(succeeded ? 'invoice.paid' : 'invoice.payment_failed')).toBe(true);
			expect(types().at(-1)).toBe(`checkout.session.async_payment_${succeeded ? 'succeeded' : 'failed'}`);
		},
	);

	it('may come with a one-time fee, charged once', async () => {
		const { id } = await subscribed(stage, {
			'line_items[1][price]': 'price_sandboxCourse', 'line_items[1][quantity]': '1',
		});
		expect(last<Invoice>('invoice.paid').object.amount_paid).toBe(6800);
		stage.stripe.control.renew(id);
		expect(last<Invoice>('invoice.paid').object.amount_paid).toBe(1900);
	});
});

describe('renewals', () => {
	it('charge the next period', async () => {
		const { id } = await subscribed(stage);
		const [, firstEnd] = periodOf(await read<Subscription>(`/subscriptions/${id}`));
		const before = types().length;
		const invoice = stage.stripe.control.renew(id);
		const renewed = await read<Subscription>(`/subscriptions/${id}`);
		expect(periodOf(renewed)).toEqual([firstEnd, addPeriod(firstEnd, 'month', 1)]);
		expect(renewed.latest_invoice).toBe(invoice.id);
		expect(invoice).toMatchObject({
			billing_reason: 'subscription_cycle', status: 'paid', amount_paid: 1900, period_end: firstEnd,
			lines: { data: [{ period: { start: firstEnd, end: addPeriod(firstEnd, 'month', 1) } }] },
		});
		expect(types().slice(before)).toEqual([
			'payment_intent.created', 'invoice.created', 'invoice.finalized', 'customer.subscription.updated',
			'charge.succeeded', 'payment_intent.succeeded', 'invoice.paid', 'invoice.payment_succeeded', 'invoice_payment.paid',
		]);
		expect(last<Subscription>('customer.subscription.updated').previous_attributes).toMatchObject({
			items: { data: [{ current_period_end: firstEnd }] }, latest_invoice: expect.stringMatching(/^in_/),
		});
	});

	it('may fail and are then tried again', async () => {
		const { id } = await subscribed(stage);
		const failed = stage.stripe.control.renew(id, { fail: true });
		expect(failed).toMatchObject({ status: 'open', attempt_count: 1, amount_paid: 0, amount_remaining: 1900 });
		expect(failed.next_payment_attempt).toBeGreaterThan(Date.now() / 1000);
		expect(last<Invoice>('invoice.payment_failed').object.id).toBe(failed.id);
		expect(last<Subscription>('customer.subscription.updated')).toMatchObject({
			object: { status: 'past_due' }, previous_attributes: { status: 'active' },
		});
		expect(stage.stripe.control.renew(id, { fail: true })).toMatchObject({ id: failed.id, attempt_count: 2 });
		expect(stage.stripe.control.events({ type: 'invoice.payment_failed' })).toHaveLength(2);
		expect(stage.stripe.control.renew(id)).toMatchObject({ id: failed.id, status: 'paid', attempt_count: 3 });
		expect(last<Subscription>('customer.subscription.updated')).toMatchObject({
			object: { status: 'active' }, previous_attributes: { status: 'past_due' },
		});
		expect(stage.stripe.control.renew(id).id).not.toBe(failed.id);
	});

	it('can be refunded, without a word of the subscription', async () => {
		const { id } = await subscribed(stage);
		stage.stripe.control.renew(id);
		const intent = last<PaymentIntent>('payment_intent.succeeded').object.id;
		stage.stripe.control.refund(intent, 500);
		const { object } = last<{ metadata: object }>('charge.refunded');
		expect(object).toMatchObject({ amount: 1900, amount_refunded: 500, refunded: false });
		expect(object.metadata).toEqual({});
		expect(JSON.stringify(object)).not.toContain(id);
	});
});

describe('the end of a subscription (ST7)', () => {
	it('is announced for the end of the period, and taken back', async () => {
		const { id } = await subscribed(stage);
		const [, end] = periodOf(await read<Subscription>(`/subscriptions/${id}`));
		const ending = await stage.post(`/subscriptions/${id}`, { cancel_at_period_end: 'true', 'metadata[note]': 'x' });
		expect(ending.data).toMatchObject({
			status: 'active', cancel_at_period_end: true, cancel_at: end, canceled_at: expect.any(Number),
			metadata: { tg_id: '5000000001', note: 'x' },
		});
		expect(last<Subscription>('customer.subscription.updated').previous_attributes).toEqual({
			cancel_at: null, cancel_at_period_end: false, canceled_at: null, metadata: { tg_id: '5000000001' },
		});
		expect(() => stage.stripe.control.renew(id)).toThrow('ends with its period');
		const resumed = await stage.post(`/subscriptions/${id}`, { cancel_at_period_end: 'false', 'metadata[note]': '' });
		expect(resumed.data).toMatchObject({
			cancel_at_period_end: false, cancel_at: null, canceled_at: null, metadata: { tg_id: '5000000001' },
		});
		expect(stage.stripe.control.setCancelAtPeriodEnd(id, true).cancel_at_period_end).toBe(true);
	});

	it.each(['API', 'control'])('comes at once by %s', async (by) => {
		const { id } = await subscribed(stage);
		if (by === 'API') {
			expect((await stage.remove(`/subscriptions/${id}`)).data).toMatchObject({ id, status: 'canceled' });
		} else stage.stripe.control.endSubscription(id);
		expect(last<Subscription>('customer.subscription.deleted').object).toMatchObject({
			id, status: 'canceled', ended_at: expect.any(Number), metadata: { tg_id: '5000000001' },
		});
		expect((await stage.remove(`/subscriptions/${id}`)).status).toBe(404);
		expect((await stage.post(`/subscriptions/${id}`, { cancel_at_period_end: 'true' })).status).toBe(400);
		expect(() => stage.stripe.control.renew(id)).toThrow('is canceled');
		expect((await stage.get('/subscriptions')).data.data).toEqual([]);
		expect((await stage.get('/subscriptions', { status: 'all' })).data.data).toHaveLength(1);
	});

	it('leaves the snapshot of an invoice as it was', async () => {
		const { id } = await subscribed(stage);
		await stage.post(`/subscriptions/${id}`, { 'metadata[tg_id]': '6' });
		const [first] = (await stage.get('/invoices', { subscription: id })).data.data as unknown as Invoice[];
		expect(first?.parent.subscription_details.metadata).toEqual({ tg_id: '5000000001' });
		stage.stripe.control.renew(id);
		expect(last<Invoice>('invoice.paid').object.parent.subscription_details.metadata).toEqual({ tg_id: '6' });
	});
});

describe('billing periods', () => {
	const at = (text: string) => Date.parse(`${text}T12:00:00Z`) / 1000;
	it.each([
		['2027-01-31', 'month', 1, '2027-02-28'],
		['2028-01-31', 'month', 1, '2028-02-29'],
		['2027-11-30', 'month', 3, '2028-02-29'],
		['2028-02-29', 'year', 1, '2029-02-28'],
		['2027-12-30', 'week', 1, '2028-01-06'],
		['2027-12-31', 'day', 2, '2028-01-02'],
	] as const)('%s plus one %s × %d', (start, interval, count, end) => {
		expect(addPeriod(at(start), interval, count)).toBe(at(end));
	});
});
