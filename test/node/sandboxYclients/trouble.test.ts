import { COMPANY, onlineRequest, type Stage, startStage } from './stage';

let stage: Stage;
beforeEach(async () => {
	stage = await startStage();
});
afterEach(async () => await stage.close());

const LIST = `/records/${COMPANY}`;
const BOOK = `/book_record/${COMPANY}`;
const read = async () => await stage.get(LIST);
const book = async () => await stage.post(BOOK, onlineRequest());

describe('faults', () => {
	it.each([
		[200, { success: false, data: null, meta: { message: expect.any(String) } }],
		[401, { errors: { message: expect.any(String) }, meta: [] }],
		[402, { success: false, data: null, meta: { message: 'Лицензия филиала истекла' } }],
		[403, { success: false, data: null, meta: { message: expect.any(String) } }],
		[404, { errors: { message: expect.any(String) }, meta: [] }],
		[429, { success: false, data: null, meta: { message: 'Слишком много запросов' } }],
		[503, expect.stringContaining('<h1>503 Service Unavailable</h1>')],
	])('answer %i in its shape, without effect', async (status, body) => {
		stage.control.failNext(1, { status });
		const answer = await book();
		expect([answer.status, answer.data]).toEqual([status, body]);
		expect(stage.control.records()).toEqual([]);
		expect((await book()).status).toBe(201);
		expect(stage.control.overRate()).toBe(0);
	});

	it('wait for their target', async () => {
		stage.control.failNext(2, { status: 500, method: 'POST', path: '/book_record' });
		const statuses = [];
		for (const call of [read, book, read, book, book]) statuses.push((await call()).status);
		expect(statuses).toEqual([200, 500, 200, 500, 201]);
	});

	it('cut the connection without effect, or after it', async () => {
		stage.control.dropNext(1);
		await expect(book()).rejects.toThrow();
		expect(stage.control.records()).toEqual([]);
		stage.control.dropNext(1, { apply: true });
		expect((await read()).status).toBe(200);
		await expect(book()).rejects.toThrow();
		expect(stage.control.records()).toHaveLength(1);
		expect(stage.control.requests({ outcome: 'lost' })).toMatchObject([{ path: BOOK, status: null }]);
	});

	it('apply and then fail, writes only', async () => {
		stage.control.applyThenFailNext(1, 504);
		expect((await read()).status).toBe(200);
		expect((await stage.post(`/company/${COMPANY}/clients/search`, {})).status).toBe(200);
		expect((await book()).status).toBe(504);
		expect(stage.control.records()).toHaveLength(1);
	});

	it('do not hide a refusal', async () => {
		stage.control.applyThenFailNext(1, 504);
		expect((await stage.post(BOOK, onlineRequest({ phone: '' }))).status).toBe(422);
	});

	it('serve late', async () => {
		stage.control.delayNext(1, 120);
		const startedAt = performance.now();
		expect((await read()).status).toBe(200);
		expect(performance.now() - startedAt).toBeGreaterThanOrEqual(110);
	});

	it('cut off everything while it is down', async () => {
		stage.control.down();
		await expect(read()).rejects.toThrow();
		await expect(book()).rejects.toThrow();
		stage.control.down(false);
		expect((await read()).status).toBe(200);
		expect(stage.control.requests().map(({ outcome }) => outcome)).toEqual(['fault', 'fault', 'served']);
	});
});

describe('the journal', () => {
	it('keeps calls with query, body and what became of them', async () => {
		await stage.get(LIST, { page: 2, changed_after: '2026-03-10T12:00:00' });
		await book();
		await stage.get(`/record/${COMPANY}/1`);
		const [first, second, third] = stage.control.requests();
		expect(first).toMatchObject({
			method: 'GET', path: LIST, pattern: '/records/:id', outcome: 'served', status: 200, body: null,
			query: { page: '2', changed_after: '2026-03-10T12:00:00' }, address: '127.0.0.1',
		});
		expect(second).toMatchObject({ method: 'POST', status: 201, body: onlineRequest() });
		expect(third).toMatchObject({ pattern: '/record/:id/:id', outcome: 'refused', status: 404 });
	});

	it('counts by pattern and by filter', async () => {
		for (let call = 0; call < 3; call += 1) await read();
		await book();
		expect(stage.control.callCounts()).toEqual({ 'GET /records/:id': 3, 'POST /book_record/:id': 1 });
		expect(stage.control.countRequests({ pattern: '/records/:id' })).toBe(3);
		expect(stage.control.countRequests({ method: 'POST', outcome: 'served', status: 201 })).toBe(1);
		expect(stage.control.countRequests({ path: BOOK, status: 200 })).toBe(0);
	});
});
