import type { Charge, CheckoutSession, Dispute, PaymentIntent, Refund } from '../../../sandbox/stripe/objects';
import { courseFields, newSession, paidCourse, type Stage, startStage } from './stage';

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

describe('paying by card (ST3, providers/stripe.md §5, §6)', () => {
	it('completes the session paid', async () => {
		const id = await newSession(stage);
		const session = stage.stripe.control.pay(id, { email: 'ivan@example.com', name: 'Іван' });
		expect(session).toMatchObject({
			status: 'complete', payment_status: 'paid', url: null, customer: null,
			payment_intent: expect.stringMatching(/^pi_/),
			customer_details: { email: 'ivan@example.com', name: 'Іван', phone: null },
		});
		expect(types()).toEqual([
			'payment_intent.created', 'charge.succeeded', 'payment_intent.succeeded', 'checkout.session.completed',
		]);
		expect(() => stage.stripe.control.pay(id)).toThrow('status of `complete`');
	});

	it('puts the metadata where the real one puts it', async () => {
		const id = await newSession(stage, courseFields({
			'metadata[only]': 'session', 'payment_intent_data[metadata][only]': 'payment',
		}));
		stage.stripe.control.pay(id);
		expect(last<CheckoutSession>('checkout.session.completed').object.metadata)
			.toEqual({ tg_id: '5000000001', only: 'session' });
		expect(last<PaymentIntent>('payment_intent.succeeded').object.metadata)
			.toEqual({ tg_id: '5000000001', only: 'payment' });
		expect(last<Charge>('charge.succeeded').object.metadata).toEqual({ tg_id: '5000000001', only: 'payment' });
		const bare = Object.entries(courseFields()).filter(([name]) => !name.startsWith('payment_intent_data'));
		stage.stripe.control.pay(await newSession(stage, Object.fromEntries(bare)));
		expect(last<Charge>('charge.succeeded').object.metadata).toEqual({});
		expect(last<Charge>('charge.succeeded').object).not.toHaveProperty('invoice');
		expect(last<Charge>('charge.succeeded').object).not.toHaveProperty('refunds');
	});

	it('can be read back', async () => {
		const { session, intent } = await paidCourse(stage);
		const payment = await read<PaymentIntent>(`/payment_intents/${intent}`);
		expect(payment).toMatchObject({ status: 'succeeded', amount: 4900, amount_received: 4900, currency: 'eur' });
		expect(await read(`/charges/${payment.latest_charge}`)).toMatchObject({ paid: true, refunded: false, amount: 4900 });
		const found = await stage.get('/checkout/sessions', {
			payment_intent: intent, 'expand[0]': 'data.payment_intent.latest_charge',
		});
		expect(found.data.data).toMatchObject([{ id: session, payment_intent: { latest_charge: { paid: true } } }]);
	});

	it('makes a customer only when asked', async () => {
		const session = stage.stripe.control.pay(await newSession(stage, courseFields({ customer_creation: 'always' })));
		expect(session.customer).toMatch(/^cus_/);
		expect(await read(`/customers/${session.customer}`)).toMatchObject({ email: 'buyer@example.com' });
		expect(last<Charge>('charge.succeeded').object.customer).toBe(session.customer);
	});

	it('needs nothing for a free order', async () => {
		const free = courseFields({ 'line_items[0][price_data][unit_amount]': '0' });
		const session = stage.stripe.control.pay(await newSession(stage, free));
		expect(session).toMatchObject({ payment_status: 'no_payment_required', payment_intent: null, status: 'complete' });
		expect(types()).toEqual(['checkout.session.completed']);
	});

	it('leaves the session open when the card is declined', async () => {
		const id = await newSession(stage);
		const session = stage.stripe.control.pay(id, { method: 'declined' });
		expect(session).toMatchObject({ status: 'open', payment_status: 'unpaid' });
		expect(types()).toEqual(['payment_intent.created', 'charge.failed', 'payment_intent.payment_failed']);
		const paid = stage.stripe.control.pay(id);
		expect(paid.payment_intent).toBe(session.payment_intent);
		expect(await read(`/payment_intents/${paid.payment_intent}`)).toMatchObject({
			status: 'succeeded', last_payment_error: null,
		});
	});
});

describe('delayed methods (ST7)', () => {
	it('complete unpaid and are settled later', async () => {
		const id = await newSession(stage);
		expect(stage.stripe.control.pay(id, { method: 'delayed' })).toMatchObject({
			status: 'complete', payment_status: 'unpaid',
		});
		expect(types()).toEqual([
			'payment_intent.created', 'charge.pending', 'payment_intent.processing', 'checkout.session.completed',
		]);
		expect(stage.stripe.control.settleDelayed(id, true).payment_status).toBe('paid');
		expect(types().slice(4)).toEqual([
			'charge.succeeded', 'payment_intent.succeeded', 'checkout.session.async_payment_succeeded',
		]);
		expect(() => stage.stripe.control.settleDelayed(id, false)).toThrow('does not wait');
	});

	it('may fail in the end', async () => {
		const id = await newSession(stage);
		stage.stripe.control.pay(id, { method: 'delayed' });
		const session = stage.stripe.control.settleDelayed(id, false);
		expect(session).toMatchObject({ status: 'complete', payment_status: 'unpaid' });
		expect(types().slice(4)).toEqual([
			'charge.failed', 'payment_intent.payment_failed', 'checkout.session.async_payment_failed',
		]);
		const refund = await stage.post('/refunds', { payment_intent: String(session.payment_intent) });
		expect([refund.status, JSON.stringify(refund.data)]).toEqual([400, expect.stringContaining('successful charge')]);
	});

	it('cannot be settled before they are chosen', async () => {
		const id = await newSession(stage);
		expect(() => stage.stripe.control.settleDelayed(id, true)).toThrow('does not wait');
	});
});

describe('refunds', () => {
	it('give everything back by default', async () => {
		const { intent } = await paidCourse(stage);
		const { data } = await stage.post('/refunds', {
			payment_intent: intent, reason: 'requested_by_customer', 'metadata[why]': 'asked',
		});
		expect(data).toMatchObject({
			object: 'refund', amount: 4900, currency: 'eur', payment_intent: intent, status: 'succeeded',
			reason: 'requested_by_customer', metadata: { why: 'asked' },
		});
		expect(types().slice(-2)).toEqual(['refund.created', 'charge.refunded']);
		const { object, previous_attributes } = last<Charge>('charge.refunded');
		expect(object).toMatchObject({
			amount: 4900, amount_refunded: 4900, refunded: true, metadata: { tg_id: '5000000001' }, payment_intent: intent,
		});
		expect(previous_attributes).toEqual({ amount_refunded: 0, refunded: false });
		expect(last<Refund>('refund.created').object.metadata).toEqual({ why: 'asked' });
		expect((await stage.get(`/refunds/${String(data.id)}`)).data.id).toBe(data.id);
	});

	it('add up when partial', async () => {
		const { intent } = await paidCourse(stage);
		const refund = async (amount: string) => await stage.post('/refunds', { payment_intent: intent, amount });
		expect((await refund('1000')).status).toBe(200);
		expect(last<Charge>('charge.refunded').object).toMatchObject({ amount_refunded: 1000, refunded: false });
		const tooMuch = await refund('3901');
		expect([tooMuch.status, tooMuch.data.error]).toEqual([400, expect.objectContaining({ param: 'amount' })]);
		expect((await refund('3900')).status).toBe(200);
		expect(last<Charge>('charge.refunded')).toMatchObject({
			object: { amount_refunded: 4900, refunded: true }, previous_attributes: { amount_refunded: 1000, refunded: false },
		});
		const none = await refund('1');
		expect([none.status, none.data.error]).toEqual([400, expect.objectContaining({ code: 'charge_already_refunded' })]);
		expect((await stage.get('/refunds', { payment_intent: intent })).data.data).toHaveLength(2);
		const { charge } = last<Refund>('refund.created').object;
		expect((await stage.get('/refunds', { charge, limit: '1' })).data).toMatchObject({ has_more: true });
	});

	it('are made by charge too, but not by both or neither', async () => {
		const { intent } = await paidCourse(stage);
		const charge = String((await read<PaymentIntent>(`/payment_intents/${intent}`)).latest_charge);
		expect((await stage.post('/refunds', { charge, payment_intent: intent })).status).toBe(400);
		expect((await stage.post('/refunds', { amount: '1' })).status).toBe(400);
		expect((await stage.post('/refunds', { charge: 'ch_none' })).status).toBe(400);
		expect((await stage.post('/refunds', { charge, amount: '0' })).status).toBe(400);
		expect((await stage.post('/refunds', { charge, reason: 'bored' })).status).toBe(400);
		expect((await stage.post('/refunds', { charge })).data.amount).toBe(4900);
	});
});

describe('disputes (ST7)', () => {
	it('know nothing of the order', async () => {
		const { intent } = await paidCourse(stage);
		stage.stripe.control.dispute(intent);
		const { object } = last<Dispute>('charge.dispute.created');
		expect(object).toMatchObject({
			object: 'dispute', amount: 4900, payment_intent: intent, status: 'needs_response',
		});
		expect(object.metadata).toEqual({});
		expect(JSON.stringify(object)).not.toContain('5000000001');
		expect(await read(`/charges/${object.charge}`)).toMatchObject({ disputed: true, refunded: false });
		const refund = await stage.post('/refunds', { payment_intent: intent });
		expect([refund.status, refund.data.error]).toEqual([400, expect.objectContaining({ code: 'charge_disputed' })]);
		expect(() => stage.stripe.control.dispute(intent)).toThrow('already disputed');
	});

	it.each([
		['won', ['charge.dispute.closed', 'charge.dispute.funds_reinstated'], 200],
		['lost', ['charge.dispute.closed'], 400],
	] as const)('are %s', async (outcome, events, refundStatus) => {
		const { intent } = await paidCourse(stage);
		stage.stripe.control.dispute(intent);
		const before = types().length;
		stage.stripe.control.closeDispute(intent, outcome);
		expect(types().slice(before)).toEqual(events);
		expect(last<Dispute>('charge.dispute.closed').object.status).toBe(outcome);
		expect(() => stage.stripe.control.closeDispute(intent, outcome)).toThrow('no open dispute');
		expect((await stage.post('/refunds', { payment_intent: intent })).status).toBe(refundStatus);
	});
});

describe('saving a card', () => {
	it('completes without a payment', async () => {
		const fields = { mode: 'setup', success_url: 'http://127.0.0.1:9/thanks' };
		const session = stage.stripe.control.pay(await newSession(stage, fields));
		expect(session).toMatchObject({ payment_status: 'no_payment_required', amount_total: null, payment_intent: null });
	});
});
