import { describeLedger } from './ledger';
import { Billing, type BillingEvent, PRICE } from './plans';

describeLedger('refunds of an order that each name their own amount', (ledger) => {
	const billing = new Billing(ledger);
	beforeAll(() => billing.prepare());
	beforeEach(() => billing.plans());

	const order = async () => (await ledger.sql('SELECT status, refunded_minor FROM fulfillment.orders'))[0];
	const refund = (
		orderRef: string | null,
		refundId: string,
		amountMinor: number | null,
		overrides: Partial<BillingEvent> = {},
	) =>
		billing.fact(orderRef, 'refunded', {
			providerPaymentId: '7001',
			refundId,
			amountMinor,
			currency: null,
			...overrides,
		});
	const paid = async () => {
		const { order_ref } = await billing.open();
		await billing.work(billing.fact(order_ref, 'paid', { providerPaymentId: '7001' }));
		return order_ref;
	};

	it('add up, each once, until the order is refunded', async () => {
		const orderRef = await paid();
		await billing.receive(refund(orderRef, '9001', 40000));
		expect(await order()).toEqual({ status: 'paid', refunded_minor: '40000' });
		await billing.receive(refund(orderRef, '9001', 40000, { eventKey: 'the same refund, told otherwise' }));
		expect(await order()).toEqual({ status: 'paid', refunded_minor: '40000' });
		await billing.receive(refund(orderRef, '9002', PRICE - 40001));
		expect(await order()).toEqual({ status: 'paid', refunded_minor: String(PRICE - 1) });
		await billing.receive(refund(orderRef, '9003', 1));
		expect(await order()).toEqual({ status: 'refunded', refunded_minor: String(PRICE) });
	});

	it('without an id the amount is all that went back so far', async () => {
		const orderRef = await paid();
		for (const [index, amountMinor] of [40000, 60000, 40000].entries()) {
			await billing.receive(
				billing.fact(orderRef, 'refunded', { eventKey: `r${index}`, providerPaymentId: '7001', amountMinor }),
			);
		}
		expect(await order()).toEqual({ status: 'paid', refunded_minor: '60000' });
	});

	it('one that does not say how much is all of it', async () => {
		const orderRef = await paid();
		await billing.receive(refund(orderRef, '9001', null));
		expect(await order()).toEqual({ status: 'refunded', refunded_minor: String(PRICE) });
	});

	it('three at once all count', async () => {
		const orderRef = await paid();
		await Promise.all(['9001', '9002', '9003'].map((id) => billing.receive(refund(orderRef, id, PRICE / 3))));
		expect(await order()).toEqual({ status: 'refunded', refunded_minor: String(PRICE) });
	});

	it('two that a person replays at the same time both count', async () => {
		const orderRef = await paid();
		const ids: string[] = [];
		for (const id of ['9001', '9002']) {
			const receipt = await ledger.receive(refund(orderRef, id, 30000, { isTest: true }), {
				pipeline: 'cloudpayments-billing',
				serial_key: id,
			});
			ids.push(receipt.event_id);
		}
		const client = await ledger.pool.connect();
		try {
			await client.query('BEGIN');
			await client.query('SELECT * FROM fulfillment.replay_event($1::jsonb)', [JSON.stringify({ event_id: ids[0] })]);
			const second = ledger.row('replay_event', { event_id: ids[1] });
			// Long enough for the second one to stand before the order.
			await new Promise((resolve) => setTimeout(resolve, 300));
			await client.query('COMMIT');
			await second;
		} finally {
			client.release();
		}
		expect(await order()).toEqual({ status: 'paid', refunded_minor: '60000' });
	});

	it('count when they come before the payment, with the order and without it', async () => {
		const { order_ref } = await billing.open();
		const strict = { pipeline: 'cloudpayments-billing', workflow_id: 'wf', kinds: ['paid', 'refunded'] };
		for (const id of ['9001', '9002']) {
			expect(await ledger.receive(refund(null, id, 30000), strict)).toMatchObject({ reason: 'unknown_order' });
		}
		await ledger.receive(refund(order_ref, '9003', 1000), strict);
		await ledger.receive(billing.fact(order_ref, 'paid', { providerPaymentId: '7001' }), strict);
		expect(await order()).toEqual({ status: 'paid', refunded_minor: '61000' });
		await ledger.receive(refund(null, '9004', PRICE - 61000), strict);
		expect(await order()).toEqual({ status: 'refunded', refunded_minor: String(PRICE) });
	});

	it('a test refund does not count, unless a person replays it', async () => {
		const orderRef = await paid();
		const { event_id } = await billing.receive(refund(orderRef, '9001', 40000, { isTest: true }));
		await billing.receive(refund(orderRef, '9002', 1000));
		expect(await order()).toMatchObject({ refunded_minor: '1000' });
		await ledger.row('replay_event', { event_id });
		expect(await order()).toMatchObject({ refunded_minor: '41000' });
	});
});
