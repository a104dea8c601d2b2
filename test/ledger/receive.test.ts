import type { PaymentEvent } from '../../nodes/shared/paymentEvent';
import { delivery, describeLedger, paymentEvent, renewalEvent } from './ledger';

describeLedger('receive_event', (ledger) => {
	const orderRow = async (orderRef: string) =>
		(await ledger.sql('SELECT * FROM fulfillment.orders WHERE order_ref = $1', [orderRef]))[0];

	it('PC5: claims a payment, sets the order paid and answers payload and order', async () => {
		const orderRef = await ledger.order({
			details: { points: [1] },
			customer: { email: 'buyer@example.com', telegram_id: '77' },
		});
		const event = paymentEvent({ orderRef, raw: { sum: '1000.00' } });
		const receipt = await ledger.receive(event, { lease_seconds: 60 });
		expect(receipt).toMatchObject({
			outcome: 'claimed',
			reason: null,
			lease_token: expect.any(String),
			event,
		});
		expect(receipt.order).toMatchObject({
			order_ref: orderRef,
			status: 'paid',
			amount_minor: 100000,
			currency: 'RUB',
			customer: { email: 'buyer@example.com', telegram_id: '77', name: null },
			details: { points: [1] },
			result: null,
			provider_payment_id: '7001',
		});
		expect(await orderRow(orderRef)).toMatchObject({ status: 'paid', paid_at: new Date(event.occurredAt) });
		const stored = await ledger.stored(receipt.event_id);
		expect(stored).toMatchObject({
			status: 'processing',
			attempts: 1,
			execution_id: 'exec-1',
			workflow_id: 'wf-chakra',
		});
		expect(Number(stored.lease_until) - Number(stored.received_at)).toBe(60_000);
	});

	it('PC5: a repeated delivery is a duplicate, is counted and changes nothing', async () => {
		const orderRef = await ledger.order();
		const event = paymentEvent({ orderRef });
		const { event_id, lease_token } = await ledger.claim(event);
		const again = await ledger.receive(event, { execution_id: 'exec-2' });
		expect(again).toMatchObject({
			outcome: 'duplicate',
			reason: 'processing',
			event_id,
			lease_token: null,
			event,
		});
		await ledger.finish({ event_id, lease_token });
		expect(await ledger.receive(event)).toMatchObject({
			outcome: 'duplicate',
			reason: 'done',
			lease_token: null,
		});
		expect(await ledger.stored(event_id)).toMatchObject({
			status: 'done',
			deliveries: 3,
			attempts: 1,
			execution_id: 'exec-1',
		});
	});

	it.each<[reason: string, Partial<PaymentEvent>]>([
		['mismatch: expected 100000 RUB, got 99999 RUB (minor units)', { amountMinor: 99999 }],
		['mismatch: expected 100000 RUB, got 100001 RUB (minor units)', { amountMinor: 100001 }],
		['mismatch: expected 100000 RUB, got 100000 USD (minor units)', { currency: 'USD' }],
		[
			'mismatch: expected 100000 RUB, got no amount no currency (minor units)',
			{ amountMinor: null, currency: null },
		],
	])('PC7: %s', async (reason, change) => {
		const orderRef = await ledger.order();
		const receipt = await ledger.receive(paymentEvent({ orderRef, ...change }));
		expect(receipt).toMatchObject({
			outcome: 'mismatch',
			reason,
			lease_token: null,
			order: { status: 'pending' },
		});
		expect(await ledger.stored(receipt.event_id)).toMatchObject({ status: 'ignored', reason });
		expect(await ledger.alerts()).toMatchObject([
			{
				kind: 'mismatch',
				event_id: receipt.event_id,
				order_ref: orderRef,
				message: expect.stringContaining(reason),
			},
		]);
		expect(await ledger.receive(paymentEvent({ orderRef, ...change }))).toMatchObject({
			outcome: 'duplicate',
			reason,
		});
		expect(await ledger.alerts()).toHaveLength(1);
	});

	it('PC7: a test payment is kept with its reason and pays nothing', async () => {
		const orderRef = await ledger.order();
		const receipt = await ledger.receive(paymentEvent({ orderRef, isTest: true }));
		expect(receipt).toMatchObject({
			outcome: 'ignored',
			reason: 'test_payment',
			order: { status: 'pending' },
		});
		expect(await ledger.stored(receipt.event_id)).toMatchObject({
			status: 'ignored',
			reason: 'test_payment',
		});
	});

	it('a test payment counts where it is allowed', async () => {
		const orderRef = await ledger.order();
		const receipt = await ledger.receive(paymentEvent({ orderRef, isTest: true }), { allow_test: true });
		expect(receipt).toMatchObject({ outcome: 'claimed', order: { status: 'paid' } });
	});

	it.each([
		['without a number', null],
		['with a number nobody gave', 'f'.repeat(40)],
	])('PC7: a payment %s is ignored as unknown_order', async (_what, orderRef) => {
		const receipt = await ledger.receive(paymentEvent({ orderRef }));
		expect(receipt).toMatchObject({ outcome: 'ignored', reason: 'unknown_order', order: null });
	});

	it.each([
		['pipeline', { pipeline: 'other' }],
		['provider', { provider: 'stripe' }],
	])('an order of another %s is unknown', async (_what, change) => {
		const orderRef = await ledger.order(change);
		expect(await ledger.receive(paymentEvent({ orderRef }))).toMatchObject({ reason: 'unknown_order' });
		expect(await orderRow(orderRef)).toMatchObject({ status: 'pending' });
	});

	it('an event ignored for want of an order is taken by the pipeline that has the order', async () => {
		const orderRef = await ledger.order();
		const event = paymentEvent({ orderRef });
		const other = { pipeline: 'other', workflow_id: 'wf-other' };
		const { event_id } = await ledger.receive(event, other);
		expect(await ledger.receive(event)).toMatchObject({
			outcome: 'claimed',
			event_id,
			order: { status: 'paid' },
		});
		expect(await ledger.receive(event, other)).toMatchObject({ outcome: 'duplicate' });
		expect(await ledger.stored(event_id)).toMatchObject({
			pipeline: 'prodamus-chakra',
			workflow_id: 'wf-chakra',
			order_ref: orderRef,
			reason: null,
			deliveries: 3,
		});
	});

	it('a second payment of one order is ignored and reported', async () => {
		const orderRef = await ledger.order();
		await ledger.claim(paymentEvent({ orderRef }));
		const second = await ledger.receive(
			paymentEvent({ orderRef, eventKey: '7002:success', providerPaymentId: '7002' }),
		);
		expect(second).toMatchObject({ outcome: 'ignored', reason: 'order_already_paid' });
		expect(await ledger.alerts()).toMatchObject([
			{
				kind: 'double_payment',
				event_id: second.event_id,
				message: expect.stringMatching(/7002.*paid.*7001/),
			},
		]);
		expect(await orderRow(orderRef)).toMatchObject({ provider_payment_id: '7001' });
	});

	it('another event about the same payment is ignored without an alert', async () => {
		const orderRef = await ledger.order();
		await ledger.claim(paymentEvent({ orderRef }));
		const receipt = await ledger.receive(paymentEvent({ orderRef, eventKey: 'confirm:7001' }));
		expect(receipt).toMatchObject({ outcome: 'ignored', reason: 'order_already_paid' });
		expect(await ledger.alerts()).toEqual([]);
	});

	describe('PC7: kinds the workflow does not fulfil', () => {
		it.each(['failed', 'canceled', 'expired'] as const)(
			'%s is kept and moves a pending order only',
			async (kind) => {
				const orderRef = await ledger.order();
				const receipt = await ledger.receive(paymentEvent({ orderRef, kind, eventKey: 'a' }));
				expect(receipt).toMatchObject({
					outcome: 'ignored',
					reason: `kind_not_handled: ${kind}`,
					order: { status: kind },
				});

				const paid = await ledger.receive(paymentEvent({ orderRef }));
				expect(paid).toMatchObject({ outcome: 'claimed', order: { status: 'paid' } });
				const late = await ledger.receive(
					paymentEvent({ orderRef, kind, eventKey: 'b', occurredAt: '2025-03-02T09:00:00Z' }),
				);
				expect(late.order).toMatchObject({ status: 'paid' });
			},
		);

		it('a payment still sets the order paid', async () => {
			const orderRef = await ledger.order();
			const receipt = await ledger.receive(paymentEvent({ orderRef }), { kinds: ['renewed'] });
			expect(receipt).toMatchObject({
				outcome: 'ignored',
				reason: 'kind_not_handled: paid',
				order: { status: 'paid' },
			});
		});

		it.each([
			['of the whole amount', 100000, 'refunded'],
			['without an amount', null, 'refunded'],
			['of a part', 1, 'paid'],
		])('a refund %s', async (_what, amountMinor, status) => {
			const orderRef = await ledger.order();
			await ledger.claim(paymentEvent({ orderRef }));
			const refund = await ledger.receive(
				paymentEvent({ orderRef, kind: 'refunded', eventKey: 'r', amountMinor }),
			);
			expect(refund.order).toMatchObject({ status });
		});

		it('a payment that arrives after its refund is not fulfilled', async () => {
			const orderRef = await ledger.order();
			await ledger.receive(paymentEvent({ orderRef, kind: 'refunded', eventKey: 'r' }));
			expect(await ledger.receive(paymentEvent({ orderRef }))).toMatchObject({
				outcome: 'ignored',
				reason: 'order_refunded',
				order: { status: 'refunded' },
			});
			expect(await ledger.alerts()).toEqual([]);
		});
	});

	it('a handled kind that needs an order is ignored without one; a refused renewal is not', async () => {
		const kinds = ['failed'];
		const lost = paymentEvent({ kind: 'failed', eventKey: 'a' });
		expect(await ledger.receive(lost, { kinds })).toMatchObject({
			outcome: 'ignored',
			reason: 'unknown_order',
		});
		const refused = renewalEvent({ kind: 'failed', eventKey: 'b' });
		expect(await ledger.receive(refused, { kinds })).toMatchObject({ outcome: 'claimed' });
	});

	it('PC9: a renewal has no order and is claimed', async () => {
		expect(await ledger.receive(renewalEvent(), { kinds: ['renewed'] })).toMatchObject({
			outcome: 'claimed',
			order: null,
		});
	});

	describe('serial keys', () => {
		it('a customer’s second event waits, and its order is paid all the same', async () => {
			const [first, second] = [
				await ledger.order(),
				await ledger.order({ customer: { email: 'BUYER@example.com' } }),
			];
			await ledger.claim(paymentEvent({ orderRef: first }));
			const waiting = await ledger.receive(paymentEvent({ orderRef: second, eventKey: '7002:success' }));
			expect(waiting).toMatchObject({
				outcome: 'busy',
				lease_token: null,
				order: { order_ref: second, status: 'paid' },
			});
			expect(await ledger.stored(waiting.event_id)).toMatchObject({
				status: 'received',
				serial_key: 'prodamus-chakra:buyer@example.com',
				attempts: 0,
				execution_id: null,
			});
			const again = await ledger.receive(paymentEvent({ orderRef: second, eventKey: '7002:success' }));
			expect(again).toMatchObject({ outcome: 'duplicate', reason: 'received' });
		});

		it.each<
			[what: string, customer: object | undefined, event: Partial<PaymentEvent['customer']>, key: string]
		>([
			[
				'the order’s e-mail',
				{ email: 'A@example.com', phone: '+79990000001' },
				{ email: 'b@example.com' },
				'a@example.com',
			],
			['the order’s phone', { phone: '+79990000001' }, { email: 'b@example.com' }, '+79990000001'],
		])('by %s, whatever the event says', async (_what, customer, contact, key) => {
			const orderRef = await ledger.order({ customer });
			const nobody = { name: null, email: null, phone: null, telegramId: null, telegramUsername: null };
			const { event_id } = await ledger.receive(
				paymentEvent({ orderRef, customer: { ...nobody, ...contact } }),
			);
			expect(await ledger.stored(event_id)).toMatchObject({ serial_key: `prodamus-chakra:${key}` });
		});

		it('by the buyer key of the order', async () => {
			const orderRef = await ledger.order({ customer: {}, buyer_key: 'tg:1' });
			const { event_id } = await ledger.receive(paymentEvent({ orderRef }));
			expect(await ledger.stored(event_id)).toMatchObject({ serial_key: 'prodamus-chakra:tg:1' });
		});

		it.each<[what: string, event: Partial<PaymentEvent['customer']>, key: string]>([
			['e-mail', { email: 'B@example.com', phone: '+79990000002' }, 'b@example.com'],
			['phone', { phone: '+79990000002' }, '+79990000002'],
		])('by the event’s %s when there is no order', async (_what, contact, key) => {
			const nobody = { name: null, email: null, phone: null, telegramId: null, telegramUsername: null };
			const { event_id } = await ledger.receive(renewalEvent({ customer: { ...nobody, ...contact } }));
			expect(await ledger.stored(event_id)).toMatchObject({ serial_key: `prodamus-chakra:${key}` });
		});

		it('by order, then by event, when the customer is unknown', async () => {
			const customer = { name: null, email: null, phone: null, telegramId: null, telegramUsername: null };
			const orderRef = await ledger.order({ customer: {} });
			const paid = await ledger.receive(paymentEvent({ orderRef, customer }));
			const renewed = await ledger.receive(renewalEvent({ customer }));
			expect(await ledger.stored(paid.event_id)).toMatchObject({ serial_key: `prodamus-chakra:${orderRef}` });
			expect(await ledger.stored(renewed.event_id)).toMatchObject({ serial_key: 'prodamus-chakra:42:2' });
		});

		it('as the workflow says; a long one is hashed', async () => {
			const named = await ledger.receive(renewalEvent({ eventKey: 'a' }), { serial_key: 'lead:5' });
			const long = await ledger.receive(renewalEvent({ eventKey: 'b' }), { serial_key: 'x'.repeat(5000) });
			expect(await ledger.stored(named.event_id)).toMatchObject({ serial_key: 'lead:5' });
			expect((await ledger.stored(long.event_id)).serial_key).toMatch(/^sha256:[0-9a-f]{64}$/);
		});
	});

	it.each<[message: string, p: object]>([
		['event.version: must be 1', { event: undefined }],
		['event: must be an object', { event: 'paid' }],
		['event.version: must be 1', { event: { ...paymentEvent(), version: 2 } }],
		['event.provider: is required', { event: { ...paymentEvent(), provider: '' } }],
		['event.eventKey: is required', { event: { ...paymentEvent(), eventKey: null } }],
		[
			'event.eventKey: must have at most 300 characters',
			{ event: { ...paymentEvent(), eventKey: 'k'.repeat(301) } },
		],
		['events_kind_check', { event: { ...paymentEvent(), kind: 'gift' } }],
		['event.amountMinor: must be a whole number from 0', { event: { ...paymentEvent(), amountMinor: 1.5 } }],
		['event.currency: must be three upper-case letters', { event: { ...paymentEvent(), currency: 'rub' } }],
		['event.occurredAt: must be a UTC time', { event: { ...paymentEvent(), occurredAt: 'yesterday' } }],
		[
			'event.occurredAt: is no real date',
			{ event: { ...paymentEvent(), occurredAt: '2025-13-45T00:00:00Z' } },
		],
		['event.isTest: is required', { event: { ...paymentEvent(), isTest: undefined } }],
		['event.isTest: must be true or false', { event: { ...paymentEvent(), isTest: 'no' } }],
		['pipeline: is required', { pipeline: undefined }],
		['workflow_id: is required', { workflow_id: null }],
		['execution_id: is required', { execution_id: '' }],
		['kinds: must be a list', { kinds: 'paid' }],
		['allow_test: must be true or false', { allow_test: 'yes' }],
		['lease_seconds: must be a whole number from 1 to 86400', { lease_seconds: 0 }],
		['max_attempts: must be a whole number from 1 to 100', { max_attempts: 101 }],
	])('refuses and says "%s"', async (message, change) => {
		await expect(ledger.row('receive_event', delivery(paymentEvent(), { ...change }))).rejects.toThrow(
			message,
		);
		expect(await ledger.sql('SELECT FROM fulfillment.events')).toHaveLength(0);
	});
});
