import type { INodeParameters } from 'n8n-workflow';

import { loadAmoOptions, runAmo } from './amoContext';
import { amo, run, useAmo } from './stage';

useAmo();

async function one(parameters: INodeParameters): Promise<Record<string, unknown>> {
	const [item] = await run(parameters);
	return item?.json ?? {};
}

const rows = (row: Array<{ field: string; mode?: string; value: unknown }>) => ({ row }) as never;

describe('Contact', () => {
	it('Find answers the contact and what it was found by', async () => {
		amo.addContact({ id: 11, telegramId: '42', leads: [22] });
		const parameters = { resource: 'contact', operation: 'find', telegramId: '42', telegramIdField: '3' };
		expect(await one(parameters)).toEqual({
			contact: {
				id: '11',
				name: 'Contact 11',
				updatedAt: '2023-11-14T22:13:20.000Z',
				leadIds: ['22'],
				customFields: [expect.objectContaining({ field_id: 3, field_name: 'Telegram ID' })],
			},
			matchedBy: 'telegramId',
			warnings: [],
		});
		expect(await one({ ...parameters, telegramId: '7' })).toEqual({ contact: null, matchedBy: null, warnings: [] });
	});

	const CREATE = {
		resource: 'contact',
		operation: 'create',
		telegramId: '42',
		telegramIdField: 'telegram id',
		phone: '8 999 123 45 67',
		customerName: 'Anna Test',
		contactFields: rows([{ field: 'Telegram Username', value: '@anna' }]),
		tags: 'course',
	};

	it('Create writes fields and tags, once though nobody answers', async () => {
		amo.faults = [{ method: 'POST', path: /^contacts$/, afterApplying: 'drop', times: 1 }];
		const { contactId } = await one(CREATE);
		expect([...amo.contacts.keys()].map(String)).toEqual([contactId]);
		expect(amo.valueOf('contacts', Number(contactId), 4)).toBe('@anna');
		expect(amo.contacts.get(Number(contactId))?.tags).toEqual([{ name: 'course' }]);
	});

	it('a contact just created is known though the search lags', async () => {
		amo.searchLags = true;
		const { contactId } = await one(CREATE);
		const found = await one({ ...CREATE, operation: 'find' });
		expect(found).toMatchObject({ contact: { id: contactId } });
	});

	it('Fill Empty Fields never overwrites', async () => {
		amo.addContact({ id: 11, telegramId: '42' });
		const parameters = {
			resource: 'contact',
			operation: 'fillEmpty',
			contactId: '11',
			contactFields: rows([
				{ field: 'Telegram ID', value: '7' },
				{ field: 'Telegram Username', value: '@anna' },
				{ field: 'Nothing', value: '1' },
			]),
		};
		expect(await one(parameters)).toEqual({
			contactId: '11',
			filled: ['Telegram Username'],
			warnings: ['Field "Nothing" was left out: the account has no such field'],
		});
		expect(amo.valueOf('contacts', 11, 3)).toBe('42');
		expect(amo.valueOf('contacts', 11, 4)).toBe('@anna');
		amo.forget();
		expect(await one(parameters)).toMatchObject({ filled: [] });
		expect(amo.journal).toEqual(['GET contacts/11']);
		await expect(one({ ...parameters, contactId: '99' })).rejects.toThrow('There is no contact 99');
		await expect(one({ ...parameters, contactId: 'x' })).rejects.toThrow('The contact ID has to be a number');
	});
});

describe('Lead', () => {
	it('PA5 Find Active', async () => {
		amo.addContact({ id: 11, leads: [21, 22] });
		amo.addLead({ id: 21, updatedAt: 100, price: 5000 });
		amo.addLead({ id: 22, updatedAt: 200, status: 778 });
		const parameters = { resource: 'lead', operation: 'findActive', contactId: '11', excludedStatuses: '7/778' };
		expect(await one(parameters)).toMatchObject({
			contactId: '11',
			lead: { id: '21', price: 5000, pipelineId: '7', statusId: '777' },
			warnings: [],
		});
		expect(await one({ ...parameters, excludedStatuses: ['7/778', '7/777'] })).toMatchObject({ lead: null });
		const nobody = await one({ ...parameters, contactId: '99' });
		expect(nobody).toMatchObject({ lead: null, warnings: ['There is no contact 99'] });
	});

	const CREATE = {
		resource: 'lead',
		operation: 'create',
		pipelineId: '7',
		statusId: '777',
		contactId: '11',
		additionalFields: { name: 'New', price: '99.50', responsibleUserId: '77' },
		leadFields: rows([{ field: 'Direction', value: 'EGE' }]),
		tags: 'a,b',
	};

	it('Create, once though the answer is lost', async () => {
		amo.addContact({ id: 11 });
		amo.faults = [{ method: 'POST', afterApplying: 504, times: 1 }];
		const result = await one(CREATE);
		const where = { contactId: '11', pipelineId: '7', statusId: '777' };
		expect(result).toEqual({ leadId: expect.any(String), ...where, warnings: [] });
		expect(amo.leads.size).toBe(1);
		expect(amo.leads.get(Number(result.leadId))).toMatchObject({
			name: 'New',
			price: 100,
			responsible_user_id: 77,
			contacts: [11],
			tags: [{ name: 'a' }, { name: 'b' }],
		});
	});

	it('Create says which parameter is wrong', async () => {
		await expect(one({ ...CREATE, pipelineId: '' })).rejects.toThrow('The pipeline has to be a number');
		await expect(one({ ...CREATE, additionalFields: { price: 'x' } })).rejects.toThrow('The budget has to be');
		expect(amo.calls).toEqual([]);
	});

	it('Update moves a lead and changes fields, counting on once though the answer is lost', async () => {
		amo.addLead({ id: 22, fields: { 101: [{ value: 100 }], 105: [{ enum_id: 1051 }] } });
		amo.faults = [{ method: 'PATCH', afterApplying: 504, times: 1 }];
		const parameters = {
			resource: 'lead',
			operation: 'update',
			leadId: '22',
			changes: { name: 'Renamed', price: '10', pipelineId: '8', statusId: '143', lossReasonId: '5' },
			leadFields: rows([
				{ field: 'Total Paid', mode: 'add', value: '5.5' },
				{ field: 'Subjects', mode: 'replace', value: 'Biology' },
				{ field: 'Last Sum', mode: 'fillEmpty', value: '1' },
			]),
			tags: 'late',
		};
		expect(await one(parameters)).toEqual({ leadId: '22', warnings: [] });
		expect(amo.leads.get(22)).toMatchObject({ name: 'Renamed', pipeline_id: 8, status_id: 143, loss_reason_id: 5 });
		expect(amo.valueOf('leads', 22, 101)).toBe('105.5');
		expect(amo.valueOf('leads', 22, 105)).toBe('Biology');
		const halfMove = one({ ...parameters, changes: { statusId: '143' } });
		await expect(halfMove).rejects.toThrow('both its pipeline and its status');
		await expect(one({ ...parameters, leadId: '99' })).rejects.toThrow('There is no lead 99');
	});

	it('several updates of one lead at once lose nothing', async () => {
		amo.addLead({ id: 22 });
		const parameters = {
			resource: 'lead',
			operation: 'update',
			leadId: '22',
			leadFields: rows([{ field: 'Purchases', mode: 'add', value: 1 }]),
		};
		await Promise.all(Array.from({ length: 5 }, () => one(parameters)));
		expect(amo.valueOf('leads', 22, 102)).toBe('5');
	});
});

describe('Note', () => {
	const NOTE = { resource: 'note', operation: 'create', leadId: '22', text: 'Called back' };

	it('Create, once though the answer is lost', async () => {
		amo.faults = [{ method: 'POST', afterApplying: 'drop', times: 1 }];
		const { noteId } = await one(NOTE);
		expect(amo.notes).toEqual([
			expect.objectContaining({ entity_id: 22, note_type: 'common', params: { text: 'Called back' } }),
		]);
		expect(noteId).toBe(String(amo.notes[0]?.id));
	});

	it('Create as the message of a service', async () => {
		await one({ ...NOTE, noteType: 'service_message', service: 'Courses' });
		const params = { service: 'Courses', text: 'Called back' };
		expect(amo.notes[0]).toMatchObject({ note_type: 'service_message', params });
		await expect(one({ ...NOTE, text: ' ' })).rejects.toThrow('text of the note is missing');
	});
});

describe('List', () => {
	it('pipelines with their statuses', async () => {
		const items = await run({ resource: 'list', operation: 'pipelines' });
		expect(items.map(({ json, pairedItem }) => [json.id, json.name, pairedItem])).toEqual([
			['7', 'Site', { item: 0 }],
			['8', 'Partners', { item: 0 }],
		]);
		expect(items[0]?.json.statuses).toContainEqual({ id: '700', name: 'Incoming', isUnsorted: true });
		expect(amo.calls).toEqual([]);
	});

	it('custom fields of all pages', async () => {
		amo.token = `${amo.token}-paged`;
		for (let id = 1; id <= 300; id++) {
			amo.fields.leads.push({ id: 10_000 + id, name: `More ${id}`, code: null, type: 'text', enums: null });
		}
		const items = await run({ resource: 'list', operation: 'customFields', entity: 'leads' });
		expect(items).toHaveLength(309);
		expect(amo.calls).toHaveLength(2);
		expect(items.find(({ json }) => json.id === '106')?.json).toEqual({
			id: '106',
			name: 'Direction',
			code: null,
			type: 'select',
			enums: [
				{ id: '1061', value: 'EGE' },
				{ id: '1062', value: 'OGE' },
			],
		});
	});

	it('users; without rights the own one, and the credential stays usable', async () => {
		const users = { resource: 'list', operation: 'users' };
		expect((await one(users)).name).toBe('Olga Test');
		amo.token = `${amo.token}-plain`;
		amo.isAdministrator = false;
		expect(await one(users)).toEqual({ id: '77', name: null, email: null });
		amo.addContact({ id: 11 });
		expect(await one({ resource: 'lead', operation: 'findActive', contactId: '11' })).toMatchObject({ lead: null });
	});
});

describe('the lists of the editor', () => {
	const load = async (method: Parameters<typeof loadAmoOptions>[0], current = {}) =>
		await loadAmoOptions(
			method,
			{ credentials: { amoCrmApi: { accessToken: amo.token, apiUrl: amo.url } } },
			{ authentication: 'accessToken', ...current },
		);

	it('statuses go by pairs, and by their pipeline once one is chosen', async () => {
		expect(await load('getStatuses')).toContainEqual({ name: 'Partners: In work', value: '8/888' });
		expect(await load('getStatusesOfPipeline', { 'newLead.pipelineId': '8' })).toEqual([
			{ name: 'In work', value: '888' },
			{ name: 'Won', value: '142' },
			{ name: 'Lost', value: '143' },
		]);
		expect(await load('getStatusesOfPipeline')).toContainEqual({ name: 'Site: In work', value: '777' });
		expect(await load('getPipelines')).toEqual([
			{ name: 'Site', value: '7' },
			{ name: 'Partners', value: '8' },
		]);
	});

	it('fields can be left unused', async () => {
		const [first, second] = await load('getLeadFields');
		expect([first, second]).toEqual([
			{ name: '[Not Used]', value: '' },
			{ name: 'Total Paid', value: '101' },
		]);
		expect(await load('getContactFields')).toContainEqual({ name: 'Telegram ID', value: '3' });
		expect(await load('getUsers')).toEqual([{ name: 'Olga Test', value: '77' }]);
	});
});

describe('credentials', () => {
	const FIND = { resource: 'contact', operation: 'find', telegramId: '42', telegramIdField: '3' };
	const oauth = (accessToken: string, refreshToken = 'refresh-1') => ({
		amoCrmOAuth2Api: {
			accountHost: '',
			apiUrl: amo.url,
			requestsPerSecond: 50,
			grantType: 'authorizationCode',
			authentication: 'body',
			clientId: `client-${amo.token}`,
			clientSecret: 'test-client-secret',
			accessTokenUrl: `${amo.url}/oauth2/access_token`,
			oauthTokenData: { token_type: 'Bearer', access_token: accessToken, refresh_token: refreshToken },
		},
	});

	it('an OAuth2 token goes on every request', async () => {
		const parameters = { ...FIND, authentication: 'oAuth2' };
		const [item] = await runAmo({ parameters, credentials: oauth(amo.token) });
		expect(item?.json).toEqual({ contact: null, matchedBy: null, warnings: [] });
		expect(amo.calls[0]?.authorization).toBe(`Bearer ${amo.token}`);
		expect(amo.refreshes).toBe(0);
	});

	it('an OAuth2 token that has run out is renewed once, and the request sent again', async () => {
		const credentials = oauth('old-token');
		const parameters = { ...FIND, authentication: 'oAuth2' };
		const [item] = await runAmo({ parameters, credentials });
		expect(item?.json).toMatchObject({ contact: null });
		expect(amo.refreshes).toBe(1);
		const renewed = { access_token: amo.token, refresh_token: 'refresh-2' };
		expect(credentials.amoCrmOAuth2Api.oauthTokenData).toMatchObject(renewed);
	});

	it('one that cannot be renewed has to be connected again', async () => {
		const parameters = { ...FIND, authentication: 'oAuth2' };
		const attempt = runAmo({ parameters, credentials: oauth('old-token', 'revoked') });
		await expect(attempt).rejects.toMatchObject({
			message: expect.stringContaining('needs to be reconnected'),
			description: expect.stringContaining('connect the OAuth2 credential again'),
		});
		expect(amo.calls).toHaveLength(1);
	});

	it('one that was never connected says so', async () => {
		const credentials = oauth('x');
		Object.assign(credentials.amoCrmOAuth2Api, { oauthTokenData: undefined });
		const attempt = runAmo({ parameters: { ...FIND, authentication: 'oAuth2' }, credentials });
		await expect(attempt).rejects.toThrow('amoCRM refused: OAuth credentials not connected');
	});

	it('a wrong host is refused before anything is sent', async () => {
		const credentials = { amoCrmApi: { accountHost: 'myshop.amocrm.ru/evil', accessToken: amo.token, apiUrl: '' } };
		await expect(run(FIND, { credentials })).rejects.toThrow(/account host of the amoCRM credential is not valid/);
	});

	it('an operation that does not exist is named', async () => {
		await expect(run({ resource: 'payment', operation: 'nothing' })).rejects.toThrow('There is no operation "nothing"');
	});
});
