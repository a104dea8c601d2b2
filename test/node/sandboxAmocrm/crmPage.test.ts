import { readFile } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { startAmoCrm } from '../../../sandbox/amocrm';
import { DEMO_PEOPLE } from '../../../sandbox/amocrm/demoPeople';
import { closeStages, type Stage, startStage } from './stage';

let stage: Stage;
beforeEach(async () => {
	stage = await startStage({ seed: DEMO_PEOPLE });
});
afterEach(closeStages);

const control = () => stage.crm.control;
const open = async (path: string) => await stage.http.get<string>(`${stage.crm.url}/_crm${path}`);

describe('the page', () => {
	it('shows pipelines as columns, the last changed lead on top', async () => {
		control().addLead({ name: 'Старая', updatedAt: '2026-01-01T00:00:00Z' });
		const { status, data } = await open('');
		expect(status).toBe(200);
		const [, site = '', partners = '', yandex = ''] = data.split('<section class="column">');
		expect(site).toContain('<h2>Site</h2>');
		expect(site.indexOf('Оплата Математика - Анна Образцова')).toBeGreaterThan(0);
		expect(site.indexOf('Оплата Математика')).toBeLessThan(site.indexOf('Старая'));
		expect(partners).toContain('3\u00a0490\u00a0₽');
		expect(partners).toContain('Автооплата');
		expect(yandex).toContain('Борис Примеров');
		const texts = ['Предметы', 'Математика', 'pupil3@example.com', '+7 (999) 000-00-01'];
		for (const text of texts) expect(data).toContain(text);
	});

	it('shows the notes, fields and contacts of a lead', async () => {
		const contact = control().addContact({ name: 'Анна', email: 'a@example.com' });
		const { id } = control().addLead({
			contactIds: [contact.id], tags: ['оплата'], fields: { 'Время последней оплаты': 1_795_000_000 },
		});
		const text = 'Платёж 1\nСумма: 4 990 ₽';
		await stage.post(`/leads/${id}/notes`, [
			{ note_type: 'service_message', params: { service: 'Платформа', text } },
			{ note_type: 'common', params: { text: 'позже' } },
		]);
		const { data } = await open(`/leads/${id}`);
		for (const part of [text, '· Платформа', 'a@example.com', 'оплата', '18.11.2026, 14:06:40']) {
			expect(data).toContain(part);
		}
		expect(data.indexOf('позже')).toBeLessThan(data.indexOf('Платёж 1'));
	});

	it('shows no deleted leads, and says so when there is none', async () => {
		const { id } = control().addLead({ name: 'Лишняя', isDeleted: true });
		expect((await open('')).data).not.toContain('Лишняя');
		expect((await open(`/leads/${id}`)).status).toBe(200);
		for (const path of ['/leads/5', '/leads/x']) {
			const { status, data } = await open(path);
			expect([status, data]).toEqual([404, expect.stringContaining('Такой сделки нет')]);
		}
	});

	it('keeps its length with many leads', async () => {
		control().addCrowd(300);
		const { data } = await open('');
		expect(data.split('<article').length).toBeLessThan(50);
		expect(data).toMatch(/и ещё \d+, старше этих/);
	});

	it('escapes what comes from outside and runs no script', async () => {
		const evil = '<script>alert(1)</script>';
		const contact = control().addContact({ name: evil, telegramUsername: evil });
		const { id } = control().addLead({ name: evil, contactIds: [contact.id], tags: [evil] });
		await stage.post(`/leads/${id}/notes`, [{ note_type: 'service_message', params: { service: evil, text: evil } }]);
		for (const path of ['', `/leads/${id}`]) {
			const { data, headers } = await open(path);
			expect(data).not.toContain('<script');
			expect(data).toContain('&lt;script&gt;');
			expect(headers['content-security-policy']).toContain("default-src 'none'");
		}
	});

	it('is light and dark', async () => {
		const { data, status } = await stage.http.get(`${stage.crm.url}/_assets/page.css`);
		expect([status, data]).toEqual([200, expect.stringContaining('prefers-color-scheme: dark')]);
		expect(data).toBe(await readFile(join(__dirname, '../../../sandbox/amocrm/assets/page.css'), 'utf8'));
	});
});

describe('startAmoCrm', () => {
	it('listens on loopback only and names the option when the port is taken', async () => {
		const { port } = new URL(stage.crm.url);
		const outside = Object.values(networkInterfaces()).flat().find((one) => one?.family === 'IPv4' && !one.internal);
		const url = `http://${outside?.address ?? '127.0.0.2'}:${port}/_crm`;
		await expect(stage.http.get(url)).rejects.toThrow(/ECONNREFUSED/);
		const second = startAmoCrm({ port: Number(port), token: 'x', log: () => undefined });
		await expect(second).rejects.toThrow(new RegExp(`Port ${port} is taken.*option ports\\.amocrm`));
	});
});
