import { FIELD_IDS, PIPELINE_IDS } from '../../../sandbox/amocrm/defaultAccount';
import { closeStages, idsOf, type Stage, startStage } from './stage';

let stage: Stage;
beforeEach(async () => {
	stage = await startStage();
});
afterEach(closeStages);

const control = () => stage.crm.control;

describe('the account', () => {
	it('tells the time zone and the filter flag only when asked', async () => {
		const plain = await stage.get('/account');
		expect(plain.data).toMatchObject({ current_user_id: 9001, currency: 'RUB' });
		expect(plain.data).not.toHaveProperty('is_api_filter_enabled');
		expect(plain.data).not.toHaveProperty('_embedded');
		control().set({ timeZone: 'Asia/Yekaterinburg', filtersAnnounced: false });
		const { data, headers } = await stage.get('/account?with=datetime_settings,is_api_filter_enabled');
		expect(headers['content-type']).toBe('application/hal+json');
		expect(data.is_api_filter_enabled).toBe(false);
		const { datetime_settings: settings } = data._embedded;
		expect(settings).toMatchObject({ timezone: 'Asia/Yekaterinburg', timezone_offset: '+05:00' });
	});

	it('has three pipelines with the system statuses and one for automatic payments', async () => {
		const { data } = await stage.get('/leads/pipelines');
		const pipelines = data._embedded.pipelines;
		expect(pipelines.map(({ name }: { name: string }) => name)).toEqual(['Site', 'Partners', 'Yandex']);
		for (const { id, _embedded: { statuses } } of pipelines) {
			expect(statuses.map((one: { type: number }) => one.type)).toEqual([1, 0, 0, 0, 0, 0]);
			expect(statuses.slice(-2).map((one: { id: number }) => one.id)).toEqual([142, 143]);
			expect(statuses[3]).toMatchObject({ name: 'Автооплата', pipeline_id: id });
		}
		expect((await stage.get('/leads/pipelines/7002')).data.name).toBe('Partners');
		expect((await stage.get('/leads/pipelines/1')).status).toBe(204);
	});

	it('lists users to administrators only', async () => {
		expect(idsOf(await stage.get('/users'), 'users')).toEqual([9001, 9002]);
		control().set({ isAdmin: false });
		expect((await stage.get('/users')).status).toBe(403);
	});

	it('lists the fields of each entity with their choices (PA7)', async () => {
		const leads = await stage.get('/leads/custom_fields');
		const fields: Array<{ id: number; type: string; code: string | null }> = leads.data._embedded.custom_fields;
		const types = (ids: readonly number[]) => ids.map((id) => fields.find((field) => field.id === id)?.type);
		expect(types(Object.values(FIELD_IDS.lead))).toEqual([
			'multiselect', 'select', 'numeric', 'numeric', 'numeric', 'date_time', 'text', 'text',
		]);
		expect(fields.filter(({ type }) => type === 'tracking_data').map(({ code }) => code)).toContain('UTM_SOURCE');
		expect(fields[0]).toMatchObject({ name: 'Предметы', entity_type: 'leads' });
		const filtered = await stage.get('/contacts/custom_fields?filter[type][]=multitext');
		expect(filtered.data._embedded.custom_fields.map(({ code }: { code: string }) => code)).toEqual(['PHONE', 'EMAIL']);
	});

	it('gives no more than 50 fields at a time, whatever the limit', async () => {
		for (let id = 1; id <= 60; id += 1) {
			control().addField({ id, entity: 'contacts', name: `Поле ${id}`, type: 'text', code: null, enums: null });
		}
		const first = await stage.get('/contacts/custom_fields?limit=250');
		expect(idsOf(first, 'custom_fields')).toHaveLength(50);
		const second = await stage.http.get(first.data._links.next.href);
		expect(idsOf(second, 'custom_fields')).toHaveLength(15);
		expect(second.data._links).not.toHaveProperty('next');
	});
});

describe('lists', () => {
	it('answers 204 with nothing when there is nothing', async () => {
		for (const path of ['/contacts', '/leads', '/contacts?query=x', '/contacts/5', '/leads/5', '/leads/tags']) {
			const { status, data } = await stage.get(path);
			expect([path, status, data]).toEqual([path, 204, '']);
		}
	});

	it('pages by 250 at most and names the next page while there is one', async () => {
		control().addCrowd(260);
		const first = await stage.get('/leads?limit=1000&order[id]=desc');
		expect(idsOf(first, 'leads')).toHaveLength(250);
		expect(first.data._page).toBe(1);
		const second = await stage.http.get(first.data._links.next.href);
		expect(second.data._page).toBe(2);
		expect(idsOf(second, 'leads')).toHaveLength(10);
		expect(second.data._links).not.toHaveProperty('next');
		expect(new Set([...idsOf(first, 'leads'), ...idsOf(second, 'leads')]).size).toBe(260);
		expect((await stage.get('/leads?limit=250&page=3')).status).toBe(204);
		expect(idsOf(await stage.get('/contacts'), 'contacts')).toHaveLength(50);
	});

	it('names no next page after the last full one', async () => {
		control().addCrowd(4);
		const second = await stage.get('/contacts?limit=2&page=2');
		expect([idsOf(second, 'contacts').length, second.data._links.next]).toEqual([2, undefined]);
	});

	it('orders leads by what is allowed, contacts not by creation', async () => {
		const old = control().addLead({ updatedAt: '2026-03-01T00:00:00Z' });
		const older = control().addLead({ updatedAt: '2026-02-01T00:00:00Z' });
		const recent = control().addLead({});
		expect(idsOf(await stage.get('/leads?order[updated_at]=desc'), 'leads')).toEqual([recent.id, old.id, older.id]);
		expect(idsOf(await stage.get('/leads?order[created_at]=asc'), 'leads')).toEqual([older.id, old.id, recent.id]);
		expect(idsOf(await stage.get('/leads?order[price]=desc'), 'leads')).toEqual([old.id, older.id, recent.id]);
		const late = control().addContact({ updatedAt: '2026-03-01T00:00:00Z' });
		const early = control().addContact({ updatedAt: '2026-02-01T00:00:00Z' });
		expect(idsOf(await stage.get('/contacts?order[created_at]=asc'), 'contacts')).toEqual([late.id, early.id]);
		expect(idsOf(await stage.get('/contacts?order[updated_at]=asc'), 'contacts')).toEqual([early.id, late.id]);
	});

	it('filters leads by id, price, dates, field and pairs of pipeline and status', async () => {
		const { site, partners } = PIPELINE_IDS;
		const first = control().addLead({ price: 100, fields: { Предметы: ['Физика', 'Химия'] } });
		const second = control().addLead({ price: 200, pipeline: 'Partners', updatedAt: '2026-03-01T00:00:00Z' });
		const list = async (query: string) => idsOf(await stage.get(`/leads?${query}`), 'leads');
		expect(await list(`filter[id][]=${first.id}`)).toEqual([first.id]);
		expect(await list(`filter[id][0]=${first.id}&filter[id][1]=${second.id}`)).toEqual([first.id, second.id]);
		expect(await list('filter[price][from]=150')).toEqual([second.id]);
		expect(await list('filter[updated_at][to]=1780000000')).toEqual([second.id]);
		const pair = (pipeline: number, status: number) =>
			`filter[statuses][0][pipeline_id]=${pipeline}&filter[statuses][0][status_id]=${status}`;
		expect(await list(pair(partners.id, partners.fresh))).toEqual([second.id]);
		expect(await list(pair(partners.id, site.fresh))).toEqual([]);
		expect(await list(`filter[pipeline_id][]=${site.id}`)).toEqual([first.id]);
		expect(await list('filter[custom_fields_values][8101][]=81014')).toEqual([first.id]);
	});

	it.each(['filter[contacts][]=1', 'filter[status_id]=142', 'filter[statuses][0][status_id]=142', 'filter[query]=nobody', 'filter[nonsense]=1'])(
		'ignores %s without a word and answers with arbitrary rows',
		async (query) => {
			const lead = control().addLead({});
			const { status, data } = await stage.get(`/leads?${query}`);
			expect([status, data._embedded.leads[0].id]).toEqual([200, lead.id]);
		},
	);

	it('cannot filter contacts by phone', async () => {
		const contact = control().addContact({ phone: '+79990000001' });
		const { phone } = FIELD_IDS.contact;
		const rows = await stage.get(`/contacts?filter[custom_fields_values][${phone}][]=other`);
		expect(idsOf(rows, 'contacts')).toEqual([contact.id]);
	});

	it('refuses an address that is too long before the API sees it', async () => {
		const { status, headers } = await stage.get(`/leads?filter[name][]=${'x'.repeat(9000)}`);
		expect([status, headers['content-type']]).toEqual([414, 'text/html; charset=utf-8']);
	});
});

describe('search', () => {
	const texts = ['9990000001', '79990000001', '000-00-01', 'анна', 'anna@EXAMPLE.com', '700000077'];
	it.each(texts)('finds %s', async (query) => {
		const anna = control().addContact({
			name: 'Анна', phone: '+7 (999) 000-00-01', email: 'anna@example.com', telegramId: '700000077',
		});
		control().addContact({ name: 'Борис', phone: '89990000002' });
		expect(idsOf(await stage.http.get('/contacts', { params: { query } }), 'contacts')).toEqual([anna.id]);
	});

	it('takes +7, 8 and 7 for different texts', async () => {
		control().addContact({ phone: '8 999 000-00-01' });
		for (const query of ['+79990000001', '79990000001', '8 999 000 00 01']) {
			expect((await stage.http.get('/contacts', { params: { query } })).status).toBe(204);
		}
		expect((await stage.get('/contacts?query=89990000001')).status).toBe(200);
	});

	it('finds strangers that hold the text in another field', async () => {
		const stranger = control().addStranger('9990000001');
		const { data } = await stage.get('/contacts?query=9990000001');
		expect(data._embedded.contacts[0].id).toBe(stranger.id);
		expect(JSON.stringify(data)).not.toContain('"field_code":"PHONE"');
	});

	it('finds by the tail alone in the loose mode', async () => {
		const contact = control().addContact({ phone: '+79995550001' });
		expect((await stage.get('/contacts?query=9990000001')).status).toBe(204);
		control().set({ looseSearch: true });
		expect(idsOf(await stage.get('/contacts?query=9990000001'), 'contacts')).toEqual([contact.id]);
	});

	it('finds two contacts with one phone', async () => {
		const twins = control().addTwins('79990000001');
		expect(idsOf(await stage.get('/contacts?query=9990000001'), 'contacts')).toEqual(twins.map(({ id }) => id));
	});

	it('lags behind for new contacts, not for their list', async () => {
		control().set({ indexLagMs: 300 });
		const { id } = control().addPerson({ phone: '+79990000001', leads: [{}] });
		expect((await stage.get('/contacts?query=9990000001')).status).toBe(204);
		expect((await stage.get('/leads?query=9990000001')).status).toBe(204);
		expect((await stage.get(`/contacts?filter[id][]=${id}`)).status).toBe(200);
		await new Promise((resolve) => setTimeout(resolve, 350));
		expect(idsOf(await stage.get('/contacts?query=9990000001'), 'contacts')).toEqual([id]);
	});

	it('finds leads by the phone of their contact, but not by its Telegram id', async () => {
		const contact = control().addContact({ phone: '+79990000001', telegramId: '700000077' });
		const lead = control().addLead({ contactIds: [contact.id] });
		expect(idsOf(await stage.get('/leads?query=9990000001'), 'leads')).toEqual([lead.id]);
		expect((await stage.get('/leads?query=700000077')).status).toBe(204);
	});

	it('can hide contacts whose leads are all unsorted', async () => {
		const { id } = control().addPerson({ phone: '+79990000001', leads: [{ status: 'Неразобранное' }] });
		expect((await stage.get('/contacts?query=9990000001')).status).toBe(200);
		control().set({ unsortedHidden: true });
		expect((await stage.get('/contacts?query=9990000001')).status).toBe(204);
		control().addLead({ contactIds: [id] });
		expect((await stage.get('/contacts?query=9990000001')).status).toBe(200);
	});

	it('finds whoever holds a text for the test, whatever the modes', () => {
		control().set({ indexLagMs: 60_000 });
		control().addContact({ name: 'Анна', phone: '+7 (999) 000-00-01' });
		expect(control().findContacts('9990000001')).toMatchObject([{ name: 'Анна' }]);
		expect(control().findContacts('12345')).toEqual([]);
	});
});

describe('reading', () => {
	it('shows filled fields only, and null when there are none', async () => {
		const empty = control().addLead({});
		const filled = control().addLead({
			fields: { Предметы: ['Физика'], 'Всего оплачено': 4990, 'Время последней оплаты': 1_795_000_000 },
		});
		expect((await stage.get(`/leads/${empty.id}`)).data.custom_fields_values).toBeNull();
		const { data } = await stage.get(`/leads/${filled.id}`);
		expect(data.custom_fields_values).toEqual([
			{
				field_id: 8101, field_name: 'Предметы', field_code: null, field_type: 'multiselect',
				values: [{ value: 'Физика', enum_id: 81014, enum_code: null }],
			},
			{
				field_id: 8104, field_name: 'Всего оплачено', field_code: null, field_type: 'numeric',
				values: [{ value: 4990 }],
			},
			{
				field_id: 8106, field_name: 'Время последней оплаты', field_code: null, field_type: 'date_time',
				values: [{ value: 1_795_000_000 }],
			},
		]);
	});

	it('can give numbers as strings', async () => {
		const { id } = control().addLead({ price: 10, fields: { 'Всего оплачено': 4990, 'Время последней оплаты': 5 } });
		control().set({ numericAsStrings: true });
		const { data } = await stage.get(`/leads/${id}`);
		const values = data.custom_fields_values.map((one: { values: unknown }) => one.values);
		expect(values).toEqual([[{ value: '4990' }], [{ value: 5 }]]);
		expect(data.price).toBe(10);
	});

	it('gives the leads of a contact as bare ids, deleted ones among them, and only when asked', async () => {
		const { id, leadIds } = control().addPerson({ name: 'Анна', leads: [{ name: 'A' }, { name: 'B' }] });
		control().deleteLead(leadIds[1] ?? 0);
		const { data } = await stage.get(`/contacts/${id}?with=leads`);
		expect(data._embedded.leads.map(Object.keys)).toEqual([['id', '_links'], ['id', '_links']]);
		expect(data._embedded.leads.map((lead: { id: number }) => lead.id)).toEqual(leadIds);
		expect((await stage.get(`/contacts/${id}`)).data._embedded).toEqual({ tags: [], companies: [] });
	});

	it('leaves deleted leads out of lists, shows them in the bin and flags them by id', async () => {
		const kept = control().addLead({});
		const gone = control().addLead({ isDeleted: true });
		const both = await stage.get(`/leads?filter[id][]=${kept.id}&filter[id][]=${gone.id}`);
		expect(idsOf(both, 'leads')).toEqual([kept.id]);
		expect(idsOf(await stage.get('/leads?with=only_deleted'), 'leads')).toEqual([gone.id]);
		expect((await stage.get(`/leads/${gone.id}`)).data.is_deleted).toBe(true);
	});

	it('leaves deleted contacts out of lists and search', async () => {
		const { id } = control().addContact({ phone: '+79990000001' });
		control().deleteContact(id);
		expect((await stage.get('/contacts')).status).toBe(204);
		expect((await stage.get('/contacts?query=9990000001')).status).toBe(204);
		expect((await stage.get(`/contacts/${id}`)).data.is_deleted).toBe(true);
	});

	it('names the contacts of a lead only when asked, the main one marked', async () => {
		const [main, other] = [control().addContact({}), control().addContact({})];
		const lead = control().addLead({ contactIds: [main.id, other.id] });
		const { data } = await stage.get(`/leads/${lead.id}?with=contacts`);
		expect(data._embedded.contacts).toMatchObject([{ id: main.id, is_main: true }, { id: other.id, is_main: false }]);
		expect((await stage.get(`/leads/${lead.id}`)).data._embedded).not.toHaveProperty('contacts');
	});
});

describe('ignored filters', () => {
	it('answers with unrelated rows, whether the account admits it or not', async () => {
		control().set({ filtersIgnored: true });
		const [unrelated, wanted] = [control().addLead({}), control().addLead({})];
		expect(idsOf(await stage.get(`/leads?filter[id][]=${wanted.id}`), 'leads')).toEqual([unrelated.id, wanted.id]);
		expect((await stage.get('/account?with=is_api_filter_enabled')).data.is_api_filter_enabled).toBe(true);
		control().set({ filtersAnnounced: false });
		expect((await stage.get('/account?with=is_api_filter_enabled')).data.is_api_filter_enabled).toBe(false);
	});

	it('still searches, orders and limits', async () => {
		control().set({ filtersIgnored: true });
		const contact = control().addContact({ phone: '+79990000001' });
		control().addLead({});
		const own = control().addLead({ contactIds: [contact.id] });
		const rows = await stage.get('/leads?query=9990000001&order[updated_at]=desc&limit=1');
		expect(idsOf(rows, 'leads')).toEqual([own.id]);
	});
});
