import { createHmac } from 'node:crypto';

import axios from 'axios';

import { SANDBOX_SECRETS } from '../../runtime/credentials';
import { withSettings, type WorkflowFile } from '../../runtime/workflows';
import {
	ACCESS_WORKFLOW,
	BOT_WORKFLOW,
	CHAT,
	type Checkout,
	CourseSchool,
	PAYMENT_WORKFLOW,
} from './support/courseSchool';
import { BOOT_TIMEOUT_MS, startTestStack, type TestStack } from './support/testStack';

/** Course names that break careless markup. */
const COURSE = 'Bread & <Butter>';
const MONTHLY_PATH = 'course/pay-monthly';

let testStack: TestStack;
let school: CourseSchool;

beforeAll(async () => {
	testStack = await startTestStack({
		editWorkflows: (workflows) => {
			const edited = workflows.map((workflow) => withSettings(workflow, { 'settings.course_name': COURSE }));
			return [...edited, monthlyPayLink(edited)];
		},
	});
	school = new CourseSchool(testStack);
}, BOOT_TIMEOUT_MS);

afterAll(async () => await testStack?.stop(), 60_000);

/** The pay link once more, as ops would copy it to sell a subscription. */
function monthlyPayLink(workflows: WorkflowFile[]): WorkflowFile {
	const pay = workflows.find(({ id }) => id === 'PfCoursePay00001')!;
	const copy = withSettings({ ...pay, id: 'PfCoursePayMonth', name: 'Pay link, monthly' }, { 'settings.billing': 'subscription' });
	for (const [index, node] of copy.nodes.filter(({ type }) => type === 'n8n-nodes-base.webhook').entries()) {
		node.parameters.path = index === 0 ? MONTHLY_PATH : `${MONTHLY_PATH}/site`;
		Object.assign(node, { webhookId: `00000000-0000-4000-8000-00000000000${index}` });
	}
	return copy;
}

const links = () => school.telegram.links(CHAT);
const linkOf = (url: string) => links().find((link) => link.url === url);
const endpointId = () => String(school.stripe.deliveries()[0]?.endpointId);
const signingSecret = () => String(school.stripe.signingSecrets(endpointId())[0]);
const webhookUrl = () => `${school.stack.n8n.url}/webhook/course/stripe`;

describe('paying', () => {
	test('ST1: the bot greets, offers the payment, and helps', async () => {
		const anna = await school.newcomer();
		anna.send('/pay');
		const offer = await anna.waitForMessage('Pay for');
		expect(offer.text).toContain(`Pay for ${COURSE} by the button`);
		expect(offer.buttons).toEqual([{ text: 'Buy the course', url: `${school.stack.n8n.url}/webhook/course/pay?tg_id=${anna.id}` }]);
		anna.send('/help');
		const help = await anna.waitForMessage('I find no payment');
		expect(help.buttons[0]?.url).toContain(`tg_id=${anna.id}`);
		anna.send('hello?');
		expect((await anna.waitForMessage('Here you can buy')).text).toContain(COURSE);
	});

	test('ST2: the pay link makes a session that carries the Telegram id everywhere a later event can be', async () => {
		const { headers, status } = await school.get('course/pay', { tg_id: '4503599627370495' });
		expect(status).toBe(303);
		const checkout = await school.checkout(`${school.stack.n8n.url}/webhook/course/pay?tg_id=4503599627370495`);
		expect(headers.location).toBe(checkout.url);
		const [request] = school.stripe.requests({ method: 'POST', path: '/v1/checkout/sessions' }).slice(-1);
		expect(request?.fields).toMatchObject({
			mode: 'payment',
			client_reference_id: checkout.orderRef,
			'metadata[tg_id]': '4503599627370495',
			'metadata[order_ref]': checkout.orderRef,
			'payment_intent_data[metadata][tg_id]': '4503599627370495',
			'line_items[0][price_data][unit_amount]': '4900',
			'line_items[0][price_data][currency]': 'eur',
		});
		expect(await school.order(checkout.orderRef)).toMatchObject({ status: 'pending', customer_telegram_id: '4503599627370495' });
	});

	test.each(['', 'anna', '-5', '1.5', '99999999999999999999999'])('ST2: tg_id "%s" is answered 400 with the reason', async (tgId) => {
		const orders = async () => (await school.stack.ledger.query('SELECT count(*) FROM fulfillment.orders'))[0];
		const before = await orders();
		const answer = await school.get('course/pay', { tg_id: tgId });
		expect(answer.status).toBe(400);
		expect(JSON.stringify(answer.data)).toContain('tg_id');
		expect(await orders()).toEqual(before);
	});

	test('ST2: no tg_id at all is 400, too', async () => {
		expect((await school.get('course/pay')).status).toBe(400);
	});

	test('ST3, ST4: the payment brings a message with the course, a personal link that works, and help', async () => {
		const anna = await school.newcomer();
		const { orderRef, link } = await school.buy(anna);
		const access = anna.messages().at(-1)!;
		expect(access.text).toContain('Payment received');
		expect(access.text).toContain(COURSE);
		expect(access.text).toContain('/help');
		expect(linkOf(link)).toMatchObject({ memberLimit: 1, createsJoinRequest: false, isRevoked: false, name: `${orderRef.slice(0, 24)}-1` });
		expect(Date.parse(String(linkOf(link)?.expiresAt))).toBeGreaterThan(Date.now() + 71 * 3_600_000);
		expect(anna.openInvite(link)).toBe('joined');
		expect(anna.isMember(CHAT)).toBe(true);
		expect(await school.settled(orderRef, 1)).toEqual([expect.objectContaining({ kind: 'paid', status: 'done', attempts: 1 })]);
	});

	test('ST8: pressing pay twice leads to the same session; who has paid is led to his access', async () => {
		const anna = await school.newcomer();
		const first = await school.askToPay(anna);
		expect(await school.askToPay(anna)).toEqual(first);
		school.stripe.pay(first.sessionId);
		const link = await school.nextLink(anna);

		const again = await school.get('course/pay', { tg_id: anna.id });
		expect(again.status).toBe(303);
		// Anybody may ask for anybody: nothing of the order is shown.
		expect(again.headers.location).toBe(`https://t.me/${school.stack.sandbox.botUsername}`);
		const requests = school.telegram.countRequests('createChatInviteLink');
		anna.send('/pay');
		expect(await school.nextLink(anna)).toBe(link);
		expect(anna.openInvite(link)).toBe('joined');
		anna.send('/pay');
		await anna.waitForMessage('in the channel already');
		expect(school.telegram.countRequests('createChatInviteLink')).toBe(requests);
	});

	test('ST8: two clicks at the same moment make one order and one session', async () => {
		const anna = await school.newcomer();
		const answers = await Promise.all(Array.from({ length: 8 }, () => school.get('course/pay', { tg_id: anna.id })));
		// Stripe refuses a second request with a key that is still in work; n8n repeats it.
		expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 303));
		expect(new Set(answers.map(({ headers }) => headers.location)).size).toBe(1);
	});
});

describe('what Stripe sends', () => {
	test('ST6: 30 copies at once and a second event of the same payment make one link and one message', async () => {
		const anna = await school.newcomer();
		const made = links().length;
		const { sessionId, orderRef } = await school.askToPay(anna);
		school.stripe.holdDeliveries();
		school.stripe.pay(sessionId);
		const [completed] = school.stripe.events({ type: 'checkout.session.completed', objectId: sessionId });
		const secret = signingSecret();
		const succeeded = JSON.stringify({ ...completed, id: 'evt_second_word', type: 'checkout.session.async_payment_succeeded' });
		const [copies, second] = await Promise.all([
			school.stripe.deliver(String(completed?.id), { copies: 30 }),
			sendSigned(succeeded, secret),
		]);
		await school.stripe.releaseDeliveries();
		expect(copies).toEqual(copies.map(() => 200));
		expect(second.status).toBe(200);
		await school.nextLink(anna);
		await school.settled(orderRef, 2);
		expect(school.linksSent(anna)).toBe(1);
		expect(links().length - made).toBe(1);
		expect(await school.alerts(orderRef)).toEqual([]);
	});

	test('ST7: a bank debit gives nothing until the money is there', async () => {
		const anna = await school.newcomer();
		const { sessionId, orderRef } = await school.askToPay(anna);
		const runs = await school.executionCount(PAYMENT_WORKFLOW);
		school.stripe.pay(sessionId, { method: 'delayed' });
		await school.stripe.waitForDeliveries();
		expect(await school.executionCount(PAYMENT_WORKFLOW)).toBe(runs);
		expect(await school.order(orderRef)).toMatchObject({ status: 'pending' });
		expect((await school.get('course/done', { order_ref: orderRef })).data).toContain('has not come in yet');
		// The session is over: another click leads to the page that waits.
		expect((await school.get('course/pay', { tg_id: anna.id })).headers.location).toContain(`course/done?order_ref=${orderRef}`);

		school.stripe.settleDelayed(sessionId, true);
		expect(anna.openInvite(await school.nextLink(anna))).toBe('joined');
	});

	test('ST7: a bank debit that fails and a session that runs out are told, and a new payment is possible', async () => {
		const anna = await school.newcomer();
		const first = await school.askToPay(anna);
		school.stripe.pay(first.sessionId, { method: 'delayed' });
		school.stripe.settleDelayed(first.sessionId, false);
		await anna.waitForMessage('bank has refused');
		const second = await school.askToPay(anna);
		expect(second.orderRef).not.toBe(first.orderRef);
		school.stripe.expire(second.sessionId);
		await anna.waitForMessage('has expired');
		const { link } = await school.buy(anna);
		expect(anna.openInvite(link)).toBe('joined');
	});

	test.each([
		['a wrong secret', { signedWith: 'whsec_wrong' }, 401],
		['a timestamp of six minutes ago', { timestampOffsetSeconds: -360 }, 401],
		['a second v1 before the right one', { extraV1: 'before' as const }, 200],
		['a second v1 after the right one', { extraV1: 'after' as const }, 200],
	])('%s is answered as it should be', async (_what, how, status) => {
		const anna = await school.newcomer();
		const { sessionId, orderRef } = await school.buy(anna);
		await school.settled(orderRef, 1);
		const [event] = school.stripe.events({ type: 'checkout.session.completed', objectId: sessionId });
		const runs = await school.executionCount(PAYMENT_WORKFLOW);
		expect(await school.stripe.deliver(String(event?.id), how)).toEqual([status]);
		expect(await school.executionCount(PAYMENT_WORKFLOW)).toBe(runs + (status === 200 ? 1 : 0));
		expect(school.linksSent(anna)).toBe(1);
	});

	test('a missing header, a tampered body and an empty one are 401 and start nothing', async () => {
		const runs = await school.executionCount(PAYMENT_WORKFLOW);
		const secret = signingSecret();
		const post = async (body: string, headers: Record<string, string>) =>
			(await axios.post(webhookUrl(), body, { headers: { 'content-type': 'application/json', ...headers }, validateStatus: () => true })).status;
		expect(await post('{"id":"evt_1"}', {})).toBe(401);
		expect(await post('{"id": "evt_1"}', { 'stripe-signature': signature('{"id":"evt_1"}', secret) })).toBe(401);
		expect(await post('', { 'stripe-signature': 't=1,v1=00' })).toBe(401);
		expect(await school.executionCount(PAYMENT_WORKFLOW)).toBe(runs);
	});

	test('ST7: a refund that arrives before the payment leaves nobody with access', async () => {
		const anna = await school.newcomer();
		const { sessionId, orderRef } = await school.askToPay(anna);
		school.stripe.holdDeliveries();
		const { payment_intent: intent } = school.stripe.pay(sessionId);
		school.stripe.refund(String(intent));
		await school.stripe.releaseDeliveries('reversed');
		await school.settled(orderRef, 2);
		expect(school.linksSent(anna)).toBe(0);
		expect(await school.order(orderRef)).toMatchObject({ status: 'refunded' });
	});

	test('a payment of another amount gives nothing and is alerted', async () => {
		const anna = await school.newcomer();
		const { sessionId, orderRef } = await school.askToPay(anna);
		await school.stack.ledger.query('UPDATE fulfillment.orders SET amount_minor = 9900 WHERE order_ref = $1', [orderRef]);
		school.stripe.pay(sessionId);
		expect(await school.settled(orderRef, 1)).toEqual([expect.objectContaining({ status: 'ignored', reason: expect.stringContaining('mismatch') })]);
		expect(await school.alerts(orderRef)).toEqual(['mismatch']);
		expect(school.linksSent(anna)).toBe(0);
	});
});

describe('losing access', () => {
	test('ST7: a refund removes, revokes and tells, with a Telegram id of 52 bits; part of the money back changes nothing', async () => {
		const anna = await school.newcomer('4503599627370494');
		const { paymentIntent, link, orderRef } = await school.buy(anna);
		expect(anna.openInvite(link)).toBe('joined');
		school.stripe.refund(paymentIntent, 1000);
		await school.settled(orderRef, 2);
		expect(anna.isMember(CHAT)).toBe(true);

		school.stripe.refund(paymentIntent);
		await anna.waitForMessage('was returned');
		expect(anna.isMember(CHAT)).toBe(false);
		expect(linkOf(link)).toMatchObject({ isRevoked: true });
		expect(anna.openInvite(link)).toBe('link_invalid');
		anna.send('/help');
		await anna.waitForMessage('access to Bread & <Butter> has ended');
		// The way back is to buy again.
		expect(anna.openInvite((await school.buy(anna)).link)).toBe('joined');
	});

	test('ST7: a dispute removes and tells; won, it gives a new way in; lost, it does not', async () => {
		const anna = await school.newcomer();
		const { paymentIntent, link } = await school.buy(anna);
		expect(anna.openInvite(link)).toBe('joined');
		school.stripe.dispute(paymentIntent);
		await anna.waitForMessage('disputes the payment');
		expect(anna.isMember(CHAT)).toBe(false);
		expect(linkOf(link)).toMatchObject({ isRevoked: true });
		school.stripe.closeDispute(paymentIntent, 'won');
		expect(anna.openInvite(await school.nextLink(anna))).toBe('joined');

		const boris = await school.newcomer();
		const lost = await school.buy(boris);
		school.stripe.dispute(lost.paymentIntent);
		await boris.waitForMessage('disputes the payment');
		school.stripe.closeDispute(lost.paymentIntent, 'lost');
		await school.settled(lost.orderRef, 3);
		expect(await school.order(lost.orderRef)).toMatchObject({ status: 'refunded' });
		expect(school.linksSent(boris)).toBe(1);
	});

	test('ST7: a subscription: cancelled and failing is told, its end removes, a refund of it is found by its payment', async () => {
		const subscribe = async (person: Awaited<ReturnType<CourseSchool['newcomer']>>): Promise<Checkout & { subscription: string }> => {
			const checkout = await school.checkout(`${school.stack.n8n.url}/webhook/${MONTHLY_PATH}?tg_id=${person.id}`);
			const { subscription } = school.stripe.pay(checkout.sessionId);
			expect(person.openInvite(await school.nextLink(person))).toBe('joined');
			return { ...checkout, subscription: String(subscription) };
		};
		const anna = await school.newcomer();
		const { subscription } = await subscribe(anna);
		school.stripe.renew(subscription, { fail: true });
		await anna.waitForMessage('renew Bread & <Butter> has failed');
		school.stripe.renew(subscription);
		school.stripe.setCancelAtPeriodEnd(subscription, true);
		await anna.waitForMessage('will not be renewed');
		expect(anna.isMember(CHAT)).toBe(true);
		school.stripe.endSubscription(subscription);
		await anna.waitForMessage('Your subscription to');
		await waitForRemoval(anna);

		const boris = await school.newcomer();
		const { orderRef } = await subscribe(boris);
		const [intent] = school.stripe.events({ type: 'payment_intent.succeeded' }).slice(-1);
		school.stripe.refund(String(intent?.data.object.id));
		await boris.waitForMessage('was returned');
		await waitForRemoval(boris);
		expect(await school.order(orderRef)).toMatchObject({ status: 'refunded' });
	});
});

describe('reaching the buyer', () => {
	test('ST9: who has blocked the bot loses nothing: the page after the payment brings him in', async () => {
		const anna = await school.newcomer();
		const { sessionId, orderRef } = await school.askToPay(anna);
		anna.blockBot();
		school.stripe.pay(sessionId);
		const [paid] = await school.settled(orderRef, 1);
		expect(paid).toMatchObject({ status: 'done' });
		expect(await school.order(orderRef)).toMatchObject({ status: 'paid', result: { action: 'create_link', outcome: 'unreachable' } });

		const page = await school.get('course/done', { order_ref: orderRef });
		expect(page.status).toBe(200);
		expect(page.headers['content-type']).toContain('text/html');
		const deepLink = /href="(https:\/\/t\.me\/[^"]+)"/.exec(String(page.data))?.[1];
		const made = school.telegram.countRequests('createChatInviteLink');
		expect(anna.openLink(String(deepLink))).toBe('started');
		expect(anna.openInvite(await school.nextLink(anna))).toBe('joined');
		expect(school.telegram.countRequests('createChatInviteLink')).toBe(made);
	});

	test('ST10: who bought on the site comes in by the deep link, the first account only', async () => {
		const checkout = await school.checkout(`${school.stack.n8n.url}/webhook/course/buy`);
		expect(await school.order(checkout.orderRef)).toMatchObject({ customer_telegram_id: null });
		const { success_url: successUrl } = school.stripe.pay(checkout.sessionId);
		await school.settled(checkout.orderRef, 1);
		const page = await axios.get<string>(String(successUrl));
		expect(page.data).toContain('Thank you for your payment');
		const payload = /start=([0-9a-f]{40})"/.exec(page.data)?.[1];

		const anna = school.telegram.user();
		anna.start(payload);
		expect(anna.openInvite(await school.nextLink(anna))).toBe('joined');
		const boris = school.telegram.user();
		boris.start(payload);
		await boris.waitForMessage('another Telegram account');
		boris.start('0'.repeat(40));
		await boris.waitForMessage('do not know this order');
		expect(school.linksSent(boris)).toBe(0);
		expect(boris.isMember(CHAT)).toBe(false);
	});

	test('ST10: an order number nobody knows, and none at all', async () => {
		expect(await school.get('course/done', { order_ref: 'f'.repeat(40) })).toMatchObject({ status: 404, data: expect.stringContaining('no such order') });
		expect((await school.get('course/done')).status).toBe(400);
		const probe = '"><script>alert(1)</script>';
		expect((await school.get('course/done', { order_ref: probe })).data).not.toContain('<script>');
	});

	test('ST6: a link that a stranger used up is replaced by /help, and only then', async () => {
		const anna = await school.newcomer();
		const { link } = await school.buy(anna);
		anna.send('/help');
		expect(await school.nextLink(anna)).toBe(link);
		const boris = school.telegram.user();
		expect(boris.openInvite(link)).toBe('joined');
		expect(anna.openInvite(link)).toBe('link_invalid');
		await school.telegram.waitForDeliveries();
		anna.send('/help');
		const second = await school.nextLink(anna);
		expect(second).not.toBe(link);
		expect(linkOf(link)).toMatchObject({ isRevoked: true });
		expect(anna.openInvite(second)).toBe('joined');
	});

	test('ST6: with join requests a forwarded link lets in nobody but the buyer', async () => {
		await school.changeSettings(ACCESS_WORKFLOW, { 'settings.mode': 'join_request' });
		try {
			const anna = await school.newcomer();
			const { link } = await school.buy(anna);
			expect(linkOf(link)).toMatchObject({ createsJoinRequest: true });
			const boris = school.telegram.user();
			expect(boris.openInvite(link)).toBe('requested');
			await boris.waitForMessage('for those who have bought');
			await school.telegram.waitForDeliveries();
			expect(boris.isMember(CHAT)).toBe(false);
			expect(anna.openInvite(link)).toBe('requested');
			await school.telegram.waitForDeliveries();
			expect(anna.isMember(CHAT)).toBe(true);
		} finally {
			await school.changeSettings(ACCESS_WORKFLOW, { 'settings.mode': 'personal_link' });
		}
	});

	test('ST6: with a static link all get the same, and nothing is made at Telegram', async () => {
		const shared = school.telegram.ownerLink(CHAT);
		await school.changeSettings(ACCESS_WORKFLOW, { 'settings.mode': 'static_link', 'settings.static_link': shared });
		try {
			const made = school.telegram.countRequests('createChatInviteLink');
			expect((await school.buy(await school.newcomer())).link).toBe(shared);
			expect((await school.buy(await school.newcomer())).link).toBe(shared);
			expect(school.telegram.countRequests('createChatInviteLink')).toBe(made);
		} finally {
			await school.changeSettings(ACCESS_WORKFLOW, { 'settings.mode': 'personal_link' });
		}
	});

	test('Telegram asks to wait: the message comes after the wait, once', async () => {
		const anna = await school.newcomer();
		const { sessionId } = await school.askToPay(anna);
		school.telegram.failNext(1, { status: 429, retryAfter: 2, method: 'sendMessage' });
		school.stripe.pay(sessionId);
		await school.nextLink(anna);
		await school.stripe.waitForDeliveries();
		expect(school.linksSent(anna)).toBe(1);
	});
});

describe('strangers', () => {
	test.each([['without a secret', null], ['with a wrong secret', 'wrong']])('an update %s is 401 and starts nothing', async (_what, secret) => {
		const runs = await school.executionCount(BOT_WORKFLOW);
		expect(await school.telegram.sendForged(secret)).toMatchObject({ status: 401 });
		expect(await school.executionCount(BOT_WORKFLOW)).toBe(runs);
	});

	test('ST5: no execution holds a key, a token or a signing secret', async () => {
		const secrets = [SANDBOX_SECRETS.stripe, SANDBOX_SECRETS.telegramBot, 'whsec_'];
		for (const workflow of [PAYMENT_WORKFLOW, ACCESS_WORKFLOW, BOT_WORKFLOW, 'PfCoursePay00001']) {
			const ids = await school.executionIds(workflow);
			expect(ids.length).toBeGreaterThan(0);
			for (const id of ids) {
				const text = await school.executionText(id);
				for (const secret of secrets) expect(text).not.toContain(secret);
			}
		}
	});
});

/** The message may come a moment before the channel’s own update. */
async function waitForRemoval(person: { isMember(chat: string): boolean }): Promise<void> {
	await school.stripe.waitForDeliveries();
	expect(person.isMember(CHAT)).toBe(false);
}

function signature(body: string, secret: string): string {
	const at = Math.floor(Date.now() / 1000);
	return `t=${at},v1=${createHmac('sha256', secret).update(`${at}.${body}`).digest('hex')}`;
}

async function sendSigned(body: string, secret: string): Promise<{ status: number }> {
	return await axios.post(webhookUrl(), body, {
		headers: { 'content-type': 'application/json', 'stripe-signature': signature(body, secret) },
		validateStatus: () => true,
	});
}
