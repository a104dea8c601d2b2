import axios from 'axios';
import { clubFields, courseFields, newSession, paidCourse, type Stage, startStage, subscribed } from './stage';

const http = axios.create({ maxRedirects: 0, validateStatus: () => true, proxy: false });

let stage: Stage;
beforeEach(async () => {
	stage = await startStage();
});
afterEach(async () => await stage.close());

const pageOf = (id: string) => `${stage.stripe.url}/c/pay/${id}`;
const open = async (id: string) => await http.get<string>(pageOf(id));
const press = async (id: string, method: string, typed: Record<string, string> = { email: 'buyer@example.com' }) => {
	return await http.post<string>(pageOf(id), new URLSearchParams({ ...typed, method }));
};

describe('the checkout page', () => {
	it('shows what is paid for, without scripts', async () => {
		const { status, data, headers } = await open(await newSession(stage));
		expect(status).toBe(200);
		expect(data).toContain('49.00\u00a0EUR');
		expect(data).toContain('Course');
		expect(data).toMatch(/<input name="email" type="email"[^>]* required/);
		for (const method of ['card', 'delayed', 'declined']) expect(data).toContain(`name="method" value="${method}"`);
		expect(data).toContain('href="http://127.0.0.1:9/back"');
		expect(data).not.toContain('<script');
		expect(headers['content-security-policy']).toContain("default-src 'none'");
	});

	it('escapes what the merchant and the buyer write', async () => {
		const name = '<img src=x onerror=alert(1)>';
		const id = await newSession(stage, courseFields({ 'line_items[0][price_data][product_data][name]': name }));
		expect((await open(id)).data).not.toContain(name);
		expect((await press(id, 'declined', { email: 'a@example.com', name })).data).not.toContain(name);
	});

	it('pays and sends the buyer back with the session id', async () => {
		const id = await newSession(stage);
		const paid = await press(id, 'card', { email: 'olena@example.com', name: 'Олена' });
		expect([paid.status, paid.headers.location]).toEqual([303, `http://127.0.0.1:9/thanks?session=${id}`]);
		expect((await stage.get(`/checkout/sessions/${id}`)).data).toMatchObject({
			payment_status: 'paid', customer_details: { email: 'olena@example.com', name: 'Олена' },
		});
	});

	it('replaces only literal braces', async () => {
		const encoded = 'https://example.com/t?s=%7BCHECKOUT_SESSION_ID%7D';
		const id = await newSession(stage, courseFields({ success_url: encoded }));
		expect((await press(id, 'card')).headers.location).toBe(encoded);
	});

	it('sends the buyer to the same place after a bank debit', async () => {
		const id = await newSession(stage);
		expect((await press(id, 'delayed')).status).toBe(303);
		expect((await stage.get(`/checkout/sessions/${id}`)).data.payment_status).toBe('unpaid');
	});

	it('lets a declined buyer try again and keeps what was typed', async () => {
		const id = await newSession(stage);
		const declined = await press(id, 'declined', { email: 'petro@example.com' });
		expect([declined.status, declined.data]).toEqual([402, expect.stringContaining('Your card was declined')]);
		expect(declined.data).toContain('value="petro@example.com"');
		expect((await press(id, 'card')).status).toBe(303);
	});

	it.each([[{ email: 'nobody' }], [{}], [{ email: '' }]])('asks again for an e-mail instead of %o', async (typed) => {
		const id = await newSession(stage);
		const answer = await press(id, 'card', typed as unknown as Record<string, string>);
		expect([answer.status, answer.data]).toEqual([400, expect.stringContaining('e-mail')]);
		expect(stage.stripe.control.events()).toEqual([]);
	});

	it('refuses a way to pay it does not know', async () => {
		const id = await newSession(stage);
		expect((await press(id, 'gold')).status).toBe(400);
	});

	it('knows the e-mail given by the shop, and asks for a phone when told', async () => {
		const id = await newSession(stage, courseFields({
			customer_email: 'known@example.com', 'phone_number_collection[enabled]': 'true',
		}));
		expect((await open(id)).data).toContain('value="known@example.com"');
		expect((await press(id, 'card')).status).toBe(400);
		await press(id, 'card', { email: 'known@example.com', phone: '+380500000001' });
		expect((await stage.get(`/checkout/sessions/${id}`)).data).toMatchObject({
			customer_details: { phone: '+380500000001' },
		});
	});

	it('says when the session is over', async () => {
		const { session } = await paidCourse(stage);
		const done = await open(session);
		expect([done.status, done.data]).toEqual([410, expect.stringContaining('completed')]);
		const id = await newSession(stage);
		stage.stripe.control.expire(id);
		const expired = await open(id);
		expect([expired.status, expired.data]).toEqual([410, expect.stringContaining('expired')]);
		expect((await press(id, 'card')).status).toBe(410);
		expect((await open('cs_live_none')).status).toBe(404);
	});

	it('shows how often a subscription is paid', async () => {
		const { data } = await open(await newSession(stage, clubFields({ 'subscription_data[trial_period_days]': '7' })));
		expect(data).toMatch(/every\s+month/);
		expect(data).toContain('7 days free');
	});

	it('is not driven by foreign pages', async () => {
		const id = await newSession(stage);
		const form = new URLSearchParams({ email: 'a@example.com', method: 'card' });
		const foreign = await http.post(pageOf(id), form, { headers: { Origin: 'https://evil.example' } });
		expect(foreign.status).toBe(403);
		expect((await http.get(pageOf(id), { headers: { Host: 'evil.example' } })).status).toBe(403);
	});
});

describe('the billing portal', () => {
	it('lets the customer cancel and come back', async () => {
		const { id } = await subscribed(stage);
		const customer = String((await stage.get(`/subscriptions/${id}`)).data.customer);
		const fields = { customer, return_url: 'https://example.com/account' };
		const { data } = await stage.post('/billing_portal/sessions', fields);
		expect(data).toMatchObject({ object: 'billing_portal.session', ...fields });
		const page = await http.get<string>(String(data.url));
		expect(page.data).toContain('19.00\u00a0EUR every month');
		expect(page.data).toContain('https://example.com/account');
		const button = /action="([^"]+)"[^]*?name="cancel" value="true"/.exec(page.data)?.[1] ?? '';
		const cancel = async (value: string) => {
			return await http.post(`${stage.stripe.url}${button}`, new URLSearchParams({ cancel: value }));
		};
		expect((await cancel('true')).status).toBe(303);
		expect((await stage.get(`/subscriptions/${id}`)).data.cancel_at_period_end).toBe(true);
		expect((await cancel('false')).status).toBe(303);
		expect((await stage.get(`/subscriptions/${id}`)).data.cancel_at_period_end).toBe(false);
	});

	it('is for customers only', async () => {
		expect((await stage.post('/billing_portal/sessions', { customer: 'cus_none' })).status).toBe(400);
		expect((await http.get(`${stage.stripe.url}/p/session/live_none`)).status).toBe(404);
	});
});

describe('the dashboard', () => {
	const dashboard = async () => (await http.get<string>(`${stage.stripe.url}/_dashboard`)).data;
	const click = async (path: string, headers = {}) => {
		return await http.post<string>(`${stage.stripe.url}/_dashboard/${path}`, '', { headers });
	};
	const types = () => stage.stripe.control.events().map(({ type }) => type);

	it('lists sessions, payments, subscriptions and events', async () => {
		expect(await dashboard()).toContain('None yet.');
		await stage.listen(['checkout.session.completed']);
		const { intent } = await paidCourse(stage);
		const { id } = await subscribed(stage);
		await stage.stripe.control.waitForDeliveries();
		const page = await dashboard();
		const wanted = [intent, id, 'order-7', 'checkout.session.completed', '49.00', '200'];
		for (const shown of wanted) expect(page).toContain(shown);
	});

	it('has a button for all that happens', async () => {
		await stage.listen(['charge.refunded']);
		const { intent } = await paidCourse(stage);
		const other = await paidCourse(stage);
		const { id } = await subscribed(stage);
		const waiting = await newSession(stage);
		stage.stripe.control.pay(waiting, { method: 'delayed' });
		const bouncing = await newSession(stage);
		stage.stripe.control.pay(bouncing, { method: 'delayed' });
		const idle = await newSession(stage);
		const buttons: ReadonlyArray<readonly [string, string]> = [
			[`payments/${intent}/refund`, 'charge.refunded'],
			[`payments/${other.intent}/dispute`, 'charge.dispute.created'],
			[`payments/${other.intent}/lose`, 'charge.dispute.closed'],
			[`subscriptions/${id}/fail`, 'invoice.payment_failed'],
			[`subscriptions/${id}/renew`, 'invoice.paid'],
			[`subscriptions/${id}/cancel`, 'customer.subscription.updated'],
			[`subscriptions/${id}/resume`, 'customer.subscription.updated'],
			[`subscriptions/${id}/end`, 'customer.subscription.deleted'],
			[`sessions/${waiting}/settle`, 'checkout.session.async_payment_succeeded'],
			[`sessions/${bouncing}/bounce`, 'checkout.session.async_payment_failed'],
			[`sessions/${idle}/expire`, 'checkout.session.expired'],
		];
		for (const [path, type] of buttons) {
			const before = types().length;
			if (!path.endsWith('lose')) expect(await dashboard()).toContain(path);
			expect([path, (await click(path)).status]).toEqual([path, 303]);
			expect(types().slice(before)).toContain(type);
		}
		await stage.stripe.control.waitForDeliveries();
		const event = stage.stripe.control.events({ type: 'charge.refunded' })[0]?.id ?? '';
		await click(`events/${event}/resend`);
		expect(stage.stripe.control.deliveries({ eventId: event })).toHaveLength(2);
	});

	it('says why a button does not work, and refuses foreign pages', async () => {
		const { intent } = await paidCourse(stage);
		await click(`payments/${intent}/refund`);
		const again = await click(`payments/${intent}/refund`);
		expect([again.status, again.data]).toEqual([409, expect.stringContaining('already been refunded')]);
		expect((await click('payments/x/explode')).status).toBe(404);
		expect((await click(`payments/${intent}/refund`, { Origin: 'https://evil.example' })).status).toBe(403);
	});
});
