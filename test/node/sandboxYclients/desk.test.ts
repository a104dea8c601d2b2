import axios from 'axios';
import { type Stage, startStage } from './stage';

const http = axios.create({ maxRedirects: 0, validateStatus: () => true, proxy: false });

let stage: Stage;
beforeEach(async () => {
	stage = await startStage();
});
afterEach(async () => await stage.close());

const open = async () => await http.get<string>(`${stage.yclients.url}/_desk`);
const press = async (path: string, fields: Record<string, string> = {}) => {
	return await http.post<string>(`${stage.yclients.url}/_desk/${path}`, new URLSearchParams(fields));
};
const soon = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();
const typed = (changes: Record<string, string> = {}) => ({
	service: '3068094', staff: '9001', at: '2030-03-10T12:00', name: 'Анна', phone: '8 (999) 000-11-22',
	email: 'anna@example.com', comment: 'Код клиента: ABC12345', ...changes,
});

describe('the desk', () => {
	it('shows bookings from today on, nearest first, without scripts', async () => {
		const later = stage.control.addRecord({ startsAt: soon(48), client: { name: 'Вера', phone: '+79990003344' } });
		const first = stage.control.addRecord({ comment: 'Код клиента: XKM48210', services: [{ unitMinor: 199_999 }] });
		const old = stage.control.addRecord({ startsAt: soon(-48) });
		const { status, data, headers } = await open();
		expect(status).toBe(200);
		expect(data.indexOf(`id="record-${first.id}"`)).toBeLessThan(data.indexOf(`id="record-${later.id}"`));
		expect(data).toContain('Код клиента: XKM48210');
		expect(data).toContain('1\u00a0999,99\u00a0₽');
		expect(data).toContain('+79990003344');
		expect(data).not.toContain(`record-${old.id}`);
		expect(data).not.toContain('<script');
		expect(headers['content-security-policy']).toContain("default-src 'none'");
	});

	it('has a style sheet for light and dark', async () => {
		const { status, data } = await http.get<string>(`${stage.yclients.url}/_assets/page.css`);
		expect(status).toBe(200);
		expect(data).toContain('prefers-color-scheme: dark');
		expect((await open()).data).toContain('href="/_assets/page.css"');
	});

	it('says when there is nothing', async () => {
		expect((await open()).data).toContain('Записей на сегодня и дальше нет');
	});

	it('stays small with many bookings', async () => {
		stage.control.addRecords(2000, () => ({ startsAt: soon(24) }));
		const { data } = await open();
		expect(data.match(/id="record-/g)).toHaveLength(80);
		expect(data).toContain('и ещё 1920');
	});

	it.each([
		['came', 1], ['missed', -1], ['confirm', 2],
	])('%s marks the visit, undo takes it back', async (button, attendance) => {
		const { id } = stage.control.addRecord();
		const answer = await press(`${id}/${button}`);
		expect([answer.status, answer.headers.location]).toEqual([303, `/_desk#record-${id}`]);
		expect(stage.control.record(id).attendance).toBe(attendance);
		expect((await open()).data).toContain(`/_desk/${id}/undo`);
		await press(`${id}/undo`);
		expect(stage.control.record(id).attendance).toBe(0);
	});

	it('changes price, time and comment, deletes and restores, resends', async () => {
		const { id } = stage.control.addRecord();
		for (const [price, cost] of [['1500', 1500], ['1 500', null], ['99,9', 99.9], ['0.05', 0.05]] as const) {
			const { status } = await press(`${id}/price`, { price });
			expect(status).toBe(cost === null ? 400 : 303);
			if (cost !== null) expect(stage.control.record(id).services[0]?.cost).toBe(cost);
		}
		await press(`${id}/move`, { at: '2030-01-02T15:30' });
		expect(stage.control.record(id).date).toBe('2030-01-02 15:30:00');
		await press(`${id}/comment`, { comment: 'Код клиента: ABC12345' });
		expect(stage.control.record(id).comment).toBe('Код клиента: ABC12345');
		await press(`${id}/delete`);
		expect(stage.control.record(id).deleted).toBe(true);
		expect((await open()).data).toContain(`/_desk/${id}/restore`);
		await press(`${id}/restore`);
		expect(stage.control.record(id).deleted).toBe(false);
		await press(`${id}/resend`);
		await stage.control.waitForDeliveries();
		expect(stage.control.deliveries({ kind: 'hand' })).toHaveLength(1);
	});

	it('says what is wrong', async () => {
		const { id } = stage.control.addRecord();
		const cases: Array<[string, Record<string, string>, number, string]> = [
			[`${id}/price`, { price: '-1' }, 400, 'Укажите цену'],
			[`${id}/price`, {}, 400, 'Укажите цену'],
			[`${id}/move`, { at: '2030-02-31T10:00' }, 400, 'Укажите дату'],
			['1/came', {}, 404, 'Запись 1 не найдена'],
			['abc/came', {}, 404, ''],
			[`${id}/explode`, {}, 404, ''],
		];
		for (const [path, fields, status, text] of cases) {
			const answer = await press(path, fields);
			expect([path, answer.status, answer.data]).toEqual([path, status, expect.stringContaining(text)]);
		}
	});

	it('refuses foreign pages', async () => {
		const { id } = stage.control.addRecord();
		const headers = { Origin: 'https://evil.example' };
		expect((await http.post(`${stage.yclients.url}/_desk/${id}/came`, '', { headers })).status).toBe(403);
		expect(stage.control.record(id).attendance).toBe(0);
	});
});

describe('the booking form', () => {
	it('YL1: books as a client with the code in the comment', async () => {
		const answer = await press('book', typed());
		const [record] = stage.control.records();
		expect([answer.status, answer.headers.location]).toEqual([303, `/_desk#record-${record?.id}`]);
		expect(record).toMatchObject({
			comment: 'Код клиента: ABC12345', online: true, date: '2030-03-10 12:00:00', staff_id: 9001,
			client: { name: 'Анна', phone: '+79990001122', email: 'anna@example.com' },
		});
		await stage.control.waitForDeliveries();
		expect(stage.received()).toMatchObject([{ status: 'create', resource_id: record?.id }]);
	});

	it.each([
		[{ phone: '123' }, 'Неверный формат номера'],
		[{ name: ' ' }, 'Имя не указано'],
		[{ at: '' }, 'Неверная дата'],
		[{ service: '1' }, 'Услуга 1 не найдена'],
	])('keeps what was typed when %o is wrong', async (changes, text) => {
		const { status, data } = await press('book', typed(changes as unknown as Record<string, string>));
		expect([status, data]).toEqual([400, expect.stringContaining(text)]);
		expect(data).toContain('value="anna@example.com"');
		expect(stage.control.records()).toEqual([]);
	});

	it('says when the time is taken', async () => {
		await press('book', typed());
		expect((await press('book', typed())).data).toContain('Выбранное время уже занято');
		expect((await press('book', typed({ staff: '0' }))).status).toBe(303);
	});

	it('escapes what people type', async () => {
		const evil = '"><img src=x onerror=alert(1)>';
		await press('book', typed({ name: evil, comment: evil, at: `${soon(30).slice(0, 16)}` }));
		expect(stage.control.records()).toHaveLength(1);
		expect((await open()).data).not.toContain('<img');
		expect((await press('book', typed({ comment: evil, phone: evil }))).data).not.toContain('<img');
	});

	it('survives a body that is no form', async () => {
		const { status } = await http.post(`${stage.yclients.url}/_desk/book`, { name: ['x'] });
		expect(status).toBe(400);
	});
});
