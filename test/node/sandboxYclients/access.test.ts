import axios from 'axios';
import { COMPANY, PARTNER, type Stage, startStage, USER } from './stage';

let stage: Stage;
beforeEach(async () => {
	stage = await startStage();
});
afterEach(async () => await stage.close());

const withHeaders = async (headers: object, path = `/records/${COMPANY}`) => {
	return await axios.get(`${stage.yclients.url}/api/v1${path}`, {
		headers: { Accept: 'application/vnd.yclients.v2+json', ...headers }, validateStatus: () => true, proxy: false,
	});
};

describe('tokens and headers', () => {
	it('takes both tokens in one header', async () => {
		const { status, data } = await withHeaders({ Authorization: `Bearer ${PARTNER}, User ${USER}` });
		expect([status, data]).toEqual([200, { success: true, data: [], meta: { page: 1, total_count: 0 } }]);
	});

	it.each([
		['nothing', {}],
		['a wrong partner', { Authorization: `Bearer other, User ${USER}` }],
		['no user', { Authorization: `Bearer ${PARTNER}` }],
		['a wrong user', { Authorization: `Bearer ${PARTNER}, User other` }],
		['the word User left out', { Authorization: `Bearer ${PARTNER}, ${USER}` }],
		['the user alone', { Authorization: `User ${USER}` }],
		['tokens in the wrong order', { Authorization: `Bearer ${USER}, User ${PARTNER}` }],
		['a token as a prefix', { Authorization: `Bearer ${PARTNER}x, User ${USER}` }],
	])('refuses %s in the shape of 401', async (_name, headers) => {
		const { status, data } = await withHeaders(headers);
		expect([status, data]).toEqual([401, { errors: { message: expect.any(String) }, meta: [] }]);
	});

	it('lets the partner alone read staff and the company, nothing else', async () => {
		const partner = { Authorization: `Bearer ${PARTNER}` };
		const statuses = [];
		for (const path of ['/staff', '/staff/9001', '/', '/services']) {
			statuses.push((await withHeaders(partner, `/company/${COMPANY}${path}`)).status);
		}
		expect(statuses).toEqual([200, 200, 200, 401]);
	});

	it('asks for its own Accept', async () => {
		const Authorization = `Bearer ${PARTNER}, User ${USER}`;
		const { status, data } = await withHeaders({ Authorization, Accept: 'application/json' });
		expect([status, data]).toEqual([400, { success: false, data: null, meta: { message: expect.any(String) } }]);
		const several = { Authorization, Accept: 'application/json, application/vnd.yclients.v2+json;q=0.9' };
		expect((await withHeaders(several)).status).toBe(200);
	});

	it('is Altegio under another Accept, with another name for the master', async () => {
		const altegio = await startStage({ brand: 'altegio' });
		altegio.control.addRecords(4, (index) => ({ staffId: index === 2 ? 9002 : 9001 }));
		expect((await altegio.get(`/records/${COMPANY}`)).status).toBe(400);
		const headers = { Accept: 'application/vnd.api.v2+json' };
		const list = async (params: object) => (await altegio.http.get(`/records/${COMPANY}`, { params, headers })).data;
		expect((await list({ team_member_id: 9002 })).meta.total_count).toBe(1);
		expect((await list({ staff_id: 9001 })).meta.total_count).toBe(3);
		await altegio.close();
		stage.control.addRecords(1, () => ({}));
		expect((await stage.get(`/records/${COMPANY}`, { team_member_id: 9002 })).data.meta.total_count).toBe(1);
	});

	it('knows only its own branch and chain', async () => {
		expect((await stage.get('/records/1')).status).toBe(403);
		expect((await stage.get('/chain/1/loyalty/transactions')).status).toBe(403);
		expect((await stage.get('/chain/5100/loyalty/transactions')).status).toBe(200);
	});

	it('answers 404 in its own shape for what is not there', async () => {
		for (const path of ['/nothing', `/record/${COMPANY}/1`, `/record/${COMPANY}/abc`, `/record/${COMPANY}/%zz`]) {
			const { status, data } = await stage.get(path);
			expect([status, data]).toEqual([404, { errors: { message: expect.any(String) }, meta: [] }]);
		}
	});

	it('refuses a body that is not JSON, without effect', async () => {
		const headers = { 'Content-Type': 'application/json' };
		const { status } = await stage.http.post(`/hooks_settings/${COMPANY}`, '{"urls": [', { headers });
		expect(status).toBe(400);
		expect(stage.control.hooks().urls).toHaveLength(1);
	});

	it('never logs or journals a token', async () => {
		await stage.get(`/records/${COMPANY}`);
		stage.control.addRecord();
		await stage.control.waitForDeliveries();
		const written = JSON.stringify([stage.log, stage.control.requests()]);
		for (const secret of [PARTNER, USER, 'secret-of-nobody']) expect(written).not.toContain(secret);
		expect(stage.log).toHaveLength(2);
	});
});

describe('rights of the user', () => {
	const client = { name: 'Анна', phone: '+79990001122', email: 'anna@example.com' };
	const seen = async () => {
		const [record] = (await stage.get(`/records/${COMPANY}`)).data.data;
		const { data } = await stage.get(`/client/${COMPANY}/${record.client.id}`);
		return [record.client.phone, record.client.email, data.data.phone, data.data.email];
	};

	it.each([
		['blank', { phonesAccess: false }, ['', client.email, client.phone, client.email]],
		['blank', { contactsAccess: false }, [client.phone, '', '', '']],
		['masked', { phonesAccess: false }, ['**********22', client.email, client.phone, client.email]],
	] as const)('hides contacts as %s with %o', async (hiddenAs, modes, expected) => {
		const [id = 0] = stage.control.addRecords(1, () => ({ client }));
		stage.control.set({ hiddenAs, ...modes });
		expect(await seen()).toEqual(expected);
		await stage.control.deliver(id);
		expect(stage.received()[0]?.data.client).toMatchObject({ phone: client.phone, email: client.email });
	});

	it('hides the clients of records', async () => {
		const { id } = stage.control.addRecord({ client });
		stage.control.set({ recordClientsAccess: false });
		expect((await stage.get(`/record/${COMPANY}/${id}`)).data.data.client).toBeNull();
		const { data } = await stage.get(`/user/permissions/${COMPANY}`);
		expect(data.data.record_form.record_form_client_access).toBe(false);
	});

	it('shows rights in groups', async () => {
		stage.control.set({ phonesAccess: false, loyaltyAccess: false });
		const { data } = await stage.get(`/user/permissions/${COMPANY}`);
		expect(data.data).toMatchObject({
			timetable: { timetable_phones_access: false },
			record_form: { record_form_client_access: true },
			clients: { clients_phones_email_access: true },
			loyalty: { loyalty_cards_manual_transactions_access: false },
			settings: { webhook_read_access: true },
		});
	});

	it('keeps the webhook settings from those without the right', async () => {
		stage.control.set({ webhooksAccess: false });
		expect((await stage.get(`/hooks_settings/${COMPANY}`)).status).toBe(403);
		expect((await stage.post(`/hooks_settings/${COMPANY}`, { urls: [] })).status).toBe(403);
		expect(stage.control.hooks().urls).toHaveLength(1);
	});
});
