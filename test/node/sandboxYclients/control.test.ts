import axios from 'axios';
import { startYClients } from '../../../sandbox/yclients';
import { COMPANY, type Stage, startStage } from './stage';

const http = axios.create({ validateStatus: () => true, proxy: false });

let stage: Stage;
beforeEach(async () => {
	stage = await startStage();
});
afterEach(async () => await stage.close());

const list = async (name: string, params: object = {}) => {
	return (await http.get(`${stage.yclients.url}/_control/${name}`, { params })).data;
};

describe('the control API over HTTP', () => {
	it('adds and changes clients and records', async () => {
		const { data: client } = await stage.drive('add-client', { name: 'Анна', phone: '8 999 000-11-22' });
		expect((await stage.drive('edit-client', { client: client.id, email: 'a@example.com' })).data).toMatchObject({
			name: 'Анна', phone: '8 999 000-11-22', email: 'a@example.com',
		});
		const { data: added } = await stage.drive('add-record', {
			clientId: client.id, services: [{ unitMinor: 99_999 }], startsAt: '2030-01-01T09:00:00+03:00', attendance: 2,
		});
		expect(added).toMatchObject({ attendance: 2, client: { id: client.id }, services: [{ cost: 999.99 }] });
		const record = added.id;
		const steps: Array<[string, object, object]> = [
			['set-attendance', { attendance: -1 }, { attendance: -1 }],
			['change-price', { priceMinor: 5 }, { services: [{ cost: 0.05 }] }],
			['reschedule', { startsAt: '2030-02-01T09:00:00Z' }, { date: '2030-02-01 12:00:00' }],
			['edit-comment', { comment: 'новый' }, { comment: 'новый' }],
			['set-paid', { paid: true }, { paid_full: 1 }],
			['set-client', { client: null }, { client: null }],
			['delete-record', {}, { deleted: true }],
			['restore-record', {}, { deleted: false }],
		];
		for (const [action, body, expected] of steps) {
			expect((await stage.drive(action, { record, ...body })).data).toMatchObject(expected);
		}
		expect((await stage.drive('add-records', { count: 300 })).data).toEqual({ added: 300 });
		expect(await list('records')).toHaveLength(301);
		expect((await list('clients')).length).toBeGreaterThan(90);
	});

	it('holds, releases, delivers, forges and waits', async () => {
		await stage.drive('hold-deliveries');
		const { data: record } = await stage.drive('add-record');
		const [held] = await list('held-deliveries');
		expect(held).toMatchObject({ resourceId: record.id, event: 'create' });
		await stage.drive('release-deliveries', { order: [held.id] });
		expect((await stage.drive('deliver', { record: record.id, copies: 2 })).data).toEqual([200, 200]);
		expect((await stage.drive('send-forged', { body: [] })).data).toEqual([200]);
		await stage.drive('duplicate-next', { copies: 2 });
		await stage.drive('set-attendance', { record: record.id, attendance: 1 });
		expect((await stage.drive('wait-for-deliveries')).data).toEqual({ ok: true });
		expect(await list('deliveries', { kind: 'event', resourceId: record.id, status: 200 })).toHaveLength(3);
		expect(await list('deliveries', { event: 'create' })).toHaveLength(1);
		await stage.drive('lose-next', {});
		await stage.drive('set-hooks', { urls: [], active: 0 });
		expect(await list('hooks')).toMatchObject({ urls: [], active: 0 });
	});

	it('sets faults, modes and limits, and shows requests', async () => {
		await stage.drive('fail-next', { status: 503, path: '/records' });
		await stage.drive('delay-next', { ms: 1, method: 'GET' });
		const statuses = [];
		for (let call = 0; call < 2; call += 1) statuses.push((await stage.get(`/records/${COMPANY}`)).status);
		expect(statuses).toEqual([503, 200]);
		await stage.drive('apply-then-fail-next', { status: 504 });
		expect((await stage.post(`/hooks_settings/${COMPANY}`, { urls: [] })).status).toBe(504);
		await stage.drive('drop-next', { count: 1, apply: false });
		await expect(stage.get('/companies')).rejects.toThrow();
		await stage.drive('down', { down: true });
		await expect(stage.get('/companies')).rejects.toThrow();
		await stage.drive('down', { down: false });
		await stage.drive('modes', { totalCount: 'absent', hiddenAs: 'masked' });
		await stage.drive('drift', { drift: true });
		await stage.drive('page-clamp', { most: 10 });
		expect(await list('modes')).toMatchObject({
			totalCount: 'absent', hiddenAs: 'masked', drift: true, pageClamp: 10, changedAfter: 'branch',
		});
		await stage.drive('limit', { perSecond: 1, perMinute: 1 });
		expect((await stage.get('/companies')).status).toBe(429);
		expect(await list('counters')).toMatchObject({ overRate: 1, calls: { 'GET /records/:id': 2 } });
		expect(await list('requests', { outcome: 'fault', status: 503 })).toHaveLength(1);
		await stage.drive('reset-counters');
		expect(await list('requests')).toEqual([]);
	});

	it('adds cards and cashback', async () => {
		const { data: card } = await stage.drive('add-card', { phone: '79990001122', number: '1' });
		const { data: record } = await stage.drive('add-record');
		const cashback = { record: record.id, card: card.id, amountMinor: 66 };
		expect((await stage.drive('add-cashback', cashback)).data.balanceMinor).toBe(66);
		expect(await list('loyalty-transactions')).toMatchObject([{ typeId: 2, visitId: record.visit_id }]);
	});

	it.each([
		['fail-next', { status: 99 }],
		['fail-next', { status: 500, count: 1e9 }],
		['set-attendance', { record: 1, attendance: 3 }],
		['change-price', { record: 1, priceMinor: 1.5 }],
		['add-record', { startsAt: 'soon' }],
		['add-record', { price: 100 }],
		['add-records', { count: 0 }],
		['modes', { speed: 'high' }],
		['release-deliveries', { order: 'random' }],
		['advance', { ms: -1 }],
		['reset', { everything: true }],
	])('refuses a wrong body of %s with what is wrong', async (action, body) => {
		const { status, data } = await stage.drive(action, body);
		expect(status).toBe(400);
		expect(data.error[0]).toHaveProperty('message');
	});

	it('says when there is nothing to act on, and what there is to do', async () => {
		const missing = await stage.drive('set-attendance', { record: 1, attendance: 1 });
		expect([missing.status, missing.data.error]).toEqual([409, 'Запись 1 не найдена']);
		const unknown = await stage.drive('explode');
		expect([unknown.status, unknown.data.error]).toEqual([404, expect.stringContaining('set-attendance')]);
		expect((await http.get(`${stage.yclients.url}/_control/tokens`)).status).toBe(404);
	});

	it('refuses foreign pages', async () => {
		for (const headers of [{ Origin: 'https://evil.example' }, { Host: 'evil.example' }]) {
			expect((await http.post(`${stage.yclients.url}/_control/reset`, {}, { headers })).status).toBe(403);
		}
	});
});

describe('time', () => {
	it('passes at once', () => {
		stage.control.advance(3_600_000);
		const { last_change_date: changed } = stage.control.addRecord();
		const ahead = Date.parse(changed.replace(/(\d{2})$/, ':$1')) - Date.now();
		expect(ahead).toBeGreaterThan(3_590_000);
		expect(Date.parse(stage.control.now()) - Date.now()).toBeGreaterThan(3_590_000);
	});
});

describe('starting, stopping and beginning anew', () => {
	it('listens on loopback only and names a taken port', async () => {
		expect(stage.yclients.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
		const port = Number(new URL(stage.yclients.url).port);
		const options = { port, partnerToken: 'p', userToken: 'u', companyId: 1, timeScale: 1, log: () => undefined };
		await expect(startYClients(options)).rejects.toThrow(`Port ${port} is taken`);
	});

	it('forgets everything on reset, but numbers go on', async () => {
		const before = stage.control.addRecord({ client: { name: 'Анна', phone: '79990001122' } });
		stage.control.addCard('79990001122', '1');
		stage.control.set({ drift: true });
		stage.control.setHooks({ urls: [], active: 0 });
		stage.control.failNext(1, { status: 500 });
		stage.control.limit({ perSecond: 1, perMinute: 1 });
		stage.control.advance(1e9);
		await stage.get('/companies');
		await stage.control.waitForDeliveries();
		stage.control.holdDeliveries();
		await stage.drive('reset');
		const { control } = stage;
		expect([control.records(), control.clients(), control.requests(), control.deliveries()]).toEqual([[], [], [], []]);
		expect([control.modes.drift, control.hooks().urls.length, control.overRate()]).toEqual([false, 1, 0]);
		expect(Math.abs(Date.parse(control.now()) - Date.now())).toBeLessThan(5000);
		const statuses = [(await stage.get('/companies')).status, (await stage.get('/companies')).status];
		expect(statuses).toEqual([200, 200]);
		expect(control.addRecord().id).toBeGreaterThan(before.id);
		await control.waitForDeliveries();
		expect(stage.merchant.webhooks).toHaveLength(2);
	});

	it('hands out copies, not its own objects', async () => {
		stage.control.addRecord();
		await stage.control.waitForDeliveries();
		Object.assign(stage.control.deliveries()[0] ?? {}, { status: 1 });
		Object.assign(stage.control.hooks(), { active: 7 });
		expect([stage.control.deliveries()[0]?.status, stage.control.hooks().active]).toEqual([200, 1]);
	});
});
