import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { CloudPayments } from '../../../nodes/CloudPayments/CloudPayments.node';
import { NOTIFICATION_TYPES } from '../../../nodes/CloudPayments/event';
import { takeIn, type Intake } from '../../../nodes/CloudPayments/intake';
import { PAYMENT_EVENT_KINDS } from '../../../nodes/shared/paymentEvent';
import { runNode } from '../../support/nodeContext';
import { API_SECRET, CARDS, newOrder, paidOrder, PUBLIC_ID, type Stage, startStage } from './stage';

let stage: Stage;
beforeEach(async () => {
	stage = await startStage();
	stage.listen(...NOTIFICATION_TYPES);
});
afterEach(async () => await stage.close());

const run = async (parameters: INodeParameters): Promise<IDataObject> => {
	const credentials = { cloudPaymentsApi: { publicId: PUBLIC_ID, apiSecret: API_SECRET, apiUrl: stage.cp.url } };
	const [[item] = []] = await runNode({ node: new CloudPayments(), parameters, credentials });
	return item?.json ?? {};
};

/** What the trigger makes of every notification so far. */
const events = async () => {
	await stage.control.waitForNotifications();
	return stage.shop.received.map(({ type, raw, headers }) => {
		const name = NOTIFICATION_TYPES.find((one) => one === type);
		if (!name) throw new Error(type);
		const rawBody = Buffer.from(raw);
		const contentType = headers['content-type'];
		const request = { type: name, rawBody, contentType, headers, receivedAt: new Date() };
		const settings = { secret: API_SECRET, scheme: 'cloudpayments' as const, kinds: PAYMENT_EVENT_KINDS, event: {} };
		const intake: Intake = takeIn(request, settings);
		if (!('event' in intake)) throw new Error(JSON.stringify(intake.answer));
		return intake.event;
	});
};

it('the trigger understands every notification', async () => {
	const { id } = await paidOrder(stage, { RequireConfirmation: true });
	stage.control.confirm(id);
	stage.control.refund(id, 100);
	const { id: held } = await paidOrder(stage, { RequireConfirmation: true });
	stage.control.void(held);
	await stage.control.payOrder(await newOrder(stage), { card: CARDS.noMoney });
	await stage.control.payOrder(await newOrder(stage, { SubscriptionBehavior: 'CreateWeekly' }));
	const all = await events();
	expect(new Set(all.map(({ kind }) => kind))).toEqual(
		new Set(['check', 'authorized', 'paid', 'refunded', 'canceled', 'failed', 'renewed', 'other']),
	);
	const paid = all.find(({ kind }) => kind === 'paid');
	expect(paid).toMatchObject({
		eventKey: `transaction:${id}:paid`, orderRef: 'order-417', amountMinor: 149000, currency: 'RUB', isTest: false,
		raw: { AccountId: 'user+17@example.com', Data: { plan: 'pro', days: 30, note: 'a+b=c & d' } },
	});
	expect(all.find(({ kind }) => kind === 'failed')?.decline).toMatchObject({ code: '5051', class: 'temporary' });
	// What the list of payments tells has the keys of the notifications.
	const listed = await runNode({
		node: new CloudPayments(),
		parameters: {
			resource: 'payment', operation: 'getAll', returnAll: true, statuses: [],
			createdFrom: new Date(Date.now() - 60_000).toISOString(), createdTo: new Date(Date.now() + 60_000).toISOString(),
		},
		credentials: { cloudPaymentsApi: { publicId: PUBLIC_ID, apiSecret: API_SECRET, apiUrl: stage.cp.url } },
	});
	const keys = listed.flat().map(({ json }) => (json.event as IDataObject | null)?.eventKey).filter(Boolean);
	expect(keys).toHaveLength(5);
	expect(all.map(({ eventKey }) => eventKey)).toEqual(expect.arrayContaining(keys));
});

it('the node creates, charges, refunds and subscribes', async () => {
	expect(await run({ resource: 'account', operation: 'test' })).toEqual({ success: true });
	const receiptItems = { item: [{ label: 'Тариф', price: '1490.00', quantity: 1, vat: '20', method: 4, object: 4 }] };
	const order = await run({
		resource: 'order', operation: 'create', invoiceId: 'order-417', amount: '1490', currency: 'RUB',
		description: 'Тариф', accountId: 'u-1', email: 'u@example.com', additionalFields: { data: '{"plan":"pro"}' },
		receiptItems, receiptDetails: {},
	});
	expect(order.paymentUrl).toBe(`${stage.cp.url}/d/${String(order.orderId)}`);
	const { transactionId, token } = await stage.control.payOrder(String(order.orderId), { card: CARDS.plain });
	const charge = {
		resource: 'payment', operation: 'chargeToken', invoiceId: 'r-1', accountId: 'u-1', token, amount: '990',
		currency: 'RUB', initiator: 'schedule',
	};
	stage.control.tokenOutcome(token ?? '', [5051]);
	expect(await run(charge)).toMatchObject({ outcome: 'declined', decline: { code: '5051' } });
	expect(await run({ ...charge, requestId: 'second' })).toMatchObject({ outcome: 'paid', paid: true });
	const found = await run({ resource: 'payment', operation: 'find', invoiceId: 'order-417' });
	const wanted = { found: true, transactionId: String(transactionId), amountMinor: 149000, cardToken: token };
	expect(found).toMatchObject(wanted);
	const missing = await run({ resource: 'payment', operation: 'find', invoiceId: 'none' });
	expect(missing).toEqual({ found: false, orderRef: 'none' });
	const refund = { resource: 'payment', operation: 'refund', transactionId: String(transactionId), amount: '1490' };
	expect(await run(refund)).toMatchObject({ accepted: true, amountMinor: 149000 });
	await expect(run({ ...refund, requestId: 'again' })).rejects.toThrow('Amount exceeds what is left');
	const startAt = new Date(Date.now() + 86_400_000).toISOString();
	const subscription = await run({
		resource: 'subscription', operation: 'create', accountId: 'u-1', token, description: 'Тариф', amount: '1490',
		currency: 'RUB', startAt, interval: 'Day', period: 30,
	});
	expect(subscription).toMatchObject({ status: 'Active', renews: true, amountMinor: 149000 });
	expect(subscription.startsAt).toBe(`${startAt.slice(0, 19)}.000Z`);
	const same = { resource: 'subscription', subscriptionId: String(subscription.subscriptionId) };
	expect(await run({ ...same, operation: 'cancel' })).toMatchObject({ canceled: true });
	const update = run({ ...same, operation: 'update', updateFields: { amount: '5' } });
	await expect(update).rejects.toThrow('The subscription is Cancelled');
	expect((await events()).length).toBeGreaterThan(5);
});

it('the node registers its addresses and waits out the limit', async () => {
	await stage.close();
	stage = await startStage({ maxConcurrent: 2 });
	const registered = await run({
		resource: 'notification', operation: 'register', address: `${stage.shop.url}/hook`, types: ['pay'],
	});
	expect(registered).toMatchObject({ type: 'pay', changed: true });
	await paidOrder(stage);
	await stage.control.waitForNotifications();
	expect(stage.shop.of('pay')).toHaveLength(1);
	for (let count = 0; count < 4; count += 1) stage.control.delayNext('test', 1500);
	const tests = await Promise.all(Array.from({ length: 4 }, async () => {
		return await run({ resource: 'account', operation: 'test' });
	}));
	expect(tests).toEqual(Array.from({ length: 4 }, () => ({ success: true })));
	expect(stage.control.requests('test').some(({ outcome }) => outcome === 'over')).toBe(true);
});
