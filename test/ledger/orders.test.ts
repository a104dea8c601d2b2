import { describeLedger, orderInput, paymentEvent } from './ledger';

describeLedger('orders', (ledger) => {
	it('PC1, PC10: creates a pending order with an unguessable number of 160 bits', async () => {
		const orders = await Promise.all(
			Array.from({ length: 50 }, () => ledger.row('create_order', orderInput())),
		);
		expect(orders[0]).toMatchObject({
			status: 'pending',
			amount_minor: '100000',
			currency: 'RUB',
			created_at: expect.any(Date),
		});
		for (const order of orders) expect(order.order_ref).toMatch(/^[0-9a-f]{40}$/);
		expect(new Set(orders.map((order) => order.order_ref)).size).toBe(50);
	});

	it('ST8: 20 calls with one idempotency key make one order', async () => {
		const calls = Array.from({ length: 20 }, () => ledger.order({ idempotency_key: 'cart-1' }));
		expect(new Set(await Promise.all(calls)).size).toBe(1);
		expect(await ledger.sql('SELECT count(*)::int AS n FROM fulfillment.orders')).toEqual([{ n: 1 }]);
	});

	it.each([
		['provider', { provider: 'stripe' }],
		['amount', { amount_minor: 1 }],
		['currency', { currency: 'USD' }],
	])('refuses an idempotency key used with another %s', async (_what, change) => {
		await ledger.order({ idempotency_key: 'cart-1' });
		await expect(ledger.order({ idempotency_key: 'cart-1', ...change })).rejects.toThrow(
			/^idempotency_key: was used/,
		);
	});

	it('keeps idempotency keys of two pipelines apart', async () => {
		const first = await ledger.order({ idempotency_key: 'cart-1' });
		expect(await ledger.order({ idempotency_key: 'cart-1', pipeline: 'other' })).not.toBe(first);
	});

	it.each([
		['pipeline: is required', { pipeline: null }],
		['pipeline: is required', { pipeline: '' }],
		['pipeline: must have at most 100 characters, has 101', { pipeline: 'p'.repeat(101) }],
		['provider: must be a text', { provider: ['prodamus'] }],
		['amount_minor: is required', { amount_minor: undefined }],
		['amount_minor: must be a whole number from 1 to 9007199254740991, got "0"', { amount_minor: 0 }],
		['amount_minor: must be a whole number from 1', { amount_minor: -5 }],
		['amount_minor: must be a whole number from 1', { amount_minor: 10.5 }],
		['amount_minor: must be a whole number from 1', { amount_minor: 1e300 }],
		['amount_minor: must be a whole number from 1', { amount_minor: 'a lot' }],
		['currency: is required', { currency: null }],
		['currency: must be three upper-case letters, got "rub"', { currency: 'rub' }],
		['customer: must be an object', { customer: 'buyer@example.com' }],
		['customer.email: must have at most 320 characters', { customer: { email: 'x'.repeat(321) } }],
		['customer.phone: must be a number in E.164', { customer: { phone: '89990000001' } }],
		['customer.telegram_id: must be digits', { customer: { telegram_id: '@buyer' } }],
		['details: must be an object', { details: [1] }],
	])('PC3: refuses and says "%s"', async (message, change) => {
		await expect(ledger.order(change)).rejects.toMatchObject({
			code: '22023',
			message: expect.stringContaining(message),
		});
		expect(await ledger.sql('SELECT FROM fulfillment.orders')).toHaveLength(0);
	});

	describe('PC6: read_order', () => {
		const pipeline = 'prodamus-chakra';
		const details = { birth_date: '1990-01-31', points: [1, 2] };

		it('answers not_found for an unknown number and for one of another pipeline', async () => {
			const order_ref = await ledger.order();
			expect(await ledger.row('read_order', { order_ref: 'f'.repeat(40), pipeline })).toMatchObject({
				outcome: 'not_found',
			});
			expect(await ledger.row('read_order', { order_ref, pipeline: 'other' })).toMatchObject({
				outcome: 'not_found',
			});
		});

		it('goes from not_paid over preparing to ready, and never shows personal data', async () => {
			const customer = {
				name: 'Test Buyer',
				email: 'buyer@example.com',
				phone: '+79990000001',
				telegram_id: '77',
			};
			const order_ref = await ledger.order({ details, customer });
			const read = () => ledger.row('read_order', { order_ref, pipeline });
			expect(await read()).toEqual({
				outcome: 'not_paid',
				status: 'pending',
				amount_minor: '100000',
				currency: 'RUB',
				created_at: expect.any(Date),
				paid_at: null,
				details,
				result: null,
			});

			const claim = await ledger.claim(paymentEvent({ orderRef: order_ref }));
			expect(await read()).toMatchObject({ outcome: 'preparing', paid_at: new Date('2025-03-01T09:00:00Z') });

			await ledger.finish(claim, { result: { text: 'reading' } });
			const ready = await read();
			expect(ready).toMatchObject({ outcome: 'ready', status: 'paid', result: { text: 'reading' } });
			for (const personal of Object.values(customer)) expect(JSON.stringify(ready)).not.toContain(personal);
		});

		it('shows no result of a refunded order', async () => {
			const order_ref = await ledger.order();
			await ledger.finish(await ledger.claim(paymentEvent({ orderRef: order_ref })), { result: 'reading' });
			await ledger.receive(paymentEvent({ orderRef: order_ref, kind: 'refunded', eventKey: 'r' }));
			expect(await ledger.row('read_order', { order_ref, pipeline })).toMatchObject({
				outcome: 'not_paid',
				status: 'refunded',
				result: null,
			});
		});

		it('refuses a call without a number', async () => {
			await expect(ledger.row('read_order', { pipeline })).rejects.toThrow('order_ref: is required');
		});
	});
});
