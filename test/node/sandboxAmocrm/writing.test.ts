import { FIELD_IDS, PIPELINE_IDS } from '../../../sandbox/amocrm/defaultAccount';
import { closeStages, idsOf, type Stage, startStage, violationsOf } from './stage';

let stage: Stage;
beforeEach(async () => {
	stage = await startStage();
});
afterEach(closeStages);

const control = () => stage.crm.control;
const { site, partners } = PIPELINE_IDS;
const { lead: leadField, contact: contactField } = FIELD_IDS;
const field = (id: number, ...values: unknown[]) => ({ field_id: id, values: values.map((value) => ({ value })) });

describe('contacts', () => {
	it('creates several and pairs the answers by request id', async () => {
		const { status, data } = await stage.post('/contacts', [
			{ name: 'Анна', custom_fields_values: [{ field_code: 'PHONE', values: [{ value: '+79990000001' }] }] },
			{ first_name: 'Борис', last_name: 'Примеров', request_id: 'item-7' },
		]);
		expect(status).toBe(200);
		const [anna, boris] = data._embedded.contacts;
		expect([anna.request_id, boris.request_id]).toEqual(['0', 'item-7']);
		expect(control().contact(anna.id)).toMatchObject({ name: 'Анна', fields: { Телефон: ['+79990000001'] } });
		expect(control().contact(boris.id).name).toBe('Борис Примеров');
	});

	it('updates one and several', async () => {
		const one = control().addContact({ name: 'Анна', updatedAt: '2026-01-01T00:00:00Z' });
		const other = control().addContact({ name: 'Борис' });
		const single = await stage.patch(`/contacts/${one.id}`, {
			custom_fields_values: [field(contactField.telegramId, '700000001')],
		});
		expect(single.data).toMatchObject({ id: one.id, name: 'Анна' });
		expect(single.data.updated_at).toBeGreaterThan(Date.parse('2026-01-01T00:00:00Z') / 1000);
		const batch = await stage.patch('/contacts', [{ id: other.id, name: 'Борис П.' }, { id: one.id, last_name: 'О.' }]);
		expect(batch.data._embedded.contacts.map(({ id }: { id: number }) => id)).toEqual([other.id, one.id]);
		expect(control().contact(one.id).fields).toEqual({ 'Telegram ID': '700000001' });
		expect(control().contact(other.id).name).toBe('Борис П.');
	});

	it('replaces all phone numbers', async () => {
		const { id } = control().addContact({ phone: '+79990000001' });
		const values = [{ value: '+79990000002', enum_code: 'MOB' }, { value: '+79990000003' }];
		await stage.patch(`/contacts/${id}`, { custom_fields_values: [{ field_code: 'PHONE', values }] });
		expect(control().contact(id).fields).toEqual({ Телефон: ['+79990000002', '+79990000003'] });
		const { data } = await stage.get(`/contacts/${id}`);
		const [{ values: read }] = data.custom_fields_values;
		expect(read.map((one: { enum_code: string }) => one.enum_code)).toEqual(['MOB', 'WORK']);
	});

	it('answers 404 for one that is not there, 400 in a batch', async () => {
		const { id } = control().addContact({ isDeleted: true });
		expect((await stage.patch('/contacts/5', { name: 'x' })).status).toBe(404);
		expect((await stage.patch(`/contacts/${id}`, { name: 'x' })).status).toBe(404);
		const batch = await stage.patch('/contacts', [{ id, name: 'x' }]);
		expect([batch.status, violationsOf(batch)]).toEqual([400, { 0: ['NotSupportedChoice id'] }]);
	});
});

describe('leads', () => {
	it('creates one with its contact, place, fields and tags', async () => {
		const contact = control().addContact({});
		const { data } = await stage.post('/leads', [
			{
				name: 'Оплата Физика - Анна', price: 4990, pipeline_id: partners.id, status_id: partners.inWork,
				custom_fields_values: [
					{ field_id: leadField.subjects, values: [{ enum_id: 81011 }, { value: 'Физика' }] },
					{ field_code: 'UTM_SOURCE', values: [{ value: 'admitad' }] },
				],
				_embedded: { contacts: [{ id: contact.id, is_main: true }], tags: [{ name: 'оплата' }] },
			},
		]);
		const [{ id }] = data._embedded.leads;
		expect(control().lead(id)).toMatchObject({
			price: 4990, pipeline: 'Partners', status: 'В работе', contactIds: [contact.id], tags: ['оплата'],
			fields: { Предметы: ['Математика', 'Физика'], utm_source: 'admitad' },
		});
	});

	it('starts in the first normal status of the main pipeline when nothing is said', async () => {
		const { data } = await stage.post('/leads', [{}]);
		const { id } = data._embedded.leads[0];
		expect(control().lead(id)).toMatchObject({ pipelineId: site.id, statusId: site.fresh, price: 0 });
	});

	it('moves, closes and reopens', async () => {
		const { id } = control().addLead({});
		await stage.patch(`/leads/${id}`, { status_id: 143, loss_reason_id: 5 });
		expect(control().lead(id)).toMatchObject({ statusId: 143, pipelineId: site.id });
		expect(control().lead(id).closedAt).not.toBeNull();
		await stage.patch(`/leads/${id}`, { pipeline_id: partners.id, status_id: partners.fresh });
		expect(control().lead(id)).toMatchObject({ pipeline: 'Partners', closedAt: null });
		expect((await stage.get(`/leads/${id}`)).data.loss_reason_id).toBe(5);
		await stage.patch(`/leads/${id}`, { pipeline_id: site.id });
		expect(control().lead(id).statusId).toBe(site.fresh);
	});

	it('does not attach contacts by PATCH', async () => {
		const contact = control().addContact({});
		const { id } = control().addLead({});
		const { status } = await stage.patch(`/leads/${id}`, { _embedded: { contacts: [{ id: contact.id }] } });
		expect([status, control().lead(id).contactIds]).toEqual([200, []]);
	});

	it('answers updates with little more than the id', async () => {
		const { id } = control().addLead({});
		const { data } = await stage.patch('/leads', [{ id, price: 5 }]);
		expect(Object.keys(data._embedded.leads[0])).toEqual(['id', 'updated_at', '_links', 'request_id']);
	});

	it('adds and removes tags one by one, but _embedded.tags replaces them all', async () => {
		const { id } = control().addLead({ tags: ['старый', 'лишний'] });
		await stage.patch(`/leads/${id}`, { tags_to_add: [{ name: 'оплата' }], tags_to_delete: [{ name: 'лишний' }] });
		expect(control().lead(id).tags).toEqual(['старый', 'оплата']);
		await stage.patch(`/leads/${id}`, { _embedded: { tags: [{ name: 'один' }] } });
		expect(control().lead(id).tags).toEqual(['один']);
		const bad = await stage.patch(`/leads/${id}`, { tags_to_add: [{ id: 5 }, {}] });
		expect(violationsOf(bad)[0]).toEqual(['NotSupportedChoice tags_to_add.0.id', 'FieldMissing tags_to_add.1.name']);
	});

	it('takes updated_at without a lock: the last write wins', async () => {
		const { id } = control().addLead({});
		expect((await stage.patch(`/leads/${id}`, { price: 1, updated_at: 1_600_000_000 })).status).toBe(200);
		expect(control().lead(id).updatedAt).toBe('2020-09-13T12:26:40.000Z');
	});
});

describe('complex', () => {
	it('creates a lead with a new contact or a known one, and answers a bare list', async () => {
		const known = control().addContact({});
		const { data } = await stage.post('/leads/complex', [
			{
				name: 'A', price: 1, pipeline_id: site.id, status_id: site.inWork,
				_embedded: { contacts: [{ name: 'Новая', custom_fields_values: [field(contactField.telegramId, '7')] }] },
			},
			{ name: 'B', request_id: 'b', _embedded: { contacts: [{ id: known.id }] } },
			{ name: 'C' },
		]);
		expect(data).toMatchObject([
			{ company_id: null, merged: false, request_id: ['0'] },
			{ contact_id: known.id, request_id: ['b'] },
			{ contact_id: null },
		]);
		expect(control().contact(data[0].contact_id)).toMatchObject({
			name: 'Новая', leadIds: [data[0].id], fields: { 'Telegram ID': '7' },
		});
	});

	it('saves nothing when one element is wrong', async () => {
		const response = await stage.post('/leads/complex', [
			{ _embedded: { contacts: [{ name: 'Новая' }], tags: [{ name: 'новый' }] } },
			{ _embedded: { contacts: [{ custom_fields_values: [field(leadField.paymentId, 'x')] }] } },
		]);
		expect([response.status, violationsOf(response)]).toEqual([
			400, { 1: ['NotSupportedChoice _embedded.contacts.0.custom_fields_values.0.field_id'] },
		]);
		expect([control().contacts(), control().leads()]).toEqual([[], []]);
		expect((await stage.get('/leads/tags')).status).toBe(204);
	});

	it('takes 50 leads, one contact each and 40 field values', async () => {
		const over = await stage.post('/leads/complex', Array.from({ length: 51 }, () => ({})));
		expect([over.status, over.data.detail]).toEqual([400, 'No more than 50 elements are allowed in one request']);
		expect((await stage.post('/leads/complex', Array.from({ length: 50 }, () => ({})))).data).toHaveLength(50);
		const many = Array.from({ length: 41 }, () => field(leadField.paymentId, 'x'));
		const crowded = await stage.post('/leads/complex', [
			{ custom_fields_values: many, _embedded: { contacts: [{ name: 'A' }, { name: 'B' }] } },
			{ _embedded: { contacts: [{ custom_fields_values: many.map(() => field(contactField.telegramId, 'x')) }] } },
		]);
		expect(violationsOf(crowded)).toEqual({
			0: ['TooMany custom_fields_values', 'TooMany _embedded.contacts'],
			1: ['TooMany _embedded.contacts.0.custom_fields_values'],
		});
	});

	it('lands in unsorted with metadata', async () => {
		const { data } = await stage.post('/leads/complex', [{ _embedded: { metadata: { category: 'forms' } } }]);
		expect(control().lead(data[0].id).statusId).toBe(site.unsorted);
	});
});

describe('validation', () => {
	it.each([
		[
			'an unknown field',
			{ custom_fields_values: [field(1, 'x')] },
			'NotSupportedChoice custom_fields_values.0.field_id',
		],
		[
			'a field of contacts',
			{ custom_fields_values: [field(leadField.paymentId, 'x'), field(contactField.telegramId, 'x')] },
			'NotSupportedChoice custom_fields_values.1.field_id',
		],
		[
			'a code of contacts',
			{ custom_fields_values: [{ field_code: 'PHONE', values: [{ value: '1' }] }] },
			'NotSupportedChoice custom_fields_values.0.field_code',
		],
		[
			'an unknown choice',
			{ custom_fields_values: [{ field_id: leadField.direction, values: [{ enum_id: 5 }] }] },
			'NotSupportedChoice custom_fields_values.0.values.0.enum_id',
		],
		[
			'an unknown label',
			{ custom_fields_values: [field(leadField.subjects, 'Физика', 'Алхимия')] },
			'NotSupportedChoice custom_fields_values.0.values.1.value',
		],
		[
			'two choices of one',
			{ custom_fields_values: [field(leadField.direction, 'ЕГЭ', 'ОГЭ')] },
			'TooMany custom_fields_values.0.values',
		],
		[
			'a number as text',
			{ custom_fields_values: [field(leadField.invoiceId, 5)] },
			'InvalidType custom_fields_values.0.values.0.value',
		],
		[
			'text as a number',
			{ custom_fields_values: [field(leadField.totalPaid, '1 000')] },
			'InvalidType custom_fields_values.0.values.0.value',
		],
		[
			'a date in words',
			{ custom_fields_values: [field(leadField.lastPaymentAt, '14.03.2026')] },
			'InvalidType custom_fields_values.0.values.0.value',
		],
		[
			'a field without values',
			{ custom_fields_values: [{ field_id: 8101 }] },
			'FieldMissing custom_fields_values.0.values',
		],
		['no field at all', { custom_fields_values: [{ values: [] }] }, 'FieldMissing custom_fields_values.0.field_id'],
		['a fractional price', { price: 10.5 }, 'InvalidType price'],
		['a price as text', { price: '10' }, 'InvalidType price'],
		['an unknown pipeline', { pipeline_id: 5 }, 'NotSupportedChoice pipeline_id'],
		[
			'a status of another pipeline',
			{ pipeline_id: site.id, status_id: partners.fresh },
			'NotSupportedChoice status_id',
		],
		['a user who has left', { responsible_user_id: 5 }, 'NotSupportedChoice responsible_user_id'],
	])('refuses %s and saves nothing of the batch', async (_what, wrong, violation) => {
		const created = await stage.post('/leads', [{ name: 'good' }, { ...wrong, request_id: 'bad' }]);
		expect([created.status, created.headers['content-type']]).toEqual([400, 'application/problem+json']);
		expect(created.data).toMatchObject({ status: 400, title: 'Bad Request', detail: 'Request validation failed' });
		expect(violationsOf(created)).toEqual({ bad: [violation] });
		expect(control().leads()).toEqual([]);
		const { id } = control().addLead({ name: 'old' });
		const updated = await stage.patch(`/leads/${id}`, { name: 'new', ...wrong });
		expect([updated.status, violationsOf(updated)]).toEqual([400, { 0: [violation] }]);
		expect(control().lead(id).name).toBe('old');
	});

	it.each([
		[{ name: 'no list' }, 'must be an array'],
		[[], 'is empty'],
		[[5], 'Element 0 must be an object'],
		[Array.from({ length: 251 }, () => ({})), 'No more than 250'],
		[Buffer.from('{'), 'not valid JSON'],
		[Buffer.from('"text"'), 'not valid JSON'],
		[undefined, 'must be an array'],
	])('refuses a body that is no list of elements, %#', async (body, detail) => {
		const headers = { 'Content-Type': 'application/json' };
		const response = await stage.http.post('/leads', body, { headers });
		expect([response.status, response.data.detail]).toEqual([400, expect.stringContaining(detail)]);
	});

	it('refuses a contact that is not there or deleted, on creating a lead', async () => {
		const { id } = control().addContact({ isDeleted: true });
		for (const path of ['/leads', '/leads/complex']) {
			const rows = [5, id].map((contactId) => ({ _embedded: { contacts: [{ id: contactId }] } }));
			const response = await stage.post(path, rows);
			const violation = ['NotSupportedChoice _embedded.contacts.0.id'];
			expect(violationsOf(response)).toEqual({ 0: violation, 1: violation });
		}
	});

	it('notices what administrators delete', async () => {
		const { id } = control().addLead({ fields: { Предметы: ['Физика'], 'ID платежа': 'x' } });
		control().deleteField('leads', 'ID платежа');
		control().deleteEnum('leads', 'Предметы', 'Физика');
		expect(control().lead(id).fields).toEqual({ Предметы: ['Физика'] });
		const response = await stage.patch(`/leads/${id}`, {
			custom_fields_values: [field(leadField.paymentId, 'y'), field(leadField.subjects, 'Физика')],
		});
		expect(violationsOf(response)[0]).toEqual([
			'NotSupportedChoice custom_fields_values.0.field_id', 'NotSupportedChoice custom_fields_values.1.values.0.value',
		]);
	});
});

describe('field values', () => {
	const written = async (...values: object[]) => {
		const { id } = control().addLead({ fields: { 'Всего оплачено': 1, Предметы: ['Химия'], 'ID платежа': 'old' } });
		const { status } = await stage.patch(`/leads/${id}`, { custom_fields_values: values });
		expect(status).toBe(200);
		return control().lead(id).fields;
	};

	it('replaces the choices of a multiselect and keeps other fields', async () => {
		const fields = await written({ field_id: leadField.subjects, values: [{ enum_id: 81014 }] });
		expect(fields).toEqual({ 'Всего оплачено': 1, Предметы: ['Физика'], 'ID платежа': 'old' });
	});

	it.each([
		[null], [[]], [[{ value: null }]], [[{ value: '' }]],
	])('empties a field with %j', async (values) => {
		expect(await written({ field_id: leadField.paymentId, values })).not.toHaveProperty('ID платежа');
	});

	it('empties a number with NaN, which JSON turns into null', async () => {
		expect(await written(field(leadField.totalPaid, Number.NaN))).not.toHaveProperty('Всего оплачено');
	});

	it('takes numbers as strings and dates as seconds or RFC 3339', async () => {
		expect(await written(field(leadField.totalPaid, '4990.50'))).toHaveProperty(['Всего оплачено'], 4990.5);
		const at = 'Время последней оплаты';
		expect(await written(field(leadField.lastPaymentAt, 1_795_000_000))).toHaveProperty([at], 1_795_000_000);
		const text = await written(field(leadField.lastPaymentAt, '2026-11-18T18:06:40+03:00'));
		expect(text).toHaveProperty([at], 1_795_014_400);
	});

	it('knows the other types too', async () => {
		const add = (id: number, type: 'checkbox' | 'monetary' | 'url' | 'radiobutton', labels?: string[]) =>
			control().addField({
				id, type, entity: 'leads', name: type, code: null,
				enums: labels?.map((value, index) => ({ id: id * 10 + index, value, code: null })) ?? null,
			});
		add(1, 'checkbox');
		add(2, 'monetary');
		add(3, 'radiobutton', ['да', 'нет']);
		const fields = await written(field(1, false), field(2, '100.50'), { field_id: 3, values: [{ enum_id: 31 }] });
		expect(fields).toMatchObject({ checkbox: false, monetary: '100.50', radiobutton: 'нет' });
		const { id } = control().addLead({});
		const wrong = await stage.patch(`/leads/${id}`, { custom_fields_values: [field(1, 'yes'), field(2, 100)] });
		expect(violationsOf(wrong)[0]).toHaveLength(2);
	});

	it('refuses a kind of phone that does not exist', async () => {
		const values = [{ value: '1', enum_code: 'BOAT' }];
		const response = await stage.post('/contacts', [{ custom_fields_values: [{ field_code: 'PHONE', values }] }]);
		expect(violationsOf(response)[0]).toEqual(['NotSupportedChoice custom_fields_values.0.values.0.enum_code']);
	});
});

describe('links', () => {
	it('attaches and detaches contacts of one lead, with one main contact', async () => {
		const [first, second] = [control().addContact({}), control().addContact({})];
		const { id } = control().addLead({ contactIds: [first.id] });
		const row = { to_entity_id: second.id, to_entity_type: 'contacts', metadata: { is_main: true } };
		const { data } = await stage.post(`/leads/${id}/link`, [row]);
		expect(data._embedded.links[0]).toMatchObject({ entity_id: id, to_entity_id: second.id });
		const { contacts } = (await stage.get(`/leads/${id}?with=contacts`)).data._embedded;
		expect(contacts.map((one: { id: number; is_main: boolean }) => [one.id, one.is_main])).toEqual([
			[first.id, false], [second.id, true],
		]);
		expect(control().lead(id).contactIds).toEqual([second.id, first.id]);
		expect((await stage.get(`/leads/${id}/links`)).data._embedded.links).toHaveLength(2);
		expect((await stage.post(`/leads/${id}/unlink`, [row])).status).toBe(204);
		expect(control().lead(id).contactIds).toEqual([first.id]);
	});

	it('works in bulk and lists contacts of many leads at once', async () => {
		const contact = control().addContact({});
		const leads = [control().addLead({}), control().addLead({}), control().addLead({ contactIds: [contact.id] })];
		const rows = leads.slice(0, 2).map(({ id }) => ({
			entity_id: id, to_entity_id: contact.id, to_entity_type: 'contacts',
		}));
		await stage.post('/leads/link', rows);
		const query = leads.slice(0, 2).map(({ id }) => `filter[entity_id][]=${id}`).join('&');
		expect((await stage.get(`/leads/links?${query}`)).data._embedded.links).toHaveLength(2);
		expect((await stage.post('/leads/unlink', rows)).status).toBe(204);
		expect(leads.map(({ id }) => control().lead(id).contactIds)).toEqual([[], [], [contact.id]]);
	});

	it('refuses what is not there', async () => {
		const row = { entity_id: 5, to_entity_id: 6, to_entity_type: 'catalog_elements' };
		const response = await stage.post('/leads/link', [row]);
		expect(violationsOf(response)[0]).toEqual([
			'NotSupportedChoice entity_id', 'NotSupportedChoice to_entity_type', 'NotSupportedChoice to_entity_id',
		]);
		expect((await stage.post('/leads/5/link', [row])).status).toBe(404);
	});
});

describe('notes', () => {
	it('creates them per lead and in a batch, and lists the newest first', async () => {
		const { id } = control().addLead({});
		const own = await stage.post(`/leads/${id}/notes`, [{ note_type: 'common', params: { text: 'первое' } }]);
		expect(own.data._embedded.notes[0]).toMatchObject({ entity_id: id, request_id: '0' });
		await stage.post('/leads/notes', [
			{ entity_id: id, note_type: 'service_message', params: { service: 'Платформа', text: 'второе' } },
		]);
		const listed = await stage.get(`/leads/${id}/notes`);
		expect(listed.data._embedded.notes.map((note: { params: { text: string } }) => note.params.text)).toEqual([
			'второе', 'первое',
		]);
		const filtered = await stage.get(`/leads/${id}/notes?filter[note_type]=common&order[id]=desc`);
		expect(idsOf(filtered, 'notes')).toEqual(idsOf(own, 'notes'));
		expect(idsOf(await stage.get(`/leads/${id}/notes?order[id]=asc&limit=1`), 'notes')).toEqual(idsOf(own, 'notes'));
		expect(control().notes(id)).toMatchObject([
			{ text: 'первое', service: null }, { text: 'второе', service: 'Платформа' },
		]);
	});

	it('makes a second note of a repeated call', async () => {
		const { id } = control().addLead({});
		const note = [{ note_type: 'common', params: { text: 'платёж 1' } }];
		await stage.post(`/leads/${id}/notes`, note);
		await stage.post(`/leads/${id}/notes`, note);
		expect(control().notes(id)).toHaveLength(2);
	});

	it.each([
		[{ note_type: 'poem', params: { text: 'x' } }, 'NotSupportedChoice note_type'],
		[{ note_type: 'common', params: { text: '' } }, 'FieldMissing params.text'],
		[{ note_type: 'common', params: { text: 5 } }, 'InvalidType params.text'],
		[{ note_type: 'service_message', params: { text: 'x' } }, 'FieldMissing params.service'],
		[{ note_type: 'common', params: { text: 'x' }, created_by: 5 }, 'NotSupportedChoice created_by'],
	])('refuses %j', async (note, violation) => {
		const { id } = control().addLead({});
		const response = await stage.post('/leads/notes', [{ entity_id: id, ...note }]);
		expect([violationsOf(response)[0], control().notes(id)]).toEqual([[violation], []]);
	});

	it('refuses a lead that is not there or deleted', async () => {
		const { id } = control().addLead({ isDeleted: true });
		const note = { note_type: 'common', params: { text: 'x' } };
		expect((await stage.post(`/leads/${id}/notes`, [note])).status).toBe(404);
		expect(violationsOf(await stage.post('/leads/notes', [{ ...note, entity_id: id }]))[0]).toEqual([
			'NotSupportedChoice entity_id',
		]);
		expect((await stage.get('/leads/5/notes')).status).toBe(404);
	});
});

describe('tags', () => {
	it('makes a tag once per exact name and entity type', async () => {
		const { data } = await stage.post('/leads/tags', [{ name: 'оплата' }, { name: 'оплата' }, { name: 'Оплата' }]);
		const [first, second, third] = data._embedded.tags;
		expect([first.id === second.id, first.id === third.id]).toEqual([true, false]);
		expect(idsOf(await stage.get('/leads/tags?query=ОПЛ'), 'tags')).toHaveLength(2);
		expect(idsOf(await stage.get('/leads/tags?filter[name]=Оплата'), 'tags')).toEqual([third.id]);
		expect((await stage.get('/contacts/tags')).status).toBe(204);
		expect(violationsOf(await stage.post('/leads/tags', [{}]))[0]).toEqual(['FieldMissing name']);
	});
});
