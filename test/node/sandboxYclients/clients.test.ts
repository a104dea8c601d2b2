import { COMPANY, type Stage, startStage } from './stage';

let stage: Stage;
beforeEach(async () => {
	stage = await startStage();
});
afterEach(async () => await stage.close());

const search = async (body: object) => await stage.post(`/company/${COMPANY}/clients/search`, body);
const quick = (value: string) => ({ type: 'quick_search', state: { value } });

describe('the search of clients', () => {
	it('answers the fields asked for and drops unknown ones', async () => {
		const { id } = stage.control.addClient({ name: 'Анна', phone: '+79990001122', email: 'anna@example.com' });
		stage.control.addRecord({ clientId: id, attendance: 1, startsAt: '2026-03-10T09:00:00Z' });
		const fields = ['id', 'phone', 'spent', 'last_change_date', 'visits_count', 'sold_amount', 'last_visit_date'];
		const { data } = await search({ fields });
		expect(data).toEqual({
			success: true,
			data: [{
				id, phone: '+79990001122', visits_count: 1, sold_amount: 2000, last_visit_date: '2026-03-10 12:00:00',
			}],
			meta: { total_count: 1 },
		});
		expect((await search({})).data.data).toEqual([{ id }]);
	});

	it('looks into phone and name', async () => {
		const anna = stage.control.addClient({ name: 'Анна', phone: '8 (999) 000-11-22' });
		const vera = stage.control.addClient({ name: 'Вера', phone: '+79990003344' });
		const found = async (filters: object[], more: object = {}) => {
			return (await search({ filters, ...more })).data.data.map(({ id }: { id: number }) => id);
		};
		expect(await found([quick('9990001122')])).toEqual([anna.id]);
		expect(await found([quick('+7 999 000')])).toEqual([anna.id, vera.id]);
		expect(await found([quick('вер')])).toEqual([vera.id]);
		expect(await found([quick('анна'), quick('вера')])).toEqual([]);
		expect(await found([quick('анна'), quick('вера')], { operation: 'OR' })).toEqual([anna.id, vera.id]);
		expect(await found([{ type: 'id', state: { value: [vera.id] } }])).toEqual([vera.id]);
		const backwards = { operation: 'OR', order_by: 'name', order_by_direction: 'desc' };
		expect(await found([], backwards)).toEqual([vera.id, anna.id]);
	});

	it('has pages of 25, at most 200', async () => {
		for (let number = 0; number < 30; number += 1) stage.control.addClient({ name: `Гость ${number}` });
		const first = await search({});
		expect([first.data.data.length, first.data.meta]).toEqual([25, { total_count: 30 }]);
		expect((await search({ page: 2 })).data.data).toHaveLength(5);
		expect((await search({ page_size: 200 })).data.data).toHaveLength(30);
		expect((await search({ page_size: 201 })).status).toBe(422);
		expect((await search({ filters: [{ type: 'spell', state: {} }] })).status).toBe(422);
	});
});

describe('clients', () => {
	it('are read and changed, with name and phone', async () => {
		const { id } = stage.control.addClient({ name: 'Анна', phone: '+79990001122', email: 'anna@example.com' });
		const path = `/client/${COMPANY}/${id}`;
		expect((await stage.put(path, { name: 'Анна' })).status).toBe(422);
		const { data } = await stage.put(path, { name: 'Анна П.', phone: '8 999 000-55-66' });
		expect(data.data).toMatchObject({ name: 'Анна П.', phone: '+79990005566', email: 'anna@example.com' });
		expect((await stage.get(path)).data.data).toEqual(data.data);
		expect((await stage.get(`/client/${COMPANY}/1`)).status).toBe(404);
	});

	it('are listed the old way, with the moment of change', async () => {
		const { id } = stage.control.addClient({ name: 'Анна', phone: '+79990001122', email: 'anna@example.com' });
		stage.control.addClient({ name: 'Вера', phone: '+79990003344' });
		const list = async (params: object) => (await stage.get(`/clients/${COMPANY}`, params)).data;
		expect(await list({ phone: '79990001122' })).toMatchObject({
			data: [{ id, last_change_date: expect.any(String) }], meta: { total_count: 1 },
		});
		expect((await list({ email: 'anna@example.com' })).meta.total_count).toBe(1);
		expect((await list({ changed_after: '2099-01-01T00:00:00' })).data).toEqual([]);
		expect((await stage.get(`/clients/${COMPANY}`, { changed_after: 'x' })).status).toBe(400);
	});

	it('lose their old phone when it changes', () => {
		const anna = stage.control.addClient({ name: 'Анна', phone: '+79990001122' });
		stage.control.editClient(anna.id, { phone: '+79990009900' });
		const other = stage.control.addRecord({ client: { name: 'Ольга', phone: '+79990001122' } });
		expect(other.client?.id).not.toBe(anna.id);
	});
});

describe('the branch', () => {
	it('tells its zone and chain', async () => {
		const { data } = await stage.get(`/company/${COMPANY}/`);
		expect(data.data).toMatchObject({
			id: COMPANY, timezone: 3, timezone_name: 'Europe/Moscow', main_group_id: 5100,
		});
		expect((await stage.get('/companies', { my: 1 })).data.data).toEqual([data.data]);
	});

	it('lists services and staff, one or all', async () => {
		const services = (await stage.get(`/company/${COMPANY}/services`)).data.data;
		expect(services).toHaveLength(4);
		const one = await stage.get(`/company/${COMPANY}/services/3068094`);
		expect(one.data.data).toEqual(services[0]);
		expect(one.data.data).toMatchObject({ title: 'Маникюр с покрытием', price_min: 2000 });
		expect((await stage.get(`/company/${COMPANY}/staff`)).data.data).toHaveLength(3);
		expect((await stage.get(`/company/${COMPANY}/staff/9002`)).data.data).toMatchObject({ name: 'Илья' });
		for (const path of ['services/1', 'staff/1']) {
			expect((await stage.get(`/company/${COMPANY}/${path}`)).status).toBe(404);
		}
	});
});
