import axios from 'axios';
import { ABUSE_LIMIT, RateMeter } from '../../../sandbox/amocrm/rate';
import { closeStages, type Stage, startStage } from './stage';

describe('RateMeter', () => {
	it('lets the allowed calls of a rolling second through', () => {
		const rate = new RateMeter(3);
		expect([0, 400, 800, 999, 1001, 2100].map((now) => rate.arrive(now))).toEqual([
			'within', 'within', 'within', 'over', 'over', 'within',
		]);
		expect([rate.overRate, rate.peakPerSecond]).toEqual([2, 4]);
	});

	it('does not let steady calls at the rate go over it', () => {
		const rate = new RateMeter(7);
		for (let call = 0; call < 70; call += 1) expect(rate.arrive(call * 143)).toBe('within');
		expect([rate.overRate, rate.peakPerSecond]).toEqual([0, 7]);
	});

	it('counts refused calls too: hammering does not help', () => {
		const rate = new RateMeter(1);
		const verdicts = [0, 600, 1200, 1800, 2400].map((now) => rate.arrive(now));
		expect(verdicts).toEqual(['within', 'over', 'over', 'over', 'over']);
	});

	it('blocks everything after repeated abuse, until it is lifted', () => {
		const rate = new RateMeter(1);
		for (let call = 0; call <= ABUSE_LIMIT; call += 1) rate.arrive(call);
		expect(rate.arrive(60_000)).toBe('blocked');
		rate.unblock();
		expect(rate.arrive(120_000)).toBe('within');
	});

	it('forgives single slips spread over minutes', () => {
		const rate = new RateMeter(1);
		for (let slip = 0; slip < ABUSE_LIMIT * 2; slip += 1) {
			rate.arrive(slip * 10_000);
			expect(rate.arrive(slip * 10_000 + 1)).toBe('over');
		}
	});
});

describe('the rate over HTTP', () => {
	let stage: Stage;
	beforeEach(async () => {
		stage = await startStage({ perSecond: 3 });
	});
	afterEach(closeStages);

	const burst = async (calls: number) =>
		await Promise.all(Array.from({ length: calls }, async () => await stage.get('/account')));
	const pass = async (milliseconds: number) => await new Promise((resolve) => setTimeout(resolve, milliseconds));

	it('answers 429 with a page of HTML, then recovers', async () => {
		const answers = await burst(5);
		const refused = answers.filter(({ status }) => status === 429);
		expect(refused).toHaveLength(2);
		expect(refused[0]?.headers['content-type']).toContain('text/html');
		expect(refused[0]?.data).toContain('<h1>429 Too Many Requests</h1>');
		expect(refused[0]?.headers).not.toHaveProperty('retry-after');
		expect([stage.crm.control.overRate(), stage.crm.control.peakPerSecond()]).toEqual([2, 5]);
		await pass(1100);
		expect((await stage.get('/account')).status).toBe(200);
	});

	it('does nothing of what a refused call asks', async () => {
		await burst(3);
		expect((await stage.post('/leads', [{}])).status).toBe(429);
		expect(stage.crm.control.leads()).toEqual([]);
	});

	it('answers everything 403 after abuse, until the block is lifted', async () => {
		await burst(20);
		await pass(1100);
		const { status, data } = await stage.get('/account');
		expect([status, data]).toEqual([403, expect.stringContaining('403 Forbidden')]);
		stage.crm.control.unblock();
		expect((await stage.get('/account')).status).toBe(200);
	});

	it('lets seven calls a second pass unless told otherwise', async () => {
		const other = await startStage({ perSecond: undefined });
		const answers = await Promise.all(Array.from({ length: 8 }, async () => await other.get('/account')));
		expect(answers.filter(({ status }) => status === 200)).toHaveLength(7);
	});

	it('does not count told refusals, pages, tokens and the control API', async () => {
		stage.crm.control.rateLimitNext(1);
		expect((await stage.get('/account')).status).toBe(429);
		const http = axios.create({ validateStatus: () => true, proxy: false });
		for (let call = 0; call < 10; call += 1) {
			await http.get(`${stage.crm.url}/_control/counters`);
			await http.get(`${stage.crm.url}/_crm`);
			await http.post(`${stage.crm.url}/oauth2/access_token`, {});
		}
		expect([stage.crm.control.overRate(), stage.crm.control.peakPerSecond()]).toEqual([0, 1]);
	});

	it('counts calls by method and pattern', async () => {
		const { id } = stage.crm.control.addLead({});
		await stage.get('/contacts?query=x');
		await stage.patch(`/leads/${id}`, { price: 1 });
		await stage.post(`/leads/${id}/notes`, [{ note_type: 'common', params: { text: 'x' } }]);
		expect(stage.crm.control.callCounts()).toEqual({
			'GET /api/v4/contacts': 1, 'PATCH /api/v4/leads/:id': 1, 'POST /api/v4/leads/:id/notes': 1,
		});
		expect(stage.crm.control.requests().map(({ method, path, status, body }) => [method, path, status, body])).toEqual([
			['GET', '/api/v4/contacts?query=x', 204, undefined],
			['PATCH', `/api/v4/leads/${id}`, 200, { price: 1 }],
			['POST', `/api/v4/leads/${id}/notes`, 200, [{ note_type: 'common', params: { text: 'x' } }]],
		]);
		stage.crm.control.resetCounters();
		expect([stage.crm.control.callCounts(), stage.crm.control.requests()]).toEqual([{}, []]);
		expect(stage.crm.control.peakPerSecond()).toBe(0);
	});
});
