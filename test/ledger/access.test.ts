import type { PaymentEvent } from '../../nodes/shared/paymentEvent';
import { describeLedger, type Ledger, orderInput, paymentEvent, type Row, subscription } from './ledger';

const CHAT = '-1001000000001';
const ANNA = '4503599627370497';
const BORIS = '7000000002';
const LINK = 'https://t.me/+first_link';
const NEXT_LINK = 'https://t.me/+second_link';
const COURSE = { pipeline: 'course', provider: 'stripe', workflow_id: 'wf-course' };
const KINDS = ['paid', 'failed', 'expired', 'refunded', 'disputed', 'dispute_won', 'canceled', 'subscription_ended'];

interface Settled extends Row {
	action: string;
	text: string | null;
	invite_link: string | null;
	invite_name: string | null;
	replaces_link: string | null;
}

describeLedger('access to a chat', (ledger) => {
	const buy = (telegramId: string | null, overrides: Row = {}) =>
		ledger.order({
			...COURSE,
			buyer_key: telegramId && `tg:${telegramId}`,
			customer: { telegram_id: telegramId },
			...overrides,
		});
	const fact = (orderRef: string | null, kind: PaymentEvent['kind'], overrides: Partial<PaymentEvent> = {}) =>
		paymentEvent({ provider: 'stripe', kind, orderRef, eventKey: `evt_${kind}`, providerPaymentId: 'pi_1', ...overrides });
	const receive = (event: PaymentEvent, overrides: Row = {}) =>
		ledger.receive(event, { ...COURSE, kinds: KINDS, ...overrides });
	const settle = (orderRef: string, overrides: Row = {}) =>
		ledger.row<Settled>('settle_access', { order_ref: orderRef, chat_id: CHAT, ...overrides });
	const store = (orderRef: string, link: string, overrides: Row = {}) =>
		ledger.row('store_invite', { order_ref: orderRef, invite_link: link, ...overrides });
	const join = (telegramId: string, link: string | null) =>
		ledger.row('record_join', { chat_id: CHAT, telegram_id: telegramId, invite_link: link });
	const judge = (telegramId: string) => ledger.row('judge_join', { chat_id: CHAT, telegram_id: telegramId });

	/** Takes an event through the ledger to its end and returns what was to be done for it. */
	async function fulfil(event: PaymentEvent): Promise<Settled> {
		const receipt = await receive(event);
		if (!receipt.lease_token) throw new Error(`${receipt.outcome}: ${receipt.reason}`);
		const settled = await settle(String(receipt.order?.order_ref), { kind: event.kind, event_id: receipt.event_id });
		await ledger.finish({ event_id: receipt.event_id, lease_token: receipt.lease_token });
		return settled;
	}

	/** A buyer who has paid and was sent a link. */
	async function admitted(telegramId: string, link = LINK, overrides: Partial<PaymentEvent> = {}): Promise<string> {
		const order = await buy(telegramId);
		await fulfil(fact(order, 'paid', { eventKey: `evt_${link}`, providerPaymentId: `pi_${link}`, ...overrides }));
		await store(order, link, { expires_at: '2099-01-01T00:00:00Z' });
		return order;
	}

	it('ST6: a payment asks for one personal link, and a second try sends the stored one', async () => {
		const order = await buy(ANNA);
		const receipt = await receive(fact(order, 'paid'));
		const event = { kind: 'paid', event_id: receipt.event_id };
		expect(await settle(order, event)).toMatchObject({
			action: 'create_link',
			text: 'access',
			telegram_id: ANNA,
			chat_id: CHAT,
			invite_name: `${order.slice(0, 24)}-1`,
			replaces_link: null,
		});
		expect(await store(order, LINK, { expires_at: '2099-01-01T00:00:00Z' })).toEqual({ invite_link: LINK, revoke_link: null });
		expect(await settle(order, event)).toMatchObject({ action: 'send', invite_link: LINK });
		// The buyer came in before the run was marked done: nothing more to send.
		await join(ANNA, LINK);
		expect(await settle(order, event)).toMatchObject({ action: 'nothing', text: null });
	});

	it('ST6: of two runs that made a link at once, the first one stays and the other is revoked', async () => {
		const order = await buy(ANNA);
		await fulfil(fact(order, 'paid'));
		expect(await store(order, LINK)).toEqual({ invite_link: LINK, revoke_link: null });
		expect(await store(order, NEXT_LINK)).toEqual({ invite_link: LINK, revoke_link: NEXT_LINK });
		// The answer to a stored link was lost and it is stored again.
		expect(await store(order, LINK)).toEqual({ invite_link: LINK, revoke_link: null });
	});

	it('ST6: a static link is the same for all, and none is made', async () => {
		const order = await buy(ANNA);
		await receive(fact(order, 'paid'));
		expect(await settle(order, { kind: 'paid', static_link: 'https://t.me/+all' })).toMatchObject({
			action: 'send',
			invite_link: 'https://t.me/+all',
		});
	});

	it('ST1: a buyer who asks again gets the good link, or a new one when it was used or ran out', async () => {
		const order = await admitted(ANNA);
		expect(await settle(order)).toMatchObject({ action: 'send', invite_link: LINK });
		expect(await join(BORIS, LINK)).toMatchObject({ outcome: 'stranger', order_ref: order });
		expect(await settle(order)).toMatchObject({ action: 'create_link', replaces_link: LINK, invite_name: `${order.slice(0, 24)}-2` });
		expect(await store(order, NEXT_LINK, { replaces_link: LINK, expires_at: '2020-01-01T00:00:00Z' })).toEqual({
			invite_link: NEXT_LINK,
			revoke_link: LINK,
		});
		expect(await settle(order)).toMatchObject({ action: 'create_link', replaces_link: NEXT_LINK });
		expect(await settle(order, { max_links: 2 })).toMatchObject({ action: 'tell', text: 'too_many_links' });
	});

	it.each(['refunded', 'disputed'] as const)('ST7: %s takes access away, again on a second try, once for two events', async (kind) => {
		const order = await admitted(ANNA);
		const receipt = await receive(fact(order, kind));
		const event = { kind, event_id: receipt.event_id };
		expect(await settle(order, event)).toMatchObject({ action: 'remove', text: kind, telegram_id: ANNA, invite_link: LINK });
		expect(await settle(order, event)).toMatchObject({ action: 'remove', text: kind });
		await ledger.finish({ event_id: receipt.event_id, lease_token: String(receipt.lease_token) });
		expect(await fulfil(fact(order, 'refunded', { eventKey: 'evt_again' }))).toMatchObject({ action: 'nothing' });
		expect(await settle(order)).toMatchObject({ action: 'tell', text: 'access_ended' });
		expect(await judge(ANNA)).toMatchObject({ outcome: 'decline' });
	});

	it('ST7: a part of the money back leaves access as it is', async () => {
		const order = await admitted(ANNA);
		expect(await fulfil(fact(order, 'refunded', { amountMinor: 40000 }))).toMatchObject({ action: 'nothing' });
		expect(await judge(ANNA)).toMatchObject({ outcome: 'approve' });
		// Stripe's refund amounts add up: the rest goes back.
		expect(await fulfil(fact(order, 'refunded', { amountMinor: 100000, eventKey: 'evt_rest' }))).toMatchObject({ action: 'remove' });
	});

	it('ST7: a dispute that is won gives access again by a new link; facts may come in the wrong order', async () => {
		const order = await admitted(ANNA);
		await fulfil(fact(null, 'disputed', { providerPaymentId: `pi_${LINK}`, occurredAt: '2025-03-02T09:00:00Z' }));
		expect(await ledger.sql('SELECT status FROM fulfillment.orders')).toEqual([{ status: 'disputed' }]);
		expect(
			await fulfil(fact(null, 'dispute_won', { providerPaymentId: `pi_${LINK}`, occurredAt: '2025-03-09T09:00:00Z' })),
		).toMatchObject({ action: 'create_link', text: 'access', replaces_link: LINK });
		await store(order, NEXT_LINK, { replaces_link: LINK });
		// A copy of the dispute that was held up must not undo the decision.
		expect(
			await fulfil(
				fact(null, 'disputed', { eventKey: 'evt_late', providerPaymentId: `pi_${LINK}`, occurredAt: '2025-03-02T09:00:01Z' }),
			),
		).toMatchObject({ action: 'nothing' });
		expect(await judge(ANNA)).toMatchObject({ outcome: 'approve' });
	});

	it('ST7: a refund that comes before its payment leaves nothing to give', async () => {
		const order = await buy(ANNA);
		await fulfil(fact(order, 'refunded'));
		expect(await receive(fact(order, 'paid'))).toMatchObject({ outcome: 'ignored', reason: 'order_refunded' });
		expect(await judge(ANNA)).toMatchObject({ outcome: 'decline' });
	});

	it('ST7: a dispute that names the order and comes before its payment leaves nothing to give until it is won', async () => {
		const order = await buy(ANNA);
		await fulfil(fact(order, 'disputed', { occurredAt: '2025-03-02T09:00:00Z' }));
		expect(await fulfil(fact(order, 'paid'))).toMatchObject({ action: 'nothing' });
		expect(await ledger.sql('SELECT status FROM fulfillment.orders')).toEqual([{ status: 'disputed' }]);
		expect(await fulfil(fact(order, 'dispute_won', { occurredAt: '2025-03-09T09:00:00Z' }))).toMatchObject({ action: 'create_link' });
	});

	it('ST7: a dispute that names only the payment and comes before it is taken up after it', async () => {
		const order = await buy(ANNA);
		expect(await receive(fact(null, 'disputed'))).toMatchObject({ outcome: 'ignored', reason: 'unknown_order' });
		const paid = await receive(fact(order, 'paid'));
		expect(paid).toMatchObject({ outcome: 'claimed', order: { status: 'disputed' } });
		expect(await settle(order, { kind: 'paid', event_id: paid.event_id })).toMatchObject({ action: 'nothing' });
		const handover = await ledger.finish({ event_id: paid.event_id, lease_token: String(paid.lease_token) });
		const taken = await ledger.row('take_up_event', {
			event_id: handover.next_event_id,
			lease_token: handover.next_lease_token,
			execution_id: 'exec-2',
		});
		expect(taken).toMatchObject({ outcome: 'claimed', event: { kind: 'disputed' }, order: { order_ref: order } });
	});

	it('ST7: the end of a subscription takes access away, its failures and cancellation are told', async () => {
		const order = await admitted(ANNA, LINK, { subscription: subscription({ subscriptionId: 'sub_1' }) });
		const later = (kind: PaymentEvent['kind'], second: string) =>
			fact(order, kind, {
				subscription: subscription({ subscriptionId: 'sub_1', renews: kind !== 'canceled' }),
				occurredAt: `2025-04-01T09:00:${second}Z`,
			});
		expect(await fulfil(later('failed', '01'))).toMatchObject({ action: 'tell', text: 'renewal_failed' });
		expect(await fulfil(later('canceled', '02'))).toMatchObject({ action: 'tell', text: 'renewal_canceled' });
		expect(await judge(ANNA)).toMatchObject({ outcome: 'approve' });
		expect(await fulfil(later('subscription_ended', '03'))).toMatchObject({ action: 'remove', text: 'subscription_ended' });
		expect(await judge(ANNA)).toMatchObject({ outcome: 'decline' });
	});

	it.each([
		['failed', 'payment_failed'],
		['expired', 'session_expired'],
	] as const)('ST7: an unpaid order that %s is told, without access', async (kind, text) => {
		const order = await buy(ANNA);
		expect(await fulfil(fact(order, kind))).toMatchObject({ action: 'tell', text });
		expect(await ledger.sql('SELECT * FROM fulfillment.accesses')).toEqual([]);
	});

	it('ST8: a second payment of the same person is told and alerted; losing one of the two keeps access', async () => {
		const first = await admitted(ANNA);
		const second = await buy(ANNA);
		const paid = fact(second, 'paid', { eventKey: 'evt_second', providerPaymentId: 'pi_second' });
		expect(await fulfil(paid)).toMatchObject({ action: 'tell', text: 'second_payment' });
		await settle(second, { kind: 'paid' });
		expect((await ledger.alerts()).map(({ kind, order_ref }) => ({ kind, order_ref }))).toEqual([
			{ kind: 'double_payment', order_ref: second },
		]);
		expect(await fulfil(fact(first, 'refunded', { providerPaymentId: `pi_${LINK}` }))).toMatchObject({ action: 'nothing' });
		expect(await judge(ANNA)).toMatchObject({ outcome: 'approve', order_ref: second });
		expect(await fulfil(fact(second, 'refunded', { eventKey: 'evt_r2', providerPaymentId: 'pi_second' }))).toMatchObject({ action: 'remove' });
	});

	it('ST10: a buyer without a Telegram id gets access once the deep link is opened, by the first account only', async () => {
		const order = await buy(null);
		expect(await fulfil(fact(order, 'paid'))).toMatchObject({ action: 'nothing', telegram_id: null });
		const bind = (telegramId: string) =>
			ledger.row('bind_buyer', { order_ref: order, pipeline: 'course', telegram_id: telegramId });
		expect(await bind(ANNA)).toEqual({ outcome: 'bound', order_ref: order });
		expect(await bind(BORIS)).toEqual({ outcome: 'taken', order_ref: null });
		expect(await bind(ANNA)).toEqual({ outcome: 'bound', order_ref: order });
		expect(await settle(order)).toMatchObject({ action: 'create_link', telegram_id: ANNA });
		expect(await settle(await buy(ANNA))).toMatchObject({ action: 'tell', text: 'not_paid_yet' });
		expect(await ledger.row('bind_buyer', { order_ref: order, pipeline: 'other', telegram_id: ANNA })).toMatchObject({ outcome: 'unknown' });
	});

	it('ST10: a refund before the deep link is opened leaves nothing to give', async () => {
		const order = await buy(null);
		await fulfil(fact(order, 'paid'));
		expect(await fulfil(fact(order, 'refunded'))).toMatchObject({ action: 'nothing' });
		await ledger.row('bind_buyer', { order_ref: order, pipeline: 'course', telegram_id: ANNA });
		expect(await settle(order)).toMatchObject({ action: 'tell', text: 'access_ended' });
	});

	it('ST1: finds the order a person means', async () => {
		const find = () => ledger.row('find_access', { pipeline: 'course', telegram_id: ANNA });
		expect(await find()).toMatchObject({ outcome: 'none', gives_access: false });
		await buy(ANNA);
		expect(await find()).toMatchObject({ outcome: 'none' });
		const order = await admitted(ANNA);
		expect(await find()).toEqual({ outcome: 'found', order_ref: order, gives_access: true, chat_id: CHAT });
		await fulfil(fact(order, 'refunded'));
		expect(await find()).toEqual({ outcome: 'found', order_ref: order, gives_access: false, chat_id: CHAT });
	});

	it('ST6: a stranger who comes in by nobody’s link is unknown', async () => {
		await admitted(ANNA);
		expect(await join(BORIS, null)).toEqual({ outcome: 'unknown', order_ref: null });
		expect(await join(ANNA, null)).toMatchObject({ outcome: 'buyer' });
	});

	it('refuses an order nobody knows and an id that is none', async () => {
		await expect(settle('0'.repeat(40))).rejects.toThrow('order_ref: is not known');
		await expect(judge('anna')).rejects.toThrow('telegram_id: must be digits');
	});

	describe('ST8: open_order', () => {
		const open = (overrides: Row = {}) =>
			ledger.row<{ outcome: string; order_ref: string }>('open_order', orderInput({ ...COURSE, buyer_key: `tg:${ANNA}`, ...overrides }));

		it('gives one buyer one open order, however often and however fast he presses', async () => {
			const answers = await Promise.all(Array.from({ length: 30 }, () => open()));
			expect(new Set(answers.map(({ order_ref }) => order_ref)).size).toBe(1);
			expect(answers.filter(({ outcome }) => outcome === 'created')).toHaveLength(1);
			expect((await open({ buyer_key: `tg:${BORIS}` })).outcome).toBe('created');
		});

		it('makes a new one for another price, after a day, and after the session expired', async () => {
			const { order_ref } = await open();
			expect((await open({ amount_minor: 200000 })).outcome).toBe('created');
			expect(await open()).toMatchObject({ outcome: 'open', order_ref });
			await receive(fact(order_ref, 'expired'));
			const next = await open();
			expect(next.outcome).toBe('created');
			await ledger.sql(`UPDATE fulfillment.orders SET created_at = now() - interval '23 hours'`);
			expect((await open()).outcome).toBe('created');
		});

		it('says so when he has access already, and not any more after a refund', async () => {
			const { order_ref } = await open({ customer: { telegram_id: ANNA } });
			await fulfil(fact(order_ref, 'paid'));
			expect(await open({ amount_minor: 200000 })).toMatchObject({ outcome: 'has_access', order_ref });
			await fulfil(fact(order_ref, 'refunded'));
			expect((await open()).outcome).toBe('created');
		});

		it('ST10: makes a new one each time for a buyer nobody knows', async () => {
			const answers = [await open({ buyer_key: null }), await open({ buyer_key: null })];
			expect(answers.map(({ outcome }) => outcome)).toEqual(['created', 'created']);
			expect(answers[0]?.order_ref).not.toBe(answers[1]?.order_ref);
		});
	});
});

describeLedger('events in order', (ledger: Ledger) => {
	const receive = (eventKey: string, overrides: Row = {}) =>
		ledger.receive(paymentEvent({ eventKey, kind: 'canceled', orderRef: null, subscription: subscription({ subscriptionId: eventKey }) }), {
			kinds: ['canceled'],
			serial_key: 'buyer',
			...overrides,
		});
	const fail = (receipt: { event_id: string; lease_token: string | null }) =>
		ledger.row('fail_event', { event_id: receipt.event_id, lease_token: receipt.lease_token, error: 'Telegram is down' });
	const due = () => ledger.rows<{ event_id: string }>('take_due_events', {});

	it('a newer event of the buyer waits while an older one waits for its retry', async () => {
		const first = await receive('1', { in_order: true });
		await fail(first);
		const second = await receive('2', { in_order: true });
		expect(second.outcome).toBe('busy');
		expect(await due()).toEqual([]);
		await ledger.letTimePass(first.event_id);
		const [taken, ...rest] = await due();
		expect(rest).toEqual([]);
		expect(taken?.event_id).toBe(first.event_id);
		const stored = await ledger.stored(first.event_id);
		expect(await ledger.finish({ event_id: first.event_id, lease_token: String(stored.lease_token) })).toMatchObject({
			next_event_id: second.event_id,
		});
	});

	it('an older one that was given up holds nobody up', async () => {
		const first = await receive('1', { in_order: true, max_attempts: 1 });
		expect(await fail(first)).toMatchObject({ outcome: 'dead' });
		expect((await receive('2', { in_order: true })).outcome).toBe('claimed');
	});

	it('without in_order a newer event overtakes', async () => {
		await fail(await receive('1'));
		expect((await receive('2')).outcome).toBe('claimed');
	});

	it('claim_event takes in what is new and takes up what was claimed', async () => {
		const event = paymentEvent({ orderRef: await ledger.order() });
		const input = { event, pipeline: 'prodamus-chakra', workflow_id: 'wf', execution_id: 'exec-1', kinds: ['paid'] };
		const received = await ledger.row<{ outcome: string; event_id: string; lease_token: string }>('claim_event', { ...input, event_id: null });
		expect(received.outcome).toBe('claimed');
		const takeUp = { ...input, event_id: received.event_id, lease_token: received.lease_token };
		expect(await ledger.row('claim_event', takeUp)).toMatchObject({ outcome: 'claimed', lease_token: received.lease_token });
		expect(await ledger.row('claim_event', { ...takeUp, execution_id: 'exec-2' })).toMatchObject({ outcome: 'stale' });
	});
});
