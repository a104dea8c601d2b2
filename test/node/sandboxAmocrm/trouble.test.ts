import axios from 'axios';
import { closeStages, idsOf, type Stage, startStage, TOKEN, violationsOf } from './stage';

let stage: Stage;
beforeEach(async () => {
	stage = await startStage();
});
afterEach(closeStages);

const control = () => stage.crm.control;
const note = [{ note_type: 'common', params: { text: 'x' } }];

describe('faults', () => {
	it('fails the next calls of a target, and nothing else', async () => {
		const { id } = control().addLead({});
		control().failNext(2, 500, { method: 'POST', path: '/leads/\\d+/notes$' });
		expect((await stage.get('/leads')).status).toBe(200);
		const statuses = [];
		for (let call = 0; call < 3; call += 1) statuses.push((await stage.post(`/leads/${id}/notes`, note)).status);
		expect(statuses).toEqual([500, 500, 200]);
		expect(control().notes(id)).toHaveLength(1);
	});

	it('tells 4xx as a problem and 5xx as a page of the web server', async () => {
		control().failNext(1, 402);
		const unpaid = await stage.get('/leads');
		expect([unpaid.status, unpaid.headers['content-type']]).toEqual([402, 'application/problem+json']);
		expect(unpaid.data.title).toBe('Payment Required');
		control().failNext(1, 502);
		expect((await stage.get('/leads')).data).toContain('<h1>502 Bad Gateway</h1>');
	});

	it('applies a write and answers 504', async () => {
		control().applyThen504Next(1);
		expect((await stage.get('/leads')).status).toBe(204);
		const { status, data } = await stage.post('/leads', [{ name: 'saved' }]);
		expect([status, data]).toEqual([504, expect.stringContaining('nginx')]);
		expect(control().leads()).toMatchObject([{ name: 'saved' }]);
		expect((await stage.post('/leads', [{}])).status).toBe(200);
	});

	it('applies the write of a target only', async () => {
		const { id } = control().addLead({});
		control().applyThen504Next(1, { method: 'PATCH', path: '/leads' });
		expect((await stage.post(`/leads/${id}/notes`, note)).status).toBe(200);
		expect((await stage.patch(`/leads/${id}`, { price: 7 })).status).toBe(504);
		expect(control().lead(id).price).toBe(7);
	});

	it('cuts the connection before or after the effect', async () => {
		control().dropNext(1);
		await expect(stage.post('/leads', [{ name: 'lost' }])).rejects.toThrow(/socket hang up|ECONNRESET/);
		expect(control().leads()).toEqual([]);
		control().dropNext(1, { apply: true });
		await expect(stage.post('/leads', [{ name: 'saved' }])).rejects.toThrow(/socket hang up|ECONNRESET/);
		expect(control().leads()).toMatchObject([{ name: 'saved' }]);
		expect(control().requests().map(({ status }) => status)).toEqual([null, null]);
	});

	it('serves late', async () => {
		control().delayNext(150);
		const startedAt = performance.now();
		expect((await stage.get('/account')).status).toBe(200);
		expect(performance.now() - startedAt).toBeGreaterThan(145);
		control().set({ latencyMs: 100 });
		const second = performance.now();
		await stage.get('/account');
		expect(performance.now() - second).toBeGreaterThan(95);
	});

	it('answers 429 as often as told', async () => {
		control().rateLimitNext(2);
		const statuses = [];
		for (let call = 0; call < 3; call += 1) statuses.push((await stage.get('/account')).status);
		expect([statuses, control().overRate()]).toEqual([[429, 429, 200], 0]);
	});

	it('refuses elements of a batch by position and saves none', async () => {
		const [first, second] = [control().addLead({}), control().addLead({})];
		control().rejectElementsNext([1]);
		const rows = [{ id: first.id, price: 1 }, { id: second.id, price: 2, request_id: 'second' }];
		const refused = await stage.patch('/leads', rows);
		expect([refused.status, violationsOf(refused)]).toEqual([
			400, { second: ['NotSupportedChoice custom_fields_values.0.field_id'] },
		]);
		expect(control().leads().map(({ price }) => price)).toEqual([0, 0]);
		expect((await stage.patch('/leads', rows)).status).toBe(200);
	});

	it('is down, then up again', async () => {
		control().down();
		expect((await stage.get('/account')).status).toBe(503);
		control().down(false);
		expect((await stage.get('/account')).status).toBe(200);
	});

	it('forbids everything, with a page instead of JSON', async () => {
		control().set({ forbidden: true });
		const { status, headers } = await stage.get('/account');
		expect([status, headers['content-type']]).toEqual([403, 'text/html; charset=utf-8']);
	});

	it('gives each answer a request id, and none for unknown paths is 200', async () => {
		expect((await stage.get('/account')).headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
		for (const path of ['/companies', '/leads/x', '/leads/1/nothing']) {
			const { status, data } = await stage.get(path);
			expect([status, data.status]).toEqual([404, 404]);
		}
		expect((await stage.http.delete('/leads/1')).status).toBe(404);
		expect((await axios.get(`${stage.crm.url}/api/v2/leads`, { validateStatus: () => true })).status).toBe(404);
	});
});

describe('tokens', () => {
	const bare = axios.create({ validateStatus: () => true, proxy: false });
	const client = {
		client_id: 'sandbox-client', client_secret: 'sandbox-client-secret', redirect_uri: 'http://127.0.0.1/callback',
	};
	const exchange = async (body: object) => await bare.post(`${stage.crm.url}/oauth2/access_token`, body);
	const code = async () =>
		await exchange({ ...client, grant_type: 'authorization_code', code: control().authorizationCode() });
	const refresh = async (token: string) =>
		await exchange({ ...client, grant_type: 'refresh_token', refresh_token: token });
	const open = async (token: string) =>
		(await bare.get(`${stage.crm.url}/api/v4/account`, { headers: { Authorization: `Bearer ${token}` } })).status;

	it.each([{}, { Authorization: 'Bearer wrong' }, { Authorization: TOKEN }])('refuses %j with 401', async (headers) => {
		const { status, data } = await bare.get(`${stage.crm.url}/api/v4/account`, { headers });
		expect([status, data.title]).toEqual([401, 'Unauthorized']);
		expect(JSON.stringify(data)).not.toContain(TOKEN);
	});

	it('can be revoked and restored', async () => {
		control().revokeToken();
		expect((await stage.get('/account')).status).toBe(401);
		control().restoreToken();
		expect((await stage.get('/account')).status).toBe(200);
	});

	it('gives tokens for a code, once', async () => {
		const grantType = { ...client, grant_type: 'authorization_code', code: control().authorizationCode() };
		const { status, data } = await exchange(grantType);
		expect([status, data.token_type, data.expires_in]).toEqual([200, 'Bearer', 86_400]);
		expect(await open(data.access_token)).toBe(200);
		expect((await exchange(grantType)).status).toBe(400);
	});

	it('takes a form body too', async () => {
		const form = new URLSearchParams({
			...client, grant_type: 'authorization_code', code: control().authorizationCode(),
		});
		expect((await bare.post(`${stage.crm.url}/oauth2/access_token`, form)).status).toBe(200);
	});

	it('takes a refresh token once; the access token may have ended before', async () => {
		const first = (await code()).data;
		control().expireAccessTokens();
		expect(await open(first.access_token)).toBe(401);
		const second = await refresh(first.refresh_token);
		expect(await open(second.data.access_token)).toBe(200);
		const again = await refresh(first.refresh_token);
		expect([again.status, again.data.hint]).toEqual([400, 'Token has been revoked']);
		expect((await refresh(second.data.refresh_token)).status).toBe(200);
	});

	it('loses the race of two refreshes: only one gets tokens', async () => {
		const { refresh_token: token } = (await code()).data;
		const statuses = (await Promise.all([refresh(token), refresh(token)])).map(({ status }) => status);
		expect(statuses.sort()).toEqual([200, 400]);
	});

	it('refuses wrong clients, grants and addresses', async () => {
		const good = { ...client, grant_type: 'authorization_code', code: control().authorizationCode() };
		expect((await exchange({ ...good, client_secret: 'x' })).status).toBe(401);
		expect((await exchange({ ...good, grant_type: 'password' })).status).toBe(400);
		expect((await exchange({ ...good, redirect_uri: '' })).status).toBe(400);
		expect((await exchange({ ...good, code: 'x' })).status).toBe(400);
		const headers = { 'Content-Type': 'application/json' };
		expect((await bare.post(`${stage.crm.url}/oauth2/access_token`, Buffer.from('{'), { headers })).status).toBe(400);
		expect((await bare.post(`${stage.crm.url}/oauth2/access_token`, Buffer.from('[]'), { headers })).status).toBe(400);
	});

	it('does not give tokens while it is down or revoked', async () => {
		const { refresh_token: token } = (await code()).data;
		control().down();
		expect((await code()).status).toBe(503);
		control().down(false);
		control().revokeToken();
		expect((await refresh(token)).status).toBe(400);
	});

	it('keeps tokens and codes out of the journal and the log', async () => {
		const { data } = await code();
		await open(data.access_token);
		const written = JSON.stringify([control().requests(), stage.log]);
		for (const secret of [data.access_token, data.refresh_token, client.client_secret, TOKEN]) {
			expect(written).not.toContain(secret);
		}
	});
});

describe('control API over HTTP', () => {
	const view = async (path: string) => (await stage.http.get(`${stage.crm.url}/_control/${path}`)).data;

	it('adds people and leads and reads them', async () => {
		const person = await stage.drive('add-person', {
			name: 'Анна', phone: '+79990000001', leads: [{ name: 'A', pipeline: 'Partners', status: 'Автооплата' }],
		});
		const [leadId] = person.data.leadIds;
		const lead = await stage.drive('add-lead', { contactIds: [person.data.id], status: 'won', price: 5 });
		expect(lead.data).toMatchObject({ statusId: 142, price: 5, contactIds: [person.data.id] });
		await stage.post(`/leads/${leadId}/notes`, note);
		expect(await view(`leads/${leadId}`)).toMatchObject({ status: 'Автооплата', notes: [{ text: 'x' }] });
		expect(await view('leads')).toHaveLength(2);
		expect(await view('contacts?text=9990000001')).toMatchObject([{ name: 'Анна' }]);
		expect(await view('contacts?text=nobody')).toEqual([]);
		expect(await view('contacts')).toHaveLength(1);
	});

	it('plants strangers, twins and crowds', async () => {
		await stage.drive('add-stranger', { query: '9990000001' });
		expect((await stage.drive('add-twins', { phone: '79990000001' })).data).toHaveLength(2);
		expect(idsOf(await stage.get('/contacts?query=9990000001'), 'contacts')).toHaveLength(3);
		await stage.drive('add-crowd', { count: 30 });
		expect(await view('contacts')).toHaveLength(33);
	});

	it('deletes leads, contacts, fields and choices', async () => {
		const { data: person } = await stage.drive('add-person', { name: 'A', leads: [{}] });
		await stage.drive('delete-lead', { id: person.leadIds[0] });
		await stage.drive('delete-contact', { id: person.id });
		await stage.drive('delete-field', { entity: 'leads', field: 'ID платежа' });
		await stage.drive('delete-enum', { entity: 'leads', field: 8101, value: 'Физика' });
		expect((await stage.get('/leads')).status).toBe(204);
		expect((await stage.get('/contacts')).status).toBe(204);
		const { data } = await stage.get('/leads/custom_fields');
		const fields: Array<{ id: number; enums: Array<{ value: string }> }> = data._embedded.custom_fields;
		expect(fields.some(({ id }) => id === 8107)).toBe(false);
		expect(fields[0]?.enums.map(({ value }) => value)).not.toContain('Физика');
	});

	it('sets modes and faults', async () => {
		await stage.drive('modes', { numericAsStrings: true, indexLagMs: 50, timeZone: 'Europe/Samara' });
		expect(await view('modes')).toMatchObject({ numericAsStrings: true, indexLagMs: 50, timeZone: 'Europe/Samara' });
		await stage.drive('fail-next', { status: 500 });
		await stage.drive('rate-limit-next', {});
		await stage.drive('delay-next', { ms: 1 });
		await stage.drive('reject-elements-next', { positions: [0] });
		await stage.drive('apply-then-504-next', { path: '/leads$' });
		const statuses = [];
		for (const call of ['get', 'get', 'get'] as const) statuses.push((await stage[call]('/account')).status);
		for (let call = 0; call < 3; call += 1) statuses.push((await stage.post('/leads', [{}])).status);
		expect(statuses).toEqual([500, 429, 200, 400, 504, 200]);
		await stage.drive('drop-next', { apply: true });
		await expect(stage.post('/leads', [{}])).rejects.toThrow();
	});

	it('drives tokens and counters', async () => {
		await stage.drive('revoke-token');
		expect((await stage.get('/account')).status).toBe(401);
		await stage.drive('restore-token');
		await stage.drive('expire-access-tokens');
		expect((await stage.drive('authorization-code')).data.code).toMatch(/^sandbox-code-/);
		await stage.get('/account');
		expect(await view('counters')).toEqual({ overRate: 0, peakPerSecond: 2, calls: { 'GET /api/v4/account': 2 } });
		expect(await view('journal')).toHaveLength(2);
		await stage.drive('unblock');
		await stage.drive('reset-counters');
		expect(await view('counters')).toEqual({ overRate: 0, peakPerSecond: 0, calls: {} });
	});

	it.each([
		['modes', { nonsense: true }],
		['modes', { timeZone: 'Mars/Olympus' }],
		['fail-next', { status: 200 }],
		['fail-next', { status: 500, path: '(' }],
		['delay-next', {}],
		['add-twins', { phone: 'x' }],
		['reject-elements-next', { positions: [] }],
		['reset', { everything: true }],
	])('refuses a wrong body of %s', async (action, body) => {
		const { status, data } = await stage.drive(action, body);
		expect([status, data.error[0]]).toEqual([400, expect.objectContaining({ message: expect.any(String) })]);
	});

	it('says when there is nothing to act on', async () => {
		expect((await stage.drive('delete-lead', { id: 5 })).data).toEqual({ error: 'There is no lead 5' });
		const field = await stage.drive('add-lead', { fields: { Nonsense: 'x' } });
		expect([field.status, field.data.error]).toEqual([409, 'There is no field Nonsense of leads']);
		expect((await stage.drive('add-lead', { status: 'Nowhere' })).status).toBe(409);
		expect((await stage.drive('add-lead', { pipeline: 'Nowhere' })).status).toBe(409);
		expect((await stage.drive('add-lead', { fields: { Направление: 'x' } })).status).toBe(409);
		const unknown = await stage.drive('explode');
		expect([unknown.status, unknown.data.error]).toEqual([404, expect.stringContaining('fail-next')]);
	});

	it('is closed to foreign pages', async () => {
		const headers = { Origin: 'http://evil.example' };
		expect((await stage.http.post(`${stage.crm.url}/_control/reset`, {}, { headers })).status).toBe(403);
		expect((await stage.http.get(`${stage.crm.url}/_crm`, { headers: { Host: 'evil.example' } })).status).toBe(403);
	});
});

describe('reset', () => {
	it('brings back the people of the start and nothing else', async () => {
		const other = await startStage({ seed: [{ name: 'Анна', leads: [{ name: 'A' }] }] });
		const [before] = other.crm.control.contacts();
		other.crm.control.addCrowd(3);
		other.crm.control.set({ forbidden: true });
		other.crm.control.deleteField('leads', 'ID платежа');
		other.crm.control.failNext(1, 500);
		await other.drive('reset');
		expect(other.crm.control.contacts()).toMatchObject([{ name: 'Анна' }]);
		expect(other.crm.control.contacts()[0]?.id).not.toBe(before?.id);
		expect((await other.get('/leads/custom_fields')).status).toBe(200);
		expect(() => other.crm.control.addLead({ fields: { 'ID платежа': 'x' } })).not.toThrow();
	});

	it('gives ids that a restart does not repeat', async () => {
		const first = control().addLead({}).id;
		await new Promise((resolve) => setTimeout(resolve, 250));
		const other = await startStage();
		expect(other.crm.control.addLead({}).id).toBeGreaterThan(first);
	});

	it('refuses a seed that does not fit the account', async () => {
		await expect(startStage({ seed: [{ fields: { Nonsense: 1 } }] })).rejects.toThrow('There is no field Nonsense');
	});
});
