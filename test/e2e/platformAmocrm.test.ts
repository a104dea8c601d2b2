import axios from 'axios';

import { waitUntil } from '../../runtime/processes';
import { publishWorkflows, withSettings, type WorkflowFile } from '../../runtime/workflows';
import { PIPELINE_IDS } from '../../sandbox/amocrm/defaultAccount';
import { COURSES, inventedUser, toItem, type OrderOverrides, type PlatformOrder } from '../../sandbox/platform/order';
import { recoverOften } from './support/recoverOften';
import { BOOT_TIMEOUT_MS, startTestStack, type TestStack } from './support/testStack';

const WORKFLOW = 'PfPlatformAmo001';
const NO_CREATION_PATH = 'platform/no-creation';

let testStack: TestStack;
let nextPerson = 1000;

beforeAll(async () => {
	testStack = await startTestStack({
		editWorkflows: (workflows) => [...workflows.map(recoverOften), withoutCreation(workflows)],
	});
}, BOOT_TIMEOUT_MS);

afterAll(async () => await testStack?.stop(), 60_000);

beforeEach(() => {
	crm().reset();
	crm().resetCounters();
});

// The stand-in counts every rolling second: no test may make the package go over the rate.
afterEach(() => expect(crm().overRate()).toBe(0));

const crm = () => testStack.stack.sandbox.amocrm;
const platform = () => testStack.stack.sandbox.platform;

/** The workflow once more, as ops would set it to touch only what is there. */
function withoutCreation(workflows: WorkflowFile[]): WorkflowFile {
	const original = workflows.find(({ id }) => id === WORKFLOW)!;
	const copy = withSettings(
		{ ...original, id: 'PfPlatformNoCre1', name: 'Platform payment, nothing created' },
		{ 'settings.create_contact': false, 'settings.create_lead': false },
	);
	const trigger = copy.nodes.find(({ name }) => name === 'Platform Trigger')!;
	Object.assign(trigger.parameters, { path: NO_CREATION_PATH, healthPath: `${NO_CREATION_PATH}/health` });
	Object.assign(trigger, { webhookId: '00000000-0000-4000-8000-00000000000c' });
	return copy;
}

/** Somebody nobody has heard of yet. */
function stranger(): PlatformOrder['course_order']['user'] {
	nextPerson += 1;
	return inventedUser(nextPerson);
}

/** Somebody amoCRM knows by phone, with a lead in work. */
function customer(lead: Parameters<ReturnType<typeof crm>['addLead']>[0] = { name: 'Заявка' }) {
	const user = stranger();
	const contact = crm().addPerson({ name: `${user.first_name} ${user.last_name}`, phone: String(user.phone), leads: [lead] });
	return { user, contact, leadId: contact.leadIds[0]! };
}

async function pay(overrides: OrderOverrides = {}) {
	const order = platform().sampleOrder(overrides);
	const answer = await platform().payOnce(order);
	return { order, status: answer.status, body: JSON.parse(answer.body || '{}') as Record<string, string | string[] | null> };
}

const lead = (id: unknown) => crm().lead(Number(id));
const notes = (id: unknown) => crm().notes(Number(id));

async function eventsOf(paymentId: string) {
	return await testStack.stack.ledger.query<{ id: string; kind: string; status: string; attempts: number; result: unknown }>(
		`SELECT id, kind, status, attempts, result FROM fulfillment.events WHERE provider = 'platform' AND provider_payment_id = $1 ORDER BY id`,
		[paymentId],
	);
}

/** Changes fields of the workflow's Settings, as ops do, for the time of a test. */
async function withWorkflowSettings(values: Record<string, string | boolean>, test: () => Promise<void>): Promise<void> {
	const owner = await testStack.stack.n8n.login();
	const { data } = await owner.get<{ data: WorkflowFile }>(`/workflows/${WORKFLOW}`);
	const publish = async (workflow: WorkflowFile) => {
		const current = await owner.get<{ data: WorkflowFile }>(`/workflows/${WORKFLOW}`);
		await owner.patch(`/workflows/${WORKFLOW}`, { nodes: workflow.nodes, versionId: current.data.data.versionId });
		await publishWorkflows(owner, [WORKFLOW]);
	};
	await publish(withSettings(data.data, values));
	try {
		await test();
	} finally {
		await publish(data.data);
	}
}

describe('PA2: the answers', () => {
	test('200 done, then 409 for the same payment again, also for 10 copies at once', async () => {
		const { user, leadId } = customer();
		const { order, status, body } = await pay({ user });
		expect({ status, body }).toMatchObject({ status: 200, body: { status: 'done', lead_id: String(leadId), warnings: [] } });
		const again = await platform().resend(order.course_order.payment_id, 10);
		expect(again.map(({ status: code }) => code)).toEqual(Array.from({ length: 10 }, () => 409));
		expect(notes(leadId)).toHaveLength(1);
		expect(lead(leadId).fields['Количество покупок']).toBe(1);
	});

	test('202 for a status that moves no money', async () => {
		const { status, body } = await pay({ user: stranger(), status: 'created' });
		expect({ status, body }).toMatchObject({ status: 202, body: { status: 'skipped' } });
		expect(crm().requests()).toHaveLength(0);
	});

	test('PA1: 401 for a wrong, a missing and a moved signature; the legacy secret is off', async () => {
		for (const forgery of [{ secret: 'wrong' }, { signature: null }, { bodyAfterSigning: '{"course_order":{}}' }]) {
			expect((await platform().sendForged(forgery)).status).toBe(401);
		}
		expect((await platform().sendLegacy('sandbox-secret-of-a-platform-that-does-not-exist')).status).toBe(401);
		expect(crm().requests()).toHaveLength(0);
	});

	test('PA1: 422 names the field of a genuine body that cannot be read', async () => {
		const answer = await platform().sendSigned('{"course_order":{"status":"success","payment_id":"1","course_order_items":[{"cost":"free"}]}}');
		expect(answer.status).toBe(422);
		expect(answer.body).toContain('cost');
	});

	test('404 while creation is off, and 200 for who is there', async () => {
		const url = `${testStack.stack.n8n.url}/webhook/${NO_CREATION_PATH}`;
		const { createHmac } = await import('node:crypto');
		const send = async (order: PlatformOrder) => {
			const body = JSON.stringify(order);
			const signature = createHmac('sha256', 'sandbox-secret-of-a-platform-that-does-not-exist').update(body).digest('hex');
			return await axios.post(url, body, {
				headers: { 'content-type': 'application/json', 'x-signature': signature },
				validateStatus: () => true,
			});
		};
		expect(await send(platform().sampleOrder({ user: stranger() }))).toMatchObject({ status: 404, data: { status: 'contact_not_found' } });
		const { user } = customer({ name: 'Выиграна', status: 'won' });
		expect(await send(platform().sampleOrder({ user }))).toMatchObject({ status: 404, data: { status: 'lead_not_found' } });
		expect(await send(platform().sampleOrder({ user: customer().user }))).toMatchObject({ status: 200, data: { status: 'done' } });
	});

	test('500 when amoCRM refuses; the ledger tries again and the payment arrives', async () => {
		const { user, leadId } = customer();
		crm().set({ down: true });
		const { order, status } = await pay({ user });
		expect(status).toBe(500);
		expect((await platform().resend(order.course_order.payment_id))[0]).toMatchObject({ status: 200, body: '{"status":"queued"}' });
		crm().set({ down: false });
		await settle([order]);
		expect(lead(leadId).fields['Всего оплачено']).toBe(4990);
		expect(notes(leadId)).toHaveLength(1);
	}, 180_000);

	test('health', async () => {
		expect((await axios.get(`${testStack.stack.n8n.url}/webhook/platform/health`)).data).toEqual({ status: 'ok' });
	});
});

describe('contact and lead', () => {
	test('PA3, PA7: the sum is that of the items, never "amount"; fields, totals and multi-selects', async () => {
		const { user, leadId } = customer({
			name: 'Заявка',
			fields: { Предметы: ['Физика'], 'Всего оплачено': 1000, 'Количество покупок': 1 },
		});
		const { order, status } = await pay({
			user,
			amount: 99999,
			course_order_items: [toItem(COURSES[0]), { ...toItem(COURSES[1]!), cost: '3990.50' }],
		});
		expect(status).toBe(200);
		expect(lead(leadId).fields).toMatchObject({
			Предметы: expect.arrayContaining(['Физика', 'Математика', 'Русский язык']),
			Направление: 'ЕГЭ',
			'Сумма последней оплаты': 8980.5,
			'Всего оплачено': 9980.5,
			'Количество покупок': 2,
			'ID платежа': order.course_order.payment_id,
			'ID счёта': String(order.course_order.invoice_id),
		});
	});

	test.each([
		['Telegram id', (user: ReturnType<typeof stranger>) => ({ telegramId: String(user.telegram_id) })],
		['a phone written with 8 and dashes', (user: ReturnType<typeof stranger>) => ({ phone: String(user.phone).replace('+7 (', '8-').replace(') ', '-') })],
		['e-mail', (user: ReturnType<typeof stranger>) => ({ email: String(user.email) })],
	])('PA4: the contact is found by %s, and only what is empty is filled', async (_what, known) => {
		const user = stranger();
		const contact = crm().addPerson({ name: 'Как записал менеджер', telegramUsername: 'first_name_wins', ...known(user), leads: [{ name: 'Заявка' }] });
		const { body } = await pay({ user });
		expect(body).toMatchObject({ contact_id: String(contact.id), lead_id: String(contact.leadIds[0]) });
		expect(crm().contact(contact.id)).toMatchObject({
			name: 'Как записал менеджер',
			fields: { 'Telegram ID': String(user.telegram_id), 'Telegram username': 'first_name_wins' },
		});
	});

	test('PA4: somebody new becomes a contact with a lead, and the next payment finds both', async () => {
		const user = stranger();
		const first = await pay({ user });
		const second = await pay({ user });
		expect(second.body).toMatchObject({ contact_id: first.body.contact_id, lead_id: first.body.lead_id });
		expect(crm().findContacts(String(user.email))).toHaveLength(1);
		expect(lead(first.body.lead_id)).toMatchObject({
			name: `Оплата Математика - ${user.first_name} ${user.last_name}`,
			price: 4990,
			fields: { 'Всего оплачено': 9980, 'Количество покупок': 2 },
		});
	});

	test('PA4: strangers the search turns up are not taken for the customer; of two with one phone the newer counts', async () => {
		crm().set({ looseSearch: true });
		const user = stranger();
		crm().addStranger(String(user.phone).replace(/\D/g, '').slice(-10));
		const { body } = await pay({ user });
		expect(crm().contact(Number(body.contact_id)).fields['Telegram ID']).toBe(String(user.telegram_id));

		const twin = stranger();
		const [, newer] = crm().addTwins(String(twin.phone).replace(/\D/g, '').slice(-10));
		const { body: paid } = await pay({ user: { ...twin, telegram_id: null, email: null } });
		expect(paid.contact_id).toBe(String(newer.id));
	});

	test('PA5: the lead changed last over all pipelines; won, lost, deleted, unsorted and excluded ones do not count', async () => {
		const user = stranger();
		const contact = crm().addPerson({
			name: 'Ученик',
			phone: String(user.phone),
			leads: [
				{ name: 'В работе', pipeline: 'Partners' },
				{ name: 'Выиграна', status: 'won' },
				{ name: 'Проиграна', status: 'lost' },
				{ name: 'Автооплата', status: PIPELINE_IDS.site.autoPayment },
				{ name: 'Неразобранное', status: PIPELINE_IDS.site.unsorted },
				{ name: 'Удалена', isDeleted: true },
			],
		});
		const { body } = await pay({ user });
		expect(body.lead_id).toBe(String(contact.leadIds[0]));
		expect(lead(body.lead_id).pipeline).toBe('Partners');
	});

	test('PA5: filters that are ignored lead to no stranger’s lead', async () => {
		crm().addCrowd(30);
		const { user, leadId } = customer();
		crm().set({ filtersIgnored: true });
		expect((await pay({ user })).body.lead_id).toBe(String(leadId));
	});

	test.each([
		['partner tag', { source: 'Advcake_77', medium: 'cpc' }, 'Partners'],
		['ris.promo', { source: 'go.ris.promo' }, 'Partners'],
		['cpc', { source: 'ya', medium: 'cpc' }, 'Yandex'],
		['el-ege', { medium: 'x-el-ege-y' }, 'Yandex'],
		['a newsletter', { source: 'newsletter', medium: 'email' }, 'Site'],
		['nothing', {}, 'Site'],
	])('PA6: %s puts a new lead into the right pipeline, with the tags in its fields', async (_what, utm, pipeline) => {
		const { body } = await pay({ user: stranger(), utm: { ...utm, compaign: 'autumn', term: 'ege', content: 'banner' } });
		expect(lead(body.lead_id)).toMatchObject({
			pipeline,
			status: 'Новая заявка',
			fields: { utm_campaign: 'autumn', utm_term: 'ege', utm_content: 'banner' },
		});
	});

	test('PA8: the note, line by line', async () => {
		const { user, leadId } = customer();
		const { order } = await pay({
			user,
			created_at: '2026-03-14T06:26:53.000000Z',
			updated_at: '2026-03-14T06:26:53.000000Z',
			course_order_items: [toItem(COURSES[0]), toItem(COURSES[1]!)],
			utm: { source: 'newsletter' },
		});
		const { course_order: paid } = order;
		expect(notes(leadId)[0]?.text.split('\n')).toEqual([
			'Оплата на платформе',
			`Клиент: ${user.first_name} ${user.last_name}`,
			'Время: 14.03.2026 09:26 (МСК), 14.03.2026 06:26 (UTC)',
			'Статус: success',
			'Сумма: 8980.00 RUB',
			'Способ оплаты: bank_card',
			'Курсы:',
			'• Математика: профильный уровень (Математика)',
			'• Русский язык с нуля (Русский язык)',
			'Промокод: START1000',
			`TGID: ${user.telegram_id} / ${user.telegram_tag} / +7${String(user.phone).replace(/\D/g, '').slice(1)}`,
			'Источник: newsletter',
			`Счёт: ${paid.invoice_id}`,
			`Платёж: ${paid.payment_id}`,
		]);
	});

	test('PA9: the ledger keeps what became of the payment', async () => {
		const { user, contact, leadId } = customer();
		const { order } = await pay({ user });
		expect(await eventsOf(order.course_order.payment_id)).toEqual([
			expect.objectContaining({
				kind: 'paid',
				status: 'done',
				attempts: 1,
				result: expect.objectContaining({ contactId: String(contact.id), leadId: String(leadId), createdLead: false }),
			}),
		]);
	});

	test('PA11: a refund lowers the totals of the lead its payment went to', async () => {
		const { user, leadId } = customer({ name: 'Заявка', fields: { 'Всего оплачено': 1000, 'Количество покупок': 1 } });
		const { order } = await pay({ user });
		crm().addLead({ name: 'Новее', contactIds: [...lead(leadId).contactIds] });
		expect((await platform().refund(order.course_order.payment_id)).status).toBe(200);
		expect(lead(leadId).fields).toMatchObject({ 'Всего оплачено': 1000, 'Количество покупок': 1 });
		expect(notes(leadId).map(({ text }) => text.split('\n')[0])).toEqual(['Оплата на платформе', 'Возврат на платформе']);
		expect((await platform().refund(order.course_order.payment_id)).status).toBe(409);
	});

	test('PA11: a field and a choice that are gone are reported, and all else is written', async () => {
		const { user, leadId } = customer();
		crm().deleteField('leads', 'ID счёта');
		crm().deleteEnum('leads', 'Предметы', 'Математика');
		const { status, body } = await pay({ user });
		expect(status).toBe(200);
		expect(JSON.stringify(body.warnings)).toMatch(/ID счёта/);
		expect(JSON.stringify(body.warnings)).toMatch(/Предметы/);
		expect(lead(leadId).fields).toMatchObject({ 'Всего оплачено': 4990, Направление: 'ЕГЭ' });
		expect(notes(leadId)).toHaveLength(1);
	});

	test('PA6, PA7: subjects are mapped as Settings say', async () => {
		await withWorkflowSettings({ 'settings.subject_map': '{"Математика":"Информатика"}' }, async () => {
			// n8n takes a moment to serve a newly published version.
			let subjects: unknown;
			await waitUntil(
				async () => {
					const { user, leadId } = customer();
					await pay({ user });
					subjects = lead(leadId).fields['Предметы'];
					return JSON.stringify(subjects) === '["Информатика"]';
				},
				{ timeoutMs: 15_000, everyMs: 500, otherwise: () => `Still ${JSON.stringify(subjects)}` },
			);
		});
	}, 60_000);
});

describe('PA10: the budget and the sums', () => {
	test('4 calls for a known customer, 5 for a new one', async () => {
		// The first payments read the account's fields and pipelines once.
		await pay({ user: customer().user });
		await pay({ user: stranger() });
		crm().resetCounters();
		const { user, contact } = customer();
		crm().resetCounters();
		await pay({ user: { ...user, telegram_id: null, telegram_tag: null } });
		expect(crm().requests()).toHaveLength(4);
		expect(contact.id).toBeGreaterThan(0);
		crm().resetCounters();
		await pay({ user: stranger() });
		expect(crm().requests()).toHaveLength(5);
	});

	test('20 payments of one customer at once, with 429s, a 504 after the write, and n8n killed: sums and notes exact', async () => {
		const { user, leadId } = customer({ name: 'Заявка', fields: { 'Всего оплачено': 500, 'Количество покупок': 1 } });
		crm().rateLimitNext(2);
		const orders = Array.from({ length: 20 }, () => platform().sampleOrder({ user }));
		const answers = orders.map(async (order) => await platform().pay(order));
		await waitUntil(async () => (await ledgerCount()) >= 20, { timeoutMs: 60_000, otherwise: () => 'Not all were stored' });
		crm().failNext(1, 504, { method: 'GET' });
		const hold = testStack.proxy.hold('fulfillment.confirm_crm_payment', 'request');
		await hold.reached;
		await testStack.stack.n8n.kill();
		hold.discard();
		await testStack.stack.restartN8n();
		crm().applyThen504Next(1, { method: 'PATCH' });
		await settle(orders);
		await Promise.all(answers);
		expect(lead(leadId).fields).toMatchObject({ 'Всего оплачено': 500 + 20 * 4990, 'Количество покупок': 21 });
		const written = notes(leadId).map(({ text }) => /Платёж: (\S+)/.exec(text)?.[1]);
		expect(written.sort()).toEqual(orders.map(({ course_order: { payment_id: id } }) => id).sort());

		async function ledgerCount(): Promise<number> {
			const rows = await Promise.all(orders.map(async ({ course_order: { payment_id: id } }) => await eventsOf(id)));
			return rows.flat().length;
		}
	}, 400_000);

	test('two of one contact who come by different names end at the sum of both', async () => {
		const user = stranger();
		const contact = crm().addPerson({ name: 'Ученик', phone: String(user.phone), email: String(user.email), leads: [{ name: 'Заявка' }] });
		const nobody = { telegram_id: null, telegram_tag: null };
		const orders = Array.from({ length: 6 }, (_, index) =>
			platform().sampleOrder({ user: index % 2 === 0 ? { ...user, ...nobody, phone: null } : { ...user, ...nobody, email: null } }),
		);
		await Promise.all(orders.map(async (order) => await platform().pay(order)));
		await settle(orders);
		expect(lead(contact.leadIds[0]).fields).toMatchObject({ 'Всего оплачено': 6 * 4990, 'Количество покупок': 6 });
		expect(notes(contact.leadIds[0])).toHaveLength(6);
	}, 180_000);
});

/** Lets the ledger's clocks run until every order is done. */
async function settle(orders: readonly PlatformOrder[]): Promise<void> {
	const ids = orders.map(({ course_order: { payment_id: id } }) => id);
	let open: unknown[] = [];
	await waitUntil(
		async () => {
			await testStack.stack.ledger.query(`UPDATE fulfillment.events SET next_attempt_at = now() WHERE status = 'failed'`);
			// Only the leases of runs that a kill has ended; those of living runs are younger.
			await testStack.stack.ledger.query(
				`UPDATE fulfillment.events SET lease_until = now() WHERE status = 'processing' AND lease_until < now() + interval '1750 seconds'`,
			);
			open = await testStack.stack.ledger.query(
				`SELECT id, status, attempts, last_error FROM fulfillment.events WHERE provider_payment_id = ANY($1) AND status <> 'done'`,
				[ids],
			);
			const [{ count } = { count: '0' }] = await testStack.stack.ledger.query<{ count: string }>(
				'SELECT count(*) FROM fulfillment.events WHERE provider_payment_id = ANY($1)',
				[ids],
			);
			return open.length === 0 && Number(count) >= ids.length;
		},
		{ timeoutMs: 240_000, everyMs: 1000, otherwise: () => `Not done: ${JSON.stringify(open)}` },
	);
}
