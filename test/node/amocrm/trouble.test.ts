import { NodeApiError, NodeOperationError } from 'n8n-workflow';

import { amo, find, laterBy, noteTexts, only, register, REGISTER, run, totalsOf, useAmo } from './stage';

useAmo();

function knownCustomer(): void {
	amo.addContact({ id: 11, telegramId: '42', phone: '+79991234567', leads: [22] });
	amo.addLead({ id: 22, fields: { 101: [{ value: '1000' }], 102: [{ value: 2 }] } });
}

async function failure(attempt: Promise<unknown>): Promise<NodeApiError | NodeOperationError> {
	const error: unknown = await attempt.then(
		() => undefined,
		(thrown: unknown) => thrown,
	);
	if (!(error instanceof NodeApiError || error instanceof NodeOperationError)) {
		throw new Error(`Not a node error: ${String(error)}`);
	}
	expect(JSON.stringify([error, error.message, error.description, error.messages])).not.toContain(amo.token);
	return error;
}

describe('a write that nobody knows the outcome of', () => {
	it.each([504, 502, 'drop' as const])('a PATCH that was applied before %s is not made again', async (afterApplying) => {
		knownCustomer();
		amo.faults = [{ method: 'PATCH', path: /^leads$/, afterApplying, times: 1 }];
		expect(await register()).toMatchObject({ outcome: 'registered', alreadyCounted: false, calls: 5 });
		expect(amo.journal.filter((call) => call === 'PATCH leads')).toHaveLength(1);
		expect(totalsOf(22)).toEqual({ total: '2500.5', count: '3', paymentId: 'pay-1' });
		expect(noteTexts()).toHaveLength(1);
	});

	it('a PATCH that was applied is recognised without a payment-id field, too', async () => {
		knownCustomer();
		amo.faults = [{ method: 'PATCH', path: /^leads$/, afterApplying: 504, times: 1 }];
		await register({ paymentIdField: '' });
		expect(totalsOf(22)).toMatchObject({ total: '2500.5', count: '3' });
	});

	it('a PATCH that was not applied is made again, from what the lead holds by then', async () => {
		knownCustomer();
		amo.faults = [{ method: 'PATCH', path: /^leads$/, answer: { status: 504 }, times: 1 }];
		const running = register();
		await new Promise((resolve) => setTimeout(resolve, 500));
		amo.addLead({ id: 22, fields: { 101: [{ value: '5000' }], 102: [{ value: 5 }] } });
		expect(await running).toMatchObject({ outcome: 'registered', calls: 6 });
		expect(totalsOf(22)).toEqual({ total: '6500.5', count: '6', paymentId: 'pay-1' });
	});

	it('is given up after three attempts, and says that nobody knows', async () => {
		knownCustomer();
		amo.faults = [{ method: 'PATCH', path: /^leads$/, answer: { status: 504, body: '<h1>Gateway</h1> timeout' } }];
		const error = await failure(register());
		expect(error.message).toBe('amoCRM has trouble: Gateway timeout');
		expect(error.description).toMatch(/Nobody knows/);
		expect(amo.journal.filter((call) => call === 'PATCH leads')).toHaveLength(3);
		expect(amo.notes).toHaveLength(0);
	});

	it('nobody there is told in words', async () => {
		const credentials = { amoCrmApi: { accessToken: 'x', requestsPerSecond: 50, apiUrl: 'http://127.0.0.1:1' } };
		const error = await failure(run({ resource: 'note', operation: 'create', leadId: '1', text: 'x' }, { credentials }));
		expect(error.message).toMatch(/refused the connection/);
		expect(error.description).toBe('Try again later.');
	});

	it('a new contact and lead that were made are found among the newest leads, though the search lags', async () => {
		amo.searchLags = true;
		amo.faults = [{ path: /complex/, afterApplying: 504, times: 1 }];
		const result = await register();
		expect(result).toMatchObject({ outcome: 'registered', createdContact: true, createdLead: true });
		expect(amo.contacts.size).toBe(1);
		expect(amo.leads.size).toBe(1);
		expect(amo.leads.has(Number(result.leadId)) && amo.contacts.has(Number(result.contactId))).toBe(true);
		expect(noteTexts()).toHaveLength(1);
	});

	it('they are recognised by name and sum where no payment id is kept', async () => {
		amo.faults = [{ path: /complex/, afterApplying: 'drop', times: 1 }];
		await register({ paymentIdField: '' });
		expect(amo.leads.size).toBe(1);
		amo.faults = [{ method: 'POST', path: /^leads$/, afterApplying: 'drop', times: 1 }];
		amo.addContact({ id: 11, telegramId: '50' });
		await register({ paymentIdField: '', telegramId: '50' });
		expect(amo.leads.size).toBe(2);
	});

	it('a contact that was made without its lead gets one', async () => {
		amo.faults = [{ path: /complex/, answer: { status: 500 }, times: 1 }];
		const running = register();
		await new Promise((resolve) => setTimeout(resolve, 600));
		amo.addContact({ id: 11, telegramId: '42' });
		expect(await running).toMatchObject({ contactId: '11', createdContact: false, createdLead: true });
		expect(amo.contacts.size).toBe(1);
	});

	it('a new lead that was not made is made once', async () => {
		amo.faults = [{ path: /complex/, answer: { status: 502 }, times: 1 }];
		expect(await register()).toMatchObject({ createdContact: true });
		expect(amo.leads.size).toBe(1);
	});

	it.each([504, 'drop' as const])('a note that was written before %s is not written again', async (afterApplying) => {
		knownCustomer();
		amo.faults = [{ path: /notes$/, afterApplying, times: 1 }];
		const result = await register();
		expect(noteTexts()).toEqual(['Payment pay-1 of Anna']);
		expect(result.noteId).toBe(String(amo.notes[0]?.id));
	});

	it('a note that was not written is written', async () => {
		knownCustomer();
		amo.faults = [{ path: /notes$/, answer: { status: 503 }, times: 1 }];
		await register();
		expect(noteTexts()).toHaveLength(1);
	});

	it('the contact that could not be completed is a warning only', async () => {
		knownCustomer();
		amo.faults = [{ path: /^contacts$/, method: 'PATCH', answer: { status: 500 } }];
		const result = await register({ telegramUsername: '@anna' });
		expect(result).toMatchObject({ outcome: 'registered', noteId: expect.any(String) });
		expect(result.warnings).toEqual([expect.stringContaining('The contact was not completed')]);
	});
});

describe('an attempt that may be a repeated one', () => {
	it('counts once, and writes the note once, though the first attempt stopped between them', async () => {
		knownCustomer();
		amo.faults = [{ path: /notes$/, answer: { status: 401 } }];
		await failure(register());
		amo.faults = [];
		const again = await register({ isRepeat: true });
		expect(again).toMatchObject({ outcome: 'registered', alreadyCounted: true });
		expect(totalsOf(22)).toMatchObject({ total: '2500.5', count: '3' });
		const third = await register({ isRepeat: true });
		expect(third.noteId).toBe(again.noteId);
		expect(noteTexts()).toHaveLength(1);
	});

	it('a payment that comes twice unannounced is not counted again either', async () => {
		knownCustomer();
		await register();
		expect(await register()).toMatchObject({ alreadyCounted: true, outcome: 'registered' });
		expect(totalsOf(22)).toMatchObject({ total: '2500.5', count: '3' });
		expect(noteTexts()).toHaveLength(1);
	});

	it('with absolute totals it writes the same again', async () => {
		knownCustomer();
		const absolute = { totalsMode: 'absolute', totalPaid: '4000', purchaseCount: '4', isRepeat: true };
		await register(absolute);
		await register(absolute);
		expect(totalsOf(22)).toEqual({ total: '4000', count: '4', paymentId: 'pay-1' });
		expect(noteTexts()).toHaveLength(1);
	});

	it('finds the lead of the first attempt though the search does not know its contact', async () => {
		await register({ note: '' });
		amo.searchLags = true;
		amo.token = `${amo.token}-after-restart`;
		const again = await register({ isRepeat: true });
		expect(amo.leads.size).toBe(1);
		expect(again).toMatchObject({ outcome: 'registered', createdLead: false, alreadyCounted: true });
		expect(again.contactId).toBe(String([...amo.contacts.keys()][0]));
		expect(noteTexts()).toHaveLength(1);
	});

	it("a refund's note is not taken for that of its payment, nor the other way round", async () => {
		knownCustomer();
		await register({ note: 'Payment pay-1' });
		await register({ sign: 'refund', note: 'Refund of payment pay-1', isRepeat: true });
		await register({ sign: 'refund', note: 'Refund of payment pay-1', isRepeat: true });
		expect(noteTexts()).toEqual(['Payment pay-1', 'Refund of payment pay-1\nPayment ID: refund:pay-1']);
	});
});

describe('PA11 refunds', () => {
	it('lower the total, and the count if nothing is left', async () => {
		knownCustomer();
		await register({ amount: '500', paymentId: 'pay-1' });
		expect(await register({ amount: '200', sign: 'refund', fullRefund: false, paymentId: 'part-1' })).toMatchObject({
			outcome: 'registered',
		});
		expect(totalsOf(22)).toEqual({ total: '1300', count: '3', paymentId: 'refund:part-1' });
		await register({ amount: '300', sign: 'refund', paymentId: 'pay-1' });
		expect(totalsOf(22)).toMatchObject({ total: '1000', count: '2' });
		await register({ amount: '300', sign: 'refund', paymentId: 'pay-1' });
		expect(totalsOf(22)).toMatchObject({ total: '1000', count: '2' });
	});

	it('go to the lead that has the payment, though it is won by now', async () => {
		amo.addContact({ id: 11, telegramId: '42', leads: [21, 22] });
		const fields = { 101: [{ value: '500' }], 102: [{ value: 1 }], 103: [{ value: 'pay-1' }] };
		amo.addLead({ id: 21, status: 142, fields });
		amo.addLead({ id: 22 });
		expect(await register({ amount: '500', sign: 'refund' })).toMatchObject({ leadId: '21' });
		expect(totalsOf(21)).toMatchObject({ total: '0', count: '0' });
	});
});

describe('PA10 exact totals under load', () => {
	it('20 payments of one customer at once, with 429s and a 504 after the write', async () => {
		amo.addContact({ id: 11, telegramId: '42', email: 'anna@example.com', leads: [22] });
		amo.addLead({ id: 22 });
		amo.faults = [
			{ method: 'PATCH', afterApplying: 504, times: 1 },
			{ method: 'POST', path: /notes/, answer: { status: 429, body: '<html>slow down</html>' }, times: 1 },
			{ method: 'GET', path: /^contacts/, answer: { status: 429, body: '<html>slow down</html>' }, times: 2 },
		];
		const numbers = Array.from({ length: 20 }, (_unused, at) => at + 1);
		const results = await Promise.all(
			numbers.map((number) =>
				register({ paymentId: `p${number}`, amount: '10.05', ...only([number % 2 ? 'telegramId' : 'email']), phone: '' }),
			),
		);
		expect(results.every(({ outcome }) => outcome === 'registered')).toBe(true);
		expect(totalsOf(22)).toMatchObject({ total: '201', count: '20' });
		expect(new Set(noteTexts())).toEqual(new Set(numbers.map((number) => `Payment p${number} of Anna`)));
		expect(noteTexts()).toHaveLength(20);
	});

	it('payments that find their contact by different identifiers wait for each other, too', async () => {
		amo.addContact({ id: 11, telegramId: '42', email: 'anna@example.com', leads: [22] });
		amo.addLead({ id: 22 });
		const payments = (['telegramId', 'email', 'telegramId', 'email'] as const).map((identifier, at) =>
			register({ paymentId: `p${at}`, amount: '1', ...only([identifier]) }),
		);
		await Promise.all(payments);
		expect(totalsOf(22)).toMatchObject({ total: '4', count: '4' });
	});

	it('10 payments of one new customer at once make one contact and one lead', async () => {
		amo.searchLags = true;
		const numbers = Array.from({ length: 10 }, (_unused, at) => at + 1);
		await Promise.all(numbers.map((number) => register({ paymentId: `p${number}`, amount: '1' })));
		expect(amo.contacts.size).toBe(1);
		expect(amo.leads.size).toBe(1);
		expect(totalsOf([...amo.leads.keys()][0] ?? 0)).toMatchObject({ total: '10', count: '10' });
	});

	it('never more than the credential allows within a second, over all executions', async () => {
		const apiUrl = amo.url.replace('127.0.0.1', 'localhost');
		const credentials = { amoCrmApi: { accessToken: amo.token, requestsPerSecond: 5, apiUrl } };
		await Promise.all([1, 2, 3, 4].map(() => run({ ...REGISTER, operation: 'find' }, { credentials })));
		expect(amo.calls).toHaveLength(12);
		expect(amo.maxPerSecond).toBeLessThanOrEqual(5);
	});
});

describe('what amoCRM refuses', () => {
	it('429 with a page pauses all calls of the credential, then goes on', async () => {
		knownCustomer();
		amo.faults = [{ method: 'PATCH', answer: { status: 429, body: '<html>429</html>' }, times: 1 }];
		const [first] = await Promise.all([register(), find({ telegramId: '77', phone: '', email: '' })]);
		expect(first).toMatchObject({ outcome: 'registered', calls: 5 });
		const refused = amo.calls.find(({ method }) => method === 'PATCH')?.at ?? 0;
		const after = amo.calls.filter(({ at }) => at > refused + 50);
		expect(Math.min(...after.map(({ at }) => at)) - refused).toBeGreaterThanOrEqual(1000);
	});

	it('429 is waited for as long as it asks', async () => {
		knownCustomer();
		amo.faults = [{ method: 'PATCH', answer: { status: 429, headers: { 'retry-after': '2' } }, times: 1 }];
		const started = Date.now();
		await register();
		expect(Date.now() - started).toBeGreaterThanOrEqual(2000);
	});

	it('403 stops everything of this credential and is never tried again', async () => {
		knownCustomer();
		amo.faults = [{ method: 'PATCH', answer: { status: 403, body: '{"title":"Forbidden","code":113}' } }];
		const error = await failure(register());
		expect(error.description).toMatch(/IP addresses/);
		expect((error as NodeApiError).httpCode).toBe('403');
		const { length } = amo.calls;
		expect((await failure(register())).message).toMatch(/Nothing is sent before/);
		expect(amo.calls).toHaveLength(length);
		const [item] = await run(REGISTER, { continueOnFail: true });
		expect(item?.json.error).toMatch(/Nothing is sent before/);
	});

	it.each([
		[401, '{"title":"Unauthorized","detail":"expired"}', /new one, or connect/, 'amoCRM refused: expired'],
		[401, '{"title":"Unauthorized","code":101}', /account host/, 'amoCRM refused: Unauthorized'],
		[402, '{"title":"Payment Required"}', /not paid/, 'amoCRM refused: Payment Required'],
		[422, '{"detail":"no"}', /cannot process/, 'amoCRM refused: no'],
		[404, '', /Check the id/, 'amoCRM refused: an answer without text'],
		[302, '', /redirects/, 'amoCRM refused: an answer without text'],
		[200, '<html>log in</html>', /page for people/, 'amoCRM answered with something that is no JSON'],
	])('%i is explained and not tried again', async (status, body, advice, message) => {
		knownCustomer();
		amo.faults = [{ method: 'PATCH', answer: { status, body, headers: { 'content-type': 'application/json' } } }];
		const error = await failure(register());
		expect(error.message).toBe(message);
		expect(error.description).toMatch(advice);
		expect(error.context.itemIndex).toBe(0);
		expect(amo.journal.filter((call) => call.startsWith('PATCH'))).toHaveLength(1);
	});

	it('a refused token stops a batch at once', async () => {
		amo.faults = [{ answer: { status: 401, body: '{}' } }];
		const output = await run([REGISTER, REGISTER, REGISTER], { continueOnFail: true });
		expect(output.map(({ json, pairedItem }) => [typeof json.error, pairedItem])).toEqual([
			['string', { item: 0 }],
			['string', { item: 1 }],
			['string', { item: 2 }],
		]);
		expect(amo.calls).toHaveLength(1);
	});

	it('reads are repeated after 5xx and a cut connection', async () => {
		knownCustomer();
		amo.faults = [
			{ path: /^contacts/, answer: { status: 503 }, times: 1 },
			{ path: /^leads/, method: 'GET', drop: true, times: 1 },
		];
		expect(await register()).toMatchObject({ outcome: 'registered', calls: 6 });
	});

	it('reads are given up after three times', async () => {
		amo.faults = [{ path: /^contacts/, answer: { status: 503, body: 'busy' } }];
		expect((await failure(register())).message).toBe('amoCRM has trouble: busy');
		expect(amo.calls).toHaveLength(3);
	});
});

describe('PA11 a bad field, choice or row', () => {
	const leadFields = (row: Array<{ field: string; mode?: string; value: unknown }>) => ({
		leadFields: { row } as never,
	});

	it('a field the account does not have is left out and reported', async () => {
		knownCustomer();
		const result = await register(leadFields([{ field: 'Old Field', value: 'x' }, { field: '104', value: '1500.50' }]));
		expect(result).toMatchObject({ outcome: 'registered', calls: 4 });
		expect(result.warnings).toEqual(['Field "Old Field" was left out: the account has no such field']);
		expect(amo.valueOf('leads', 22, 104)).toBe('1500.50');
		expect(totalsOf(22).total).toBe('2500.5');
	});

	it('a field that was deleted a moment ago is left out after the refusal', async () => {
		knownCustomer();
		amo.fields.leads = amo.fields.leads.filter(({ id }) => id !== 104);
		const result = await register(leadFields([{ field: 'Last Sum', value: '1500.50' }]));
		expect(result).toMatchObject({ outcome: 'registered', calls: 5 });
		expect(result.warnings).toEqual([
			'Field "Last Sum" was left out: NotSupportedChoice custom_fields_values.0.field_id Not a valid choice.',
		]);
		expect(totalsOf(22)).toEqual({ total: '2500.5', count: '3', paymentId: 'pay-1' });
	});

	it('a field that was made anew is found again by its name', async () => {
		knownCustomer();
		amo.fields.leads = amo.fields.leads.map((field) => (field.id === 104 ? { ...field, id: 204 } : field));
		laterBy(3);
		const result = await register(leadFields([{ field: 'Last Sum', value: '7' }]));
		expect(result).toMatchObject({ outcome: 'registered', calls: 6, warnings: [] });
		expect(amo.journal).toContain('GET leads/custom_fields');
		expect(amo.valueOf('leads', 22, 204)).toBe('7');
	});

	it('a new choice is found once the list is read again', async () => {
		knownCustomer();
		amo.fields.leads.find(({ id }) => id === 106)?.enums?.push({ id: 1063, value: 'Olympiad' });
		laterBy(3);
		const result = await register(leadFields([{ field: 'Direction', value: 'olympiad' }]));
		expect(result.warnings).toEqual([]);
		expect(amo.valueOf('leads', 22, 106)).toBe('Olympiad');
	});

	it('a stale choice does not take the others along; choices are united', async () => {
		knownCustomer();
		amo.addLead({ id: 22, fields: { 105: [{ enum_id: 1051 }, { enum_id: 1053 }] } });
		const subjects = amo.fields.leads.find(({ id }) => id === 105);
		if (subjects) subjects.enums = subjects.enums?.filter(({ id }) => id !== 1053) ?? null;
		const result = await register(leadFields([{ field: 'subjects', value: ['Physics', 'Chemistry'] }]));
		expect(amo.valueOf('leads', 22, 105)).toBe('Maths,Physics');
		expect(result.warnings).toEqual([
			'Field "Subjects" has no choice "Chemistry"; the rest was written',
			expect.stringContaining('A value of field "Subjects" was left out: NotSupportedChoice'),
		]);
	});

	it('writes every type of PA7, dates in the zone of the account', async () => {
		knownCustomer();
		await register({
			tags: 'paid',
			...leadFields([
				{ field: 'Subjects', value: 'Maths, 1052' },
				{ field: 'Direction', value: 'EGE' },
				{ field: 'Last Payment Time', value: '2026-05-01T10:00:00Z' },
				{ field: 'Birthday', value: '2026-05-01' },
				{ field: 'utm_source', value: 'advcake' },
				{ field: 'Last Sum', mode: 'fillEmpty', value: '10' },
				{ field: '', value: 'ignored' },
				{ field: 'Last Sum', value: '' },
			]),
		});
		expect(amo.valueOf('leads', 22, 105)).toBe('Maths,Physics');
		expect(amo.valueOf('leads', 22, 106)).toBe('EGE');
		expect(amo.valueOf('leads', 22, 107)).toBe(String(Date.UTC(2026, 4, 1, 10) / 1000));
		expect(amo.valueOf('leads', 22, 109)).toBe(String(Date.UTC(2026, 3, 30, 21) / 1000));
		expect(amo.valueOf('leads', 22, 108)).toBe('advcake');
		expect(amo.valueOf('leads', 22, 104)).toBe('10');
		const patch = amo.calls.find(({ method }) => method === 'PATCH')?.body as Array<Record<string, unknown>>;
		expect(patch[0]?.tags_to_add).toEqual([{ name: 'paid' }]);
		expect(patch[0]).not.toHaveProperty('_embedded');
	});

	it('a bad row of a batch does not sink the others', async () => {
		amo.refusesRowsNamed = 'bad';
		const payment = (name: string, telegramId: string) => ({
			...REGISTER,
			...only(['telegramId']),
			telegramId,
			paymentId: `p-${telegramId}`,
			newLead: { pipelineId: '8', statusId: '888', name },
		});
		const output = await run([payment('good', '1'), payment('bad', '2'), payment('fine', '3')], { continueOnFail: true });
		expect(output.map(({ json }) => json.outcome ?? json.error)).toEqual([
			'registered',
			'amoCRM refused: NotSupportedChoice status_id no such status',
			'registered',
		]);
		expect(amo.leads.size).toBe(2);
		expect(noteTexts()).toHaveLength(2);
	});

	it('nor does one that amoCRM does not name', async () => {
		amo.refusesRowsNamed = 'bad';
		amo.namesRefusedRows = false;
		const payment = (name: string, telegramId: string) => ({
			...REGISTER,
			...only(['telegramId']),
			telegramId,
			newLead: { pipelineId: '8', statusId: '888', name },
		});
		const output = await run(['good', 'bad', 'fine', 'nice'].map((name, at) => payment(name, String(at + 1))), {
			continueOnFail: true,
		});
		const outcomes = output.map(({ json }) => json.outcome ?? 'failed');
		expect(outcomes).toEqual(['registered', 'failed', 'registered', 'registered']);
		expect(amo.leads.size).toBe(3);
	});

	it('without leave to go on, the item that failed is named and the others are done', async () => {
		amo.refusesRowsNamed = 'bad';
		const payment = (name: string, telegramId: string) => ({
			...REGISTER,
			...only(['telegramId']),
			telegramId,
			newLead: { pipelineId: '8', statusId: '888', name },
		});
		const error = await failure(run([payment('good', '1'), payment('bad', '2')]));
		expect(error.context.itemIndex).toBe(1);
		expect(amo.leads.size).toBe(1);
		expect(noteTexts()).toHaveLength(1);
	});

	it('a note that is refused is a warning: the payment is saved', async () => {
		knownCustomer();
		amo.faults = [{ path: /notes$/, answer: { status: 400, body: '{"detail":"too long"}' } }];
		const result = await register();
		expect(result).toMatchObject({ outcome: 'registered', noteId: null });
		expect(result.warnings).toEqual([expect.stringContaining('The note was not saved: amoCRM refused: too long')]);
	});

	it('a total that is no number is left alone and reported', async () => {
		knownCustomer();
		amo.addLead({ id: 22, fields: { 101: [{ value: 'much' }] } });
		const result = await register();
		expect(totalsOf(22)).toMatchObject({ total: 'much', count: '1' });
		expect(result.warnings).toEqual([expect.stringContaining('holds "much", which is no number')]);
	});
});

describe('wrong parameters', () => {
	it.each([
		[{ paymentId: ' ' }, /payment ID is missing/],
		[{ amount: '' }, /amount has to be/],
		[{ amount: '-5' }, /amount has to be/],
		[{ amount: '1.005' }, /amount has to be/],
		[{ newLead: {} }, /pipeline of a new lead/],
		[{ newLead: { pipelineId: '8' } }, /status of a new lead/],
		[{ excludedStatuses: '777' }, /such as 7\/777/],
		[{ totalsMode: 'absolute', totalPaid: 'x' }, /total paid has to be/],
		[{ totalsMode: 'absolute', purchaseCount: '1.5' }, /purchase count/],
	])('%j is explained before anything is sent', async (change, message) => {
		const error = await failure(run([REGISTER, { ...REGISTER, ...change }]));
		expect(error.message).toMatch(message);
		expect(error.context.itemIndex).toBe(1);
		expect(amo.calls).toEqual([]);
	});

	it('one wrong item does not keep the others from being registered when the node may go on', async () => {
		knownCustomer();
		const output = await run([{ ...REGISTER, amount: 'x' }, REGISTER], { continueOnFail: true });
		expect(output.map(({ json, pairedItem }) => [json.outcome, pairedItem])).toEqual([
			[undefined, { item: 0 }],
			['registered', { item: 1 }],
		]);
	});
});
