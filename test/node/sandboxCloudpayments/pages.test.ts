import { CARDS, newOrder, paidOrder, PUBLIC_ID, type Stage, startStage } from './stage';

let stage: Stage;
beforeEach(async () => {
	stage = await startStage();
	stage.listen();
});
afterEach(async () => await stage.close());

type Fields = Readonly<Record<string, string>>;
const open = async (path: string) => await stage.http.get<string>(path);
const send = async (path: string, fields: Fields, headers = {}) => {
	return await stage.http.post<string>(path, new URLSearchParams(fields), { headers });
};
const typed = (changes: Fields = {}): Fields => ({
	card: '4000 0000 0000 3055', expDate: '12/39', cvv: '123', name: 'ANNA K', email: 'anna@example.com', saveCard: 'on',
	...changes,
});
const actions = (page: string) => {
	return [...page.matchAll(/action="([^"]+)"/g)].map((match) => match[1]?.replaceAll('&amp;', '&'));
};

describe('the page of a payment link', () => {
	it('shows what is to be paid, with the test cards as hints', async () => {
		const order = await newOrder(stage, { Description: '<b>Тариф</b>', OfferUri: 'https://example.com/offer' });
		const { status, data, headers } = await open(`/d/${order}`);
		expect(status).toBe(200);
		const wanted = ['1\u00a0490\u00a0₽', '&lt;b&gt;Тариф', '4242 4242 4242 4242', 'user+17', 'https://example.com/offer'];
		for (const shown of wanted) expect(data).toContain(shown);
		expect(headers['content-security-policy']).toContain("default-src 'none'");
		expect(data).not.toMatch(/(src|href)="(https?:)?\/\/(?!example\.com)/);
	});

	it('takes a card and leads back to the shop', async () => {
		const order = await newOrder(stage, { SuccessRedirectUrl: 'https://example.com/ok' });
		const paid = await send(`/d/${order}/card`, typed());
		expect([paid.status, paid.headers.location]).toEqual([303, 'https://example.com/ok']);
		await stage.control.waitForNotifications();
		expect(stage.shop.of('pay')[0]).toMatchObject({ Name: 'ANNA K', Email: 'anna@example.com', CardExpDate: '12/39' });
		const again = await open(`/d/${order}`);
		expect(again.data).toContain('Оплачено');
		expect((await send(`/d/${order}/card`, typed())).status).toBe(409);
		expect(stage.control.transactions()).toHaveLength(1);
	});

	it('goes by the page of the bank when the card asks for it', async () => {
		const order = await newOrder(stage);
		const first = await send(`/d/${order}/card`, typed({ card: CARDS.with3ds }));
		const bank = String(first.headers.location);
		expect([first.status, (await open(bank)).data]).toEqual([303, expect.stringContaining('3-D Secure')]);
		const refused = await send(bank, { answer: 'fail' });
		expect([refused.status, refused.data]).toEqual([402, expect.stringContaining('Свяжитесь с вашим банком')]);
		expect((await send(bank, { answer: 'ok' })).status).toBe(409);
		const second = await send(`/d/${order}/card`, typed({ card: CARDS.with3ds }));
		const done = await send(String(second.headers.location), { answer: 'ok' });
		expect([done.status, done.headers.location]).toEqual([303, `/d/${order}`]);
		expect((await open(String(second.headers.location))).status).toBe(303);
		expect(stage.control.transactions().map(({ status }) => status)).toEqual(['Declined', 'Completed']);
	});

	it('says why a card is refused, or leads to where the shop wants it', async () => {
		const order = await newOrder(stage);
		const refused = await send(`/d/${order}/card`, typed({ card: CARDS.noMoney }));
		expect([refused.status, refused.data]).toEqual([402, expect.stringContaining('Недостаточно средств')]);
		expect(refused.data).toContain('value="anna@example.com"');
		const other = await newOrder(stage, { FailRedirectUrl: 'https://example.com/fail' });
		const gone = await send(`/d/${other}/card`, typed({ card: CARDS.noMoney }));
		expect([gone.status, gone.headers.location]).toEqual([303, 'https://example.com/fail']);
	});

	it.each([
		[{ card: '4000' }, 'номер карты'],
		[{ expDate: '13/30' }, 'Срок действия'],
		[{ cvv: '1' }, 'три цифры'],
		[{ email: 'anna@' }, 'адрес почты'],
		[{ card: '4'.repeat(50) }, 'номер карты'],
	])('asks again for %j', async (changes, words) => {
		const order = await newOrder(stage);
		const answer = await send(`/d/${order}/card`, typed(changes as Fields));
		expect([answer.status, answer.data]).toEqual([400, expect.stringContaining(words)]);
		expect(stage.control.transactions()).toEqual([]);
	});

	it('refuses an expired card, and saves none against the payer’s will', async () => {
		const order = await newOrder(stage);
		expect((await send(`/d/${order}/card`, typed({ expDate: '12/20' }))).status).toBe(402);
		expect(stage.control.transactions()[0]?.reasonCode).toBe(5054);
		const unticked = Object.fromEntries(Object.entries(typed()).filter(([name]) => name !== 'saveCard'));
		await send(`/d/${order}/card`, unticked);
		expect(stage.control.tokens()).toEqual([]);
	});

	it('has a button for SBP', async () => {
		const order = await newOrder(stage, { SuccessRedirectUrl: 'https://example.com/ok' });
		const started = await send(`/d/${order}/sbp`, typed());
		const bank = String(started.headers.location);
		expect((await open(bank)).data).toContain('Приложение банка');
		const done = await send(bank, { answer: 'ok' });
		expect(done.headers.location).toBe('https://example.com/ok');
		expect(stage.control.transactions()).toEqual([expect.objectContaining({ method: 'sbp', status: 'Completed' })]);
		expect((await open(`/d/${await newOrder(stage, { Currency: 'USD' })}`)).data).not.toContain('СБП');
	});

	it('is shown for no other link, and not to foreign pages', async () => {
		const cancelled = await newOrder(stage);
		await stage.post('orders/cancel', { Id: cancelled });
		expect((await open(`/d/${cancelled}`)).data).toContain('Счёт отменён');
		expect((await open('/d/none')).status).toBe(404);
		expect((await open('/nothing')).status).toBe(404);
		const order = await newOrder(stage);
		const { id } = await paidOrder(stage);
		expect((await open(`/d/${order}/bank/${id}`)).status).toBe(404);
		expect((await send(`/d/${order}/card`, typed(), { Origin: 'https://evil.example' })).status).toBe(403);
		expect((await stage.http.get(`/d/${order}`, { headers: { Host: 'evil.example' } })).status).toBe(403);
	});
});

describe('the page of an SBP link', () => {
	const link = async (changes = {}) => {
		const body = { PublicId: PUBLIC_ID, Amount: 700, Currency: 'RUB', Scheme: 'charge', ...changes };
		return new URL(String((await stage.model('payments/qr/sbp/link', body)).QrUrl)).pathname;
	};

	it('is the app of the bank', async () => {
		const path = await link({ SuccessRedirectUrl: 'https://example.com/ok' });
		expect((await open(path)).data).toContain('700\u00a0₽');
		const paid = await send(path, { answer: 'ok' });
		expect([paid.status, paid.headers.location]).toEqual([303, 'https://example.com/ok']);
		expect((await open(path)).data).toContain('Оплачено');
		const other = await link();
		const refused = await send(other, { answer: 'fail' });
		expect([refused.status, refused.data]).toEqual([402, expect.stringContaining('Не оплачено')]);
	});

	it('expires', async () => {
		const path = await link({ TtlMinutes: 10 });
		await stage.control.advance({ minutes: 11 });
		expect((await open(path)).status).toBe(410);
		expect((await send(path, { answer: 'ok' })).status).toBe(410);
		expect((await open('/q/1')).status).toBe(404);
	});
});

describe('the widget’s pages', () => {
	const parameters = (changes = {}) => JSON.stringify({
		publicId: PUBLIC_ID, amount: 990.5, currency: 'RUB', schema: 'Single', accountId: 'u-1', invoiceId: 'w-1',
		description: 'Тариф', email: 'u@example.com', metadata: { plan: 'pro' }, ...changes,
	});
	const frame = async (changes = {}) => {
		return await stage.http.get<string>('/widget/frame', { params: { parameters: parameters(changes) } });
	};
	const outcome = (page: string) => {
		const text = /data-outcome="([^"]+)"/.exec(page)?.[1];
		return text === undefined ? null : JSON.parse(text.replaceAll('&quot;', '"'));
	};

	it('show the form inside any page of this machine', async () => {
		const { status, data, headers } = await frame();
		expect([status, outcome(data)]).toEqual([200, null]);
		expect(data).toContain('990,50\u00a0₽');
		expect(headers['content-security-policy']).toContain('frame-ancestors http://127.0.0.1:* http://localhost:*');
		expect(stage.control.transactions()).toEqual([]);
	});

	it('pay and tell', async () => {
		const { status, data } = await send('/widget/frame', { ...typed(), parameters: parameters() });
		const [payment] = stage.control.transactions();
		expect([status, outcome(data)]).toEqual([200, {
			type: 'payment', status: 'success', data: { transactionId: payment?.transactionId, ReasonCode: 0 },
		}]);
		expect(payment).toMatchObject({
			amountMinor: 99050, invoiceId: 'w-1', jsonData: '{"plan":"pro"}', email: 'anna@example.com',
		});
	});

	it('go by the bank’s page and let a refused payer try again', async () => {
		const first = await send('/widget/frame', { ...typed({ card: CARDS.with3ds }), parameters: parameters() });
		const bank = String(first.headers.location);
		const page = await open(bank);
		expect([first.status, page.data]).toEqual([303, expect.stringContaining('3-D Secure')]);
		const refused = await send(actions(page.data)[0] ?? '', { answer: 'fail' });
		expect([refused.status, outcome(refused.data)]).toEqual([402, {
			type: 'payment',
			status: 'fail',
			message: expect.any(String),
			data: { transactionId: expect.any(Number), ReasonCode: 5206 },
		}]);
		expect(refused.data).toContain('name="card"');
		const second = await send('/widget/frame', { ...typed({ card: CARDS.with3ds }), parameters: parameters() });
		const done = await send(String(second.headers.location), { answer: 'ok' });
		expect(outcome(done.data)?.status).toBe('success');
	});

	it.each([
		[{ publicId: 'pk_other' }, 'Terminal is not found'],
		[{ amount: 'much' }, 'amount is invalid'],
		[{ schema: 'undefined' }, 'schema is invalid'],
	])('say what is wrong with %j', async (changes, message) => {
		const { status, data } = await frame(changes);
		expect([status, outcome(data)]).toEqual([400, { type: 'error', status: 'fail', message }]);
	});

	it('stand broken parameters, and ask again for a wrong card', async () => {
		expect((await open('/widget/frame')).status).toBe(400);
		expect((await open('/widget/frame?parameters=%7Bbroken')).status).toBe(400);
		const wrong = await send('/widget/frame', { ...typed({ cvv: 'x' }), parameters: parameters() });
		expect([wrong.status, outcome(wrong.data)]).toEqual([400, null]);
		expect((await send('/widget/frame', typed(), { Origin: 'https://evil.example' })).status).toBe(403);
	});
});

it('the bank’s page for shops with a form of their own sends the payer back to web pages only', async () => {
	const wrong = await send('/acs', { MD: '1', PaReq: 'x', TermUrl: 'javascript:alert(1)' });
	expect(wrong.status).toBe(400);
	const { status, data } = await send('/acs', { MD: '1', PaReq: 'x', TermUrl: 'http://127.0.0.1:9/back' });
	expect([status, actions(data)]).toEqual([200, ['http://127.0.0.1:9/back', 'http://127.0.0.1:9/back']]);
});

describe('the cabinet', () => {
	const cabinet = async () => (await open('/_cabinet')).data;
	const click = async (path: string, fields: Fields = {}, headers = {}) => {
		return await send(`/_cabinet/${path}`, fields, headers);
	};

	it('shows payments, orders, subscriptions and notifications with their attempts', async () => {
		expect(await cabinet()).toContain('Пока ничего нет.');
		stage.shop.answer('pay', { status: 500, body: 'broken shop' });
		const { id } = await paidOrder(stage, { SubscriptionBehavior: 'CreateMonthly' });
		await stage.control.waitForNotifications();
		const page = await cabinet();
		const [subscription] = stage.control.subscriptions();
		const address = `${stage.shop.url}/hook/pay`;
		const wanted = [String(id), 'order-417', subscription?.id, '1\u00a0490\u00a0₽', 'broken shop', 'принято', address];
		for (const shown of wanted) expect(page).toContain(shown);
	});

	it('has a button for all that happens', async () => {
		const { id: held } = await paidOrder(stage, { RequireConfirmation: true });
		const { id: voided } = await paidOrder(stage, { RequireConfirmation: true });
		const sbp = async () => String((await stage.model('payments/qr/sbp/link', {
			PublicId: PUBLIC_ID, Amount: 700, Currency: 'RUB', Scheme: 'charge',
		})).TransactionId);
		const [settling, bouncing] = [await sbp(), await sbp()];
		const open = await newOrder(stage);
		await paidOrder(stage, { SubscriptionBehavior: 'CreateMonthly' });
		const subscription = stage.control.subscriptions()[0]?.id ?? '';
		const status = (id: number | string) => () => stage.control.transaction(id).status;
		const buttons: ReadonlyArray<readonly [string, () => unknown, unknown]> = [
			[`payments/${held}/confirm`, status(held), 'Completed'],
			[`payments/${held}/refund`, () => stage.control.transaction(held).refundedMinor, 149000],
			[`payments/${voided}/void`, status(voided), 'Cancelled'],
			[`payments/${settling}/settle`, status(settling), 'Completed'],
			[`payments/${bouncing}/bounce`, status(bouncing), 'Declined'],
			[`orders/${open}/cancel`, () => stage.control.orders().find(({ id }) => id === open)?.status, 'Cancelled'],
			[`subscriptions/${subscription}/poor`, () => 0, 0],
			['site/all/month', () => 0, 0],
			['site/all/day', () => stage.control.subscriptions()[0]?.status, 'PastDue'],
			[`subscriptions/${subscription}/rich`, () => 0, 0],
			['site/all/day', () => stage.control.subscriptions()[0]?.status, 'Active'],
			['site/all/hour', () => 0, 0],
			[`subscriptions/${subscription}/cancel`, () => stage.control.subscriptions()[0]?.status, 'Cancelled'],
			['site/all/cards', async () => (await cabinet()).includes('не запоминаются'), true],
		];
		for (const [path, read, wanted] of buttons) {
			expect([path, await cabinet()]).toEqual([path, expect.stringContaining(`/_cabinet/${path}"`)]);
			expect([path, (await click(path)).status]).toEqual([path, 303]);
			expect([path, await read()]).toEqual([path, wanted]);
		}
	});

	it('sets addresses, Check included, and sends again', async () => {
		const url = `${stage.shop.url}/other/check`;
		expect((await click('address/check', { url })).status).toBe(303);
		const { id } = await paidOrder(stage);
		await stage.control.waitForNotifications();
		expect(stage.shop.of('check')).toHaveLength(1);
		await click(`notifications/${id}/pay`);
		expect(stage.shop.of('pay')).toHaveLength(2);
		await click('address/check', { url: '' });
		await paidOrder(stage);
		expect(stage.shop.of('check')).toHaveLength(1);
	});

	it('says why a button does not work, and refuses foreign pages', async () => {
		const { id } = await paidOrder(stage);
		await click(`payments/${id}/refund`);
		const again = await click(`payments/${id}/refund`);
		expect([again.status, again.data]).toEqual([409, expect.stringContaining('exceeds')]);
		expect((await click('address/pay', { url: 'nowhere' })).status).toBe(409);
		expect((await click('address/receipt', { url: '' })).status).toBe(409);
		expect((await click(`payments/${id}/explode`)).status).not.toBe(303);
		expect((await click('site/all/day', {}, { Origin: 'https://evil.example' })).status).toBe(403);
	});
});
