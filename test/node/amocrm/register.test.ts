import { amo, find, noteTexts, only, register, REGISTER, run, totalsOf, useAmo } from './stage';

useAmo();

describe('PA10 the call budget of one payment', () => {
	it('a known customer costs 4 calls', async () => {
		amo.addContact({ id: 11, telegramId: '42', leads: [21, 22] });
		amo.addLead({ id: 21, status: 143 });
		amo.addLead({ id: 22 });
		expect(await register()).toEqual({
			outcome: 'registered',
			contactId: '11',
			leadId: '22',
			createdContact: false,
			createdLead: false,
			pipelineId: '7',
			statusId: '777',
			noteId: expect.stringMatching(/^\d+$/),
			matchedBy: 'telegramId',
			alreadyCounted: false,
			warnings: [],
			calls: 4,
		});
		expect(amo.journal).toEqual(['GET contacts', 'GET leads', 'PATCH leads', 'POST leads/notes']);
		expect(totalsOf(22)).toEqual({ total: '1500.5', count: '1', paymentId: 'pay-1' });
		expect(amo.notes).toEqual([
			expect.objectContaining({ entity_id: 22, note_type: 'common', params: { text: 'Payment pay-1 of Anna' } }),
		]);
	});

	it('5 with empty contact fields to fill, and never overwrites (PA4)', async () => {
		amo.addContact({ id: 11, phone: '+7 999 123-45-67', username: '@other', leads: [22] });
		amo.addLead({ id: 22 });
		expect(await register({ telegramUsername: '@anna' })).toMatchObject({ calls: 6, matchedBy: 'phone', warnings: [] });
		expect(amo.journal).toEqual([
			'GET contacts',
			'GET contacts',
			'GET leads',
			'PATCH leads',
			'PATCH contacts',
			'POST leads/notes',
		]);
		expect(amo.valueOf('contacts', 11, 3)).toBe('42');
		expect(amo.valueOf('contacts', 11, 4)).toBe('@other');

		amo.addContact({ id: 12, telegramId: '43', leads: [23] });
		amo.addLead({ id: 23 });
		const another = { paymentId: 'pay-2', telegramId: '43', telegramUsername: '@anna' };
		expect(await register(another)).toMatchObject({ calls: 5 });
		expect(amo.valueOf('contacts', 12, 4)).toBe('@anna');
	});

	it('6 when only the third identifier is known', async () => {
		amo.addContact({ id: 11, email: 'anna@EXAMPLE.com', telegramId: '1', leads: [22] });
		amo.addLead({ id: 22 });
		expect(await register()).toMatchObject({ calls: 6, matchedBy: 'email', contactId: '11' });
		const queries = amo.calls.slice(0, 3).map(({ query }) => query.get('query'));
		expect(queries).toEqual(['42', '9991234567', 'anna@example.com']);
		expect(amo.calls[0]?.query.get('with')).toBe('leads');
	});

	it('3 when the contact has no leads: one is created for it', async () => {
		amo.addContact({ id: 11, telegramId: '42' });
		expect(await register()).toMatchObject({ calls: 3, contactId: '11', createdContact: false, createdLead: true });
		expect(amo.journal).toEqual(['GET contacts', 'POST leads', 'POST leads/notes']);
		expect(amo.calls[1]?.body).toEqual([
			expect.objectContaining({ _embedded: { contacts: [{ id: 11, is_main: true }] } }),
		]);
	});

	it('5 for a new customer with three identifiers: contact and lead at once', async () => {
		const result = await register({ telegramUsername: '@anna', tags: 'paid, course' });
		expect(result).toMatchObject({
			outcome: 'registered',
			createdContact: true,
			createdLead: true,
			pipelineId: '8',
			statusId: '888',
			matchedBy: null,
			warnings: [],
			calls: 5,
		});
		expect(amo.journal.slice(3)).toEqual(['POST leads/complex', 'POST leads/notes']);
		expect(amo.calls[3]?.body).toEqual([
			{
				name: 'Payment Maths - Anna',
				price: 1501,
				pipeline_id: 8,
				status_id: 888,
				custom_fields_values: [
					{ field_id: 101, values: [{ value: '1500.5' }] },
					{ field_id: 102, values: [{ value: '1' }] },
					{ field_id: 103, values: [{ value: 'pay-1' }] },
				],
				_embedded: {
					contacts: [
						{
							name: 'Anna Test',
							custom_fields_values: [
								{ field_code: 'PHONE', values: [{ value: '+79991234567', enum_code: 'WORK' }] },
								{ field_code: 'EMAIL', values: [{ value: 'Anna@Example.com', enum_code: 'WORK' }] },
								{ field_id: 3, values: [{ value: '42' }] },
								{ field_id: 4, values: [{ value: '@anna' }] },
							],
						},
					],
					tags: [{ name: 'paid' }, { name: 'course' }],
				},
				request_id: '0',
			},
		]);
		expect(totalsOf(Number(result.leadId))).toEqual({ total: '1500.5', count: '1', paymentId: 'pay-1' });
	});

	it('3 for a new customer with a phone alone', async () => {
		expect(await register(only(['phone']))).toMatchObject({ calls: 3, createdContact: true });
	});

	it('3 for a known customer without a note', async () => {
		amo.addContact({ id: 11, telegramId: '42', leads: [22] });
		amo.addLead({ id: 22 });
		expect(await register({ note: '' })).toMatchObject({ calls: 3, noteId: null });
	});

	it('accepts a complex answer in an envelope, too', async () => {
		amo.complexAnswersInEnvelope = true;
		expect(await register()).toMatchObject({ calls: 5, createdContact: true, createdLead: true, warnings: [] });
	});

	it('an unknown customer costs the lists, once', async () => {
		amo.token = `${amo.token}-cold`;
		amo.addContact({ id: 11, telegramId: '42', leads: [22] });
		amo.addLead({ id: 22 });
		expect(await register()).toMatchObject({ calls: 6 });
		expect(amo.journal).toContain('GET leads/custom_fields');
		expect(amo.journal).toContain('GET leads/pipelines');
		expect(await register({ paymentId: 'pay-2' })).toMatchObject({ calls: 4 });
	});
});

describe('PA10 the call budget of a batch', () => {
	const payment = (number: number) => ({
		...REGISTER,
		paymentId: `pay-${number}`,
		amount: '100',
		telegramId: String(5000 + number),
		phone: '',
		email: '',
		note: `Payment pay-${number}`,
	});

	it('n payments of known customers cost n + ⌈leads/100⌉ + 2 calls', async () => {
		for (let number = 1; number <= 10; number++) {
			amo.addContact({ id: number, telegramId: String(5000 + number), leads: [100 + number, 200 + number] });
			amo.addLead({ id: 100 + number });
			amo.addLead({ id: 200 + number, status: 143 });
		}
		const output = await run(Array.from({ length: 10 }, (_unused, at) => payment(at + 1)));
		expect(amo.calls).toHaveLength(13);
		expect(output.map(({ json }) => json.leadId)).toEqual(Array.from({ length: 10 }, (_unused, at) => String(101 + at)));
		expect(output.map(({ pairedItem }) => pairedItem)).toEqual(output.map((_item, at) => ({ item: at })));
		expect(output.reduce((sum, { json }) => sum + Number(json.calls), 0)).toBe(13);
		expect(noteTexts()).toHaveLength(10);
	});

	it('50 payments with 150 leads cost 54', async () => {
		for (let number = 1; number <= 50; number++) {
			amo.addContact({ id: number, telegramId: String(5000 + number), leads: [100 + number, 200 + number, 300 + number] });
			[100, 200, 300].forEach((base) => amo.addLead({ id: base + number, updatedAt: base }));
		}
		const output = await run(Array.from({ length: 50 }, (_unused, at) => payment(at + 1)));
		expect(amo.calls).toHaveLength(54);
		expect(output.every(({ json }) => json.outcome === 'registered' && Number(json.leadId) > 300)).toBe(true);
	});

	it('the second time contacts are read by their ids, in one call', async () => {
		for (let number = 1; number <= 5; number++) {
			amo.addContact({ id: number, telegramId: String(5000 + number), leads: [100 + number] });
			amo.addLead({ id: 100 + number });
		}
		await run(Array.from({ length: 5 }, (_unused, at) => payment(at + 1)));
		amo.forget();
		await run(Array.from({ length: 5 }, (_unused, at) => ({ ...payment(at + 1), paymentId: `again-${at}` })));
		expect(amo.calls).toHaveLength(4);
		expect(totalsOf(101)).toMatchObject({ total: '200', count: '2' });
	});

	it('n new customers cost n + 2 with one identifier each', async () => {
		const output = await run([1, 2, 3].map(payment));
		expect(amo.calls).toHaveLength(5);
		expect(new Set(output.map(({ json }) => json.contactId)).size).toBe(3);
		expect(output.every(({ json }) => json.createdContact === true)).toBe(true);
	});

	it('several payments of one lead become one element, with a note each', async () => {
		amo.addContact({ id: 11, telegramId: '42', leads: [22] });
		amo.addLead({ id: 22, fields: { 101: [{ value: 1000 }], 102: [{ value: '2' }] } });
		const output = await run(
			['a', 'b', 'a'].map((id) => ({ ...REGISTER, paymentId: id, amount: '10.10', note: `Payment ${id}` })),
		);
		const patches = amo.calls.filter(({ method }) => method === 'PATCH');
		expect(patches.map(({ body }) => (body as unknown[]).length)).toEqual([1]);
		expect(totalsOf(22)).toEqual({ total: '1020.2', count: '4', paymentId: 'b' });
		expect(noteTexts()).toEqual(['Payment a', 'Payment b']);
		expect(output.map(({ json }) => json.alreadyCounted)).toEqual([false, false, true]);
		expect(output[2]?.json.noteId).toBe(output[0]?.json.noteId);
	});

	it('two payments of one new customer make one contact and one lead', async () => {
		const output = await run([
			{ ...REGISTER, paymentId: 'a', amount: '100', email: '', note: 'Payment a' },
			{ ...REGISTER, paymentId: 'b', amount: '50', telegramId: '', note: 'Payment b' },
		]);
		expect(amo.contacts.size).toBe(1);
		expect(amo.leads.size).toBe(1);
		expect(new Set(output.map(({ json }) => json.leadId)).size).toBe(1);
		expect(totalsOf(Number(output[0]?.json.leadId))).toEqual({ total: '150', count: '2', paymentId: 'b' });
		expect(output.map(({ json }) => json.createdContact)).toEqual([true, false]);
		const [contact] = amo.contacts.values();
		expect(amo.valueOf('contacts', contact?.id ?? 0, 2)).toBe('Anna@Example.com');
		expect(amo.valueOf('contacts', contact?.id ?? 0, 3)).toBe('42');
		expect(noteTexts()).toHaveLength(2);
	});

	it('but two leads where new leads do not count as active', async () => {
		const excludedStatuses = '8/888';
		await run(['a', 'b'].map((paymentId) => ({ ...REGISTER, paymentId, excludedStatuses, note: '' })));
		expect(amo.contacts.size).toBe(1);
		expect([...amo.leads.keys()].map((id) => totalsOf(id).paymentId)).toEqual(['a', 'b']);
		const [contact] = amo.contacts.values();
		expect(contact?.leads).toHaveLength(2);
	});
});

describe('what was found before', () => {
	it('is registered in 3 calls when totals are counted on, in 2 when they are absolute', async () => {
		amo.addContact({ id: 11, telegramId: '42', leads: [22] });
		amo.addLead({ id: 22, fields: { 101: [{ value: '100,5' }], 102: [{ value: 1 }], 103: [{ value: 'pay-0' }] } });
		const found = await find();
		expect(found).toMatchObject({
			contact: { id: '11', leadIds: ['22'], updatedAt: '2023-11-14T22:13:20.000Z' },
			missingContactFields: ['phone', 'email'],
			lead: { id: '22', pipelineId: '7', statusId: '777' },
			matchedBy: 'telegramId',
			totals: { totalPaid: '100.5', count: 1, lastPaymentId: 'pay-0' },
			warnings: [],
			calls: 2,
		});
		expect(amo.journal).toEqual(['GET contacts', 'GET leads']);
		const given = { contactAndLead: 'given', found: JSON.stringify(found) };
		expect(await register(given)).toMatchObject({ calls: 3, matchedBy: 'telegramId', leadId: '22' });
		expect(totalsOf(22)).toEqual({ total: '1601', count: '2', paymentId: 'pay-1' });
		const absolute = { totalsMode: 'absolute', totalPaid: '2000.00', purchaseCount: '3' };
		expect(await register({ ...given, ...absolute, paymentId: 'pay-2' })).toMatchObject({ calls: 2, contactId: '11' });
		expect(totalsOf(22)).toEqual({ total: '2000', count: '3', paymentId: 'pay-2' });
	});

	it('costs 5 calls altogether for a new customer, and 3 for a contact without leads', async () => {
		const unknown = await find();
		expect(unknown).toMatchObject({ contact: null, lead: null, totals: null, missingContactFields: [], calls: 3 });
		const given = { contactAndLead: 'given', found: unknown as never };
		expect(await register(given)).toMatchObject({ calls: 2, createdContact: true });
		amo.addContact({ id: 11, telegramId: '77' });
		const found = (await find({ telegramId: '77' })) as never;
		amo.forget();
		const registered = await register({ telegramId: '77', contactAndLead: 'given', found });
		expect(registered).toMatchObject({ calls: 2, contactId: '11' });
	});

	it('is looked for again if the customer has come into being since', async () => {
		const found = (await find()) as never;
		await register({ paymentId: 'pay-0' });
		const result = await register({ contactAndLead: 'given', found });
		expect(amo.contacts.size).toBe(1);
		expect(amo.leads.size).toBe(1);
		expect(totalsOf(Number(result.leadId))).toMatchObject({ total: '3001', count: '2' });
	});

	it('is chosen anew when the lead has vanished', async () => {
		amo.addContact({ id: 11, telegramId: '42', leads: [21, 22] });
		amo.addLead({ id: 21 });
		amo.addLead({ id: 22, updatedAt: 1_800_000_000 });
		const found = (await find()) as never;
		amo.addLead({ id: 22, isDeleted: true });
		expect(await register({ contactAndLead: 'given', found })).toMatchObject({ leadId: '21', createdLead: false });
	});

	const NOT_FOUND = ['{}', 'no JSON', '[]', '{"contact":{"id":"x"},"lead":null,"matchedBy":null}'];

	it.each(NOT_FOUND)('is what Find gave, not %s', async (found) => {
		await expect(register({ contactAndLead: 'given', found })).rejects.toThrow(/output of the operation Find/);
		expect(amo.calls).toEqual([]);
	});
});

describe('leave to create', () => {
	it('PA2 tells that there is no contact, and writes nothing', async () => {
		expect(await register({ createContact: false })).toMatchObject({
			outcome: 'contact_not_found',
			contactId: null,
			leadId: null,
			calls: 3,
		});
		expect(await register({ createLead: false })).toMatchObject({ outcome: 'contact_not_found' });
		expect(amo.contacts.size + amo.leads.size + amo.notes.length).toBe(0);
	});

	it('PA2 tells that there is no active lead, and writes nothing', async () => {
		amo.addContact({ id: 11, telegramId: '42', leads: [22] });
		amo.addLead({ id: 22, status: 142 });
		const result = await register({ createLead: false });
		expect(result).toMatchObject({ outcome: 'lead_not_found', contactId: '11', leadId: null });
		expect(amo.journal).toEqual(['GET contacts', 'GET leads']);
	});

	it('creates nothing for a refund, nor for somebody who could not be recognised again', async () => {
		expect(await register({ sign: 'refund' })).toMatchObject({ outcome: 'contact_not_found' });
		expect(await register(only([]))).toMatchObject({
			outcome: 'contact_not_found',
			warnings: [expect.stringContaining('nothing to recognise')],
			calls: 0,
		});
		expect(amo.leads.size).toBe(0);
	});
});

describe('PA4 the right contact', () => {
	it.each(['+7 (999) 123-45-67', '8 999 123 45 67', '79991234567', '9991234567', '+79991234567'])(
		'is found by a phone written as %s',
		async (phone) => {
			amo.addContact({ id: 11, phone, leads: [22] });
			amo.addLead({ id: 22 });
			expect(await register(only(['phone']))).toMatchObject({ matchedBy: 'phone', contactId: '11' });
		},
	);

	it('is not a stranger whose data only contain the digits', async () => {
		amo.addContact({ id: 11, phone: '+1 999 123 4567', leads: [21] });
		amo.addContact({ id: 12, telegramId: '4242', email: 'anna@example.com.test' });
		amo.addContact({ id: 13, name: 'order 9991234567 42' });
		amo.addLead({ id: 21 });
		expect(await register()).toMatchObject({ createdContact: true });
		expect(amo.leads.has(21) && totalsOf(21).total).toBeNull();
	});

	it('is the last updated one of two with the same phone, and says so', async () => {
		amo.addContact({ id: 11, phone: '+79991234567', updatedAt: 1_700_000_002, leads: [21] });
		amo.addContact({ id: 12, phone: '8-999-123-45-67', updatedAt: 1_700_000_001, leads: [22] });
		amo.addContact({ id: 13, phone: '89991234567', updatedAt: 1_700_000_003, isDeleted: true });
		amo.addLead({ id: 21 });
		amo.addLead({ id: 22 });
		expect(await register(only(['phone']))).toMatchObject({
			contactId: '11',
			warnings: ['2 contacts have this phone; the last updated one was taken'],
		});
	});

	it('is found behind pages of strangers, whose links are not followed to other hosts', async () => {
		for (let id = 1; id <= 120; id++) amo.addContact({ id, name: 'payment 9991234567', updatedAt: 1_800_000_000 });
		amo.addContact({ id: 500, phone: '+79991234567', updatedAt: 1_600_000_000, leads: [22] });
		amo.addLead({ id: 22 });
		expect(await register(only(['phone']))).toMatchObject({ contactId: '500', calls: 6 });
		expect(amo.calls.slice(0, 3).map(({ query }) => query.get('page'))).toEqual([null, '2', '3']);
	});

	it('gives up after ten pages of strangers', async () => {
		for (let id = 1; id <= 600; id++) amo.addContact({ id, name: 'payment 9991234567' });
		const result = await register({ ...only(['phone']), createContact: false });
		expect(result).toMatchObject({ outcome: 'contact_not_found', calls: 10 });
		expect(result.warnings).toEqual([expect.stringContaining('strangers')]);
	});

	it('is the one created a moment ago, though the search does not know it yet', async () => {
		amo.searchLags = true;
		const first = await register();
		const second = await register({ paymentId: 'pay-2' });
		expect(second).toMatchObject({ contactId: first.contactId, leadId: first.leadId, calls: 4 });
		expect(amo.contacts.size).toBe(1);
		const third = await register({ ...only(['email']), paymentId: 'pay-3' });
		expect(third).toMatchObject({ contactId: first.contactId, matchedBy: 'email' });
		expect(totalsOf(Number(first.leadId))).toMatchObject({ total: '4501.5', count: '3' });
	});

	it('is looked for anew when the one met before has lost its identifier', async () => {
		amo.addContact({ id: 11, telegramId: '42', leads: [21] });
		amo.addLead({ id: 21 });
		await register();
		amo.addContact({ id: 11, telegramId: '1' });
		amo.addContact({ id: 12, telegramId: '42', leads: [22] });
		amo.addLead({ id: 22 });
		expect(await register({ paymentId: 'pay-2' })).toMatchObject({ contactId: '12', leadId: '22' });
	});

	it('a Telegram ID without a field for it is not searched for, and that is said', async () => {
		const result = await register({ telegramIdField: '' });
		expect(result).toMatchObject({ createdContact: true, calls: 4 });
		expect(result.warnings).toEqual([expect.stringContaining('no contact field is chosen')]);
	});
});

describe('PA5 the right lead', () => {
	it('is the last updated active one over all pipelines', async () => {
		amo.addContact({ id: 11, telegramId: '42', leads: [21, 22, 23, 24, 25, 26, 27] });
		amo.addLead({ id: 21, pipeline: 7, status: 777, updatedAt: 100 });
		amo.addLead({ id: 22, pipeline: 8, status: 888, updatedAt: 200 });
		amo.addLead({ id: 23, status: 142, updatedAt: 900 });
		amo.addLead({ id: 24, pipeline: 8, status: 143, updatedAt: 900 });
		amo.addLead({ id: 25, status: 778, updatedAt: 900 });
		amo.addLead({ id: 26, isDeleted: true, updatedAt: 900 });
		amo.addLead({ id: 27, pipeline: 8, status: 800, updatedAt: 900 });
		const result = await register({ excludedStatuses: ['7/778'] });
		expect(result).toMatchObject({ leadId: '22', pipelineId: '8', statusId: '888' });
	});

	it('is the same when the account ignores filters, which is remembered', async () => {
		amo.ignoresFilters = true;
		for (let id = 50; id < 90; id++) amo.addLead({ id, updatedAt: 1_900_000_000 });
		amo.addContact({ id: 11, telegramId: '42', phone: '+79991234567', leads: [21, 22, 23] });
		amo.addLead({ id: 21, updatedAt: 100, contacts: [11] });
		amo.addLead({ id: 22, updatedAt: 200, contacts: [11] });
		amo.addLead({ id: 23, updatedAt: 300, status: 143 });
		expect(await register()).toMatchObject({ leadId: '22', calls: 6 });
		expect(amo.journal).toEqual([
			'GET contacts',
			'GET leads',
			'GET leads',
			'GET leads/23',
			'PATCH leads',
			'POST leads/notes',
		]);
		expect(await register({ paymentId: 'pay-2' })).toMatchObject({ leadId: '22', calls: 5 });
	});

	it('is the one created a moment ago, though the contact does not show it yet', async () => {
		amo.linksLag = true;
		amo.addContact({ id: 11, telegramId: '42' });
		const first = await register();
		expect(await register({ paymentId: 'pay-2' })).toMatchObject({ leadId: first.leadId, createdLead: false });
		expect(amo.leads.size).toBe(1);
	});

	it('is the one that has this payment already, though it is closed by now', async () => {
		amo.addContact({ id: 11, telegramId: '42', leads: [21, 22] });
		amo.addLead({ id: 21, status: 142, fields: { 101: [{ value: '500' }], 103: [{ value: 'pay-1' }] } });
		amo.addLead({ id: 22 });
		expect(await register()).toMatchObject({ leadId: '21', alreadyCounted: true });
		expect(totalsOf(21).total).toBe('500');
		expect(totalsOf(22).total).toBeNull();
	});
});
