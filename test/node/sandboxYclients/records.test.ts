import { BranchTime } from '../../../sandbox/yclients/branchTime';
import { COMPANY, idsOf, type Stage, startStage, wholeRecord } from './stage';

let stage: Stage;
beforeEach(async () => {
	stage = await startStage();
});
afterEach(async () => await stage.close());

const LIST = `/records/${COMPANY}`;
const one = (id: number) => `/record/${COMPANY}/${id}`;
const list = async (params: object = {}) => await stage.get(LIST, params);

describe('a record', () => {
	it('has the shape of the samples', async () => {
		const record = stage.control.addRecord({
			client: { name: 'Анна', phone: '+79990001122', email: 'anna@example.com' },
			services: [{ unitMinor: 235_293, discountPercent: 15 }, { serviceId: 3068101, amount: 2 }],
			startsAt: '2026-03-10T09:00:00Z',
			createdAt: '2026-03-01T06:12:44Z',
			changedAt: '2026-03-10T11:07:40.900Z',
			attendance: 1,
			paid: true,
			online: true,
			comment: 'Код клиента: ABC12345',
		});
		const { data } = await stage.get(one(record.id));
		expect(data).toEqual({ success: true, data: record, meta: [] });
		expect(record).toMatchObject({
			company_id: COMPANY,
			staff_id: 9001,
			date: '2026-03-10 12:00:00',
			datetime: '2026-03-10T12:00:00+03:00',
			create_date: '2026-03-01T09:12:44+0300',
			last_change_date: '2026-03-10T14:07:40+0300',
			attendance: 1,
			visit_attendance: 1,
			confirmed: 1,
			seance_length: 5400 + 1800,
			paid_full: 1,
			deleted: false,
			api_id: '',
			activity_id: 0,
			comment: 'Код клиента: ABC12345',
			client: { phone: '+79990001122', email: 'anna@example.com', success_visits_count: 1 },
			documents: [{ type_id: 7, record_id: record.id, visit_id: record.visit_id }],
		});
		expect(record.services).toEqual([
			{
				id: 3068094, title: 'Маникюр с покрытием', cost: 1999.99, cost_to_pay: 1999.99, manual_cost: 1999.99,
				cost_per_unit: 2352.93, discount: 15, first_cost: 2352.93, amount: 1,
			},
			{
				id: 3068101, title: 'Дизайн ногтей', cost: 600, cost_to_pay: 600, manual_cost: 600, cost_per_unit: 300,
				discount: 0, first_cost: 600, amount: 2,
			},
		]);
	});

	it('costs less than its price when loyalty pays part', () => {
		const { services } = stage.control.addRecord({ services: [{ unitMinor: 2_200_000, costMinor: 1_152_381 }] });
		expect(services[0]).toMatchObject({ manual_cost: 22_000, cost: 11_523.81, discount: 0 });
	});

	it('of a walk-in has no client', () => {
		expect(stage.control.addRecord().client).toBeNull();
	});

	it('counts the visits of its client', () => {
		const { id } = stage.control.addClient({ name: 'Вера', phone: '+79990003344' });
		const [first] = [1, 1, -1, 0].map((attendance) => {
			return stage.control.addRecord({ clientId: id, attendance: attendance as 1 | -1 | 0 }).id;
		});
		expect(stage.control.record(first ?? 0).client).toMatchObject({ success_visits_count: 2, fail_visits_count: 1 });
	});

	it('keeps the wall clock of the branch over a change of the clocks', async () => {
		const riga = await startStage({ timeZone: 'Europe/Riga' });
		const dates = ['2026-03-29T00:30:00Z', '2026-03-29T01:30:00Z', '2026-10-25T00:30:00Z', '2026-10-25T01:30:00Z'];
		const shown = dates.map((startsAt) => riga.control.addRecord({ startsAt }).datetime);
		expect(shown).toEqual([
			'2026-03-29T02:30:00+02:00', '2026-03-29T04:30:00+03:00', '2026-10-25T03:30:00+03:00',
			'2026-10-25T03:30:00+02:00',
		]);
		await riga.close();
	});

	it.each([
		['2026-03-28 23:30:00', '2026-03-28T21:30:00.000Z'],
		['2026-03-29 02:30:00', '2026-03-29T00:30:00.000Z'],
		['2026-03-29 04:30:00', '2026-03-29T01:30:00.000Z'],
		['2026-10-25 04:30:00', '2026-10-25T02:30:00.000Z'],
	])('reads the wall clock %s around a change of the clocks', (wall, instant) => {
		const time = new BranchTime('Europe/Riga');
		expect(new Date(time.parse(wall) ?? 0).toISOString()).toBe(instant);
		expect(time.wall(Date.parse(instant))).toBe(wall);
	});

	it('writes half-hour zones', async () => {
		const delhi = await startStage({ timeZone: 'Asia/Kolkata' });
		expect(delhi.control.addRecord({ changedAt: '2026-01-01T00:00:00Z' }).last_change_date)
			.toBe('2026-01-01T05:30:00+0530');
		await delhi.close();
	});
});

describe('the list', () => {
	it('has 50 a page by default and 200 at most', async () => {
		stage.control.addRecords(450);
		const sizes = [];
		const wishes = [{}, { count: 200 }, { count: 300, page: 3 }, { count: 200, page: 4 }, { count: 'x', page: 0 }];
		for (const wish of wishes) {
			const { data } = await list(wish);
			sizes.push([data.data.length, data.meta.page, data.meta.total_count]);
		}
		expect(sizes).toEqual([[50, 1, 450], [200, 1, 450], [50, 3, 450], [0, 4, 450], [50, 1, 450]]);
	});

	it('clamps pages without a word, so that a short page is not the last one', async () => {
		const ids = stage.control.addRecords(25);
		stage.control.pageClamp(10);
		const pages = [];
		for (const page of [1, 2, 3, 4]) pages.push(idsOf(await list({ page, count: 200 })));
		expect(pages.map(({ length }) => length)).toEqual([10, 10, 5, 0]);
		expect(pages.flat()).toEqual(ids);
	});

	it.each([
		['page', { page: 2, total_count: 3 }],
		['absent', { page: 2 }],
		['all', { page: 2, total_count: 13 }],
	] as const)('counts %s in total_count when told to', async (totalCount, meta) => {
		stage.control.addRecords(13);
		stage.control.set({ totalCount });
		expect((await list({ page: 2, count: 10 })).data.meta).toEqual(meta);
	});

	it('filters by session days of the branch, both included', async () => {
		const times = ['2026-03-09T20:59:59Z', '2026-03-09T21:00:00Z', '2026-03-11T20:59:59Z', '2026-03-11T21:00:00Z'];
		const ids = stage.control.addRecords(4, (index) => ({ startsAt: times[index] }));
		expect(idsOf(await list({ start_date: '2026-03-10', end_date: '2026-03-11' }))).toEqual(ids.slice(1, 3));
	});

	it('filters by creation days, master, client and who made it', async () => {
		const { id: clientId } = stage.control.addClient({ name: 'Анна' });
		const [first, second, third] = stage.control.addRecords(3, (index) => ({
			createdAt: `2026-03-0${index + 1}T10:00:00Z`,
			staffId: index === 1 ? 9002 : 9001,
			...(index === 2 && { clientId }),
			online: index === 0,
		}));
		expect(idsOf(await list({ c_start_date: '2026-03-02', c_end_date: '2026-03-02' }))).toEqual([second]);
		expect(idsOf(await list({ staff_id: 9002 }))).toEqual([second]);
		expect(idsOf(await list({ client_id: clientId }))).toEqual([third]);
		expect(idsOf(await list({ created_user_id: 0 }))).toEqual([first]);
	});

	it.each([
		['branch', '2026-03-10T15:00:00', 1],
		['branch', '2026-03-10 15:00:00', 1],
		['branch', '2026-03-10T15:00:01', 0],
		['branch', '2026-03-10T12:00:00Z', 1],
		['branch', '2026-03-10T12:00:01Z', 0],
		['branch', '2026-03-10T15:00:00+03:00', 1],
		['branch', '2026-03-10T15:00:01+0300', 0],
		['utc', '2026-03-10T12:00:00', 1],
		['utc', '2026-03-10T12:00:01', 0],
		['utc', '2026-03-10T15:00:00+03:00', 1],
		['offsetIgnored', '2026-03-10T15:00:01Z', 0],
		['offsetIgnored', '2026-03-10T14:59:59-11:00', 1],
	] as const)('reads changed_after in the way of %s: %s', async (changedAfter, text, found) => {
		stage.control.addRecords(1, () => ({ changedAt: '2026-03-10T12:00:00Z' }));
		stage.control.set({ changedAfter });
		expect((await list({ changed_after: text })).data.data).toHaveLength(found);
	});

	it('filters by changes up to and including changed_before', async () => {
		const [first] = stage.control.addRecords(2, (index) => ({ changedAt: `2026-03-10T12:00:0${index}Z` }));
		expect(idsOf(await list({ changed_before: '2026-03-10T12:00:00Z' }))).toEqual([first]);
	});

	it('notices an edit of an old record and a deletion', async () => {
		const [old, gone] = stage.control.addRecords(3, () => ({
			startsAt: '2020-01-01T10:00:00Z', changedAt: '2020-01-01T10:00:00Z',
		}));
		const changed_after = new Date(Date.now() - 60_000).toISOString();
		expect(idsOf(await list({ changed_after, with_deleted: 1 }))).toEqual([]);
		stage.control.changePrice(old ?? 0, 1000);
		stage.control.deleteRecord(gone ?? 0);
		expect(idsOf(await list({ changed_after }))).toEqual([old]);
		expect(idsOf(await list({ changed_after, with_deleted: 1 }))).toEqual([old, gone]);
	});

	it.each([
		['start_date', '10.03.2026'],
		['changed_after', 'yesterday'],
		['changed_after', '2026-03-10T12:00:00 03:00'],
		['changed_after', '2026-02-31T12:00:00'],
		['client_id', 'x'],
	])('answers 400 for %s=%s', async (name, text) => {
		const { status, data } = await list({ [name]: text });
		expect([status, data.success, data.meta.errors]).toEqual([400, false, { [name]: [text] }]);
	});

	it('serves 20,000 records in 101 calls', async () => {
		stage.control.addRecords(20_000);
		const ids = new Set<number>();
		let page = 1;
		for (; ; page += 1) {
			const found = idsOf(await list({ page, count: 200, with_deleted: 1 }));
			for (const id of found) ids.add(id);
			if (found.length === 0) break;
		}
		expect([ids.size, page]).toEqual([20_000, 101]);
		expect(stage.control.callCounts()).toEqual({ 'GET /records/:id': 101 });
		expect(stage.merchant.webhooks).toEqual([]);
	});
});

describe('writing', () => {
	it('creates with 201, the client with it', async () => {
		const { status, data } = await stage.post(LIST, wholeRecord());
		expect(status).toBe(201);
		expect(data.data).toMatchObject({
			api_id: 'order-17', comment: 'Код клиента: ABC12345', date: '2030-03-10 12:00:00', online: false,
			client: { phone: '+79990001122', email: 'anna@example.com' }, services: [{ cost: 2000 }],
		});
	});

	it('finds a client by the phone in any spelling', async () => {
		const { id } = stage.control.addClient({ name: 'Анна', phone: '8 (999) 000-11-22' });
		const { data } = await stage.post(LIST, wholeRecord());
		expect(data.data.client).toMatchObject({ id, email: 'anna@example.com' });
		expect(stage.control.clients()).toHaveLength(1);
	});

	it('reads amounts with discount and amount', async () => {
		const services = [{ id: 3068094, first_cost: 100.1, discount: 10, amount: 2 }];
		const { data } = await stage.post(LIST, wholeRecord({ services }));
		expect(data.data.services[0]).toMatchObject({ first_cost: 100.1, cost_per_unit: 50.05, cost: 90.09, discount: 10 });
	});

	it.each(['staff_id', 'services', 'client', 'datetime', 'seance_length', 'save_if_busy'])(
		'asks for %s, also when changing',
		async (name) => {
			const { id } = stage.control.addRecord();
			for (const answer of [
				await stage.post(LIST, wholeRecord({ [name]: undefined })),
				await stage.put(one(id), wholeRecord({ [name]: undefined })),
			]) {
				expect([answer.status, answer.data.success]).toEqual([422, false]);
				expect(answer.data.meta.errors).toHaveProperty(name);
			}
			expect(stage.control.records()).toHaveLength(1);
		},
	);

	it('empties what PUT leaves out', async () => {
		const { data } = await stage.post(LIST, wholeRecord());
		const { id } = data.data;
		const changed = await stage.put(one(id), wholeRecord({ comment: undefined, api_id: undefined }));
		expect([changed.status, changed.data.data]).toEqual([200, expect.objectContaining({ comment: '', api_id: '' })]);
	});

	it('changes a record in its own slot', async () => {
		const { data } = await stage.post(LIST, wholeRecord());
		const changed = await stage.put(one(data.data.id), wholeRecord({ attendance: 1 }));
		expect([changed.status, changed.data.data.attendance]).toEqual([200, 1]);
	});

	it('answers 409 when the master is busy, unless told to save', async () => {
		await stage.post(LIST, wholeRecord());
		const half = { datetime: '2030-03-10T12:30:00+03:00' };
		expect((await stage.post(LIST, wholeRecord(half))).status).toBe(409);
		expect((await stage.post(LIST, wholeRecord({ ...half, staff_id: 9002 }))).status).toBe(201);
		expect((await stage.post(LIST, wholeRecord({ ...half, save_if_busy: true }))).status).toBe(201);
		expect((await stage.post(LIST, wholeRecord({ datetime: '2030-03-10 13:30:00' }))).status).toBe(201);
	});

	it('refuses strangers of every kind, and adds no client for them', async () => {
		const statuses = [];
		for (const changes of [
			{ staff_id: 1 }, { services: [{ id: 1 }] }, { datetime: 'soon' }, { attendance: 3 }, { activity_id: 8 },
		]) statuses.push((await stage.post(LIST, wholeRecord(changes))).status);
		expect(statuses).toEqual([422, 422, 422, 422, 404]);
		expect(stage.control.clients()).toEqual([]);
	});

	it('deletes with an empty 204; then it is gone', async () => {
		const { id } = stage.control.addRecord();
		const { status, data } = await stage.remove(one(id));
		expect([status, data]).toEqual([204, '']);
		expect((await stage.get(one(id))).status).toBe(404);
		expect((await stage.remove(one(id))).status).toBe(404);
		expect(idsOf(await list())).toEqual([]);
		expect((await list({ with_deleted: 1 })).data.data[0]).toMatchObject({ id, deleted: true });
	});

	it('shows a deleted record instead when told to', async () => {
		const { id } = stage.control.addRecord({ deleted: true });
		stage.control.set({ deletedIsShown: true });
		expect((await stage.get(one(id))).data.data.deleted).toBe(true);
	});

	it('sets the attendance of a whole visit', async () => {
		const first = stage.control.addRecord();
		const second = stage.control.addRecord({ visitId: first.visit_id, staffId: 9002 });
		const { status } = await stage.put(`/visits/${first.visit_id}/${first.id}`, { attendance: 1 });
		expect(status).toBe(200);
		expect(stage.control.record(second.id).attendance).toBe(1);
		expect((await stage.put(`/visits/1/${first.id}`, { attendance: 0 })).status).toBe(404);
		expect((await stage.put(`/visits/${first.visit_id}/${first.id}`, { attendance: 5 })).status).toBe(422);
	});

	it('shows payments of a record', async () => {
		const { id, visit_id } = stage.control.addRecord({ paid: true, services: [{ unitMinor: 199_999 }] });
		stage.control.addRecord({ paid: true });
		const { data } = await stage.get(`/timetable/transactions/${COMPANY}`, { record_id: id });
		expect(data.data).toEqual([expect.objectContaining({ record_id: id, amount: 1999.99 })]);
		const details = await stage.get(`/visit/details/${COMPANY}/${id}/${visit_id}`);
		expect(details.data.data.payment_transactions).toHaveLength(1);
	});
});

describe('what the desk does', () => {
	it('changes price, time, comment, payment, client and attendance, and the moment of change', () => {
		const { id, services } = stage.control.addRecord({ services: [{ amount: 4, unitMinor: 500_000 }, {}] });
		stage.control.advance(5000);
		expect(services[0]?.cost).toBe(20_000);
		const priced = stage.control.changePrice(id, 1_500_050);
		expect(priced.services.map(({ cost }) => cost)).toEqual([15_000.5, 2000]);
		expect(priced.services[0]).toMatchObject({ cost_per_unit: 3750.13, manual_cost: 15_000.5, amount: 4 });
		expect(stage.control.changePrice(id, 100, 1).services[1]?.cost).toBe(1);
		expect(stage.control.reschedule(id, '2030-01-01T09:00:00+03:00').date).toBe('2030-01-01 09:00:00');
		expect(stage.control.editComment(id, 'новый').comment).toBe('новый');
		expect(stage.control.setPaid(id, true).paid_full).toBe(1);
		const client = stage.control.addClient({ name: 'Вера', phone: '+79990003344' });
		expect(stage.control.setClient(id, client.id).client?.id).toBe(client.id);
		expect(stage.control.setClient(id, null).client).toBeNull();
		for (const attendance of [-1, 0, 1, 2] as const) {
			expect(stage.control.setAttendance(id, attendance).attendance).toBe(attendance);
		}
		expect(stage.control.deleteRecord(id).deleted).toBe(true);
		const { create_date: created, last_change_date: changed, deleted } = stage.control.restoreRecord(id);
		expect(deleted).toBe(false);
		const seconds = (text: string) => Date.parse(text.replace(/(\d{2})$/, ':$1')) / 1000;
		expect(seconds(changed) - seconds(created)).toBeGreaterThanOrEqual(5);
	});

	it('may change twice within a second, under the same last_change_date', () => {
		const { id } = stage.control.addRecord();
		let [first, second] = [stage.control.setAttendance(id, 1), stage.control.setAttendance(id, 0)];
		if (first.last_change_date !== second.last_change_date) {
			[first, second] = [stage.control.setAttendance(id, 1), stage.control.setAttendance(id, 0)];
		}
		expect(first.last_change_date).toBe(second.last_change_date);
		expect(first.attendance).not.toBe(second.attendance);
	});

	it('says what does not exist', () => {
		expect(() => stage.control.setAttendance(1, 1)).toThrow('Запись 1 не найдена');
		expect(() => stage.control.addRecord({ clientId: 1 })).toThrow('Клиент 1 не найден');
		expect(() => stage.control.addRecord({ services: [{ serviceId: 1 }] })).toThrow('Услуга 1 не найдена');
		expect(() => stage.control.addRecord({ client: { name: 'Х' }, startsAt: 'soon' })).toThrow('Неверная дата');
		expect(stage.control.clients()).toEqual([]);
	});
});
