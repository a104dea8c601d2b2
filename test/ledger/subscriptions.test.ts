import fc from 'fast-check';

import type { PaymentEvent } from '../../nodes/shared/paymentEvent';
import { describeLedger, paymentEvent, renewalEvent, subscription } from './ledger';

/** A subscription's life: bought, renewed, refused, called off, resumed, renewed, over; and a reminder after that. */
const LIFE: PaymentEvent[] = [
	{ kind: 'paid', at: 1, paymentNumber: 1, amountMinor: 100000 },
	{ kind: 'renewed', at: 2, paymentNumber: 2, amountMinor: 200000 },
	{ kind: 'failed', at: 3 },
	{ kind: 'canceled', at: 4, renews: false },
	{ kind: 'subscription_resumed', at: 5 },
	{ kind: 'renewed', at: 6, paymentNumber: 3, amountMinor: 300000 },
	{ kind: 'canceled', at: 7, renews: false },
	{ kind: 'subscription_ended', at: 7, renews: false },
	{ kind: 'other', at: 8 },
].map(({ kind, at, paymentNumber = null, amountMinor = null, renews = true }) =>
	renewalEvent({
		kind: kind as PaymentEvent['kind'],
		eventKey: `${kind}:${at}`,
		occurredAt: `2025-0${at}-01T00:00:00Z`,
		amountMinor,
		currency: 'RUB',
		subscription: subscription({ paymentNumber, renews, nextPaymentAt: `2025-0${at + 1}-01T00:00:00Z` }),
	}),
);

describeLedger('PC9: subscriptions', (ledger) => {
	const state = async () =>
		(
			await ledger.sql(`SELECT provider, subscription_id, pipeline, plan_id, status, renews, next_payment_at,
				last_payment_at, last_payment_minor, last_payment_currency, last_payment_number, customer_email
				FROM fulfillment.subscriptions`)
		)[0];

	const AFTER_ALL = {
		provider: 'prodamus',
		subscription_id: '42',
		pipeline: 'prodamus-chakra',
		plan_id: 'plan-1',
		status: 'ended',
		renews: false,
		next_payment_at: new Date('2025-08-01T00:00:00Z'),
		last_payment_at: new Date('2025-06-01T00:00:00Z'),
		last_payment_minor: '300000',
		last_payment_currency: 'RUB',
		last_payment_number: 3,
		customer_email: 'buyer@example.com',
	};

	it.each([
		['renewed', 'active', true],
		['canceled', 'canceled', false],
		['subscription_ended', 'ended', false],
		['subscription_resumed', 'active', true],
	] as const)(
		'%s makes it %s, although the workflow does not fulfil the kind',
		async (kind, status, renews) => {
			const receipt = await ledger.receive(renewalEvent({ kind }));
			expect(receipt).toMatchObject({ outcome: 'ignored', reason: `kind_not_handled: ${kind}` });
			expect(await state()).toMatchObject({ status, renews });
		},
	);

	it('a renewal with the renewal switched off leaves it canceled', async () => {
		await ledger.receive(renewalEvent({ subscription: subscription({ renews: false }) }));
		expect(await state()).toMatchObject({ status: 'canceled', renews: false, last_payment_number: 2 });
	});

	it('the first payment links it to its order', async () => {
		const orderRef = await ledger.order();
		await ledger.receive(renewalEvent({ occurredAt: '2025-04-01T09:00:00Z' }));
		await ledger.receive(paymentEvent({ orderRef, subscription: subscription({ paymentNumber: 1 }) }));
		expect(await ledger.sql('SELECT order_ref, last_payment_number FROM fulfillment.subscriptions')).toEqual([
			{ order_ref: orderRef, last_payment_number: 2 },
		]);
	});

	it('a test event moves nothing', async () => {
		await ledger.receive(renewalEvent({ isTest: true }));
		expect(await state()).toBeUndefined();
	});

	it('refuses an id that fits no index', async () => {
		const event = renewalEvent({ subscription: subscription({ subscriptionId: 's'.repeat(301) }) });
		await expect(ledger.receive(event)).rejects.toThrow(
			'subscription.subscriptionId: must have at most 300 characters',
		);
		expect(await ledger.sql('SELECT FROM fulfillment.events')).toHaveLength(0);
	});

	it('the same events in any order lead to the same state', async () => {
		await fc.assert(
			fc.asyncProperty(fc.shuffledSubarray(LIFE, { minLength: LIFE.length }), async (events) => {
				await ledger.empty();
				for (const event of events) await ledger.receive(event);
				expect(await state()).toEqual(AFTER_ALL);
			}),
			{ seed: 20250301, numRuns: 40 },
		);
	}, 60_000);

	it('the same events all at once lead to the same state', async () => {
		await Promise.all(LIFE.flatMap((event) => [event, event]).map((event) => ledger.receive(event)));
		expect(await state()).toEqual(AFTER_ALL);
	});
});
